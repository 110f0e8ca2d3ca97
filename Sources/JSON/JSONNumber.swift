/// A JSON number, kept as it was spelled (RFC 8259, section 6).
public struct JSONNumber: Sendable, Hashable, CustomStringConvertible {
    /// The spelling, for example `1.50` or `1e3`; always a valid JSON number.
    public let text: String

    /// A number with the usual spelling of an integer.
    public init(_ value: Int) { text = String(value) }

    /// A number with the shortest spelling that reads back as `value`, or `nil` when it is not finite.
    public init?(_ value: Double) {
        guard value.isFinite else { return nil }
        text =
            value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : String(value)
    }

    /// A number spelled `text`, or `nil` when that is no JSON number.
    public init?(text: String) {
        guard JSONNumber.isValid(Array(text.utf8)) else { return nil }
        self.text = text
    }

    /// Trusts the parser, which has checked the spelling.
    init(checked text: String) { self.text = text }

    /// The nearest `Double`; infinite where the number is out of its range.
    public var doubleValue: Double { Double(text) ?? .nan }

    /// The value as an `Int`, when it is integral and fits (`1.0` and `1e2` are integral).
    public var intValue: Int? { Int(text) ?? decimal.intValue }

    /// The exact value.
    public var decimal: ExactDecimal { ExactDecimal(self) }

    /// Whether the exact value has no fractional part.
    public var isIntegral: Bool { decimal.isIntegral }

    /// The spelling.
    public var description: String { text }

    static func isValid(_ bytes: [UInt8]) -> Bool {
        var position = 0
        return scan(bytes, from: &position) && position == bytes.count
    }

    /// Moves `position` after the number that starts there; false where none does.
    static func scan(_ bytes: [UInt8], from position: inout Int) -> Bool {
        func digit(_ index: Int) -> Bool { index < bytes.count && (0x30...0x39).contains(bytes[index]) }
        var index = position
        if index < bytes.count, bytes[index] == UInt8(ascii: "-") { index += 1 }
        guard digit(index) else { return false }
        if bytes[index] == UInt8(ascii: "0") {
            index += 1
        } else {
            while digit(index) { index += 1 }
        }
        if index < bytes.count, bytes[index] == UInt8(ascii: ".") {
            guard digit(index + 1) else { return false }
            index += 1
            while digit(index) { index += 1 }
        }
        if index < bytes.count, bytes[index] | 0x20 == UInt8(ascii: "e") {
            index += 1
            if index < bytes.count, bytes[index] == UInt8(ascii: "+") || bytes[index] == UInt8(ascii: "-") {
                index += 1
            }
            guard digit(index) else { return false }
            while digit(index) { index += 1 }
        }
        position = index
        return true
    }
}
