/// Which parts of a grammar hang together so that the next bytes do not show whether a text can be completed.
///
/// A schema whose keywords are positive and stand side by side is decided on the spot (``Inhabitants/inhabited(_:)``).
/// Alternatives, negation, counted matches and rules on keys can contradict each other further in: there the
/// completion is searched for.
final class Entanglement {
    /// By schema: whether it, or a schema that it applies to the value or its parts, is entangled.
    ///
    /// Schemas beyond the end stand for listed values, and are not.
    private let reaches: [Bool]
    private let own: [Bool]
    /// Whether any schema is.
    let isPresent: Bool

    init(_ graph: SchemaGraph) {
        let count = graph.nodes.count
        var own = [Bool](repeating: false, count: count)
        var present = false
        for number in 0..<count
        where Entanglement.isEntangled(graph.nodes[number], graph) {
            own[number] = true
            present = true
        }
        self.own = own
        isPresent = present
        guard present else {
            reaches = own
            return
        }
        var users = [[Int32]](repeating: [], count: count)
        for number in 0..<count {
            for part in graph.nodes[number].parts where Int(part) < count {
                users[Int(part)].append(Int32(number))
            }
        }
        var reaches = own
        var stack = (0..<count).filter { own[$0] }
        while let next = stack.popLast() {
            for user in users[next] where !reaches[Int(user)] {
                reaches[Int(user)] = true
                stack.append(Int(user))
            }
        }
        self.reaches = reaches
    }

    func isEntangled(_ schema: Int32) -> Bool { own.indices.contains(Int(schema)) && own[Int(schema)] }

    func reachesEntangled(_ schema: Int32) -> Bool {
        reaches.indices.contains(Int(schema)) && reaches[Int(schema)]
    }

    private static func isEntangled(_ node: SchemaNode, _ graph: SchemaGraph) -> Bool {
        if node.contains != nil || node.names != nil || !node.patterns.isEmpty
            || !node.dependentRequired.isEmpty || !node.dependentSchemas.isEmpty
        {
            return true
        }
        if node.not != nil || node.condition != nil { return true }
        // Alternatives that the first byte of the value tells apart are none.
        return [node.anyOf, node.oneOf].contains { !areApart($0, graph) }
    }

    private static func areApart(_ alternatives: [Int32], _ graph: SchemaGraph) -> Bool {
        var taken: ValueKinds = []
        for alternative in alternatives {
            guard let kinds = kinds(of: alternative, graph), taken.isDisjoint(with: kinds) else {
                return false
            }
            taken.formUnion(kinds)
        }
        return true
    }

    /// The kinds of value that a schema visibly allows.
    private static func kinds(of schema: Int32, _ graph: SchemaGraph) -> ValueKinds? {
        var next = schema
        for _ in 0..<8 {
            let node = graph.nodes[Int(next)]
            if let kinds = node.kinds { return kinds }
            if let values = node.values {
                return values.reduce(into: []) { kinds, value in
                    for start in ValueStart.all(of: value) { kinds.formUnion(start.kind) }
                }
            }
            guard let reference = node.reference else { return nil }
            next = reference
        }
        return nil
    }
}

extension SchemaNode {
    /// All schemas that the schema applies to a value or its parts.
    fileprivate var parts: [Int32] {
        var parts = allOf + anyOf + oneOf + prefix
        parts += [
            reference, not, condition, consequent, alternative, items, contains, additional, names,
            unevaluatedItems, unevaluatedProperties, foreseenItems, foreseenProperties,
        ].compactMap { $0 }
        parts += properties.map(\.schema)
        parts += patterns.map(\.schema)
        parts += dependentSchemas.map(\.schema)
        return parts
    }
}
