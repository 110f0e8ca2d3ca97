import Agent
import Masking
import Transformer

/// A conversation as a model reads it, in the pieces that are tokenised apart.
///
/// Tags are special tokens by name; the words of a person, a tool or a model are text and never become one.
protocol ChatPrompt {
    /// The prompt of a request, up to where the model's turn begins.
    init(messages: [Message], catalogue: [ToolDefinition])

    /// The pieces.
    var pieces: PromptPieces { get }

    /// The text by which a tool stands in the prompt.
    static func line(for tool: ToolDefinition) -> String
}

/// Text and special tokens in order; neighbouring texts are one.
struct PromptPieces {
    private(set) var parts: [PromptPart] = []

    /// The prompt as text, tags spelled out.
    var text: String {
        parts.map { part in
            switch part {
            case .text(let text): text
            case .special(let name): name
            }
        }.joined()
    }

    mutating func append(text: String) {
        if case .text(let before) = parts.last {
            parts[parts.count - 1] = .text(before + text)
        } else if !text.isEmpty {
            parts.append(.text(text))
        }
    }

    mutating func append(tag: String) { parts.append(.special(tag)) }
}

/// How a model reads conversations and writes calls.
enum ChatDialect: String, Sendable, CaseIterable {
    /// ChatML with Hermes-style tools.
    case hermes
    /// Llama 3: a turn that is one JSON object, or several with `;` between them.
    case llama3 = "llama-3"
    /// Mistral: `[TOOL_CALLS]` and a list.
    case mistral

    /// The dialect of a file without a chat template, told by the tags in its vocabulary.
    /// - Returns: `nil` for a vocabulary with the tags of none of the three.
    init?(hasToken: (String) -> Bool) {
        if hasToken("<|im_start|>") {
            self = .hermes
        } else if hasToken("<|start_header_id|>") {
            self = .llama3
        } else if hasToken("[INST]") {
            self = .mistral
        } else {
            return nil
        }
    }

    /// The special tokens without which the dialect cannot be written.
    var tags: [String] {
        switch self {
        case .hermes: ["<|im_start|>", "<|im_end|>"]
        case .llama3: ["<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"]
        case .mistral: ["[INST]", "[/INST]"]
        }
    }

    var format: CallFormat {
        switch self {
        case .hermes: .hermes
        case .llama3: .llama3
        case .mistral: .mistral
        }
    }

    func prompt(for request: ModelRequest) -> PromptPieces {
        kind.init(messages: request.messages, catalogue: request.catalogue).pieces
    }

    func line(for tool: ToolDefinition) -> String { kind.line(for: tool) }

    private var kind: any ChatPrompt.Type {
        switch self {
        case .hermes: HermesPrompt.self
        case .llama3: Llama3Prompt.self
        case .mistral: MistralPrompt.self
        }
    }
}

extension [Message] {
    /// All that the system says, in one text.
    var systemText: String {
        compactMap { if case .system(let text) = $0 { text } else { nil } }.joined(separator: "\n\n")
    }
}
