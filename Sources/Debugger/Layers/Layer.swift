import Agent
import Terminal

/// Something that lies over the panes and takes the keys first.
///
/// A value that says what it is, lays itself out, paints itself, and takes what is typed. What its other keys do stands in
/// the command table, under its kind.
protocol Layer: Sendable {
    /// Where the command table keeps its keys.
    var kind: LayerKind { get }
    /// Whether keys type or answer something here, so that nothing may move the focus or open something else.
    var isTyping: Bool { get }
    /// The call that the person is deciding in it.
    var openCall: CallKey? { get }
    /// How many rows a page key moves it by; `nil` where it does not scroll.
    var page: Int? { get }

    /// Lays it out for the size of now.
    mutating func settle(_ state: inout DebuggerState, explainer: inout MaskExplainer?)
    /// Draws it over the panes.
    func paint(_ state: DebuggerState, with painter: inout ScreenPainter)
    /// Draws what it has in the bottom line; `false` where the line is the hints'.
    func paintBottom(_ state: DebuggerState, with painter: inout ScreenPainter, in area: Rect) -> Bool

    /// Does what a key means that is no command; `false` where it means nothing.
    mutating func handle(_ key: Key) -> Bool
    /// Takes pasted text; `false` where none is written.
    mutating func paste(_ text: String) -> Bool
    /// Moves by rows; `false` where there is nothing to move.
    mutating func scroll(by rows: Int) -> Bool
    /// Moves to the beginning or the end; `false` where there is nothing to move.
    mutating func scroll(toEnd: Bool) -> Bool
}

extension Layer {
    var isTyping: Bool { true }
    var openCall: CallKey? { nil }
    var page: Int? { nil }

    mutating func settle(_ state: inout DebuggerState, explainer: inout MaskExplainer?) {
        state.frame.document = LaidLines()
    }
    func paintBottom(_ state: DebuggerState, with painter: inout ScreenPainter, in area: Rect) -> Bool {
        false
    }
    mutating func handle(_ key: Key) -> Bool { false }
    mutating func paste(_ text: String) -> Bool { false }
    mutating func scroll(by rows: Int) -> Bool { false }
    mutating func scroll(toEnd: Bool) -> Bool { false }
}

/// The kinds of layers, for the command table.
enum LayerKind: String, Sendable, Hashable, CaseIterable {
    case prompt
    case editor
    case review
    case confirmation
    case document
    case question
    case rule
    /// Not a layer of its own: the panes while a search is active.
    case searching

    /// What a person calls it.
    var words: String {
        switch self {
        case .prompt: "a prompt"
        case .editor: "an editor"
        case .review: "the review of an edit"
        case .confirmation: "a question"
        case .document: "a text over the panes"
        case .question: "a server's question"
        case .rule: "the review of a rule"
        case .searching: "a search"
        }
    }
}

/// A call as it was when the person began to decide it.
///
/// Whatever is sent later is bound to these bytes; the gate refuses it when they are no longer the call's.
struct DecidedCall: Sendable, Hashable {
    let key: CallKey
    let call: ToolCall

    init(_ record: CallRecord) { self.init(key: record.key, call: record.call) }

    init(key: CallKey, call: ToolCall) {
        self.key = key
        self.call = call
    }

    func bound(_ decision: Decision, stopsRun: Bool = false) -> BoundDecision {
        BoundDecision(key: key, call: call, decision: decision, decider: .person, stopsRun: stopsRun)
    }
}

extension DebuggerState {
    /// Puts the changed front layer back.
    mutating func replaceFront(_ layer: any Layer) { layers[layers.count - 1] = layer }

    /// Takes the front layer away.
    mutating func pop() -> [DebuggerEffect] {
        layers.removeLast()
        return []
    }

    /// Takes the front layer away, if it is of that type.
    mutating func popFront<Front: Layer>(_ type: Front.Type) -> Front? {
        guard let front = layers.last as? Front else { return nil }
        layers.removeLast()
        return front
    }
}
