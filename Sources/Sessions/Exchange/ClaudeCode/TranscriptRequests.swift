import Agent
import JSON

/// The requests as they left, which newer transcripts record beside the messages: when, with which system prompt and tools.
struct TranscriptRequests {
    private var shapes: [String: JSONValue] = [:]
    private var sent: [(time: Int64, position: Int, shape: String?)] = []

    mutating func add(_ line: TranscriptLine) {
        switch line.type {
        case "api-request-shape":
            if let hash = line.value["shapeHash"]?.stringValue { shapes[hash] = line.value["shape"] }
        case "api-request":
            if let time = line.time {
                sent.append((time, line.position, line.value["shapeHash"]?.stringValue))
            }
        default: break
        }
    }

    /// When the request left that a response at a position answers.
    func time(before position: Int, after earlier: Int) -> Int64? {
        sent.last { $0.position < position && $0.position > earlier }?.time
    }

    /// What every request carried: that of the last one.
    private var shape: JSONValue? {
        sent.last { $0.shape != nil }?.shape.flatMap { shapes[$0] } ?? shapes.values.first
    }

    /// The system prompt, block after block.
    var system: String? {
        guard let system = shape?["system"] else { return nil }
        let texts = system.arrayValue?.compactMap { $0["text"]?.stringValue } ?? [system.stringValue ?? ""]
        return texts.isEmpty ? nil : texts.joined(separator: "\n")
    }

    /// The tools that have a schema.
    var catalogue: [ToolDefinition] {
        (shape?["tools"]?.arrayValue ?? []).compactMap { tool in
            guard let name = tool["name"]?.stringValue, let schema = tool["input_schema"] else { return nil }
            return ToolDefinition(
                name: name, description: tool["description"]?.stringValue ?? "", parameters: schema)
        }
    }
}
