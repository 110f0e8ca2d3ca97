import Agent
import JSON

/// A tool without a body: a person answers each call in its place, so that a catalogue can be designed before any
/// code exists.
public struct ByHandTool: Tool {
    /// What the model is told of the tool.
    public let definition: ToolDefinition

    /// A tool of that definition.
    public init(definition: ToolDefinition) { self.definition = definition }

    /// Always: nothing can run.
    public var isByHand: Bool { true }

    /// Never runs: the loop holds the calls of such tools for a person.
    /// - Throws: `ToolFailure`, for whoever runs it without the loop.
    public func run(_ call: ToolCall, arguments: JSONValue) async throws -> ToolOutput {
        throw ToolFailure("\(definition.name) has no body; a person answers it")
    }
}
