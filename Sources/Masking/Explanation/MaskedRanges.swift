import JSON

/// Masked tokens that share a first part of their bytes, and with it the reason: a run in lexicographic order.
public struct MaskedRange: Sendable, Hashable {
    /// The bytes that all tokens of the range begin with; the last of them cannot follow.
    public var prefix: [UInt8]
    /// The tokens, in lexicographic order of their bytes.
    public var tokens: [Int]
    /// Why.
    public var explanation: Explanation
}

extension SchemaCursor {
    /// Every masked token that has bytes, in runs that share a reason, in lexicographic order.
    ///
    /// Costs about as much as one mask, and the explanations.
    func explainAll() -> [MaskedRange] {
        guard !isFinished else { return [] }
        var survey = MaskSurvey(automaton: automaton, trail: trail)
        survey.visit(0..<vocabulary.trie.count, .configuration(configuration))
        return survey.ranges
    }

    /// The bytes that must come next, whatever the model prefers; empty where there is a choice or the text may end.
    var forcedBytes: [UInt8] {
        guard !isFinished else { return [] }
        var forced: [UInt8] = []
        var here = configuration
        var trail = trail
        while forced.count < 512, !automaton.canEnd(here), automaton.transitions.tagTransition(here) == nil {
            let next = automaton.nextBytes(here, trail, atMost: 2)
            guard next.count == 1 else { break }
            here = automaton.follow(here, next[0], &trail)
            forced.append(next[0])
        }
        return forced
    }

    /// Why nothing can follow and the text cannot end either; `nil` where something can.
    var deadEnd: [Explanation.Reason]? {
        guard !isFinished, !automaton.canEnd(configuration),
            automaton.transitions.tagTransition(configuration) == nil,
            automaton.nextBytes(configuration, trail, atMost: 1).isEmpty
        else { return nil }
        var seen: Set<Explanation.Reason> = []
        let reasons = "\"}],0".utf8.flatMap { Blame(automaton).blame(configuration, $0, trail) }
        return reasons.filter {
            if case .keyword = $0.source { seen.insert($0).inserted } else { false }
        }
    }
}

extension Automaton {
    /// Bytes that can follow a configuration, ascending; the search stops at `limit`.
    func nextBytes(_ id: Int32, _ trail: Trail, atMost limit: Int) -> [UInt8] {
        var found: [UInt8] = []
        for byte in UInt8(0)...255 {
            var trail = trail
            if follow(id, byte, &trail) >= 0 {
                found.append(byte)
                if found.count == limit { break }
            }
        }
        return found
    }
}

/// One pass over the trie that cuts at every byte that cannot follow.
struct MaskSurvey {
    /// A configuration, or a place inside a string that is not worth interning.
    enum Position {
        case configuration(Int32)
        case string(spec: Int32, state: Int32, count: Int32, frame: Int32)
        case key(KeyCursor, text: [UInt8], frame: Int32, flag: Int32)
    }

    let automaton: Automaton
    var trail: Trail
    var path: [UInt8] = []
    var ranges: [MaskedRange] = []

    init(automaton: Automaton, trail: Trail) {
        self.automaton = automaton
        self.trail = trail
    }

    mutating func visit(_ siblings: Range<Int>, _ position: Position) {
        let trie = automaton.vocabulary.trie
        var node = siblings.lowerBound
        while node < siblings.upperBound {
            let packed = trie.nodes[node]
            let end = Int(packed & 0xFFFF_FFFF)
            let byte = UInt8(packed >> 56)
            let saved = trail
            path.append(byte)
            if let next = step(position, byte) {
                if node + 1 < end { visit(node + 1..<end, next) }
            } else {
                trail = saved
                cut(node..<end, position, byte)
            }
            trail = saved
            path.removeLast()
            node = end
        }
    }

    private mutating func step(_ position: Position, _ byte: UInt8) -> Position? {
        switch position {
        case .configuration(let id):
            let here = automaton.configuration(id)
            if here.place == .string {
                return step(
                    .string(spec: here.spec, state: here.stringState, count: here.length, frame: here.frame),
                    byte)
            }
            if here.place == .key {
                return step(
                    .key(
                        KeyCursor(here), text: automaton.keyText(here.keyText), frame: here.frame,
                        flag: here.foreseenKeys), byte)
            }
            let next = automaton.follow(id, byte, &trail)
            return next < 0 ? nil : .configuration(next)
        case .string(let specID, let state, let count, let frame):
            let spec = automaton.strings.specs[Int(specID)]
            let next = spec.machine.step(state, byte)
            if next >= 0 {
                let counted = spec.counts ? spec.count(count, isBoundary: spec.machine.isBoundary(state)) : 0
                guard spec.lives(next, counted, automaton.formulas) else { return nil }
                if automaton.readsText { trail.bytes.append(byte) }
                return .string(spec: specID, state: next, count: counted, frame: frame)
            }
        case .key(let cursor, let text, let frame, let flag):
            let context = automaton.transitions.keys.context(frame, flag: flag)
            if case .next(let next, let gained) = cursor.step(byte, context) {
                var longer = text
                switch gained {
                case .nothing: break
                case .byte(let byte): longer.append(byte)
                case .scalar(let scalar): longer.append(contentsOf: ByteExpressions.utf8(scalar))
                }
                if automaton.readsText { trail.bytes.append(byte) }
                return .key(next, text: longer, frame: frame, flag: flag)
            }
        }
        let next = automaton.follow(settledID(position), byte, &trail)
        return next < 0 ? nil : .configuration(next)
    }

    private func settledID(_ position: Position) -> Int32 {
        switch position {
        case .configuration(let id): return id
        case .string(let spec, let state, let count, let frame):
            return automaton.intern(Configuration(.string, a: spec, b: state, c: count, frame: frame))
        case .key(let cursor, let text, let frame, let flag):
            return automaton.intern(
                Configuration(
                    .key, flag: flag, a: cursor.machine, b: cursor.node, c: automaton.intern(keyText: text),
                    extra: Int32(bitPattern: cursor.mode), frame: frame))
        }
    }

    private mutating func cut(_ nodes: Range<Int>, _ position: Position, _ byte: UInt8) {
        let trie = automaton.vocabulary.trie
        var tokens: [Int] = []
        for node in nodes {
            if let token = trie.token(at: node) { tokens += [token] + (trie.twins[token] ?? []) }
        }
        let reasons = Blame(automaton).blame(settledID(position), byte, trail)
        ranges.append(
            MaskedRange(
                prefix: path, tokens: tokens,
                explanation: Explanation(
                    offset: path.count - 1, written: ByteWords.show(byte), reasons: reasons)))
    }
}
