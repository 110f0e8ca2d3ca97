/// Which parts of a grammar hang together so that the next bytes do not show whether a text can be completed.
///
/// A schema whose keywords are positive and stand side by side is decided on the spot (``Automaton/inhabited(_:)``).
/// Alternatives, negation, counted matches and rules on keys can contradict each other further in: there the
/// completion is searched for.
final class Entanglement {
    /// By schema: whether it, or a schema that it applies to the value or its parts, is entangled. Schemas beyond the
    /// end stand for listed values, and are not.
    private let reaches: [Bool]
    private let own: [Bool]
    /// Whether any schema is.
    let isPresent: Bool

    init(_ graph: SchemaGraph, _ formulas: Formulas) {
        let count = graph.nodes.count
        var own = [Bool](repeating: false, count: count)
        var present = false
        for number in 0..<count
        where Entanglement.isEntangled(graph.nodes[number], Int32(number), graph, formulas) {
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

    private static func isEntangled(
        _ node: SchemaNode, _ number: Int32, _ graph: SchemaGraph, _ formulas: Formulas
    ) -> Bool {
        if node.contains != nil || node.names != nil || !node.patterns.isEmpty
            || !node.dependentRequired.isEmpty || !node.dependentSchemas.isEmpty
        {
            return true
        }
        guard
            !node.anyOf.isEmpty || !node.oneOf.isEmpty || node.not != nil || node.condition != nil
        else { return false }
        // Alternatives that the first byte of the value tells apart are none.
        return ValueStart.allCases.contains { start in
            !Entanglement.isConjunction(graph.expand(number, start, formulas), formulas)
        }
    }

    /// Whether a formula is a conjunction of conditions that must hold.
    static func isConjunction(_ formula: Formulas.ID, _ formulas: Formulas) -> Bool {
        if formula == Formulas.no { return true }
        return formulas.conjuncts(formula).allSatisfy { part in
            guard case .leaf(let leaf) = formulas.nodes[Int(part)] else { return false }
            switch leaf {
            case .outer, .key: return false
            default: return true
            }
        }
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
