extension Automaton {
    /// The transition of one configuration on one byte, computed.
    func compute(_ id: Int32, _ byte: UInt8) -> Int32 {
        let here = configuration(id)
        switch here.place {
        case .value: return value(here, byte)
        case .string: return string(here, byte)
        case .key: return key(here, byte)
        case .colon:
            if let next = space(here, byte, allowed: options.whiteSpace.inStructure) { return next }
            return byte == UInt8(ascii: ":")
                ? intern(Configuration(.value, a: here.a, frame: here.frame)) : Automaton.dead
        case .number: return number(here, byte)
        case .literal:
            let word = Automaton.literalWords[Int(here.a)]
            guard word[Int(here.b)] == byte else { return Automaton.dead }
            if Int(here.b) + 1 == word.count { return deliver(here.c, here.frame) }
            return intern(Configuration(.literal, a: here.a, b: here.b + 1, c: here.c, frame: here.frame))
        case .objectOpen:
            if let next = space(here, byte, allowed: options.whiteSpace.inStructure) { return next }
            return byte == UInt8(ascii: "}") ? closeObject(here.frame) : openKey(here.frame, byte)
        case .objectComma:
            if let next = space(here, byte, allowed: options.whiteSpace.afterSeparator) { return next }
            return openKey(here.frame, byte)
        case .objectAfter:
            if let next = space(here, byte, allowed: options.whiteSpace.inStructure) { return next }
            if byte == UInt8(ascii: "}") { return closeObject(here.frame) }
            guard byte == UInt8(ascii: ","), keyContext(here.frame).allowsAny else { return Automaton.dead }
            return intern(Configuration(.objectComma, frame: here.frame))
        case .arrayOpen:
            if let next = space(here, byte, allowed: options.whiteSpace.inStructure) { return next }
            if byte == UInt8(ascii: "]") { return closeArray(here.frame) }
            guard let item = beginItem(here.frame) else { return Automaton.dead }
            return value(Configuration(.value, a: item.formula, frame: item.frame), byte, spaced: false)
        case .arrayAfter:
            if let next = space(here, byte, allowed: options.whiteSpace.inStructure) { return next }
            if byte == UInt8(ascii: "]") { return closeArray(here.frame) }
            guard byte == UInt8(ascii: ","), let item = beginItem(here.frame), inhabited(item.formula) else {
                return Automaton.dead
            }
            return intern(Configuration(.value, a: item.formula, frame: item.frame))
        case .done, .resolve: return Automaton.dead
        case .text, .fixed, .name, .between: return turnStep(here, byte)
        }
    }

    /// White space in a place that allows `allowed` bytes of it; `nil` where the byte is none.
    private func space(_ here: Configuration, _ byte: UInt8, allowed: WhiteSpace.Run) -> Int32? {
        guard Automaton.whiteSpace.contains(byte) else { return nil }
        guard Int(here.flag) < allowed.maximum, allowed.anyByte || byte == 0x20 else { return Automaton.dead }
        var next = here
        next.flag += 1
        return intern(next)
    }

    /// A byte where a value begins.
    func value(_ here: Configuration, _ byte: UInt8, spaced: Bool = true) -> Int32 {
        let kind = frame(here.frame).kind
        if spaced,
            let next = space(
                here, byte,
                allowed: kind == .root || kind == .call
                    ? options.whiteSpace.inStructure : options.whiteSpace.afterSeparator)
        {
            return next
        }
        guard let start = ValueStart(byte) else { return Automaton.dead }
        let formula = typed(here.a, start)
        guard formula != Formulas.no, inhabited(formula, start) else { return Automaton.dead }
        switch start {
        case .null: return intern(Configuration(.literal, a: 0, b: 1, c: formula, frame: here.frame))
        case .yes: return intern(Configuration(.literal, a: 1, b: 1, c: formula, frame: here.frame))
        case .no: return intern(Configuration(.literal, a: 2, b: 1, c: formula, frame: here.frame))
        case .number:
            let state = numberState(NumberState(formula: formula, place: .start, text: []))
            return number(Configuration(.number, a: state, frame: here.frame), byte)
        case .string:
            return intern(Configuration(.string, a: stringSpec(formula), frame: here.frame))
        case .object:
            return intern(Configuration(.objectOpen, frame: open(.object, formula, in: here.frame)))
        case .array:
            return intern(Configuration(.arrayOpen, frame: open(.array, formula, in: here.frame)))
        }
    }

    private func open(_ kind: FrameKind, _ formula: Formulas.ID, in parent: Int32) -> Int32 {
        intern(Frame(kind: kind, formula: formula, parent: parent, depth: frame(parent).depth + 1))
    }

    /// What a formula over schemas comes to once the value's first byte is known.
    func typed(_ formula: Formulas.ID, _ start: ValueStart) -> Formulas.ID {
        if formula <= Formulas.yes { return formula }
        let key = UInt64(UInt32(bitPattern: formula)) << 8 | UInt64(start.rawValue)
        if let known = typed[key] { return known }
        let result = formulas.substitute(formula) { formulas, leaf, id in
            if case .schema(let schema) = leaf { return self.graph.expand(schema, start, formulas) }
            return id
        }
        typed[key] = result
        return result
    }

    // MARK: Strings

