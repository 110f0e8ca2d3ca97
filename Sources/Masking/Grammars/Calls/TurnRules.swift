import ChatTemplates
import JSON
import Schema

/// Makes a grammar of what was learnt from a template and of a catalogue.
struct TurnRules {
    private let turn: LearntTurn
    private let vocabulary: Vocabulary
    private var arguments: ArgumentRules

    private var syntax: CallSyntax { turn.syntax }

    /// The grammar of a turn over a vocabulary: what the template spells as a special token is one where the vocabulary
    /// has it, and else its text.
    /// - Throws: ``GrammarError`` for a choice of a tool that is not there, or a tool whose arguments cannot be written.
    static func grammar(
        _ turn: LearntTurn, options: GrammarOptions, _ vocabulary: Vocabulary
    ) throws(GrammarError) -> TextGrammar {
        var rules = TurnRules(turn, options, vocabulary)
        let start = try rules.turnRule()
        return TextGrammar(rules: rules.arguments.rules, start: start)
    }

    private init(_ turn: LearntTurn, _ options: GrammarOptions, _ vocabulary: Vocabulary) {
        self.turn = turn
        self.vocabulary = vocabulary
        arguments = ArgumentRules(spelling: PieceSpelling(vocabulary, turn.syntax), options: options)
    }

    private var spelling: PieceSpelling { arguments.spelling }

    private mutating func add(_ name: String, _ body: RuleBody) -> RuleBody {
        .rule(arguments.add(name, body))
    }

    // MARK: The turn

    private mutating func turnRule() throws(GrammarError) -> Int {
        let called: [CallableTool]
        switch turn.choice {
        case .none: called = []
        case .auto, .required: called = turn.tools
        case .tool(let name):
            called = turn.tools.filter { $0.name.utf8.elementsEqual(name.utf8) }
            if called.isEmpty { throw .noSuchTool(name) }
        }
        let mayBeWords = turn.choice == .auto || turn.choice == .none
        var ways: [RuleBody] = []
        let calls = called.isEmpty ? nil : try callRules(called)
        if let calls { ways.append(.sequence([blanks, calls.first])) }
        if mayBeWords {
            let words = add("words", .sequence([beginOfText, text]))
            let end = ending(syntax.textEnd, syntax.turnEnd)
            ways.append(.sequence([words, calls?.afterText.map { .choice([end, $0]) } ?? end]))
        }
        guard !ways.isEmpty else { throw .text("there is no tool that the model could call") }
        var parts: [RuleBody] = [.choice(ways)]
        if let thinking = syntax.thinking {
            let begin = thinking.isOpen ? [] : thinking.begin
            let body = add(
                "thinking",
                .sequence([
                    spelling.body(begin), .terminal(Terminal(expression: textBefore(thinking.end))),
                    spelling.body(thinking.end),
                ]))
            let none = thinking.mayOnlyEnd ? [RuleBody.nothing, spelling.body(thinking.end)] : [.nothing]
            parts.insert(thinking.isOpen ? body : .choice(none + [.sequence([spaces, body])]), at: 0)
        }
        return arguments.add("turn", .sequence(parts))
    }

    /// White space before a call, where there may be some.
    private var blanks: RuleBody {
        syntax.thinking != nil || syntax.callBegin.beginsBlank ? spaces : .nothing
    }

    private var spaces: RuleBody {
        let blank = TerminalExpression.choice([.bytes([0x0A]), .bytes([0x20])])
        return .terminal(Terminal(expression: .repetition(blank, least: 0, most: 4)))
    }

    /// What marks a text, where something does.
    private var beginOfText: RuleBody {
        let begin = syntax.textBegin.trimmingStart
        if begin.isEmpty { return .nothing }
        let isSpaced = syntax.thinking != nil || syntax.textBegin.beginsBlank
        return .sequence([isSpaced ? spaces : .nothing, spelling.body(begin)])
    }

    /// Any text up to what closes it: free where that begins with a token.
    private func textBefore(_ closing: [CallSyntax.Piece]) -> TerminalExpression {
        let closer = spelling.leadingText(closing)
        return closer.isEmpty ? .anyText : .text(without: [closer])
    }

    /// Words that are not empty and hold nothing that begins a call, which would be read as one.
    private var text: RuleBody {
        var limits: [TerminalExpression] = [.sequence([.pattern(.anyScalar), .anyText])]
        let begin = spelling.leadingText(syntax.callBegin.trimmingStart)
        if let mark = syntax.mark {
            if vocabulary.specialTokens[mark] == nil { limits.append(.text(without: [mark])) }
        } else if !begin.isEmpty {
            let blank = TerminalExpression.choice([0x09, 0x0A, 0x0D, 0x20].map { .bytes([$0]) })
            limits.append(
                .not(
                    .sequence([
                        .repetition(blank, least: 0, most: nil), .bytes(Array(begin.utf8)), .anyText,
                    ])))
        }
        let closer = spelling.leadingText(syntax.textEnd)
        if !closer.isEmpty { limits.append(.text(without: [closer])) }
        return .terminal(Terminal(expression: limits.count == 1 ? limits[0] : .both(limits)))
    }

