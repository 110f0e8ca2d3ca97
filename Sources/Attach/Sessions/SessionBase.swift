import Agent

/// What of a session never changes.
struct SessionBase: Sendable {
    /// The journal's path.
    let journal: String
    let client: ClientIdentity
    /// How its calls are decided.
    let gate: GateSettings
    /// Where the session was started from, for one that another's call started.
    var parent: SessionParent?
}
