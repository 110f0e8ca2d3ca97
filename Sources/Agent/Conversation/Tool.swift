import JSON

/// Something that a call can run.
public protocol Tool: Sendable {
    /// What the model is told of the tool.
    var definition: ToolDefinition { get }

    /// Runs one call whose arguments have passed the tool's schema and the gate.
    ///
    /// The call is run once. Cancelling the task asks the tool to stop; output after that is kept as late output.
    /// - Throws: ``ToolFailure`` for what the model should read; any other error is reported by its description.
    func run(_ call: ToolCall, arguments: JSONValue) async throws -> ToolOutput

    /// The seconds after which a call is given up; `nil`, the default, is the run's own limit.
    var timeLimit: Int? { get }

    /// Whether nothing can run and a person answers in the tool's place; false by default.
    var isByHand: Bool { get }
}

extension Tool {
    /// The run's own limit.
    public var timeLimit: Int? { nil }

    /// Something runs.
    public var isByHand: Bool { false }
}

/// What a tool said.
public struct ToolOutput: Sendable, Hashable {
    /// The ID of the call that this answers, as the tool's side returned it.
    public var callID: ToolCallID
    /// The text for the model.
    public var content: String
    /// Whether the text reports a failure.
    public var isError: Bool
    /// In what the output breaks what its side has promised of it, one sentence each.
    public var problems: [String]

    /// An output of the given parts.
    public init(callID: ToolCallID, content: String, isError: Bool = false, problems: [String] = []) {
        self.callID = callID
        self.content = content
        self.isError = isError
        self.problems = problems
    }
}

/// How a call ended in a recording, thrown by a tool that repeats it: also the endings that no tool brings about.
public struct RecordedEnding: Error, Sendable, Hashable {
    /// The recorded result.
    public let result: CallResult

    /// The ending with that result.
    public init(_ result: CallResult) { self.result = result }
}

/// A failure that the model should read as the call's result.
public struct ToolFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// What failed, in words for the model.
    public let description: String

    /// A failure with that text.
    public init(_ description: String) { self.description = description }
}
