import Agent
import JSON

/// A request as another program sent it to its model, read.
///
/// It is a reading: what is passed on is the request's own bytes.
public struct WireRequest: Sendable, Hashable {
    /// The format.
    public let format: WireFormat
    /// The model that it names; empty where it names none.
    public var model: String
    /// The conversation so far.
    public internal(set) var messages: [Message] = []
    /// The tools that the client runs itself.
    public internal(set) var catalogue: [ToolDefinition] = []
    /// Whether it asks for a stream.
    public internal(set) var isStreamed = false
    /// The tools that it lets the provider run, by their type; their calls cannot be held.
    public internal(set) var providerTools: [String] = []
    /// What ran at the provider within answers of the conversation, by the answer's place in ``messages``.
    public internal(set) var providerCalls: [Int: [String]] = [:]
    /// What else of the provider's own stands before the message of that number.
    public internal(set) var providerNotes: [Int: [ProviderNote]] = [:]
    /// All members of the body but the conversation and the catalogue, as they came.
    public internal(set) var others: JSONObject
    /// What of the conversation is not read, one sentence each.
    public internal(set) var remarks: [String] = []

    /// Reads the body of a request.
    ///
    /// - Parameters:
    ///   - endpoint: where it was sent to.
    ///   - body: its bytes, decoded from any content encoding.
    /// - Throws: ``RequestFault`` for what is no JSON object.
    public init(_ endpoint: ModelEndpoint, body: [UInt8]) throws(RequestFault) {
        let value: JSONValue
        do { value = try JSONParser.parse(body) } catch {
            throw RequestFault("the body of the request is no JSON: \(error)")
        }
        guard case .object(let object) = value else {
            throw RequestFault("the body of the request is no JSON object")
        }
        self.init(endpoint, object)
    }

    /// Reads a request's body.
    public init(_ endpoint: ModelEndpoint, _ given: JSONObject) {
        let body = endpoint.format == .gemini ? GeminiRoom.unwrapped(given) : given
        format = endpoint.format
        model = endpoint.model ?? body["model"]?.stringValue ?? ""
        others = JSONObject(body.filter { !WireRequest.conversational.contains($0.key) })
        endpoint.format.room.read(body, into: &self)
        if let isStreamed = endpoint.isStreamed { self.isStreamed = isStreamed }
    }

    private static let conversational: Set<String> = [
        "messages", "input", "instructions", "system", "contents", "systemInstruction", "system_instruction",
        "tools", "functions",
    ]

    /// The response whose conversation the provider goes on with, where it keeps it.
    public var previousResponse: String? {
        others["previous_response_id"]?.stringValue
            ?? (goesOnInThread ? others["thread"]?["previous_message_id"]?.stringValue : nil)
    }

    /// Whether it goes on in a thread of Messages: it carries only what is new, its catalogue stands in the thread, and an
    /// answer there can be gone on from once.
    public var goesOnInThread: Bool {
        format == .messages && others["thread"]?["type"]?.stringValue == "continue"
    }

    /// Whether the provider keeps the conversation under the ID of its response.
    public var isKept: Bool {
        format == .responses && others["store"]?.boolValue != false
            || format == .messages && others["thread"]?.objectValue != nil
    }

    /// The conversation that the provider keeps.
    public var conversation: String? {
        others["conversation"]?.stringValue ?? others["conversation"]?["id"]?.stringValue
    }

    mutating func remark(_ sentence: String) { if !remarks.contains(sentence) { remarks.append(sentence) } }

    /// The text of a content, a mark in the place of each part that is none.
    mutating func text(of content: JSONValue?) -> String {
        ChatContent.parts(of: content).map { part in
            switch part {
            case .text(let text): return text
            case .thinking: return ""
            case .other(let what):
                remark("The conversation holds \(what), which is shown as a mark.")
                return "[\(what)]"
            }
        }.joined(separator: content?.arrayValue == nil ? "" : "\n")
    }

    /// Adds an answer of the history, read as a whole response would be.
    mutating func add(answer value: JSONValue, readBy reader: inout some FrameReader) {
        let number = messages.nextCallNumber
        do {
            let pieces = try reader.take(value, event: nil).pieces
            let (ran, notes) = (pieces.compactMap(\.providerTool), pieces.compactMap(\.providerNote))
            let done = reader
            var response = try done.draft.response(numberingFrom: number) { done.blocks(for: $0) }
            response.remarks = []
            if !ran.isEmpty { providerCalls[messages.count] = ran }
            if !notes.isEmpty { providerNotes[messages.count] = notes }
            // Where nothing was answered, the notes say all that stands there.
            let isSaid =
                !ran.isEmpty || !response.content.isEmpty || !response.calls.isEmpty
                || response.thinking != nil
            if !notes.isEmpty, !isSaid { return }
            messages.append(.assistant(response.message))
        } catch {
            remark("An answer of the conversation is not read: \(error).")
        }
    }

    /// Adds a call's result; the tool's name is the call's where the result does not say it.
    mutating func add(result id: String, name: String?, content: String, isError: Bool = false) {
        var call: ToolCall?
        // Without an ID it answers the first call of that name, or of any without a name, which has no result yet.
        var answered: Set<ToolCallID> = []
        for message in messages.reversed() {
            if id.isEmpty, case .tool(let result) = message { answered.insert(result.callID) }
            guard case .assistant(let answer) = message else { continue }
            call =
                id.isEmpty
                ? answer.calls.first {
                    (name?.utf8.elementsEqual($0.name.utf8) ?? true) && !answered.contains($0.id)
                }
                : answer.calls.last { $0.id.text.utf8.elementsEqual(id.utf8) }
            if call != nil { break }
        }
        if call == nil {
            remark("The result of call \(id.isEmpty ? "(no ID)" : id) answers no call of the conversation.")
        }
        messages.append(
            .tool(
                ToolMessage(
                    callID: call?.id ?? ToolCallID(id), name: call?.name ?? name ?? "", content: content,
                    isError: isError)))
    }

    /// Adds a tool of the catalogue, in the shape of any provider.
    mutating func add(tool: JSONValue) {
        let function = tool["function"] ?? tool
        let type = tool["type"]?.stringValue ?? "function"
        let isClients = ["function", "custom"].contains(type)
        guard isClients, let name = function["name"]?.stringValue else {
            providerTools.append(type == "function" ? (tool.objectValue?.keys.first ?? "unknown") : type)
            return
        }
        let schema =
            function["parameters"] ?? function["input_schema"] ?? function["parametersJsonSchema"]
            ?? function["parameters_json_schema"] ?? function["inputSchema"]
        let custom: JSONValue = [
            "type": "object", "properties": ["input": ["type": "string"]], "required": ["input"],
        ]
        catalogue.append(
            ToolDefinition(
                name: name, description: function["description"]?.stringValue ?? "",
                parameters: schema ?? (type == "custom" ? custom : ["type": "object"])))
    }
}

/// Why a request cannot be read.
public struct RequestFault: Error, Sendable, Hashable, CustomStringConvertible {
    /// One line.
    public let description: String

    init(_ description: String) { self.description = description }
}
