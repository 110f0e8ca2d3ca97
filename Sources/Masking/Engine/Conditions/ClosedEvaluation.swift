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
struct ClosedEvaluation: Grounded {
    let blueprint: Blueprint
    private let numbers: NumberConditions
    private let memory = Memory()
    private static let depthLimit = 600

    init(_ blueprint: Blueprint, _ numbers: NumberConditions) {
        self.blueprint = blueprint
        self.numbers = numbers
    }

    /// A place in the value: the whole, or a part of a part.
    private struct Place: Hashable {
        var number = 0
        /// How many schemas and parts lead there.
        var depth = 0

        /// The same place, one schema further.
        var again: Place { Place(number: number, depth: depth + 1) }
    }

    /// The verdicts so far: schemas that refer to each other would else be judged over and over.
    private final class Memory {
        struct Question: Hashable {
            var place: Int
            var schema: Int32
        }

        struct Part: Hashable {
            var whole: Int
            var index: Int
        }

        var verdicts: [Question: EvaluatedParts?] = [:]
        private var numbers: [Part: Int] = [:]

        func part(_ index: Int, of place: Place) -> Place {
            let part = Part(whole: place.number, index: index)
            let number = numbers[part] ?? numbers.count + 1
            numbers[part] = number
            return Place(number: number, depth: place.depth + 1)
        }
    }

    /// What a schema evaluates in a value; `nil` where the value does not satisfy it.
    func evaluate(_ schema: Int32, _ value: JSONValue) -> EvaluatedParts? { evaluate(schema, value, Place()) }

    /// The truth of a keyword that needs the whole value.
    static func holds(
        _ blueprint: Blueprint, _ numbers: NumberConditions, _ value: JSONValue, _ schema: Int32,
        _ keyword: CheckedKeyword
    ) -> Bool {
        let node = blueprint.graph.nodes[Int(schema)]
        switch keyword {
        case .uniqueItems:
            guard let items = value.arrayValue else { return true }
            return Set(items.map(\.canonical)).count == items.count
        case .pattern: return value.stringValue.map { node.string.pattern?.accepts($0) ?? true } ?? true
        case .format: return value.stringValue.map { node.string.format?.accepts($0) ?? true } ?? true
        case .unevaluatedItems, .unevaluatedProperties:
            return ClosedEvaluation(blueprint, numbers).evaluate(schema, value) != nil
        }
    }

    private func evaluate(_ schema: Int32, _ value: JSONValue, _ place: Place) -> EvaluatedParts? {
        guard place.depth < ClosedEvaluation.depthLimit else { return EvaluatedParts() }
        let question = Memory.Question(place: place.number, schema: schema)
        if let known = memory.verdicts[question] { return known }
        // A schema that refers to itself without end asks for nothing more than it already does.
        memory.verdicts[question] = .some(EvaluatedParts())
        let verdict = judge(schema, value, place)
        memory.verdicts[question] = .some(verdict)
        return verdict
    }

    private func judge(_ schema: Int32, _ value: JSONValue, _ place: Place) -> EvaluatedParts? {
        let node = graph.nodes[Int(schema)]
        if let constant = node.general.constant { return constant ? EvaluatedParts() : nil }
        if let kinds = node.general.kinds,
            !ValueStart.all(of: value).contains(where: { kinds.contains($0.kind) })
        {
            return nil
        }
        if let values = node.general.values, !values.contains(where: { $0.isEquivalent(to: value) }) {
            return nil
        }
        switch value {
        case .number(let number): if !numbers.numberSpec(schema).accepts(number) { return nil }
        case .string(let text): if !accepts(node, text) { return nil }
        default: break
        }
        var parts = EvaluatedParts()
        if let items = value.arrayValue {
            guard let own = evaluateItems(node, items, place) else { return nil }
            parts.formUnion(own)
        }
        if let object = value.objectValue {
            guard let own = evaluateMembers(node, object, place) else { return nil }
            parts.formUnion(own)
        }
        guard let applied = evaluateInPlace(node, value, place) else { return nil }
        parts.formUnion(applied)
        if let rest = node.unevaluated.items, let items = value.arrayValue {
            for (index, item) in items.enumerated() where !parts.items.contains(index) {
                if evaluate(rest, item, memory.part(index, of: place)) == nil { return nil }
                parts.items.insert(index)
            }
        }
        if let rest = node.unevaluated.properties, let object = value.objectValue {
            for (index, member) in object.enumerated() where !parts.keys.contains(Array(member.key.utf8)) {
                if evaluate(rest, member.value, memory.part(index, of: place)) == nil { return nil }
                parts.keys.insert(Array(member.key.utf8))
            }
        }
        return parts
    }

