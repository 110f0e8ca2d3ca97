import JSON

extension SessionImport {
    /// The file of a subagent that lies beside a transcript.
    public struct Companion: Sendable {
        /// The subagent's ID, as the file's name gives it.
        public var agent: String
        /// The file's bytes: JSONL.
        public var bytes: [UInt8]
        /// The description beside it (`….meta.json`), where there is one.
        public var description: [UInt8]?

        /// A file of the given parts.
        public init(agent: String, bytes: [UInt8], description: [UInt8]?) {
            self.agent = agent
            self.bytes = bytes
            self.description = description
        }
    }
}

/// The lines of a subagent, and the call that spawned it where that is known.
struct TranscriptCompanion {
    let agent: String
    let lines: [TranscriptLine]
    /// The call that the description beside the file names.
    let call: String?

    /// Reads the file; lines that are no JSON are left out.
    init(_ companion: SessionImport.Companion) {
        agent = companion.agent
        var lines: [TranscriptLine] = []
        for line in companion.bytes.split(separator: 0x0A) {
            guard let value = try? JSONParser.parse(Array(line)) else { continue }
            lines.append(TranscriptLine(value, position: lines.count))
        }
        self.lines = lines
        call = companion.description.flatMap { try? JSONParser.parse($0) }?["toolUseId"]?.stringValue
    }
}
