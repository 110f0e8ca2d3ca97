import JSON

/// Lists of values, cut to those that the rest of their schema accepts.
///
/// A language that an `enum` or a `const` lists is known whole: each of its values is judged once, so that no text is begun
/// that only a refused value goes on with. Without this a contradiction between a listed value and, say, a `not` would be
/// seen where the value closes.
struct ListedValues: Grounded {
    let blueprint: Blueprint
    private let numbers: NumberConditions

    init(_ blueprint: Blueprint, _ numbers: NumberConditions) {
        self.blueprint = blueprint
        self.numbers = numbers
    }

    /// Longer lists are left to the closing byte: judging them would cost every compilation.
    private static let mostValues = 64

    /// Cuts the lists of all schemas; to be called before any formula is expanded.
    func narrow() {
        for number in graph.nodes.indices {
            let schema = Int32(number)
            guard graph.nodes[number].judgesListedValues, let owner = listing(of: schema, depth: 0) else {
                continue
            }
            let list = graph.nodes[Int(owner)]
            let values = list.general.values ?? []
            let accepted = values.filter { ClosedEvaluation(blueprint, numbers).evaluate(schema, $0) != nil }
            guard accepted.count < values.count else { continue }
            if owner == schema {
                graph.nodes[number].general.values = accepted
                numbers.forgetSpec(of: schema)
            } else {
                // The list may be referred to from elsewhere, so the shorter one stands beside it, under its name.
                var shorter = SchemaNode()
                shorter.origin = list.origin
                shorter.general.valuesKeyword = list.general.valuesKeyword
                shorter.general.values = accepted
                graph.nodes.append(shorter)
                graph.nodes[number].inPlace.allOf.append(Int32(graph.nodes.count - 1))
            }
        }
    }

    /// The schema among those that must all hold that lists values; the shortest list of several.
    private func listing(of schema: Int32, depth: Int) -> Int32? {
        guard depth < 8 else { return nil }
        let node = graph.nodes[Int(schema)]
        let inner = (node.inPlace.allOf + [node.inPlace.reference].compactMap { $0 }).compactMap {
            listing(of: $0, depth: depth + 1)
        }
        let own = node.general.values.map { $0.count <= ListedValues.mostValues } == true ? [schema] : []
        return (own + inner).min {
            graph.nodes[Int($0)].general.values?.count ?? 0 < graph.nodes[Int($1)].general.values?.count ?? 0
        }
    }
}

extension SchemaNode {
    /// Whether anything but its type stands beside a list of values.
    fileprivate var judgesListedValues: Bool {
        general.constant == nil && !general.isLiteral
            && (object.judgesMembers || array.judgesItems || array.uniqueItems || !inPlace.allOf.isEmpty
                || !inPlace.anyOf.isEmpty || !inPlace.oneOf.isEmpty || inPlace.not != nil
                || inPlace.condition != nil || !object.dependentSchemas.isEmpty
                || unevaluated.items != nil || unevaluated.properties != nil)
    }
}
