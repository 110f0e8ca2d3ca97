import Agent
import Formats
import JSON

@testable import Attach

/// A conversation of a made-up client and its provider: what the model answers, and what is decided about its calls.
struct RandomConversation: Sendable {
    let format: WireFormat
    let isStreamed: Bool
    /// A text that stands in each of its requests.
    let name: String
    /// The answers in order; the last one has no calls.
    let turns: [ModelResponse]
    /// What is decided, by a text that stands in the arguments.
    let decisions: [String: Decision]

    static let catalogue = ["Bash", "read_file", "look-up"].map {
        ToolDefinition(name: $0, description: "Does.", parameters: ["type": "object"])
    }
    static let responsesTools: [JSONValue] = [
        [
            "type": "custom", "name": "exec",
            "format": ["type": "grammar", "syntax": "lark", "definition": "x"],
        ],
        ["type": "shell"], ["type": "local_shell"], ["type": "apply_patch"],
        [
            "type": "namespace", "name": "crew",
            "tools": [["type": "function", "name": "spawn", "parameters": ["type": "object"]]],
        ],
    ]

    init(_ number: Int, _ format: WireFormat, _ numbers: inout SeededNumbers) {
        self.format = format
        name = "conversation-\(number)."
        isStreamed = Bool.random(using: &numbers)
        var turns: [ModelResponse] = []
        var decisions: [String: Decision] = [:]
        for turn in 0..<Int.random(in: 1...2, using: &numbers) {
            let kinds = (0..<Int.random(in: 1...3, using: &numbers)).map { _ in
                format == .responses ? Kind.allCases.randomElement(using: &numbers) ?? .function : .function
            }
            var parts = Parts(format: format, words: numbers.word(), thought: numbers.word())
            parts.hasWords = Bool.random(using: &numbers)
            parts.hasThought = Bool.random(using: &numbers)
            parts.hasIDs = number % 2 == 0
            for (position, kind) in kinds.enumerated() {
                let mark = "mark-\(number)-\(turn)-\(position)."
                let id = "id_\(number)_\(turn)_\(position)"
                parts.add(
                    kind, id: id, text: mark + numbers.word(),
                    name: RandomConversation.catalogue[position].name)
                decisions[mark] = RandomConversation.decision(on: kind, mark, &numbers)
            }
            turns.append(parts.response)
        }
        turns.append(ModelResponse(content: "Done.", calls: [], finishReason: .stop))
        (self.turns, self.decisions) = (turns, decisions)
    }

    private static func decision(on kind: Kind, _ mark: String, _ numbers: inout SeededNumbers) -> Decision {
        switch Int.random(in: 0..<5, using: &numbers) {
        case 0, 1: .approve
        case 2:
            .edit(
                arguments: ByteString(kind.arguments("edited " + mark).text()),
                mode: EditMode.allCases.randomElement(using: &numbers) ?? .annotate)
        case 3: .deny(reason: Bool.random(using: &numbers) ? "no \(mark)" : nil)
        default: .respond(content: "answered \(mark)")
        }
    }

    /// How a call is written.
    enum Kind: CaseIterable {
        case function
        case spaced
        case custom
        case shell
        case localShell
        case patch

        func arguments(_ text: String) -> JSONValue {
            switch self {
            case .function, .spaced: ["command": .string(text)]
            case .custom: ["input": .string(text)]
            case .shell: ["commands": [.string(text)]]
            case .localShell: ["type": "exec", "command": ["sh", "-c", .string(text)]]
            case .patch: ["type": "delete_file", "path": .string(text)]
            }
        }
    }

    /// An answer while it is put together, as its provider writes it.
    private struct Parts {
        let format: WireFormat
        let words: String
        let thought: String
        var hasWords = true
        var hasThought = false
        /// Gemini gives its calls IDs or not, all of a conversation alike.
        var hasIDs = true
        private var calls: [ToolCall] = []
        private var own: [JSONValue] = []

        init(format: WireFormat, words: String, thought: String) {
            (self.format, self.words, self.thought) = (format, words, thought)
        }

