import Agent
import Formats
import JSON
import Wire

/// Carries one exchange through: the request to the provider, the words back at once, the calls once they are decided.
struct ExchangeRun: Sendable {
    let exchange: Exchange
    let endpoint: ModelEndpoint
    let request: AgentRequest
    let known: Int
    let session: AttachedSession
    let ledger: CallLedger
    let client: HTTPClient
    let upstreams: Upstreams

    private var format: WireFormat { endpoint.format }
    private var log: ExchangeLog { exchange.log }

    /// Runs to the end; whatever goes wrong, nothing of a call leaves that was not decided.
    /// - Returns: what came of it; `nil` where nothing whole did.
    func run() async -> SessionAnswer? {
        let recorder = Recorder()
        do {
            let begun = try await beginning()
            recorder.start(session) { [session, request, known] in
                if !begun.isRecorded { try await session.record(request, known: known, body: begun.body) }
            }
            let (origin, target) = try upstreams.place(of: exchange.request, format: format)
            let sent = HTTPRequest(
                method: exchange.request.method, target: target,
                fields: Upstreams.fields(of: exchange.request, readsResponse: true))
            try await client.send(sent, body: begun.body, to: origin) { response, body in
                try await relay(response, &body, recorder)
            }
        } catch {
            try? await recorder.finish()
            await fail(error)
        }
        exchange.setHeld(false)
        return await log.isWhole ? session.answer : nil
    }

    /// Takes the request into the session; a person who steps may hold it there.
    private func beginning() async throws -> AttachedSession.Begun {
        let alive = Task {
            let sign = KeepAlive(format, isStreamed: request.reading.isStreamed)
            while true {
                try await Task.sleep(for: .seconds(Hold.pause))
                guard request.reading.isStreamed else { continue }
                if await !log.hasBegun {
                    let type = format == .ollama ? "application/x-ndjson" : "text/event-stream"
                    await log.begin(
                        HTTPResponse(status: 200, fields: HTTPFields([.init("content-type", type)])))
                }
                exchange.setHeld(true)
                await log.append(sign.bytes)
            }
        }
        defer { alive.cancel() }
        let begun = try await session.begin(request, known: known)
        alive.cancel()
        _ = await alive.result
        exchange.setHeld(false)
        return begun
    }

    private func relay(
        _ response: HTTPResponse, _ body: inout HTTPResponseBody, _ recorder: Recorder
    ) async throws {
        var head = HTTPResponse(status: response.status, fields: response.fields.endToEnd)
        guard (200..<300).contains(response.status) else {
            return try await relayError(head, &body, recorder)
        }
        if let coding = response.fields["content-encoding"], coding.lowercased() != "identity" {
            throw ProxyError(
                "the provider answers in the content encoding \(coding) although none was asked for, "
                    + "so that its calls cannot be seen; the response was not passed on")
        }
        let isStreamed = response.mediaType == "text/event-stream" || request.reading.isStreamed
        if isStreamed {
            head.fields["content-length"] = nil
            if await !log.hasBegun { await log.begin(head) }
        }
        let started = ContinuousClock.now
        var gated = GatedStream(format, isStreamed: isStreamed)
        var kept: [UInt8] = []
        var hold: Hold?
        defer { hold?.stop() }
        while let bytes = try await body.next() {
            let output = gated.take(bytes)
            if isStreamed { await log.append(output.passed) } else { kept += output.passed }
            recorder.add(output.pieces)
            if gated.isHolding, hold == nil { hold = begin(gated, output.pieces, isStreamed, head) }
        }
        let wasFaulty = gated.fault != nil
        let output = gated.finish()
        kept += output.passed
        if isStreamed { await log.append(kept) }
        recorder.add(output.pieces)
        try await recorder.finish()
        if let id = gated.responseID { await session.remember(response: id) }
        if let fault = gated.fault {
            hold?.stop()
            if !isStreamed { await whole(kept, head) }
            // The provider's own error is an end; a response that never became one is cut.
            await log.end(isWhole: wasFaulty)
            return try await session.fail(fault.description)
        }
        let answer = try gated.response(numberingFrom: request.nextCallNumber)
        let elapsed = (ContinuousClock.now - started) / .milliseconds(1)
        let verdicts = try await session.decide(answer, milliseconds: elapsed)
        if !answer.calls.isEmpty { try await waitForReader() }
        await hold?.end()
        let changes = try await changes(answer.calls, verdicts, isOpened: hold?.isOpened ?? false)
        if !answer.calls.isEmpty { try await session.start() }
        let released = gated.release(changes, isOpened: hold?.isOpened ?? false)
        exchange.setHeld(false)
        if isStreamed { await log.append(released) } else { await whole(kept + released, head) }
        await log.end(isWhole: true)
    }

