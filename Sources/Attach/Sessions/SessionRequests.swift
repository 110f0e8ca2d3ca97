import Agent
import Formats
import JSON

/// The part of a session that turns a client's requests into events.
extension AttachedSession {
    /// A request that may travel on.
    struct Begun: Sendable {
        /// The body, in which the model reads the truth.
        var body: [UInt8]
        /// Whether the request's events are stored; else ``record(_:known:body:)`` must store them before the response's.
        var isRecorded: Bool
        /// Whether the model may be asked again instead of an answer to it.
        var mayAskAgain: Bool
    }

    /// Takes a request whose events are stored while it travels; `nil` where a person steps or a breakpoint may hold it,
    /// so that ``begin(_:known:)`` must store them first.
    /// - Throws: `CancellationError` where the proxy is being left.
    func beginAtOnce(_ request: AgentRequest) throws -> Begun? {
        guard control.isFree else { return nil }
        try take(request)
        return Begun(body: body(of: request), isRecorded: false, mayAskAgain: mayAskAgain(after: request))
    }

    /// Takes a request, and returns once nobody holds it.
    /// - Parameter known: how many turns of its dialogue the session knows.
    /// - Throws: what the journal or the ledger throws; the request must not travel on then.
    func begin(_ request: AgentRequest, known: Int) async throws -> Begun {
        try take(request)
        ledger.remember(standing.place, in: journal)
        let mayAskAgain = mayAskAgain(after: request)
        try store(resultsOf: request)
        if state.roundCalls.contains(where: { $0.message == nil }) {
            try await passCheckpoint(.results(round: state.round))
        }
        try store(messagesOf: request, known: known)
        try await passCheckpoint(.request(round: state.round + 1))
        let body = body(of: request)
        try emit(sending(body))
        return Begun(body: body, isRecorded: true, mayAskAgain: mayAskAgain)
    }

    private func take(_ request: AgentRequest) throws {
        guard ending.departure != .proxyLeft else { throw CancellationError() }
        ending.departure = nil
        control.report(.running)
        noticeLostCalls(in: request)
        standing.place.seen = standing.place.prints(of: request)
    }

    /// Stores the events of a request that is on its way, and how far its conversation has come.
    func record(_ request: AgentRequest, known: Int, body: [UInt8]) throws {
        ledger.remember(standing.place, in: journal)
        try history.sink.gathering {
            try store(resultsOf: request)
            try store(messagesOf: request, known: known)
            try emit(sending(body))
        }
    }

    func body(of request: AgentRequest) -> [UInt8] {
        Restoration(entries: ledger.entries(in: journal), interludes: ledger.interludes(in: journal))
            .body(of: request)
    }

    func sending(_ body: [UInt8]) -> EventBody {
        .requestSent(RequestRecord(round: state.round + 1, text: String(decoding: body, as: UTF8.self)))
    }

    private func store(resultsOf request: AgentRequest) throws {
        standing.catalogue.take(request, else: state.header?.catalogue ?? [])
        if state.header == nil { try open(request) }
        try finishCalls(with: request.places.results)
    }

    private func store(messagesOf request: AgentRequest, known: Int) throws {
        try deliver(request.places.results)
        var new = request.messages(after: known)
        if known > 0 { new = Array(new.drop { if case .assistant = $0 { true } else { false } }) }
        try takeMessages(new)
    }

    /// Remembers by which ID the provider's response can be gone on with, where it keeps the conversation.
    func remember(response: String, _ answer: ModelResponse) {
        standing.place.response = response
        standing.place.answered = standing.place.seen + [Fingerprint(.assistant(answer.message))]
        ledger.remember(standing.place, in: journal)
    }

    private func open(_ request: AgentRequest) throws {
        var header = SessionHeader(
            id: SessionBook.name(of: journal), workflow: base.client.client,
            model: ModelInfo(name: request.reading.model, kind: request.reading.format.rawValue),
            catalogue: standing.catalogue.tools, sampling: SamplingSettings(), limits: .unbounded,
            policy: base.gate.policy, parent: base.parent)
        header.isAttached = true
        header.catalogueNotes = standing.catalogue.notes
        try emit(.sessionStarted(header))
        guard let previous = request.reading.previousResponse else { return }
        try emit(
            .marked(
                "it goes on from \(previous), which its provider keeps: what was said before is not known here"
            ))
    }

