import JSON

/// Servers' questions that wait for the person, and what keeps an answer deliberate.
///
/// One question is shown at a time, and never over something that is being written. For a moment after it has come
/// to the front no key reaches it: whoever was typing for something else must not answer it.
struct QuestionQueue: Sendable {
    /// Milliseconds in which all keys are ignored after a question has come to the front.
    static let delay: Int64 = ApprovalGuard.delay

    /// Questions that have not been shown yet, the oldest first.
    var waiting: [ServerQuestion] = []
    /// Servers of which the person wants to hear no question.
    var silenced: Set<ByteString> = []
    /// The question that has the keys.
    private(set) var front: Int?
    private var changed: Int64 = .min

    /// Takes over which question has the keys now.
    mutating func show(_ number: Int?, at now: Int64) {
        guard number != front else { return }
        front = number
        changed = now
    }

    /// Whether the question has just come under the keys.
    func isFresh(at now: Int64) -> Bool {
        // A clock that was set back must not lock the keys.
        front == nil || (changed != .min && (0..<QuestionQueue.delay).contains(now - changed))
    }
}
