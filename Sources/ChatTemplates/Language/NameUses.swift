/// What a template's statements name.
enum NameUses {
    /// The names that the statements read, those within macros of their own included.
    static func names(in statements: [Statement]) -> Set<String> {
        var names: Set<String> = []
        for statement in statements {
            for expression in statement.form.expressions { collect(expression, into: &names) }
            for body in statement.form.bodies { names.formUnion(self.names(in: body)) }
        }
        return names
    }

    private static func collect(_ expression: Expression, into names: inout Set<String>) {
        if case .name(let name) = expression.form { names.insert(name) }
        for child in expression.form.children { collect(child, into: &names) }
    }

    /// Refuses a template with a filter or test that is not known, as jinja2 does: where it stands under a condition,
    /// only its use is a failure.
    /// - Throws: ``TemplateError`` of the kind `syntax`.
    static func check(_ statements: [Statement], isConditional: Bool = false) throws(TemplateError) {
        for statement in statements {
            var isChoice = false
            if case .choice = statement.form { isChoice = true }
            for expression in statement.form.expressions { try check(expression, isChoice || isConditional) }
            for body in statement.form.bodies { try check(body, isConditional: isChoice) }
        }
    }

    private static func check(_ expression: Expression, _ isConditional: Bool) throws(TemplateError) {
        var isConditional = isConditional
        func refuse(_ kind: String, _ name: String) -> TemplateError {
            TemplateError(
                kind: .syntax, line: expression.position.line, column: expression.position.column,
                message: "there is no \(kind) '\(name)'")
        }
        switch expression.form {
        case .conditional: isConditional = true
        case .filter(_, let name, _) where !isConditional && !Filters.isKnown(name):
            throw refuse("filter", name)
        case .test(_, let name, _) where !isConditional && !Tests.isKnown(name): throw refuse("test", name)
        default: break
        }
        for child in expression.form.children { try check(child, isConditional) }
    }
}
