/// Sets of Unicode scalars as ranges, as patterns name them.
enum CharacterRanges {
    static let digits: [ClosedRange<UInt32>] = [0x30...0x39]
    static let word: [ClosedRange<UInt32>] = [0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A]
    static let space: [ClosedRange<UInt32>] = [
        0x09...0x0D, 0x20...0x20, 0xA0...0xA0, 0x1680...0x1680, 0x2000...0x200A, 0x2028...0x2029,
        0x202F...0x202F,
        0x205F...0x205F, 0x3000...0x3000, 0xFEFF...0xFEFF,
    ]

    /// All scalars outside the ranges.
    static func inverted(_ ranges: [ClosedRange<UInt32>]) -> [ClosedRange<UInt32>] {
        var result: [ClosedRange<UInt32>] = []
        var next: UInt32 = 0
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if range.lowerBound > next { result.append(next...(range.lowerBound - 1)) }
            next = max(next, range.upperBound + 1)
        }
        if next <= 0x10FFFF { result.append(next...0x10FFFF) }
        return result
    }

    /// The scalars of a general category, by the names that `\p{…}` takes; `nil` for a property not known here.
    static func property(_ name: String) -> [ClosedRange<UInt32>]? {
        let value = name.split(separator: "=").last.map(String.init) ?? name
        let categories: [Unicode.GeneralCategory]
        switch value {
        case "L", "Letter", "Alphabetic", "Alpha":
            categories = [
                .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
            ]
        case "Lu", "Uppercase_Letter", "Uppercase": categories = [.uppercaseLetter]
        case "Ll", "Lowercase_Letter", "Lowercase": categories = [.lowercaseLetter]
        case "N", "Number": categories = [.decimalNumber, .letterNumber, .otherNumber]
        case "Nd", "Decimal_Number", "digit": categories = [.decimalNumber]
        case "P", "Punctuation":
            categories = [
                .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation,
                .initialPunctuation,
                .finalPunctuation, .otherPunctuation,
            ]
        case "S", "Symbol": categories = [.mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol]
        case "Z", "Separator": categories = [.spaceSeparator, .lineSeparator, .paragraphSeparator]
        case "M", "Mark": categories = [.nonspacingMark, .spacingMark, .enclosingMark]
        default: return nil
        }
        var ranges: [ClosedRange<UInt32>] = []
        var open: UInt32?
        for value in UInt32(0)...0x110000 {
            let isIn =
                Unicode.Scalar(value).map { categories.contains($0.properties.generalCategory) } ?? false
            if isIn, open == nil { open = value }
            if !isIn, let start = open {
                ranges.append(start...(value - 1))
                open = nil
            }
        }
        return ranges
    }
}
