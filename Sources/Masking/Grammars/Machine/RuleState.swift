/// Where a part of a grammar stands, and where its rule was called.
struct RuleItem: Hashable {
    /// A node, where `inner` is -1; else the edge that is being taken.
    var place: Int32
    /// Inside an edge: the state of its terminal, or the number of its value's place.
    var inner: Int32
    /// Where to go on once the rule ends: a state and the rule that it called; ``RuleMachine/outermost`` for the start.
    var home: Int32

    static func < (left: RuleItem, right: RuleItem) -> Bool {
        (left.place, left.inner, left.home) < (right.place, right.inner, right.home)
    }
}

/// A set of places in which a text can stand, with all that follows from them (Earley 1970, on bytes).
///
/// A rule called in last place hands its caller's home on, so that repetition by recursion comes back to the same state.
struct RuleState {
    /// A single token that can be taken.
    struct TokenStep {
        var tokens: Int32
        var target: Int32
        var home: Int32
    }

    /// The places that the last byte led to: what makes the state.
    var kernel: [RuleItem]
    /// Terminals of the kernel that may go on.
    var running: [RuleItem] = []
    /// Terminals that begin here.
    var beginning: [RuleItem] = []
    /// Values that may go on or begin (`inner` is -1) here.
    var values: [RuleItem] = []
    var tokens: [TokenStep] = []
    /// For each rule called here, where its callers go on, and their homes.
    var callers: [Int32: [RuleItem]] = [:]
    /// Whether the text may end here.
    var accepts = false
}
