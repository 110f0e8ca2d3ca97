/// Statements, up to the tag that ends the block that they stand in.
struct StatementParser {
    private var stream: TokenStream
    private var loops = 0

    /// The statements of a template.
    /// - Throws: ``TemplateError`` of the kind `syntax`, or `limit` for one nested too deeply.
    static func statements(of source: String) throws(TemplateError) -> [Statement] {
        var parser = StatementParser(stream: TokenStream(try Lexer.tokens(of: source)))
        let statements = try parser.body(until: [], of: nil)
        try NameUses.check(statements)
        return statements
    }

    private init(stream: TokenStream) { self.stream = stream }

    /// Statements up to a tag named in `ends`, at whose name the cursor then stands.
    private mutating func body(until ends: [String], of opening: Token?) throws(TemplateError) -> [Statement]
    {
        var statements: [Statement] = []
        while true {
            let token = stream.current
            switch token.kind {
            case .data(let text):
                stream.advance()
                statements.append(Statement(form: .data(text), position: token.position))
            case .variableBegin:
                stream.advance()
                let value = try stream.tuple()
                guard stream.current.kind == .variableEnd else { throw stream.unexpected("'}}'") }
                stream.advance()
                statements.append(Statement(form: .output(value), position: token.position))
            case .blockBegin:
                stream.advance()
                if case .name(let name) = stream.current.kind, ends.contains(name) { return statements }
                statements.append(try statement())
                try stream.expectBlockEnd()
            default:
                guard ends.isEmpty else {
                    throw stream.fault(
                        "the block that begins here has no '\(ends.first { $0.hasPrefix("end") } ?? "")'",
                        at: opening?.position)
                }
                return statements
            }
        }
    }

    /// The body of a block whose opening tag ends at the cursor, and which tag ended it.
    private mutating func block(
        _ opening: Token, until ends: String...
    ) throws(TemplateError) -> (body: [Statement], end: String) {
        _ = stream.take(symbol: ":")
        try stream.expectBlockEnd()
        var parser = self
        let body = try stream.nested { inner throws(TemplateError) in
            parser.stream = inner
            let body = try parser.body(until: ends, of: opening)
            inner = parser.stream
            return body
        }
        return (body, try stream.anyName())
    }

    private mutating func statement() throws(TemplateError) -> Statement {
        let token = stream.current
        let name = try stream.anyName()
        let form: Statement.Form
        switch name {
        case "if": form = try choice(token)
        case "for": form = try loop(token)
        case "set": form = try assignment(token)
        case "macro":
            let name = try stream.anyName()
            form = .macro(try macro(name, token, end: "endmacro"))
        case "call": form = try call(token)
        case "filter":
            var filter = try stream.filter(of: nil)
            while stream.take(symbol: "|") { filter = try stream.filter(of: filter) }
            form = .filter(filter, body: try block(token, until: "endfilter").body)
        case "with": form = try with(token)
        case "generation": form = .scope(try outsideLoops(token, end: "endgeneration"))
        case "block":
            _ = try stream.anyName()
            _ = stream.take(name: "scoped")
            let body = try outsideLoops(token, end: "endblock")
            if case .name = stream.current.kind { stream.advance() }
            form = .scope(body)
        case "print":
            let position = stream.current.position
            var values: [Expression] = []
            while stream.current.kind != .blockEnd {
                if !values.isEmpty { try stream.expect(symbol: ",") }
                values.append(try stream.expression())
            }
            form = .output(try stream.node(.concatenation(values), at: position))
        case "break", "continue":
            guard loops > 0 else {
                throw stream.fault("'\(name)' stands outside of a loop", at: token.position)
            }
            form = name == "break" ? .leave : .next
        case "include", "import", "from", "extends":
            throw stream.fault("'\(name)' needs other templates, of which there are none", at: token.position)
        default: throw stream.fault("'\(name)' is no tag of chat templates", at: token.position)
        }
        return Statement(form: form, position: token.position)
    }

    private mutating func choice(_ token: Token) throws(TemplateError) -> Statement.Form {
        var branches: [(test: Expression, body: [Statement])] = []
        while true {
            let test = try stream.tuple(withCondition: false)
            let (body, end) = try block(token, until: "elif", "else", "endif")
            branches.append((test, body))
            if end == "elif" { continue }
            let otherwise = end == "else" ? try block(token, until: "endif").body : []
            return .choice(branches, otherwise: otherwise)
        }
    }

