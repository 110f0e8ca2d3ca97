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
/// Other backslashes stay as they are, for the pattern.
public struct FilterParser {
    /// Unicode scalars, not characters: a combining mark must hide no operator and no quote.
    private let source: [Unicode.Scalar]
    private var position = 0
    private var depth = 0

    private static let terms =
        "~tool ~arg ~id ~role ~res ~err ~status ~taint ~unseen ~injected ~p ~rejected ~forced ~rule ~round ~time ~cmd ~count ~changed ~principal"
    private static let deepest = 200

    /// Reads an expression.
    /// - Throws: ``FilterError`` with the column and the fix.
    public static func parse(_ text: String) throws(FilterError) -> FilterExpression {
        var parser = FilterParser(source: Array(text.unicodeScalars))
        let expression = try parser.expression()
        if parser.position < parser.source.count { throw parser.error("a closing ) has no opening one") }
        return expression
    }

    private init(source: [Unicode.Scalar]) { self.source = source }

    private func error(_ reason: String, at place: Int? = nil) -> FilterError {
        FilterError(column: (place ?? position) + 1, reason: reason)
    }

    private mutating func skipSpace() {
        while position < source.count, source[position].properties.isWhitespace {
            position += 1
        }
    }

    private mutating func take(_ text: String) -> Bool {
        skipSpace()
        guard source[position...].starts(with: text.unicodeScalars) else { return false }
        position += text.unicodeScalars.count
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
            if !explicit, position == source.count || source[position] == "|" || source[position] == ")" {
                return left
            }
            left = .and(left, try factor())
        }
    }

    private mutating func factor() throws(FilterError) -> FilterExpression {
        depth += 1
        defer { depth -= 1 }
        if depth > FilterParser.deepest {
            throw error("more than \(FilterParser.deepest) levels; write it flatter")
        }
        if take("!") { return .not(try factor()) }
        skipSpace()
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
        while position < source.count, ("a"..."z").contains(source[position]) { position += 1 }
        let name = text(nameStart..<position)
        switch name {
        case "tool": return .tool(try pattern())
        case "id": return .id(try pattern())
        case "role": return .role(try pattern())
        case "res": return .result(try pattern())
        case "rule": return .rule(try pattern())
        case "cmd": return .command(try pattern())
        case "principal": return .principal(try pattern())
        case "count": return .count(try comparison(example: "~count>3"))
        case "err": return .error
        case "unseen": return .unseen
        case "injected": return .injected
        case "changed": return .changed
        case "forced": return .forced
        case "taint": return .taint(try taint())
        case "status": return .status(try status())
        case "arg": return try argument()
        case "p": return .probability(try comparison(example: "~p<0.2"))
        case "rejected": return .rejected(try comparison(example: "~rejected>0.5"))
        case "time": return .time(try comparison(example: "~time>2s", isTime: true))
        case "round": return .round(try round())
        default:
            throw error("there is no ~\(name); there are \(FilterParser.terms)", at: start)
        }
    }

    private mutating func word(_ what: String = "a word") throws(FilterError) -> String {
        skipSpace()
        let start = position
        if take("\"") {
            var text = "".unicodeScalars
            while position < source.count, source[position] != "\"" {
                if source[position] == "\\", position + 1 < source.count, source[position + 1] == "\"" {
                    position += 1
                }
                text.append(source[position])
                position += 1
            }
            guard position < source.count else { throw error("this \" is not closed", at: start) }
            position += 1
            return String(text)
        }
        while position < source.count, !FilterParser.endsWord(source[position]) { position += 1 }
        if start == position {
            throw error("\(what) is missing here; one with & | ( ) or spaces needs quotes")
        }
        return text(start..<position)
    }

    private func text(_ range: Range<Int>) -> String {
        var text = "".unicodeScalars
        text.append(contentsOf: source[range])
        return String(text)
    }

    /// Whether a word that is not quoted ends before the scalar.
    static func endsWord(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isWhitespace || "&|()".unicodeScalars.contains(scalar)
    }

    private mutating func pattern() throws(FilterError) -> ECMAPattern {
        skipSpace()
        let start = position
        let text = try word("a pattern")
        do { return try ECMAPattern(text) } catch {
            throw self.error("\(text) is no pattern: \(error)", at: start)
        }
    }

    private mutating func argument() throws(FilterError) -> FilterTerm {
        skipSpace()
        let start = position
        let text = try word("PATH=PATTERN")
        guard let equals = text.utf8.firstIndex(of: UInt8(ascii: "=")) else {
            throw error("~arg takes PATH=PATTERN, for example ~arg id=T-1", at: start)
        }
        let path = String(text.unicodeScalars[..<equals])
        let isWhole = path.isEmpty || path.utf8.first == UInt8(ascii: "/")
        guard let pointer = FilterParser.pointer(isWhole ? path : "/" + path) else {
            throw error("\(path) is no JSON Pointer", at: start)
        }
        do {
            return .argument(pointer, try ECMAPattern(String(text.unicodeScalars[equals...].dropFirst())))
        } catch { throw self.error("after the = stands no pattern: \(error)", at: start) }
    }

    /// A JSON Pointer in which `~2` stands for `=`, which would end it.
    private static func pointer(_ text: String) -> JSONPointer? {
        var (path, isEscape): ([UInt8], Bool) = ([], false)
        for byte in text.utf8 {
            if isEscape, byte == UInt8(ascii: "2") {
                path[path.count - 1] = UInt8(ascii: "=")
            } else {
                path.append(byte)
            }
            isEscape = byte == UInt8(ascii: "~")
        }
        return JSONPointer(text: String(decoding: path, as: UTF8.self))
    }

    /// The text from which the parser reads a pointer.
    static func text(of pointer: JSONPointer) -> String {
        let bytes = "\(pointer)".utf8.flatMap { $0 == UInt8(ascii: "=") ? Array("~2".utf8) : [$0] }
        return String(decoding: bytes, as: UTF8.self)
    }

    private mutating func taint() throws(FilterError) -> FilterTerm.Taint {
        switch try word("result, user, system, schema, a tool or a call ID") {
        case "result": .result
        case "user": .user
        case "system": .system
        case "schema", "catalogue": .schema
        case let other: .call(other)
        }
    }

    private mutating func status() throws(FilterError) -> CallRecord.Status {
        skipSpace()
        let start = position
        let text = try word("a status")
        if text == "unknown" { return .unknown }
        let known = CallRecord.Status.allCases.map { $0 == .unknown ? "unknown" : $0.rawValue }
        guard let status = CallRecord.Status(rawValue: text) else {
            throw error("there is no status \(text); there are \(known.joined(separator: ", "))", at: start)
        }
        return status
    }

    private mutating func round() throws(FilterError) -> FilterTerm.Comparison {
        skipSpace()
        if position < source.count, "<>=".unicodeScalars.contains(source[position]) {
            return try comparison(example: "~round 2")
        }
        let start = position
        guard let round = Int(try word("a number")) else {
            throw error("~round takes a number, for example ~round 2 or ~round>2", at: start)
        }
        return FilterTerm.Comparison(order: .equal, bound: Double(round))
    }

    private mutating func comparison(
        example: String, isTime: Bool = false
    ) throws(FilterError) -> FilterTerm.Comparison {
        skipSpace()
        guard let order = FilterTerm.Comparison.Order.allCases.first(where: { take($0.rawValue) }) else {
            throw error("one of < > <= >= = and a number must follow, for example \(example)")
        }
        skipSpace()
        let start = position
        var text = try word("a number")
        let given = text
        var factor = 1.0
        if isTime {
            let units = [("ms", 1.0), ("s", 1_000), ("m", 60_000)]
            let unit = units.first { text.utf8.reversed().starts(with: $0.0.utf8.reversed()) }
            factor = unit?.1 ?? 1_000
            if let unit { text.unicodeScalars.removeLast(unit.0.utf8.count) }
        }
        guard let bound = Double(text), !bound.isNaN else {
            throw error("\(given) is no number, for example \(example)", at: start)
        }
        return FilterTerm.Comparison(order: order, bound: bound * factor)
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
