import JSON

/// What a schema has looked at in a value that satisfies it (2020-12 core, section 7.7.1, as far as it is needed).
struct EvaluatedParts {
    var keys: Set<[UInt8]> = []
    var items: Set<Int> = []

    mutating func formUnion(_ other: EvaluatedParts) {
        keys.formUnion(other.keys)
        items.formUnion(other.items)
    }
}

/// The verdict on whole values, for keywords that no automaton follows.
extension Automaton {
    private static let depthLimit = 600

    /// What a schema evaluates in a value; `nil` where the value does not satisfy it.
    func evaluate(_ schema: Int32, _ value: JSONValue, depth: Int = 0) -> EvaluatedParts? {
        // A schema that refers to itself without end asks for nothing more than it already does.
        guard depth < Automaton.depthLimit else { return EvaluatedParts() }
        let node = graph.nodes[Int(schema)]
        if let constant = node.constant { return constant ? EvaluatedParts() : nil }
        if let kinds = node.kinds, !Automaton.start(of: value).contains(where: { kinds.contains($0.kind) }) {
            return nil
        }
        if let values = node.values, !values.contains(where: { $0.isEquivalent(to: value) }) { return nil }
        switch value {
        case .number(let number): if !numberSpec(schema).accepts(number) { return nil }
        case .string(let text): if !accepts(node, text) { return nil }
        default: break
        }
        var parts = EvaluatedParts()
        if let items = value.arrayValue {
            guard let own = evaluateItems(node, items, depth) else { return nil }
            parts.formUnion(own)
        }
        if let object = value.objectValue {
            guard let own = evaluateMembers(node, object, depth) else { return nil }
            parts.formUnion(own)
        }
        guard let applied = evaluateInPlace(node, value, depth) else { return nil }
        parts.formUnion(applied)
        if let rest = node.unevaluatedItems, let items = value.arrayValue {
            for (index, item) in items.enumerated() where !parts.items.contains(index) {
                if evaluate(rest, item, depth: depth + 1) == nil { return nil }
                parts.items.insert(index)
            }
        }
        if let rest = node.unevaluatedProperties, let object = value.objectValue {
            for member in object where !parts.keys.contains(Array(member.key.utf8)) {
                if evaluate(rest, member.value, depth: depth + 1) == nil { return nil }
                parts.keys.insert(Array(member.key.utf8))
            }
        }
        return parts
    }

    private func accepts(_ node: SchemaNode, _ text: String) -> Bool {
        let count = text.unicodeScalars.count
        if count < node.minLength { return false }
        if let maximum = node.maxLength, count > maximum { return false }
        return node.pattern?.accepts(text) ?? true && node.format?.accepts(text) ?? true
    }

    private func evaluateItems(_ node: SchemaNode, _ items: [JSONValue], _ depth: Int) -> EvaluatedParts? {
        var parts = EvaluatedParts()
        if items.count < node.minItems { return nil }
        if let maximum = node.maxItems, items.count > maximum { return nil }
        if node.uniqueItems, Set(items.map(\.canonical)).count < items.count { return nil }
        for (index, item) in items.enumerated() {
            guard let schema = index < node.prefix.count ? node.prefix[index] : node.items else { continue }
            if evaluate(schema, item, depth: depth + 1) == nil { return nil }
            parts.items.insert(index)
        }
        if let contains = node.contains {
            let matches = items.indices.filter { evaluate(contains, items[$0], depth: depth + 1) != nil }
            if matches.count < node.minContains { return nil }
            if let maximum = node.maxContains, matches.count > maximum { return nil }
            if node.containsEvaluates { parts.items.formUnion(matches) }
        }
        return parts
    }

    private func evaluateMembers(_ node: SchemaNode, _ object: JSONObject, _ depth: Int) -> EvaluatedParts? {
        var parts = EvaluatedParts()
        var seen = SeenKeys()
        for member in object {
            let bytes = Array(member.key.utf8)
            let key = graph.knownKey(bytes)
            seen = seen.adding(key)
            var schemas = [key.flatMap { node.schemaOfKey[$0] }].compactMap { $0 }
            schemas += node.patterns.filter { $0.test.accepts(member.key) }.map(\.schema)
            if schemas.isEmpty, let additional = node.additional { schemas = [additional] }
            for schema in schemas where evaluate(schema, member.value, depth: depth + 1) == nil { return nil }
            if !schemas.isEmpty { parts.keys.insert(bytes) }
            if let names = node.names, evaluate(names, .string(member.key), depth: depth + 1) == nil {
                return nil
            }
        }
        if objectFault(node, seen) != nil { return nil }
        for dependency in node.dependentSchemas where seen.contains(dependency.key) {
            guard let own = evaluate(dependency.schema, .object(object), depth: depth + 1) else { return nil }
            parts.formUnion(own)
        }
        return parts
    }

    /// Schemas applied to the same value.
    private func evaluateInPlace(_ node: SchemaNode, _ value: JSONValue, _ depth: Int) -> EvaluatedParts? {
        var parts = EvaluatedParts()
        func verdict(_ schema: Int32) -> EvaluatedParts? { evaluate(schema, value, depth: depth + 1) }
        for schema in [node.reference].compactMap({ $0 }) + node.allOf {
            guard let own = verdict(schema) else { return nil }
            parts.formUnion(own)
        }
        if !node.anyOf.isEmpty {
            let holding = node.anyOf.compactMap(verdict)
            if holding.isEmpty { return nil }
            holding.forEach { parts.formUnion($0) }
        }
        if !node.oneOf.isEmpty {
            let holding = node.oneOf.compactMap(verdict)
            if holding.count != 1 { return nil }
            holding.forEach { parts.formUnion($0) }
        }
        if let not = node.not, verdict(not) != nil { return nil }
        if let condition = node.condition {
            let held = verdict(condition)
            if let held { parts.formUnion(held) }
            if let next = held == nil ? node.alternative : node.consequent {
                guard let own = verdict(next) else { return nil }
                parts.formUnion(own)
            }
        }
        return parts
    }
}
