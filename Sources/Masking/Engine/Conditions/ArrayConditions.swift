/// Items: what a formula over array keywords makes of each further item.
final class ArrayConditions: Grounded {
    let blueprint: Blueprint
    private var items: [UInt64: ObjectMembers.Member] = [:]
    private var limits: [Formulas.ID: Int32] = [:]

    init(_ blueprint: Blueprint) { self.blueprint = blueprint }

    /// What the next item must satisfy, and the array's frame after its beginning; `nil` where no item may come.
    func begin(_ array: Frame) -> (formula: Formulas.ID, frame: Frame)? {
        var open = array
        let key = UInt64(UInt32(bitPattern: open.formula)) << 32 | UInt64(UInt32(bitPattern: open.seen))
        let item: ObjectMembers.Member
        if let known = items[key] {
            item = known
        } else {
            item = itemFormulas(open.formula, Int(open.seen))
            items[key] = item
        }
        guard item.kept != Formulas.no, item.child != Formulas.no else { return nil }
        open.formula = item.kept
        open.seen = min(open.seen + 1, arrayLimit(item.kept, item.child))
        return (item.child, open)
    }

    private func itemFormulas(_ formula: Formulas.ID, _ index: Int) -> ObjectMembers.Member {
        var kept: [Formulas.ID] = []
        var child: [Formulas.ID] = []
        for part in formulas.conjuncts(formula) {
            if case .leaf(let leaf) = formulas.nodes[Int(part)] {
                guard case .array(let schema, let matches) = leaf else {
                    kept.append(part)
                    continue
                }
                guard let (item, counted) = item(schema, index, matches) else {
                    return ObjectMembers.Member(kept: Formulas.no, child: Formulas.no)
                }
                if counted == nil { kept.append(part) }
                child.append(item)
                if let counted { child.append(counted) }
                continue
            }
            child.append(
                formulas.substitute(part) { formulas, leaf, id in
                    guard case .array(let schema, let matches) = leaf else {
                        return formulas.leaf(.outer(id))
                    }
                    guard let (item, counted) = self.item(schema, index, matches) else { return Formulas.no }
                    return self.formulas.all([item, counted ?? self.formulas.leaf(.outer(id))])
                })
        }
        return ObjectMembers.Member(kept: formulas.all(kept), child: formulas.all(child))
    }

    /// What one array schema asks of the item at `index`, and what becomes of it where `contains` counts the item.
    private func item(_ schema: Int32, _ index: Int, _ matches: Int32) -> (Formulas.ID, Formulas.ID?)? {
        let node = graph.nodes[Int(schema)]
        if let maximum = node.array.maxItems, index >= maximum { return nil }
        var own = Formulas.yes
        if index < node.array.prefix.count {
            own = formulas.leaf(.schema(node.array.prefix[index]))
        } else if let items = node.array.items {
            own = formulas.leaf(.schema(items))
        }
        guard let contains = node.array.contains.schema else { return (own, nil) }
        if node.array.contains.maximum == nil, Int(matches) >= node.array.contains.minimum {
            return (own, nil)
        }
        let match = formulas.leaf(.schema(contains))
        let stay = formulas.leaf(.outer(formulas.leaf(.array(schema, matches))))
        let limit = Int32(clamping: max(node.array.contains.minimum, (node.array.contains.maximum ?? 0) + 1))
        let more = formulas.leaf(.outer(formulas.leaf(.array(schema, min(matches + 1, limit)))))
        if let maximum = node.array.contains.maximum, Int(matches) >= maximum {
            return (own, formulas.all(formulas.not(match), stay))
        }
        let counted = formulas.any([
            formulas.all(match, more),
            node.array.contains.maximum == nil ? stay : formulas.all(formulas.not(match), stay),
        ])
        return (own, counted)
    }

    /// Where the count of items may stop: beyond every position and bound that some schema names.
    private func arrayLimit(_ kept: Formulas.ID, _ child: Formulas.ID) -> Int32 {
        let key = kept
        if child != Formulas.yes || limits[key] == nil {
            var limit = 1
            func look(_ formula: Formulas.ID) {
                for leaf in formulas.leaves(of: formula) {
                    switch leaf {
                    case .array(let schema, _):
                        let node = graph.nodes[Int(schema)]
                        limit = max(
                            limit, node.array.prefix.count + 1, node.array.minItems,
                            (node.array.maxItems ?? 0) + 1)
                    case .outer(let inner): look(inner)
                    default: break
                    }
                }
            }
            look(kept)
            look(child)
            let result = Int32(clamping: limit)
            if child == Formulas.yes { limits[key] = result }
            return result
        }
        return limits[key] ?? Int32.max
    }
}
