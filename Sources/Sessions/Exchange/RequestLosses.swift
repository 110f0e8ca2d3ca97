import Agent
import Formats
import JSON

/// What a request to a provider cannot say of a conversation.
enum RequestLosses {
    static func note(_ state: RunState, in format: WireFormat, _ losses: inout Losses) {
        let hasObjects = format == .messages || format == .gemini
        for case .assistant(let answer) in state.messages {
            if answer.thinking != nil, answer.providerBlocks?.format != format.rawValue {
                losses.add("what the model thought: a provider takes only its own thinking back")
            }
        }
        if hasObjects {
            noteArguments(state, &losses)
            noteSystem(state, &losses)
        } else {
            if state.calls.contains(where: { $0.call.arguments.text.isBlank }) {
                losses.add("arguments that are no JSON object, being empty: they are read as {}")
            }
        }
        if !hasObjects,
            state.messages.contains(where: {
                if case .tool(let result) = $0 { result.isError } else { false }
            })
        {
            losses.add("that a result is an error")
        }
        if format != .chatCompletions { noteBlanks(state, in: format, &losses) }
        if format == .gemini { losses.add("the model: it stands in the address of such a request") }
        if format == .gemini || format == .responses { noteNeighbours(state, in: format, &losses) }
    }

    private static func noteArguments(_ state: RunState, _ losses: inout Losses) {
        for call in state.calls.map(\.call) {
            guard let object = call.arguments.asObject else {
                losses.add(
                    "that arguments are no JSON object: they stand in one, under \(ToolCall.wrappingKey)")
                continue
            }
            // That is how such an object is read back.
            if !object.text(.spaced).utf8.elementsEqual(call.arguments.text.utf8) {
                losses.add("the arguments of calls to the byte: they are JSON values there")
            }
        }
    }

    private static func noteSystem(_ state: RunState, _ losses: inout Losses) {
        let count = state.messages.count { if case .system = $0 { true } else { false } }
        let leads = if case .system? = state.messages.first { true } else { false }
        if count > 1 || (count == 1 && !leads) {
            losses.add("where system messages stood: they are one text there")
        }
    }

    /// Providers refuse messages without words; Anthropic those of white space as well.
    private static func noteBlanks(_ state: RunState, in format: WireFormat, _ losses: inout Losses) {
        func isBlank(_ text: String) -> Bool { format == .messages ? text.isBlank : text.isEmpty }
        for message in state.messages {
            let isLost =
                switch message {
                case .user(let text): format != .responses && isBlank(text)
                case .assistant(let answer):
                    isBlank(answer.content) && (answer.calls.isEmpty || !answer.content.isEmpty)
                case .system, .tool: false
                }
            if isLost {
                losses.add("words that are empty or nothing but white space, which the provider refuses")
            }
        }
    }

    /// Where a message follows another of its side and the format has one place for both.
    private static func noteNeighbours(_ state: RunState, in format: WireFormat, _ losses: inout Losses) {
        var last: String?
        for message in state.messages where message.role != "system" || format == .responses {
            if case .user("") = message, format == .gemini { continue }
            if case .assistant(let answer) = message, answer.content.isEmpty, answer.calls.isEmpty {
                continue
            }
            let isMerged = format == .gemini ? message.role != "tool" : message.role == "assistant"
            let side = format == .gemini && message.role == "tool" ? "user" : message.role
            if side == last, isMerged {
                losses.add("where a message began that follows another of its side: they are one there")
            }
            last = side
        }
    }
}

extension SessionExport.Format {
    /// The format of a provider's requests that it writes.
    var wire: WireFormat? {
        switch self {
        case .openai: .chatCompletions
        case .anthropic: .messages
        case .responses: .responses
        case .gemini: .gemini
        case .markdown, .html, .inspect, .otel: nil
        }
    }
}

extension String {
    /// Whether there is nothing but white space.
    var isBlank: Bool { unicodeScalars.allSatisfy(\.properties.isWhitespace) }
}
