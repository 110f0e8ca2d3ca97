/// A position in a GGUF file from which little-endian values are read, each after a check that it is there.
struct GGUFCursor {
    let file: FileBytes
    var offset: Int

    /// Arrays within arrays go no deeper; the format sets no limit, and the stack does.
    private static let deepestNesting = 8

    var remaining: Int { file.count - offset }

    mutating func integer<T: FixedWidthInteger>(_ type: T.Type, _ what: String) throws(GGUFError) -> T {
        let size = MemoryLayout<T>.size
        try require(UInt64(size), what)
        let value = file.base.loadUnaligned(fromByteOffset: offset, as: T.self)
        offset += size
        return T(littleEndian: value)
    }

    /// A length or a count, checked against what the rest of the file can hold.
    mutating func count(ofSize size: Int, _ what: String) throws(GGUFError) -> Int {
        let start = offset
        let count = try integer(UInt64.self, what)
        guard count <= UInt64(max(remaining, 0) / size) else {
            let (needed, overflow) = count.multipliedReportingOverflow(by: UInt64(size))
            throw .truncated(
                reading: what, offset: start, needed: overflow ? .max : needed, available: remaining)
        }
        return Int(count)
    }

    /// A string's place: its length comes first.
    mutating func stringRange(_ what: String) throws(GGUFError) -> Range<Int> {
        let length = try count(ofSize: 1, what)
        defer { offset += length }
        return offset..<offset + length
    }

    mutating func string(_ what: String) throws(GGUFError) -> String {
        let range = try stringRange(what)
        guard let string = String(validating: file.buffer[range], as: UTF8.self) else {
            throw .malformed("\(what) is not UTF-8", offset: range.lowerBound)
        }
        return string
    }

    mutating func type(_ what: String) throws(GGUFError) -> GGUFValueType {
        let start = offset
        let number = try integer(UInt32.self, what)
        guard let type = GGUFValueType(rawValue: number) else {
            throw .malformed("\(what) is \(number), and types end at 12", offset: start)
        }
        return type
    }

    mutating func value(_ what: String) throws(GGUFError) -> GGUFValue {
        switch try type("the type of \(what)") {
        case .string: .string(try string(what))
        case .array: .array(try array(what, depth: 0))
        case let type: try scalar(of: type, what: what)
        }
    }

    /// A value of fixed size.
    mutating func scalar(of type: GGUFValueType, what: String) throws(GGUFError) -> GGUFValue {
        switch type {
        case .uint8: return .uint8(try integer(UInt8.self, what))
        case .int8: return .int8(try integer(Int8.self, what))
        case .uint16: return .uint16(try integer(UInt16.self, what))
        case .int16: return .int16(try integer(Int16.self, what))
        case .uint32: return .uint32(try integer(UInt32.self, what))
        case .int32: return .int32(try integer(Int32.self, what))
        case .uint64: return .uint64(try integer(UInt64.self, what))
        case .int64: return .int64(try integer(Int64.self, what))
        case .float32: return .float32(Float(bitPattern: try integer(UInt32.self, what)))
        case .float64: return .float64(Double(bitPattern: try integer(UInt64.self, what)))
        case .bool:
            let start = offset
            let byte = try integer(UInt8.self, what)
            guard byte <= 1 else { throw .malformed("\(what) is a bool of value \(byte)", offset: start) }
            return .bool(byte == 1)
        case .string, .array:
            throw .malformed("\(what) has no fixed size", offset: offset)
        }
    }

    private mutating func array(_ what: String, depth: Int) throws(GGUFError) -> GGUFArray {
        let start = offset
        guard depth < Self.deepestNesting else {
            throw .malformed("\(what) nests arrays more than \(Self.deepestNesting) deep", offset: start)
        }
        let elementType = try type("the element type of \(what)")
        let count = try count(ofSize: elementType.leastSize, "the length of \(what)")
        switch elementType {
        case .string:
            var ranges: [Range<Int>] = []
            ranges.reserveCapacity(count)
            for _ in 0..<count { ranges.append(try stringRange(what)) }
            return GGUFArray(strings: ranges, file: file)
        case .array:
            var arrays: [GGUFArray] = []
            for _ in 0..<count { arrays.append(try array(what, depth: depth + 1)) }
            return GGUFArray(arrays: arrays, file: file)
        default:
            defer { offset += count * elementType.leastSize }
            return GGUFArray(numbersOf: elementType, count: count, start: offset, file: file)
        }
    }

    private func require(_ size: UInt64, _ what: String) throws(GGUFError) {
        guard size <= UInt64(max(remaining, 0)) else {
            throw .truncated(reading: what, offset: offset, needed: size, available: remaining)
        }
    }
}
