/// The visible text that is shown in place of something that must not reach the terminal.
///
/// Every stand-in is written between ‹ and ›. The opening mark, when it occurs in the text itself, has a stand-in
/// of its own, so that nobody can write one by hand.
enum StandIn {
    private static let controlNames = [
        "NUL", "SOH", "STX", "ETX", "EOT", "ENQ", "ACK", "BEL", "BS", "TAB", "LF", "VT", "FF", "CR", "SO",
        "SI",
        "DLE", "DC1", "DC2", "DC3", "DC4", "NAK", "SYN", "ETB", "CAN", "EM", "SUB", "ESC", "FS", "GS", "RS",
        "US",
    ]

    /// `‹ESC›` for the controls of ASCII, by ISO 646's names; `‹U+202E›` for all others.
    static func text(for scalar: Unicode.Scalar) -> String {
        if scalar.value < 32 { return "‹\(controlNames[Int(scalar.value)])›" }
        if scalar.value == 127 { return "‹DEL›" }
        let digits = String(scalar.value, radix: 16, uppercase: true)
        return "‹U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits + "›"
    }

    /// How many characters that text has.
    static func length(for scalar: Unicode.Scalar) -> Int {
        if scalar.value < 32 { return controlNames[Int(scalar.value)].utf8.count + 2 }
        if scalar.value == 127 { return 5 }
        let digits = (32 - scalar.value.leadingZeroBitCount + 3) / 4
        return 4 + max(4, digits)
    }

    /// `‹E2 82›` for bytes that are not UTF-8.
    static func text(forInvalid bytes: some Collection<UInt8>) -> String {
        let digits = Array("0123456789ABCDEF")
        return "‹" + bytes.map { "\(digits[Int($0 >> 4)])\(digits[Int($0 & 15)])" }.joined(separator: " ")
            + "›"
    }
}
