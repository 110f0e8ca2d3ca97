/// One architecture's metadata keys, read with checks.
struct MetadataSection {
    let file: GGUFFile
    let prefix: String

    /// No real model comes near; products of two such sizes still fit an `Int`.
    private static let largest = 1 << 28

    func integer(_ key: String) throws(ModelError) -> Int? {
        do { return try file.integer("\(prefix).\(key)") } catch { throw .file(error) }
    }

    func string(_ key: String) throws(ModelError) -> String? {
        do { return try file.string("\(prefix).\(key)") } catch { throw .file(error) }
    }

    func bool(_ key: String) throws(ModelError) -> Bool? {
        do { return try file.bool("\(prefix).\(key)") } catch { throw .file(error) }
    }

    /// The truth values of an array; nil where the key is absent or no array.
    func bools(_ key: String) throws(ModelError) -> [Bool]? {
        guard case .array(let array)? = file["\(prefix).\(key)"] else { return nil }
        return array.values.map { value in
            if case .bool(let bool) = value { bool } else { value.integer.map { $0 != 0 } ?? false }
        }
    }

    func optionalSize(_ key: String) throws(ModelError) -> Int? {
        guard let value = try integer(key) else { return nil }
        guard (1...Self.largest).contains(value) else {
            throw invalid(key, value, "it is not between 1 and \(Self.largest)")
        }
        return value
    }

    func size(_ key: String, default fallback: Int? = nil) throws(ModelError) -> Int {
        guard let value = try optionalSize(key) ?? fallback else {
            throw .file(.missingKey("\(prefix).\(key)"))
        }
        return value
    }

    /// A positive number; nil where the file has none, or a zero, by which converters say the same.
    func positive(_ key: String) throws(ModelError) -> Double? {
        let value: Double?
        do { value = try file.number("\(prefix).\(key)") } catch { throw .file(error) }
        guard let value, value != 0 else { return nil }
        guard value > 0, value.isFinite else { throw invalid(key, value, "it is not a positive number") }
        return value
    }

    func positive(_ key: String, default fallback: Double) throws(ModelError) -> Double {
        try positive(key) ?? fallback
    }

    func invalid(_ key: String, _ value: some CustomStringConvertible, _ reason: String) -> ModelError {
        .invalidHyperparameter(key: "\(prefix).\(key)", value: value.description, reason: reason)
    }
}
