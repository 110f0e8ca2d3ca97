import Agent
import JSON
import Formats
import Masking

/// A conversation in ChatML with Hermes-style tools, as the embedded model reads it (docs/support-desk.md).
struct HermesPrompt {
    /// The prompt up to where the model's turn begins, in the pieces that are tokenised apart: training cuts text at
    /// special tokens only.
    private(set) var pieces = PromptPieces()

    init(messages: [Message], catalogue: [ToolDefinition]) {
        let system = messages.systemText
        if !system.isEmpty || !catalogue.isEmpty { appendSystem(system, catalogue: catalogue) }
        var results: [ToolMessage] = []
        for message in messages {
            if case .tool(let result) = message {
                results.append(result)
                continue
            }
            appendResults(&results)
            switch message {
            case .user(let text): appendTurn("user") { $0.append(text: text) }
            case .assistant(let answer): appendTurn("assistant") { $0.append(answer) }
            case .system, .tool: break
            }
        }
        appendResults(&results)
        append(tag: "<|im_start|>")
        append(text: "assistant\n")
    }

    /// The line by which a tool stands in the prompt.
    static func line(for tool: ToolDefinition) -> String { tool.functionJSON.text(.spaced) }

    private mutating func append(text: String) { pieces.append(text: text) }

    private mutating func append(tag: String) { pieces.append(tag: tag) }

    private mutating func appendTurn(_ role: String, _ body: (inout HermesPrompt) -> Void) {
        append(tag: "<|im_start|>")
        append(text: role + "\n")
        body(&self)
        append(tag: "<|im_end|>")
        append(text: "\n")
    }

    private mutating func appendSystem(_ system: String, catalogue: [ToolDefinition]) {
        appendTurn("system") { prompt in
            prompt.append(text: system)
            guard !catalogue.isEmpty else { return }
            prompt.append(text: (system.isEmpty ? "" : "\n\n") + "Functions you can call:\n")
            prompt.append(tag: "<tools>")
            prompt.append(text: "\n" + catalogue.map(HermesPrompt.line).joined(separator: "\n") + "\n")
            prompt.append(tag: "</tools>")
            prompt.append(text: "\nTo call one, write {\"name\": ‹name›, \"arguments\": ‹object›} inside ")
            prompt.append(tag: "<tool_call>")
            prompt.append(tag: "</tool_call>")
            prompt.append(text: "; several calls may follow one another.")
        }
    }

    private mutating func append(_ answer: AssistantMessage) {
        let format = CallFormat.hermes
        append(text: answer.content)
        for (position, call) in answer.calls.enumerated() {
            if position > 0 { append(text: format.separator) }
            append(tag: format.opening)
            append(
                text: format.beforeName + call.name + format.beforeArguments + call.arguments.text
                    + format.afterArguments)
            append(tag: format.closing)
        }
    }

    private mutating func appendResults(_ results: inout [ToolMessage]) {
        guard !results.isEmpty else { return }
        appendTurn("user") { prompt in
            for (position, result) in results.enumerated() {
                if position > 0 { prompt.append(text: "\n") }
                prompt.append(tag: "<tool_response>")
                prompt.append(text: "\n" + result.content + "\n")
                prompt.append(tag: "</tool_response>")
            }
        }
        results = []
    }
}