    private func string(_ here: Configuration, _ byte: UInt8) -> Int32 {
        let spec = specs[Int(here.a)]
        let next = spec.machine.step(here.b, byte)
        if next == StringMachine.close { return closeString(here.a, here.b, here.c, here.frame) }
        guard next >= 0 else { return Automaton.dead }
        let count = spec.counts ? spec.count(here.c, isBoundary: spec.machine.isBoundary(here.b)) : 0
        guard spec.lives(next, count, formulas) else { return Automaton.dead }
        return intern(Configuration(.string, a: here.a, b: next, c: count, frame: here.frame))
    }

    /// The configuration behind a string's closing quote.
    func closeString(_ specID: Int32, _ state: Int32, _ count: Int32, _ frame: Int32) -> Int32 {
        let key = SIMD4<Int32>(specID, state, count, frame)
        if let known = closedStrings[key] { return known }
        let spec = specs[Int(specID)]
        let result = formulas.substitute(spec.formula) { _, leaf, id in
            switch spec.truth(of: leaf, state, count) {
            case true: Formulas.yes
            case false: Formulas.no
            case nil: id
            }
        }
        let target = deliver(result, frame)
        closedStrings[key] = target
        return target
    }

    // MARK: Keys

    private func openKey(_ frame: Int32, _ byte: UInt8) -> Int32 {
        guard byte == 0x22 else { return Automaton.dead }
        let context = keyContext(frame)
        guard context.allowsAny else { return Automaton.dead }
        let cursor = KeyCursor(context)
        return intern(
            Configuration(
                .key, a: cursor.machine, b: cursor.node, c: 0, extra: Int32(bitPattern: cursor.mode),
                frame: frame))
    }

    private func key(_ here: Configuration, _ byte: UInt8) -> Int32 {
        let context = keyContext(of: here)
        switch KeyCursor(here).step(byte, context) {
        case .dead: return Automaton.dead
        case .close: return closeKey(keyTexts[Int(here.c)], here.frame, naming: true)
        case .next(let cursor, let gained):
            var text = here.c
            switch gained {
            case .nothing: break
            case .byte(let byte): text = intern(keyText: keyTexts[Int(text)] + [byte])
            case .scalar(let scalar):
                text = intern(keyText: keyTexts[Int(text)] + ByteExpressions.utf8(scalar))
            }
            return intern(
                Configuration(
                    .key, flag: here.flag, a: cursor.machine, b: cursor.node, c: text,
                    extra: Int32(bitPattern: cursor.mode), frame: here.frame))
        }
    }

    /// The configuration behind a key's closing quote.
    /// - Parameter naming: whether a key that is new to the grammar gets a number; a mask that only looks ahead
    ///   leaves it unnumbered, and it then counts as seen by number alone.
    func closeKey(_ text: [UInt8], _ frameID: Int32, naming: Bool) -> Int32 {
        let context = keyContext(frameID)
        let open = frame(frameID)
        let seen = seenSets[Int(open.seen)]
        let known = graph.knownKey(text)
        if let known, seen.contains(known) { return Automaton.dead }
        let member: ObjectMembers.Member
        if let known, let rank = context.members.shape.rankOfKey[known] {
            guard context.allows(rank: rank), let found = namedMember(context.members, rank) else {
                return Automaton.dead
            }
            member = found
        } else {
            guard context.allowsOthers else { return Automaton.dead }
            member = otherMember(context.members, text)
            guard member.kept != Formulas.no, member.child != Formulas.no, inhabited(member.child) else {
                return Automaton.dead
            }
        }
        let number = known ?? (naming ? graph.key(text) : nil)
        var next = open
        next.seen = intern(seen.adding(number))
        next.formula = member.kept
        return intern(Configuration(.colon, a: member.child, frame: intern(next)))
    }

    // MARK: Numbers

    func numberState(_ state: NumberState) -> Int32 {
        if let id = numberIDs[state] { return id }
        let id = Int32(numbers.count)
        numbers.append(state)
        numberIDs[state] = id
        return id
    }

    func number(_ here: Configuration, _ byte: UInt8) -> Int32 {
        let state = numbers[Int(here.a)]
        if let next = state.place.step(byte) {
            guard let advanced = advance(state, next, byte) else { return Automaton.dead }
            return intern(Configuration(.number, a: numberState(advanced), frame: here.frame))
        }
        guard state.place.canEnd else { return Automaton.dead }
        let after = closeNumber(here.a, here.frame)
        guard after >= 0 else { return Automaton.dead }
        if configuration(after).place == .resolve {
            var waiting = configuration(after)
            waiting.b =
                waiting.b == Resolution.itemClosed.rawValue
                ? Resolution.numberItemEnded.rawValue : Resolution.numberEnded.rawValue
            return intern(waiting)
        }
        return step(after, byte)
    }

    private func advance(_ state: NumberState, _ place: NumberPlace, _ byte: UInt8) -> NumberState? {
        if state.formula == Formulas.yes {
            return NumberState(formula: state.formula, place: place, text: [])
        }
        let alternatives = numberAlternatives(state.formula)
        if !alternatives.needsText {
            if alternatives.isPlain, place == .point || place == .exponent { return nil }
            if alternatives.onlyIntegral {
                if place == .fraction, byte != 0x30 { return nil }
                if place == .exponentSign, byte == UInt8(ascii: "-") { return nil }
            }
            return NumberState(formula: state.formula, place: place, text: [])
        }
        let text = state.text + [byte]
        guard text.count <= 400, alternatives.canComplete(text) else { return nil }
        return NumberState(formula: state.formula, place: place, text: text)
    }
}
