import Terminal

/// A text that can be laid over the panes: what it is about, and its lines for a state and a width.
protocol Document: Sendable {
    /// The title of its box.
    func title(_ state: DebuggerState) -> String
    /// Its lines.
    func lines(_ state: DebuggerState, width: Int) -> LaidLines
    /// Finds out what the lines need that costs more than looking it up.
    func prepare(_ state: inout DebuggerState, explainer: inout MaskExplainer?)
    /// Whether the end is kept in view while the text grows.
    var followsEnd: Bool { get }
}

extension Document {
    func prepare(_ state: inout DebuggerState, explainer: inout MaskExplainer?) {}
    var followsEnd: Bool { false }
}
