import Agent
import JSON

/// The part of a session that has the model told of kept calls where its client cannot tell it.
extension AttachedSession {
    /// Whether the model may be asked again instead of an answer to that request, so that nothing of it may leave before
    /// its calls are decided.
    func mayAskAgain(after request: AgentRequest) -> Bool {
        // A conversation that its provider keeps holds the answer already, and a thread goes on from an answer once.
        guard request.reading.conversation == nil, !request.reading.goesOnInThread,
            request.places.conversation.isOpen
        else { return false }
        switch base.gate.denial {
        case .swap: return false
        case .askAgain: return true
        case .auto:
            if standing.hasLostCalls || ForgetfulClients.sent(request) { return true }
            guard base.client.failsOnUnknownTools else { return false }
            standing.catalogue.take(request, else: state.header?.catalogue ?? [])
            return !standing.catalogue.tools.allSatisfy { isToldByArguments($0.name) }
        }
    }

    /// Whether the model is asked again instead of the answer of this round.
    func asksAgain(after request: AgentRequest) -> Bool {
        // Whoever leaves the proxy waits for no other answer.
        guard ending.departure != .proxyLeft, mayAskAgain(after: request) else { return false }
        let kept = state.roundCalls.filter { $0.decision?.lets == false }
        if base.gate.denial == .askAgain || standing.hasLostCalls || ForgetfulClients.sent(request) {
            return !kept.isEmpty
        }
        return kept.contains { !isToldByArguments($0.call.name) }
    }

    /// Whether the client answers a call of that tool by an error where its arguments are refused.
    private func isToldByArguments(_ tool: String) -> Bool {
        base.client.tolerance == .refusedArguments && refusesMark(for: tool)
    }

    /// Keeps the whole answer of the round from its client.
    ///
    /// - Returns: the request's body, in which the model also reads its answer and what became of the calls.
    /// - Throws: what the journal or the ledger throws; nothing may be asked then.
    func withhold(from request: AgentRequest) throws -> [UInt8] {
        for record in state.roundCalls {
            let message: (content: String, isError: Bool)
            if record.status == .approved {
                let result = CallResult(ending: .failed, content: Self.besideKept, milliseconds: 0)
                try emit(.callFinished(record.key, result))
                message = ("Error: \(Self.besideKept)", true)
            } else {
                message = record.pendingMessage ?? ("Error: it did not run", true)
            }
            try emit(.toolMessage(record.key, content: message.content, isError: message.isError))
        }
        let start = state.messages.lastIndex { if case .assistant = $0 { true } else { false } }
        guard let start, let interlude = Interlude(Array(state.messages[start...]), after: request) else {
            throw ProxyError(
                "the request holds no conversation in which the model could be told of its calls")
        }
        try ledger.remember(interlude, in: journal)
        let body = body(of: request)
        try emit(sending(body))
        return body
    }

    private static let besideKept =
        "it did not run: a call beside it was not allowed to run; ask for it again if it is still needed"

    /// Notices that a client has forgotten the calls that it could not run, so that the model is asked again from here on.
    func noticeLostCalls(in request: AgentRequest) {
        let kept = state.roundCalls.filter { $0.decision?.lets == false && $0.message == nil }.map(
            \.key.id.text)
        guard !kept.isEmpty, base.client.thread == nil, request.reading.previousResponse == nil else {
            return
        }
        let known = Set(request.places.calls.map(\.id) + request.places.results.map(\.id))
        if kept.allSatisfy({ !known.contains($0) }) { standing.hasLostCalls = true }
    }
}

extension Decision {
    /// Whether the call runs.
    fileprivate var lets: Bool {
        switch self {
        case .approve, .edit: true
        case .deny, .respond, .refuse: false
        }
    }
}
