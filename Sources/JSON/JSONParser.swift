/// Why a text is no JSON, and where.
public struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong there.
    public let reason: String
    /// Offset of the offending byte, from 0.
    public let offset: Int
    /// Line of that byte, from 1.
    public let line: Int
    /// Column of that byte in its line, in bytes, from 1.
    public let column: Int

    /// `line L, column C: ` and the reason.
    public var description: String { "line \(line), column \(column): \(reason)" }
}

/// A strict parser of JSON text (RFC 8259).
///
/// It accepts exactly the grammar of the RFC, refuses byte order marks, invalid UTF-8 and lone surrogates
/// (RFC 7493, section 2.1), and bounds the nesting so that a hostile text cannot exhaust the stack.
public struct JSONParser {
    private let bytes: [UInt8]
    private var position = 0
    private var depth = 0
    private let maximumDepth: Int

    private init(_ bytes: [UInt8], maximumDepth: Int) {
        self.bytes = bytes
        self.maximumDepth = maximumDepth
    }

    /// Parses one JSON text.
    /// - Throws: ``JSONError`` with the place of the first fault.
    public static func parse(_ text: String, maximumDepth: Int = ReadingLimits.depth) throws(JSONError)
        -> JSONValue
    {
        try parse(Array(text.utf8), maximumDepth: maximumDepth)
    }

    /// Parses one JSON text given as UTF-8 bytes.
    /// - Throws: ``JSONError`` with the place of the first fault.
    public static func parse(_ bytes: [UInt8], maximumDepth: Int = ReadingLimits.depth) throws(JSONError)
        -> JSONValue
    {
        var parser = JSONParser(bytes, maximumDepth: maximumDepth)
        let value = try parser.value()
        parser.skipWhitespace()
        guard parser.position == bytes.count else { throw parser.error("nothing may follow the value") }
        return value
    }

    private func error(_ reason: String, at offset: Int? = nil) -> JSONError {
        let place = min(offset ?? position, bytes.count)
        let line = bytes[..<place].reduce(1) { $1 == 0x0A ? $0 + 1 : $0 }
        let lineStart = bytes[..<place].lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        return JSONError(reason: reason, offset: place, line: line, column: place - lineStart + 1)
    }

    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipWhitespace() {
        while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
            position += 1
        }
    }

    private mutating func value() throws(JSONError) -> JSONValue {
        skipWhitespace()
        switch current {
        case UInt8(ascii: "{"): return try object()
        case UInt8(ascii: "["): return try array()
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        case UInt8(ascii: "-"): return .number(try number())
        case let byte? where (0x30...0x39).contains(byte): return .number(try number())
        case nil: throw error("the text ends where a value was expected")
        default: throw error("no JSON value starts here")
        }
    }

    private mutating func literal(_ word: String, _ value: JSONValue) throws(JSONError) -> JSONValue {
        guard bytes[position...].starts(with: word.utf8) else { throw error("no JSON value starts here") }
        position += word.utf8.count
        return value
    }

    private mutating func number() throws(JSONError) -> JSONNumber {
        let start = position
        guard JSONNumber.scan(bytes, from: &position) else { throw error("this is no JSON number") }
        return JSONNumber(checked: String(decoding: bytes[start..<position], as: UTF8.self))
    }

    private mutating func enter() throws(JSONError) {
        depth += 1
        if depth > maximumDepth { throw error("nested deeper than \(maximumDepth) levels") }
        position += 1
        skipWhitespace()
    }

    private mutating func array() throws(JSONError) -> JSONValue {
        try enter()
        var elements: [JSONValue] = []
        if current == UInt8(ascii: "]") {
            position += 1
        } else {
            while true {
                elements.append(try value())
                if try !separator(closing: UInt8(ascii: "]"), of: "array") { break }
            }
        }
        depth -= 1
        return .array(elements)
    }

    private mutating func object() throws(JSONError) -> JSONValue {
        try enter()
        var members: [JSONObject.Member] = []
        if current == UInt8(ascii: "}") {
            position += 1
        } else {
            while true {
                skipWhitespace()
                guard current == UInt8(ascii: "\"") else { throw error("an object's key must be a string") }
                let key = try string()
                skipWhitespace()
                guard current == UInt8(ascii: ":") else { throw error("':' must follow the key") }
                position += 1
                members.append(JSONObject.Member(key: key, value: try value()))
                if try !separator(closing: UInt8(ascii: "}"), of: "object") { break }
            }
        }
        depth -= 1
        return .object(JSONObject(members))
    }

    /// Takes `,` (true) or the closing bracket (false).
    private mutating func separator(closing: UInt8, of kind: String) throws(JSONError) -> Bool {
        skipWhitespace()
        switch current {
        case UInt8(ascii: ","):
            position += 1
            return true
        case closing:
            position += 1
            return false
        case nil: throw error("the text ends inside an \(kind)")
        default:
            throw error("',' or '\(Character(Unicode.Scalar(closing)))' must follow here")
        }
    }

    private mutating func string() throws(JSONError) -> String {
        let opening = position
        position += 1
        var decoded: [UInt8] = []
        var plainStart = position
        while true {
            guard let byte = current else { throw error("this string is not closed", at: opening) }
            switch byte {
            case UInt8(ascii: "\""):
                decoded += bytes[plainStart..<position]
                position += 1
                guard let text = String(validating: decoded, as: UTF8.self) else {
                    throw error("this string is not valid UTF-8", at: opening)
                }
                return text
            case UInt8(ascii: "\\"):
                decoded += bytes[plainStart..<position]
                try escape(into: &decoded)
                plainStart = position
            case 0..<0x20: throw error("a control character must be escaped in a string")
            default: position += 1
            }
        }
    }

    private mutating func escape(into decoded: inout [UInt8]) throws(JSONError) {
        let start = position
        position += 1
        guard let byte = current else { throw error("this string is not closed", at: start) }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): decoded.append(byte)
        case UInt8(ascii: "b"): decoded.append(0x08)
        case UInt8(ascii: "f"): decoded.append(0x0C)
        case UInt8(ascii: "n"): decoded.append(0x0A)
        case UInt8(ascii: "r"): decoded.append(0x0D)
        case UInt8(ascii: "t"): decoded.append(0x09)
        case UInt8(ascii: "u"):
            var code = try hexadecimal(escapeAt: start)
            if (0xD800..<0xDC00).contains(code), bytes[position...].starts(with: [0x5C, 0x75]) {
                position += 2
                let low = try hexadecimal(escapeAt: start)
                guard (0xDC00..<0xE000).contains(low) else { throw error("a lone surrogate", at: start) }
                code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(code) else { throw error("a lone surrogate", at: start) }
            decoded += Array(String(Character(scalar)).utf8)
        default: throw error("'\\' may be followed by one of \" \\ / b f n r t u", at: start)
        }
    }

    private mutating func hexadecimal(escapeAt start: Int) throws(JSONError) -> UInt32 {
        guard position + 4 <= bytes.count,
            bytes[position..<position + 4].allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
            let code = UInt32(String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16)
        else { throw error("'\\u' must be followed by four hexadecimal digits", at: start) }
        position += 4
        return code
    }
}
