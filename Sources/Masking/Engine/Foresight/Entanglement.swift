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
        if node.array.contains.schema != nil || node.object.members.names != nil
            || !node.object.members.patterns.isEmpty
            || !node.object.dependentRequired.isEmpty || !node.object.dependentSchemas.isEmpty
        {
            return true
        }
        if node.inPlace.not != nil || node.inPlace.condition != nil { return true }
        // Alternatives that the first byte of the value tells apart are none.
        return [node.inPlace.anyOf, node.inPlace.oneOf].contains { !areApart($0, graph) }
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
            if let kinds = node.general.kinds { return kinds }
            if let values = node.general.values {
                return values.reduce(into: []) { kinds, value in
                    for start in ValueStart.all(of: value) { kinds.formUnion(start.kind) }
                }
            }
            guard let reference = node.inPlace.reference else { return nil }
            next = reference
        }
        return nil
    }
}

extension SchemaNode {
    /// All schemas that the schema applies to a value or its parts.
    fileprivate var parts: [Int32] {
        var parts = inPlace.all + unevaluated.all + array.prefix
        parts += [array.items, array.contains.schema, object.members.additional, object.members.names]
            .compactMap { $0 }
        parts += object.members.properties.map(\.schema)
        parts += object.members.patterns.map(\.schema)
        parts += object.dependentSchemas.map(\.schema)
        return parts
    }
}
