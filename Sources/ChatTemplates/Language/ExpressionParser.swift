/// Expressions in jinja2's order of precedence.
extension TokenStream {
    /// A conditional expression, or one without condition.
    mutating func expression(withCondition: Bool = true) throws(TemplateError) -> Expression {
        try nested { stream throws(TemplateError) in
            withCondition ? try stream.conditional() : try stream.or()
        }
    }

    private mutating func conditional() throws(TemplateError) -> Expression {
        var value = try or()
        while isAt(name: "if") {
            let position = current.position
            advance()
            let test = try or()
            let otherwise = take(name: "else") ? try expression() : nil
            value = try node(.conditional(test: test, then: value, otherwise: otherwise), at: position)
        }
        return value
    }

    private mutating func or() throws(TemplateError) -> Expression {
        var left = try and()
        while isAt(name: "or") {
            let position = current.position
            advance()
            left = try node(.or(left, try and()), at: position)
        }
        return left
    }

    private mutating func and() throws(TemplateError) -> Expression {
        var left = try not()
        while isAt(name: "and") {
            let position = current.position
            advance()
            left = try node(.and(left, try not()), at: position)
        }
        return left
    }

    private mutating func not() throws(TemplateError) -> Expression {
        guard isAt(name: "not") else { return try comparison() }
        let position = current.position
        advance()
        let operand = try nested { stream throws(TemplateError) in try stream.not() }
        return try node(.not(operand), at: position)
    }

    private mutating func comparison() throws(TemplateError) -> Expression {
        let position = current.position
        let first = try sum()
        var rest: [(Comparison, Expression)] = []
        while true {
            if case .symbol(let text) = current.kind, let comparison = Comparison(rawValue: text) {
                advance()
                rest.append((comparison, try sum()))
            } else if take(name: "in") {
                rest.append((.isIn, try sum()))
            } else if isAt(name: "not"), next.kind == .name("in") {
                advance()
                advance()
                rest.append((.isNotIn, try sum()))
            } else {
                break
            }
        }
        return rest.isEmpty ? first : try node(.comparison(first, rest), at: position)
    }

    private mutating func sum() throws(TemplateError) -> Expression {
        var left = try concatenation()
        while case .symbol(let text) = current.kind, text == "+" || text == "-",
            let operation = Arithmetic(rawValue: text)
        {
            let position = current.position
            advance()
            left = try node(.arithmetic(operation, left, try concatenation()), at: position)
        }
        return left
    }

    private mutating func concatenation() throws(TemplateError) -> Expression {
        let position = current.position
        var parts = [try product()]
        while take(symbol: "~") { parts.append(try product()) }
        return parts.count == 1 ? parts[0] : try node(.concatenation(parts), at: position)
    }

    private mutating func product() throws(TemplateError) -> Expression {
        var left = try power()
        while case .symbol(let text) = current.kind, ["*", "/", "//", "%"].contains(text),
            let operation = Arithmetic(rawValue: text)
        {
            let position = current.position
            advance()
            left = try node(.arithmetic(operation, left, try power()), at: position)
        }
        return left
    }

    private mutating func power() throws(TemplateError) -> Expression {
        var left = try unary()
        while isAt(symbol: "**") {
            let position = current.position
            advance()
            left = try node(.arithmetic(.power, left, try unary()), at: position)
        }
        return left
    }

    private mutating func unary(withFilters: Bool = true) throws(TemplateError) -> Expression {
        let position = current.position
        var value: Expression
        if take(symbol: "-") {
            let operand = try nested { stream throws(TemplateError) in try stream.unary(withFilters: false) }
            value = try node(.negative(operand), at: position)
        } else if take(symbol: "+") {
            let operand = try nested { stream throws(TemplateError) in try stream.unary(withFilters: false) }
            value = try node(.positive(operand), at: position)
        } else {
            value = try primary()
        }
        value = try postfixed(value)
        return withFilters ? try filtered(value) : value
    }

    mutating func primary() throws(TemplateError) -> Expression {
        let token = current
        func literal(_ literal: Literal) -> Expression {
            Expression(form: .literal(literal), position: token.position)
        }
        switch token.kind {
        case .name(let name):
            advance()
            switch name {
            case "true", "True": return literal(.bool(true))
            case "false", "False": return literal(.bool(false))
            case "none", "None": return literal(.null)
            default: return try node(.name(name), at: token.position)
            }
        case .string(var text):
            advance()
            while case .string(let more) = current.kind {
                text.append(more)
                advance()
            }
            return literal(.text(text))
        case .integer(let digits):
            advance()
            guard let value = Int(digits) else { throw fault("the number is too large", at: token.position) }
            return literal(.integer(value))
        case .float(let value):
            advance()
            return literal(.float(value))
        case .symbol("("):
            advance()
            let value = try tuple(isParenthesised: true)
            try expect(symbol: ")")
            return value
        case .symbol("["):
            advance()
            let items = try items(until: "]") { stream throws(TemplateError) in try stream.expression() }
            return try node(.list(items), at: token.position)
        case .symbol("{"):
            advance()
            let pairs = try items(until: "}") {
                stream throws(TemplateError) -> (key: Expression, value: Expression) in
                let key = try stream.expression()
                try stream.expect(symbol: ":")
                return (key, try stream.expression())
            }
            return try node(.dictionary(pairs), at: token.position)
        default: throw unexpected("an expression")
        }
    }

    /// Items with commas between them; one may follow the last.
    private mutating func items<Item>(
        until closing: String, _ item: (inout TokenStream) throws(TemplateError) -> Item
    ) throws(TemplateError) -> [Item] {
        var items: [Item] = []
        while !isAt(symbol: closing) {
            if !items.isEmpty { try expect(symbol: ",") }
            if isAt(symbol: closing) { break }
            items.append(try item(&self))
        }
        try expect(symbol: closing)
        return items
    }

    /// One expression, or several with commas between them.
    mutating func tuple(
        isParenthesised: Bool = false, withCondition: Bool = true, endingAt name: String? = nil
    ) throws(TemplateError) -> Expression {
        let position = current.position
        var items: [Expression] = []
        var isTuple = false
        while true {
            if !items.isEmpty { try expect(symbol: ",") }
            if isTupleEnd || name.map({ isAt(name: $0) }) == true { break }
            items.append(try expression(withCondition: withCondition))
            guard isAt(symbol: ",") else { break }
            isTuple = true
        }
        if !isTuple {
            if let only = items.first { return only }
            guard isParenthesised else { throw unexpected("an expression") }
        }
        return try node(.tuple(items), at: position)
    }

    var isTupleEnd: Bool {
        switch current.kind {
        case .variableEnd, .blockEnd, .symbol(")"): true
        default: false
        }
    }
}
