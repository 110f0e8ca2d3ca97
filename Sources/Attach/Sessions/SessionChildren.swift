import Agent
import JSON

/// The part of a session that knows which of its calls started a session of its own: a subagent's.
extension AttachedSession {
    /// Notes that a call of this session started another one, and says where that one came from.
    ///
    /// - Parameters:
    ///   - child: the other session's name.
    ///   - request: the first request of it.
    func start(_ child: String, by request: AgentRequest) -> SessionParent {
        let name = SessionBook.name(of: journal)
        let place = state.step
        guard let record = starter(of: request) else {
            return SessionParent(session: name, step: place, hash: nil, relation: .call)
        }
        standing.callsWithSession.insert(record.key)
        // Without its own line the child still names the call.
        try? mark("\(record.key.id) started the session \(child)")
        return SessionParent(session: name, step: place, hash: nil, relation: .call, call: record.key.id)
    }

    /// The call by which a conversation was started: the one whose arguments hold what its agent is told, else the only one
    /// that runs.
    private func starter(of request: AgentRequest) -> CallRecord? {
        let told = request.dialogue.compactMap { message -> [UInt8]? in
            if case .user(let text) = message { Array(text.utf8) } else { nil }
        }
        let free = state.calls.filter {
            !standing.callsWithSession.contains($0.key) && $0.ranArguments != nil
        }
        var best: (length: Int, record: CallRecord)?
        for record in free {
            guard let arguments = try? JSONParser.parse(record.effectiveArguments.text) else { continue }
            let said = arguments.leaves.compactMap { $0.value.stringValue.map { Array($0.utf8) } }
            let length =
                said.filter { text in !text.isEmpty && told.contains { $0.holds(text) } }
                .map(\.count).max() ?? 0
            // Of several that say the same, each starts one.
            if length > best?.length ?? 0 { best = (length, record) }
        }
        // A word such as a kind of agent may stand in any text.
        if let best, best.length >= AttachedSession.leastBrief || free.count == 1 { return best.record }
        let running = free.filter { $0.status == .running }
        return running.count == 1 ? running[0] : nil
    }

    /// Bytes from which on a text of a call is taken for what an agent was told.
    private static let leastBrief = 8
}

extension [UInt8] {
    /// Whether the bytes stand in these.
    fileprivate func holds(_ part: [UInt8]) -> Bool {
        guard let first = part.first, part.count <= count else { return false }
        var start = startIndex
        while start + part.count <= endIndex,
            let next = self[start...(endIndex - part.count)].firstIndex(of: first)
        {
            if self[next..<(next + part.count)].elementsEqual(part) { return true }
            start = next + 1
        }
        return false
    }
}
