import Agent

/// What a list of sessions says of one.
public struct SessionRow: Sendable, Hashable {
    /// The journal's path, by which the session is known.
    public let journal: String
    /// The program whose session it is.
    public let client: String
    /// The agent within the program, where it is not the first one.
    public let agent: String?
    /// The model's name, once a request has come.
    private(set) var model = ""
    /// The session's own name, by which its subagents' sessions name it.
    private(set) var name = ""
    /// Where it came from, where another session's call started it.
    private(set) var origin: SessionParent?
    /// The calls that wait, with the time since when.
    private(set) var waiting: [CallKey: Int64] = [:]
    /// Milliseconds since 1970 of the last event.
    private(set) var last: Int64 = 0
    private var activity = Activity.idle

    private enum Activity: Sendable, Hashable {
        case idle
        case answering
        case running
        case ended(String)
    }

    /// A session of which nothing has been heard.
    public init(journal: String, client: String, agent: String?) {
        self.journal = journal
        self.client = client
        self.agent = agent
    }

    /// Takes an event into account.
    mutating func apply(_ event: Event) {
        last = event.time
        switch event.body {
        case .sessionStarted(let header):
            model = header.model.name
            name = header.id
            if header.parent?.relation == .call { origin = header.parent }
        case .requestSent: activity = .answering
        case .responseReceived(_, let response, _): activity = response.calls.isEmpty ? .idle : .running
        case .callJudged(let key, _, let ruling): if ruling.effect == .ask { waiting[key] = event.time }
        case .decided(let key, _, _): waiting[key] = nil
        case .callStarted: activity = .running
        case .runFinished(let outcome):
            waiting = [:]
            activity = .ended(outcome.name)
        default: break
        }
    }

    /// What the list calls it: the program, and of a subagent its own name and the call that started it.
    var title: String {
        let agent = [client, agent].compactMap { $0 }.joined(separator: " · ")
        guard let origin else { return agent }
        return "\(agent) · of \(origin.call.map(\.text) ?? "a call")"
    }

    /// Since when the call has waited that has waited longest.
    var waitingSince: Int64? { waiting.values.min() }

    /// What the session does, in words.
    var words: String {
        if !waiting.isEmpty { return waiting.count == 1 ? "1 call waits" : "\(waiting.count) calls wait" }
        switch activity {
        case .idle: return "idle"
        case .answering: return "the model answers"
        case .running: return "its calls run"
        case .ended(let word): return word
        }
    }
}
