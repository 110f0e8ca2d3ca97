/// What the inside of a JSON string makes of a vocabulary: computed once, it spares walking the vocabulary inside
/// free text.
struct StringTokens: Sendable {
    /// Tokens without a closing quote that may follow a character's boundary in a free string.
    let base: [UInt64]
    /// The base tokens in disjoint groups of like alphabets; a group that a pattern lets through is taken whole.
    let slices: [Slice]
    /// The tokens with a closing quote.
    let quoted: QuotedTokens
    /// Base tokens of at most `n` characters, by `n`.
    let byLength: [[UInt64]]
    /// The number of characters of the longest base token.
    let longest: Int

    /// A group of base tokens.
    struct Slice: Sendable {
        /// All tokens of the slice are strings over these characters; empty where nothing is promised.
        let characters: [Characters]
        /// Bytes of its longest token.
        let longest: Int
        let words: [UInt64]
        let trie: VocabularyTrie
    }

    init(tokens: [Int32], buffer: [UInt8], offsets: [Int32], count: Int) {
        let wordCount = (count + 63) / 64
        var base = [UInt64](repeating: 0, count: wordCount)
        var groups = [[Int32]](repeating: [], count: StringTokens.alphabets.count)
        var quoted = QuotedTokens.Building()
        var lengths: [[Int32]] = []
        for id in tokens {
            let bytes = buffer[Int(offsets[Int(id)])..<Int(offsets[Int(id) + 1])]
            guard let reading = StringTokens.read(bytes) else { continue }
            if let quote = reading.quote {
                quoted.add(
                    id, length: reading.length, isPlain: reading.plain, suffix: bytes[(quote + 1)...])
                continue
            }
            base[Int(id) >> 6] |= 1 << UInt64(id & 63)
            groups[StringTokens.group(bytes, reading)].append(id)
            while lengths.count <= reading.length { lengths.append([]) }
            lengths[reading.length].append(id)
        }
        self.base = base
        self.quoted = QuotedTokens(quoted, buffer: buffer, offsets: offsets)
        var running = [UInt64](repeating: 0, count: wordCount)
        var byLength: [[UInt64]] = []
        for ids in lengths {
            for id in ids { running[Int(id) >> 6] |= 1 << UInt64(id & 63) }
            byLength.append(running)
        }
        self.byLength = byLength
        longest = max(0, lengths.count - 1)
        slices = zip(StringTokens.alphabets, groups).map { characters, ids in
            var words = [UInt64](repeating: 0, count: wordCount)
            var longest = 0
            for id in ids {
                words[Int(id) >> 6] |= 1 << UInt64(id & 63)
                longest = max(longest, Int(offsets[Int(id) + 1] - offsets[Int(id)]))
            }
            return Slice(
                characters: characters, longest: longest, words: words,
                trie: VocabularyTrie(tokens: ids, buffer: buffer, offsets: offsets))
        }
    }

    private struct Reading {
        var quote: Int?
        var length = 0
        var plain = true
    }

    /// Reads a token from a boundary; `nil` where it cannot stand inside a string.
    private static func read(_ bytes: ArraySlice<UInt8>) -> Reading? {
        var mode = StringMode.normal
        var reading = Reading()
        for (index, byte) in zip(bytes.indices, bytes) {
            if mode == StringMode.normal, byte != 0x22 { reading.length += 1 }
            if byte == 0x5C { reading.plain = false }
            switch StringMode.step(mode, byte) {
            case .dead: return nil
            case .close:
                reading.quote = index
                return reading
            case .raw(let next), .silent(let next): mode = next
            case .scalar: mode = StringMode.normal
            }
        }
        return reading
    }

    /// Long tokens are few and would make every promise about a slice harder to keep.
    private static let sliceLimit = 16

    private static func group(_ bytes: ArraySlice<UInt8>, _ reading: Reading) -> Int {
        let last = alphabets.count - 1
        guard reading.plain, bytes.count <= sliceLimit else { return last }
        return (0..<last).first { alphabets[$0].spell(bytes) } ?? last
    }

    /// The characters of each slice: those of a slice before another are tried first.
    private static let alphabets: [[Characters]] = {
        let letters = Characters([0x41...0x5A, 0x61...0x7A])
        let digits = Characters([0x30...0x39, 0x5F...0x5F, 0x2D...0x2D])
        let space = Characters([0x20...0x20])
        let printable = Characters([0x20...0x21, 0x23...0x5B, 0x5D...0x7E])
        // Letters of Europe and the Near East; then those of Asia, without the spaces and line ends among them.
        let twoBytes = [Characters([0xC3...0xDF], [0x80...0xBF])]
        let threeBytes = [
            Characters([0xE0...0xE0], [0xA0...0xBF], [0x80...0xBF]),
            Characters([0xE1...0xE1], [0x80...0x99, 0x9B...0x9F, 0xA1...0xBF], [0x80...0xBF]),
            Characters([0xE3...0xE3], [0x81...0xBF], [0x80...0xBF]),
            Characters([0xE4...0xEC], [0x80...0xBF], [0x80...0xBF]),
            Characters([0xED...0xED], [0x80...0x9F], [0x80...0xBF]),
        ]
        let european = [letters] + twoBytes
        let every = european + threeBytes
        return [
            [letters], [letters, digits], [letters, space], [printable],
            european, european + [space], every, every + [space], [],
        ]
    }()
}

/// Characters with encodings of one length: the bytes that may stand at each place.
struct Characters: Sendable {
    let bytes: [[UInt8]]
    fileprivate let sets: [ByteSet]

    init(_ places: [ClosedRange<UInt8>]...) {
        bytes = places.map { $0.flatMap(Array.init) }
        sets = bytes.map { ByteSet($0) }
    }

    /// Whether a text begins with one of them.
    fileprivate func begin(_ text: ArraySlice<UInt8>) -> Bool {
        guard sets.count <= text.count else { return false }
        for (place, set) in sets.enumerated() where !set.contains(text[text.startIndex + place]) {
            return false
        }
        return true
    }
}

extension [Characters] {
    /// Whether a text consists of the characters.
    fileprivate func spell(_ text: ArraySlice<UInt8>) -> Bool {
        var rest = text
        while !rest.isEmpty {
            guard let next = first(where: { $0.begin(rest) }) else { return false }
            rest = rest.dropFirst(next.bytes.count)
        }
        return true
    }
}
