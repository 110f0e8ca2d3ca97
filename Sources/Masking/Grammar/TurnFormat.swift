import JSON

/// How a tool call is written in an assistant's turn.
public struct CallFormat: Sendable, Hashable {
    /// What begins a call: a special token where the vocabulary has one of that name, else these bytes.
    public var opening: String
    /// Between the opening and the tool's name.
    public var beforeName: String
    /// Between the tool's name and its arguments.
    public var beforeArguments: String
    /// Between the arguments and the closing.
    public var afterArguments: String
    /// What ends a call, special or in bytes like ``opening``; may be empty.
    public var closing: String
    /// Between two calls.
    public var separator: String
    /// Between the opening and the first call, where calls stand in a list after one opening.
    public var listOpening = ""
    /// After the last call of such a list.
    public var listClosing = ""

    /// Whether several calls stand in a list after one opening.
    public var isList: Bool { !listClosing.isEmpty }

    /// A format of the given parts; `opening` must not be empty.
    public init(
        opening: String, beforeName: String, beforeArguments: String, afterArguments: String, closing: String,
        separator: String, listOpening: String = "", listClosing: String = ""
    ) {
        self.opening = opening
        self.beforeName = beforeName
        self.beforeArguments = beforeArguments
        self.afterArguments = afterArguments
        self.closing = closing
        self.separator = separator
        self.listOpening = listOpening
        self.listClosing = listClosing
    }

    /// `<tool_call>`, a line `{"name": …, "arguments": …}`, `</tool_call>`: ChatML with Hermes-style tools.
    public static let hermes = CallFormat(
        opening: "<tool_call>", beforeName: "\n{\"name\": \"", beforeArguments: "\", \"arguments\": ",
        afterArguments: "}\n", closing: "</tool_call>", separator: "\n")

    /// `{"name": …, "parameters": …}` from the turn's first byte on, as Llama 3.1 and its successors write it.
    public static let llama3 = CallFormat(
        opening: "{\"name\": \"", beforeName: "", beforeArguments: "\", \"parameters\": ",
        afterArguments: "}",
        closing: "", separator: "; ")

    /// `[TOOL_CALLS]` and a list of `{"name": …, "arguments": …}`, as Mistral's instruct models write it.
    public static let mistral = CallFormat(
        opening: "[TOOL_CALLS]", beforeName: "{\"name\": \"", beforeArguments: "\", \"arguments\": ",
        afterArguments: "}", closing: "", separator: ", ", listOpening: " [", listClosing: "]")
}

/// Whether the model may, must or must not call tools in its turn.
public enum CallChoice: Sendable, Hashable {
    /// Free text or calls, as the model likes.
    case auto
    /// Free text only.
    case none
    /// At least one call.
    case required
    /// At least one call, of that tool only.
    case tool(String)
}

/// A tool as the grammar of a turn needs it.
public struct CallableTool: Sendable, Hashable {
    /// The name that a call gives.
    public var name: String
    /// The JSON Schema of its arguments.
    public var parameters: JSONValue

    /// A tool of that name.
    public init(name: String, parameters: JSONValue) {
        self.name = name
        self.parameters = parameters
    }
}

/// An assistant's turn: free text, or one or more tool calls.
public struct TurnGrammar: Sendable, Hashable {
    /// The catalogue.
    public var tools: [CallableTool]
    /// How calls are written.
    public var format: CallFormat
    /// What the model may choose.
    public var choice: CallChoice
    /// The most calls in one turn, at least 1.
    public var maximumCalls: Int

    /// A turn with those tools.
    public init(
        tools: [CallableTool], format: CallFormat = .hermes, choice: CallChoice = .auto, maximumCalls: Int = 8
    ) {
        self.tools = tools
        self.format = format
        self.choice = choice
        self.maximumCalls = max(1, maximumCalls)
    }
}
