/// What a template may do before it is stopped: it comes from a stranger.
public struct RenderLimits: Sendable, Hashable {
    /// Steps; one is an expression, a statement or eight characters made.
    public var steps: Int
    /// The most Unicode scalars of the output, and of any text on the way.
    public var characters: Int
    /// How deeply calls, loops and expressions may stand in one another while they run.
    public var depth: Int

    /// Limits of the given values; by default about a second of work.
    public init(steps: Int = 5_000_000, characters: Int = 1 << 23, depth: Int = 600) {
        self.steps = steps
        self.characters = characters
        self.depth = depth
    }
}
