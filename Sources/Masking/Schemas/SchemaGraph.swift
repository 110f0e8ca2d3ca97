import JSON

/// All schemas of one grammar, numbered, with what the engine derives from them on demand.
final class SchemaGraph {
    static let maximumNodes = 400_000

    var nodes: [SchemaNode] = []
    /// Keys that some schema names, by number.
    private(set) var keys: [[UInt8]] = []
    private var keyIDs: [[UInt8]: Int32] = [:]
    /// The finite string languages of `enum` and `const`, by schema.
    var stringSets: [Int32: FiniteSet] = [:]
    /// The schema that a schema stands in or is referred to from (the first), and the keyword where several
    /// alternatives or a condition lie between.
    private(set) var parents: [Int32: (schema: Int32, keyword: String?)] = [:]
    private var expansions: [Int64: Formulas.ID] = [:]
    private var expanding: Set<Int64> = []

    /// The number of a key.
    func key(_ text: some Sequence<UInt8>) -> Int32 {
        let bytes = Array(text)
        if let id = keyIDs[bytes] { return id }
        let id = Int32(keys.count)
        keys.append(bytes)
        keyIDs[bytes] = id
        return id
    }

    /// The number of a key that has one.
    func knownKey(_ text: some Sequence<UInt8>) -> Int32? { keyIDs[Array(text)] }

    /// What a schema asks of a value that starts so, in terms of the leaves of that kind of value.
    func expand(_ number: Int32, _ start: ValueStart, _ formulas: Formulas) -> Formulas.ID {
        let key = Int64(number) << 3 | Int64(start.rawValue)
        if let known = expansions[key] { return known }
        // A schema that applies itself to the same value: it asks for nothing more than it already does.
        guard expanding.insert(key).inserted else { return Formulas.yes }
        let result = expandUnknown(number, start, formulas)
        expanding.remove(key)
        expansions[key] = result
        return result
    }

    private func expandUnknown(
        _ number: Int32, _ start: ValueStart, _ formulas: Formulas
    ) -> Formulas.ID {
        let node = nodes[Int(number)]
        if let constant = node.general.constant { return constant ? Formulas.yes : Formulas.no }
        if let kinds = node.general.kinds, !kinds.contains(start.kind) { return Formulas.no }
        if node.crossedBounds(start) != nil { return Formulas.no }
        var parts = [ownAssertions(number, node, start, formulas)]
        if parts[0] == Formulas.no { return Formulas.no }
        if let reference = node.inPlace.reference { parts.append(expand(reference, start, formulas)) }
        for part in node.inPlace.allOf { parts.append(expand(part, start, formulas)) }
        if !node.inPlace.anyOf.isEmpty {
            parts.append(formulas.any(node.inPlace.anyOf.map { expand($0, start, formulas) }))
        }
        if !node.inPlace.oneOf.isEmpty {
            parts.append(formulas.one(node.inPlace.oneOf.map { expand($0, start, formulas) }))
        }
        if let not = node.inPlace.not { parts.append(formulas.not(expand(not, start, formulas))) }
        if let condition = node.inPlace.condition,
            node.inPlace.consequent != nil || node.inPlace.alternative != nil
        {
            let test = expand(condition, start, formulas)
            let then = node.inPlace.consequent.map { expand($0, start, formulas) } ?? Formulas.yes
            let otherwise = node.inPlace.alternative.map { expand($0, start, formulas) } ?? Formulas.yes
            parts.append(formulas.any([formulas.not(test), then]))
            parts.append(formulas.any([test, otherwise]))
        }
        if start == .object {
            for dependency in node.object.dependentSchemas {
                let present = formulas.leaf(.key(dependency.key))
                let needed = expand(dependency.schema, start, formulas)
                parts.append(formulas.any([formulas.not(present), needed]))
            }
        }
        if start == .array {
            if let foreseen = node.unevaluated.foreseenItems {
                parts.append(expand(foreseen, start, formulas))
            }
            if node.unevaluated.checksItems { parts.append(formulas.leaf(.check(number, .unevaluatedItems))) }
        }
        if start == .object {
            if let foreseen = node.unevaluated.foreseenProperties {
                parts.append(expand(foreseen, start, formulas))
            }
            if node.unevaluated.checksProperties {
                parts.append(formulas.leaf(.check(number, .unevaluatedProperties)))
            }
        }
        return formulas.all(parts)
    }

