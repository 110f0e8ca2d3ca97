/// Small fixed-size records, interned: equal records have equal numbers.
struct RecordTable {
    typealias Record = SIMD8<Int32>

    private(set) var records: ContiguousArray<Record> = []
    private var slots: ContiguousArray<Int32>
    private var mask: Int

    init() {
        slots = ContiguousArray(repeating: -1, count: 1024)
        mask = 1023
    }

    var count: Int { records.count }

    @inline(__always)
    subscript(index: Int32) -> Record { records[Int(index)] }

    @inline(__always)
    private static func hash(_ record: Record) -> Int {
        var value = UInt64(0x9E37_79B9_7F4A_7C15)
        for index in 0..<8 {
            value = (value ^ UInt64(UInt32(bitPattern: record[index]))) &* 0xFF51_AFD7_ED55_8CCD
            value ^= value >> 32
        }
        return Int(truncatingIfNeeded: value & 0x7FFF_FFFF_FFFF_FFFF)
    }

    /// The number of a record, new or known.
    mutating func intern(_ record: Record) -> Int32 {
        var slot = RecordTable.hash(record) & mask
        while slots[slot] >= 0 {
            if records[Int(slots[slot])] == record { return slots[slot] }
            slot = (slot + 1) & mask
        }
        let number = Int32(records.count)
        records.append(record)
        slots[slot] = number
        if records.count * 2 > slots.count { grow() }
        return number
    }

    private mutating func grow() {
        mask = mask * 2 + 1
        slots = ContiguousArray(repeating: -1, count: mask + 1)
        for (number, record) in records.enumerated() {
            var slot = RecordTable.hash(record) & mask
            while slots[slot] >= 0 { slot = (slot + 1) & mask }
            slots[slot] = Int32(number)
        }
    }
}
