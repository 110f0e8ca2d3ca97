/// The chain that ties a journal's lines together: each carries, as its last field, the SHA-256 of the hash before it
/// and of its own text.
///
/// A line that was changed, cut out or moved no longer fits its neighbours. Whoever can write the file can also write
/// a new chain: the last hash, noted elsewhere, tells even that.
public struct JournalChain: Sendable {
    /// The hash of the last line; empty before the first.
    public private(set) var head: String

    private static let opening = Array(",\"hash\":\"".utf8)
    private static let digits = 64

    /// A chain that goes on from a line with that hash; the default is a journal's beginning.
    public init(after head: String = "") { self.head = head }

    /// The line, given with its line break and without a hash, with its hash.
    public mutating func seal(_ line: [UInt8]) -> [UInt8] {
        let text = line.last == 0x0A ? line.dropLast() : line[...]
        head = JournalChain.hash(of: text, after: head)
        return Array(text.dropLast()) + JournalChain.opening + Array(head.utf8) + Array("\"}\n".utf8)
    }

    /// The hash of a line's text, without line break and hash field.
    static func hash(of text: some Sequence<UInt8>, after head: String) -> String {
        var hash = SHA256()
        hash.update(head.utf8)
        hash.update(text)
        return hash.hex()
    }

    /// A line, given without its line break, in its text and its hash; `nil` where it has none.
    static func unsealed(_ line: some RandomAccessCollection<UInt8>) -> (text: [UInt8], hash: String)? {
        let tail = opening.count + digits + 2
        guard line.count > tail, line.suffix(2).elementsEqual("\"}".utf8) else { return nil }
        let field = line.suffix(tail)
        guard field.starts(with: opening) else { return nil }
        let hash = field.dropFirst(opening.count).prefix(digits)
        guard hash.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }) else {
            return nil
        }
        return (Array(line.dropLast(tail)) + [UInt8(ascii: "}")], String(decoding: hash, as: UTF8.self))
    }
}