    /// The keywords of the schema itself that look at such a value.
    private func ownAssertions(
        _ number: Int32, _ node: SchemaNode, _ start: ValueStart, _ formulas: Formulas
    ) -> Formulas.ID {
        switch start {
        case .null:
            return allows(node) { $0 == .null }
        case .yes, .no:
            return allows(node) { $0.boolValue == (start == .yes) }
        case .number:
            let constrained = node.general.isIntegral || !node.bounds.isEmpty || node.general.values != nil
            if let values = node.general.values, !values.contains(where: { $0.numberValue != nil }) {
                return Formulas.no
            }
            return constrained ? formulas.leaf(.number(number)) : Formulas.yes
        case .string:
            var parts: [Formulas.ID] = []
            if let values = node.general.values {
                guard values.contains(where: { $0.stringValue != nil }) else { return Formulas.no }
                parts.append(formulas.leaf(.string(number, .values)))
            }
            if node.string.minLength > 0 || node.string.maxLength != nil {
                parts.append(formulas.leaf(.string(number, .length)))
            }
            for (test, keyword) in [
                (node.string.pattern, CheckedKeyword.pattern), (node.string.format, .format),
            ] {
                guard let test else { continue }
                if test.automaton != nil {
                    parts.append(formulas.leaf(.string(number, keyword == .pattern ? .pattern : .format)))
                }
                if test.exact != nil { parts.append(formulas.leaf(.check(number, keyword))) }
            }
            return formulas.all(parts)
        case .array:
            var parts: [Formulas.ID] = []
            if let values = node.general.values {
                parts.append(anyOf(values.filter { $0.arrayValue != nil }, of: number, start, formulas))
            }
            if node.array.judgesItems { parts.append(formulas.leaf(.array(number, 0))) }
            if node.array.uniqueItems { parts.append(formulas.leaf(.check(number, .uniqueItems))) }
            return formulas.all(parts)
        case .object:
            var parts: [Formulas.ID] = []
            if let values = node.general.values {
                parts.append(anyOf(values.filter { $0.objectValue != nil }, of: number, start, formulas))
            }
            if node.object.judgesMembers { parts.append(formulas.leaf(.object(number))) }
            return formulas.all(parts)
        }
    }

    private func allows(_ node: SchemaNode, _ matches: (JSONValue) -> Bool) -> Formulas.ID {
        node.general.values.map { $0.contains(where: matches) ? Formulas.yes : Formulas.no } ?? Formulas.yes
    }

    private func anyOf(
        _ values: [JSONValue], of number: Int32, _ start: ValueStart, _ formulas: Formulas
    ) -> Formulas.ID {
        let pointer = nodes[Int(number)].origin.pointer
        let keyword = nodes[Int(number)].general.valuesKeyword
        var parts: [Formulas.ID] = []
        for value in values {
            let schema = literal(value, pointer: pointer, keyword: keyword)
            parts.append(expand(schema, start, formulas))
        }
        return formulas.any(parts)
    }

    /// A schema that only `value` satisfies; its parts all point at the keyword that lists the value.
    func literal(_ value: JSONValue, pointer: JSONPointer, keyword: String) -> Int32 {
        var node = SchemaNode()
        node.origin.pointer = pointer
        node.general.valuesKeyword = keyword
        node.general.isLiteral = true
        switch value {
        case .array(let elements):
            node.general.kinds = .array
            node.array.minItems = elements.count
            node.array.maxItems = elements.count
            node.array.prefixKeyword = keyword
            node.array.prefix = elements.map { literal($0, pointer: pointer, keyword: keyword) }
        case .object(let object):
            node.general.kinds = .object
            var last: [Int32: JSONValue] = [:]
            for member in object {
                let id = key(member.key.utf8)
                if last[id] == nil { node.object.required.append(id) }
                last[id] = member.value
            }
            node.object.members.properties = node.object.required.map { id in
                (id, literal(last[id] ?? .null, pointer: pointer, keyword: keyword))
            }
            for (id, schema) in node.object.members.properties {
                node.object.members.schemaOfKey[id] = schema
            }
            node.object.members.additional = nothing(pointer, keyword: keyword)
        default: node.general.values = [value]
        }
        nodes.append(node)
        return Int32(nodes.count - 1)
    }

