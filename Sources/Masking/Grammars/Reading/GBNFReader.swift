import Schema

/// Reads GBNF, llama.cpp's grammar notation (its `grammars/README.md`), tokens included.
///
/// Two things are taken that llama.cpp refuses: left recursion, and a rule that goes on where a line begins with `|`.
struct GBNFReader {
    private var scanner: GrammarScanner
    private var numbers: [String: Int] = [:]
    private var rules: [TextGrammar.Rule?] = []
    /// Where each rule is first named, for those that nothing defines.
    private var mentions: [(name: String, place: Int)] = []
    private var depth = 0

    /// The grammar of a text; its start is the rule `root`.
    /// - Throws: ``GrammarSyntaxError`` with line and column.
    static func read(_ text: String) throws(GrammarSyntaxError) -> TextGrammar {
        var reader = GBNFReader(scanner: GrammarScanner(text))
        return try reader.grammar()
    }

    private init(scanner: GrammarScanner) { self.scanner = scanner }

    private mutating func grammar() throws(GrammarSyntaxError) -> TextGrammar {
        skipSpace(lines: true)
        while !scanner.isAtEnd {
            try rule()
            skipSpace(lines: true)
        }
        for (index, rule) in rules.enumerated() where rule == nil {
            throw scanner.error("no rule is named \(mentions[index].name)", at: mentions[index].place)
        }
        guard let start = numbers["root"] else {
            throw scanner.error("a grammar begins with its rule root, and there is none", at: 0)
        }
        return TextGrammar(rules: rules.compactMap { $0 }, start: start)
    }

    private mutating func skipSpace(lines: Bool) {
        while let scalar = scanner.current {
            if scalar == "#" {
                _ = scanner.take(while: { $0 != "\n" && $0 != "\r" })
            } else if scalar == " " || scalar == "\t" || lines && (scalar == "\n" || scalar == "\r") {
                scanner.position += 1
            } else {
                return
            }
        }
    }

    private static func isName(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "-" || scalar == "_"
            || scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
    }

    private mutating func number(of name: String, at place: Int) -> Int {
        if let known = numbers[name] { return known }
        let number = rules.count
        numbers[name] = number
        rules.append(nil)
        mentions.append((name, place))
        return number
    }

    private mutating func rule() throws(GrammarSyntaxError) {
        let start = scanner.position
        let name = scanner.take(while: GBNFReader.isName)
        guard !name.isEmpty else { throw scanner.error("a rule begins with its name") }
        skipSpace(lines: false)
        guard scanner.take("::=") else { throw scanner.error("::= is expected after the name \(name)") }
        skipSpace(lines: true)
        let number = number(of: name, at: start)
        guard rules[number] == nil else {
            throw scanner.error("the rule \(name) is defined twice", at: start)
        }
        let body = try alternatives(isNested: false)
        rules[number] = TextGrammar.Rule(name: name, body: body, line: scanner.line(at: start))
        if let scalar = scanner.current, scalar != "\n", scalar != "\r" {
            throw scanner.error("the end of the rule \(name), a newline, is expected before \(scalar)")
        }
    }

    private mutating func alternatives(isNested: Bool) throws(GrammarSyntaxError) -> RuleBody {
        depth += 1
        defer { depth -= 1 }
        guard depth <= 200 else { throw scanner.error("groups are nested deeper than 200 levels") }
        var found = [try sequence(isNested: isNested)]
        while true {
            let rest = scanner.position
            skipSpace(lines: true)
            guard scanner.take("|") else {
                if !isNested { scanner.position = rest }
                break
            }
            skipSpace(lines: true)
            found.append(try sequence(isNested: isNested))
        }
        return found.count == 1 ? found[0] : .choice(found)
    }

    private mutating func sequence(isNested: Bool) throws(GrammarSyntaxError) -> RuleBody {
        var parts: [RuleBody] = []
        while true {
            skipSpace(lines: isNested)
            guard let part = try item() else { break }
            parts.append(part)
        }
        return parts.count == 1 ? parts[0] : .sequence(parts)
    }

    /// One symbol with what repeats it; `nil` where none begins.
    private mutating func item() throws(GrammarSyntaxError) -> RuleBody? {
        let start = scanner.position
        guard let symbol = try symbol() else { return nil }
        var part = symbol
        while true {
            let rest = scanner.position
            skipSpace(lines: depth > 1)
            if scanner.take("*") {
                part = .repetition(part, least: 0, most: nil)
            } else if scanner.take("+") {
                part = .repetition(part, least: 1, most: nil)
            } else if scanner.take("?") {
                part = .repetition(part, least: 0, most: 1)
            } else if scanner.take("{") {
                let (least, most) = try bounds(openedAt: start)
                part = .repetition(part, least: least, most: most)
            } else {
                scanner.position = rest
                return part
            }
        }
    }

