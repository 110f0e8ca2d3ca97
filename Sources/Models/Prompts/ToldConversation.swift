import Agent
import ChatTemplates
import Formats
import JSON
import Masking

/// A conversation as messages for a chat template.
struct ToldConversation {
    /// The messages, objects with `role` and `content`.
    private(set) var messages: [JSONValue] = []
    private let traits: TemplateTraits
    private let inOurWords: Bool

    init(_ request: ModelRequest, traits: TemplateTraits, inOurWords: Bool) {
        self.traits = traits
        self.inOurWords = inOurWords
        var system = request.messages.systemText
        let hasTools = !request.catalogue.isEmpty
        if inOurWords, hasTools {
            system += (system.isEmpty ? "" : "\n\n") + ToldConversation.words(for: request.catalogue)
        }
        // What the template would drop or refuse of the system is said with the first question.
        var preface = ""
        if traits.system == .own {
            if !system.isEmpty || hasTools && !inOurWords && traits.shape.toolsNeedSystem {
                add("system", system)
            }
        } else {
            preface = system
        }
        var results: [String] = []
        func flush() {
            guard !results.isEmpty else { return }
            add("user", results.joined(separator: "\n"))
            results = []
        }
        for message in request.messages {
            if case .tool(let result) = message, inOurWords {
                results.append("<tool_response>\n\(result.content)\n</tool_response>")
                continue
            }
            flush()
            switch message {
            case .system: break
            case .user(let text):
                add("user", preface.isEmpty ? text : preface + "\n\n" + text)
                preface = ""
            case .assistant(let answer): add(answer)
            case .tool(let result): add(result)
            }
        }
        flush()
        if !preface.isEmpty { add("user", preface) }
    }

    private mutating func add(_ role: String, _ content: String) {
        messages.append(["role": .string(role), "content": .string(content)])
    }

    private mutating func add(_ answer: AssistantMessage) {
        if inOurWords {
            let format = ToldConversation.callWords
            let calls = answer.calls.map { format($0.name, $0.arguments.text) }
            let parts = (answer.content.isEmpty ? [] : [answer.content]) + calls
            add("assistant", parts.joined(separator: "\n"))
            return
        }
        var message: JSONObject = JSONObject([
            .init(key: "role", value: "assistant"), .init(key: "content", value: .string(answer.content)),
        ])
        if let thinking = answer.thinking?.text, !thinking.isEmpty {
            message[traits.shape.thinkingKey] = .string(thinking)
        }
        if !answer.calls.isEmpty {
            message["tool_calls"] = .array(
                answer.calls.map { call in
                    [
                        "id": .string(identifier(call.id)), "type": "function",
                        "function": ["name": .string(call.name), "arguments": .string(call.arguments.text)],
                    ]
                })
        }
        messages.append(.object(message))
    }

    private mutating func add(_ result: ToolMessage) {
        messages.append([
            "role": "tool", "tool_call_id": .string(identifier(result.callID)), "name": .string(result.name),
            "content": .string(result.content),
        ])
    }

    private func identifier(_ id: ToolCallID) -> String {
        traits.shape.identifiersAreShort ? ToldConversation.short(id) : id.text
    }

    /// Some models know IDs of nine letters and digits only.
    static func short(_ id: ToolCallID) -> String {
        let known = id.text.unicodeScalars.filter {
            $0.isASCII && $0.properties.isAlphabetic || ("0"..."9").contains($0)
        }
        let text = String(String.UnicodeScalarView(known)).suffix(9)
        return String(repeating: "0", count: 9 - text.count) + text
    }

    private static func callWords(_ name: String, _ arguments: String) -> String {
        "<tool_call>\n{\"name\": \"\(name)\", \"arguments\": \(arguments)}\n</tool_call>"
    }

    /// The catalogue in words, for a template that knows no tools.
    private static func words(for catalogue: [ToolDefinition]) -> String {
        "You may call functions. These are the ones that exist, one a line, each with a JSON Schema of its arguments:\n"
            + "<tools>\n" + catalogue.map { $0.functionJSON.text(.spaced) }.joined(separator: "\n")
            + "\n</tools>\n\n"
            + "When a function is needed, answer with nothing but the call, written exactly like this:\n"
            + callWords("<name of the function>", "<object of its arguments>")
            + "\nIts result then comes between <tool_response> and </tool_response>."
    }
}
