/// Where a writer stands between the bytes of a JSON string: at a character's boundary, inside a UTF-8 sequence or
/// inside an escape (RFC 8259, section 7; RFC 3629, section 4).
///
/// The low four bits are the kind, the others what an escape has spelled so far.
enum StringMode {
    static let normal: UInt32 = 0
    private static let oneMore: UInt32 = 1
    private static let twoMore: UInt32 = 2
    private static let threeMore: UInt32 = 3
    private static let afterE0: UInt32 = 4
    private static let afterED: UInt32 = 5
    private static let afterF0: UInt32 = 6
    private static let afterF4: UInt32 = 7
    static let escape: UInt32 = 8
    static let hex: UInt32 = 9
    static let lowBackslash: UInt32 = 10
    static let lowU: UInt32 = 11
    static let lowHex: UInt32 = 12

    /// What a byte does.
    enum Effect {
        case dead
        case close
        /// The next mode; the text gains the byte itself.
        case raw(UInt32)
        /// The next mode; the text gains nothing yet.
        case silent(UInt32)
        /// Back to a boundary; the text gains this scalar.
        case scalar(UInt32)
    }

    /// Whether an escape is half written.
    static func isEscape(_ mode: UInt32) -> Bool { mode & 15 >= escape }

    @inline(__always)
    static func isBoundary(_ mode: UInt32) -> Bool { mode == normal }

    /// The effect of one byte.
    static func step(_ mode: UInt32, _ byte: UInt8) -> Effect {
        let payload = mode >> 4
        switch mode & 15 {
        case normal:
            switch byte {
            case 0x22: return .close
            case 0x5C: return .silent(escape)
            case 0x20...0x7F: return .raw(normal)
            case 0xC2...0xDF: return .raw(oneMore)
            case 0xE0: return .raw(afterE0)
            case 0xED: return .raw(afterED)
            case 0xE1...0xEF: return .raw(twoMore)
            case 0xF0: return .raw(afterF0)
            case 0xF1...0xF3: return .raw(threeMore)
            case 0xF4: return .raw(afterF4)
            default: return .dead
            }
        case oneMore: return (0x80...0xBF).contains(byte) ? .raw(normal) : .dead
        case twoMore: return (0x80...0xBF).contains(byte) ? .raw(oneMore) : .dead
        case threeMore: return (0x80...0xBF).contains(byte) ? .raw(twoMore) : .dead
        case afterE0: return (0xA0...0xBF).contains(byte) ? .raw(oneMore) : .dead
        case afterED: return (0x80...0x9F).contains(byte) ? .raw(oneMore) : .dead
        case afterF0: return (0x90...0xBF).contains(byte) ? .raw(twoMore) : .dead
        case afterF4: return (0x80...0x8F).contains(byte) ? .raw(twoMore) : .dead
        case escape:
            switch byte {
            case 0x22, 0x5C, 0x2F: return .scalar(UInt32(byte))
            case UInt8(ascii: "b"): return .scalar(8)
            case UInt8(ascii: "f"): return .scalar(12)
            case UInt8(ascii: "n"): return .scalar(10)
            case UInt8(ascii: "r"): return .scalar(13)
            case UInt8(ascii: "t"): return .scalar(9)
            case UInt8(ascii: "u"): return .silent(hex)
            default: return .dead
            }
        case hex:
            guard let digit = hexValue(byte) else { return .dead }
            let count = payload & 3
            let value = ((payload >> 2) << 4) | digit
            // A low surrogate may not come first: DC00...DFFF.
            if count == 1, (0xDC...0xDF).contains(value) { return .dead }
            if count < 3 { return .silent(hex | ((value << 2 | (count + 1)) << 4)) }
            if (0xD800...0xDBFF).contains(value) { return .silent(lowBackslash | ((value & 0x3FF) << 4)) }
            return .scalar(value)
        case lowBackslash: return byte == 0x5C ? .silent(lowU | (payload << 4)) : .dead
        case lowU: return byte == UInt8(ascii: "u") ? .silent(lowHex | (payload << 22)) : .dead
        default:
            guard let digit = hexValue(byte) else { return .dead }
            let high = payload >> 18
            let count = payload & 3
            let value = (payload >> 2) & 0xFFFF
            let next = value << 4 | digit
            if count == 0, digit != 0xD { return .dead }
            if count == 1, digit < 0xC { return .dead }
            if count < 3 { return .silent(lowHex | ((high << 18 | next << 2 | (count + 1)) << 4)) }
            return .scalar(0x10000 + ((high << 10) | (next & 0x3FF)))
        }
    }

    private static func hexValue(_ byte: UInt8) -> UInt32? {
        switch byte {
        case 0x30...0x39: UInt32(byte) - 0x30
        case 0x41...0x46: UInt32(byte) - 0x41 + 10
        case 0x61...0x66: UInt32(byte) - 0x61 + 10
        default: nil
        }
    }

    /// Whether an escape is the one spelling that a writer of known text uses: short where there is a short one,
    /// `\u00XX` for other control characters, and none for a character that can stand for itself.
    static func isCanonical(_ mode: UInt32, _ byte: UInt8, _ effect: Effect) -> Bool {
        switch mode & 15 {
        case escape: return byte != 0x2F
        case hex:
            if case .scalar(let value) = effect {
                return value < 0x20 && ![8, 9, 10, 12, 13].contains(value) || value == 0x7F
            }
            let count = (mode >> 4) & 3
            return count >= 2 || byte == 0x30
        default: return true
        }
    }
}
