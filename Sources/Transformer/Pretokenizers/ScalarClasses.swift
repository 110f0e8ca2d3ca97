/// The properties of a Unicode scalar that pre-tokenisers tell apart; a scalar has exactly one, or none.
struct ScalarClasses: OptionSet, Sendable {
    let rawValue: UInt16

    /// General categories Lu and Lt.
    static let upper = ScalarClasses(rawValue: 1)
    /// General category Ll.
    static let lower = ScalarClasses(rawValue: 1 << 1)
    /// General categories Lm and Lo, but for what ``han`` has.
    static let caseless = ScalarClasses(rawValue: 1 << 2)
    /// Letters of the script Han, which some patterns keep apart.
    static let han = ScalarClasses(rawValue: 1 << 3)
    /// General categories M.
    static let mark = ScalarClasses(rawValue: 1 << 4)
    /// General categories N.
    static let number = ScalarClasses(rawValue: 1 << 5)
    /// General categories P.
    static let punctuation = ScalarClasses(rawValue: 1 << 6)
    /// General categories S.
    static let symbol = ScalarClasses(rawValue: 1 << 7)
    /// Line feed and carriage return.
    static let newline = ScalarClasses(rawValue: 1 << 8)
    /// The rest of the property White_Space.
    static let space = ScalarClasses(rawValue: 1 << 9)

    /// General categories L.
    static let letter: ScalarClasses = [.upper, .lower, .caseless, .han]
    /// The property White_Space.
    static let whitespace: ScalarClasses = [.newline, .space]

    init(rawValue: UInt16) { self.rawValue = rawValue }

    /// The class of a scalar.
    init(_ scalar: Unicode.Scalar) {
        self = scalar.value < 128 ? Self.ascii[Int(scalar.value)] : Self.looked(up: scalar)
    }

    private static let ascii = (0..<128).map { looked(up: Unicode.Scalar(UInt8($0))) }

    private static func looked(up scalar: Unicode.Scalar) -> ScalarClasses {
        if scalar == "\n" || scalar == "\r" { return .newline }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .titlecaseLetter: return .upper
        case .lowercaseLetter: return .lower
        case .modifierLetter, .otherLetter: return isHan(scalar) ? .han : .caseless
        case .nonspacingMark, .spacingMark, .enclosingMark: return .mark
        case .decimalNumber, .letterNumber, .otherNumber: return .number
        case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation,
            .initialPunctuation, .finalPunctuation, .otherPunctuation:
            return .punctuation
        case .mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol: return .symbol
        default: return scalar.properties.isWhitespace ? .space : []
        }
    }

    /// The ideographs: unified, their extensions, and the compatibility ones.
    private static func isHan(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF, 0x20000...0x2EBEF, 0x2F800...0x2FA1F: true
        default: false
        }
    }
}
