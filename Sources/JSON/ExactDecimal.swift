/// An exact decimal value `(-1)^negative × digits × 10^exponent`, normalised so that equal values are equal.
///
/// JSON Schema compares and divides numbers by value, not by spelling or by the nearest `Double`
/// (JSON Schema 2020-12 core, section 4.2.2).
public struct ExactDecimal: Sendable, Hashable, Comparable {
    /// Whether the value is below zero; zero is never negative.
    public let isNegative: Bool
    /// Significant digits 0...9, the most significant first, without leading or trailing zeros; empty for zero.
    public let digits: [UInt8]
    /// The power of ten that the integer formed by ``digits`` is multiplied by.
    public let exponent: Int

    /// The exact value of a JSON number.
    ///
    /// An exponent beyond ±10^15 is taken as ±10^15: no two such numbers differ for any practical schema.
    public init(_ number: JSONNumber) {
        var negative = false
        var digits: [UInt8] = []
        var scale = 0
        var sawPoint = false
        var exponentText = ""
        var inExponent = false
        for byte in number.text.utf8 {
            if inExponent {
                exponentText.append(Character(Unicode.Scalar(byte)))
            } else if byte == UInt8(ascii: "-") {
                negative = true
            } else if byte == UInt8(ascii: ".") {
                sawPoint = true
            } else if byte | 0x20 == UInt8(ascii: "e") {
                inExponent = true
            } else {
                digits.append(byte - UInt8(ascii: "0"))
                if sawPoint { scale -= 1 }
            }
        }
        let limit = 1_000_000_000_000_000
        let written =
            exponentText.isEmpty ? 0 : Int(exponentText) ?? (exponentText.hasPrefix("-") ? -limit : limit)
        self.init(isNegative: negative, digits: digits, exponent: scale + max(-limit, min(limit, written)))
    }

    /// The value of the given parts, normalised.
    public init(isNegative: Bool, digits: [UInt8], exponent: Int) {
        let leading = digits.prefix { $0 == 0 }.count
        let trailing = digits.count == leading ? 0 : digits.reversed().prefix { $0 == 0 }.count
        self.digits = Array(digits[leading..<(digits.count - trailing)])
        self.exponent = self.digits.isEmpty ? 0 : exponent + trailing
        self.isNegative = isNegative && !self.digits.isEmpty
    }

    /// Whether the value is zero.
    public var isZero: Bool { digits.isEmpty }

    /// Whether the value has no fractional part.
    public var isIntegral: Bool { exponent >= 0 }

    /// The value as an `Int`, when it is integral and fits.
    public var intValue: Int? {
        guard isIntegral, digits.count + exponent <= 19 else { return nil }
        var result = 0
        for digit in digits + [UInt8](repeating: 0, count: exponent) {
            let (product, overflow) = result.multipliedReportingOverflow(by: 10)
            let step = isNegative ? -Int(digit) : Int(digit)
            let (sum, carried) = product.addingReportingOverflow(step)
            if overflow || carried { return nil }
            result = sum
        }
        return result
    }

    /// Order by exact value.
    public static func < (left: ExactDecimal, right: ExactDecimal) -> Bool {
        if left.isNegative != right.isNegative { return left.isNegative }
        let order = left.compareMagnitude(to: right)
        return left.isNegative ? order > 0 : order < 0
    }

    private func compareMagnitude(to other: ExactDecimal) -> Int {
        if isZero || other.isZero { return (isZero ? 0 : 1) - (other.isZero ? 0 : 1) }
        let (top, otherTop) = (digits.count + exponent, other.digits.count + other.exponent)
        if top != otherTop { return top < otherTop ? -1 : 1 }
        for index in 0..<max(digits.count, other.digits.count) {
            let a = index < digits.count ? digits[index] : 0
            let b = index < other.digits.count ? other.digits[index] : 0
            if a != b { return a < b ? -1 : 1 }
        }
        return 0
    }

    /// Whether this value is an integral multiple of `divisor`, computed exactly by long division.
    ///
    /// Zero is a multiple of everything; nothing else is a multiple of zero. Cost: quadratic in the digits of both,
    /// whatever the exponents, so a hostile exponent costs nothing.
    public func isMultiple(of divisor: ExactDecimal) -> Bool {
        if isZero { return true }
        if divisor.isZero { return false }
        // self = a·10^e, divisor = b·10^f: a multiple exactly when b divides a·10^(e-f).
        let shift = exponent - divisor.exponent
        // With e < f it would have to divide by 10 as well, and a ends in no zero.
        if shift < 0 { return false }
        return isDivisible(by: divisor.digits, shiftedBy: shift)
    }

    private func isDivisible(by divisor: [UInt8], shiftedBy shift: Int) -> Bool {
        // Factors 2 and 5 are all that a power of ten can contribute: past 4 per divisor digit more zeros add none.
        let zeros = min(shift, divisor.count * 4 + 4)
        var remainder: [UInt8] = []
        for digit in digits + [UInt8](repeating: 0, count: zeros) {
            if !(remainder.isEmpty && digit == 0) { remainder.append(digit) }
            while ExactDecimal.atLeast(remainder, divisor) {
                ExactDecimal.subtract(divisor, from: &remainder)
            }
        }
        return remainder.isEmpty
    }

    private static func atLeast(_ a: [UInt8], _ b: [UInt8]) -> Bool {
        if a.count != b.count { return a.count > b.count }
        for (x, y) in zip(a, b) where x != y { return x > y }
        return true
    }

    private static func subtract(_ b: [UInt8], from a: inout [UInt8]) {
        var borrow: Int8 = 0
        for offset in 1...a.count {
            var value = Int8(a[a.count - offset]) - borrow
            if offset <= b.count { value -= Int8(b[b.count - offset]) }
            borrow = value < 0 ? 1 : 0
            a[a.count - offset] = UInt8(value + borrow * 10)
        }
        a.removeFirst(a.prefix { $0 == 0 }.count)
    }
}
