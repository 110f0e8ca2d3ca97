import Synchronization

/// The Unicode properties that `\p{…}` can name: general categories, and those that schemas use.
package enum UnicodeProperty {
    /// Sets once found: finding one looks at every code point.
    private static let found = Mutex<[String: ScalarSet]>([:])

    /// The code points that have the property; `nil` for one that is not known here.
    package static func set(named name: String) -> ScalarSet? {
        if let known = found.withLock({ $0[name] }) { return known }
        guard let set = search(name) else { return nil }
        found.withLock { $0[name] = set }
        return set
    }

    private static func search(_ name: String) -> ScalarSet? {
        let value = name.split(separator: "=", maxSplits: 1).last.map(String.init) ?? name
        if name.hasPrefix("Script=") || name.hasPrefix("sc=") || name.hasPrefix("Script_Extensions=") {
            return nil
        }
        switch value {
        case "Any": return ScalarSet([0...ScalarSet.last])
        case "ASCII": return ScalarSet([0...0x7F])
        case "Alphabetic", "Alpha": return collect { $0.properties.isAlphabetic }
        case "Lowercase": return collect { $0.properties.isLowercase }
        case "Uppercase": return collect { $0.properties.isUppercase }
        case "White_Space": return collect { $0.properties.isWhitespace }
        case "Emoji": return collect { $0.properties.isEmoji }
        default:
            guard let wanted = categories[value] else { return nil }
            return collect { wanted.contains($0.properties.generalCategory) }
        }
    }

    private static func collect(_ has: (Unicode.Scalar) -> Bool) -> ScalarSet {
        var ranges: [ClosedRange<UInt32>] = []
        for value in 0...ScalarSet.last {
            guard let scalar = Unicode.Scalar(value), has(scalar) else { continue }
            if let before = ranges.last, before.upperBound + 1 == value {
                ranges[ranges.count - 1] = before.lowerBound...value
            } else {
                ranges.append(value...value)
            }
        }
        return ScalarSet(ranges)
    }

    private static let letters: Set<Unicode.GeneralCategory> = [
        .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
    ]
    private static let marks: Set<Unicode.GeneralCategory> = [.nonspacingMark, .spacingMark, .enclosingMark]
    private static let numbers: Set<Unicode.GeneralCategory> = [.decimalNumber, .letterNumber, .otherNumber]
    private static let punctuation: Set<Unicode.GeneralCategory> = [
        .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
        .finalPunctuation, .otherPunctuation,
    ]
    private static let symbols: Set<Unicode.GeneralCategory> = [
        .mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol,
    ]
    private static let separators: Set<Unicode.GeneralCategory> = [
        .spaceSeparator, .lineSeparator, .paragraphSeparator,
    ]
    private static let others: Set<Unicode.GeneralCategory> = [.control, .format, .privateUse, .unassigned]

    /// Short and long names, by Unicode's property value aliases.
    private static let categories: [String: Set<Unicode.GeneralCategory>] = [
        "L": letters, "Letter": letters, "Lu": [.uppercaseLetter], "Uppercase_Letter": [.uppercaseLetter],
        "Ll": [.lowercaseLetter], "Lowercase_Letter": [.lowercaseLetter], "Lt": [.titlecaseLetter],
        "Lm": [.modifierLetter], "Lo": [.otherLetter], "M": marks, "Mark": marks, "Mn": [.nonspacingMark],
        "Mc": [.spacingMark], "Me": [.enclosingMark], "N": numbers, "Number": numbers, "Nd": [.decimalNumber],
        "digit": [.decimalNumber], "Decimal_Number": [.decimalNumber], "Nl": [.letterNumber],
        "No": [.otherNumber],
        "P": punctuation, "Punctuation": punctuation, "punct": punctuation, "Pc": [.connectorPunctuation],
        "Pd": [.dashPunctuation], "Ps": [.openPunctuation], "Pe": [.closePunctuation],
        "Pi": [.initialPunctuation],
        "Pf": [.finalPunctuation], "Po": [.otherPunctuation], "S": symbols, "Symbol": symbols,
        "Sm": [.mathSymbol],
        "Sc": [.currencySymbol], "Sk": [.modifierSymbol], "So": [.otherSymbol], "Z": separators,
        "Separator": separators, "Zs": [.spaceSeparator], "Zl": [.lineSeparator], "Zp": [.paragraphSeparator],
        "C": others, "Other": others, "Cc": [.control], "Control": [.control], "cntrl": [.control],
        "Cf": [.format],
        "Co": [.privateUse], "Cn": [.unassigned],
    ]
}
