import Agent
import JSON
import Formats
import Masking

/// A conversation as Llama 3.1 and its successors read it: a header a turn, tools in the system's turn, results from
/// `ipython` (Meta, "Llama 3.1 model card and prompt formats").
struct Llama3Prompt: ChatPrompt {
    private(set) var pieces = PromptPieces()

    init(messages: [Message], catalogue: [ToolDefinition]) {
        pieces.append(tag: "<|begin_of_text|>")
        let system = messages.systemText
        if !system.isEmpty || !catalogue.isEmpty { appendSystem(system, catalogue) }
        for message in messages {
            switch message {
            case .system: break
            case .user(let text): appendTurn("user") { $0.append(text: text) }
            case .assistant(let answer): appendTurn("assistant") { Llama3Prompt.append(answer, to: &$0) }
            case .tool(let result): appendTurn("ipython") { $0.append(text: result.content) }
            }
        }
        appendHeader("assistant")
    }

    static func line(for tool: ToolDefinition) -> String { tool.functionJSON.text(.pretty) }

    private mutating func appendHeader(_ role: String) {
        pieces.append(tag: "<|start_header_id|>")
        pieces.append(text: role)
        pieces.append(tag: "<|end_header_id|>")
        pieces.append(text: "\n\n")
    }

    private mutating func appendTurn(_ role: String, _ body: (inout PromptPieces) -> Void) {
        appendHeader(role)
        body(&pieces)
        pieces.append(tag: "<|eot_id|>")
    }

    private mutating func appendSystem(_ system: String, _ catalogue: [ToolDefinition]) {
        appendTurn("system") { pieces in
            if !catalogue.isEmpty { pieces.append(text: "Environment: ipython\n\n") }
            pieces.append(text: system)
            guard !catalogue.isEmpty else { return }
            pieces.append(text: system.isEmpty ? "" : "\n\n")
            pieces.append(
                text: "These functions can be called. To call one, answer with nothing but the JSON object "
                    + #"{"name": the function's name, "parameters": an object of its arguments}"#
                    + "; separate several by a semicolon.\n\n"
                    + catalogue.map(Llama3Prompt.line).joined(separator: "\n\n"))
        }
    }

    private static func append(_ answer: AssistantMessage, to pieces: inout PromptPieces) {
        pieces.append(text: answer.content)
        let format = CallFormat.llama3
        for (position, call) in answer.calls.enumerated() {
            pieces.append(text: position > 0 ? format.separator : "")
            pieces.append(
                text: format.opening + call.name + format.beforeArguments + call.arguments.text
                    + format.afterArguments)
        }
    }
}
