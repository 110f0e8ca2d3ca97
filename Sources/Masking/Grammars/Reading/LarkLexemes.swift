import JSON
import Schema

/// The smallest parts of a Lark grammar: strings, regular expressions, tokens, and what begins with `%` in a body.
extension LarkParser {
    mutating func string() throws(GrammarSyntaxError) -> String {
        let start = scanner.position
        scanner.position += 1
        var text = ""
        while scanner.current != "\"" {
            guard let scalar = scanner.current, scalar != "\n" else {
                throw scanner.error("this \" is not closed", at: start)
            }
            scanner.position += 1
            guard scalar == "\\" else {
                text.unicodeScalars.append(scalar)
                continue
            }
            text.unicodeScalars.append(try escape())
        }
        scanner.position += 1
        return text
    }

    private mutating func escape() throws(GrammarSyntaxError) -> Unicode.Scalar {
        guard let scalar = scanner.current else { throw scanner.error("the grammar ends in \\") }
        scanner.position += 1
        switch scalar {
        case "n": return "\n"
        case "r": return "\r"
        case "t": return "\t"
        case "f": return "\u{0C}"
        case "b": return "\u{08}"
        case "0": return "\0"
        case "x": return try scanner.hexadecimal(digits: 2)
        case "u": return try scanner.hexadecimal(digits: 4)
        case "U": return try scanner.hexadecimal(digits: 8)
        case "\\", "\"", "/", "'": return scalar
        default: throw scanner.error("\\\(scalar) is no escape of a string", at: scanner.position - 2)
        }
    }

    mutating func range(
        from first: String, at start: Int
    ) throws(GrammarSyntaxError) -> LarkSyntax.Node {
        _ = scanner.take("..")
        guard scanner.current == "\"" else {
            throw scanner.error("a range is written \"a\"..\"z\"", at: start)
        }
        let (low, high) = (Array(first.unicodeScalars), Array(try string().unicodeScalars))
        guard low.count == 1, high.count == 1, low[0] <= high[0] else {
            throw scanner.error("a range goes from one character to a later one", at: start)
        }
        return .range(low[0], high[0])
    }

    mutating func regex() throws(GrammarSyntaxError) -> LarkSyntax.Node {
        let start = scanner.position
        scanner.position += 1
        var source = ""
        while scanner.current != "/" {
            guard let scalar = scanner.current, scalar != "\n" else {
                throw scanner.error("this / is not closed", at: start)
            }
            source.unicodeScalars.append(scalar)
            scanner.position += 1
            if scalar == "\\", let next = scanner.current, next != "\n" {
                source.unicodeScalars.append(next)
                scanner.position += 1
            }
        }
        scanner.position += 1
        let flags = scanner.take(while: { $0.isASCII && $0.properties.isLowercase })
        do {
            return .regex(try RegexReader.read(source, flags: flags))
        } catch {
            throw scanner.error(error.reason, at: start + error.column)
        }
    }

    /// `<name>`, `<[1,3-5]>`, `<[^1,3-5]>` or `<[*]>`.
    mutating func token() throws(GrammarSyntaxError) -> TokenPattern {
        let start = scanner.position
        scanner.position += 1
        guard scanner.take("[") else {
            let name = scanner.take(while: { $0 != ">" && $0 != "\n" })
            guard scanner.take(">"), !name.isEmpty else {
                throw scanner.error("this < is not closed", at: start)
            }
            return .named("<\(name)>")
        }
        if scanner.take("*]>") { return .any }
        let isNegated = scanner.take("^")
        var ranges: [ClosedRange<Int>] = []
        repeat {
            guard let low = scanner.number() else { break }
            var high = low
            if scanner.take("-") { high = scanner.number() ?? -1 }
            guard low <= high else { throw scanner.error("this range of tokens is out of order", at: start) }
            ranges.append(low...high)
        } while scanner.take(",")
        guard !ranges.isEmpty, scanner.take("]>") else {
            throw scanner.error("tokens are written <[1,3-5]>, <[^1,3-5]> or <[*]>", at: start)
        }
        return isNegated ? .except([.ids(ranges)]) : .ids(ranges)
    }

    mutating func extended() throws(GrammarSyntaxError) -> LarkSyntax.Node {
        let start = scanner.position
        if scanner.take("%json") {
            skipSpace(lines: true)
            return .json(try json())
        }
        if scanner.take("%lark") {
            skipSpace(lines: true)
            guard scanner.take("{") else { throw scanner.error("{ is expected after %lark") }
            return .nested(try statements(isNested: true))
        }
        guard scanner.take("%regex") else {
            throw scanner.error("only %json, %regex and %lark stand in a rule", at: start)
        }
        skipSpace(lines: true)
        guard case .object(let object) = try json(), object.count == 1, let member = object.members.first
        else { throw scanner.error("%regex takes one key", at: start) }
        switch (member.key, member.value) {
        case ("substring_chars", .string(let text)):
            return .run(text.unicodeScalars.map { Array(String($0).utf8) })
        case ("substring_words", .string(let text)): return .run(LarkParser.words(text))
        case ("substring_chunks", .array(let chunks)):
            var pieces: [[UInt8]] = []
            for chunk in chunks {
                guard case .string(let text) = chunk else {
                    throw scanner.error("substring_chunks is a list of strings", at: start)
                }
                pieces.append(Array(text.utf8))
            }
            return .run(pieces)
        default:
            throw scanner.error(
                "%regex takes substring_chars or substring_words with a string, or substring_chunks with a list",
                at: start)
        }
    }

    /// A text cut at the borders of its words: runs of letters and digits, and single other scalars.
    private static func words(_ text: String) -> [[UInt8]] {
        var found: [[UInt8]] = []
        var isInWord = false
        for scalar in text.unicodeScalars {
            let isWord =
                scalar.properties.isAlphabetic || scalar.properties.numericType != nil || scalar == "_"
            if isWord, isInWord, !found.isEmpty {
                found[found.count - 1] += Array(String(scalar).utf8)
            } else {
                found.append(Array(String(scalar).utf8))
            }
            isInWord = isWord
        }
        return found
    }

    /// A JSON value in braces or brackets, found by them.
    mutating func json() throws(GrammarSyntaxError) -> JSONValue {
        let start = scanner.position
        var depth = 0
        var isInString = false
        while let scalar = scanner.current {
            scanner.position += 1
            if isInString {
                if scalar == "\\" { scanner.position += 1 } else if scalar == "\"" { isInString = false }
                continue
            }
            switch scalar {
            case "\"": isInString = true
            case "{", "[": depth += 1
            case "}", "]": depth -= 1
            default: break
            }
            if depth == 0 { break }
        }
        scanner.position = min(scanner.position, scanner.scalars.count)
        do {
            return try JSONParser.parse(Array(scanner.text(from: start).utf8))
        } catch {
            throw scanner.error("the JSON that begins here cannot be read: \(error)", at: start)
        }
    }
}

extension JSONValue {
    var isBool: Bool { if case .bool = self { true } else { false } }
}
