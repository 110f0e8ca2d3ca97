/// A result that cannot be matched to its call by ID.
public struct PairingError: Error, Sendable, Hashable, CustomStringConvertible {
    /// One line that names both IDs.
    public let description: String

    /// A result that was expected under one ID and came tagged with another.
    init(tool: String, expected: ToolCallID, found: ToolCallID) {
        description =
            "the result of \(tool) was expected for call \(expected) and came back for call \(found)"
    }

    private init(_ description: String) { self.description = description }

    /// Checks that every call of a response can be told from the others by its ID.
    /// - Throws: ``PairingError`` for an empty or a repeated ID.
    public static func checkIDs(of calls: [ToolCall], round: Int) throws(PairingError) {
        var names: [ToolCallID: String] = [:]
        for call in calls {
            if call.id.text.isEmpty {
                throw PairingError(
                    "round \(round): the call of \(call.name) has no ID; its result could not be paired")
            }
            if let other = names.updateValue(call.name, forKey: call.id) {
                throw PairingError("round \(round): \(other) and \(call.name) both have the ID \(call.id)")
            }
        }
    }

    /// Checks that a conversation pairs every call with exactly one tool message, in the order asked.
    ///
    /// Used for conversations that come from elsewhere, and by the loop before each request.
    /// - Throws: ``PairingError`` naming the call's ID and the message's.
    public static func check(_ messages: [Message]) throws(PairingError) {
        var open: ArraySlice<ToolCall> = []
        for message in messages {
            if case .tool(let result) = message {
                guard let call = open.first else {
                    throw PairingError("a result for call \(result.callID) stands where no call is open")
                }
                guard call.id == result.callID else {
                    throw PairingError(
                        tool: call.name, expected: call.id, found: result.callID)
                }
                open = open.dropFirst()
                continue
            }
            if let call = open.first {
                throw PairingError(
                    "call \(call.id) of \(call.name) has no result before the next \(message.role) message")
            }
            if case .assistant(let answer) = message { open = answer.calls[...] }
        }
        if let call = open.first { throw PairingError("call \(call.id) of \(call.name) has no result") }
    }
}
