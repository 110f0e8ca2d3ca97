import Agent
import JSON

/// Text as far as it is laid out: what nobody can read on a screen costs nothing there.
enum ShownText {
    /// Bytes of one text that the conversation shows.
    static let most = 256 << 10
    /// Bytes from which on a text is laid out row by row, where somebody looks at it, and is not edited in place.
    static let mostAtOnce = 128 << 10
    /// Bytes of a text of which only one line is shown.
    static let mostLine = 2 << 10
    /// Bytes of a token that are shown: more than the longest of any vocabulary.
    static let mostToken = 1 << 10

    /// Whether a text is too long to be laid out as a whole.
    static func isLong(_ text: String) -> Bool { text.utf8.count > mostAtOnce }

    /// The beginning of a text, up to so many bytes; whole scalars.
    static func beginning(_ text: String, most: Int = ShownText.most) -> String {
        guard text.utf8.count > most else { return text }
        return String(decoding: bytes(text.utf8, most: most), as: UTF8.self)
    }

    /// The beginning of a text's bytes for one line.
    static func line(_ text: String) -> [UInt8] { bytes(text.utf8, most: mostLine) }

    /// The beginning of a token's bytes; all of them, but for a piece that no tokenizer would make.
    static func token(_ bytes: [UInt8]) -> [UInt8] { ShownText.bytes(bytes, most: mostToken) }

    private static func bytes(_ text: some Collection<UInt8>, most: Int) -> [UInt8] {
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

    /// Why a text cannot be edited here; `nil` where it can.
    static func objection(toEditing text: String) -> String? {
        guard isLong(text) else { return nil }
        return
            "\(Figure.amount(text.utf8.count, "byte")) are more than can be edited here; they can be read to their end, "
            + "then a approves and d denies"
    }
}
