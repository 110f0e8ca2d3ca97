/// Whole texts that were added to a vocabulary, such as runs of spaces: wherever one stands in a text, the longest is
/// taken before anything is divided or merged.
struct AddedTexts: Sendable {
    /// The texts that begin with a byte, the longest first.
    private let byFirstByte: [[(text: [UInt8], token: Int)]]
    private let isEmpty: Bool

    init(_ texts: [(text: [UInt8], token: Int)]) {
        var table = [[(text: [UInt8], token: Int)]](repeating: [], count: 256)
        for one in texts {
            if let first = one.text.first { table[Int(first)].append(one) }
        }
        byFirstByte = table.map { $0.sorted { ($1.text.count, $0.token) < ($0.text.count, $1.token) } }
        isEmpty = texts.isEmpty
    }

    /// A part of a divided text: bytes that are no added text, or the token of one.
    enum Part: Equatable {
        case plain(Range<Int>)
        case token(Int)
    }

    /// Divides a text, in order and without gaps.
    func parts(of bytes: [UInt8]) -> [Part] {
        guard !isEmpty else { return bytes.isEmpty ? [] : [.plain(0..<bytes.count)] }
        var parts: [Part] = []
        var (start, place) = (0, 0)
        while place < bytes.count {
            let here = bytes[place...]
            guard let found = byFirstByte[Int(bytes[place])].first(where: { here.starts(with: $0.text) })
            else {
                place += 1
                continue
            }
            if start < place { parts.append(.plain(start..<place)) }
            parts.append(.token(found.token))
            place += found.text.count
            start = place
        }
        if start < place { parts.append(.plain(start..<place)) }
        return parts
    }

    /// Whether a token that was added whole is text rather than a mark: white space, or a single character.
    ///
    /// What is longer, such as `<tool_call>`, means something to the model, and no text may turn into it.
    static func isText(_ entry: some Collection<UInt8>) -> Bool {
        let scalars = String(decoding: entry, as: UTF8.self).unicodeScalars
        return scalars.count == 1 || !scalars.isEmpty && scalars.allSatisfy(\.properties.isWhitespace)
    }
}
