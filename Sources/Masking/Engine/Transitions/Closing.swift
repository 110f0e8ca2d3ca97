import JSON

extension Transitions {
    /// What follows a closed value that comes to `result`, a formula over opaque outer leaves and keywords that the
    /// text decides.
    func deliver(_ result: Formulas.ID, _ frameID: Int32) -> Int32 {
        if result == Formulas.no { return Configuration.dead }
        let key = UInt64(UInt32(bitPattern: result)) << 32 | UInt64(UInt32(bitPattern: frameID))
        if let known = deliveries[key] { return known }
        let target = deliverUnknown(result, frameID)
        deliveries[key] = target
        return target
    }

    private func deliverUnknown(_ result: Formulas.ID, _ frameID: Int32) -> Int32 {
        let isOpen = formulas.leaves(of: result).contains {
            if case .check = $0 { true } else { false }
        }
        if isOpen {
            return intern(Configuration(.resolve, a: result, b: Resolution.closed.rawValue, frame: frameID))
        }
        let outer = formulas.substitute(result) { _, leaf, id in
            if case .outer(let formula) = leaf { formula } else { id }
        }
        var parent = frame(frameID)
        parent.formula = formulas.all(parent.formula, outer)
        if parent.formula == Formulas.no { return Configuration.dead }
        switch parent.kind {
        case .root:
            return parent.formula == Formulas.yes
                ? intern(Configuration(.done, frame: frameID)) : Configuration.dead
        case .object: return intern(Configuration(.objectAfter, frame: intern(parent)))
        case .array:
            let next = intern(parent)
            if checksItems(parent.formula) {
                return intern(
                    Configuration(.resolve, a: parent.formula, b: Resolution.itemClosed.rawValue, frame: next)
                )
            }
            return intern(Configuration(.arrayAfter, frame: next))
        case .call: return parent.formula == Formulas.yes ? afterArguments(frameID) : Configuration.dead
        }
    }

    /// Whether an array's items are compared as they come.
    private func checksItems(_ formula: Formulas.ID) -> Bool {
        formulas.leaves(of: formula).contains {
            if case .check(_, .uniqueItems) = $0 { true } else { false }
        }
    }

    /// The configuration after a closed value whose text decides.
    /// - Parameters:
    ///   - id: a `resolve` configuration.
    ///   - text: the closed value's text; for an item, the array's text so far with its bracket closed.
    func resolve(_ id: Int32, _ text: [UInt8]) -> Int32 {
        let here = configuration(id)
        guard let value = try? JSONParser.parse(text) else { return Configuration.dead }
        switch here.resolution {
        case .closed, .numberEnded:
            return deliver(decided(here.formula, by: value), here.frame)
        case .itemClosed, .numberItemEnded:
            let result = formulas.substitute(here.formula) { _, leaf, id in
                guard case .check(let schema, .uniqueItems) = leaf else { return id }
                return ClosedEvaluation.holds(blueprint, numbers, value, schema, .uniqueItems)
                    ? id : Formulas.no
            }
            if result == Formulas.no { return Configuration.dead }
            var array = frame(here.frame)
            array.formula = result
            return intern(Configuration(.arrayAfter, frame: intern(array)))
        }
    }

    /// What a formula comes to once the keywords that need the closed value are asked; of those no more than it takes.
    private func decided(_ formula: Formulas.ID, by value: JSONValue) -> Formulas.ID {
        var known: [Leaf: Bool] = [:]
        func holds(_ leaf: Leaf) -> Bool? {
            guard case .check(let schema, let keyword) = leaf else { return nil }
            if let verdict = known[leaf] { return verdict }
            let verdict = ClosedEvaluation.holds(blueprint, numbers, value, schema, keyword)
            known[leaf] = verdict
            return verdict
        }
        if let verdict = formulas.evaluate(formula, holds) { return verdict ? Formulas.yes : Formulas.no }
        return formulas.substitute(formula) { _, leaf, id in
            holds(leaf).map { $0 ? Formulas.yes : Formulas.no } ?? id
        }
    }

    /// The configuration after a number that ends here.
    func closeNumber(_ stateID: Int32, _ frameID: Int32) -> Int32 {
        let state = numbers.states[Int(stateID)]
        return deliver(numbers.numberResult(state), frameID)
    }

    /// The configuration after an object's closing brace.
    func closeObject(_ frameID: Int32) -> Int32 {
        let open = frame(frameID)
        return deliver(objectResult(open), open.parent)
    }

    /// What an object with the keys seen makes of its formula.
    func objectResult(_ open: Frame) -> Formulas.ID {
        let seen = seenKeys(open.seen)
        return formulas.substitute(open.formula) { _, leaf, id in
            switch leaf {
            case .object(let schema):
                return graph.nodes[Int(schema)].object.fault(seen) == nil ? Formulas.yes : Formulas.no
            case .key(let key): return seen.contains(key) ? Formulas.yes : Formulas.no
            default: return id
            }
        }
    }

    /// The configuration after an array's closing bracket.
    func closeArray(_ frameID: Int32) -> Int32 {
        let open = frame(frameID)
        return deliver(arrayResult(open), open.parent)
    }

    func arrayResult(_ open: Frame) -> Formulas.ID {
        formulas.substitute(open.formula) { _, leaf, id in
            guard case .array(let schema, let matches) = leaf else { return id }
            return graph.nodes[Int(schema)].array.fault(Int(open.seen), Int(matches)) == nil
                ? Formulas.yes : Formulas.no
        }
    }

    /// The next item's formula and the frame it is written in; `nil` where no item may come.
    func beginItem(_ frameID: Int32) -> (formula: Formulas.ID, frame: Int32)? {
        arrays.begin(frame(frameID)).map { ($0.formula, intern($0.frame)) }
    }

    /// The place after a key that no schema names, whether or not the object has that very key.
    func behindOtherKey(_ text: [UInt8], _ frameID: Int32) -> Int32 {
        let members = keys.context(frameID).members
        let member = objects.otherMember(members, text)
        guard member.kept != Formulas.no, member.child != Formulas.no, inhabitants.inhabited(member.child)
        else {
            return Configuration.dead
        }
        var next = frame(frameID)
        next.seen = intern(seenKeys(next.seen).adding(nil))
        next.formula = member.kept
        return intern(Configuration(.colon, a: member.child, frame: intern(next)))
    }

    /// Whether the text may end in that configuration.
    func canEnd(_ id: Int32) -> Bool {
        let here = configuration(id)
        switch here.place {
        case .done: return true
        case .number:
            guard frame(here.frame).kind == .root, numbers.states[Int(here.number)].place.canEnd else {
                return false
            }
            let after = closeNumber(here.number, here.frame)
            // A number on its own needs no text beyond its own, which is known here where it matters.
            return after >= 0 && configuration(after).place == .done
        default: return turnCanEnd(here)
        }
    }
}
