/// A set of token IDs as a bit per ID, the form in which a mask travels from the engine to the sampler.
///
/// Copies share their storage until one of them is changed, so handing out a remembered mask costs nothing.
public struct TokenSet: Sendable, Hashable {
    /// One bit a token, the lowest bit of the first word for ID 0; bits at and beyond ``capacity`` are zero.
    public internal(set) var words: [UInt64]
    /// The number of IDs that the set ranges over: the vocabulary's size.
    public let capacity: Int

    /// The empty set over IDs below `capacity`.
    public init(capacity: Int) {
        self.capacity = capacity
        words = [UInt64](repeating: 0, count: (capacity + 63) / 64)
    }

    init(words: [UInt64], capacity: Int) {
        self.words = words
        self.capacity = capacity
    }

    /// The set of the given IDs; those outside `0..<capacity` are left out.
    public init(_ ids: some Sequence<Int>, capacity: Int) {
        self.init(capacity: capacity)
        for id in ids { insert(id) }
    }

    /// The number of tokens in the set.
    public var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

    /// Whether no token is in the set.
    public var isEmpty: Bool { words.allSatisfy { $0 == 0 } }

    /// The lowest ID in the set.
    public var first: Int? {
        words.firstIndex { $0 != 0 }.map { $0 * 64 + words[$0].trailingZeroBitCount }
    }

    /// Whether that token is in the set; false for an ID out of range.
    public func contains(_ id: Int) -> Bool {
        id >= 0 && id < capacity && words[id >> 6] & (1 << UInt64(id & 63)) != 0
    }

    /// Adds a token; an ID out of range is left out.
    public mutating func insert(_ id: Int) {
        guard id >= 0, id < capacity else { return }
        words[id >> 6] |= 1 << UInt64(id & 63)
    }

    /// Takes a token out.
    public mutating func remove(_ id: Int) {
        guard id >= 0, id < capacity else { return }
        words[id >> 6] &= ~(1 << UInt64(id & 63))
    }

    /// Adds all tokens of a set over the same vocabulary.
    public mutating func formUnion(_ other: TokenSet) {
        for index in 0..<Swift.min(words.count, other.words.count) { words[index] |= other.words[index] }
    }

    /// Keeps only what is also in a set over the same vocabulary.
    public mutating func formIntersection(_ other: TokenSet) {
        for index in 0..<words.count { words[index] &= index < other.words.count ? other.words[index] : 0 }
    }

    /// Takes all tokens of a set over the same vocabulary out.
    public mutating func subtract(_ other: TokenSet) {
        for index in 0..<Swift.min(words.count, other.words.count) { words[index] &= ~other.words[index] }
    }

    /// The tokens in either set.
    public func union(_ other: TokenSet) -> TokenSet {
        var result = self
        result.formUnion(other)
        return result
    }

    /// The tokens in both sets.
    public func intersection(_ other: TokenSet) -> TokenSet {
        var result = self
        result.formIntersection(other)
        return result
    }

    /// The tokens of this set that are not in the other.
    public func subtracting(_ other: TokenSet) -> TokenSet {
        var result = self
        result.subtract(other)
        return result
    }

    /// All IDs below ``capacity`` that are not in the set.
    public var inverted: TokenSet {
        var result = TokenSet(capacity: capacity)
        for index in 0..<words.count { result.words[index] = ~words[index] }
        if capacity & 63 != 0, !words.isEmpty {
            result.words[words.count - 1] &= (1 << UInt64(capacity & 63)) - 1
        }
        return result
    }
}

extension TokenSet: Sequence {
    /// Visits the IDs in ascending order.
    public func makeIterator() -> Iterator { Iterator(words: words) }

    /// An iterator over the IDs of a set, ascending.
    public struct Iterator: IteratorProtocol {
        private let words: [UInt64]
        private var index = -1
        private var rest: UInt64 = 0

        init(words: [UInt64]) { self.words = words }

        /// The next ID.
        public mutating func next() -> Int? {
            while rest == 0 {
                index += 1
                guard index < words.count else { return nil }
                rest = words[index]
            }
            let bit = rest.trailingZeroBitCount
            rest &= rest - 1
            return index * 64 + bit
        }
    }
}
