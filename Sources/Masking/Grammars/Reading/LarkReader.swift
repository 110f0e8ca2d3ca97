import JSON
import Schema

/// Turns a parsed Lark grammar into rules.
///
/// A terminal, and each string or expression in a rule, is matched as long as it goes on; between terminals stands what
/// `%ignore` names.
struct LarkReader {
    private let scanner: GrammarScanner
    private let options: GrammarOptions
    private let syntax: LarkSyntax
    /// The rules of this grammar and of those that enclose it.
    private var rules: [TextGrammar.Rule]
    private var numbers: [String: Int] = [:]
    private var terminals: [String: TerminalExpression] = [:]
    private var open: Set<String> = []
    /// The rule of what is ignored.
    private var ignored: Int?

    /// The grammar of a text; its start is the rule `start`.
    /// - Parameter options: what is fixed of the JSON values in it.
    /// - Throws: ``GrammarSyntaxError`` with line and column.
    static func read(_ text: String, options: GrammarOptions) throws(GrammarSyntaxError) -> TextGrammar {
        var parser = LarkParser(text)
        let syntax = try parser.statements()
        var reader = LarkReader(scanner: parser.scanner, options: options, syntax: syntax, rules: [])
        let start = try reader.grammar()
        return TextGrammar(rules: reader.rules, start: start, takesLongest: true)
    }

    private init(
        scanner: GrammarScanner, options: GrammarOptions, syntax: LarkSyntax, rules: [TextGrammar.Rule]
    ) {
        self.scanner = scanner
        self.options = options
        self.syntax = syntax
        self.rules = rules
    }

    /// Adds all rules.
    /// - Returns: the number of the one to start with.
    private mutating func grammar() throws(GrammarSyntaxError) -> Int {
        if !syntax.ignored.isEmpty {
            var parts: [RuleBody] = []
            for node in syntax.ignored {
                parts.append(.terminal(Terminal(name: "%ignore", expression: try terminal(node))))
            }
            ignored = rules.count
            rules.append(
                .init(name: "%ignore", body: .repetition(.choice(parts), least: 0, most: nil), line: nil))
        }
        let first = rules.count
        for (offset, definition) in syntax.rules.enumerated() { numbers[definition.name] = first + offset }
        guard let start = numbers["start"] else {
            throw scanner.error("a Lark grammar begins with its rule start, and there is none", at: 0)
        }
        for definition in syntax.rules {
            rules.append(
                .init(name: definition.name, body: .nothing, line: scanner.line(at: definition.place)))
        }
        for (offset, definition) in syntax.rules.enumerated() {
            rules[first + offset].body = try body(of: definition)
        }
        for definition in syntax.terminals { _ = try terminal(named: definition.name, at: definition.place) }
        guard let ignored else { return start }
        rules.append(.init(name: "start", body: .sequence([.rule(ignored), .rule(start)]), line: nil))
        return rules.count - 1
    }

    private mutating func body(of rule: LarkSyntax.Definition) throws(GrammarSyntaxError) -> RuleBody {
        let expression: TerminalExpression
        var end = Terminal.End.first
        switch rule.ending {
        case .asTerminal: return try ruleBody(rule.body)
        case .lazy: expression = try terminal(rule.body)
        case .suffix(let suffix):
            expression = .sequence([try terminal(rule.body), try terminal(suffix)])
        case .stop(nil):
            expression = try terminal(rule.body)
            end = .anywhere
        case .stop(let stop?):
            // What stops the text is written by the rule that comes next.
            let found = TerminalExpression.sequence([.anyText, try terminal(stop), .anyText])
            expression = .both([try terminal(rule.body), .not(found)])
            end = .anywhere
        }
        let terminal = Terminal(
            name: rule.name, line: scanner.line(at: rule.place), expression: expression, end: end)
        return followed(.terminal(terminal))
    }

    /// A terminal and what is ignored after it.
    private func followed(_ body: RuleBody) -> RuleBody {
        ignored.map { .sequence([body, .rule($0)]) } ?? body
    }

