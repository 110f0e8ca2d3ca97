import JSON

/// What answers a conversation, token by token where it can.
public protocol Model: Sendable {
    /// What the journal and the title say of the model.
    var info: ModelInfo { get async }

    /// Whether the model can go on from ``ModelRequest/continuing``.
    var continuesResponses: Bool { get }

    /// Answers one request.
    ///
    /// `observe` is awaited for everything that happens on the way, in order; while it is suspended (a person has
    /// paused the run) no further token is decoded. What it throws ends the response at once.
    /// - Throws: ``ModelError``, `CancellationError`, or what `observe` threw.
    func respond(
        to request: ModelRequest, observe: @Sendable (DecodeEvent) async throws -> Void
    ) async throws -> ModelResponse
}

extension Model {
    /// Most models answer a request as a whole.
    public var continuesResponses: Bool { false }
}

/// A model's name and what it can tell of its decoding.
public struct ModelInfo: Sendable, Hashable {
    /// The name shown to the person.
    public var name: String
    /// The adapter, for example `embedded` or `scripted`.
    public var kind: String
    /// The vocabulary, for the adapters that know it.
    public var vocabulary: VocabularyRecord?
    /// How turns are written, for the adapters that decode under a mask.
    public var turnStyle: TurnStyle?
    /// What is odd in the way that the model is prompted, one line each: tools that its chat template drops, and the
    /// like.
    public var findings: [String] = []

    /// The info of the given parts.
    public init(name: String, kind: String, vocabulary: VocabularyRecord? = nil, turnStyle: TurnStyle? = nil)
    {
        self.name = name
        self.kind = kind
        self.vocabulary = vocabulary
        self.turnStyle = turnStyle
    }
}

/// The entries of a model's vocabulary, by token ID.
public struct VocabularyRecord: Sendable, Hashable {
    /// One entry.
    public enum Entry: Sendable, Hashable {
        /// A token of text: its bytes.
        case bytes([UInt8])
        /// A control token: its name.
        case special(String)
        /// An ID without a token.
        case unused
    }

    /// The entries, by token ID.
    public var entries: [Entry]
    /// The tokens that end a response.
    public var endTokens: [Int]

    /// A vocabulary of the given entries.
    public init(entries: [Entry], endTokens: [Int]) {
        self.entries = entries
        self.endTokens = endTokens
    }
}

/// Everything that travels with one request.
public struct ModelRequest: Sendable, Hashable {
    /// The round, from 1.
    public var round: Int
    /// The conversation so far.
    public var messages: [Message]
    /// The tools that the model may ask for.
    public var catalogue: [ToolDefinition]
    /// How tokens are chosen.
    public var sampling: SamplingSettings
    /// The most tokens that the response may have.
    public var maximumTokens: Int
    /// The tokens with which the response begins, where it is gone on with: they are neither chosen nor observed again,
    /// and neither is the request.
    public var continuing: [Int]

    /// A request of the given parts.
    public init(
        round: Int, messages: [Message], catalogue: [ToolDefinition], sampling: SamplingSettings,
        maximumTokens: Int, continuing: [Int] = []
    ) {
        self.round = round
        self.messages = messages
        self.catalogue = catalogue
        self.sampling = sampling
        self.maximumTokens = maximumTokens
        self.continuing = continuing
    }
}

/// How tokens are chosen from the masked distribution.
public struct SamplingSettings: Sendable, Hashable {
    /// 0 is greedy; otherwise logits are divided by it.
    public var temperature: Double
    /// The probability mass of the most probable tokens that are kept, 0 to 1.
    public var topP: Double
    /// The seed of the random choices; the same seed gives the same run.
    public var seed: UInt64
    /// What the mask fixes beyond the schemas, for a model that is masked on this side.
    public var mask: MaskSettings

    /// Settings of the given values; greedy by default.
    public init(
        temperature: Double = 0, topP: Double = 1, seed: UInt64 = 0, mask: MaskSettings = MaskSettings()
    ) {
        self.temperature = temperature
        self.topP = topP
        self.seed = seed
        self.mask = mask
    }
}

/// What happens while a model answers.
public enum DecodeEvent: Sendable, Hashable {
    /// The request as it left, before the first token.
    case request(RequestRecord)
    /// One token.
    case token(TokenStep)
    /// An attempt failed and is made again.
    case retry(attempt: Int, reason: String, delayMilliseconds: Int)
    /// How far the model is before its first token; not kept in the journal.
    case progress(ModelProgress)
}

