import JSON

/// The words in which the model learns what became of its call (DESIGN, "What the model is told").
enum ToolMessageText {
    /// What the model reads as the result of a resolved call, and whether it reports a failure.
    ///
    /// `nil` while the call is not resolved.
    static func message(for record: CallRecord) -> (content: String, isError: Bool)? {
        guard record.isResolved, let decision = record.decision else { return nil }
        if let edited = record.editedResult { return (edited, false) }
        switch decision {
        case .deny where record.ranArguments != nil && record.result == nil:
            return (
                "Error: the session broke off while this call ran; whether it took effect is unknown.", true
            )
        case .deny(let reason):
            let who =
                switch record.decider {
                case .rule: "a rule"
                case .timeout: "a time-out"
                default: "a reviewer"
                }
            let tail = reason.map { " Reason: \($0)" } ?? ""
            return ("Error: \(who) rejected this call. It did not run.\(tail)", true)
        case .refuse(let problem): return ("Error: \(problem)", true)
        case .respond(let content): return (content, false)
        case .approve, .edit(_, .rewrite), .edit(_, .silent):
            return record.result.map { (resultText($0), $0.isError) }
        case .edit(let arguments, .annotate):
            return record.result.map {
                (
                    "Note: a reviewer replaced this call before it ran; do not issue it again. "
                        + "Arguments that ran: \(arguments.text)\n\(resultText($0))", $0.isError
                )
            }
        }
    }

    private static func resultText(_ result: CallResult) -> String {
        switch result.ending {
        case .completed: result.content
        case .cancelled: "Error: the call was cancelled."
        case .failed, .timedOut, .oversized, .mispaired: "Error: \(result.content)"
        }
    }
}

extension CallRecord {
    /// What the model will read as this call's result; `nil` while the call is not resolved.
    public var pendingMessage: (content: String, isError: Bool)? { ToolMessageText.message(for: self) }
}
