import Agent
import JSON
import Terminal

/// Something that lies over the panes and takes the keys first.
enum Layer: Sendable {
    case prompt(Prompt)
    case editor(TextEditor)
    case review(EditReview)
    case confirmation(Confirmation)
    case document(OpenDocument)
    case question(QuestionForm)
    case rule(RuleReview)

    var kind: LayerKind {
        switch self {
        case .prompt: .prompt
        case .editor: .editor
        case .review: .review
        case .confirmation: .confirmation
        case .document: .document
        case .question: .question
        case .rule: .rule
        }
    }

    /// Whether keys type text here, so that nothing may move the focus or open something else.
    var isTyping: Bool {
        switch self {
        case .prompt, .editor, .review, .confirmation, .question, .rule: true
        case .document: false
        }
    }
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

/// One line of text asked for at the bottom of the screen.
struct Prompt: Sendable {
    enum Purpose: Sendable {
        case command
        case search(Pane)
        case denial(DecidedCall, stopsRun: Bool)
        case mark
        /// Where a fork is written, and in what it is other.
        case fork(ForkOrder, String)
        /// The workflow file that a rule is written into.
        case ruleFile(RuleReview)
    }

    let purpose: Purpose
    var field: TextField
    /// How many lines back in the history of commands the text comes from.
    var historyDepth = 0
    /// The names that Tab goes through, and which of them stands in the field.
    var completions: [String] = []
    var chosen: Int?

    init(_ purpose: Purpose, text: String = "") {
        self.purpose = purpose
        field = TextField(text)
    }

    /// What stands before the text.
    var label: String {
        switch purpose {
        case .command: ":"
        case .search(let pane): "search \(pane.name): "
        case .denial(let call, false): "deny \(call.key.id), reason (may be empty): "
        case .denial(let call, true): "deny \(call.key.id) and stop the run, reason (may be empty): "
        case .mark: "mark this step, note: "
        case .fork(let order, let words):
            "fork\(order.step.map { " at step \($0)" } ?? "") \(words), write to: "
        case .ruleFile: "write the rule into the workflow file: "
        }
    }
}

/// A text of several lines being written in place.
struct TextEditor: Sendable {
    enum Purpose: Sendable, Hashable {
        case arguments(DecidedCall)
        case response(DecidedCall)
        case result(CallKey)
        case fork(ForkSubject)
    }

    let purpose: Purpose
    var field: TextField
    /// Why the text could not be sent, until it is changed.
    var fault: String?
    /// The first line shown.
    var scroll = Scroll()

    init(_ purpose: Purpose, text: String, fault: String? = nil) {
        self.purpose = purpose
        field = TextField(text, multiline: true)
        field.moveCursor(to: 0)
        self.fault = fault
    }

    /// The title of its box.
    var title: String {
        switch purpose {
        case .arguments(let call): "edit the arguments of \(call.key.id) · \(call.call.name)"
        case .response(let call): "answer \(call.key.id) in the place of \(call.call.name)"
        case .result(let key): "edit what the model will read as the result of \(key.id)"
        case .fork(.arguments(let key, let call)): "fork: other arguments of \(key.id) · \(call.name)"
        case .fork(.result(let key)): "fork: another result of \(key.id)"
        case .fork(.message): "fork: another message"
        }
    }
}

/// An edited call, shown as a difference before it is sent.
struct EditReview: Sendable {
    let call: DecidedCall
    /// The arguments that will run.
    let arguments: ByteString
    /// The text as the person wrote it, to go on with.
    let draft: String
    let difference: [LineDifference]
    var scroll = Scroll()
}

/// A question that only `y` affirms.
struct Confirmation: Sendable {
    enum Action: Sendable {
        case denyAndStop(BoundDecision)
        case quit
        case restart(server: String)
        case goOn(path: String)
    }

    let question: String
    let consequence: String
    let action: Action
}

/// A text over the panes, to be read and closed.
struct OpenDocument: Sendable {
    enum Topic: Sendable, Hashable {
        case help
        case messages
        case request
        case thinking
        case session
        case breakpoints
        case comparison
        /// What one MCP server, or all of them, wrote.
        case serverLog(String?)
        case call(CallKey)
        case result(CallKey)
        /// Why a token may or may not come at the step's token.
        case token(Int)
        /// One candidate of a partial distribution, which may have no ID.
        case candidate(Int)
    }

    let topic: Topic
    var scroll = Scroll()
    /// Whether the end is kept in view while the text grows.
    var followsEnd = false

    init(topic: Topic) {
        self.topic = topic
        if case .serverLog = topic { followsEnd = true }
    }
}
