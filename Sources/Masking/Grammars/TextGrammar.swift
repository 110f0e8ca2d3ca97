import JSON
import Schema

/// A context-free grammar over text, tokens and JSON values: what GBNF, Lark, a regular expression or a list of choices
/// says, and what a model's format of calls comes to.
///
/// A description only, to be shared between threads; a ``MaskEngine`` builds the machine.
public struct TextGrammar: Sendable, Hashable {
    /// One rule.
    struct Rule: Sendable, Hashable {
        /// The name that explanations use.
        var name: String
        /// What the rule matches.
        var body: RuleBody
        /// The line of the source, from 1; `nil` for a grammar that nobody wrote.
        var line: Int?
    }

    /// The rules; ``RuleBody/rule(_:)`` numbers them.
    var rules: [Rule]
    /// The rule that the whole text follows.
    var start: Int
    /// Whether a terminal that can go on does: a lexer's longest match, as Lark has it.
    var takesLongest = false
    /// The tool whose input the text is, for explanations.
    var tool: String?
}

/// What a rule matches.
indirect enum RuleBody: Sendable, Hashable {
    case terminal(Terminal)
    case tokens(TokenPattern)
    case value(EmbeddedValue)
    case rule(Int)
    case sequence([RuleBody])
    case choice([RuleBody])
    /// `most` is `nil` where there is no bound.
    case repetition(RuleBody, least: Int, most: Int?)

    static let nothing = RuleBody.sequence([])

    /// A terminal of exactly that text.
    static func text(_ text: String) -> RuleBody {
        text.isEmpty ? nothing : .terminal(Terminal(expression: .bytes(Array(text.utf8))))
    }
}

/// A regular part of a text.
struct Terminal: Sendable, Hashable {
    /// How a terminal ends.
    enum End: Sendable, Hashable {
        /// As the grammar has it: with the longest match where it takes longest, anywhere else.
        case byGrammar
        /// With the first match.
        case first
        /// Wherever it matches, whatever the grammar takes.
        case anywhere
    }

    /// The name that explanations use; the rule's where there is none.
    var name: String?
    var line: Int?
    var expression: TerminalExpression
    var end = End.byGrammar
}

/// A JSON value inside a text.
struct EmbeddedValue: Sendable, Hashable {
    var schema: JSONValue
    var options: GrammarOptions
    /// The tool whose arguments the value is, for explanations.
    var tool: String?
    /// Documents that the schema's references lead to, by their URI.
    var documents: [String: JSONValue] = [:]
}

/// Single tokens, whatever their bytes.
enum TokenPattern: Sendable, Hashable {
    /// The token of that name, or whose text it is.
    case named(String)
    /// The tokens of these IDs.
    case ids([ClosedRange<Int>])
    /// Any token but those.
    case except([TokenPattern])
    /// Any token at all.
    case any
}

/// A regular language of byte strings, as a tree.
indirect enum TerminalExpression: Sendable, Hashable {
    case bytes([UInt8])
    /// A regular expression that matches the whole text.
    case pattern(PatternTree)
    /// All texts in which a regular expression of a schema is found.
    case found(ECMAPattern)
    case sequence([TerminalExpression])
    case choice([TerminalExpression])
    /// `most` is `nil` where there is no bound.
    case repetition(TerminalExpression, least: Int, most: Int?)
    case both([TerminalExpression])
    case not(TerminalExpression)
    /// Any run of the pieces, in their order and without a gap.
    case run([[UInt8]])

    static let empty = TerminalExpression.sequence([])

    /// Well-formed UTF-8 of any length.
    static let anyText = TerminalExpression.repetition(.pattern(.anyScalar), least: 0, most: nil)

    /// Text in which none of the delimiters occurs.
    static func text(without delimiters: [String]) -> TerminalExpression {
        let found = delimiters.map {
            TerminalExpression.sequence([anyText, .bytes(Array($0.utf8)), anyText])
        }
        return delimiters.isEmpty ? anyText : .both([anyText, .not(.choice(found))])
    }
}
