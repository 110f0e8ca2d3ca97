import JSON

/// What `unevaluatedProperties` and `unevaluatedItems` say before the value closes (2020-12 core, section 11).
///
/// A key that no schema applied to the object names, and an item after all that such schemas place, is surely
/// unevaluated. Where every such schema applies in any case, that is also all there is to the keyword.
extension SchemaGraph {
    /// What the schemas applied to one value may evaluate.
    private struct Reach {
        var keys: [Int32] = []
        var patterns: [StringTest] = []
        var everyKey = false
        var items = 0
        var everyItem = false
        /// Whether some of that depends on which alternatives hold.
        var isConditional = false
        var visited: Set<Int32> = []
    }

    /// Fills in what is foreseen for the schemas of a range.
    func foreseeUnevaluated(_ range: Range<Int>) {
        for number in range {
            let node = nodes[number]
            if let unevaluated = node.unevaluated.properties {
                var reach = Reach()
                extend(&reach, Int32(number), asks: .object, isOwn: true, isConditional: false)
                nodes[number].unevaluated.checksProperties = reach.isConditional
                if !reach.everyKey {
                    let anything = self.anything(node.origin.pointer)
                    var foreseen = SchemaNode()
                    foreseen.origin.pointer = node.origin.pointer
                    foreseen.object.members.additionalKeyword = "unevaluatedProperties"
                    for key in reach.keys where foreseen.object.members.schemaOfKey[key] == nil {
                        foreseen.object.members.properties.append((key, anything))
                        foreseen.object.members.schemaOfKey[key] = anything
                    }
                    foreseen.object.members.patterns = reach.patterns.map { ($0, anything) }
                    foreseen.object.members.additional = unevaluated
                    nodes.append(foreseen)
                    nodes[number].unevaluated.foreseenProperties = Int32(nodes.count - 1)
                }
            }
            if let unevaluated = node.unevaluated.items {
                var reach = Reach()
                extend(&reach, Int32(number), asks: .array, isOwn: true, isConditional: false)
                nodes[number].unevaluated.checksItems = reach.isConditional
                if !reach.everyItem {
                    let anything = self.anything(node.origin.pointer)
                    var foreseen = SchemaNode()
                    foreseen.origin.pointer = node.origin.pointer
                    foreseen.array.itemsKeyword = "unevaluatedItems"
                    foreseen.array.prefix = [Int32](repeating: anything, count: reach.items)
                    foreseen.array.items = unevaluated
                    nodes.append(foreseen)
                    nodes[number].unevaluated.foreseenItems = Int32(nodes.count - 1)
                }
            }
        }
    }

    private func extend(
        _ reach: inout Reach, _ schema: Int32, asks kind: ValueStart, isOwn: Bool, isConditional: Bool
    ) {
        // What was reached in any case is reached; what was reached under a condition is conditional already.
        guard reach.visited.insert(schema).inserted else { return }
        let node = nodes[Int(schema)]
        var evaluates = false
        if kind == .object {
            reach.keys += node.object.members.properties.map(\.key)
            reach.patterns += node.object.members.patterns.map(\.test)
            evaluates = !node.object.members.properties.isEmpty || !node.object.members.patterns.isEmpty
            if node.object.members.additional != nil || (!isOwn && node.unevaluated.properties != nil) {
                reach.everyKey = true
                evaluates = true
            }
            // What it leaves over itself may depend on alternatives, but then it holds nothing back.
        } else {
            reach.items = max(reach.items, node.array.prefix.count)
            evaluates = !node.array.prefix.isEmpty
            if node.array.items != nil || (!isOwn && node.unevaluated.items != nil) {
                reach.everyItem = true
                evaluates = true
            }
            if node.array.contains.schema != nil, node.array.contains.evaluates {
                reach.everyItem = true
                reach.isConditional = true
            }
        }
        if evaluates, isConditional { reach.isConditional = true }
        if let reference = node.inPlace.reference {
            extend(&reach, reference, asks: kind, isOwn: false, isConditional: isConditional)
        }
        for part in node.inPlace.allOf {
            extend(&reach, part, asks: kind, isOwn: false, isConditional: isConditional)
        }
        let alternatives =
            node.inPlace.anyOf + node.inPlace.oneOf
            + [node.inPlace.condition, node.inPlace.consequent, node.inPlace.alternative].compactMap { $0 }
            + node.object.dependentSchemas.map(\.schema)
        for part in alternatives {
            // A schema that was passed in any case may come again under a condition; that changes nothing.
            extend(&reach, part, asks: kind, isOwn: false, isConditional: true)
        }
    }

    /// A schema that everything satisfies.
    private func anything(_ pointer: JSONPointer) -> Int32 {
        var node = SchemaNode()
        node.origin.pointer = pointer
        node.general.constant = true
        nodes.append(node)
        return Int32(nodes.count - 1)
    }
}
