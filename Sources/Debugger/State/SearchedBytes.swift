import Agent

/// A text looked for in messages without laying them out; ASCII letters of either case match.
struct SearchedBytes {
    private let text: String
    private let needle: [UInt8]

    init(_ text: String) {
        self.text = text
        needle = Array(text.utf8).map(SearchedBytes.folded)
    }

    /// Whether a message's words, or the names and arguments of its calls, hold the text.
    func isIn(_ message: Message) -> Bool {
        switch message {
        case .system(let words), .user(let words): isIn(words)
        case .tool(let result): isIn(result.content) || isIn(result.name) || isIn(result.callID.text)
        case .assistant(let answer):
            isIn(answer.content)
                || answer.calls.contains { isIn($0.arguments.text) || isIn($0.name) || isIn($0.id.text) }
        }
    }

    /// Where the text begins first in a range of another one's bytes, or last.
    ///
    /// ASCII letters of either case match; what is beyond ASCII matches as it is written.
    func first(in hay: String, _ range: Range<Int>, backwards: Bool) -> Int? {
        var hay = hay
        return hay.withUTF8 { bytes in
            let last = min(range.upperBound, bytes.count - needle.count + 1)
            guard !needle.isEmpty, range.lowerBound < last else { return nil }
            let places = range.lowerBound..<last
            let isHere = { (start: Int) in
                needle.indices.allSatisfy { SearchedBytes.folded(bytes[start + $0]) == needle[$0] }
            }
            return backwards ? places.last(where: isHere) : places.first(where: isHere)
        }
    }

    private func isIn(_ hay: String) -> Bool {
        guard needle.allSatisfy({ $0 < 0x80 }) else { return hay.lowercased().contains(text.lowercased()) }
        var hay = hay
        return hay.withUTF8 { bytes in
            guard let first = needle.first, bytes.count >= needle.count else { return false }
            for start in 0...(bytes.count - needle.count) where SearchedBytes.folded(bytes[start]) == first {
                var length = 1
                while length < needle.count, SearchedBytes.folded(bytes[start + length]) == needle[length] {
                    length += 1
                }
                if length == needle.count { return true }
            }
            return false
        }
    }

    private static func folded(_ byte: UInt8) -> UInt8 {
        (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
    }
}
