import JSON

/// Variables of the environment whose values must not come back: a tool or a server may print what it was given, and
/// what it prints is journalled, shown, and read by the model.
public struct EnvironmentSecrets: Sendable, Hashable {
    private struct Secret: Sendable, Hashable {
        let name: String
        let spelling: SecretSpelling
    }

    private var secrets: [Secret] = []

    private static let telling = ["KEY", "TOKEN", "SECRET", "PASS", "AUTH", "CREDENTIAL"]

    /// No secrets.
    public init() {}

    /// Whether a variable's name says that its value is a secret.
    static func isTelling(_ name: String) -> Bool {
        let name = Array(name.utf8).map { (97...122).contains($0) ? $0 & 0xDF : $0 }
        return telling.contains { word in
            name.indices.contains { name[$0...].starts(with: word.utf8) }
        }
    }

    /// Adds a variable; each line of its value by itself as well, since outputs are taken line by line.
    mutating func insert(_ name: String, _ value: String) {
        let lines = value.utf8.split { $0 == 0x0A || $0 == 0x0D }.map(Array.init)
        for bytes in [Array(value.utf8)] + lines where bytes.count >= SecretSpelling.shortest {
            let secret = Secret(name: name, spelling: SecretSpelling(bytes))
            if !secrets.contains(secret) { secrets.append(secret) }
        }
        // Where one value is the beginning of another, the longer one goes first.
        secrets.sort { $0.spelling.bytes.count > $1.spelling.bytes.count }
    }

    /// The text with the variable's name, in brackets, in the place of each value, however it is spelled.
    func hiding(in text: String) -> String {
        guard !secrets.isEmpty else { return text }
        var text = text
        let hidden = text.withUTF8 { clean($0, isCut: false) }
        return hidden.map { String(decoding: $0, as: UTF8.self) } ?? text
    }

    /// The same of bytes that may be no UTF-8, as a cut in the midst of a scalar leaves them.
    /// - Parameter isCut: whether they may end in the midst of a value.
    func hiding(in bytes: [UInt8], isCut: Bool = false) -> [UInt8] {
        guard !secrets.isEmpty else { return bytes }
        return bytes.withUnsafeBufferPointer { clean($0, isCut: isCut) } ?? bytes
    }

    /// `nil` where nothing is to be hidden.
    private func clean(_ bytes: UnsafeBufferPointer<UInt8>, isCut: Bool) -> [UInt8]? {
        var clean: [UInt8]?
        var position = 0
        let end = isCut ? cut(in: bytes) : nil
        while position < (end?.position ?? bytes.count) {
            if let (secret, length) = secret(in: bytes, at: position) {
                if clean == nil { clean = Array(bytes[..<position]) }
                clean? += Array("[\(secret.name)]".utf8)
                position += length
            } else {
                clean?.append(bytes[position])
                position += 1
            }
        }
        // A value that was hidden whole may hold the beginning of itself.
        guard let end, position <= end.position else { return clean }
        return (clean ?? Array(bytes[..<end.position])) + Array("[\(end.name)]".utf8)
    }

    private func secret(
        in bytes: UnsafeBufferPointer<UInt8>, at position: Int
    ) -> (secret: Secret, length: Int)? {
        for secret in secrets {
            if let length = secret.spelling.length(in: bytes, at: position) { return (secret, length) }
        }
        return nil
    }

    /// Where a value begins that the text's end cuts off.
    private func cut(in bytes: UnsafeBufferPointer<UInt8>) -> (position: Int, name: String)? {
        secrets.compactMap { secret in
            secret.spelling.beginning(atTheEndOf: bytes).map { ($0, secret.name) }
        }.min { $0.0 < $1.0 }
    }

    /// The JSON with every string in it cleaned, keys included.
    func hiding(in value: JSONValue) -> JSONValue {
        guard !secrets.isEmpty else { return value }
        switch value {
        case .string(let text): return .string(hiding(in: text))
        case .number(let number):
            // A value of digits comes back as a number too.
            let clean = hiding(in: number.text)
            return clean.isBytewise(number.text) ? value : .string(clean)
        case .array(let elements): return .array(elements.map { hiding(in: $0) })
        case .object(let object):
            return .object(
                JSONObject(object.map { .init(key: hiding(in: $0.key), value: hiding(in: $0.value)) }))
        default: return value
        }
    }
}
