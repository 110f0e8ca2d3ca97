/// A last sieve before a terminal for text that is put together from parts, some of them safe already.
///
/// Unlike ``SafeText`` it leaves stand-ins as they are, so that it can be applied to anything, more than once.
public enum ScreenedText {
    /// The text with a stand-in for every scalar that must not reach a terminal, its line feeds and tabs kept.
    public static func lines(_ text: String) -> String { screened(text, keepsLines: true) }

    /// The text on one line: line feeds and tabs have stand-ins too.
    public static func line(_ text: String) -> String { screened(text, keepsLines: false) }

    /// JSON with an escape for every scalar that must not reach a terminal; such stand in its strings alone.
    public static func json(_ text: String) -> String {
        if text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) || $0 == 0x0A }) { return text }
        var result = "".unicodeScalars
        result.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            guard CharacterClass(scalar) == .hidden, scalar != "\n", scalar != "\t", scalar != "\r" else {
                result.append(scalar)
                continue
            }
            for unit in String(scalar).utf16 {
                let digits = String(unit, radix: 16)
                result.append(
                    contentsOf: "\\u\(String(repeating: "0", count: 4 - digits.utf8.count))\(digits)"
                        .unicodeScalars)
            }
        }
        return String(result)
    }

    private static func screened(_ text: String, keepsLines: Bool) -> String {
        // Nearly all that is printed is plain.
        if text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return text }
        var result = "".unicodeScalars
        result.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            if keepsLines && (scalar == "\n" || scalar == "\t") || scalar == "\u{2039}" {
                result.append(scalar)
            } else if CharacterClass(scalar) == .hidden, !isPresentationSelector(scalar) {
                result.append(contentsOf: StandIn.text(for: scalar).unicodeScalars)
            } else {
                result.append(scalar)
            }
        }
        return String(result)
    }

    private static func isPresentationSelector(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value == 0xFE0E || scalar.value == 0xFE0F
    }
}
