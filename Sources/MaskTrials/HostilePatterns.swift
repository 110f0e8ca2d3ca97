extension HostileMaker {
    /// A regular expression with repetitions of repetitions, overlapping alternatives, look-ahead and back-references.
    mutating func pattern(_ depth: Int) -> String {
        let body = expression(depth)
        return switch number(0...3) {
        case 0: "^\(body)$"
        case 1: "^\(body)"
        case 2: "\(body)$"
        default: body
        }
    }

    private mutating func expression(_ depth: Int) -> String {
        if depth == 0 { return atom() }
        switch number(0...9) {
        case 0, 1: return expression(depth - 1) + expression(depth - 1)
        case 2: return "(\(expression(depth - 1))|\(expression(depth - 1))|\(atom()))"
        case 3: return "(\(expression(depth - 1)))*"
        case 4: return "(\(expression(depth - 1)))+"
        case 5:
            let low = number(0...3)
            return "(\(expression(depth - 1))){\(low),\(low + pick([0, 1, 9, 100, 1_000]))}"
        case 6: return "(?=\(expression(depth - 1)))\(expression(depth - 1))"
        case 7: return "(?!\(expression(depth - 1)))\(expression(depth - 1))"
        case 8: return "(\(atom())*)\\1\(expression(depth - 1))"
        default: return ".*\(atom()).{\(pick([1, 5, 20, 40]))}"
        }
    }

    private mutating func atom() -> String {
        pick([
            "a", "b", "[a-z]", "[^a]", ".", "\\d", "\\w+", "\\s*", "é", "\\\\", "\"", "(a|a)", "\\bx",
            "(?:ab?)*",
        ])
    }
}
