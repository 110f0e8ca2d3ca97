import Agent
import JSON

/// Text as far as it is laid out: what nobody can read on a screen costs nothing there.
enum ShownText {
    /// Bytes of one text that are laid out.
    static let most = 256 << 10
    /// Bytes of arguments that a person can be asked to read before they run.
    static let mostArguments = 128 << 10
    /// Bytes of a text of which only one line is shown.
    static let mostLine = 2 << 10

    /// The beginning of a text, up to so many bytes; whole scalars.
    static func beginning(_ text: String, most: Int = ShownText.most) -> String {
        guard text.utf8.count > most else { return text }
        return String(decoding: bytes(text.utf8, most: most), as: UTF8.self)
    }

    /// The beginning of a text's bytes for one line.
    static func line(_ text: String) -> [UInt8] { bytes(text.utf8, most: mostLine) }

    private static func bytes(_ text: String.UTF8View, most: Int) -> [UInt8] {
        var bytes = Array(text.prefix(most + 1))
        guard bytes.count > most else { return bytes }
        // Not in the midst of a scalar.
        while let last = bytes.popLast(), last & 0xC0 == 0x80 {}
        return bytes
    }

    /// What stands below a text of which only the beginning is shown; `nil` where it is whole.
    static func rest(of text: String, most: Int = ShownText.most) -> String? {
        let size = text.utf8.count
        guard size > most else { return nil }
        return
            "… this is the beginning of \(Figure.amount(size, "byte")); the journal has all, and replay --print shows it"
    }

    /// Whether arguments are more than a person can be asked to read here.
    static func isTooLong(_ arguments: ByteString) -> Bool { arguments.text.utf8.count > mostArguments }

    /// Why they cannot be approved here.
    static func objection(to arguments: ByteString) -> String {
        "its arguments have \(Figure.amount(arguments.text.utf8.count, "byte")), more than can be read here: d denies it; "
            + "what is to run so is better said in a rule"
    }
}
