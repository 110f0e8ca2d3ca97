import Agent
import JSON

/// A key that was read from the environment; it has no description, and texts can be cleaned of it.
public struct APIKey: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The name of the variable that held the key.
    public let variable: String
    let secret: String
    /// The spellings in which the key can come back; `nil` for what stands in a key's place where none is needed.
    let spelling: SecretSpelling?

    /// Reads the key that `variable` holds.
    /// - Throws: ``ModelError`` when it is not set or cannot stand in a header.
    public init(variable: String, environment: [String: String]) throws(ModelError) {
        guard let value = environment[variable], !value.isEmpty else {
            throw ModelError("the environment variable \(variable) is not set; it should hold the API key")
        }
        guard value.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw ModelError(
                "the environment variable \(variable) holds white space or characters that no key has; set it anew"
            )
        }
        self.variable = variable
        secret = value
        spelling = APIKey.isPlaceholder(value) ? nil : SecretSpelling(Array(value.utf8))
    }

    /// Whether a value is one of those that the guides of local servers tell to set: a word that an answer may well hold.
    private static func isPlaceholder(_ value: String) -> Bool {
        let bytes = value.utf8.loweredASCII
        return bytes.count < SecretSpelling.shortest
            || placeholders.contains(String(decoding: bytes, as: UTF8.self))
    }
    private static let placeholders: Set<String> = [
        "none", "null", "empty", "dummy", "fake", "test", "token", "local", "ollama", "lm-studio", "vllm",
        "llama",
        "not-needed", "not-required", "no-key", "no-key-required", "sk-no-key-required", "anything", "unused",
    ]

    /// The variable's name, never the key.
    public var description: String { "key from \(variable)" }
    /// The variable's name, never the key.
    public var debugDescription: String { description }
    /// Nothing to look into.
    public var customMirror: Mirror { Mirror(self, children: [:]) }

    /// The text with every occurrence of the key, however it is spelled, replaced by the variable's name.
    func scrub(_ text: String) -> String {
        guard let spelling else { return text }
        return Array(text.utf8).withUnsafeBufferPointer { bytes in
            var clean: [UInt8] = []
            var position = 0
            // The text may have been cut in the midst of the key.
            let end = spelling.beginning(atTheEndOf: bytes)
            while let found = spelling.range(in: bytes, from: position), found.lowerBound < end ?? .max {
                clean += bytes[position..<found.lowerBound]
                clean += Array("(\(variable))".utf8)
                position = found.upperBound
            }
            clean += bytes[position..<max(position, end ?? bytes.count)]
            if end != nil { clean += Array("(\(variable))".utf8) }
            return String(decoding: clean, as: UTF8.self)
        }
    }
}
