/// A trie over token bytes as one flat array in depth-first order.
///
/// A node is one word: the byte in bits 56...63, the token (or `noToken`) in bits 32...55 and, in bits 0...31, the
/// index just after its subtree. The children of node `n` start at `n + 1`; the next sibling of a child `c` is
/// `end(c)`. Subtrees are contiguous, so skipping one costs a load.
struct VocabularyTrie: Sendable {
    static let noToken = 0xFF_FFFF

    /// Nodes in depth-first order, siblings by ascending byte; there is no root node.
    private(set) var nodes: ContiguousArray<UInt64>
    /// The top node of each first byte, or -1.
    private(set) var firstByte: [Int32]
    /// Tokens with the same bytes as the token stored in a node.
    private(set) var twins: [Int: [Int]] = [:]

    /// A trie of the given tokens.
    /// - Parameters:
    ///   - tokens: IDs to store, each below 2^24 - 1 and with at least one byte.
    ///   - buffer: all bytes, one token after another.
    ///   - offsets: where each ID's bytes start in `buffer`; one entry more than there are IDs.
    init(tokens: [Int32], buffer: [UInt8], offsets: [Int32]) {
        var keyed: [(key: UInt64, id: Int32)] = []
        keyed.reserveCapacity(tokens.count)
        for id in tokens {
            var key: UInt64 = 0
            let start = Int(offsets[Int(id)])
            let end = Int(offsets[Int(id) + 1])
            for position in 0..<8 {
                key = key << 8 | (start + position < end ? UInt64(buffer[start + position]) : 0)
            }
            keyed.append((key, id))
        }
        // The first eight bytes settle nearly every comparison; zero bytes and longer tokens need the rest.
        buffer.withUnsafeBufferPointer { bytes in
            keyed.sort { left, right in
                if left.key != right.key { return left.key < right.key }
                let a = UnsafeBufferPointer(
                    rebasing: bytes[Int(offsets[Int(left.id)])..<Int(offsets[Int(left.id) + 1])])
                let b = UnsafeBufferPointer(
                    rebasing: bytes[Int(offsets[Int(right.id)])..<Int(offsets[Int(right.id) + 1])])
                for index in 0..<min(a.count, b.count) where a[index] != b[index] {
                    return a[index] < b[index]
                }
                return a.count == b.count ? left.id < right.id : a.count < b.count
            }
        }
        var nodes = ContiguousArray<UInt64>()
        nodes.reserveCapacity(keyed.count * 2 + 16)
        var twins: [Int: [Int]] = [:]
        var open: [Int] = []  // The path of the previous token, as node indices.
        var previousStart = 0
        for (_, id) in keyed {
            let start = Int(offsets[Int(id)])
            let count = Int(offsets[Int(id) + 1]) - start
            var shared = 0
            while shared < min(open.count, count), buffer[previousStart + shared] == buffer[start + shared] {
                shared += 1
            }
            if shared == count, open.count == count, let last = open.last {
                twins[Int(nodes[last] >> 32) & VocabularyTrie.noToken, default: []].append(Int(id))
                continue
            }
            while open.count > shared {
                nodes[open.removeLast()] |= UInt64(nodes.count)
            }
            for position in shared..<count {
                let token = position == count - 1 ? UInt64(id) : UInt64(VocabularyTrie.noToken)
                open.append(nodes.count)
                nodes.append(UInt64(buffer[start + position]) << 56 | token << 32)
            }
            previousStart = start
        }
        while let last = open.popLast() { nodes[last] |= UInt64(nodes.count) }
        self.nodes = nodes
        self.twins = twins
        firstByte = [Int32](repeating: -1, count: 256)
        var top = 0
        while top < nodes.count {
            firstByte[Int(nodes[top] >> 56)] = Int32(top)
            top = Int(nodes[top] & 0xFFFF_FFFF)
        }
    }

    /// The number of nodes.
    var count: Int { nodes.count }

    /// The child of `parent` (-1: the root) on `byte`.
    func child(of parent: Int, on byte: UInt8) -> Int? {
        if parent < 0 {
            let node = Int(firstByte[Int(byte)])
            return node < 0 ? nil : node
        }
        var child = parent + 1
        let end = Int(nodes[parent] & 0xFFFF_FFFF)
        while child < end {
            let here = UInt8(nodes[child] >> 56)
            if here == byte { return child }
            if here > byte { return nil }
            child = Int(nodes[child] & 0xFFFF_FFFF)
        }
        return nil
    }

    /// The token that ends in `node`, if one does.
    func token(at node: Int) -> Int? {
        let token = Int(nodes[node] >> 32) & VocabularyTrie.noToken
        return token == VocabularyTrie.noToken ? nil : token
    }
}
