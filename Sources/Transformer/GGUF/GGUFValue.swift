/// A metadata value of a GGUF file.
public enum GGUFValue: Sendable {
    case uint8(UInt8)
    case int8(Int8)
    case uint16(UInt16)
    case int16(Int16)
    case uint32(UInt32)
    case int32(Int32)
    case float32(Float)
    case bool(Bool)
    case string(String)
    case array(GGUFArray)
    case uint64(UInt64)
    case int64(Int64)
    case float64(Double)

    /// The value as an integer, where it is one that fits.
    public var integer: Int? {
        switch self {
        case .uint8(let value): Int(value)
        case .int8(let value): Int(value)
        case .uint16(let value): Int(value)
        case .int16(let value): Int(value)
        case .uint32(let value): Int(value)
        case .int32(let value): Int(value)
        case .uint64(let value): Int(exactly: value)
        case .int64(let value): Int(value)
        case .float32, .float64, .bool, .string, .array: nil
        }
    }

    /// The value as a number, where it is one.
    public var number: Double? {
        switch self {
        case .float32(let value): Double(value)
        case .float64(let value): value
        default: integer.map(Double.init)
        }
    }

    /// What the format calls the value's type.
    public var typeName: String {
        switch self {
        case .uint8: "uint8"
        case .int8: "int8"
        case .uint16: "uint16"
        case .int16: "int16"
        case .uint32: "uint32"
        case .int32: "int32"
        case .float32: "float32"
        case .bool: "bool"
        case .string: "string"
        case .array(let array): "array of \(array.elementType)"
        case .uint64: "uint64"
        case .int64: "int64"
        case .float64: "float64"
        }
    }
}

/// The types of metadata values, numbered as in the file.
public enum GGUFValueType: UInt32, Sendable {
    case uint8, int8, uint16, int16, uint32, int32, float32, bool, string, array, uint64, int64, float64

    /// Bytes of one value in the file, or the fewest for types of varying length.
    var leastSize: Int {
        switch self {
        case .uint8, .int8, .bool: 1
        case .uint16, .int16: 2
        case .uint32, .int32, .float32: 4
        case .uint64, .int64, .float64, .string: 8
        case .array: 12
        }
    }
}

/// An array in a GGUF file's metadata, read from the file's bytes when it is asked for.
public struct GGUFArray: Sendable {
    /// The type of all elements.
    public let elementType: GGUFValueType
    /// How many elements there are.
    public let count: Int

    private let file: FileBytes
    private let layout: Layout

    private enum Layout: Sendable {
        case fixed(start: Int)
        case strings(ranges: [Range<Int>])
        case arrays([GGUFArray])
    }

    init(numbersOf type: GGUFValueType, count: Int, start: Int, file: FileBytes) {
        (elementType, self.count, self.file, layout) = (type, count, file, .fixed(start: start))
    }

    init(strings ranges: [Range<Int>], file: FileBytes) {
        (elementType, count, self.file, layout) = (.string, ranges.count, file, .strings(ranges: ranges))
    }

    init(arrays: [GGUFArray], file: FileBytes) {
        (elementType, count, self.file, layout) = (.array, arrays.count, file, .arrays(arrays))
    }

    /// The elements, as values.
    public var values: [GGUFValue] {
        switch layout {
        case .strings: strings.map(GGUFValue.string)
        case .arrays(let arrays): arrays.map(GGUFValue.array)
        case .fixed(let start):
            (0..<count).compactMap {
                var cursor = GGUFCursor(file: file, offset: start + $0 * elementType.leastSize)
                return try? cursor.scalar(of: elementType, what: "an array element")
            }
        }
    }

    /// The elements as strings, with malformed UTF-8 repaired; none if this is no array of strings.
    public var strings: [String] {
        guard case .strings(let ranges) = layout else { return [] }
        return ranges.map { String(decoding: file.buffer[$0], as: UTF8.self) }
    }

    /// The bytes of one string, unrepaired.
    ///
    /// - Precondition: this is an array of strings, and `index` is below `count`.
    func bytes(at index: Int) -> UnsafeRawBufferPointer {
        guard case .strings(let ranges) = layout else { preconditionFailure("not an array of strings") }
        return UnsafeRawBufferPointer(rebasing: file.buffer[ranges[index]])
    }
}
