/// What a command line runs, each with its words joined by one space and its quotes taken off.
///
/// Assignments and the files of redirections are parts of their own: `A=1`, `> FILE`.
struct ShellParts {
    private(set) var texts: [String] = []
    private var size = 0

    /// A line of suffixes of suffixes must not fill the memory.
    private static let largest = 1 << 20

    var isTooLarge: Bool { size > ShellParts.largest }

    mutating func append(_ bytes: [UInt8]) {
        size += bytes.count
        if !isTooLarge { texts.append(String(decoding: bytes, as: UTF8.self)) }
    }

    mutating func append(_ sign: String, _ bytes: [UInt8]) { append(Array(sign.utf8) + bytes) }

    /// The words of a command.
    mutating func append(_ words: ArraySlice<ShellWord>) {
        append(Array(words.map(\.bytes).joined(separator: [0x20])))
    }

    mutating func append(_ other: ShellParts) { for text in other.texts { append(Array(text.utf8)) } }
}
