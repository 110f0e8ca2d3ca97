import JSON

/// What stands in a Lark grammar, as written.
struct LarkSyntax {
    /// A part of a rule's or a terminal's body.
    indirect enum Node {
        case string(String, ignoresCase: Bool)
        case regex(PatternTree)
        case range(Unicode.Scalar, Unicode.Scalar)
        case name(String, place: Int)
        case token(TokenPattern, place: Int)
        case json(JSONValue)
        case run([[UInt8]])
        case nested(LarkSyntax)
        case sequence([Node])
        case choice([Node])
        case repetition(Node, least: Int, most: Int?)
        case both([Node])
        case not(Node)
    }

    /// How a rule whose body is regular ends.
    enum Ending {
        case asTerminal
        /// With the first match.
        case lazy
        /// With the first match that ends in this.
        case suffix(Node)
        /// Before the first place where this begins; `nil` where the model's end stands for it.
        case stop(Node?)
    }

    /// A rule or a terminal.
    struct Definition {
        var name: String
        var place: Int
        var body: Node
        var ending = Ending.asTerminal
    }

    var rules: [Definition] = []
    var terminals: [Definition] = []
    var ignored: [Node] = []

    /// Whether a name is a terminal's: upper case after its underscores.
    static func isTerminal(_ name: String) -> Bool {
        name.unicodeScalars.first { $0 != "_" }?.properties.isUppercase ?? false
    }

    /// The terminals of Lark's `common` library, in this reader's own notation.
    static let common: [String: String] = [
        "DIGIT": "[0-9]", "HEXDIGIT": "[0-9a-fA-F]", "INT": "[0-9]+", "SIGNED_INT": "[+-]?[0-9]+",
        "DECIMAL": #"[0-9]+\.[0-9]*|\.[0-9]+"#, "_EXP": "[eE][+-]?[0-9]+",
        "FLOAT": #"([0-9]+\.[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?|[0-9]+[eE][+-]?[0-9]+"#,
        "SIGNED_FLOAT": #"[+-]?(([0-9]+\.[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?|[0-9]+[eE][+-]?[0-9]+)"#,
        "NUMBER": #"([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?"#,
        "SIGNED_NUMBER": #"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?"#,
        "ESCAPED_STRING": #""([^"\\\n]|\\.)*""#, "LCASE_LETTER": "[a-z]", "UCASE_LETTER": "[A-Z]",
        "LETTER": "[a-zA-Z]", "WORD": "[a-zA-Z]+", "CNAME": "[_a-zA-Z][_a-zA-Z0-9]*",
        "WS_INLINE": #"[ \t]+"#, "WS": #"[ \t\f\r\n]+"#, "CR": #"\r"#, "LF": #"\n"#,
        "NEWLINE": #"(\r?\n)+"#, "SH_COMMENT": #"#[^\n]*"#, "CPP_COMMENT": #"//[^\n]*"#,
        "C_COMMENT": #"/\*([^*]|\*+[^*/])*\*+/"#, "SQL_COMMENT": #"--[^\n]*"#,
    ]
}
