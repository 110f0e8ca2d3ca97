import Agent
import JSON

/// Google's `generateContent`.
struct GeminiRoom: FormatRoom {
    func reader() -> any FrameReader { GeminiReader() }

    func writer(_ identity: ResponseIdentity) -> any FrameWriter { GeminiWriter(identity) }

    func whole(_ response: ModelResponse, _ identity: ResponseIdentity) -> JSONValue {
        var parts = GeminiRoom.parts(of: response.message)
        if response.providerBlocks?.format != WireFormat.gemini.rawValue,
            let text = response.thinking?.text, !text.isEmpty
        {
            parts.insert(["text": .string(text), "thought": true], at: 0)
        }
        return GeminiWriter.chunk(parts, end: response, identity)
    }

    func body(for request: ModelRequest, _ settings: RequestSettings) -> JSONObject {
        var body = conversation(request.messages)
        if !request.catalogue.isEmpty { body["tools"] = tools(request.catalogue) }
        var generation = JSONObject()
        if let value = JSONNumber(request.sampling.temperature) { generation["temperature"] = .number(value) }
        if request.sampling.topP != 1, let value = JSONNumber(request.sampling.topP) {
            generation["topP"] = .number(value)
        }
        // Google's seed has 32 bits.
        if request.sampling.temperature > 0 {
            generation["seed"] = .number(JSONNumber(Int(request.sampling.seed & 0x7FFF_FFFF)))
        }
        generation["maxOutputTokens"] = .number(JSONNumber(request.maximumTokens))
        body["generationConfig"] = .object(generation)
        return body
    }

    func tools(_ catalogue: [ToolDefinition]) -> JSONValue {
        let declarations = catalogue.map { tool -> JSONValue in
            [
                "name": .string(tool.name), "description": .string(tool.description),
                "parametersJsonSchema": tool.parameters,
            ]
        }
        return .array([["functionDeclarations": .array(declarations)]])
    }

    func conversation(_ messages: [Message]) -> JSONObject {
        var system: [JSONValue] = []
        var turns: [(role: String, parts: [JSONValue])] = []
        var named: Set<String> = []
        func add(_ role: String, _ parts: [JSONValue]) {
            guard !parts.isEmpty else { return }
            if turns.last?.role == role {
                turns[turns.count - 1].parts += parts
            } else {
                turns.append((role, parts))
            }
        }
        for message in messages {
            switch message {
            case .system(let text): system.append(["text": .string(text)])
            case .user(let text): add("user", text.isEmpty ? [] : [["text": .string(text)]])
            case .assistant(let answer):
                let parts = GeminiRoom.parts(of: answer)
                named = Set(parts.compactMap { $0["functionCall"]?["id"]?.stringValue })
                add("model", parts)
            case .tool(let result):
                // A call that its provider gave no ID is answered without one.
                let id = result.callID.text
                let response = JSONObject(present: [
                    ("id", named.contains(id) ? .string(id) : nil), ("name", .string(result.name)),
                    ("response", [result.isError ? "error" : "output": .string(result.content)]),
                ])
                add("user", [["functionResponse": .object(response)]])
            }
        }
        return JSONObject(present: [
            ("systemInstruction", system.isEmpty ? nil : ["parts": .array(system)]),
            ("contents", .array(turns.map { ["role": .string($0.role), "parts": .array($0.parts)] })),
        ])
    }

    /// The parts of an answer: those that the model wrote, unaltered, but for calls that were rewritten since.
    static func parts(of answer: AssistantMessage) -> [JSONValue] {
        guard let own = answer.providerBlocks, own.format == WireFormat.gemini.rawValue,
            let written = own.blocks.arrayValue
        else {
            let words: [JSONValue] = answer.content.isEmpty ? [] : [["text": .string(answer.content)]]
            return words + answer.calls.map { ["functionCall": call($0)] }
        }
        return written.map { part in
            guard var object = part.objectValue, let given = object["functionCall"],
                let call = answer.calls.first(where: { $0.id.text == given["id"]?.stringValue }),
                given["args"] ?? [:] != call.argumentsObject || given["name"] != .string(call.name)
            else { return part }
            object["functionCall"] = GeminiRoom.call(call)
            return .object(object)
        }
    }

    static func call(_ call: ToolCall) -> JSONValue {
        ["id": .string(call.id.text), "name": .string(call.name), "args": call.argumentsObject]
    }

    /// The request itself: the endpoint behind a Google login wraps it, as it does the response, beside the model's name.
    static func unwrapped(_ body: JSONObject) -> JSONObject {
        guard body["contents"] == nil, var inner = body["request"]?.objectValue, inner["contents"] != nil
        else { return body }
        inner["model"] = inner["model"] ?? body["model"]
        return inner
    }

