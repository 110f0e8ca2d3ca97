/// What may follow an expression: attributes, subscripts, calls, filters and tests.
extension TokenStream {
    mutating func postfixed(_ value: Expression) throws(TemplateError) -> Expression {
        var value = value
        while true {
            if isAt(symbol: ".") || isAt(symbol: "[") {
                value = try subscripted(value)
            } else if isAt(symbol: "(") {
                value = try called(value)
            } else {
                return value
            }
        }
    }

    mutating func filtered(_ value: Expression) throws(TemplateError) -> Expression {
        var value = value
        while true {
            if take(symbol: "|") {
                value = try filter(of: value)
            } else if isAt(name: "is") {
                value = try tested(value)
            } else if isAt(symbol: "(") {
                value = try called(value)
            } else {
                return value
            }
        }
    }

    private mutating func called(_ value: Expression) throws(TemplateError) -> Expression {
        let position = value.position
        return try node(.call(value, try arguments()), at: position)
    }

    private mutating func subscripted(_ value: Expression) throws(TemplateError) -> Expression {
        let position = current.position
        if take(symbol: ".") {
            switch current.kind {
            case .name(let name):
                advance()
                return try node(.attribute(value, MarkedText(name, .template), name: name), at: position)
            case .integer(let digits):
                advance()
                let index = try node(.literal(.integer(Int(digits) ?? .max)), at: position)
                return try node(.item(value, index), at: position)
            default: throw unexpected("a name or a number")
            }
        }
        try expect(symbol: "[")
        var parts: [Expression] = []
        var slice: Expression?
        while !isAt(symbol: "]") {
            if !parts.isEmpty || slice != nil { try expect(symbol: ",") }
            let part = try sliceOrIndex(of: value, at: position)
            if case .slice = part.form, part.position == position { slice = part } else { parts.append(part) }
        }
        try expect(symbol: "]")
        if let slice {
            guard parts.isEmpty else {
                throw fault("a slice cannot be one of several subscripts", at: position)
            }
            return slice
        }
        let index = parts.count == 1 ? parts[0] : try node(.tuple(parts), at: position)
        return try node(.item(value, index), at: position)
    }

    private mutating func sliceOrIndex(
        of value: Expression, at position: Position
    ) throws(TemplateError) -> Expression {
        var from: Expression?
        if !isAt(symbol: ":") {
            let index = try expression()
            guard isAt(symbol: ":") else { return index }
            from = index
        }
        advance()
        func isBoundAhead() -> Bool { !isAt(symbol: ":") && !isAt(symbol: "]") && !isAt(symbol: ",") }
        let to = isBoundAhead() ? try expression() : nil
        var by: Expression?
        if take(symbol: ":"), isBoundAhead() { by = try expression() }
        return try node(.slice(value, from: from, to: to, by: by), at: position)
    }

    /// The arguments of a call, parentheses included.
    mutating func arguments() throws(TemplateError) -> Expression.Arguments {
        let opening = current.position
        try expect(symbol: "(")
        var arguments = Expression.Arguments()
        func ensure(_ holds: Bool) throws(TemplateError) {
            guard holds else { throw fault("these arguments cannot follow one another", at: opening) }
        }
        var needsComma = false
        while !isAt(symbol: ")") {
            if needsComma {
                try expect(symbol: ",")
                if isAt(symbol: ")") { break }
            }
            if take(symbol: "*") {
                try ensure(arguments.moreValues == nil && arguments.moreNamed == nil)
                arguments.moreValues = try expression()
            } else if take(symbol: "**") {
                try ensure(arguments.moreNamed == nil)
                arguments.moreNamed = try expression()
            } else if case .name(let name) = current.kind, next.kind == .symbol("=") {
                try ensure(arguments.moreNamed == nil)
                advance()
                advance()
                let isNew = !arguments.named.contains { $0.name == name }
                guard isNew else { throw fault("the argument '\(name)' is repeated") }
                arguments.named.append((name, try expression()))
            } else {
                try ensure(
                    arguments.moreValues == nil && arguments.moreNamed == nil && arguments.named.isEmpty)
                arguments.positional.append(try expression())
            }
            needsComma = true
        }
        try expect(symbol: ")")
        return arguments
    }

    private mutating func dottedName() throws(TemplateError) -> String {
        var name = try anyName()
        while take(symbol: ".") { name += "." + (try anyName()) }
        return name
    }

    /// The filter whose name stands at the cursor, applied to `value`.
    mutating func filter(of value: Expression?) throws(TemplateError) -> Expression {
        let position = current.position
        let name = try dottedName()
        let arguments = isAt(symbol: "(") ? try arguments() : Expression.Arguments()
        return try node(.filter(value, name, arguments), at: position)
    }

    private mutating func tested(_ value: Expression) throws(TemplateError) -> Expression {
        advance()
        let position = current.position
        let isNegated = take(name: "not")
        let name = try dottedName()
        var arguments = Expression.Arguments()
        if isAt(symbol: "(") {
            arguments = try self.arguments()
        } else if isArgumentAhead {
            if isAt(name: "is") { throw fault("tests cannot be chained by 'is'") }
            arguments.positional = [try argument()]
        }
        let test = try node(.test(value, name, arguments), at: position)
        return isNegated ? try node(.not(test), at: position) : test
    }

    private var isArgumentAhead: Bool {
        switch current.kind {
        case .name(let name): !["else", "or", "and"].contains(name)
        case .string, .integer, .float, .symbol("["), .symbol("{"): true
        default: false
        }
    }

    private mutating func argument() throws(TemplateError) -> Expression {
        try nested { stream throws(TemplateError) in try stream.postfixed(try stream.primary()) }
    }
}
