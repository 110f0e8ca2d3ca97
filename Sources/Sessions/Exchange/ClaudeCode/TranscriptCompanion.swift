import JSON

extension SessionImport {
    /// A file that belongs to a transcript: of a subagent, or of a thread that it goes on from.
    public struct Companion: Sendable {
        /// The subagent's or the thread's ID, as the file's name gives it.
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
        lines = Document.lines(of: companion.bytes).enumerated().map {
            TranscriptLine($1.value, position: $0)
        }
        call = companion.description.flatMap { try? JSONParser.parse($0) }?["toolUseId"]?.stringValue
    }
}
