import JSON
import Schema

/// How a grammar's text is written.
public enum GrammarNotation: String, Sendable, Hashable, CaseIterable {
    /// llama.cpp's notation.
    case gbnf
    /// Lark's, as llguidance and OpenAI's custom tools take it.
    case lark
    /// One regular expression that the whole text matches.
    case regex

    /// The notation that a file's name or its text tells: `::=` is GBNF's.
    public static func told(by text: String, fileName: String) -> GrammarNotation {
        let name = fileName.lowercased()
        if name.hasSuffix(".gbnf") { return .gbnf }
        if name.hasSuffix(".lark") { return .lark }
        if name.hasSuffix(".regex") { return .regex }
        return text.contains("::=") ? .gbnf : .lark
    }
}

extension TextGrammar {
    /// The grammar that a text describes.
    /// - Parameters:
    ///   - tool: the tool whose input the text is, for explanations.
    ///   - options: what is fixed of the JSON values in it.
    /// - Throws: ``GrammarSyntaxError`` with line and column.
    public init(
        _ text: String, notation: GrammarNotation, tool: String? = nil,
        options: GrammarOptions = GrammarOptions()
    ) throws(GrammarSyntaxError) {
        switch notation {
        case .gbnf: self = try GBNFReader.read(text)
        case .lark: self = try LarkReader.read(text, options: options)
        case .regex: self = try TextGrammar(regex: text)
        }
        self.tool = tool
    }

    /// Texts that a regular expression matches as a whole.
    /// - Throws: ``GrammarSyntaxError`` with the column.
    public init(regex: String) throws(GrammarSyntaxError) {
        do {
            let tree = try RegexReader.read(regex)
            let terminal = Terminal(name: "regex", expression: .pattern(tree))
            self.init(rules: [Rule(name: "regex", body: .terminal(terminal))], start: 0)
        } catch {
            throw GrammarSyntaxError(line: 1, column: error.column, reason: error.reason)
        }
    }

    /// One of some texts.
    public init(choices: [String]) {
        let texts = choices.map { TerminalExpression.bytes(Array($0.utf8)) }
        let terminal = Terminal(name: "choices", expression: .choice(texts))
        self.init(rules: [Rule(name: "choices", body: .terminal(terminal))], start: 0)
    }
}