    private mutating func ruleBody(_ node: LarkSyntax.Node) throws(GrammarSyntaxError) -> RuleBody {
        switch node {
        case .string(let text, _) where text.isEmpty: return .nothing
        case .string, .regex, .range, .run:
            return followed(.terminal(Terminal(expression: try terminal(node))))
        case .both, .not:
            throw scanner.error("& and ~ stand in terminals only, whose names are upper case", at: 0)
        case .name(let name, let place):
            guard LarkSyntax.isTerminal(name) else {
                guard let number = numbers[name] else {
                    throw scanner.error("no rule is named \(name)", at: place)
                }
                return .rule(number)
            }
            let expression = try terminal(named: name, at: place)
            let line = syntax.terminals.first { $0.name == name }.map { scanner.line(at: $0.place) }
            return followed(.terminal(Terminal(name: name, line: line, expression: expression)))
        case .token(let pattern, _): return followed(.tokens(pattern))
        case .json(let schema):
            return followed(.value(EmbeddedValue(schema: schema, options: options)))
        case .nested(let inner):
            var reader = LarkReader(scanner: scanner, options: options, syntax: inner, rules: rules)
            let start = try reader.grammar()
            rules = reader.rules
            return .rule(start)
        case .sequence(let parts): return .sequence(try ruleBodies(parts))
        case .choice(let parts): return .choice(try ruleBodies(parts))
        case .repetition(let part, let least, let most):
            return .repetition(try ruleBody(part), least: least, most: most)
        }
    }

    private mutating func ruleBodies(_ nodes: [LarkSyntax.Node]) throws(GrammarSyntaxError) -> [RuleBody] {
        var found: [RuleBody] = []
        for node in nodes { found.append(try ruleBody(node)) }
        return found
    }

    private mutating func terminal(
        named name: String, at place: Int
    ) throws(GrammarSyntaxError) -> TerminalExpression {
        if let known = terminals[name] { return known }
        guard let definition = syntax.terminals.first(where: { $0.name == name }) else {
            throw scanner.error("no terminal is named \(name)", at: place)
        }
        guard open.insert(name).inserted else {
            throw scanner.error("the terminal \(name) leads to itself; only a rule may", at: definition.place)
        }
        defer { open.remove(name) }
        let expression = try terminal(definition.body)
        terminals[name] = expression
        return expression
    }

    private mutating func terminal(_ node: LarkSyntax.Node) throws(GrammarSyntaxError) -> TerminalExpression {
        switch node {
        case .string(let text, let ignoresCase):
            guard ignoresCase else { return .bytes(Array(text.utf8)) }
            return .sequence(text.unicodeScalars.map { .pattern(.set(ScalarSet($0.value).inBothCases)) })
        case .regex(let tree): return .pattern(tree)
        case .range(let low, let high): return .pattern(.set(ScalarSet([low.value...high.value])))
        case .run(let pieces): return .run(pieces)
        case .name(let name, let place):
            guard LarkSyntax.isTerminal(name) else {
                guard let rule = syntax.rules.first(where: { $0.name == name }), open.insert(name).inserted
                else {
                    throw scanner.error("\(name) cannot stand in a terminal", at: place)
                }
                defer { open.remove(name) }
                return try terminal(rule.body)
            }
            return try terminal(named: name, at: place)
        case .token(_, let place):
            throw scanner.error(
                "tokens cannot stand in a terminal; use a rule, whose name is lower case", at: place)
        case .json, .nested:
            throw scanner.error("%json and %lark cannot stand in a terminal; use a rule", at: 0)
        case .sequence(let parts): return .sequence(try expressions(parts))
        case .choice(let parts): return .choice(try expressions(parts))
        case .both(let parts): return .both(try expressions(parts))
        case .not(let part): return .not(try terminal(part))
        case .repetition(let part, let least, let most):
            return .repetition(try terminal(part), least: least, most: most)
        }
    }

    private mutating func expressions(
        _ nodes: [LarkSyntax.Node]
    ) throws(GrammarSyntaxError) -> [TerminalExpression] {
        var found: [TerminalExpression] = []
        for node in nodes { found.append(try terminal(node)) }
        return found
    }
}
