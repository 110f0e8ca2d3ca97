import Agent

/// What is known of where a session's client stands.
struct ClientStanding {
    /// Where the conversation stands, as the client's last request told it.
    var place: SessionPlace
    /// The tools that it offers its model.
    var catalogue = AttachedCatalogue()
    /// When the calls of now began to run.
    var started: [CallKey: ContinuousClock.Instant] = [:]
    /// The calls of which it is known that they started a session of their own.
    var callsWithSession: Set<CallKey> = []
    /// Whether it has forgotten a call that it could not run.
    var hasLostCalls = false

    init(place: SessionPlace) { self.place = place }
}

extension SessionPlace {
    /// How many turns of a request's dialogue are known, where it goes on with this conversation.
    ///
    /// It does where it begins with every message of the request before; for a client that names its conversations, also
    /// where only the last answer can be found in it, since some clients change what lies before.
    func known(in request: AgentRequest, calls: [CallRecord], byName: Bool) -> Int? {
        if let response, let previous = request.reading.previousResponse {
            return response == previous ? 0 : nil
        }
        if !seen.isEmpty, request.prints.starts(with: seen) { return seen.count }
        guard byName, let last = calls.last else { return nil }
        let round = calls.filter { $0.key.round == last.key.round }.map(\.key.id.text)
        return request.dialogue.lastIndex { message in
            guard case .assistant(let answer) = message else { return false }
            return answer.calls.contains { round.contains($0.id.text) }
        }
    }
}
