import JSON

/// Variables of the environment whose values must not come back: a tool or a server may print what it was given, and
/// what it prints is journalled, shown, and read by the model.
public struct EnvironmentSecrets: Sendable, Hashable {
    private struct Secret: Sendable, Hashable {
        let name: String
        let bytes: [UInt8]
    }

    private var secrets: [Secret] = []

    /// A value this short stands in too many texts by chance.
    private static let shortest = 4
    private static let telling = ["KEY", "TOKEN", "SECRET", "PASS", "AUTH", "CREDENTIAL"]

    /// No secrets.
    public init() {}

    /// Whether a variable's name says that its value is a secret.
    static func isTelling(_ name: String) -> Bool {
        let name = name.uppercased()
        return telling.contains { name.contains($0) }
    }

    /// Adds a variable; each line of its value by itself as well, since outputs are taken line by line.
    mutating func insert(_ name: String, _ value: String) {
        let lines = value.split(whereSeparator: \.isNewline).map { Array($0.utf8) }
        for bytes in [Array(value.utf8)] + lines where bytes.count >= EnvironmentSecrets.shortest {
            let secret = Secret(name: name, bytes: bytes)
            if !secrets.contains(secret) { secrets.append(secret) }
        }
        // Where one value is the beginning of another, the longer one goes first.
        secrets.sort { $0.bytes.count > $1.bytes.count }
    }

    /// The text with the variable's name, in brackets, in the place of each value.
    func hiding(in text: String) -> String {
        guard secrets.contains(where: { EnvironmentSecrets.holds(text, $0.bytes) }) else { return text }
        let bytes = Array(text.utf8)
        var clean: [UInt8] = []
        var position = 0
        while position < bytes.count {
            if let secret = secrets.first(where: { bytes[position...].starts(with: $0.bytes) }) {
                clean += Array("[\(secret.name)]".utf8)
                position += secret.bytes.count
            } else {
                clean.append(bytes[position])
                position += 1
            }
        }
        return String(decoding: clean, as: UTF8.self)
    }

    /// The JSON with every string in it cleaned, keys included.
    func hiding(in value: JSONValue) -> JSONValue {
        guard !secrets.isEmpty else { return value }
        switch value {
        case .string(let text): return .string(hiding(in: text))
        case .array(let elements): return .array(elements.map { hiding(in: $0) })
        case .object(let object):
            return .object(
                JSONObject(object.map { .init(key: hiding(in: $0.key), value: hiding(in: $0.value)) }))
        default: return value
        }
    }

    private static func holds(_ text: String, _ wanted: [UInt8]) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            guard bytes.count >= wanted.count, let first = wanted.first else { return false }
            for start in 0...(bytes.count - wanted.count) where bytes[start] == first {
                if bytes[start..<start + wanted.count].elementsEqual(wanted) { return true }
            }
            return false
        }
    }
}
