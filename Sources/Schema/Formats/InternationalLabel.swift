/// Which labels may stand in an international host name (RFC 5891, section 4.2; RFC 5892; RFC 5893).
enum InternationalLabel {
    /// Whether a label with non-ASCII characters is a U-label by itself; see ``followBidiRule(_:)`` for whole names.
    static func isValid(_ label: [UInt32]) -> Bool {
        guard let first = label.first, first != 0x2D, label.last != 0x2D,
            !(label.count >= 4 && label[2] == 0x2D && label[3] == 0x2D), !isMark(first)
        else { return false }
        return label.indices.allSatisfy { isAllowed(at: $0, in: label) }
    }

    private static func properties(_ value: UInt32) -> Unicode.Scalar.Properties? {
        Unicode.Scalar(value)?.properties
    }

    private static func isMark(_ value: UInt32) -> Bool {
        switch properties(value)?.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark: true
        default: false
        }
    }

    /// The derived property of RFC 5892, section 3, with the contextual rules of appendix A.
    private static func isAllowed(at index: Int, in label: [UInt32]) -> Bool {
        let value = label[index]
        let before = index > 0 ? label[index - 1] : nil
        let after = index + 1 < label.count ? label[index + 1] : nil
        switch value {
        case 0xDF, 0x3C2, 0x6FD, 0x6FE, 0xF0B, 0x3007: return true
        case 0x640, 0x7FA, 0x302E, 0x302F, 0x3031...0x3035, 0x303B: return false
        case 0xB7: return before == 0x6C && after == 0x6C
        case 0x375: return after.map(isGreek) ?? false
        case 0x5F3, 0x5F4:
            return before.map { (0x591...0x5F4).contains($0) || (0xFB1D...0xFB4F).contains($0) } ?? false
        case 0x30FB: return label.contains { isKanaOrHan($0) }
        case 0x660...0x669: return !label.contains { (0x6F0...0x6F9).contains($0) }
        case 0x6F0...0x6F9: return !label.contains { (0x660...0x669).contains($0) }
        case 0x200C: return isVirama(before) || joins(at: index, in: label)
        case 0x200D: return isVirama(before)
        case 0x2D, 0x30...0x39, 0x61...0x7A: return true
        case 0x1100...0x11FF, 0xA960...0xA97F, 0xD7B0...0xD7FF: return false
        default: break
        }
        guard let properties = properties(value), !properties.changesWhenNFKCCaseFolded,
            !properties.isDefaultIgnorableCodePoint
        else { return false }
        switch properties.generalCategory {
        case .lowercaseLetter, .uppercaseLetter, .otherLetter, .decimalNumber, .modifierLetter,
            .nonspacingMark,
            .spacingMark:
            return true
        default: return false
        }
    }

    private static func isVirama(_ value: UInt32?) -> Bool {
        value.flatMap(properties)?.canonicalCombiningClass.rawValue == 9
    }

    private static func isGreek(_ value: UInt32) -> Bool {
        (0x370...0x3FF).contains(value) || (0x1F00...0x1FFF).contains(value)
    }

    private static func isKanaOrHan(_ value: UInt32) -> Bool {
        switch value {
        case 0x30FB: false
        case 0x3005, 0x3007, 0x3021...0x3029, 0x3041...0x3096, 0x309D...0x309F, 0x30A1...0x30FA,
            0x30FD...0x30FF,
            0x31F0...0x31FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF, 0xFF66...0xFF9D,
            0x20000...0x3FFFF:
            true
        default: false
        }
    }

    /// Whether the letters around a joiner join in cursive writing (appendix A.1); Arabic letters are looked up, other
    /// cursive scripts are not.
    private static func joins(at index: Int, in label: [UInt32]) -> Bool {
        guard let before = label[..<index].last(where: { !isMark($0) }),
            let after = label[(index + 1)...].first(where: { !isMark($0) })
        else { return false }
        return isArabicLetter(before) && !joinsOnlyBefore(before) && isArabicLetter(after)
    }

    private static func isArabicLetter(_ value: UInt32) -> Bool {
        (0x620...0x64A).contains(value) && value != 0x621 || (0x66E...0x6D5).contains(value) && value != 0x674
            || (0x6FA...0x6FF).contains(value) || (0x750...0x77F).contains(value)
    }

    private static func joinsOnlyBefore(_ value: UInt32) -> Bool {
        switch value {
        case 0x622...0x625, 0x627, 0x629, 0x62F...0x632, 0x648, 0x671...0x673, 0x675...0x677, 0x688...0x699,
            0x6C0,
            0x6C3...0x6CB, 0x6CD, 0x6CF, 0x6D2, 0x6D3, 0x6D5, 0x6EE, 0x6EF:
            true
        default: false
        }
    }

    // MARK: Writing direction

    private enum Direction { case left, right, arabicNumber, europeanNumber, mark, neutral }

    private static func direction(_ value: UInt32) -> Direction {
        if isMark(value), properties(value)?.generalCategory != .spacingMark { return .mark }
        switch value {
        case 0x30...0x39, 0x6F0...0x6F9: return .europeanNumber
        case 0x660...0x669, 0x66B, 0x66C: return .arabicNumber
        case 0x590...0x8FF, 0xFB1D...0xFDFF, 0xFE70...0xFEFF, 0x10800...0x10FFF, 0x1E800...0x1EFFF:
            return .right
        case 0x2D, 0x200C, 0x200D, 0xB7: return .neutral
        default: return .left
        }
    }

    /// The Bidi rule, which holds for all labels of a name that has one letter written from the right (RFC 5893,
    /// section 2).
    static func followBidiRule(_ labels: [[UInt32]]) -> Bool {
        let directions = labels.map { $0.map(direction) }
        guard directions.contains(where: { $0.contains { $0 == .right || $0 == .arabicNumber } }) else {
            return true
        }
        return directions.allSatisfy { label in
            let last = label.last { $0 != .mark }
            switch label.first {
            case .right:
                return !label.contains(.left) && last != .neutral
                    && !(label.contains(.europeanNumber) && label.contains(.arabicNumber))
            case .left:
                return !label.contains { $0 == .right || $0 == .arabicNumber } && last != .neutral
            default: return false
            }
        }
    }
}
