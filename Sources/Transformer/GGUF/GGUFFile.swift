/// A GGUF file, versions 2 and 3: metadata and tensors of a model, mapped into memory.
///
/// Opening reads and checks the header alone: every length, count and offset is held against the file's size before
/// it is used. The weights are paged in when they are touched. The format is described in ggml's `docs/gguf.md`.
public final class GGUFFile: Sendable {
    /// The metadata's keys, in the file's order.
    public let keys: [String]
    /// The tensors, in the file's order.
    public let tensors: [GGUFTensorInfo]
    /// The size of the whole file in bytes.
    public var byteCount: Int { bytes.count }

    private let bytes: FileBytes
    private let values: [String: GGUFValue]
    private let tensorIndex: [String: Int]

    /// Opens and maps a file.
    ///
    /// - Throws: ``GGUFError`` with the offset of what is missing or wrong.
    public convenience init(_ path: String) throws(GGUFError) {
        let bytes: FileBytes
        do { bytes = try FileBytes(mapping: path) } catch {
            throw .unreadable(path: path, reason: error.reason)
        }
        try self.init(bytes)
    }

    /// Reads a file that is already in memory, from a copy of its bytes.
    ///
    /// - Throws: ``GGUFError`` with the offset of what is missing or wrong.
    public convenience init(bytes: [UInt8]) throws(GGUFError) {
        try self.init(FileBytes(copying: bytes))
    }

    private init(_ bytes: FileBytes) throws(GGUFError) {
        self.bytes = bytes
        var cursor = GGUFCursor(file: bytes, offset: 0)
        try Self.readVersion(&cursor)
        // An info takes at least a name's length, a count of dimensions, one of them, a type and an offset;
        // a key at least its length, a type and a byte.
        let tensorCount = try cursor.count(ofSize: 32, "the number of tensors")
        let keyCount = try cursor.count(ofSize: 13, "the number of metadata keys")
        (keys, values) = try Self.readMetadata(&cursor, count: keyCount)
        let alignment = try Self.alignment(values["general.alignment"])
        tensors = try Self.readTensors(&cursor, count: tensorCount, alignment: alignment)
        tensorIndex = Dictionary(uniqueKeysWithValues: zip(tensors.map(\.name), tensors.indices))
    }

    /// Brings some of the file's bytes into memory.
    ///
    /// - Precondition: the range lies in the file.
    public func touch(_ range: Range<Int>) { bytes.touch(range) }

    /// The value of a metadata key.
    public subscript(key: String) -> GGUFValue? { values[key] }

    /// A string of the metadata; nil if the key is absent.
    ///
    /// - Throws: ``GGUFError/wrongType(key:expected:found:)``.
    public func string(_ key: String) throws(GGUFError) -> String? {
        guard let value = values[key] else { return nil }
        guard case .string(let string) = value else { throw wrongType(key, "a string", value) }
        return string
    }

    /// An integer of the metadata; nil if the key is absent.
    ///
    /// - Throws: ``GGUFError/wrongType(key:expected:found:)``.
    public func integer(_ key: String) throws(GGUFError) -> Int? {
        guard let value = values[key] else { return nil }
        guard let integer = value.integer else { throw wrongType(key, "an integer", value) }
        return integer
    }

    /// A number of the metadata; nil if the key is absent.
    ///
    /// - Throws: ``GGUFError/wrongType(key:expected:found:)``.
    public func number(_ key: String) throws(GGUFError) -> Double? {
        guard let value = values[key] else { return nil }
        guard let number = value.number else { throw wrongType(key, "a number", value) }
        return number
    }

    /// A truth value of the metadata; nil if the key is absent.
    ///
    /// - Throws: ``GGUFError/wrongType(key:expected:found:)``.
    public func bool(_ key: String) throws(GGUFError) -> Bool? {
        guard let value = values[key] else { return nil }
        guard case .bool(let bool) = value else { throw wrongType(key, "a bool", value) }
        return bool
    }

