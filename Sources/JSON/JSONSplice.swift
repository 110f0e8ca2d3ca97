/// Changes single values of a JSON text and leaves every other byte of it as it is.
///
/// What passes through a proxy must not be written anew: white space, escapes and the spelling of numbers may be signed
/// or cached by others.
public enum JSONSplice {
    /// The bytes of the value at a place; `nil` where there is none, or the text is no JSON.
    ///
    /// Of duplicate keys the first one counts, as in ``JSONObject``.
    public static func range(of pointer: JSONPointer, in bytes: [UInt8]) -> Range<Int>? {
        var scan = JSONScan(bytes)
        return scan.range(of: pointer.tokens[...])
    }

    /// The text with the value at a place replaced by `value`, a JSON text.
    ///
    /// Where the last token of the pointer names no member yet, and what holds it is an object, the member is added at
    /// its end.
    /// - Returns: `nil` where there is no such place.
    public static func replacing(
        _ pointer: JSONPointer, with value: [UInt8], in bytes: [UInt8]
    ) -> [UInt8]? {
        if let range = range(of: pointer, in: bytes) {
            return bytes[..<range.lowerBound] + value + bytes[range.upperBound...]
        }
        guard let key = pointer.tokens.last,
            let holder = range(of: JSONPointer(pointer.tokens.dropLast()), in: bytes),
            bytes[holder.lowerBound] == UInt8(ascii: "{")
        else { return nil }
        let end = holder.upperBound - 1
        let isEmpty = bytes[(holder.lowerBound + 1)..<end].allSatisfy(JSONScan.isSpace)
        let member = Array(JSONValue.string(key).text().utf8) + [UInt8(ascii: ":")] + value
        return bytes[..<end] + (isEmpty ? [] : [UInt8(ascii: ",")]) + member + bytes[end...]
    }

    /// Whether the bytes are one JSON object or array from first to last, judged by its brackets and strings.
    public static func isBalanced(_ bytes: some Collection<UInt8>) -> Bool {
        var extent = JSONExtent()
        extent.take(bytes)
        return extent.isWhole
    }
}

/// How far a text that comes in pieces is one JSON object or array, judged by its brackets and strings.
///
/// Each byte is looked at once, however many pieces there are.
public struct JSONExtent: Sendable, Hashable {
    private enum Phase { case before, within, whole, other }

    private var phase = Phase.before
    private var balance = JSONBalance()

    /// The extent of nothing yet.
    public init() {}

    /// Whether all that came is one object or array, but for white space around it.
    public var isWhole: Bool { phase == .whole }

    /// Takes the bytes that follow.
    public mutating func take(_ bytes: some Sequence<UInt8>) {
        for byte in bytes {
            switch phase {
            case .other: return
            case .whole:
                if !JSONScan.isSpace(byte) { phase = .other }
            case .before where JSONScan.isSpace(byte): continue
            case .before where byte != UInt8(ascii: "{") && byte != UInt8(ascii: "["): phase = .other
            case .before, .within: phase = balance.isClosed(by: byte) ? .whole : .within
            }
        }
    }
}

/// Finds the end of a JSON object or array in bytes that come one by one.
public struct JSONBalance: Sendable, Hashable {
    private var depth = 0
    private var isInString = false
    private var isEscaped = false

    /// A balance before the opening bracket.
    public init() {}

    /// Takes the next byte; true where it closes the bracket that was opened first.
    public mutating func isClosed(by byte: UInt8) -> Bool {
        if isInString {
            if isEscaped {
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: "\"") {
                isInString = false
            }
            return false
        }
        switch byte {
        case UInt8(ascii: "\""): isInString = true
        case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
            depth -= 1
            return depth == 0
        default: break
        }
        return false
    }
}

/// Walks over a JSON text without building its values.
private struct JSONScan {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }

    mutating func range(of tokens: ArraySlice<String>) -> Range<Int>? {
        skipSpace()
        guard let token = tokens.first else {
            let start = position
            return skipValue() ? start..<position : nil
        }
        switch current {
        case UInt8(ascii: "{"):
            guard enterMember(token) else { return nil }
        case UInt8(ascii: "["):
            guard let index = Int(token), index >= 0, enterElement(index) else { return nil }
        default: return nil
        }
        return range(of: tokens.dropFirst())
    }

    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() { while let byte = current, JSONScan.isSpace(byte) { position += 1 } }

    /// Moves to the value of that member.
    private mutating func enterMember(_ key: String) -> Bool {
        position += 1
        while true {
            skipSpace()
            guard current == UInt8(ascii: "\"") else { return false }
            let start = position
            guard skipString() else { return false }
            let name = try? JSONParser.parse(Array(bytes[start..<position])).stringValue
            skipSpace()
            guard current == UInt8(ascii: ":") else { return false }
            position += 1
            skipSpace()
            if name?.utf8.elementsEqual(key.utf8) == true { return true }
            guard skipValue() else { return false }
            skipSpace()
            guard current == UInt8(ascii: ",") else { return false }
            position += 1
        }
    }

    private mutating func enterElement(_ index: Int) -> Bool {
        position += 1
        var left = index
        while true {
            skipSpace()
            guard let byte = current, byte != UInt8(ascii: "]") else { return false }
            if left == 0 { return true }
            guard skipValue() else { return false }
            left -= 1
            skipSpace()
            guard current == UInt8(ascii: ",") else { return false }
            position += 1
        }
    }

    private mutating func skipString() -> Bool {
        position += 1
        while let byte = current {
            position += byte == UInt8(ascii: "\\") ? 2 : 1
            if byte == UInt8(ascii: "\"") { return true }
        }
        return false
    }

    private mutating func skipValue() -> Bool {
        switch current {
        case UInt8(ascii: "\""): return skipString()
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            var balance = JSONBalance()
            while let byte = current {
                position += 1
                if balance.isClosed(by: byte) { return true }
            }
            return false
        case nil: return false
        default:
            let start = position
            while let byte = current, !JSONScan.isSpace(byte), !",]}".utf8.contains(byte) { position += 1 }
            return position > start
        }
    }
}
