import JSON

/// What a grammar's machine expects, and why it refuses.
extension RuleMachine {
    /// A part of the grammar that can go on or begin in a state.
    struct Wanted: Hashable {
        /// The rule's or the terminal's name.
        var name: String
        var line: Int?
        /// What it takes next, in words.
        var words: String
    }

    private static let longest = 24

    /// The parts that can go on or begin in a state, those that have begun first.
    func wanted(_ number: Int32) -> [Wanted] {
        let state = state(number)
        var found: [Wanted] = []
        var seen: Set<Wanted> = []
        for item in state.running + state.beginning where found.count < RuleMachine.longest {
            let terminal = plan.graph.terminals[Int(self.terminal(of: item))]
            let words = words(self.terminal(of: item), item.inner)
            // A terminal that can take no more is done, and expects nothing.
            guard !words.isEmpty else { continue }
            let owner = owner(of: item.place)
            let one = Wanted(
                name: terminal.name ?? owner.name, line: terminal.line ?? owner.line, words: words)
            if seen.insert(one).inserted { found.append(one) }
        }
        for step in state.tokens where found.count < RuleMachine.longest {
            let rule = plan.grammar.rules[Int(plan.graph.nodes[Int(step.target)].rule)]
            let one = Wanted(name: rule.name, line: rule.line, words: tokenWords(step.tokens))
            if seen.insert(one).inserted { found.append(one) }
        }
        for item in state.values where item.inner < 0 {
            let owner = owner(of: item.place)
            let one = Wanted(name: owner.name, line: owner.line, words: "a JSON value")
            if seen.insert(one).inserted { found.append(one) }
        }
        return found
    }

    private func owner(of edge: Int32) -> TextGrammar.Rule {
        plan.grammar.rules[Int(plan.graph.nodes[Int(plan.graph.edges[Int(edge)].target)].rule)]
    }

    /// What a terminal takes next: the text that is forced, or the characters that may follow.
    private func words(_ terminal: Int32, _ start: Int32) -> String {
        let automaton = plan.automata[Int(terminal)]
        func next(_ state: Int32) -> [UInt8] {
            (UInt8.min...UInt8.max).filter { automaton.step(state, $0) != PatternAutomaton.dead }
        }
        var forced: [UInt8] = []
        var here = start
        while forced.count < 40 {
            let bytes = next(here)
            guard bytes.count == 1 else { break }
            forced.append(bytes[0])
            here = automaton.step(here, bytes[0])
            if automaton.accepts[Int(here)] { break }
        }
        if !forced.isEmpty { return JSONValue.string(String(decoding: forced, as: UTF8.self)).text() }
        let bytes = Set(next(start))
        if bytes.isEmpty { return "" }
        if bytes.count > 180 { return "nearly any text" }
        var parts = ByteWords.words { $0 < 0x80 && bytes.contains($0) }
        if bytes.contains(where: { $0 >= 0xC2 }) { parts.append("letters and signs beyond ASCII") }
        if parts.isEmpty { parts = ["the rest of a character"] }
        return "one of " + parts.joined(separator: " ")
    }

    private func tokenWords(_ tokens: Int32) -> String {
        let set = plan.tokenSets[Int(tokens)]
        let count = set.count
        guard count <= 3 else { return "one of \(count) tokens" }
        let names = set.map { token -> String in
            if case .special(let name) = plan.vocabulary[token] { return name }
            return JSONValue.string(String(decoding: plan.vocabulary.bytes(of: token), as: UTF8.self)).text()
        }
        return "the token " + names.joined(separator: " or ")
    }

    /// Why a byte cannot follow in a state; `nil` stands for the end of the text.
    func blame(_ number: Int32, _ byte: UInt8?) -> [Explanation.Reason] {
        let state = state(number)
        var found: [Explanation.Reason] = []
        for item in state.values {
            let value = value(of: item)
            let cursor = item.inner < 0 ? plan.values.starts[Int(value)] : plan.values[item.inner]
            // Before a value has begun, what it wants is told in a word.
            guard let byte, item.inner >= 0 || state.values.count == 1 && state.beginning.isEmpty else {
                continue
            }
            for var reason in cursor.explain(bytes: [byte]).reasons {
                reason.tool = plan.values.tools[Int(value)]
                found.append(reason)
            }
        }
        let shown = byte.map { "\"\(ByteWords.show($0))\" does not fit" } ?? "the text cannot end here"
        for wanted in wanted(number) where found.isEmpty || wanted.words != "a JSON value" {
            found.append(
                Explanation.Reason(
                    tool: plan.grammar.tool, pointer: JSONPointer(),
                    source: .rule(wanted.name, line: wanted.line),
                    sentence: "\(wanted.words) can follow; \(shown)"))
        }
        if found.isEmpty {
            found = Explanation.policy("end", "the text is complete; only its end can follow").reasons
        }
        return found
    }
}
