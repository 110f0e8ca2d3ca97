import JSON

/// Conversations whose words can be looked for in what a template makes of them.
struct TraitProbe {
    let template: ChatTemplate
    let specialTokens: [String: String]
    let clock: TemplateClock

    static let question = "probe-question-words"
    static let system = "probe-system-words"
    static let answer = "probe-answer-words"
    static let result = "probe-result-words"
    static let toolName = "probe_tool_name"
    static let key = "probe_key"
    static let value = "probe-value-words"
    static let toolWords = [toolName, key]

    private static let tool: JSONValue = [
        "type": "function",
        "function": [
            "name": .string(toolName), "description": "A tool for a probe.",
            "parameters": [
                "type": "object",
                "properties": .object(
                    JSONObject([.init(key: key, value: ["type": "string", "description": "A text."])])),
                "required": [.string(key)],
            ],
        ],
    ]

    /// The probe's identifier in the shape that the template wants.
    static func identifier(_ shape: TemplateTraits.Shape) -> String {
        shape.identifiersAreShort ? "call00001" : "call_1"
    }

    func render(
        _ messages: [JSONValue], _ shape: TemplateTraits.Shape, hasTools: Bool = false, opensTurn: Bool = true
    ) -> Result<String, TemplateError> {
        var messages = messages
        if hasTools, shape.toolsNeedSystem { messages.insert(["role": "system", "content": ""], at: 0) }
        let context = TemplateContext(
            messages: messages.map { $0.fitted(to: shape) }, tools: hasTools ? [TraitProbe.tool] : nil,
            addGenerationPrompt: opensTurn, omitsWhatIsMissing: shape.toolsAreOmitted,
            argumentsAreObjects: !shape.argumentsAreText,
            specialTokens: specialTokens)
        return Result { () throws(TemplateError) in
            try template.render(context, clock: clock, limits: RenderLimits(steps: 500_000)).text
        }
    }

    /// What becomes of a call and of its result.
    func calls(
        after question: JSONValue, _ shape: TemplateTraits.Shape, hasTools: Bool
    ) -> (calls: TemplateTraits.Support, results: TemplateTraits.Support) {
        let rendered = renderedCall(after: question, shape, hasTools: hasTools)
        // Python's spelling of a dict, and JSON within a JSON string, are no way to write a call.
        let isMangled = rendered.has("'\(TraitProbe.key)'") || rendered.has("\\\"\(TraitProbe.key)\\\"")
        let calls = rendered.support(of: [TraitProbe.value])
        return (isMangled && calls == .own ? .dropped : calls, rendered.support(of: [TraitProbe.result]))
    }

    /// The prompt with the call.
    func writtenCall(after question: JSONValue, _ shape: TemplateTraits.Shape, hasTools: Bool) -> String? {
        try? renderedCall(after: question, shape, hasTools: hasTools).get()
    }

    private func renderedCall(
        after question: JSONValue, _ shape: TemplateTraits.Shape, hasTools: Bool
    ) -> Result<String, TemplateError> {
        let arguments = "{\"\(TraitProbe.key)\": \"\(TraitProbe.value)\"}"
        let call: JSONValue = [
            "role": "assistant", "content": "",
            "tool_calls": [
                [
                    "id": .string(TraitProbe.identifier(shape)), "type": "function",
                    "function": ["name": .string(TraitProbe.toolName), "arguments": .string(arguments)],
                ]
            ],
        ]
        let result: JSONValue = [
            "role": "tool", "tool_call_id": .string(TraitProbe.identifier(shape)),
            "name": .string(TraitProbe.toolName), "content": .string(TraitProbe.result),
        ]
        return render([question, call, result], shape, hasTools: hasTools)
    }
}

extension Result<String, TemplateError> {
    func has(_ word: String) -> Bool {
        if case .success(let text) = self { text.contains(word) } else { false }
    }

    /// Whether all the words are there.
    func support(of words: [String]) -> TemplateTraits.Support {
        switch self {
        case .success(let text): words.allSatisfy { text.contains($0) } ? .own : .dropped
        case .failure(let error): .refused(error.message)
        }
    }
}

extension JSONValue {
    /// The message as a template of that shape wants it.
    public func fitted(to shape: TemplateTraits.Shape) -> JSONValue {
        guard shape.contentIsParts, case .object(var message) = self,
            case .string(let text)? = message["content"]
        else {
            return self
        }
        message["content"] = [["type": "text", "text": .string(text)]]
        return .object(message)
    }
}