    /// An array of the metadata; nil if the key is absent.
    ///
    /// - Throws: ``GGUFError/wrongType(key:expected:found:)``.
    public func array(_ key: String) throws(GGUFError) -> GGUFArray? {
        guard let value = values[key] else { return nil }
        guard case .array(let array) = value else { throw wrongType(key, "an array", value) }
        return array
    }

    /// An array of strings; nil if the key is absent.
    func stringArray(_ key: String) throws(GGUFError) -> GGUFArray? {
        guard let array = try array(key) else { return nil }
        // An empty array has no elements to be of a wrong type.
        guard array.elementType == .string || array.count == 0 else {
            throw wrongType(key, "an array of strings", .array(array))
        }
        return array
    }

    /// Whether the file has a tensor of this name.
    public func hasTensor(_ name: String) -> Bool { tensorIndex[name] != nil }

    /// A tensor to compute with.
    ///
    /// - Throws: ``GGUFError`` when it is absent or of a type that the kernels lack.
    func tensor(_ name: String) throws(GGUFError) -> Tensor {
        guard let index = tensorIndex[name] else { throw .missingTensor(name) }
        let info = tensors[index]
        guard info.type.isSupported, let columns = info.shape.first,
            let rowBytes = info.type.rowBytes(columns: columns)
        else { throw .unsupportedTensorType(tensor: name, type: info.type.description) }
        return Tensor(
            name: name, type: info.type, shape: info.shape, rowBytes: rowBytes, file: bytes,
            offset: info.offset)
    }

    private func wrongType(_ key: String, _ expected: String, _ found: GGUFValue) -> GGUFError {
        .wrongType(key: key, expected: expected, found: found.typeName)
    }
}

/// Name, type, shape and place of a tensor in a GGUF file.
public struct GGUFTensorInfo: Sendable {
    /// The tensor's name, such as `blk.0.attn_q.weight`.
    public let name: String
    /// How its values are stored.
    public let type: TensorType
    /// Its extents, the innermost (columns of a matrix) first, as in the file.
    public let shape: [Int]
    /// How many values it has.
    public let valueCount: Int
    /// Where its values begin, in bytes from the start of the file.
    public let offset: Int
}

// Reading the header, section by section.
extension GGUFFile {
    private static let magic: [UInt8] = Array("GGUF".utf8)
    private static let mostDimensions: UInt32 = 4

    private static func readVersion(_ cursor: inout GGUFCursor) throws(GGUFError) {
        let start = Array(cursor.file.buffer.prefix(magic.count))
        guard start == magic else {
            // A prefix of the magic is a file cut short; anything else is another format.
            guard magic.starts(with: start), !start.isEmpty else { throw .notGGUF(start: start) }
            throw .truncated(reading: "the magic number", offset: 0, needed: 4, available: start.count)
        }
        cursor.offset = magic.count
        let version = try cursor.integer(UInt32.self, "the version")
        guard version & 0xffff != 0 else { throw .bigEndian }
        guard version == 2 || version == 3 else { throw .unsupportedVersion(version) }
    }

    private static func readMetadata(
        _ cursor: inout GGUFCursor, count: Int
    ) throws(GGUFError) -> ([String], [String: GGUFValue]) {
        var keys: [String] = []
        var values: [String: GGUFValue] = [:]
        for index in 0..<count {
            let start = cursor.offset
            let key = try cursor.string("metadata key \(index)")
            let value = try cursor.value("the value of \(key)")
            guard values.updateValue(value, forKey: key) == nil else {
                throw .malformed("the metadata key \(key) occurs twice", offset: start)
            }
            keys.append(key)
        }
        return (keys, values)
    }

    private static func alignment(_ value: GGUFValue?) throws(GGUFError) -> Int {
        guard let value else { return 32 }
        guard let alignment = value.integer, alignment > 0, alignment & (alignment - 1) == 0,
            alignment <= 1 << 30
        else {
            throw .wrongType(key: "general.alignment", expected: "a power of two", found: "\(value)")
        }
        return alignment
    }

