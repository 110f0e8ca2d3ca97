import Agent

/// What a decision made elsewhere is bound to: the SHA-256 of a call's tool, ID and argument bytes.
///
/// Each part is preceded by its length, so that no byte can move from one part into the next unnoticed.
public struct CallHash: Sendable, Hashable, CustomStringConvertible {
    /// The hash in 64 lower-case hexadecimal digits.
    public let description: String

    /// The hash of a call as the model asked for it.
    public init(_ call: ToolCall) {
        var hash = SHA256()
        hash.update("callgate-call-1".utf8)
        for part in [Array(call.name.utf8), Array(call.id.text.utf8), Array(call.arguments.text.utf8)] {
            let length = UInt64(part.count)
            hash.update((0..<8).map { UInt8(truncatingIfNeeded: length >> UInt64(56 - 8 * $0)) })
            hash.update(part)
        }
        description = hash.hex()
    }

    /// A hash as somebody wrote it; `nil` unless it is whole, as the beginning of a hash can be forged.
    public init?(_ text: String) {
        let digits = Array(text.utf8)
        guard digits.count == 64,
            digits.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
        else { return nil }
        description = text
    }
}