    private mutating func bounds(openedAt start: Int) throws(GrammarSyntaxError) -> (Int, Int?) {
        skipSpace(lines: true)
        guard let least = scanner.number() else { throw scanner.error("a count is expected after {") }
        var most: Int? = least
        skipSpace(lines: true)
        if scanner.take(",") {
            skipSpace(lines: true)
            most = scanner.number()
            skipSpace(lines: true)
        }
        guard scanner.take("}") else { throw scanner.error("} is expected after the counts of a repetition") }
        if let most, most < least {
            throw scanner.error("the bounds of this repetition are out of order", at: start)
        }
        return (least, most)
    }

    private mutating func symbol() throws(GrammarSyntaxError) -> RuleBody? {
        let start = scanner.position
        guard let scalar = scanner.current else { return nil }
        switch scalar {
        case "\"":
            scanner.position += 1
            var text = ""
            while scanner.current != "\"" {
                guard scanner.current != nil else { throw scanner.error("this \" is not closed", at: start) }
                text.unicodeScalars.append(try character())
            }
            scanner.position += 1
            return .text(text)
        case "[":
            scanner.position += 1
            let isNegated = scanner.take("^")
            var ranges: [ClosedRange<UInt32>] = []
            while scanner.current != "]" {
                guard scanner.current != nil else { throw scanner.error("this [ is not closed", at: start) }
                let low = try character().value
                guard scanner.current == "-", scanner.peek(1) != "]" else {
                    ranges.append(low...low)
                    continue
                }
                let dash = scanner.position
                scanner.position += 1
                let high = try character().value
                guard low <= high else { throw scanner.error("this range is out of order", at: dash) }
                ranges.append(low...high)
            }
            scanner.position += 1
            let set = ScalarSet(ranges)
            return .terminal(Terminal(expression: .pattern(.set(isNegated ? set.inverted : set))))
        case ".":
            scanner.position += 1
            return .terminal(Terminal(expression: .pattern(.anyScalar)))
        case "(":
            scanner.position += 1
            let inner = try alternatives(isNested: true)
            skipSpace(lines: true)
            guard scanner.take(")") else { throw scanner.error("this ( is not closed", at: start) }
            return inner
        case "!":
            scanner.position += 1
            guard scanner.current == "<" else { throw scanner.error("a token in < > is expected after !") }
            return .tokens(.except([try token()]))
        case "<": return .tokens(try token())
        default:
            guard GBNFReader.isName(scalar) else { return nil }
            let name = scanner.take(while: GBNFReader.isName)
            return .rule(number(of: name, at: start))
        }
    }

    /// `<name>` or `<[number]>`.
    private mutating func token() throws(GrammarSyntaxError) -> TokenPattern {
        let start = scanner.position
        scanner.position += 1
        if scanner.take("[") {
            guard let id = scanner.number(), scanner.take("]>") else {
                throw scanner.error("a token's number is written <[number]>", at: start)
            }
            return .ids([id...id])
        }
        let name = scanner.take(while: { $0 != ">" && $0 != "\n" })
        guard scanner.take(">"), !name.isEmpty else {
            throw scanner.error("a token is written <name> or <[number]>", at: start)
        }
        return .named("<\(name)>")
    }

    /// One character of a literal or a class, escapes read.
    private mutating func character() throws(GrammarSyntaxError) -> Unicode.Scalar {
        guard let scalar = scanner.current else { throw scanner.error("the grammar ends too early") }
        scanner.position += 1
        guard scalar == "\\" else { return scalar }
        guard let escaped = scanner.current else { throw scanner.error("the grammar ends in \\") }
        scanner.position += 1
        switch escaped {
        case "x": return try scanner.hexadecimal(digits: 2)
        case "u": return try scanner.hexadecimal(digits: 4)
        case "U": return try scanner.hexadecimal(digits: 8)
        case "t": return "\t"
        case "r": return "\r"
        case "n": return "\n"
        case "\\", "\"", "[", "]", "-", "^": return escaped
        default:
            throw scanner.error("\\\(escaped) is no escape of GBNF", at: scanner.position - 2)
        }
    }
}