    private static func readTensors(
        _ cursor: inout GGUFCursor, count: Int, alignment: Int
    ) throws(GGUFError) -> [GGUFTensorInfo] {
        struct Entry {
            var name: String, type: TensorType, shape: [Int], values: Int, offset: UInt64, place: Int
        }
        var entries: [Entry] = []
        var names: Set<String> = []
        for index in 0..<count {
            let place = cursor.offset
            let name = try cursor.string("the name of tensor \(index)")
            guard names.insert(name).inserted else {
                throw .malformed("the tensor \(name) occurs twice", offset: place)
            }
            let (shape, values) = try readShape(&cursor, tensor: name)
            let type = TensorType(number: try cursor.integer(UInt32.self, "the type of \(name)"))
            let offset = try cursor.integer(UInt64.self, "the offset of \(name)")
            entries.append(
                Entry(name: name, type: type, shape: shape, values: values, offset: offset, place: place))
        }
        // The data begin at the next multiple of the alignment; without tensors they need not be there.
        let dataStart = (cursor.offset + alignment - 1) & ~(alignment - 1)
        var tensors: [GGUFTensorInfo] = []
        for entry in entries {
            guard entry.offset % UInt64(alignment) == 0 else {
                throw .malformed(
                    "the offset \(entry.offset) of \(entry.name) is no multiple of \(alignment)",
                    offset: entry.place)
            }
            let size = try byteCount(
                of: entry.type, shape: entry.shape, values: entry.values, entry.name, entry.place)
            let available = max(cursor.file.count - dataStart, 0)
            guard entry.offset <= UInt64(available), UInt64(size) <= UInt64(available) - entry.offset else {
                let (end, overflow) = entry.offset.addingReportingOverflow(UInt64(size))
                throw .truncated(
                    reading: "the data of \(entry.name)", offset: dataStart, needed: overflow ? .max : end,
                    available: available)
            }
            tensors.append(
                GGUFTensorInfo(
                    name: entry.name, type: entry.type, shape: entry.shape, valueCount: entry.values,
                    offset: dataStart + Int(entry.offset)))
        }
        return tensors
    }

    private static func readShape(
        _ cursor: inout GGUFCursor, tensor: String
    ) throws(GGUFError) -> (shape: [Int], values: Int) {
        let place = cursor.offset
        let dimensions = try cursor.integer(UInt32.self, "the number of dimensions of \(tensor)")
        guard (1...mostDimensions).contains(dimensions) else {
            throw .malformed("the tensor \(tensor) has \(dimensions) dimensions", offset: place)
        }
        var shape: [Int] = []
        var values = 1
        for _ in 0..<dimensions {
            let place = cursor.offset
            let extent = try cursor.integer(UInt64.self, "the shape of \(tensor)")
            guard extent > 0, let extent = Int(exactly: extent) else {
                throw .malformed("the tensor \(tensor) has an extent of \(extent)", offset: place)
            }
            let (product, overflow) = values.multipliedReportingOverflow(by: extent)
            guard !overflow else { throw .malformed("the shape of \(tensor) overflows", offset: place) }
            values = product
            shape.append(extent)
        }
        return (shape, values)
    }

    /// Bytes of a tensor's data; none for types that ggml does not know, as no one will read them.
    private static func byteCount(
        of type: TensorType, shape: [Int], values: Int, _ name: String, _ place: Int
    ) throws(GGUFError) -> Int {
        guard let block = type.block, let columns = shape.first else { return 0 }
        guard let rowBytes = type.rowBytes(columns: columns) else {
            throw .malformed(
                "rows of \(columns) values of \(name) are no whole number of \(type) blocks of \(block.values)",
                offset: place)
        }
        let (bytes, overflow) = rowBytes.multipliedReportingOverflow(by: values / columns)
        guard !overflow else { throw .malformed("the size of \(name) overflows", offset: place) }
        return bytes
    }
}
