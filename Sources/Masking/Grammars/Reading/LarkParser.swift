import JSON
import Schema

/// Parses Lark grammars as llguidance and OpenAI's custom tools take them: Lark's own notation, `&` and `~` in
/// terminals, tokens in `< >`, `%json`, `%regex`, `%lark`, and the attributes `lazy`, `suffix`, `stop` and `capture`.
struct LarkParser {
    var scanner: GrammarScanner
    private var found = LarkSyntax()
    private var depth = 0

    init(_ text: String) { scanner = GrammarScanner(text) }

    /// All statements, up to the end or the brace that closes a nested grammar.
    mutating func statements(isNested: Bool = false) throws(GrammarSyntaxError) -> LarkSyntax {
        let outer = found
        defer { found = outer }
        found = LarkSyntax()
        while true {
            skipSpace(lines: true)
            guard let scalar = scanner.current else {
                if isNested { throw scanner.error("%lark { is not closed") }
                return found
            }
            if isNested, scanner.take("}") { return found }
            if scalar == "%" { try directive() } else { try definition() }
        }
    }

    mutating func skipSpace(lines: Bool) {
        while let scalar = scanner.current {
            if scalar == "#" || scanner.startsWith("//") {
                _ = scanner.take(while: { $0 != "\n" })
            } else if scalar == " " || scalar == "\t" || scalar == "\r" || lines && scalar == "\n" {
                scanner.position += 1
            } else {
                return
            }
        }
    }

    private mutating func name() -> String {
        scanner.take(while: {
            $0 == "_" || $0 == "-" || $0.isASCII && ($0.properties.isAlphabetic || ("0"..."9").contains($0))
        })
    }

    // MARK: Statements

    private mutating func directive() throws(GrammarSyntaxError) {
        let start = scanner.position
        if scanner.take("%import") {
            skipSpace(lines: false)
            try imports()
        } else if scanner.take("%ignore") {
            skipSpace(lines: false)
            found.ignored.append(try alternatives())
        } else if scanner.take("%llguidance") {
            skipSpace(lines: false)
            guard case .object(let options) = try json() else { return }
            for option in options where option.key != "no_forcing" || !option.value.isBool {
                throw scanner.error("%llguidance takes no_forcing alone here, not \(option.key)", at: start)
            }
        } else {
            let word = scanner.take(while: { $0 != " " && $0 != "\n" && $0 != "{" })
            throw scanner.error(
                "\(word) is not supported here; %import, %ignore and %llguidance are", at: start)
        }
    }

    /// `common.NAME`, `common.NAME -> OTHER` or `common (NAME, …)`.
    private mutating func imports() throws(GrammarSyntaxError) {
        let start = scanner.position
        guard scanner.take("common") else {
            throw scanner.error("only the terminals of common can be imported", at: start)
        }
        skipSpace(lines: false)
        if scanner.take("(") {
            repeat {
                skipSpace(lines: true)
                try importTerminal()
                skipSpace(lines: true)
            } while scanner.take(",")
            guard scanner.take(")") else { throw scanner.error(") is expected after the imported names") }
        } else {
            guard scanner.take(".") else {
                throw scanner.error("an import is written common.NAME", at: start)
            }
            try importTerminal()
        }
    }

    private mutating func importTerminal() throws(GrammarSyntaxError) {
        let start = scanner.position
        let known = name()
        guard let source = LarkSyntax.common[known], let tree = try? RegexReader.read(source) else {
            let names = LarkSyntax.common.keys.sorted().joined(separator: ", ")
            throw scanner.error("common has no terminal \(known); it has \(names)", at: start)
        }
        skipSpace(lines: false)
        var alias = known
        if scanner.take("->") {
            skipSpace(lines: false)
            alias = name()
        }
        found.terminals.append(
            .init(name: alias, place: start, body: .regex(tree)))
    }

    private mutating func definition() throws(GrammarSyntaxError) {
        _ = scanner.take(while: { $0 == "?" || $0 == "!" })
        let start = scanner.position
        let name = name()
        guard !name.isEmpty else { throw scanner.error("a rule's or a terminal's name is expected here") }
        var definition = LarkSyntax.Definition(name: name, place: start, body: .sequence([]))
        let isTerminal = LarkSyntax.isTerminal(name)
        if scanner.take("["), !isTerminal { definition.ending = try attributes() }
        if scanner.take(".") { _ = scanner.number() }
        skipSpace(lines: false)
        if scanner.startsWith("{") || scanner.startsWith("::") {
            throw scanner.error("rules with parameters are not supported")
        }
        guard scanner.take(":") else { throw scanner.error(": is expected after the name \(name)") }
        definition.body = try alternatives()
        skipSpace(lines: false)
        if let scalar = scanner.current, scalar != "\n", scalar != "}" {
            throw scanner.error("the end of \(name) is expected before \(scalar)")
        }
        let others = isTerminal ? found.terminals : found.rules
        guard !others.contains(where: { $0.name == name }) else {
            throw scanner.error("\(name) is defined twice", at: start)
        }
        if isTerminal { found.terminals.append(definition) } else { found.rules.append(definition) }
    }

