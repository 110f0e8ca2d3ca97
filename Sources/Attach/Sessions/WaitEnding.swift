import Agent

/// What ends the waiting for calls, besides a decision on each.
struct WaitEnding {
    /// Who has left, where somebody has, so that nothing of now is waited for any more.
    var departure: Departure?
    /// Waits for the total limit.
    var limit: Task<Void, Never>?
    /// The calls that nobody had decided at that limit.
    var undecided: Set<CallKey> = []
}

/// Who left, of those between whom a call waits.
enum Departure: String, Sendable, Hashable {
    /// The client that is to run the call.
    case clientLeft = "client left"
    /// The person at the proxy, who ends it.
    case proxyLeft = "callgate left"

    /// The same as the end of a sentence about what had not passed yet.
    var words: String {
        switch self {
        case .clientLeft: "the client left"
        case .proxyLeft: "callgate attach was ended"
        }
    }
}