    private func accepts(_ node: SchemaNode, _ text: String) -> Bool {
        let count = text.unicodeScalars.count
        if count < node.string.minLength { return false }
        if let maximum = node.string.maxLength, count > maximum { return false }
        return node.string.pattern?.accepts(text) ?? true && node.string.format?.accepts(text) ?? true
    }

    private func evaluateItems(_ node: SchemaNode, _ items: [JSONValue], _ place: Place) -> EvaluatedParts? {
        var parts = EvaluatedParts()
        if items.count < node.array.minItems { return nil }
        if let maximum = node.array.maxItems, items.count > maximum { return nil }
        if node.array.uniqueItems, Set(items.map(\.canonical)).count < items.count { return nil }
        for (index, item) in items.enumerated() {
            guard let schema = index < node.array.prefix.count ? node.array.prefix[index] : node.array.items
            else { continue }
            if evaluate(schema, item, memory.part(index, of: place)) == nil { return nil }
            parts.items.insert(index)
        }
        if let contains = node.array.contains.schema {
            let matches = items.indices.filter {
                evaluate(contains, items[$0], memory.part($0, of: place)) != nil
            }
            if matches.count < node.array.contains.minimum { return nil }
            if let maximum = node.array.contains.maximum, matches.count > maximum { return nil }
            if node.array.contains.evaluates { parts.items.formUnion(matches) }
        }
        return parts
    }

    private func evaluateMembers(_ node: SchemaNode, _ object: JSONObject, _ place: Place) -> EvaluatedParts?
    {
        var parts = EvaluatedParts()
        var seen = SeenKeys()
        for (index, member) in object.enumerated() {
            let part = memory.part(index, of: place)
            let bytes = Array(member.key.utf8)
            let key = graph.knownKey(bytes)
            seen = seen.adding(key)
            var schemas = [key.flatMap { node.object.members.schemaOfKey[$0] }].compactMap { $0 }
            schemas += node.object.members.patterns.filter { $0.test.accepts(member.key) }.map(\.schema)
            if schemas.isEmpty, let additional = node.object.members.additional { schemas = [additional] }
            for schema in schemas where evaluate(schema, member.value, part) == nil { return nil }
            if !schemas.isEmpty { parts.keys.insert(bytes) }
            if let names = node.object.members.names,
                evaluate(names, .string(member.key), memory.part(-1 - index, of: place)) == nil
            {
                return nil
            }
        }
        if node.object.fault(seen) != nil { return nil }
        for dependency in node.object.dependentSchemas where seen.contains(dependency.key) {
            guard let own = evaluate(dependency.schema, .object(object), place.again) else { return nil }
            parts.formUnion(own)
        }
        return parts
    }

    /// Schemas applied to the same value.
    private func evaluateInPlace(_ node: SchemaNode, _ value: JSONValue, _ place: Place) -> EvaluatedParts? {
        var parts = EvaluatedParts()
        func verdict(_ schema: Int32) -> EvaluatedParts? { evaluate(schema, value, place.again) }
        for schema in [node.inPlace.reference].compactMap({ $0 }) + node.inPlace.allOf {
            guard let own = verdict(schema) else { return nil }
            parts.formUnion(own)
        }
        if !node.inPlace.anyOf.isEmpty {
            let holding = node.inPlace.anyOf.compactMap(verdict)
            if holding.isEmpty { return nil }
            holding.forEach { parts.formUnion($0) }
        }
        if !node.inPlace.oneOf.isEmpty {
            let holding = node.inPlace.oneOf.compactMap(verdict)
            if holding.count != 1 { return nil }
            holding.forEach { parts.formUnion($0) }
        }
        if let not = node.inPlace.not, verdict(not) != nil { return nil }
        if let condition = node.inPlace.condition {
            let held = verdict(condition)
            if let held { parts.formUnion(held) }
            if let next = held == nil ? node.inPlace.alternative : node.inPlace.consequent {
                guard let own = verdict(next) else { return nil }
                parts.formUnion(own)
            }
        }
        return parts
    }
}
