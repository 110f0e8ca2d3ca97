import Agent
import JSON

/// What a client gets of a call once it is decided.
enum Verdict: Sendable, Hashable {
    /// The call as the model wrote it.
    case asWritten
    /// The call with other arguments.
    case edited(ByteString)
    /// Nothing that could run; the reason is told to whoever watches the client.
    case kept(word: String)
}

/// The part of a session that takes a response's calls through the gate.
extension AttachedSession {
    /// Stores a response, and returns once all of its calls are decided.
    ///
    /// - Returns: the verdicts in the order of the calls.
    /// - Throws: what the journal throws, or `PairingError`; nothing may leave then.
    func decide(_ response: ModelResponse, milliseconds: Double) async throws -> [Verdict] {
        try PairingError.checkIDs(of: response.calls, round: state.round)
        try history.sink.gathering { try take(response, milliseconds: milliseconds) }
        guard !response.calls.isEmpty else {
            control.report(.ended)
            return []
        }
        startLimit()
        defer { ending.limit?.cancel() }
        var isReported = false
        while true {
            let seen = changes.count
            try history.sink.gathering { try decideAutomatically() }
            let isOpen = state.roundCalls.contains { $0.decision == nil }
            if !isOpen, try mayLeave() { break }
            if isOpen, !isReported { control.report(.waiting) }
            isReported = isOpen
            await change(after: seen)
        }
        control.report(.running)
        return state.roundCalls.map { record in
            switch record.decision {
            case .approve: .asWritten
            case .edit(let arguments, _): .edited(arguments)
            case .respond: .kept(word: "answered_by_reviewer")
            case .deny, .refuse, nil: .kept(word: "denied_by_reviewer")
            }
        }
    }

    /// Stores a response, and what is decided of its calls without anybody.
    private func take(_ response: ModelResponse, milliseconds: Double) throws {
        try emit(.responseReceived(round: state.round, response, milliseconds: milliseconds))
        if response.calls.isEmpty, response.finishReason == .stop {
            try emit(.runFinished(.answered(response.content)))
        }
        guard !response.calls.isEmpty else { return }
        for record in state.roundCalls {
            let ruling = policy.ruling(for: record, in: state)
            try emit(
                .callJudged(
                    record.key, problems: standing.catalogue.problems(of: record.call), ruling: ruling))
        }
        try decideAutomatically()
    }

    /// Whether the calls that nobody looked at may leave: a person who steps sees them first.
    ///
    /// - Throws: `CancellationError` where that person leaves instead; nothing of the round runs then.
    private func mayLeave() throws -> Bool {
        let first = state.roundCalls.first { $0.status == .approved && $0.decider?.isPerson != true }
        guard let first, !control.mayPass(.call(first.key)) else { return true }
        switch ending.departure {
        case nil: return false
        // What its client does not take is withdrawn before it leaves.
        case .clientLeft: return true
        case .proxyLeft:
            try withdraw()
            throw CancellationError()
        }
    }

    /// Whether calls wait here: for a decision, or for whoever steps to let them pass.
    var holdsCalls: Bool {
        state.roundCalls.contains { $0.decision == nil || $0.status == .approved }
    }

    /// Stores that the calls which may run are on their way to the client.
    func start() throws {
        try history.sink.gathering {
            for record in state.roundCalls where record.status == .approved {
                try emit(.callStarted(record.key, arguments: record.effectiveArguments))
                standing.started[record.key] = .now
            }
        }
    }

    /// Stores that somebody left before the calls could reach the client: nothing of them runs.
    func withdraw() throws {
        let words = (ending.departure ?? .clientLeft).words
        for record in state.roundCalls where record.status == .approved {
            let result = CallResult(
                ending: .cancelled, content: "\(words) before the call reached its client; it did not run",
                milliseconds: 0)
            try emit(.callFinished(record.key, result))
        }
    }

    private func decideAutomatically() throws {
        for record in state.roundCalls where record.decision == nil {
            guard let ruling = record.ruling else { continue }
            if let departure = ending.departure {
                let reason = "\(departure.words) while the call waited"
                try emit(.decided(record.key, .deny(reason: reason), by: .option(departure.rawValue)))
            } else if ending.undecided.remove(record.key) != nil, let seconds = base.gate.holdLimit {
                let reason = "nobody decided within \(seconds) seconds"
                try emit(.decided(record.key, .deny(reason: reason), by: .timeout(seconds: seconds)))
            } else if let (decision, decider) = automaticDecision(on: record, ruling) {
                try emit(.decided(record.key, decision, by: decider))
            }
        }
    }

