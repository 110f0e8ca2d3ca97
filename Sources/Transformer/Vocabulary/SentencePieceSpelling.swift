/// How SentencePiece writes the pieces of a vocabulary: U+2581 for a space, and single bytes as `<0x0A>`.
enum SentencePieceSpelling {
    /// U+2581 turned back into a space.
    static func unescaped(_ entry: some Collection<UInt8>) -> [UInt8] {
        let entry = Array(entry)
        var result: [UInt8] = []
        result.reserveCapacity(entry.count)
        var index = 0
        while index < entry.count {
            if entry[index] == 0xe2, entry[index...].starts(with: [0xe2, 0x96, 0x81]) {
                result.append(0x20)
                index += 3
            } else {
                result.append(entry[index])
                index += 1
            }
        }
        return result
    }

    /// The byte of an entry such as `<0x0A>`.
    static func byte(_ entry: UnsafeRawBufferPointer) -> UInt8? {
        guard entry.count == 6, entry.starts(with: "<0x".utf8), entry[5] == UInt8(ascii: ">") else {
            return nil
        }
        return UInt8(String(decoding: entry[3..<5], as: UTF8.self), radix: 16)
    }
}
