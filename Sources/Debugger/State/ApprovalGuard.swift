import Agent
import JSON

/// What keeps a decision deliberate, for every screen and every way in which a call comes to run.
///
/// It must come a moment after what it is about has come on the screen, after the whole of it has been there to its
/// end for as long, and once.
struct ApprovalGuard: Sendable {
    /// Milliseconds in which decision keys are ignored after what is under them has changed, and for which its end must
    /// have been on the screen.
    static let delay: Int64 = 400

    /// What a decision key would act on, to the byte.
    enum Target: Sendable, Hashable {
        /// A call as the model wrote it.
        case call(CallKey, name: ByteString, arguments: ByteString, CallRecord.Status)
        /// A call with other arguments.
        case edit(CallKey, name: ByteString, arguments: ByteString, instead: ByteString)
        /// A rule and the calls that it decides at once.
        case rule(ByteString, deciding: [ByteString])

        init(_ record: CallRecord) {
            self = .call(
                record.key, name: ByteString(record.call.name), arguments: record.call.arguments,
                record.status)
        }

        init(_ key: CallKey, _ call: ToolCall, edited arguments: ByteString) {
            self = .edit(
                key, name: ByteString(call.name), arguments: arguments, instead: call.arguments)
        }

        /// The call that is decided; `nil` for a rule.
        var key: CallKey? {
            switch self {
            case .call(let key, _, _, _), .edit(let key, _, _, _): key
            case .rule: nil
            }
        }

        /// What it is, in a sentence.
        fileprivate var words: String {
            switch self {
            case .call(let key, _, _, _): key.id.text
            case .edit(let key, _, _, _): "the change of \(key.id)"
            case .rule: "the rule"
            }
        }

        fileprivate var howToReadOn: String {
            switch self {
            case .call: "its arguments go on below: scroll to their end (PgDn) before you approve"
            case .edit: "the difference goes on below: scroll to its end (PgDn) before you send it"
            case .rule:
                "it decides calls that wait: scroll to the end of their list (PgDn) before it holds"
            }
        }
    }

    /// What is under the keys, as it is shown.
    private(set) var target: Target?
    private var changed: Int64 = .min
    /// Since when the end of it has been on the screen; `nil` while it is not.
    private var endSince: Int64?
    private var isDrawn = false
    /// What has been on the screen to its end for long enough.
    private var seen: Set<Target> = []
    /// Calls for which a decision is on its way.
    private(set) var sent: Set<CallKey> = []

    /// Takes over what is laid out now.
    mutating func show(_ shown: Target?, toTheEnd isWhole: Bool, at now: Int64) {
        if shown != target {
            target = shown
            changed = now
            endSince = nil
            isDrawn = false
        }
        guard let shown, isWhole else {
            endSince = nil
            return
        }
        if let endSince {
            if !isRecent(endSince, at: now) { seen.insert(shown) }
        } else {
            endSince = now
            isDrawn = false
        }
    }

    /// What is laid out is on the terminal now: only from here on can somebody have read it.
    mutating func drawn(at now: Int64) {
        guard !isDrawn else { return }
        isDrawn = true
        if isRecent(changed, at: now) { changed = now }
        if endSince != nil { endSince = now }
    }

    /// Why no decision is taken for this at this moment; `nil` where it is.
    func objection(to wanted: Target, at now: Int64) -> String? {
        guard target == wanted else { return "\(wanted.words) is not on the screen yet; look at it first" }
        if let key = wanted.key, sent.contains(key) { return "a decision for \(key.id) is on its way" }
        guard isRecent(changed, at: now) else { return nil }
        switch wanted {
        case .call(let key, _, _, _):
            return "ignored: \(key.id) had just come under the key; look, then press again"
        case .edit, .rule:
            return "ignored: \(wanted.words) had just come on the screen; look, then press again"
        }
    }

    /// Why this may not run yet; `nil` once it has been on the screen to its end.
    func objection(toRunning wanted: Target, at now: Int64) -> String? {
        if let objection = objection(to: wanted, at: now) { return objection }
        if seen.contains(wanted) { return nil }
        guard let endSince else { return wanted.howToReadOn }
        return isRecent(endSince, at: now)
            ? "ignored: the end of \(wanted.words) had just come on the screen; look, then press again" : nil
    }

    /// A clock that was set back must not lock the keys.
    private func isRecent(_ time: Int64, at now: Int64) -> Bool {
        time != .min && (0..<ApprovalGuard.delay).contains(now - time)
    }

    /// Whether the end of what is under the keys is on the screen.
    var isEndShown: Bool { endSince != nil }

    mutating func markSent(_ key: CallKey) { sent.insert(key) }

    /// The run has taken the decision, or refused it.
    mutating func clearSent(_ key: CallKey) { sent.remove(key) }
    mutating func clearAllSent() { sent = [] }
}
