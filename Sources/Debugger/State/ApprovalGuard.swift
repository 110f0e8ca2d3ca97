import Agent
import JSON

/// What keeps a decision deliberate: it must come a moment after the call under the keys has changed, after the whole
/// of its arguments has been on the screen, and once.
struct ApprovalGuard: Sendable {
    /// Milliseconds in which decision keys are ignored after the call under them has changed.
    static let delay: Int64 = 400

    /// What a decision key would act on, to the byte.
    struct Target: Sendable, Hashable {
        let key: CallKey
        let name: ByteString
        let arguments: ByteString
        let status: CallRecord.Status

        init(_ record: CallRecord) {
            key = record.key
            name = ByteString(record.call.name)
            arguments = record.call.arguments
            status = record.status
        }
    }

    /// The call under the keys, as it is shown.
    private(set) var target: Target?
    private var changed: Int64 = .min
    /// Calls whose arguments have been shown to their end, as they were then.
    private var seen: Set<Target> = []
    /// Calls for which a decision is on its way.
    private(set) var sent: Set<CallKey> = []

    /// Takes over what is on the screen now.
    mutating func show(_ record: CallRecord?, toTheEnd isWhole: Bool, at now: Int64) {
        let shown = record.map(Target.init)
        if shown != target {
            target = shown
            changed = now
        }
        if let shown, isWhole { seen.insert(shown) }
    }

    /// Why no decision is taken for this call at this moment; `nil` where it is.
    func objection(to record: CallRecord, at now: Int64) -> String? {
        guard target == Target(record) else {
            return "\(record.key.id) is not on the screen yet; look at it first"
        }
        if sent.contains(record.key) { return "a decision for \(record.key.id) is on its way" }
        // A clock that was set back must not lock the keys, nor open them early.
        if changed != .min, (0..<ApprovalGuard.delay).contains(now - changed) {
            return "ignored: \(record.key.id) had just come under the key; look, then press again"
        }
        return nil
    }

    /// Whether the arguments have been on the screen to their end.
    func hasSeenAll(of record: CallRecord) -> Bool { seen.contains(Target(record)) }

    mutating func markSent(_ key: CallKey) { sent.insert(key) }

    /// The run has taken the decision, or refused it.
    mutating func clearSent(_ key: CallKey) { sent.remove(key) }
    mutating func clearAllSent() { sent = [] }
}
