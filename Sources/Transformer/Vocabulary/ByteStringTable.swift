/// Byte strings numbered from 0, and a hash index from some of them to their numbers.
///
/// All bytes lie in one array, so that a vocabulary of 150,000 tokens costs three allocations.
struct ByteStringTable: Sendable {
    private var bytes: [UInt8] = []
    private var ends: [Int] = []
    /// Open addressing with linear probing; -1 is free.
    ///
    /// The size is a power of two above twice the entries.
    private var slots: [Int32] = Array(repeating: -1, count: 16)
    private var indexed = 0

    var count: Int { ends.count }

    /// The bytes of one string.
    subscript(number: Int) -> ArraySlice<UInt8> {
        bytes[(number == 0 ? 0 : ends[number - 1])..<ends[number]]
    }

    mutating func reserve(_ strings: Int) {
        ends.reserveCapacity(strings)
        if slots.count <= 2 * strings { rehash(capacity: 2 * strings + 1) }
    }

    /// Adds a string.
    ///
    /// Of equal strings the first that was indexed is the one found.
    @discardableResult
    mutating func append(_ string: some Collection<UInt8>, indexed isIndexed: Bool) -> Int {
        bytes.append(contentsOf: string)
        ends.append(bytes.count)
        let number = count - 1
        if isIndexed {
            if slots.count <= 2 * (indexed + 1) { rehash(capacity: 2 * slots.count) }
            insert(number)
        }
        return number
    }

    /// The number of an indexed string.
    func find(_ string: ArraySlice<UInt8>) -> Int? {
        let number = slots[slot(of: string)]
        return number < 0 ? nil : Int(number)
    }

    private mutating func insert(_ number: Int) {
        let slot = slot(of: self[number])
        guard slots[slot] < 0 else { return }
        slots[slot] = Int32(number)
        indexed += 1
    }

    /// The slot that holds the string, or the free one where it would go.
    private func slot(of string: ArraySlice<UInt8>) -> Int {
        // FNV-1a, 64 bits, with the high bits folded in since the slots take the low ones.
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in string { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        hash ^= hash >> 32
        var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[slot] >= 0, self[Int(slots[slot])] != string { slot = (slot + 1) & (slots.count - 1) }
        return slot
    }

    private mutating func rehash(capacity: Int) {
        let old = slots
        var size = 16
        while size < capacity { size *= 2 }
        slots = Array(repeating: -1, count: size)
        indexed = 0
        for number in old where number >= 0 { insert(Int(number)) }
    }
}
