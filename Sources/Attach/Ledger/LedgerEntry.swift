import Agent
import Formats
import JSON

/// What became of a call that its client did not get as the model wrote it, or whose result the model does not get as
/// the client wrote it: enough to tell the model the truth in every later request, in the same bytes.
struct LedgerEntry: Sendable, Hashable {
    /// What the model reads as the call's result.
    enum Result: Sendable, Hashable {
        /// What the client sent.
        case unchanged
        /// A note, then what the client sent.
        case prefixed(String)
        /// This, whatever the client sent.
        case replaced(String, isError: Bool)
    }

    /// A call's name and arguments.
    struct Form: Sendable, Hashable {
        var name: String
        var arguments: ByteString
        /// All of the call, as JSON text, where its type stands for the tool's name.
        var item: String?
    }

    /// The call's ID.
    var id: ToolCallID
    /// The call as the model wrote it.
    var written: Form
    /// The call as the client got it.
    var sent: Form
    /// Whether later requests carry the call as the model wrote it.
    var restoresCall: Bool
    var result: Result

    /// What a decision leaves to be remembered; `nil` for a call that passes as it is.
    ///
    /// - Parameter sent: the call as the client gets it.
    /// - Parameter item: all of the call, where its type stands for the tool's name.
    init?(_ record: CallRecord, sent: Form, item: String?) {
        id = record.key.id
        written = Form(name: record.call.name, arguments: record.call.arguments, item: item)
        self.sent = sent
        switch record.decision {
        case .edit(let arguments, let mode):
            restoresCall = mode != .rewrite
            result =
                mode == .annotate
                ? .prefixed(ReviewerWords.note(arguments: arguments)) : .unchanged
        case .deny, .refuse, .respond:
            guard let message = record.pendingMessage else { return nil }
            // What answers a computer's call is a picture: its model reads the call that was sent.
            restoresCall = item == nil || record.call.name != "computer"
            result = .replaced(message.content, isError: message.isError)
        case .approve, nil: return nil
        }
    }

    /// The entry of a call that ran as written, and whose result somebody replaced.
    init(_ record: CallRecord, result text: String) {
        id = record.key.id
        written = Form(name: record.call.name, arguments: record.call.arguments)
        sent = Form(name: record.call.name, arguments: record.effectiveArguments)
        restoresCall = false
        result = .replaced(text, isError: false)
    }

    /// The item that the model wrote in the place of which the client got a function's call.
    var replacedItem: String? {
        sent.name.utf8.elementsEqual(written.name.utf8) ? nil : written.item
    }

    init(id: ToolCallID, written: Form, sent: Form, restoresCall: Bool, result: Result) {
        self.id = id
        self.written = written
        self.sent = sent
        self.restoresCall = restoresCall
        self.result = result
    }

    /// Whether a call of a history is this one as its client got it.
    func isAbout(_ call: CallInHistory) -> Bool {
        call.id.utf8.elementsEqual(id.text.utf8) && call.isNamed(sent.name)
            && call.hasArguments(sent.arguments.text)
    }
}

/// What the model reads of a reviewer, beside what `ToolMessageText` says.
enum ReviewerWords {
    /// The note before the result of an edited call.
    static func note(arguments: ByteString) -> String {
        "Note: a reviewer replaced this call before it ran; do not issue it again. Arguments that ran: \(arguments.text)"
    }
}
