import ChatTemplates

/// An assistant's turn in the way that a model's chat template writes it.
public struct LearntTurn: Sendable, Hashable {
    /// The catalogue.
    public var tools: [CallableTool]
    /// How the template writes turns.
    public var syntax: CallSyntax
    /// What the model may choose.
    public var choice: CallChoice
    /// The most calls in one turn, at least 1.
    public var maximumCalls: Int

    /// A turn with those tools.
    public init(
        tools: [CallableTool], syntax: CallSyntax, choice: CallChoice = .auto, maximumCalls: Int = 8
    ) {
        self.tools = tools
        self.syntax = syntax
        self.choice = choice
        self.maximumCalls = max(1, maximumCalls)
    }
}
