import JSON

/// Text of a model, a tool or a file, made safe to print: what would act on the terminal shows as a marked stand-in.
enum PlainText {
    /// The text on one line: every control and invisible character as `‹U+XXXX›`, line breaks as `⏎`.
    static func line(_ text: String) -> String { escaped(text, lineBreak: "⏎") }

    /// The text in its own lines, none with anything that a terminal would obey.
    static func lines(_ text: String) -> [String] {
        escaped(text, lineBreak: "\n").splitAt(scalar: "\n")
    }

    private static func escaped(_ text: String, lineBreak: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            if scalar == "\n" {
                result += lineBreak
            } else if isShown(scalar) {
                result.unicodeScalars.append(scalar)
            } else {
                let code = String(scalar.value, radix: 16, uppercase: true)
                result += "‹U+" + String(repeating: "0", count: max(0, 4 - code.count)) + code + "›"
            }
        }
        return result
    }

    /// Whether the character shows as itself: controls, formats (bidirectional overrides, zero-width characters,
    /// tags), separators other than the space, and code points without a character do not.
    private static func isShown(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned, .privateUse:
            false
        case .spaceSeparator: scalar == " " || scalar == "\u{3000}"
        default: !scalar.properties.isDefaultIgnorableCodePoint || isVariationSelector(scalar)
        }
    }

    /// The selector of emoji or text presentation only: others can hide data.
    private static func isVariationSelector(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value == 0xFE0E || scalar.value == 0xFE0F
    }
}