    /// Whether a client would look for a model's answer in such a body; a page of a gateway is none.
    private static func canHoldCalls(_ type: String) -> Bool { type != "text/html" }

    /// The provider's own error passes as it is.
    private func relayError(
        _ head: HTTPResponse, _ body: inout HTTPResponseBody, _ recorder: Recorder
    ) async throws {
        let bytes = try await body.collect(upTo: ReadingLimits.streamEvent)
        if await log.hasBegun {
            // The client has been told of a stream already, while its request was held.
            let name = format == .messages || format == .responses ? "event: error\n" : ""
            await log.append(Array("\(name)data: ".utf8) + bytes.filter { $0 != 0x0A } + [0x0A, 0x0A])
        } else {
            await log.begin(head)
            await log.append(bytes)
        }
        await log.end(isWhole: true)
        try await recorder.finish()
        let words = String(decoding: bytes.prefix(400), as: UTF8.self)
        try await session.fail("the provider answered \(head.status): \(words)")
    }

    private func begin(
        _ gated: GatedStream, _ pieces: [ResponsePiece], _ isStreamed: Bool, _ head: HTTPResponse
    ) -> Hold {
        exchange.setHeld(true)
        var tool: String?
        for case .call(_, _, let name) in pieces where tool == nil { tool = name }
        let needsBlock = exchange.identity.client == "Claude Code" && format == .messages && isStreamed
        return Hold(gated, in: log, head: isStreamed ? nil : head) { [session, tool] in
            if needsBlock, let tool { await session.refusesMark(for: tool) } else { false }
        }
    }

    /// Sends a whole response that was not streamed, in which nothing but its length may be other.
    private func whole(_ bytes: [UInt8], _ head: HTTPResponse) async {
        var head = head
        head.fields["content-length"] = String(bytes.count)
        if await !log.hasBegun { await log.begin(head) }
        await log.append(bytes)
    }

    /// Nothing leaves while nobody is there to take it: what a client does not get, it does not run.
    private func waitForReader() async throws {
        while !exchange.isRead {
            guard await !session.isAbandoned else {
                try await session.withdraw()
                throw CancellationError()
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// What the client gets in the place of the calls that it shall not run as the model wrote them.
    private func changes(
        _ calls: [ToolCall], _ verdicts: [Verdict], isOpened: Bool
    ) async throws -> [Int: LedgerEntry.Form] {
        var changes: [Int: LedgerEntry.Form] = [:]
        for (position, (call, verdict)) in zip(calls, verdicts).enumerated() {
            let sent: LedgerEntry.Form
            switch verdict {
            case .asWritten: continue
            case .edited(let arguments): sent = LedgerEntry.Form(name: call.name, arguments: arguments)
            case .kept(let word):
                let arguments: JSONValue = [DenialMark.key: .string(await session.words(at: position))]
                // Once a call's name has left, or where an unknown name would end the client's loop, only arguments that
                // the tool must refuse are left to send.
                let keepsName = isOpened && position == 0 || exchange.identity.failsOnUnknownTools
                let name =
                    if keepsName, await session.refusesMark(for: call.name) { call.name } else {
                        await session.unknownName(word)
                    }
                sent = LedgerEntry.Form(name: name, arguments: ByteString(arguments.text()))
            }
            changes[position + 1] = sent
            if let entry = await session.entry(at: position, sent: sent) {
                try ledger.remember(entry, in: session.journal)
            }
        }
        return changes
    }

    private func fail(_ error: any Error) async {
        let words = error is CancellationError ? "the client left" : "\(error)"
        try? await session.fail(words)
        guard await !log.hasBegun, !(error is CancellationError) else { return await log.end(isWhole: false) }
        let isUnreachable = (error as? WireError)?.isBeforeConnecting == true
        let fault = ProxyFault(status: isUnreachable ? 502 : 424, message: words, isTransient: isUnreachable)
        await log.begin(fault.head(format))
        await log.append(fault.body(format))
        await log.end(isWhole: true)
    }
}

/// What stands in the arguments of a call that was denied or answered: the reviewer's words, for a client that shows
/// them, or that tells its model of its calls in a text of its own making.
enum DenialMark {
    static let key = "callgate_reviewer"
}

/// The proxy found that it must not go on.
struct ProxyError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