    private mutating func loop(_ token: Token) throws(TemplateError) -> Statement.Form {
        let target = try target(endingAt: "in")
        try stream.expect(name: "in")
        let sequence = try stream.tuple(withCondition: false, endingAt: "recursive")
        let condition = stream.take(name: "if") ? try stream.expression() : nil
        let isRecursive = stream.take(name: "recursive")
        loops += 1
        let (body, end) = try block(token, until: "endfor", "else")
        loops -= 1
        let otherwise = end == "else" ? try block(token, until: "endfor").body : []
        return .loop(
            LoopStatement(
                target: target, sequence: sequence, condition: condition, isRecursive: isRecursive,
                body: body,
                otherwise: otherwise))
    }

    private mutating func assignment(_ token: Token) throws(TemplateError) -> Statement.Form {
        let target = try target(endingAt: nil)
        if stream.take(symbol: "=") { return .set(target, try stream.tuple()) }
        var filter: Expression?
        while stream.take(symbol: "|") { filter = try stream.filter(of: filter) }
        return .setBlock(target, filter: filter, body: try block(token, until: "endset").body)
    }

    /// A body that runs as a function of its own: no loop around it can be left from within.
    private mutating func outsideLoops(_ token: Token, end: String) throws(TemplateError) -> [Statement] {
        let around = loops
        loops = 0
        defer { loops = around }
        return try block(token, until: end).body
    }

    private mutating func macro(
        _ name: String, _ token: Token, end: String
    ) throws(TemplateError) -> MacroStatement {
        try macro(name, try signature(), token, end: end)
    }

    private mutating func macro(
        _ name: String, _ signature: (parameters: [String], defaults: [Expression]), _ token: Token,
        end: String
    ) throws(TemplateError) -> MacroStatement {
        let body = try outsideLoops(token, end: end)
        return MacroStatement(
            name: name, parameters: signature.parameters, defaults: signature.defaults, body: body,
            uses: NameUses.names(in: body).intersection(["caller", "kwargs", "varargs"]))
    }

    private mutating func call(_ token: Token) throws(TemplateError) -> Statement.Form {
        let signature: (parameters: [String], defaults: [Expression]) =
            stream.isAt(symbol: "(") ? try signature() : ([], [])
        let call = try stream.expression()
        guard case .call = call.form else { throw stream.fault("a call is expected here", at: call.position) }
        return .call(call, try macro("caller", signature, token, end: "endcall"))
    }

    private mutating func signature() throws(TemplateError) -> (parameters: [String], defaults: [Expression])
    {
        try stream.expect(symbol: "(")
        var parameters: [String] = []
        var defaults: [Expression] = []
        while !stream.isAt(symbol: ")") {
            if !parameters.isEmpty { try stream.expect(symbol: ",") }
            parameters.append(try stream.anyName())
            if stream.take(symbol: "=") {
                defaults.append(try stream.expression())
            } else if !defaults.isEmpty {
                throw stream.fault("a parameter without default follows one that has it")
            }
        }
        try stream.expect(symbol: ")")
        return (parameters, defaults)
    }

    private mutating func with(_ token: Token) throws(TemplateError) -> Statement.Form {
        var assignments: [(Target, Expression)] = []
        while stream.current.kind != .blockEnd {
            if !assignments.isEmpty { try stream.expect(symbol: ",") }
            let target = try target(endingAt: nil)
            try stream.expect(symbol: "=")
            assignments.append((target, try stream.expression()))
        }
        return .with(assignments, body: try block(token, until: "endwith").body)
    }

    private mutating func target(endingAt end: String?) throws(TemplateError) -> Target {
        var targets: [Target] = []
        var isTuple = false
        while true {
            if !targets.isEmpty { try stream.expect(symbol: ",") }
            if stream.isTupleEnd || end.map({ stream.isAt(name: $0) }) == true { break }
            targets.append(try singleTarget())
            guard stream.isAt(symbol: ",") else { break }
            isTuple = true
        }
        if !isTuple, let only = targets.first { return only }
        guard isTuple else { throw stream.unexpected("a name") }
        return .tuple(targets)
    }

    private mutating func singleTarget() throws(TemplateError) -> Target {
        if stream.take(symbol: "(") {
            let inner = try target(endingAt: nil)
            try stream.expect(symbol: ")")
            return inner
        }
        let position = stream.current.position
        let name = try stream.anyName()
        if ["true", "false", "none", "True", "False", "None"].contains(name) {
            throw stream.fault("'\(name)' cannot be assigned to", at: position)
        }
        guard stream.take(symbol: ".") else { return .name(name) }
        return .attribute(of: name, MarkedText(try stream.anyName(), .template))
    }
}