        mutating func add(_ kind: Kind, id: String, text: String, name: String) {
            let arguments = kind.arguments(text)
            var told = name
            switch format {
            case .messages:
                own.append(["type": "tool_use", "id": .string(id), "name": .string(name), "input": arguments])
            case .gemini:
                var call = JSONObject()
                call["name"] = .string(name)
                call["args"] = arguments
                if hasIDs { call["id"] = .string(id) }
                var part = JSONObject()
                part["functionCall"] = .object(call)
                if calls.isEmpty { part["thoughtSignature"] = "sealed" }
                own.append(.object(part))
            case .responses:
                var item = JSONObject()
                item["id"] = .string("item_\(id)")
                item["call_id"] = .string(id)
                item["status"] = "completed"
                switch kind {
                case .function, .spaced:
                    item["type"] = "function_call"
                    item["name"] = .string(kind == .spaced ? "spawn" : name)
                    if kind == .spaced { item["namespace"] = "crew" }
                    item["arguments"] = .string(arguments.text())
                    if kind == .spaced { told = "crew.spawn" }
                case .custom:
                    item["type"] = "custom_tool_call"
                    item["name"] = "exec"
                    item["input"] = .string(text)
                    told = "exec"
                case .shell, .localShell:
                    item["type"] = kind == .shell ? "shell_call" : "local_shell_call"
                    item["action"] = arguments
                    told = kind == .shell ? "shell" : "local_shell"
                case .patch:
                    item["type"] = "apply_patch_call"
                    item["operation"] = arguments
                    told = "apply_patch"
                }
                own.append(.object(item))
            case .chatCompletions, .ollama: break
            }
            calls.append(
                ToolCall(id: ToolCallID(id), name: told, arguments: ByteString(arguments.text())))
        }

        var response: ModelResponse {
            var blocks = own
            let text = "I look. \(words)"
            switch format {
            case .messages:
                if hasWords { blocks.insert(["type": "text", "text": .string(text)], at: 0) }
                if hasThought {
                    let signature = "signed \(thought)"
                    blocks.insert(
                        ["type": "thinking", "thinking": .string(thought), "signature": .string(signature)],
                        at: 0)
                }
            case .gemini:
                if hasWords { blocks.insert(["text": .string(text)], at: 0) }
            case .responses:
                if hasWords {
                    let part: JSONValue = ["type": "output_text", "text": .string(text), "annotations": []]
                    blocks.insert(
                        [
                            "type": "message", "id": .string("msg_\(calls[0].id.text)"), "role": "assistant",
                            "status": "completed", "content": [part],
                        ], at: 0)
                }
                if hasThought {
                    blocks.insert(
                        [
                            "type": "reasoning", "id": .string("rs_\(calls[0].id.text)"),
                            "encrypted_content": "sealed", "summary": [],
                        ], at: 0)
                }
            case .chatCompletions, .ollama: break
            }
            return ModelResponse(
                content: hasWords ? text : "", calls: calls, finishReason: .toolCalls,
                usage: Usage(promptTokens: 3, completionTokens: 4),
                providerBlocks: own.isEmpty
                    ? nil : ProviderBlocks(format: format.rawValue, blocks: .array(blocks)))
        }
    }

    /// The request of the client with that history.
    func request(_ history: [Message]) -> (path: String, body: JSONValue) {
        var body = JSONObject()
        if format != .gemini { body["model"] = "m" }
        body["unknown"] = ["x": 1]
        let conversation = format.conversation([.user("Go on with \(name)")] + history)
        for member in conversation { body[member.key] = member.value }
        var tools = format.tools(RandomConversation.catalogue).arrayValue ?? []
        if format == .responses { tools += RandomConversation.responsesTools }
        body["tools"] = .array(tools)
        if format != .gemini { body["stream"] = .bool(isStreamed) }
        let path =
            switch format {
            case .chatCompletions: "/v1/chat/completions"
            case .responses: "/v1/responses"
            case .messages: "/v1/messages"
            case .gemini:
                "/v1beta/models/m:" + (isStreamed ? "streamGenerateContent?alt=sse" : "generateContent")
            case .ollama: "/api/chat"
            }
        return (path, .object(body))
    }
}
