import JSON

extension RuleCursor {
    /// Why a token is masked; without reasons for one that is allowed.
    func explain(_ token: Int) -> Explanation {
        if following(token) != nil { return Explanation(offset: 0, written: "", reasons: []) }
        if machine.plan.vocabulary.endOfTurn.contains(token) {
            return Explanation(offset: 0, written: "", reasons: machine.blame(state, nil))
        }
        switch machine.plan.vocabulary[token] {
        case .bytes(let bytes): return explain(bytes: bytes)
        case .unused:
            return Explanation.policy("special token", "token \(token) is not used by this vocabulary")
        case .special(let name):
            var refusal = Explanation.policy(
                "special token", "the control token \(name) is no text and cannot stand here")
            refusal.reasons += machine.blame(state, nil).filter {
                if case .rule = $0.source { $0.sentence.hasPrefix("the token") } else { false }
            }
            return refusal
        }
    }

    /// Why bytes cannot follow; without reasons where they can.
    func explain(bytes: [UInt8]) -> Explanation {
        var here = state
        for (offset, byte) in bytes.enumerated() {
            let next = machine.step(here, byte)
            guard next >= 0 else {
                return Explanation(
                    offset: offset, written: ByteWords.show(byte), reasons: machine.blame(here, byte))
            }
            here = next
        }
        return Explanation(offset: bytes.count, written: "", reasons: [])
    }

    /// Every masked token that has bytes, in runs that share a reason.
    func explainAll() -> [MaskedRange] {
        let open = machine.state(state).values.filter { $0.inner >= 0 }
        guard open.isEmpty else {
            // Inside a value its schema is asked; tokens that leave it are allowed or not by the rules.
            let allowed = machine.allowed(state)
            return open.prefix(1).flatMap { machine.plan.values[$0.inner].explainAll() }.compactMap { range in
                var rest = range
                rest.tokens.removeAll { allowed[$0 >> 6] & 1 << UInt64($0 & 63) != 0 }
                return rest.tokens.isEmpty ? nil : rest
            }
        }
        var ranges: [MaskedRange] = []
        var path: [UInt8] = []
        survey(0..<machine.plan.vocabulary.trie.count, state, &path, &ranges)
        return ranges
    }

    private func survey(
        _ siblings: Range<Int>, _ here: Int32, _ path: inout [UInt8], _ ranges: inout [MaskedRange]
    ) {
        let trie = machine.plan.vocabulary.trie
        var node = siblings.lowerBound
        while node < siblings.upperBound {
            let packed = trie.nodes[node]
            let end = Int(packed & 0xFFFF_FFFF)
            let byte = UInt8(packed >> 56)
            path.append(byte)
            let next = machine.step(here, byte)
            if next >= 0 {
                if node + 1 < end { survey(node + 1..<end, next, &path, &ranges) }
            } else {
                let tokens = (node..<end).compactMap { trie.token(at: $0) }
                ranges.append(
                    MaskedRange(
                        prefix: path, tokens: tokens.flatMap { [$0] + (trie.twins[$0] ?? []) },
                        explanation: Explanation(
                            offset: path.count - 1, written: ByteWords.show(byte),
                            reasons: machine.blame(here, byte))))
            }
            path.removeLast()
            node = end
        }
    }

    /// What is expected here.
    var expectation: Expectation {
        let here = machine.state(state)
        if let open = here.values.first(where: { $0.inner >= 0 }) {
            let cursor = machine.plan.values[open.inner]
            var inner = Blame(cursor.automaton).expectation(cursor.configuration)
            inner.tool = machine.plan.values.tools[Int(machine.value(of: open))]
            if !here.running.isEmpty || !here.beginning.isEmpty {
                inner.alternatives += machine.wanted(state).map(RuleCursor.alternative)
            }
            return inner
        }
        let wanted = machine.wanted(state)
        var words = wanted.prefix(3).map { "\($0.name): \($0.words)" }
        if wanted.count > 3 { words.append("\(wanted.count - 3) other ways") }
        if here.accepts { words.append("the end") }
        return Expectation(
            words: words.isEmpty ? "nothing" : words.joined(separator: ", or "),
            tool: machine.plan.grammar.tool,
            path: [], alternatives: wanted.map(RuleCursor.alternative))
    }

    private static func alternative(_ wanted: RuleMachine.Wanted) -> Expectation.Alternative {
        .init(
            pointer: JSONPointer(), rule: wanted.line.map { "\(wanted.name) (line \($0))" } ?? wanted.name,
            sentence: wanted.words)
    }

    /// The bytes that must come next; empty where there is a choice or the text may end.
    var forcedBytes: [UInt8] {
        var forced: [UInt8] = []
        var here = state
        while forced.count < 512, !machine.state(here).accepts, machine.state(here).tokens.isEmpty {
            let next = nextBytes(here, atMost: 2)
            guard next.count == 1 else { break }
            here = machine.step(here, next[0])
            forced.append(next[0])
        }
        return forced
    }

    /// Why nothing can follow and the text cannot end either; `nil` where something can.
    var deadEnd: [Explanation.Reason]? {
        guard !canEnd, machine.state(state).tokens.isEmpty, nextBytes(state, atMost: 1).isEmpty else {
            return nil
        }
        return machine.blame(state, UInt8(ascii: "}"))
    }

    private func nextBytes(_ here: Int32, atMost limit: Int) -> [UInt8] {
        var found: [UInt8] = []
        for byte in UInt8.min...UInt8.max where machine.step(here, byte) >= 0 {
            found.append(byte)
            if found.count == limit { break }
        }
        return found
    }
}
