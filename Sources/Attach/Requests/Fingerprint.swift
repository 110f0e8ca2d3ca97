import Agent

/// A sum over texts that is the same on every run of the program (FNV-1a, 64 bits).
struct Fingerprint: Sendable, Hashable {
    private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

    init(value: UInt64) { self.value = value }

    /// What two requests of a conversation have in common where they carry the same message, whatever of thinking,
    /// layout and marks for caches is other.
    init(_ message: Message) {
        add(message.role)
        switch message {
        case .system(let text), .user(let text): add(text)
        case .assistant(let answer):
            add(answer.content)
            for call in answer.calls { add(call.id.text) }
        case .tool(let result): add(result.callID.text)
        }
    }

    /// The sums over the beginnings of a list: of its first element, of its first two, and so on.
    static func chain(_ prints: [Fingerprint]) -> [Fingerprint] {
        var sum = Fingerprint(value: 0xCBF2_9CE4_8422_2325)
        return prints.map { print in
            for shift in stride(from: UInt64(0), to: 64, by: 8) {
                sum.add(UInt8(truncatingIfNeeded: print.value >> shift))
            }
            return sum
        }
    }

    private mutating func add(_ text: String) {
        for byte in text.utf8 { add(byte) }
        add(0xFF)
    }

    private mutating func add(_ byte: UInt8) { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }
}
