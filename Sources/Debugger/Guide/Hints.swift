import Agent

/// What a newcomer is told when it can be of use: one thing at a time, each once and never again.
struct Hints: Sendable {
    private struct Hint: Sendable {
        let id: String
        let text: String
        let applies: @Sendable (DebuggerState) -> Bool
    }

    /// The hints that this person has seen.
    private var seen: Set<String>
    /// When the last one was shown, in milliseconds since 1970.
    private var last: Int64 = .min

    /// Milliseconds between two hints.
    private static let pause: Int64 = 20_000

    init(seen: Set<String>) { self.seen = seen }

    /// The hint to be shown now.
    mutating func next(_ state: DebuggerState) -> (id: String, text: String)? {
        guard state.layers.isEmpty, state.messages.current == nil,
            last == .min || state.now - last >= Hints.pause,
            let hint = Hints.all.first(where: { !seen.contains($0.id) && $0.applies(state) })
        else { return nil }
        seen.insert(hint.id)
        last = state.now
        return (hint.id, hint.text)
    }

    private static let all = [
        Hint(
            id: "decide",
            text: "a call waits: nothing runs before you decide; a approves it, ? shows all keys",
            applies: { $0.timeline.isLive && $0.selectedCall?.needsDecision == true }),
        Hint(
            id: "steps", text: "s steps by tokens, n by calls, t by rounds; c runs until a call waits",
            applies: { $0.timeline.isLive && $0.firstWaiting == nil && $0.run != .ended }),
        Hint(
            id: "replay", text: "s n t c go on in recorded time, their capitals go back",
            applies: { $0.timeline.isReplay }),
        Hint(
            id: "mask", text: "3 shows the mask: what the grammar allowed; on a row, Enter says why",
            applies: { $0.frame.mask.table?.token.allowed != nil }),
        Hint(
            id: "settings",
            text: ":settings lists what can be set: keys, :theme, layout; hints: false ends these",
            applies: { $0.timeline.log.count > 20 }),
    ]
}
