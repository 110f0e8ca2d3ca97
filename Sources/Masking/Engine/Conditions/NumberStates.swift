import JSON

/// Where a writer stands in a number's syntax (RFC 8259, section 6).
enum NumberPlace: UInt8 {
    case start, sign, zero, whole, point, fraction, exponent, exponentSign, exponentDigits

    var canEnd: Bool {
        switch self {
        case .zero, .whole, .fraction, .exponentDigits: true
        default: false
        }
    }

    func step(_ byte: UInt8) -> NumberPlace? {
        let digit = (0x30...0x39).contains(byte)
        switch self {
        case .start:
            if byte == UInt8(ascii: "-") { return .sign }
            return digit ? (byte == 0x30 ? .zero : .whole) : nil
        case .sign: return digit ? (byte == 0x30 ? .zero : .whole) : nil
        case .zero, .whole:
            if self == .whole, digit { return .whole }
            if byte == UInt8(ascii: ".") { return .point }
            return byte | 0x20 == UInt8(ascii: "e") ? .exponent : nil
        case .point: return digit ? .fraction : nil
        case .fraction:
            if digit { return .fraction }
            return byte | 0x20 == UInt8(ascii: "e") ? .exponent : nil
        case .exponent:
            if byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") { return .exponentSign }
            return digit ? .exponentDigits : nil
        case .exponentSign, .exponentDigits: return digit ? .exponentDigits : nil
        }
    }
}

/// A number being written: its formula, its place in the syntax and, where the digits matter, its text.
struct NumberState: Hashable {
    var formula: Formulas.ID
    var place: NumberPlace
    var text: [UInt8]
}

/// The alternatives of a number formula.
final class NumberAlternatives {
    let branches: [NumberSpec]
    /// Whether only integrality is asked, so that the text can be forgotten.
    let onlyIntegral: Bool
    /// Whether the digits matter.
    let needsText: Bool
    /// Whether a point or an exponent makes a number no integer (draft 4).
    let isPlain: Bool

    init(branches: [NumberSpec], needsText: Bool) {
        self.branches = branches
        onlyIntegral = !needsText && branches.contains { $0.isIntegral }
        self.needsText = needsText
        isPlain = onlyIntegral && branches.contains { $0.isPlain }
    }

    /// Whether some alternative can still be satisfied.
    func canComplete(_ text: [UInt8]) -> Bool { branches.contains { $0.canComplete(text) } }
}
