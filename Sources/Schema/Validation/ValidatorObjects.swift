import JSON

/// The keywords that apply to objects.
extension Validator {
    mutating func checkObject(_ object: JSONObject, _ node: SchemaNode, at pointer: JSONPointer) {
        if let bound = node.minProperties, object.count < bound {
            report("minProperties", pointer, "must have at least \(bound) members, not \(object.count)")
        }
        if let bound = node.maxProperties, object.count > bound {
            report("maxProperties", pointer, "must have at most \(bound) members, not \(object.count)")
        }
        for key in node.required where !object.contains(key: key) {
            report("required", pointer, "must have \"\(key)\"")
        }
        for (key, required) in node.dependentRequired where object.contains(key: key) {
            for other in required where !object.contains(key: other) {
                report("dependentRequired", pointer, "must have \"\(other)\", since it has \"\(key)\"")
            }
        }
        for (key, schema) in node.dependentSchemas where object.contains(key: key) {
            check(.object(object), against: schema, at: pointer, via: "dependentSchemas", key)
        }
        for member in object { checkMember(member, node, at: pointer) }
    }

    private mutating func checkMember(_ member: JSONObject.Member, _ node: SchemaNode, at parent: JSONPointer)
    {
        let pointer = parent.appending(member.key)
        if let names = node.propertyNames {
            check(.string(member.key), against: names, at: pointer, via: "propertyNames")
        }
        var isKnown = false
        if let property = node.properties.first(where: { $0.key.utf8.elementsEqual(member.key.utf8) }) {
            isKnown = true
            check(member.value, against: property.node, at: pointer, via: "properties", member.key)
        }
        for (pattern, schema) in node.patternProperties where (try? pattern.matches(member.key)) ?? true {
            isKnown = true
            check(member.value, against: schema, at: pointer, via: "patternProperties", pattern.source)
        }
        guard !isKnown, let additional = node.additionalProperties else { return }
        if schema.nodes[additional].constant == false {
            let known = node.properties.map { "\"\($0.key)\"" }.joined(separator: ", ")
            report(
                "additionalProperties", parent,
                "must not have \"\(member.key)\"\(known.isEmpty ? "" : "; there are \(known)")")
        } else {
            check(member.value, against: additional, at: pointer, via: "additionalProperties")
        }
    }
}
