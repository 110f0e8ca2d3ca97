extension Transitions {
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
                ? intern(Configuration(.value, a: here.formula, frame: here.frame)) : Configuration.dead
        case .number: return number(here, byte)
        case .literal:
            let word = JSONSyntax.literalWords[Int(here.literal)]
            guard word[Int(here.written)] == byte else { return Configuration.dead }
            if Int(here.written) + 1 == word.count { return deliver(here.outcome, here.frame) }
            return intern(
                Configuration(
                    .literal, a: here.literal, b: here.written + 1, c: here.outcome, frame: here.frame))
        case .objectOpen:
            if let next = space(here, byte, allowed: options.whiteSpace.inStructure) { return next }
            return byte == UInt8(ascii: "}") ? closeObject(here.frame) : openKey(here.frame, byte)
        case .objectComma:
            if let next = space(here, byte, allowed: options.whiteSpace.afterSeparator) { return next }
            return openKey(here.frame, byte)
        case .objectAfter:
            if let next = space(here, byte, allowed: options.whiteSpace.inStructure) { return next }
            if byte == UInt8(ascii: "}") { return closeObject(here.frame) }
            guard byte == UInt8(ascii: ","), keys.context(here.frame).allowsAny else {
                return Configuration.dead
            }
            return intern(Configuration(.objectComma, frame: here.frame))
        case .arrayOpen:
            if let next = space(here, byte, allowed: options.whiteSpace.inStructure) { return next }
            if byte == UInt8(ascii: "]") { return closeArray(here.frame) }
            guard let item = beginItem(here.frame) else { return Configuration.dead }
            return value(Configuration(.value, a: item.formula, frame: item.frame), byte, spaced: false)
        case .arrayAfter:
            if let next = space(here, byte, allowed: options.whiteSpace.inStructure) { return next }
            if byte == UInt8(ascii: "]") { return closeArray(here.frame) }
            guard byte == UInt8(ascii: ","), let item = beginItem(here.frame),
                inhabitants.inhabited(item.formula)
            else {
                return Configuration.dead
            }
            return intern(Configuration(.value, a: item.formula, frame: item.frame))
        case .done, .resolve: return Configuration.dead
        case .text, .fixed, .name, .between: return turnStep(here, byte)
        }
    }

    /// White space in a place that allows `allowed` bytes of it; `nil` where the byte is none.
    private func space(_ here: Configuration, _ byte: UInt8, allowed: WhiteSpace.Run) -> Int32? {
        guard JSONSyntax.whiteSpace.contains(byte) else { return nil }
        guard Int(here.blanks) < allowed.maximum, allowed.anyByte || byte == 0x20 else {
            return Configuration.dead
        }
        var next = here
        next.blanks += 1
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
        guard let start = ValueStart(byte) else { return Configuration.dead }
        let formula = typed(here.formula, start)
        guard formula != Formulas.no, inhabitants.inhabited(formula, start) else { return Configuration.dead }
        switch start {
        case .null: return intern(Configuration(.literal, a: 0, b: 1, c: formula, frame: here.frame))
        case .yes: return intern(Configuration(.literal, a: 1, b: 1, c: formula, frame: here.frame))
        case .no: return intern(Configuration(.literal, a: 2, b: 1, c: formula, frame: here.frame))
        case .number:
            let state = numbers.numberState(NumberState(formula: formula, place: .start, text: []))
            return number(Configuration(.number, a: state, frame: here.frame), byte)
        case .string:
            return intern(Configuration(.string, a: strings.stringSpec(formula), frame: here.frame))
        case .object:
            return intern(Configuration(.objectOpen, frame: open(.object, formula, in: here.frame)))
        case .array:
            return intern(Configuration(.arrayOpen, frame: open(.array, formula, in: here.frame)))
        }
    }

    private func open(_ kind: FrameKind, _ formula: Formulas.ID, in parent: Int32) -> Int32 {
        intern(Frame(kind: kind, formula: formula, parent: parent, depth: frame(parent).depth + 1))
    }

    // MARK: Strings

    private func string(_ here: Configuration, _ byte: UInt8) -> Int32 {
        let spec = strings.specs[Int(here.spec)]
        let next = spec.machine.step(here.stringState, byte)
        if next == StringMachine.close {
            return closeString(here.spec, here.stringState, here.length, here.frame)
        }
        guard next >= 0 else { return Configuration.dead }
        let count =
            spec.counts ? spec.count(here.length, isBoundary: spec.machine.isBoundary(here.stringState)) : 0
        guard spec.lives(next, count, formulas) else { return Configuration.dead }
        return intern(Configuration(.string, a: here.spec, b: next, c: count, frame: here.frame))
    }

    /// The configuration after a string's closing quote.
    func closeString(_ specID: Int32, _ state: Int32, _ count: Int32, _ frame: Int32) -> Int32 {
        let key = SIMD4<Int32>(specID, state, count, frame)
        if let known = closedStrings[key] { return known }
        let spec = strings.specs[Int(specID)]
        let result = formulas.substitute(spec.formula) { _, leaf, id in
            switch spec.truth(of: leaf, state, count) {
            case true: Formulas.yes
            case false: Formulas.no
            case nil: leaf.onClosedText.map { formulas.leaf($0) } ?? id
            }
        }
        let target = deliver(result, frame)
        closedStrings[key] = target
        return target
    }

    // MARK: Keys

    private func openKey(_ frame: Int32, _ byte: UInt8) -> Int32 {
        guard byte == 0x22 else { return Configuration.dead }
        let context = keys.context(frame)
        guard context.allowsAny else { return Configuration.dead }
        let cursor = KeyCursor(context)
        return intern(
            Configuration(
                .key, a: cursor.machine, b: cursor.node, c: 0, extra: Int32(bitPattern: cursor.mode),
                frame: frame))
    }

    private func key(_ here: Configuration, _ byte: UInt8) -> Int32 {
        let context = keys.context(of: here)
        switch KeyCursor(here).step(byte, context) {
        case .dead: return Configuration.dead
        case .close: return closeKey(keyText(here.keyText), here.frame, naming: true)
        case .next(let cursor, let gained):
            var text = here.keyText
            switch gained {
            case .nothing: break
            case .byte(let byte): text = intern(keyText: keyText(text) + [byte])
            case .scalar(let scalar):
                text = intern(keyText: keyText(text) + ByteExpressions.utf8(scalar))
            }
            return intern(
                Configuration(
                    .key, flag: here.foreseenKeys, a: cursor.machine, b: cursor.node, c: text,
                    extra: Int32(bitPattern: cursor.mode), frame: here.frame))
        }
    }

    /// The configuration after a key's closing quote.
    /// - Parameter naming: whether a key that is new to the grammar gets a number; a mask that only looks ahead
    ///   leaves it unnumbered, and it then counts as seen by number alone.
    func closeKey(_ text: [UInt8], _ frameID: Int32, naming: Bool) -> Int32 {
        let context = keys.context(frameID)
        let open = frame(frameID)
        let seen = seenKeys(open.seen)
        let known = graph.knownKey(text)
        if let known, seen.contains(known) { return Configuration.dead }
        let member: ObjectMembers.Member
        if let known, let rank = context.members.shape.rankOfKey[known] {
            guard context.allows(rank: rank),
                let found = objects.namedMember(context.members, rank, inhabitants)
            else {
                return Configuration.dead
            }
            member = found
        } else {
            guard context.allowsOthers else { return Configuration.dead }
            member = objects.otherMember(context.members, text)
            guard member.kept != Formulas.no, member.child != Formulas.no, inhabitants.inhabited(member.child)
            else {
                return Configuration.dead
            }
        }
        let number = known ?? (naming ? graph.key(text) : nil)
        var next = open
        next.seen = intern(seen.adding(number))
        next.formula = member.kept
        return intern(Configuration(.colon, a: member.child, frame: intern(next)))
    }

    // MARK: Numbers

    func number(_ here: Configuration, _ byte: UInt8) -> Int32 {
        let state = numbers.states[Int(here.number)]
        if let next = state.place.step(byte) {
            guard let advanced = numbers.advance(state, next, byte) else { return Configuration.dead }
            return intern(Configuration(.number, a: numbers.numberState(advanced), frame: here.frame))
        }
        guard state.place.canEnd else { return Configuration.dead }
        let after = closeNumber(here.number, here.frame)
        guard after >= 0 else { return Configuration.dead }
        if configuration(after).place == .resolve {
            var waiting = configuration(after)
            waiting.resolution = waiting.resolution == .itemClosed ? .numberItemEnded : .numberEnded
            return intern(waiting)
        }
        return step(after, byte)
    }
}