    /// What must follow before the turn ends: up to the first token that ends one, else what is no turn's end.
    private func ending(_ own: [CallSyntax.Piece], _ turnEnd: [CallSyntax.Piece]) -> RuleBody {
        let all = own + turnEnd
        let end = all.firstIndex { piece in
            guard case .token(let name) = piece, let token = vocabulary.specialTokens[name] else {
                return false
            }
            return vocabulary.endOfTurn.contains(token)
        }
        return spelling.body(Array(all[..<(end ?? own.count)]))
    }

    // MARK: Calls

    /// Calls from the start of a turn, and after words where they can follow any.
    private mutating func callRules(
        _ tools: [CallableTool]
    ) throws(GrammarError) -> (first: RuleBody, afterText: RuleBody?) {
        var bodies: [RuleBody] = []
        for tool in tools {
            do throws(GrammarError) {
                bodies.append(add("call of \(tool.name)", try body(of: tool)))
            } catch {
                throw .tool(tool.name, error)
            }
        }
        func each(_ begin: [CallSyntax.Piece]) -> RuleBody {
            .choice(
                zip(tools, bodies).map { tool, body in
                    .sequence([spelling.body(begin, name: tool.name), body])
                })
        }
        var rest: [RuleBody] = []
        if let between = syntax.between, turn.maximumCalls > 1 {
            rest.append(.repetition(each(between), least: 0, most: turn.maximumCalls - 1))
        }
        rest.append(ending(syntax.end, syntax.turnEnd))
        var following = add("calls", .sequence(rest))
        if let alone = syntax.endOfOne { following = .choice([following, ending(alone, syntax.turnEnd)]) }
        let first = RuleBody.sequence([each(syntax.callBegin.trimmingStart), following])
        return (first, syntax.callAfterText.map { .sequence([each($0), following]) })
    }

    private mutating func body(of tool: CallableTool) throws(GrammarError) -> RuleBody {
        var parts: [RuleBody] = []
        for piece in syntax.body {
            if piece == .arguments {
                parts.append(try arguments.arguments(of: tool, syntax.arguments))
            } else {
                parts.append(spelling.body([piece], name: tool.name))
            }
        }
        return .sequence(parts)
    }
}

/// Spells pieces of a template's own over a vocabulary.
struct PieceSpelling {
    private let vocabulary: Vocabulary
    private let identifiersAreShort: Bool

    init(_ vocabulary: Vocabulary, _ syntax: CallSyntax) {
        self.vocabulary = vocabulary
        identifiersAreShort = syntax.identifiersAreShort
    }

    private static let alphanumeric: [ClosedRange<UInt32>] = [0x30...0x39, 0x41...0x5A, 0x61...0x7A]

    /// What the pieces match.
    func body(_ pieces: [CallSyntax.Piece], name: String = "", key: String = "") -> RuleBody {
        .sequence(
            pieces.map { piece in
                switch piece {
                case .text(let text): return .text(text)
                case .token(let token):
                    return vocabulary.specialTokens[token] == nil ? .text(token) : .tokens(.named(token))
                case .name: return .text(name)
                case .key: return .text(key)
                case .number: return PieceSpelling.characters([0x30...0x39], 1, 4)
                case .identifier:
                    let signs: [ClosedRange<UInt32>] = [0x2D...0x2E, 0x3A...0x3A, 0x5F...0x5F]
                    return identifiersAreShort
                        ? PieceSpelling.characters(PieceSpelling.alphanumeric, 9, 9)
                        : PieceSpelling.characters(PieceSpelling.alphanumeric + signs, 1, 64)
                case .arguments: return .nothing
                }
            })
    }

    private static func characters(_ ranges: [ClosedRange<UInt32>], _ least: Int, _ most: Int) -> RuleBody {
        .terminal(
            Terminal(expression: .repetition(.pattern(.set(ScalarSet(ranges))), least: least, most: most)))
    }

    /// The text with which pieces begin, up to the first token; empty where they begin with one.
    func leadingText(_ pieces: [CallSyntax.Piece], key: String = "") -> String {
        var text = ""
        for piece in pieces {
            switch piece {
            case .text(let part): text += part
            case .key: text += key
            case .token(let name) where vocabulary.specialTokens[name] == nil: text += name
            default: return text
            }
        }
        return text
    }
}

extension [CallSyntax.Piece] {
    /// Whether white space stands at the start.
    var beginsBlank: Bool {
        if case .text(let text)? = first { text.first?.isWhitespace == true } else { false }
    }

    /// Without white space at the start.
    var trimmingStart: [CallSyntax.Piece] {
        guard case .text(let text)? = first else { return self }
        let rest = String(text.drop { $0.isWhitespace })
        return (rest.isEmpty ? [] : [.text(rest)]) + dropFirst()
    }
}
