/// The fixed parts of a turn, prepared for one vocabulary.
final class TurnPlan {
    /// The fixed bytes of a call, in order of writing.
    enum Segment: Int32 {
        case opening, beforeName, beforeArguments, afterArguments, closing, separator, listOpening,
            listClosing
    }

    let grammar: TurnGrammar
    /// Special tokens that stand for the tags, where the vocabulary has them.
    let openingToken: Int?
    let closingToken: Int?
    let bytes: [[UInt8]]
    let opening: [UInt8]
    /// Names that may be called, as JSON string text; `toolOf` gives the place in the catalogue.
    let names: VocabularyTrie
    /// Schemas of the tools' arguments.
    let schemas: [Int32]
    let allowsText: Bool
    let allowsCalls: Bool
    /// For each length of a matched prefix of the opening tag, the length to fall back to.
    let fallback: [Int]

    init(_ grammar: TurnGrammar, schemas: [Int32], vocabulary: Vocabulary) {
        self.grammar = grammar
        self.schemas = schemas
        let format = grammar.format
        openingToken = vocabulary.specialTokens[format.opening]
        closingToken = vocabulary.specialTokens[format.closing]
        let opening = Array(format.opening.utf8)
        self.opening = opening
        bytes = [
            format.opening, format.beforeName, format.beforeArguments, format.afterArguments, format.closing,
            format.separator, format.listOpening, format.listClosing,
        ].map { Array($0.utf8) }
        var callable = Array(grammar.tools.indices)
        if case .tool(let name) = grammar.choice {
            callable = callable.filter { grammar.tools[$0].name.utf8.elementsEqual(name.utf8) }
        }
        switch grammar.choice {
        case .auto: (allowsText, allowsCalls) = (true, !callable.isEmpty)
        case .none: (allowsText, allowsCalls) = (true, false)
        case .required, .tool: (allowsText, allowsCalls) = (false, !callable.isEmpty)
        }
        var buffer: [UInt8] = []
        var offsets: [Int32] = [0]
        for tool in grammar.tools {
            buffer.append(contentsOf: TurnPlan.spelling(tool.name))
            offsets.append(Int32(buffer.count))
        }
        names = VocabularyTrie(
            tokens: callable.filter { offsets[$0] < offsets[$0 + 1] }.map { Int32($0) }, buffer: buffer,
            offsets: offsets)
        var fallback = [0]
        for length in 1..<max(2, opening.count + 1) {
            let matched = Array(opening.prefix(length))
            fallback.append((0..<length).last { matched.suffix($0).elementsEqual(opening.prefix($0)) } ?? 0)
        }
        self.fallback = fallback
    }

    /// A tool's name as it stands between the quotes of a JSON string.
    private static func spelling(_ name: String) -> [UInt8] {
        name.utf8.flatMap { byte -> [UInt8] in
            byte == 0x22 || byte == 0x5C ? [0x5C, byte] : [byte]
        }
    }
}

extension Automaton {
    /// The configuration at the start of a turn.
    func startTurn(_ plan: TurnPlan) -> Int32 {
        let root = intern(Frame(kind: .root, parent: -1, depth: 0))
        if plan.allowsText { return intern(Configuration(.text, c: 1, frame: root)) }
        return plan.allowsCalls ? openCall(root, plan) : Automaton.dead
    }

    private func openCall(_ root: Int32, _ plan: TurnPlan) -> Int32 {
        intern(Configuration(.fixed, a: TurnPlan.Segment.opening.rawValue, frame: root))
    }

    /// Behind the arguments of a call.
    func afterArguments(_ call: Int32) -> Int32 {
        guard let plan = turn else { return Automaton.dead }
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
            guard here.c == 1, here.b == 0, here.a == 0, plan.allowsCalls, let token = plan.openingToken
            else { return nil }
            return (token, leave(.opening, plan, here.frame, -1))
        case .fixed where here.b == 0:
            if here.a == TurnPlan.Segment.opening.rawValue, let token = plan.openingToken {
                return (token, leave(.opening, plan, here.frame, -1))
            }
            if here.a == TurnPlan.Segment.closing.rawValue, let token = plan.closingToken {
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
        return here.a == TurnPlan.Segment.opening.rawValue && plan.openingToken != nil
            || here.a == TurnPlan.Segment.closing.rawValue && plan.closingToken != nil
    }

    func turnStep(_ here: Configuration, _ byte: UInt8) -> Int32 {
        guard let plan = turn else { return Automaton.dead }
        switch here.place {
        case .text: return text(here, byte, plan)
        case .fixed:
            if waitsForTag(here) { return Automaton.dead }
            let bytes = plan.bytes[Int(here.a)]
            guard Int(here.b) < bytes.count, bytes[Int(here.b)] == byte else { return Automaton.dead }
            if Int(here.b) + 1 < bytes.count {
                var next = here
                next.b += 1
                return intern(next)
            }
            return leave(TurnPlan.Segment(rawValue: here.a) ?? .opening, plan, here.frame, here.c)
        case .name:
            if let child = plan.names.child(of: Int(here.a), on: byte) {
                return intern(Configuration(.name, a: Int32(child), frame: here.frame))
            }
            guard here.a >= 0, let tool = plan.names.token(at: Int(here.a)) else { return Automaton.dead }
            let next = enter(.beforeArguments, plan, here.frame, Int32(tool))
            return turnStep(configuration(next), byte)
        case .between:
            if here.flag == 1 { return Automaton.dead }
            if plan.grammar.format.listClosing.utf8.first == byte {
                return turnStep(configuration(enter(.listClosing, plan, here.frame, -1)), byte)
            }
            guard mayCallAgain(here, plan) else { return Automaton.dead }
            let next = enter(.separator, plan, here.frame, -1)
            return turnStep(configuration(next), byte)
        default: return Automaton.dead
        }
    }

    private func text(_ here: Configuration, _ byte: UInt8, _ plan: TurnPlan) -> Int32 {
        var next = here
        let mode = UInt32(bitPattern: here.a)
        if mode == StringMode.normal, byte < 0x80 {
            next.a = 0
        } else if case .raw(let after) = StringMode.step(mode, byte) {
            next.a = Int32(bitPattern: after)
        } else {
            return Automaton.dead
        }
        next.c = 0
        next.b = 0
        if plan.openingToken == nil, plan.allowsCalls {
            // The tag is spelled in bytes: at the start it begins a call, later it may not occur.
            var matched = Int(here.b)
            while matched > 0, plan.opening[matched] != byte { matched = plan.fallback[matched] }
            if plan.opening[matched] == byte { matched += 1 }
            let isStart = here.c == 1 && matched == Int(here.b) + 1
            if matched == plan.opening.count {
                return isStart ? leave(.opening, plan, here.frame, -1) : Automaton.dead
            }
            next.b = Int32(matched)
            next.c = isStart ? 1 : 0
        }
        return intern(next)
    }

    /// Bytes that a place of a turn can take, ascending.
    func turnCandidates(_ here: Configuration) -> [UInt8] {
        guard let plan = turn else { return [] }
        switch here.place {
        case .fixed: return Array(plan.bytes[Int(here.a)].dropFirst(Int(here.b)).prefix(1))
        default: return Array(0...255)
        }
    }

    func turnCanEnd(_ here: Configuration) -> Bool {
        switch here.place {
        // A turn says something; a tag begun at the start is not yet text.
        case .text: here.a == 0 && (here.c == 0 || here.b > 0)
        case .between: here.flag == 1 || turn?.grammar.format.isList != true
        default: false
        }
    }
}
