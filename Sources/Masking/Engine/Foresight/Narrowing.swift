/// Strings, numbers and keys that begin where not every outcome can be completed, narrowed to those that can.
extension Foresight {
    /// Objects that name more keys than this are looked at key by key, where each ends.
    private static let mostKeys = 24
    /// More conditions on one value than this are not told apart.
    private static let mostScalarConditions = 5

    /// A string that begins, its formula cut to what can be completed.
    func narrowString(_ next: Configuration, _ target: Int32) -> Int32 {
        if isSettled(next) { return target }
        let formula = strings.specs[Int(next.spec)].formula
        let narrowed = narrow(formula, next.frame)
        if narrowed == formula { return target }
        guard narrowed != Formulas.no, inhabitants.inhabited(narrowed, .string) else {
            return Configuration.dead
        }
        let spec = strings.stringSpec(narrowed)
        guard strings.specs[Int(spec)].machine.startLives else { return Configuration.dead }
        return intern(Configuration(.string, a: spec, b: next.stringState, c: next.length, frame: next.frame))
    }

    /// A number that begins with `byte`, its formula cut to what can be completed.
    func narrowNumber(_ next: Configuration, _ target: Int32, _ byte: UInt8) -> Int32 {
        if isSettled(next) { return target }
        let formula = numbers.states[Int(next.number)].formula
        let narrowed = narrow(formula, next.frame)
        if narrowed == formula { return target }
        guard narrowed != Formulas.no else { return Configuration.dead }
        let state = numbers.numberState(NumberState(formula: narrowed, place: .start, text: []))
        return transitions.number(Configuration(.number, a: state, frame: next.frame), byte)
    }

    /// A formula over a scalar's conditions without the outcomes from which nothing leads to the end.
    private func narrow(_ formula: Formulas.ID, _ frame: Int32) -> Formulas.ID {
        let key = UInt64(UInt32(bitPattern: formula)) << 32 | UInt64(UInt32(bitPattern: frame))
        if let known = narrowed[key] { return known }
        let conditions = formulas.leaves(of: formula).filter {
            switch $0 {
            case .string, .number: true
            default: false
            }
        }
        guard conditions.count <= Foresight.mostScalarConditions else {
            narrowed[key] = formula
            return formula
        }
        var refuses = false
        var taken: [Formulas.ID] = []
        for choice in 0..<(1 << conditions.count) {
            var truth: [Leaf: Bool] = [:]
            for (index, leaf) in conditions.enumerated() { truth[leaf] = choice >> index & 1 == 1 }
            let outcome = formulas.substitute(formula) { _, leaf, id in
                truth[leaf].map { $0 ? Formulas.yes : Formulas.no } ?? id
            }
            if outcome == Formulas.no { continue }
            let target = transitions.deliver(outcome, frame)
            if target < 0 || isDoomed(target) {
                refuses = true
                continue
            }
            let literals = conditions.map { leaf in
                let id = formulas.leaf(leaf)
                return truth[leaf] == true ? id : formulas.not(id)
            }
            taken.append(formulas.all(literals + [outcome]))
        }
        let result = refuses || taken.isEmpty ? formulas.any(taken) : formula
        narrowed[key] = result
        return result
    }

    // MARK: Keys

    /// A key that begins, held to the keys from which something leads to the end.
    func narrowKey(_ next: Configuration, _ target: Int32) -> Int32 {
        let flag = foreseenFlag(next.frame)
        if flag == 0 { return target }
        let context = transitions.keys.context(next.frame, flag: flag)
        guard context.allowsAny else { return Configuration.dead }
        let cursor = KeyCursor(context)
        var narrowed = next
        narrowed.foreseenKeys = flag
        narrowed.keyMachine = cursor.machine
        narrowed.keyNode = cursor.node
        return intern(narrowed)
    }

    /// The number of the context of those keys that may come next and from which something leads to the end; 0 where
    /// that is all of them.
    private func foreseenFlag(_ frameID: Int32) -> Int32 {
        let open = frame(frameID)
        let isPlainFrame = isPlain(frame: frameID)
        let raw = transitions.keys.context(frameID)
        if raw.members.shape.keys.count > Foresight.mostKeys
            || formulas.leaves(of: open.formula).count > Foresight.mostConditions
        {
            return 0
        }
        if isPlainFrame, !raw.members.shape.schemas.contains(where: entanglement.reachesEntangled) {
            return 0
        }
        let key =
            isPlainFrame
            ? UInt64(UInt32(bitPattern: open.formula)) << 32 | UInt64(UInt32(bitPattern: open.seen))
            : UInt64.max - UInt64(frameID)
        if let known = foreseenKeys[key] { return known }
        let context = foresee(raw, frameID)
        let flag = context === raw ? 0 : transitions.keys.keep(context)
        foreseenKeys[key] = flag
        return flag
    }

    private func foresee(_ raw: KeyContext, _ frameID: Int32) -> KeyContext {
        let members = raw.members
        var changed = false
        var unclear = 0
        let allowed = members.shape.keys.indices.map { rank -> Bool in
            guard raw.allows(rank: rank) else { return false }
            let text = graph.keys[Int(members.shape.keys[rank])]
            let target = transitions.closeKey(text, frameID, naming: true)
            // Where it takes too long to find out for some keys, it would for the others as well.
            if target >= 0, unclear > 1 { return true }
            let outlook = target < 0 ? .doomed : outlook(target)
            if outlook == .unclear { unclear += 1 }
            if outlook == .doomed { changed = true }
            return outlook != .doomed
        }
        var others = raw.allowsOthers
        var machine = raw.machine
        if others {
            let samples = objects.keySamples(members)
            var refused: Set<[Bool]> = []
            for (verdicts, text) in samples.texts {
                let target = transitions.behindOtherKey(text, frameID)
                if target < 0 || isDoomed(target) { refused.insert(verdicts) }
            }
            // Keys that a schema names are none of the others, though the rules may take them for such.
            let seen = seenKeys(raw.seen)
            let isHindered = zip(members.shape.keys, allowed).contains { !$1 && !seen.contains($0) }
            if !refused.isEmpty || isHindered {
                if samples.isComplete, refused.count == samples.texts.count {
                    (changed, others) = (true, false)
                } else if let narrowed = objects.keyMachine(members, without: refused) {
                    (changed, machine) = (true, narrowed)
                }
            }
        }
        guard changed else { return raw }
        return KeyContext(
            members: members, seen: raw.seen, allowed: allowed, allowsOthers: others, machine: machine)
    }
}
