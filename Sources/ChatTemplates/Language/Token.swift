/// A token of a template's source.
struct Token: Sendable, Hashable {
    enum Kind: Sendable, Hashable {
        /// Text between tags.
        case data(MarkedText)
        case variableBegin
        case variableEnd
        case blockBegin
        case blockEnd
        case name(String)
        case string(MarkedText)
        case integer(String)
        case float(Double)
        case symbol(String)
        case end
    }

    var kind: Kind
    var position: Position

    /// How the token is named in messages.
    var described: String {
        switch kind {
        case .data: "text"
        case .variableBegin: "'{{'"
        case .variableEnd: "'}}'"
        case .blockBegin: "'{%'"
        case .blockEnd: "'%}'"
        case .name(let name): "'\(name)'"
        case .string: "a string"
        case .integer(let digits): "'\(digits)'"
        case .float(let value): "'\(value)'"
        case .symbol(let text): "'\(text)'"
        case .end: "the end of the template"
        }
    }
}
