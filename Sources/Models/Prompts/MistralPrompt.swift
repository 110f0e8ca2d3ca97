import Agent
import JSON
import Formats
import Masking

/// A conversation as Mistral's instruct models read it (the tokenizer's third version): tools before the last question,
/// a list of calls, each result with its call's ID.
struct MistralPrompt: ChatPrompt {
    private(set) var pieces = PromptPieces()

    init(messages: [Message], catalogue: [ToolDefinition]) {
        pieces.append(tag: "<s>")
        let lastQuestion = messages.lastIndex { if case .user = $0 { true } else { false } }
        var system = messages.systemText
        for (position, message) in messages.enumerated() {
            switch message {
            case .system: break
            case .user(let text):
                if position == lastQuestion, !catalogue.isEmpty { appendTools(catalogue) }
                pieces.append(tag: "[INST]")
                // The system has no turn of its own: its words precede the first question's.
                pieces.append(text: " " + (system.isEmpty ? "" : system + "\n\n") + text)
                system = ""
                pieces.append(tag: "[/INST]")
            case .assistant(let answer): append(answer)
            case .tool(let result):
                pieces.append(tag: "[TOOL_RESULTS]")
                let record: JSONValue = [
                    "content": .string(result.content), "call_id": .string(MistralPrompt.id(result.callID)),
                ]
                pieces.append(text: " " + record.text(.spaced))
                pieces.append(tag: "[/TOOL_RESULTS]")
            }
        }
    }

    static func line(for tool: ToolDefinition) -> String { tool.functionJSON.text(.spaced) }

    /// These models know IDs of nine letters and digits only.
    static func id(_ id: ToolCallID) -> String {
        let known = id.text.unicodeScalars.filter {
            $0.isASCII && $0.properties.isAlphabetic || ("0"..."9").contains($0)
        }
        let text = String(String.UnicodeScalarView(known)).suffix(9)
        return String(repeating: "0", count: 9 - text.count) + text
    }

    private mutating func appendTools(_ catalogue: [ToolDefinition]) {
        pieces.append(tag: "[AVAILABLE_TOOLS]")
        pieces.append(text: " [" + catalogue.map(MistralPrompt.line).joined(separator: ", ") + "]")
        pieces.append(tag: "[/AVAILABLE_TOOLS]")
    }

    private mutating func append(_ answer: AssistantMessage) {
        if !answer.content.isEmpty { pieces.append(text: " " + answer.content) }
        let format = CallFormat.mistral
        if !answer.calls.isEmpty {
            pieces.append(tag: format.opening)
            let calls = answer.calls.map { call in
                format.beforeName + call.name + format.beforeArguments + call.arguments.text
                    + ", \"id\": \"\(MistralPrompt.id(call.id))\"" + format.afterArguments
            }
            pieces.append(
                text: format.listOpening + calls.joined(separator: format.separator) + format.listClosing)
        }
        pieces.append(tag: "</s>")
    }
}
