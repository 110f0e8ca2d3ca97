import JSON

/// All that is known of one call at one step.
public struct CallRecord: Sendable, Hashable {
    /// Where a call stands between the model's request and the tool message.
    public enum Status: String, Sendable, Hashable, CaseIterable {
        /// The model asked for it; nothing has been checked.
        case proposed
        /// It waits for a person.
        case waiting
        /// It may run, and has not begun to.
        case approved
        /// It is running.
        case running
        /// It ran, and its result is known.
        case finished
        /// It did not run: denied by a person or a rule.
        case denied
        /// It did not run: a person answered in the tool's place.
        case answered
        /// It could not run: malformed, invalid or of an unknown tool.
        case refused
        /// It had begun when the session broke off; whether it took effect is unknown.
        case unknown = "outcome unknown"
    }

    /// The call's key.
    public let key: CallKey
    /// The call as the model asked for it.
    public let call: ToolCall
    /// Its place among the round's calls, from 0.
    public let position: Int
    /// Where it stands.
    public internal(set) var status: Status = .proposed
    /// What is wrong with it.
    public internal(set) var problems: [CallProblem] = []
    /// What the policy said.
    public internal(set) var ruling: Ruling?
    /// What was decided.
    public internal(set) var decision: Decision?
    /// Who decided.
    public internal(set) var decider: Decider?
    /// The arguments that ran.
    public internal(set) var ranArguments: ByteString?
    /// How it ended.
    public internal(set) var result: CallResult?
    /// Output that came after the call had been given up.
    public internal(set) var late: CallResult?
    /// What a person put in the result's place.
    public internal(set) var editedResult: String?
    /// What the model reads, once it has been sent.
    public internal(set) var message: ToolMessage?

    init(key: CallKey, call: ToolCall, position: Int) {
        self.key = key
        self.call = call
        self.position = position
    }

    /// The same call, not decided yet, with other arguments.
    public func asking(_ arguments: ByteString) -> CallRecord {
        var call = call
        call.arguments = arguments
        return CallRecord(key: key, call: call, position: position)
    }

    /// Whether the call needs a person.
    public var needsDecision: Bool { status == .waiting || status == .unknown }

    /// Whether nothing more will happen to the call before its tool message is sent.
    public var isResolved: Bool {
        switch status {
        case .finished, .denied, .answered, .refused: true
        case .proposed, .waiting, .approved, .running, .unknown: false
        }
    }

    /// The arguments that run once the call is approved: the model's, or those of an edit.
    public var effectiveArguments: ByteString {
        if case .edit(let arguments, _) = decision { arguments } else { call.arguments }
    }
}
