import Foundation
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
        // Before the question the tools are told, in whatever way.
        let answer = rendered.map { text in
            text.range(of: TraitProbe.question, options: .backwards).map { String(text[$0.upperBound...]) }
                ?? text
        }
        let isMangled = answer.has("'\(TraitProbe.key)'") || answer.has("\\\"\(TraitProbe.key)\\\"")
        let calls = rendered.support(of: [TraitProbe.value])
        return (isMangled && calls == .own ? .dropped : calls, rendered.support(of: [TraitProbe.result]))
    }

    /// The name under which the template looks for a message's thinking; `nil` where it looks for none.
    func thinkingKey(after question: JSONValue, _ shape: TemplateTraits.Shape, hasTools: Bool) -> String? {
        ["reasoning_content", "thinking", "reasoning"].first { key in
            let thinking = JSONValue.string(TraitProbe.system)
            let answer: JSONValue = ["role": "assistant", "content": .string(TraitProbe.answer)]
            return [answer, TraitProbe.call(shape)].contains { message in
                var object = message.objectValue ?? JSONObject()
                object[key] = thinking
                return render([question, .object(object)], shape, hasTools: hasTools, opensTurn: false)
                    .has(TraitProbe.system)
            }
        }
    }

    /// A response with the probe's call.
    private static func call(_ shape: TemplateTraits.Shape) -> JSONValue {
        let arguments = "{\"\(TraitProbe.key)\": \"\(TraitProbe.value)\"}"
        return [
            "role": "assistant", "content": shape.callContentIsNull ? nil : "",
            "tool_calls": [
                [
                    "id": .string(TraitProbe.identifier(shape)), "type": "function",
                    "function": ["name": .string(TraitProbe.toolName), "arguments": .string(arguments)],
                ]
            ],
        ]
    }

    private func renderedCall(
        after question: JSONValue, _ shape: TemplateTraits.Shape, hasTools: Bool
    ) -> Result<String, TemplateError> {
        let call = TraitProbe.call(shape)
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