/// A request as it left for the model.
public struct RequestRecord: Sendable, Hashable {
    /// The round, from 1.
    public var round: Int
    /// The exact text sent: the rendered prompt, or the body of the HTTP request without its headers.
    public var text: String
    /// The number of tokens of the whole prompt, where it is known.
    public var promptTokens: Int?
    /// The number of prompt tokens already in the KV cache, where it is known.
    public var cachedTokens: Int?
    /// The tokens that each tool of the catalogue costs, by name, in catalogue order, where known.
    public var toolTokens: [ToolCost]
    /// The prompt's text in stretches, where the model's own template rendered it; they make up all of ``text``.
    public var shares: [PromptShare] = []

    /// A tool's share of the prompt.
    public struct ToolCost: Sendable, Hashable {
        /// The tool.
        public var name: String
        /// Its tokens.
        public var tokens: Int

        /// A cost of the given parts.
        public init(name: String, tokens: Int) {
            self.name = name
            self.tokens = tokens
        }
    }

    /// A record of the given parts.
    public init(
        round: Int, text: String, promptTokens: Int? = nil, cachedTokens: Int? = nil,
        toolTokens: [ToolCost] = []
    ) {
        self.round = round
        self.text = text
        self.promptTokens = promptTokens
        self.cachedTokens = cachedTokens
        self.toolTokens = toolTokens
    }
}

/// A whole response.
public struct ModelResponse: Sendable, Hashable {
    /// The words; empty where the model only asked for calls.
    public var content: String
    /// The calls, in the order asked.
    public var calls: [ToolCall]
    /// Why the model stopped.
    public var finishReason: FinishReason
    /// Tokens of the prompt and of the response, where known.
    public var usage: Usage?
    /// What the model thought before it answered; `nil` where it thought nothing or its provider says nothing of it.
    public var thinking: Thinking?
    /// Parts of the response as its provider wrote them, where they must be sent back unaltered.
    public var providerBlocks: ProviderBlocks?
    /// What was odd about the response as it came, or was left out of it: one whole sentence each.
    public var remarks: [String]

    /// A response of the given parts.
    public init(
        content: String, calls: [ToolCall], finishReason: FinishReason, usage: Usage? = nil,
        thinking: Thinking? = nil, providerBlocks: ProviderBlocks? = nil, remarks: [String] = []
    ) {
        self.content = content
        self.calls = calls
        self.finishReason = finishReason
        self.usage = usage
        self.thinking = thinking
        self.providerBlocks = providerBlocks
        self.remarks = remarks
    }

    /// The response as a message of the conversation.
    public var message: AssistantMessage {
        AssistantMessage(
            content: content, calls: calls, thinking: thinking, providerBlocks: providerBlocks,
            remarks: remarks)
    }
}

/// Token counts of one round trip.
public struct Usage: Sendable, Hashable {
    /// Tokens of the prompt.
    public var promptTokens: Int
    /// Tokens of the response, those of its thinking included.
    public var completionTokens: Int
    /// The tokens of the response that were thinking, where the provider tells them.
    public var thinkingTokens: Int?
    /// The tokens of the prompt that the provider had cached, where it tells them.
    public var cachedTokens: Int?

    /// Counts of the given values.
    public init(
        promptTokens: Int, completionTokens: Int, thinkingTokens: Int? = nil, cachedTokens: Int? = nil
    ) {
        self.promptTokens = promptTokens
        self.completionTokens = completionTokens
        self.thinkingTokens = thinkingTokens
        self.cachedTokens = cachedTokens
    }
}

/// Why a response ended.
public enum FinishReason: Sendable, Hashable {
    /// The model has answered in words.
    case stop
    /// The model asks for tools to be called.
    case toolCalls
    /// The token limit cut the response.
    case length
    /// Anything else, in the provider's word.
    case other(String)

    /// The wire name: `stop`, `tool_calls`, `length`, or the provider's word.
    public var name: String {
        switch self {
        case .stop: "stop"
        case .toolCalls: "tool_calls"
        case .length: "length"
        case .other(let word): word
        }
    }

    /// The reason with that wire name.
    public init(name: String) {
        switch name {
        case "stop": self = .stop
        case "tool_calls": self = .toolCalls
        case "length": self = .length
        default: self = .other(name)
        }
    }
}

/// Why a model gave no response.
public struct ModelError: Error, Sendable, Hashable, CustomStringConvertible {
    /// One line: what failed, where, and what to do.
    public let description: String

    /// An error with that line.
    public init(_ description: String) { self.description = description }
}