    private func automaticDecision(on record: CallRecord, _ ruling: Ruling) -> (Decision, Decider)? {
        switch (ruling.effect, base.gate.approval) {
        case (.deny, _): return (.deny(reason: ruling.reason), .rule(ruling.rule ?? "default"))
        case (_, .none): return (.deny(reason: nil), .option("--approve none"))
        case (.ask, .person): return nil
        case _ where !record.problems.isEmpty:
            let words = record.problems.map(\.message).joined(separator: "; ")
            return (.refuse(problem: words), .validation)
        case (.allow, _): return (.approve, .rule(ruling.rule ?? "default"))
        case (.ask, .all): return (.approve, .option("--approve all"))
        case (.ask, .policyOnly):
            return (.deny(reason: "it needs a person, and nobody is there"), .option("--approve policy"))
        }
    }

    private func startLimit() {
        guard base.gate.approval == .person, let seconds = base.gate.holdLimit else { return }
        let keys = state.roundCalls.map(\.key)
        ending.limit = Task { [weak self] in
            do { try await Task.sleep(for: .seconds(seconds)) } catch { return }
            await self?.limitMet(keys)
        }
    }

    private func limitMet(_ keys: [CallKey]) {
        ending.undecided = Set(keys)
        changed()
    }

    /// Takes what somebody asks of the session.
    func handle(_ input: LoopInput) {
        guard case .command(let command) = input else { return }
        do {
            switch command {
            case .decide(let bound):
                if let reason = objection(to: bound) { return control.refuse(reason) }
                try emit(.decided(bound.key, bound.decision, by: bound.decider))
            case .editResult(let key, let content):
                guard let record = state.call(key), record.isResolved, record.message == nil else {
                    return control.refuse("call \(key.id) has no result that the model has not read yet")
                }
                try emit(.resultEdited(key, content: content))
            case .cancel(let key, _):
                control.refuse("call \(key.id) runs in the client, where only the client can stop it")
            case .addRule(let rule, let shown): try add(rule, deciding: shown)
            }
        } catch {
            control.refuse("\(error)")
        }
    }

    /// Why a decision cannot be taken; `nil` when it can.
    private func objection(to bound: BoundDecision) -> String? {
        guard let record = state.call(bound.key) else { return "there is no call \(bound.key)" }
        guard record.status == .waiting, record.decision == nil else {
            return "call \(bound.key.id) does not wait: it is \(record.status.rawValue)"
        }
        guard record.call.arguments == bound.arguments, ByteString(record.call.name) == ByteString(bound.name)
        else {
            return "call \(bound.key.id) is not what was shown when it was decided; look at it again"
        }
        if bound.stopsRun {
            return "the run is the client's: stop it there; a denial alone can be given here"
        }
        switch bound.decision {
        case .deny, .respond, .refuse: return nil
        case .approve:
            return record.problems.first.map { "it cannot run: \($0.message); edit its arguments or deny it" }
        case .edit(let arguments, _):
            if let problem = standing.catalogue.problems(name: record.call.name, arguments: arguments).first {
                return "the edited call cannot run: \(problem.message)"
            }
            let ruling = policy.ruling(for: record.asking(arguments), in: state)
            return ruling.effect == .deny ? "the edited call cannot run: \(ruling.summary)" : nil
        }
    }
}

extension AttachedSession {
    /// What came of the last request; `nil` where it was not answered.
    var answer: SessionAnswer? {
        guard case .assistant(let message)? = state.messages.last else { return nil }
        return SessionAnswer(print: Fingerprint(.assistant(message)), response: standing.place.response)
    }

    /// The round of now, from 1.
    var round: Int { state.round }

    /// Has the ledger remember the call at a position of the round, unless it passes as it is.
    /// - Throws: what the ledger throws; the call must not be answered then.
    func remember(callAt position: Int, sent: LedgerEntry.Form, item: String?) throws {
        let calls = Array(state.roundCalls)
        guard calls.indices.contains(position),
            let entry = LedgerEntry(calls[position], sent: sent, item: item)
        else { return }
        try ledger.remember(entry, in: journal)
    }

    /// What the model reads as the result of the call at a position of the round, which did not run.
    func words(at position: Int) -> String {
        let calls = Array(state.roundCalls)
        return calls.indices.contains(position) ? calls[position].pendingMessage?.content ?? "" : ""
    }

    /// A name that no tool of the client has.
    func unknownName(_ word: String) -> String {
        var name = word
        while standing.catalogue.tools.contains(where: { $0.name == name }) { name += "_" }
        return name
    }

    /// Whether the client must refuse a call of that tool whose only argument is that of ``DenialMark``.
    func refusesMark(for tool: String) -> Bool {
        // A client that leaves out what the tool does not know calls it with nothing.
        standing.catalogue.refuses([DenialMark.key: ""], for: tool)
            && (base.client.tolerance != .nothing || standing.catalogue.refuses([:], for: tool))
    }
}
