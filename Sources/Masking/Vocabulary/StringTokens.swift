/// What the inside of a JSON string makes of a vocabulary: computed once, it spares walking the vocabulary inside
/// free text.
struct StringTokens: Sendable {
    /// Tokens without a closing quote that may follow a character's boundary in a free string.
    let base: [UInt64]
    /// The base tokens in disjoint groups of like alphabets; a group that a pattern lets through is taken whole.
    let slices: [Slice]
    /// Tokens with a closing quote whose part before it may follow a boundary.
    let quoted: VocabularyTrie
    /// Those of them with an escape before the quote.
    let quotedEscapes: VocabularyTrie
    /// What follows the closing quote in those tokens: a trie of suffixes, `suffixTokens` by suffix number.
    let suffixes: VocabularyTrie
    let suffixTokens: [[Quoted]]
    /// Tokens that end in the closing quote.
    let closing: [Quoted]
    /// Base tokens of at most `n` characters, by `n`.
    let byLength: [[UInt64]]
    /// The number of characters of the longest base token.
    let longest: Int

    /// A token with a closing quote.
    struct Quoted: Sendable {
        var token: Int32
        /// Characters before the quote.
        var length: Int32
    }

    /// A group of base tokens.
    struct Slice: Sendable {
        /// All tokens of the slice are strings over this alphabet; empty where nothing is promised.
        let alphabet: [UInt8]
        /// Bytes of its longest token.
        let longest: Int
        let words: [UInt64]
        let trie: VocabularyTrie
    }

    init(tokens: [Int32], buffer: [UInt8], offsets: [Int32], count: Int) {
        let wordCount = (count + 63) / 64
        var base = [UInt64](repeating: 0, count: wordCount)
        var groups = [[Int32]](repeating: [], count: 5)
        var quoted: [Int32] = []
        var escaped: [Int32] = []
        var suffixIDs: [ArraySlice<UInt8>: Int] = [:]
        var suffixTokens: [[Quoted]] = []
        var closing: [Quoted] = []
        var lengths: [[Int32]] = []
        for id in tokens {
            let bytes = buffer[Int(offsets[Int(id)])..<Int(offsets[Int(id) + 1])]
            guard let reading = StringTokens.read(bytes) else { continue }
            if let quote = reading.quote {
                quoted.append(id)
                if !reading.plain { escaped.append(id) }
                let suffix = bytes[(quote + 1)...]
                let entry = Quoted(token: id, length: Int32(reading.length))
                if suffix.isEmpty {
                    closing.append(entry)
                } else if let known = suffixIDs[suffix] {
                    suffixTokens[known].append(entry)
                } else {
                    suffixIDs[suffix] = suffixTokens.count
                    suffixTokens.append([entry])
                }
                continue
            }
            base[Int(id) >> 6] |= 1 << UInt64(id & 63)
            groups[StringTokens.group(bytes, reading)].append(id)
            while lengths.count <= reading.length { lengths.append([]) }
            lengths[reading.length].append(id)
        }
        self.base = base
        self.closing = closing
        self.suffixTokens = suffixTokens
        self.quoted = VocabularyTrie(tokens: quoted, buffer: buffer, offsets: offsets)
        quotedEscapes = VocabularyTrie(tokens: escaped, buffer: buffer, offsets: offsets)
        var suffixBuffer: [UInt8] = []
        var suffixOffsets: [Int32] = [0]
        for (suffix, _) in suffixIDs.sorted(by: { $0.value < $1.value }) {
            suffixBuffer.append(contentsOf: suffix)
            suffixOffsets.append(Int32(suffixBuffer.count))
        }
        suffixes = VocabularyTrie(
            tokens: (0..<Int32(suffixTokens.count)).map { $0 }, buffer: suffixBuffer, offsets: suffixOffsets)
        var running = [UInt64](repeating: 0, count: wordCount)
        var byLength: [[UInt64]] = []
        for ids in lengths {
            for id in ids { running[Int(id) >> 6] |= 1 << UInt64(id & 63) }
            byLength.append(running)
        }
        self.byLength = byLength
        longest = max(0, lengths.count - 1)
        let letters =
            Array(UInt8(ascii: "a")...UInt8(ascii: "z")) + Array(UInt8(ascii: "A")...UInt8(ascii: "Z"))
        let word = letters + Array(UInt8(ascii: "0")...UInt8(ascii: "9")) + Array("_-".utf8)
        let printable = Array(UInt8(0x20)...UInt8(0x7E)).filter { $0 != 0x22 && $0 != 0x5C }
        let alphabets: [[UInt8]] = [letters, word, letters + [0x20], printable, []]
        slices = zip(alphabets, groups).map { alphabet, ids in
            var words = [UInt64](repeating: 0, count: wordCount)
            var longest = 0
            for id in ids {
                words[Int(id) >> 6] |= 1 << UInt64(id & 63)
                longest = max(longest, Int(offsets[Int(id) + 1] - offsets[Int(id)]))
            }
            return Slice(
                alphabet: alphabet, longest: longest, words: words,
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
        guard reading.plain, bytes.count <= sliceLimit else { return 4 }
        func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) && byte < 0x80 }
        if bytes.allSatisfy(isLetter) { return 0 }
        if bytes.allSatisfy({ isLetter($0) || (0x30...0x39).contains($0) || $0 == 0x5F || $0 == 0x2D }) {
            return 1
        }
        if bytes.allSatisfy({ isLetter($0) || $0 == 0x20 }) { return 2 }
        return bytes.allSatisfy { (0x20...0x7E).contains($0) } ? 3 : 4
    }
}