    /// What stands in brackets after a rule's name.
    private mutating func attributes() throws(GrammarSyntaxError) -> LarkSyntax.Ending {
        var ending = LarkSyntax.Ending.asTerminal
        repeat {
            skipSpace(lines: false)
            let start = scanner.position
            let key = name()
            skipSpace(lines: false)
            var value: LarkSyntax.Node?
            if scanner.take("=") {
                skipSpace(lines: false)
                value = try atom()
                skipSpace(lines: false)
            }
            switch (key, value) {
            case ("capture", _), ("stop_capture", _): break
            case ("lazy", nil): ending = .lazy
            case ("suffix", let value?): ending = .suffix(value)
            case ("stop", .string("", _)?): ending = .stop(nil)
            case ("stop", let value?): ending = .stop(value)
            case ("max_tokens", _):
                throw scanner.error(
                    "max_tokens is not supported; bound the expression, as in /.{0,200}/", at: start)
            default: throw scanner.error("the attribute \(key) is not supported so", at: start)
            }
        } while scanner.take(",")
        guard scanner.take("]") else { throw scanner.error("] is expected after a rule's attributes") }
        return ending
    }

    // MARK: Bodies

    private mutating func alternatives(isNested: Bool = false) throws(GrammarSyntaxError) -> LarkSyntax.Node {
        depth += 1
        defer { depth -= 1 }
        guard depth <= 200 else { throw scanner.error("groups are nested deeper than 200 levels") }
        var found: [LarkSyntax.Node] = []
        while true {
            found.append(try intersection(isNested: isNested))
            let rest = scanner.position
            skipSpace(lines: true)
            guard scanner.take("|") else {
                if !isNested { scanner.position = rest }
                break
            }
        }
        return found.count == 1 ? found[0] : .choice(found)
    }

    private mutating func intersection(isNested: Bool) throws(GrammarSyntaxError) -> LarkSyntax.Node {
        var found = [try sequence(isNested: isNested)]
        while scanner.take("&") { found.append(try sequence(isNested: isNested)) }
        return found.count == 1 ? found[0] : .both(found)
    }

    private mutating func sequence(isNested: Bool) throws(GrammarSyntaxError) -> LarkSyntax.Node {
        var parts: [LarkSyntax.Node] = []
        while true {
            skipSpace(lines: isNested)
            if scanner.take("->") {
                skipSpace(lines: false)
                _ = name()
                skipSpace(lines: isNested)
                break
            }
            guard let scalar = scanner.current, !"|)]}&\n".unicodeScalars.contains(scalar) else { break }
            parts.append(try repeated(try atom()))
        }
        return parts.count == 1 ? parts[0] : .sequence(parts)
    }

    private mutating func repeated(_ node: LarkSyntax.Node) throws(GrammarSyntaxError) -> LarkSyntax.Node {
        var node = node
        while true {
            let rest = scanner.position
            skipSpace(lines: false)
            if scanner.take("*") {
                node = .repetition(node, least: 0, most: nil)
            } else if scanner.take("+") {
                node = .repetition(node, least: 1, most: nil)
            } else if scanner.take("?") {
                node = .repetition(node, least: 0, most: 1)
            } else if scanner.take("{") {
                node = try counted(node, from: rest)
            } else if scanner.take("~"), let count = countAfterTilde() {
                let most = scanner.take("..") ? scanner.number() ?? -1 : count
                node = try bounded(node, count, most, at: rest)
            } else {
                scanner.position = rest
                return node
            }
        }
    }

    private mutating func countAfterTilde() -> Int? {
        skipSpace(lines: false)
        return scanner.number()
    }

    private mutating func counted(
        _ node: LarkSyntax.Node, from start: Int
    ) throws(GrammarSyntaxError) -> LarkSyntax.Node {
        skipSpace(lines: false)
        let least = scanner.number()
        var most = least
        skipSpace(lines: false)
        if scanner.take(",") {
            skipSpace(lines: false)
            most = scanner.number()
            skipSpace(lines: false)
        }
        guard scanner.take("}"), least != nil || most != nil else {
            throw scanner.error("a repetition is written {least,most}, with counts from 0 on", at: start)
        }
        return try bounded(node, least ?? 0, most, at: start)
    }

    private func bounded(
        _ node: LarkSyntax.Node, _ least: Int, _ most: Int?, at place: Int
    ) throws(GrammarSyntaxError) -> LarkSyntax.Node {
        if let most, most < least {
            throw scanner.error("the bounds of this repetition are out of order", at: place)
        }
        return .repetition(node, least: least, most: most)
    }

    private mutating func atom() throws(GrammarSyntaxError) -> LarkSyntax.Node {
        let start = scanner.position
        guard let scalar = scanner.current else { throw scanner.error("the grammar ends too early") }
        switch scalar {
        case "(", "[":
            scanner.position += 1
            let inner = try alternatives(isNested: true)
            skipSpace(lines: true)
            guard scanner.take(scalar == "(" ? ")" : "]") else {
                throw scanner.error("this \(scalar) is not closed", at: start)
            }
            return scalar == "(" ? inner : .repetition(inner, least: 0, most: 1)
        case "~":
            scanner.position += 1
            skipSpace(lines: false)
            return .not(try atom())
        case "\"":
            let text = try string()
            guard scanner.startsWith("..") else {
                return .string(text, ignoresCase: scanner.take("i"))
            }
            return try range(from: text, at: start)
        case "/": return try regex()
        case "<": return .token(try token(), place: start)
        case "%": return try extended()
        case "@": throw scanner.error("references to other grammars are not supported; nest one by %lark { }")
        default:
            if scanner.startsWith("::") {
                throw scanner.error("rules with parameters are not supported; write a rule for each value")
            }
            let name = name()
            guard !name.isEmpty else { throw scanner.error("\(scalar) begins nothing that Lark knows") }
            return .name(name, place: start)
        }
    }
}
