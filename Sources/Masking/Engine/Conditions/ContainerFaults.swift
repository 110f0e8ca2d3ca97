extension ObjectKeywords {
    /// The keyword that an object with these keys violates when it closes.
    func fault(_ seen: SeenKeys) -> String? {
        if !required.allSatisfy(seen.contains) { return "required" }
        if Int(seen.count) < minProperties { return "minProperties" }
        if let maximum = maxProperties, Int(seen.count) > maximum { return "maxProperties" }
        for dependency in dependentRequired
        where seen.contains(dependency.key) && !dependency.needs.allSatisfy(seen.contains) {
            return dependency.keyword
        }
        return nil
    }
}

extension ArrayKeywords {
    /// The keyword that an array of so many items, so many of which match `contains`, violates when it closes.
    func fault(_ count: Int, _ matches: Int) -> String? {
        if count < minItems { return "minItems" }
        if let maximum = maxItems, count > maximum { return "maxItems" }
        if contains.schema != nil {
            if matches < contains.minimum { return contains.minimum == 1 ? "contains" : "minContains" }
            if let maximum = contains.maximum, matches > maximum { return "maxContains" }
        }
        return nil
    }
}
