/// Cuts bytes that arrive in pieces of any size into lines that end with a line feed.
struct LineReader: Sendable {
    private var rest: [UInt8] = []
    private let largest: Int

    init(largest: Int = 1 << 26) { self.largest = largest }

    /// The lines that are whole now, without their ends.
    /// - Throws: ``StreamFault`` for a line that does not end.
    mutating func take(_ bytes: some Sequence<UInt8>) throws(StreamFault) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        for byte in bytes {
            if byte == 0x0A {
                if rest.last == 0x0D { rest.removeLast() }
                lines.append(rest)
                rest = []
            } else {
                rest.append(byte)
            }
        }
        guard rest.count <= largest else { throw StreamFault("a line has more than \(largest) bytes") }
        return lines
    }

    /// What has come behind the last line's end.
    var unfinished: [UInt8] { rest }
}
