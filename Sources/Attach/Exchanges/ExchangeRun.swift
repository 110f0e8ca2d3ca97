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
    let client: HTTPClient
    let upstreams: Upstreams

    private var format: WireFormat { endpoint.format }
    private var log: ExchangeLog { exchange.log }

    /// Runs to the end; whatever goes wrong, nothing of a call leaves that was not decided.
    /// - Returns: what came of it; `nil` where nothing whole did.
    func run() async -> SessionAnswer? {
        var recorder: Recorder?
        do {
            let begun = try await beginning()
            var current = Recorder(session) { [session, request, known] in
                if !begun.isRecorded { try await session.record(request, known: known, body: begun.body) }
            }
            recorder = current
            var body = begun.body
            for time in 0... {
                let mayAskAgain = begun.mayAskAgain && time < DenialWay.limit
                guard let next = try await ask(body, current, mayAskAgain: mayAskAgain) else { break }
                // Nothing of that answer has left: the model is asked again, and told what became of its calls.
                body = next
                current = Recorder(session) {}
                recorder = current
            }
        } catch {
            try? await recorder?.finish()
            await fail(error)
        }
        exchange.setHeld(false)
        return await log.isWhole ? session.answer : nil
    }

    /// Asks the provider.
    /// - Returns: what it is to be asked instead, where its answer is none for the client.
    private func ask(
        _ body: [UInt8], _ recorder: Recorder, mayAskAgain: Bool
    ) async throws -> [UInt8]? {
        let (origin, target) = try upstreams.place(of: exchange.request, format: format)
        var fields = Upstreams.fields(
            of: exchange.request, reading: request.reading.isStreamed ? .stream : .whole)
        // What was not changed travels as its client sent it, compressed or not.
        let isChanged = body != request.body
        if isChanged { fields["content-encoding"] = nil }
        let sent = HTTPRequest(method: exchange.request.method, target: target, fields: fields)
        return try await client.send(sent, body: isChanged ? body : exchange.body, to: origin) {
            response, body in
            try await relay(response, &body, recorder, mayAskAgain: mayAskAgain)
        }
    }

    /// Takes the request into the session.
    private func beginning() async throws -> AttachedSession.Begun {
        if let begun = try await session.beginAtOnce(request) { return begun }
        return try await steppedBeginning()
    }

    /// The same where a person who steps may hold it there.
    private func steppedBeginning() async throws -> AttachedSession.Begun {
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
        _ response: HTTPResponse, _ body: inout HTTPResponseBody, _ recorder: Recorder, mayAskAgain: Bool
    ) async throws -> [UInt8]? {
        let head = HTTPResponse(status: response.status, fields: response.fields.endToEnd)
        guard (200..<300).contains(response.status) else {
            try await relayError(head, &body, recorder)
            return nil
        }
        if let fault = OtherAnswer.charsetFault(head) { throw fault }
        var decoding = try ResponseDecoding(response.fields)
        let isStreamed = response.mediaType == "text/event-stream" || request.reading.isStreamed
        if isStreamed, await !log.hasBegun { await log.begin(head.decoded.withoutLength) }
        let started = ContinuousClock.now
        var gated = GatedStream(format, isStreamed: isStreamed)
        // Of an answer that may give way to another no word leaves before its calls are decided.
        let waits = mayAskAgain || ForgetfulClients.readsCallsInWords(request)
        let passesAtOnce = isStreamed && !waits
        var kept: [UInt8] = []
        var hold = isStreamed && waits ? begin(gated, [], isStreamed, head.decoded) : nil
        defer { hold?.stop() }
        while let bytes = try await body.next() {
            let output = gated.take(try decoding.take(bytes, keeps: !isStreamed))
            if passesAtOnce { await log.append(output.passed) } else { kept += output.passed }
            recorder.add(output.pieces)
            if gated.isHolding, hold == nil { hold = begin(gated, output.pieces, isStreamed, head.decoded) }
        }
        try decoding.finish()
        let output = gated.finish()
        kept += output.passed
        if passesAtOnce {
            await log.append(kept)
            kept = []
        }
        recorder.add(output.pieces)
        try await recorder.finish()
        if let fault = gated.fault {
            await hold?.end()
            let isEmptyStream = gated.foreignWords == nil && response.mediaType == "text/event-stream"
            let isForeign = gated.isForeign && !isEmptyStream
            let isTold = gated.hasPassedError || isForeign
            guard isStreamed || isTold else { throw ProxyError(fault.description) }
            let rest = "; what came after it was not passed on, since it may hold a call"
            let words = fault.description + (gated.isRefused && gated.hasPassedError ? rest : "")
            // After the provider's own error its client needs no other.
            let isCut = gated.isRefused && !gated.hasPassedError
            let last = kept + (isCut ? error(fault.description) : [])
            try await leave {
                try await session.fail(isForeign ? foreignWords(head, gated) : words)
            } then: { [gated] in
                if isStreamed { await log.append(last) } else { await whole(last, head.decoded) }
                // The provider's own error is an end, and so is what never was a response; one that broke off is cut.
                await log.end(isWhole: isTold || gated.isRefused)
            }
            return nil
        }
        if let contradiction = gated.contradiction {
            throw ProxyError(
                "the provider's answer was not passed on: \(contradiction), and clients take either")
        }
        var answer = try gated.response(numberingFrom: request.nextCallNumber)
        let spoken = try SpokenResponse(answer, to: request)
        if let spoken { answer = spoken.response }
        if request.reading.isKept, let id = gated.responseID {
            await session.remember(response: id, answer)
        }
        let elapsed = (ContinuousClock.now - started) / .milliseconds(1)
        let verdicts = try await session.decide(answer, milliseconds: elapsed)
        if !answer.calls.isEmpty { try await waitForReader() }
        await hold?.end()
        if mayAskAgain, await session.asksAgain(after: request) {
            return try await session.withhold(from: request)
        }
        var changes: [Int: CallRewrite] = [:]
        if spoken == nil {
            changes = try await self.changes(
                answer.calls, verdicts, gated.items, isOpened: hold?.isOpened ?? false)
        }
        let words =
            try spoken?.released(kept, verdicts.first, for: request, isStreamed: isStreamed) ?? kept
        let isAsItCame = changes.isEmpty && words == kept
        if !answer.calls.isEmpty { try await session.start() }
        let released = try gated.release(changes, isOpened: hold?.isOpened ?? false)
        exchange.setHeld(false)
        if isStreamed {
            await log.append(words + released)
        } else if isAsItCame, decoding.isDecoding, await !log.hasBegun {
            await whole(decoding.coded, head)
        } else {
            await whole(words + released, head.decoded)
        }
        await log.end(isWhole: true)
        return nil
    }

    /// What came in the place of a response, in a sentence.
    private func foreignWords(_ head: HTTPResponse, _ gated: GatedStream) -> String {
        let type = head.mediaType.isEmpty ? "a body without a content type" : head.mediaType
        guard let words = gated.foreignWords else {
            return "the provider answered \(head.status) with an empty body; it was passed on as it came"
        }
        return "the provider answered \(head.status) with \(type) that is neither JSON nor an event stream, "
            + "so no answer of a model; it was passed on as it came: \(JSONValue.string(words).text())"
    }

    /// An error as the end of a stream that has begun.
    private func error(_ words: String) -> [UInt8] {
        format.errorEvent("callgate: \(words)", status: 424, kind: "invalid_request_error")
    }

    /// The provider's own error passes as it is.
    private func relayError(
        _ head: HTTPResponse, _ body: inout HTTPResponseBody, _ recorder: Recorder
    ) async throws {
        let answer = try await OtherAnswer(head, &body, format)
        let bytes = answer.text
        let words = String(decoding: bytes.prefix(400), as: UTF8.self)
        try await leave {
            try await recorder.finish()
            try await session.fail("the provider answered \(head.status): \(words)")
        } then: {
            if await log.hasBegun {
                // The client has been told of a stream already, while its request was held.
                let name = format == .messages || format == .responses ? "event: error\n" : ""
                await log.append(
                    Array("\(name)data: ".utf8) + bytes.filter { $0 != 0x0A && $0 != 0x0D } + [0x0A, 0x0A])
            } else {
                await log.begin(answer.head)
                await log.append(answer.body)
            }
            await log.end(isWhole: true)
        }
    }

    /// Lets a response leave once its session knows how it ended: a client that asks again at once finds it there, and
    /// knows by its length that a response is whole before that has ended.
    private func leave(
        after storing: () async throws -> Void, then leaving: () async -> Void
    ) async throws {
        do {
            try await storing()
        } catch {
            await leaving()
            throw error
        }
        await leaving()
    }

    /// Begins to keep the client waiting.
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
        _ calls: [ToolCall], _ verdicts: [Verdict], _ items: [Int: String], isOpened: Bool
    ) async throws -> [Int: CallRewrite] {
        var changes: [Int: CallRewrite] = [:]
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
            let isRenamed = !sent.name.utf8.elementsEqual(call.name.utf8)
            changes[position + 1] = CallRewrite(
                name: isRenamed ? sent.name : nil, arguments: sent.arguments.text)
            try await session.remember(callAt: position, sent: sent, item: items[position + 1])
        }
        return changes
    }

    private func fail(_ error: any Error) async {
        let isCancelled = error is CancellationError || Task.isCancelled
        let departure = isCancelled ? await session.ending.departure ?? .clientLeft : nil
        let words = departure?.words ?? "\(error)"
        if departure == .proxyLeft { await session.conclude() } else { try? await session.fail(words) }
        guard await !log.hasBegun, departure != .clientLeft else {
            let isTold = error is ProxyError && request.reading.isStreamed && departure == nil
            if isTold { await log.append(self.error(words)) }
            return await log.end(isWhole: isTold)
        }
        let isUnreachable = (error as? WireError)?.isBeforeConnecting == true
        let status = departure == nil ? isUnreachable ? 502 : 424 : 503
        let fault = ProxyFault(status: status, message: words, isTransient: isUnreachable)
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
