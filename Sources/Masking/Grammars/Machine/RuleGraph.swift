/// A grammar's rules as one graph: each rule a small automaton whose edges are terminals, tokens, values and other rules.
///
/// Rules that cannot end are left out, so that whatever the graph lets begin some text completes.
struct RuleGraph {
    /// What an edge takes.
    enum Step: Hashable {
        case terminal(Int32)
        case tokens(Int32)
        case value(Int32)
        case rule(Int32)
    }

    struct Edge: Hashable {
        var step: Step
        var target: Int32
    }

    struct Node {
        var rule: Int32
        /// Numbers of the edges that leave here.
        var edges: [Int32] = []
        var accepts = false

        /// Whether a rule that comes here has nothing left to take.
        var isEnd: Bool { accepts && edges.isEmpty }
    }

    private(set) var nodes: [Node] = []
    private(set) var edges: [Edge] = []
    /// The node where each rule begins.
    private(set) var starts: [Int32] = []
    private(set) var nullable: [Bool] = []
    private(set) var terminals: [Terminal] = []
    private(set) var parts = Parts()

    /// What edges refer to, beside terminals and rules.
    struct Parts {
        var tokens: [TokenPattern] = []
        var values: [EmbeddedValue] = []
    }

    private var links: [[Int32]] = []
    private var terminalIDs: [Terminal: Int32] = [:]
    private static let nodeLimit = 200_000

    /// The graph of a grammar.
    /// - Throws: ``GrammarError`` where it is too large, or no text at all follows it.
    init(_ grammar: TextGrammar) throws(GrammarError) {
        let grammar = grammar.takesLongest ? grammar : grammar.foldingTerminals()
        for (index, rule) in grammar.rules.enumerated() {
            let end = try node(in: Int32(index))
            nodes[Int(end)].accepts = true
            starts.append(try build(rule.body, Int32(index), before: end))
        }
        dissolveLinks()
    }

    /// Leaves out what cannot be completed, once it is known which terminals match something.
    /// - Parameters:
    ///   - matches: which terminals match some text.
    ///   - matchesNothing: which terminals match the empty text.
    /// - Returns: whether the grammar's start can be completed.
    mutating func trim(matches: [Bool], matchesNothing: [Bool], start: Int) -> Bool {
        let productive = fixedPoint { edge, found in
            switch edge.step {
            case .terminal(let terminal): matches[Int(terminal)]
            case .rule(let rule): found[Int(rule)]
            case .tokens, .value: true
            }
        }
        nullable = fixedPoint { edge, found in
            switch edge.step {
            case .terminal(let terminal): matchesNothing[Int(terminal)]
            case .rule(let rule): found[Int(rule)]
            case .tokens, .value: false
            }
        }
        // An edge to a node from which the rule cannot end is as dead as one that takes nothing.
        var completes = [Bool](repeating: false, count: nodes.count)
        var isChanged = true
        while isChanged {
            isChanged = false
            for index in nodes.indices where !completes[index] {
                completes[index] =
                    nodes[index].accepts
                    || nodes[index].edges.contains { lives($0, matches, productive, completes) }
                isChanged = isChanged || completes[index]
            }
        }
        for index in nodes.indices {
            let kept = nodes[index].edges.filter { lives($0, matches, productive, completes) }
            nodes[index].edges = kept
        }
        return productive[start]
    }

    private func lives(_ edge: Int32, _ matches: [Bool], _ productive: [Bool], _ completes: [Bool]) -> Bool {
        let edge = edges[Int(edge)]
        guard completes[Int(edge.target)] else { return false }
        switch edge.step {
        case .terminal(let terminal): return matches[Int(terminal)]
        case .rule(let rule): return productive[Int(rule)]
        case .tokens, .value: return true
        }
    }

    /// The rules that reach their end over edges that pass.
    private func fixedPoint(_ passes: (Edge, [Bool]) -> Bool) -> [Bool] {
        var found = [Bool](repeating: false, count: starts.count)
        var isChanged = true
        while isChanged {
            isChanged = false
            for rule in starts.indices where !found[rule] {
                var seen: Set<Int32> = [starts[rule]]
                var stack = [starts[rule]]
                while let next = stack.popLast() {
                    if nodes[Int(next)].accepts {
                        found[rule] = true
                        isChanged = true
                        break
                    }
                    for edge in nodes[Int(next)].edges.map({ edges[Int($0)] })
                    where passes(edge, found) && seen.insert(edge.target).inserted {
                        stack.append(edge.target)
                    }
                }
            }
        }
        return found
    }

    // MARK: Building

    private mutating func node(in rule: Int32) throws(GrammarError) -> Int32 {
        guard nodes.count < RuleGraph.nodeLimit else {
            throw .text(
                "the grammar comes to more than \(RuleGraph.nodeLimit) places; shorten its repetitions")
        }
        nodes.append(Node(rule: rule))
        links.append([])
        return Int32(nodes.count - 1)
    }

