import JSON
import Schema

/// Reads filter expressions.
///
///     expression = conjunction { "|" conjunction }
///     conjunction = factor { ["&"] factor }
///     factor = "!" factor | "(" expression ")" | term
///     term = "~" name [operand] | word
///
/// A word ends at white space or at one of `& | ( )`; one in double quotes may hold them, with `\"` for a quote.
public struct FilterParser {
    private let source: [Character]
    private var position = 0

    /// Reads an expression.
    /// - Throws: ``FilterError`` with the column and the fix.
    public static func parse(_ text: String) throws(FilterError) -> FilterExpression {
        var parser = FilterParser(source: Array(text))
        let expression = try parser.expression()
        if parser.position < parser.source.count { throw parser.error("a closing ) has no opening one") }
        return expression
    }

    private init(source: [Character]) { self.source = source }

    private func error(_ reason: String, at place: Int? = nil) -> FilterError {
        FilterError(column: (place ?? position) + 1, reason: reason)
    }

    private mutating func skipSpace() {
        while position < source.count, source[position].isWhitespace { position += 1 }
    }

    private mutating func take(_ character: Character) -> Bool {
        skipSpace()
        guard position < source.count, source[position] == character else { return false }
        position += 1
        return true
    }

    private mutating func expression() throws(FilterError) -> FilterExpression {
        var left = try conjunction()
        while take("|") { left = .or(left, try conjunction()) }
        return left
    }

    private mutating func conjunction() throws(FilterError) -> FilterExpression {
        var left = try factor()
        while true {
            let explicit = take("&")
            skipSpace()
            if !explicit, position == source.count || "|)".contains(source[position]) { return left }
            left = .and(left, try factor())
        }
    }

    private mutating func factor() throws(FilterError) -> FilterExpression {
        if take("!") { return .not(try factor()) }
        let opening = position
        if take("(") {
            let inner = try expression()
            if !take(")") { throw error("this ( is not closed", at: opening) }
            return inner
        }
        return .term(try term())
    }

    private mutating func term() throws(FilterError) -> FilterTerm {
        skipSpace()
        guard position < source.count else {
            throw error("a condition is missing here, for example ~tool get_ticket")
        }
        let start = position
        guard source[position] == "~" else { return .text(try pattern()) }
        position += 1
        let nameStart = position
        while position < source.count, source[position].isLetter { position += 1 }
        let name = String(source[nameStart..<position])
        switch name {
        case "tool": return .tool(try pattern())
        case "id": return .id(try pattern())
        case "role": return .role(try pattern())
        case "res": return .result(try pattern())
        case "rule": return .rule(try pattern())
        case "err": return .error
        case "unseen": return .unseen
        case "forced": return .forced
        case "taint": return .taint(try word())
        case "status": return .status(try status())
        case "arg": return try argument()
        case "p": return .probability(try comparison())
        case "rejected": return .rejected(try comparison())
        case "time": return .time(try comparison(isTime: true))
        case "round":
            let place = position
            guard let round = Int(try word()) else { throw error("~round takes a number", at: place) }
            return .round(round)
        default:
            throw error(
                "there is no ~\(name); there are ~tool ~arg ~id ~role ~res ~err ~status ~taint ~unseen ~p ~rejected "
                    + "~forced ~rule ~round ~time", at: start)
        }
    }

    private mutating func word() throws(FilterError) -> String {
        skipSpace()
        let start = position
        if take("\"") {
            var text = ""
            while position < source.count, source[position] != "\"" {
                if source[position] == "\\", position + 1 < source.count, source[position + 1] == "\"" {
                    position += 1
                }
                text.append(source[position])
                position += 1
            }
            if !take("\"") { throw error("this \" is not closed", at: start) }
            return text
        }
        while position < source.count, !source[position].isWhitespace, !"&|()".contains(source[position]) {
            position += 1
        }
        if start == position { throw error("a word is missing here") }
        return String(source[start..<position])
    }

    private mutating func pattern() throws(FilterError) -> ECMAPattern {
        skipSpace()
        let start = position
        let text = try word()
        do { return try ECMAPattern(text) } catch { throw self.error("\(error)", at: start) }
    }

    private mutating func argument() throws(FilterError) -> FilterTerm {
        skipSpace()
        let start = position
        let text = try word()
        guard let equals = text.firstIndex(of: "=") else {
            throw error("~arg takes PATH=RE, for example /id=T-1", at: start)
        }
        let path = String(text[..<equals])
        guard let pointer = JSONPointer(text: path.hasPrefix("/") || path.isEmpty ? path : "/" + path) else {
            throw error("\(path) is no JSON pointer", at: start)
        }
        do {
            return .argument(pointer, try ECMAPattern(String(text[text.index(after: equals)...])))
        } catch { throw self.error("\(error)", at: start) }
    }

    private mutating func status() throws(FilterError) -> String {
        skipSpace()
        let start = position
        let text = try word()
        let known = CallRecord.Status.allCases.map(\.rawValue)
        guard known.contains(text) else {
            throw error("there is no status \(text); there are \(known.joined(separator: ", "))", at: start)
        }
        return text
    }

    private mutating func comparison(isTime: Bool = false) throws(FilterError) -> FilterTerm.Comparison {
        skipSpace()
        let start = position
        let isLess = take("<")
        guard isLess || take(">") else { throw error("< or > and a number must follow") }
        var text = try word()
        var factor = 1.0
        if isTime {
            if text.hasSuffix("ms") {
                text.removeLast(2)
            } else {
                if text.hasSuffix("s") { text.removeLast() }
                factor = 1_000
            }
        }
        guard let bound = Double(text) else { throw error("\(text) is no number", at: start) }
        return FilterTerm.Comparison(isLess: isLess, bound: bound * factor)
    }
}

/// Why a text is no filter expression.
public struct FilterError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The place, from 1.
    public let column: Int
    /// What is wrong and what to write instead.
    public let reason: String

    /// One line: `column 3: …`.
    public var description: String { "column \(column): \(reason)" }
}
