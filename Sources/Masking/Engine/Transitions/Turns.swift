extension Transitions {
    /// The configuration at the start of a turn.
    func startTurn(_ plan: TurnPlan) -> Int32 {
        let root = intern(Frame(kind: .root, parent: -1, depth: 0))
        if plan.allowsText { return intern(Configuration(.text, c: 1, frame: root)) }
        return plan.allowsCalls ? openCall(root, plan) : Configuration.dead
    }

    private func openCall(_ root: Int32, _ plan: TurnPlan) -> Int32 {
        intern(Configuration(.fixed, a: TurnPlan.Segment.opening.rawValue, frame: root))
    }

    /// Behind the arguments of a call.
    func afterArguments(_ call: Int32) -> Int32 {
        guard let plan = turn else { return Configuration.dead }
        let open = frame(call)
        return enter(.afterArguments, plan, open.parent, -1)
    }

    /// The start of a segment; an empty one is passed over.
    private func enter(_ segment: TurnPlan.Segment, _ plan: TurnPlan, _ root: Int32, _ tool: Int32) -> Int32 {
        let isTag =
            segment == .opening && plan.openingToken != nil || segment == .closing && plan.closingToken != nil
        if plan.bytes[Int(segment.rawValue)].isEmpty, !isTag { return leave(segment, plan, root, tool) }
        return intern(Configuration(.fixed, a: segment.rawValue, c: tool, frame: root))
    }

    private func leave(_ segment: TurnPlan.Segment, _ plan: TurnPlan, _ root: Int32, _ tool: Int32) -> Int32 {
        switch segment {
        case .opening: return enter(.listOpening, plan, root, -1)
        case .listOpening: return enter(.beforeName, plan, root, -1)
        case .beforeName: return intern(Configuration(.name, a: -1, frame: root))
        case .beforeArguments:
            let open = frame(root)
            let call = intern(Frame(kind: .call, seen: open.seen, tool: tool, parent: root, depth: 0))
            let formula = formulas.leaf(.schema(plan.schemas[Int(tool)]))
            return intern(Configuration(.value, a: formula, frame: call))
        case .afterArguments: return enter(.closing, plan, root, -1)
        case .closing:
            var next = frame(root)
            next.seen += 1
            return intern(Configuration(.between, frame: intern(next)))
        case .separator:
            return plan.grammar.format.isList ? enter(.beforeName, plan, root, -1) : openCall(root, plan)
        case .listClosing: return intern(Configuration(.between, flag: 1, frame: root))
        }
    }

    /// The tag token that a configuration takes, and where it leads.
    func tagTransition(_ id: Int32) -> (token: Int, target: Int32)? {
        guard let plan = turn else { return nil }
        let here = configuration(id)
        switch here.place {
        case .text:
            guard here.isAtStart, here.tagMatched == 0, here.spelling == StringMode.normal, plan.allowsCalls,
                let token = plan.openingToken
            else { return nil }
            return (token, leave(.opening, plan, here.frame, -1))
        case .fixed where here.written == 0:
            if here.segment == .opening, let token = plan.openingToken {
                return (token, leave(.opening, plan, here.frame, -1))
            }
            if here.segment == .closing, let token = plan.closingToken {
                return (token, leave(.closing, plan, here.frame, -1))
            }
            return nil
        case .between:
            guard !plan.grammar.format.isList,
                plan.bytes[Int(TurnPlan.Segment.separator.rawValue)].isEmpty, mayCallAgain(here, plan)
            else { return nil }
            return tagTransition(openCall(here.frame, plan))
        default: return nil
        }
    }

    private func mayCallAgain(_ here: Configuration, _ plan: TurnPlan) -> Bool {
        Int(frame(here.frame).seen) < plan.grammar.maximumCalls
    }

    /// Whether the segment a configuration stands in is a tag that is one special token.
    func waitsForTag(_ here: Configuration) -> Bool {
        guard here.place == .fixed, let plan = turn else { return false }
        return here.segment == .opening && plan.openingToken != nil
            || here.segment == .closing && plan.closingToken != nil
    }

    func turnStep(_ here: Configuration, _ byte: UInt8) -> Int32 {
        guard let plan = turn else { return Configuration.dead }
        switch here.place {
        case .text: return text(here, byte, plan)
        case .fixed:
            if waitsForTag(here) { return Configuration.dead }
            let bytes = plan.bytes[Int(here.segment.rawValue)]
            guard Int(here.written) < bytes.count, bytes[Int(here.written)] == byte else {
                return Configuration.dead
            }
            if Int(here.written) + 1 < bytes.count {
                var next = here
                next.written += 1
                return intern(next)
            }
            return leave(here.segment, plan, here.frame, here.tool)
        case .name:
            if let child = plan.names.child(of: Int(here.nameNode), on: byte) {
                return intern(Configuration(.name, a: Int32(child), frame: here.frame))
            }
            guard here.nameNode >= 0, let tool = plan.names.token(at: Int(here.nameNode)) else {
                return Configuration.dead
            }
            let next = enter(.beforeArguments, plan, here.frame, Int32(tool))
            return turnStep(configuration(next), byte)
        case .between:
            if here.isListClosed { return Configuration.dead }
            if plan.grammar.format.listClosing.utf8.first == byte {
                return turnStep(configuration(enter(.listClosing, plan, here.frame, -1)), byte)
            }
            guard mayCallAgain(here, plan) else { return Configuration.dead }
            let next = enter(.separator, plan, here.frame, -1)
            return turnStep(configuration(next), byte)
        default: return Configuration.dead
        }
    }

    private func text(_ here: Configuration, _ byte: UInt8, _ plan: TurnPlan) -> Int32 {
        var next = here
        let mode = here.spelling
        if mode == StringMode.normal, byte < 0x80 {
            next.spelling = StringMode.normal
        } else if case .raw(let after) = StringMode.step(mode, byte) {
            next.spelling = after
        } else {
            return Configuration.dead
        }
        next.isAtStart = false
        next.tagMatched = 0
        if plan.openingToken == nil, plan.allowsCalls {
            // The tag is spelled in bytes: at the start it begins a call, later it may not occur.
            var matched = Int(here.tagMatched)
            while matched > 0, plan.opening[matched] != byte { matched = plan.fallback[matched] }
            if plan.opening[matched] == byte { matched += 1 }
            let isStart = here.isAtStart && matched == Int(here.tagMatched) + 1
            if matched == plan.opening.count {
                return isStart ? leave(.opening, plan, here.frame, -1) : Configuration.dead
            }
            next.tagMatched = Int32(matched)
            next.isAtStart = isStart
        }
        return intern(next)
    }

    /// Bytes that a place of a turn can take, ascending.
    func turnCandidates(_ here: Configuration) -> [UInt8] {
        guard let plan = turn else { return [] }
        switch here.place {
        case .fixed:
            return Array(plan.bytes[Int(here.segment.rawValue)].dropFirst(Int(here.written)).prefix(1))
        default: return Array(0...255)
        }
    }

    func turnCanEnd(_ here: Configuration) -> Bool {
        switch here.place {
        // A turn says something; a tag begun at the start is not yet text.
        case .text: here.spelling == StringMode.normal && (!here.isAtStart || here.tagMatched > 0)
        case .between: here.isListClosed || turn?.grammar.format.isList != true
        default: false
        }
    }
}