    func read(_ body: JSONObject, into request: inout WireRequest) {
        // Google's own clients have settings in a member of their own.
        let config = body["config"]
        let instruction =
            body["systemInstruction"] ?? body["system_instruction"] ?? config?["systemInstruction"]
            ?? config?["system_instruction"]
        if let system = instruction, system != .null {
            let parts =
                system.stringValue.map { [["text": .string($0)]] }
                ?? ChatContent.list(system["parts"] ?? system)
            request.messages.append(.system(text(parts, &request)))
        }
        if let text = body["contents"]?.stringValue { request.messages.append(.user(text)) }
        for content in ChatContent.list(body["contents"]) { read(content, into: &request) }
        for tool in ChatContent.list(body["tools"] ?? config?["tools"]) {
            let declared = tool["functionDeclarations"] ?? tool["function_declarations"]
            for function in ChatContent.list(declared) { request.add(tool: GeminiSchema.plain(function)) }
            let others = tool.objectValue?.keys.filter {
                !["functionDeclarations", "function_declarations"].contains($0)
            }
            request.providerTools += others ?? []
        }
    }

    private func read(_ content: JSONValue, into request: inout WireRequest) {
        let parts = ChatContent.list(content["parts"])
        if content["role"]?.stringValue == "model" {
            var reader = GeminiReader()
            let candidate: JSONValue = ["content": content, "finishReason": "STOP"]
            request.add(answer: ["candidates": .array([candidate])], readBy: &reader)
            return
        }
        var words: [JSONValue] = []
        for part in parts {
            guard let result = part["functionResponse"] ?? part["function_response"] else {
                words.append(part)
                continue
            }
            let response = result["response"]
            let known = response?.objectValue?.count == 1
            let text = (response?["output"] ?? response?["result"] ?? response?["error"])?.stringValue
            request.add(
                result: result["id"]?.stringValue ?? "", name: result["name"]?.stringValue,
                content: known ? text ?? response?.text() ?? "" : response?.text() ?? "",
                isError: response?["error"] != nil)
        }
        if !words.isEmpty { request.messages.append(.user(text(words, &request))) }
    }

    private func text(_ parts: [JSONValue], _ request: inout WireRequest) -> String {
        parts.map { part in
            if let text = part["text"]?.stringValue { return text }
            let kind = part.objectValue?.keys.first ?? "nothing"
            request.remark("The conversation holds a part with \(kind), which is shown as a mark.")
            return "[\(kind)]"
        }.joined(separator: "\n")
    }
}

/// Writes `GenerateContentResponse` objects.
struct GeminiWriter: FrameWriter {
    let identity: ResponseIdentity

    init(_ identity: ResponseIdentity) { self.identity = identity }

    mutating func begin() -> [UInt8] { [] }

    mutating func write(_ step: SegmentStep) -> [UInt8] {
        switch step {
        case .grow(.thinking, let text): event([["text": .string(text), "thought": true]])
        case .grow(.text, let text): event([["text": .string(text)]])
        case .end(.call(let id, let name), let arguments):
            event([
                [
                    "functionCall": GeminiRoom.call(
                        ToolCall(
                            id: ToolCallID(id), name: name,
                            arguments: ByteString(arguments.isEmpty ? "{}" : arguments)))
                ]
            ])
        case .begin, .grow, .end: []
        }
    }

    mutating func write(native blocks: JSONValue, calls: [ToolCall]) -> [[UInt8]]? {
        blocks.arrayValue?.map { event([$0]) }
    }

    mutating func end(_ response: ModelResponse) -> [UInt8] {
        FrameText.event(GeminiWriter.chunk([], end: response, identity))
    }

    private func event(_ parts: [JSONValue]) -> [UInt8] {
        FrameText.event(GeminiWriter.chunk(parts, end: nil, identity))
    }

    /// - Parameter end: the whole response, in the last chunk.
    static func chunk(_ parts: [JSONValue], end: ModelResponse?, _ identity: ResponseIdentity) -> JSONValue {
        var candidate = JSONObject()
        candidate["content"] = ["role": "model", "parts": .array(parts)]
        candidate["index"] = 0
        if let end { candidate["finishReason"] = .string(word(end.finishReason)) }
        var chunk = JSONObject()
        chunk["candidates"] = .array([.object(candidate)])
        if let usage = end?.usage {
            chunk["usageMetadata"] = .object(
                JSONObject(present: [
                    ("promptTokenCount", .number(JSONNumber(usage.promptTokens))),
                    (
                        "candidatesTokenCount",
                        .number(JSONNumber(usage.completionTokens - (usage.thinkingTokens ?? 0)))
                    ),
                    ("thoughtsTokenCount", usage.thinkingTokens.map { .number(JSONNumber($0)) }),
                    ("cachedContentTokenCount", usage.cachedTokens.map { .number(JSONNumber($0)) }),
                    ("totalTokenCount", .number(JSONNumber(usage.promptTokens + usage.completionTokens))),
                ]))
        }
        chunk["modelVersion"] = .string(identity.model)
        chunk["responseId"] = .string(identity.id)
        return .object(chunk)
    }

    private static func word(_ reason: FinishReason) -> String {
        switch reason {
        case .stop, .toolCalls: "STOP"
        case .length: "MAX_TOKENS"
        case .other(let word): word
        }
    }
}
