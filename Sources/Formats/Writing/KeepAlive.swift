import JSON

/// Bytes that keep a client waiting while part of a response is held back, and that mean nothing to it.
///
/// Which bytes each client takes was measured with the clients themselves; comments alone keep few of them waiting, and
/// some stop at a comment.
public struct KeepAlive: Sendable {
    private let format: WireFormat
    private let isStreamed: Bool
    /// The last JSON of the stream that says what the response is.
    private var identity: JSONValue?
    /// The event that says that a response is under way, to be repeated.
    private var progress: [UInt8]?
    /// The block of Messages that is open, and its type.
    private var open: (index: Int, type: String)?

    /// What keeps a client of that format waiting.
    ///
    /// - Parameter isStreamed: whether the client asked for a stream; white space is all that may come before a JSON text.
    public init(_ format: WireFormat, isStreamed: Bool) {
        self.format = format
        self.isStreamed = isStreamed
    }

    /// Takes a frame into account that the client has been sent.
    public mutating func see(_ frame: WireFrame) {
        guard case .json(let bytes) = frame.payload, format != .gemini,
            let value = try? JSONParser.parse(bytes)
        else { return }
        switch (format, value["type"]?.stringValue) {
        case (.responses, "response.in_progress"?), (.responses, "response.created"?): progress = frame.bytes
        case (.messages, "content_block_start"?):
            open = value["index"]?.intValue.map { ($0, value["content_block"]?["type"]?.stringValue ?? "") }
        case (.messages, "content_block_stop"?): open = nil
        case (.chatCompletions, _), (.ollama, _): if value["model"] != nil { identity = value }
        default: break
        }
    }

    /// The bytes to send now, and again after a pause.
    public var bytes: [UInt8] {
        guard isStreamed else { return [0x0A] }
        switch format {
        case .gemini: return [0x0A]
        case .chatCompletions: return FrameText.event(ChatWriter.chunk([:], known))
        case .ollama:
            return FrameText.line(OllamaWriter.line(["role": "assistant", "content": ""], end: nil, known))
        case .responses:
            return progress ?? FrameText.event(["type": "response.heartbeat"], name: "response.heartbeat")
        case .messages:
            // A ping keeps most clients waiting; only something in an open block keeps Claude Code beyond ten minutes.
            let ping = FrameText.event(["type": "ping"], name: "ping")
            switch open?.type {
            case "text": return ping + delta(["type": "text_delta", "text": ""])
            case "thinking": return ping + delta(["type": "thinking_delta", "thinking": ""])
            case "tool_use": return ping + delta(["type": "input_json_delta", "partial_json": ""])
            default: return ping
            }
        }
    }

    private func delta(_ delta: JSONValue) -> [UInt8] { MessagesWriter.delta(delta, index: open?.index ?? 0) }

    private var known: ResponseIdentity {
        ResponseIdentity(
            id: identity?["id"]?.stringValue ?? "chatcmpl-held", model: identity?["model"]?.stringValue ?? "",
            created: identity?["created"]?.intValue ?? 0)
    }
}

extension WireFormat {
    /// An error as the end of a stream that has begun, in the format's own shape.
    public func errorEvent(_ message: String, status: Int, kind: String) -> [UInt8] {
        let body = error(message, status: status, kind: kind)
        switch self {
        case .ollama: return FrameText.line(body)
        case .messages: return FrameText.event(body, name: "error")
        case .responses:
            guard case .object(var event) = body else { return FrameText.event(body, name: "error") }
            event["type"] = "error"
            return FrameText.event(.object(event), name: "error")
        case .chatCompletions, .gemini: return FrameText.event(body)
        }
    }

    /// The body of an error in the format's own shape.
    ///
    /// - Parameters:
    ///   - status: the HTTP status that it goes with.
    ///   - kind: such as `invalid_request_error`.
    public func error(_ message: String, status: Int, kind: String) -> JSONValue {
        switch self {
        case .chatCompletions, .responses:
            ["error": ["message": .string(message), "type": .string(kind), "param": .null, "code": .null]]
        case .messages: ["type": "error", "error": ["type": .string(kind), "message": .string(message)]]
        case .gemini:
            [
                "error": [
                    "code": .number(JSONNumber(status)), "message": .string(message),
                    "status": .string(kind.uppercased()),
                ]
            ]
        case .ollama: ["error": .string(message)]
        }
    }
}
