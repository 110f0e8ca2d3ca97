import JSON

/// One message of the conversation, as it travels with a request.
public enum Message: Sendable, Hashable {
    /// Instructions of whoever wrote the workflow.
    case system(String)
    /// What the person asked.
    case user(String)
    /// What the model answered: words, calls, or both.
    case assistant(AssistantMessage)
    /// The result of one call.
    case tool(ToolMessage)

    /// The wire name of the role: `system`, `user`, `assistant` or `tool`.
    public var role: String {
        switch self {
        case .system: "system"
        case .user: "user"
        case .assistant: "assistant"
        case .tool: "tool"
        }
    }
}

/// A response of the model, as part of the conversation.
public struct AssistantMessage: Sendable, Hashable {
    /// The words; empty where the model only asked for calls.
    public var content: String
    /// The calls, in the order asked.
    public var calls: [ToolCall]
    /// What the model thought before it answered; `nil` where it thought nothing or its provider says nothing of it.
    public var thinking: Thinking?
    /// Parts of the response as its provider wrote them, where they must be sent back unaltered.
    public var providerBlocks: ProviderBlocks?
    /// What was odd about the response as it came, one sentence each; see ``ModelResponse/remarks``.
    public var remarks: [String]

    /// A message of the given parts.
    public init(
        content: String, calls: [ToolCall] = [], thinking: Thinking? = nil,
        providerBlocks: ProviderBlocks? = nil, remarks: [String] = []
    ) {
        self.content = content
        self.calls = calls
        self.thinking = thinking
        self.providerBlocks = providerBlocks
        self.remarks = remarks
    }
}

/// A call's result, as the model reads it.
public struct ToolMessage: Sendable, Hashable {
    /// The ID of the call that this answers.
    public var callID: ToolCallID
    /// The name of the tool that was asked for.
    public var name: String
    /// The text that the model reads.
    public var content: String
    /// Whether the text reports a failure.
    public var isError: Bool

    /// A message of the given parts.
    public init(callID: ToolCallID, name: String, content: String, isError: Bool) {
        self.callID = callID
        self.name = name
        self.content = content
        self.isError = isError
    }
}