    /// A schema that nothing satisfies.
    /// - Parameter keyword: the keyword that lists a value of which the schema is a part, if it is.
    func nothing(_ pointer: JSONPointer, keyword: String? = nil) -> Int32 {
        var node = SchemaNode()
        node.origin.pointer = pointer
        if let keyword { (node.general.valuesKeyword, node.general.isLiteral) = (keyword, true) }
        node.general.constant = false
        nodes.append(node)
        return Int32(nodes.count - 1)
    }

    /// Notes which schemas a schema applies.
    func adopt(_ parent: Int32) {
        let node = nodes[Int(parent)]
        func note(_ children: some Sequence<Int32>, _ keyword: String?) {
            for child in children where parents[child] == nil && child != parent {
                parents[child] = (parent, keyword)
            }
        }
        note(node.inPlace.anyOf, "anyOf")
        note(node.inPlace.oneOf, "oneOf")
        note([node.inPlace.not].compactMap { $0 }, "not")
        note(
            [node.inPlace.condition, node.inPlace.consequent, node.inPlace.alternative].compactMap { $0 }, nil
        )
        note(node.inPlace.allOf + node.array.prefix, nil)
        note(
            [
                node.inPlace.reference, node.array.items, node.array.contains.schema,
                node.object.members.additional, node.object.members.names, node.unevaluated.items,
                node.unevaluated.properties,
            ].compactMap { $0 }, nil)
        note(
            node.object.members.properties.map(\.schema) + node.object.members.patterns.map(\.schema)
                + node.object.dependentSchemas.map(\.schema),
            nil)
    }

    /// What so many alternatives with so many keys would take: each key is held against each alternative.
    private static let maximumKeyChoices = 40_000_000
    /// Each listed object or array is an alternative of its own, and all are looked at where one begins.
    private static let mostListedContainers = 600

    /// Refuses choices between objects whose keys would take too long to work out.
    func refuseUnwieldy(_ range: Range<Int>) throws(GrammarError) {
        for number in range {
            let node = nodes[number]
            for alternatives in [node.inPlace.anyOf, node.inPlace.oneOf] where alternatives.count > 100 {
                var named: Set<Int32> = []
                for part in alternatives {
                    let inner = nodes[Int(part)]
                    let target = inner.inPlace.reference.map { nodes[Int($0)] } ?? inner
                    for property in target.object.members.properties { named.insert(property.key) }
                    named.formUnion(target.object.required)
                }
                if named.count * alternatives.count > SchemaGraph.maximumKeyChoices {
                    throw .tooLarge(
                        reason:
                            "\(alternatives.count) alternatives with \(named.count) keys at #\(node.origin.pointer)"
                    )
                }
            }
            if let values = node.general.values, values.count > 100 {
                let objects = values.compactMap(\.objectValue)
                let keys = Set(objects.flatMap { $0.map { key($0.key.utf8) } })
                if keys.count * objects.count > SchemaGraph.maximumKeyChoices {
                    throw .tooLarge(
                        reason: "\(objects.count) objects with \(keys.count) keys at #\(node.origin.pointer)")
                }
                let containers = objects.count + values.count { $0.arrayValue != nil }
                if containers > SchemaGraph.mostListedContainers {
                    throw .tooLarge(
                        reason:
                            "\(node.general.valuesKeyword) with \(containers) objects and arrays at #\(node.origin.pointer), of at most \(SchemaGraph.mostListedContainers)"
                    )
                }
            }
        }
    }
}