    private mutating func edge(_ step: Step, to target: Int32, in rule: Int32) throws(GrammarError) -> Int32 {
        let from = try node(in: rule)
        nodes[Int(from)].edges.append(Int32(edges.count))
        edges.append(Edge(step: step, target: target))
        return from
    }

    /// The node from which a body leads to `end`.
    private mutating func build(
        _ body: RuleBody, _ rule: Int32, before end: Int32
    ) throws(GrammarError) -> Int32 {
        switch body {
        case .terminal(let terminal): return try edge(.terminal(number(of: terminal)), to: end, in: rule)
        case .tokens(let pattern):
            parts.tokens.append(pattern)
            return try edge(.tokens(Int32(parts.tokens.count - 1)), to: end, in: rule)
        case .value(let value):
            parts.values.append(value)
            return try edge(.value(Int32(parts.values.count - 1)), to: end, in: rule)
        case .rule(let called): return try edge(.rule(Int32(called)), to: end, in: rule)
        case .sequence(let parts):
            var next = end
            for part in parts.reversed() { next = try build(part, rule, before: next) }
            return next
        case .choice(let parts):
            let from = try node(in: rule)
            for part in parts { links[Int(from)].append(try build(part, rule, before: end)) }
            return from
        case .repetition(let part, let least, let most):
            var next = end
            if let most {
                for _ in 0..<max(0, most - least) {
                    let from = try node(in: rule)
                    let inner = try build(part, rule, before: next)
                    links[Int(from)] += [inner, end]
                    next = from
                }
            } else {
                let loop = try node(in: rule)
                links[Int(loop)] += [try build(part, rule, before: loop), end]
                next = loop
            }
            for _ in 0..<least { next = try build(part, rule, before: next) }
            return next
        }
    }

    private mutating func number(of terminal: Terminal) -> Int32 {
        if let known = terminalIDs[terminal] { return known }
        let number = Int32(terminals.count)
        terminals.append(terminal)
        terminalIDs[terminal] = number
        return number
    }

    /// Gives each node the edges of all that it leads to for nothing.
    private mutating func dissolveLinks() {
        let own = nodes.map(\.edges)
        let ends = nodes.map(\.accepts)
        for index in nodes.indices where !links[index].isEmpty {
            var seen: Set<Int32> = [Int32(index)]
            var stack = links[index]
            while let next = stack.popLast() {
                guard seen.insert(next).inserted else { continue }
                nodes[index].edges += own[Int(next)]
                nodes[index].accepts = nodes[index].accepts || ends[Int(next)]
                stack += links[Int(next)]
            }
        }
        links = []
    }
}

extension TextGrammar {
    /// The same language with each part that is regular as one terminal, and each rule without rules inside.
    fileprivate func foldingTerminals() -> TextGrammar {
        var folded = self
        for (index, rule) in rules.enumerated() {
            folded.rules[index].body = rule.body.folded(name: rule.name, line: rule.line)
        }
        return folded
    }
}

extension RuleBody {
    /// The body with its regular parts as terminals of that name.
    fileprivate func folded(name: String, line: Int?) -> RuleBody {
        if let expression = regular {
            return .terminal(Terminal(name: name, line: line, expression: expression))
        }
        switch self {
        case .terminal, .tokens, .value, .rule: return self
        case .sequence(let parts):
            var found: [RuleBody] = []
            var run: [TerminalExpression] = []
            func close() {
                guard !run.isEmpty else { return }
                let expression = run.count == 1 ? run[0] : .sequence(run)
                found.append(.terminal(Terminal(name: name, line: line, expression: expression)))
                run = []
            }
            for part in parts {
                if let expression = part.regular {
                    run.append(expression)
                } else {
                    close()
                    found.append(part.folded(name: name, line: line))
                }
            }
            close()
            return .sequence(found)
        case .choice(let parts):
            let regular = parts.compactMap(\.regular)
            var found = parts.filter { $0.regular == nil }.map { $0.folded(name: name, line: line) }
            if !regular.isEmpty {
                found.append(
                    .terminal(Terminal(name: name, line: line, expression: .choice(regular))))
            }
            return .choice(found)
        case .repetition(let part, let least, let most):
            return .repetition(part.folded(name: name, line: line), least: least, most: most)
        }
    }

    /// The expression of a body without rules, tokens, values and terminals that end in a way of their own.
    private var regular: TerminalExpression? {
        switch self {
        case .terminal(let terminal): return terminal.end == .byGrammar ? terminal.expression : nil
        case .tokens, .value, .rule: return nil
        case .sequence(let parts):
            let found = parts.compactMap(\.regular)
            return found.count == parts.count ? .sequence(found) : nil
        case .choice(let parts):
            let found = parts.compactMap(\.regular)
            return found.count == parts.count ? .choice(found) : nil
        case .repetition(let part, let least, let most):
            return part.regular.map { .repetition($0, least: least, most: most) }
        }
    }
}
