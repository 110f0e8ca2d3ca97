/// The tokens of a template with a cursor, shared by the parsers of statements and expressions.
struct TokenStream {
    private let tokens: [Token]
    private var index = 0
    /// How deeply expressions and blocks are nested where the cursor stands.
    private(set) var depth = 0

    /// Deeper nesting than any template in use has.
    private static let greatestDepth = 100
    private static let greatestExpression = 200

    init(_ tokens: [Token]) { self.tokens = tokens }

    var current: Token { tokens[index] }

    var next: Token { tokens[min(index + 1, tokens.count - 1)] }

    mutating func advance() { if index + 1 < tokens.count { index += 1 } }

    func isAt(symbol text: String) -> Bool { current.kind == .symbol(text) }

    func isAt(name: String) -> Bool { current.kind == .name(name) }

    mutating func take(symbol text: String) -> Bool {
        guard isAt(symbol: text) else { return false }
        advance()
        return true
    }

    mutating func take(name: String) -> Bool {
        guard isAt(name: name) else { return false }
        advance()
        return true
    }

    mutating func expect(symbol text: String) throws(TemplateError) {
        guard take(symbol: text) else { throw unexpected("'\(text)'") }
    }

    mutating func expect(name: String) throws(TemplateError) {
        guard take(name: name) else { throw unexpected("'\(name)'") }
    }

    mutating func expectBlockEnd() throws(TemplateError) {
        guard current.kind == .blockEnd else { throw unexpected("'%}'") }
        advance()
    }

    mutating func anyName() throws(TemplateError) -> String {
        guard case .name(let name) = current.kind else { throw unexpected("a name") }
        advance()
        return name
    }

    func unexpected(_ wanted: String) -> TemplateError {
        fault("\(wanted) is expected here, not \(current.described)")
    }

    func fault(_ message: String, at position: Position? = nil) -> TemplateError {
        let position = position ?? current.position
        return TemplateError(kind: .syntax, line: position.line, column: position.column, message: message)
    }

    /// An expression of that form.
    /// - Throws: ``TemplateError`` where too many stand in one another.
    func node(_ form: Expression.Form, at position: Position) throws(TemplateError) -> Expression {
        let node = Expression(form: form, position: position)
        guard node.depth <= TokenStream.greatestExpression else {
            throw TemplateError(
                kind: .limit, line: position.line, column: position.column,
                message: "the expression has more than \(TokenStream.greatestExpression) parts in one another"
            )
        }
        return node
    }

    /// Runs `body` one level deeper.
    mutating func nested<Result>(
        _ body: (inout TokenStream) throws(TemplateError) -> Result
    ) throws(TemplateError) -> Result {
        depth += 1
        defer { depth -= 1 }
        guard depth <= TokenStream.greatestDepth else {
            throw TemplateError(
                kind: .limit, line: current.position.line, column: current.position.column,
                message: "expressions or blocks are nested more than \(TokenStream.greatestDepth) deep")
        }
        return try body(&self)
    }
}
