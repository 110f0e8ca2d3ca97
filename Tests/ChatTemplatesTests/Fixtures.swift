import CallTemplates
import ChatTemplates
import Foundation
import JSON

/// What jinja2 made of templates (Scripts/fixtures/chat_templates_reference.py).
enum Fixtures {
    static let clock = TemplateClock(year: 2026, month: 7, day: 4, hour: 9, minute: 5, second: 30)

    static func lines(_ name: String) throws -> [JSONValue] {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Fixtures/\(name)")
        return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map {
            try JSONParser.parse(String($0))
        }
    }

    /// The templates of llama.cpp's source, where Scripts/peers/llama-server.sh has unpacked it.
    static var peers: [URL] { PeerTemplates.all }

    /// A context with every name set to a value that counts as input.
    static func context(_ names: JSONValue?) -> TemplateContext {
        var context = TemplateContext()
        for member in names?.objectValue ?? JSONObject() { context.set(member.key, to: member.value) }
        return context
    }

    /// FNV-1a of the text's UTF-8 in 64 bits.
    static func hash(_ text: String) -> String {
        var value: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in text.utf8 { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

/// Conversations of the shapes that programs send, as the fixtures hold them.
struct RecordedConversations {
    let names: [String]
    let values: [JSONValue]

    init() throws {
        let lines = try Fixtures.lines("peers.jsonl").filter { $0["conversation"] != nil }
        names = lines.compactMap { $0["conversation"]?.stringValue }
        values = lines.compactMap { $0["names"] }
    }
}

/// Random numbers that a seed repeats (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