    /// Stores how the calls of the round ended, as the client tells.
    private func finishCalls(with results: [ResultInHistory]) throws {
        for record in state.roundCalls where record.status == .running || record.status == .unknown {
            let result = results.last { $0.id.utf8.elementsEqual(record.key.id.text.utf8) }
            let milliseconds =
                standing.started[record.key].map { (ContinuousClock.now - $0) / .milliseconds(1) } ?? 0
            standing.started[record.key] = nil
            let outcome: CallResult =
                if let result {
                    CallResult(
                        ending: result.isError ? .failed : .completed, content: result.text,
                        milliseconds: milliseconds)
                } else {
                    CallResult(
                        ending: .cancelled, content: "the client went on without a result",
                        milliseconds: milliseconds)
                }
            try emit(.callFinished(record.key, outcome))
        }
    }

    /// Waits where a person steps: results can be read and edited there before the model reads them.
    private func passCheckpoint(_ checkpoint: Checkpoint) async throws {
        while true {
            let seen = changes.count
            // Nobody is there for what would come of it.
            guard !isAbandoned else { throw CancellationError() }
            if control.mayPass(checkpoint) { return }
            await change(after: seen)
        }
    }

    /// Stores what the model reads as the result of each call of the round, in the order asked.
    private func deliver(_ results: [ResultInHistory]) throws {
        for record in state.roundCalls where record.message == nil {
            let own = results.last { $0.id.utf8.elementsEqual(record.key.id.text.utf8) }
            let message: (content: String, isError: Bool)
            if let edited = record.editedResult {
                try ledger.remember(LedgerEntry(record, result: edited), in: journal)
                message = (edited, false)
            } else {
                switch (record.decision, own) {
                case (.approve, let own?), (.edit(_, .rewrite), let own?), (.edit(_, .silent), let own?):
                    message = (own.text, own.isError)
                case (.edit(let arguments, .annotate), let own?):
                    message = (ReviewerWords.note(arguments: arguments) + "\n" + own.text, own.isError)
                default:
                    message = record.pendingMessage ?? ("the client went on without a result", true)
                }
            }
            try emit(.toolMessage(record.key, content: message.content, isError: message.isError))
        }
    }

    /// Stores the messages that are new; of a conversation that was begun without us also its past.
    private func takeMessages(_ messages: [Message]) throws {
        for message in messages {
            switch message {
            case .system(let text), .user(let text): if !text.isEmpty { try emit(.messageAdded(message)) }
            case .assistant(let answer): try takePast(answer)
            case .tool(let result):
                guard let record = state.roundCalls.first(where: { $0.key.id == result.callID }),
                    record.message == nil
                else { continue }
                let ending: CallResult.Ending = result.isError ? .failed : .completed
                try emit(
                    .callFinished(
                        record.key, CallResult(ending: ending, content: result.content, milliseconds: 0)))
                try emit(.toolMessage(record.key, content: result.content, isError: result.isError))
            }
        }
    }

    /// Stores an answer of the model that came before the client was attached.
    private func takePast(_ answer: AssistantMessage) throws {
        let round = state.round + 1
        try emit(.requestSent(RequestRecord(round: round, text: "")))
        let response = ModelResponse(
            content: answer.content, calls: answer.calls,
            finishReason: answer.calls.isEmpty ? .stop : .toolCalls,
            thinking: answer.thinking)
        try emit(.responseReceived(round: round, response, milliseconds: 0))
    }

    /// Stores what has come of the response that is under way.
    func store(from recorder: Recorder) throws { try emit(recorder.takeEvents(round: state.round)) }

    /// Stores that a request came to nothing.
    func fail(_ reason: String) throws {
        guard state.header != nil else { return }
        try emit(.runFinished(.failed(reason)))
    }
}
