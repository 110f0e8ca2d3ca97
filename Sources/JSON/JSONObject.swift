/// The members of a JSON object, in the order written, duplicates included.
public struct JSONObject: Sendable, Hashable {
    /// One key with its value.
    public struct Member: Sendable, Hashable {
        /// The key, with its escapes decoded.
        public var key: String
        /// The value.
        public var value: JSONValue

        /// A member of the given parts.
        public init(key: String, value: JSONValue) {
            self.key = key
            self.value = value
        }

        /// Exact equality: keys by their UTF-8 bytes.
        public static func == (left: Member, right: Member) -> Bool {
            left.key.utf8.elementsEqual(right.key.utf8) && left.value == right.value
        }

        /// Feeds what ``==(_:_:)`` compares.
        public func hash(into hasher: inout Hasher) {
            hasher.combine(utf8Of: key)
            hasher.combine(value)
        }
    }

    /// All members in order.
    public private(set) var members: [Member]
    /// Position of the first member of each key; built only for large objects, where a scan would be quadratic.
    private var index: [ByteString: Int]?

    private static let indexedSize = 16

    /// An object with the given members.
    public init(_ members: [Member] = []) {
        self.members = members
        if members.count > JSONObject.indexedSize { rebuildIndex() }
    }

    /// The number of members, duplicates counted.
    public var count: Int { members.count }

    /// Whether there is no member.
    public var isEmpty: Bool { members.isEmpty }

    /// The keys in order, duplicates included.
    public var keys: [String] { members.map(\.key) }

    /// Keys that occur more than once, each named once, in order of their first repetition.
    public var duplicateKeys: [String] {
        var seen: Set<ByteString> = []
        var named: Set<ByteString> = []
        return members.compactMap { member in
            let key = ByteString(member.key)
            return !seen.insert(key).inserted && named.insert(key).inserted ? member.key : nil
        }
    }

    /// The value of the first member with that key; setting replaces it, or appends, or (with `nil`) removes it.
    public subscript(key: String) -> JSONValue? {
        get { position(of: key).map { members[$0].value } }
        set {
            switch (position(of: key), newValue) {
            case (let position?, let value?): members[position].value = value
            case (let position?, nil):
                members.remove(at: position)
                if index != nil { rebuildIndex() }
            case (nil, let value?):
                members.append(Member(key: key, value: value))
                if index != nil {
                    index?[ByteString(key)] = members.count - 1
                } else if members.count > JSONObject.indexedSize {
                    rebuildIndex()
                }
            case (nil, nil): break
            }
        }
    }

    /// Whether some member has that key.
    public func contains(key: String) -> Bool { position(of: key) != nil }

    private func position(of key: String) -> Int? {
        if let index { return index[ByteString(key)] }
        return members.firstIndex { $0.key.utf8.elementsEqual(key.utf8) }
    }

    private mutating func rebuildIndex() {
        var built: [ByteString: Int] = [:]
        for (position, member) in members.enumerated() {
            let key = ByteString(member.key)
            if built[key] == nil { built[key] = position }
        }
        index = built
    }

    /// Exact equality: the same members in the same order.
    public static func == (left: JSONObject, right: JSONObject) -> Bool { left.members == right.members }

    /// Feeds what ``==(_:_:)`` compares.
    public func hash(into hasher: inout Hasher) { hasher.combine(members) }
}

extension JSONObject: Sequence {
    /// The members in order.
    public func makeIterator() -> IndexingIterator<[Member]> { members.makeIterator() }
}

/// A string whose identity is its UTF-8 bytes.
///
/// Swift's `String` equates canonically equivalent texts ("é" and "e" with a combining accent); JSON does not.
public struct ByteString: Sendable, Hashable {
    /// The text.
    public let text: String

    /// Wraps `text`.
    public init(_ text: String) { self.text = text }

    /// Equality of the UTF-8 bytes.
    public static func == (left: ByteString, right: ByteString) -> Bool {
        left.text.utf8.withContiguousStorageIfAvailable { left in
            right.text.utf8.withContiguousStorageIfAvailable { right in
                // Texts of megabytes are compared with each key; most are one and the same.
                left.count == right.count
                    && (left.baseAddress == right.baseAddress || left.elementsEqual(right))
            }
        }.flatMap { $0 } ?? left.text.utf8.elementsEqual(right.text.utf8)
    }

    /// Feeds the UTF-8 bytes.
    public func hash(into hasher: inout Hasher) { hasher.combine(utf8Of: text) }
}
