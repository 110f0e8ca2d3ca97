/// The JSON values of a grammar, each at the places that texts have led it to.
///
/// A place is a number as long as the text is the same to the schema: equal places of a text lead to equal numbers, so
/// that the states around them are found again.
final class EmbeddedValues {
    private struct Place: Hashable {
        var value: Int32
        var configuration: Int32
        var text: [UInt8]
        var starts: [Int32]
    }

    /// The cursor at the start of each value.
    let starts: [SchemaCursor]
    /// The tool whose arguments each value is.
    let tools: [String?]
    private var cursors: [SchemaCursor] = []
    private var openers: [UInt8] = []
    private var numbers: [Place: Int32] = [:]

    init(starts: [SchemaCursor], tools: [String?]) {
        self.starts = starts
        self.tools = tools
    }

    /// The cursor at a numbered place.
    subscript(number: Int32) -> SchemaCursor { cursors[Int(number)] }

    /// The first byte of the value at a numbered place.
    func opener(of number: Int32) -> UInt8 { openers[Int(number)] }

    /// The place after a byte; `nil` where it cannot follow.
    /// - Parameter number: where the value stands; -1 before its first byte.
    func step(_ value: Int32, _ number: Int32, _ byte: UInt8) -> Int32? {
        var cursor = number < 0 ? starts[Int(value)] : cursors[Int(number)]
        guard cursor.take(byte) else { return nil }
        var opener = number < 0 ? byte : openers[Int(number)]
        if number >= 0, JSONSyntax.whiteSpace.contains(opener) { opener = byte }
        let place = Place(
            value: value, configuration: cursor.configuration, text: cursor.trail.bytes,
            starts: cursor.trail.starts)
        if let known = numbers[place] { return known }
        let new = Int32(cursors.count)
        cursors.append(cursor)
        openers.append(opener)
        numbers[place] = new
        return new
    }
}

/// For each byte that can close a value, the tokens in which more comes after it, as a trie.
///
/// Tokens that end inside a value are the schema's business alone; those that leave it are few, and walked apart.
final class LeavingTokens {
    private let vocabulary: Vocabulary
    private var tries: [UInt8: VocabularyTrie] = [:]

    init(_ vocabulary: Vocabulary) { self.vocabulary = vocabulary }

    /// The tokens that may leave a value which began with that byte.
    func trie(opener: UInt8) -> VocabularyTrie {
        let closer: UInt8
        switch opener {
        case UInt8(ascii: "{"): closer = UInt8(ascii: "}")
        case UInt8(ascii: "["): closer = UInt8(ascii: "]")
        case UInt8(ascii: "\""): closer = UInt8(ascii: "\"")
        default: return vocabulary.trie
        }
        if let known = tries[closer] { return known }
        let ends = Set(vocabulary.endOfTurn)
        let tokens = (0..<vocabulary.count).filter {
            vocabulary.bytes(of: $0).dropLast().contains(closer) && !ends.contains($0)
        }
        let built = VocabularyTrie(
            tokens: tokens.map { Int32($0) }, buffer: vocabulary.buffer, offsets: vocabulary.offsets)
        tries[closer] = built
        return built
    }
}
