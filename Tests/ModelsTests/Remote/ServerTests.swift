import Agent
import Formats
import Foundation
import JSON
import LocalServer
import Sessions
import Synchronization
import Testing

@testable import Models

/// Models behind a real HTTP server on this machine, which serves recorded streams and every kind of trouble.
@Suite struct ServerTests {
    static let secret = "sk-local-0123456789abcdef"

    private let request = ModelRequest(
        round: 1, messages: [.user("look")], catalogue: [], sampling: SamplingSettings(), maximumTokens: 50)

    /// What a model said on the way, and the pauses that it asked for.
    private final class Watch: Sendable {
        let events = Mutex<[DecodeEvent]>([])
        let pauses = Mutex<[Duration]>([])

        var connection: ModelConnection {
            ModelConnection(
                retries: Retries(attempts: 4, seed: 7),
                pause: { [self] pause in pauses.withLock { $0.append(pause) } })
        }

        func respond(_ model: any Model, to request: ModelRequest) async throws -> ModelResponse {
            try await model.respond(to: request) { [self] event in events.withLock { $0.append(event) } }
        }

        var steps: [TokenStep] {
            events.withLock { $0.compactMap { if case .token(let step) = $0 { step } else { nil } } }
        }

        var retries: [String] {
            events.withLock {
                $0.compactMap { event in
                    if case .retry(let attempt, let reason, let delay) = event {
                        "\(attempt) \(delay) \(reason)"
                    } else {
                        nil
                    }
                }
            }
        }
    }

    private func key() throws -> APIKey {
        try APIKey(variable: "TEST_KEY", environment: ["TEST_KEY": ServerTests.secret])
    }

    private func openAI(_ server: LocalServer, _ watch: Watch) throws -> RemoteModel {
        try RemoteModel(
            .chatCompletions, RemoteSettings(url: server.url + "/v1/", model: "m", key: key()),
            connection: watch.connection)
    }

    private static func cutInto(_ size: Int, _ bytes: [UInt8]) -> [[UInt8]] {
        stride(from: 0, to: bytes.count, by: size).map { Array(bytes[$0..<min($0 + size, bytes.count)]) }
    }

    /// A stream of Chat Completions with the given words and arguments, each in a piece of its own.
    private static func stream(words: [String], arguments: [String]) -> [UInt8] {
        func chunk(_ delta: JSONValue, _ reason: JSONValue = .null) -> String {
            let choice: JSONValue = ["index": 0, "delta": delta, "finish_reason": reason]
            let chunk: JSONValue = ["choices": .array([choice])]
            return "data: \(chunk.text())\n\n"
        }
        var text = words.map { chunk(["content": .string($0)]) }
        for (index, part) in arguments.enumerated() {
            let function: JSONValue =
                index == 0 ? ["name": "look", "arguments": .string(part)] : ["arguments": .string(part)]
            let call: JSONValue =
                index == 0
                ? ["index": 0, "id": "c1", "function": function] : ["index": 0, "function": function]
            text.append(chunk(["tool_calls": .array([call])]))
        }
        text.append(chunk([:], arguments.isEmpty ? "stop" : "tool_calls"))
        return Array((text.joined() + "data: [DONE]\n\n").utf8)
    }

    @Test(
        "an answer that repeats the key is refused, and no piece of the key is shown",
        arguments: [
            (["the key is sk-local-0123456789abcdef."], []),
            (["the key is s", "k-loc", "al-0123", "456789abcdef", "."], []),
            (Array("say sk-local-0123456789abcdef").map(String.init), []),
            ([], [#"{"to": "sk-local-0123"#, #"456789abcdef"}"#]),
            ([], [#"{"to": "\u0073k-local-012345"#, #"6789abcdef"}"#]),
        ] as [([String], [String])])
    func echoedKey(_ words: [String], _ arguments: [String]) async throws {
        let stream = ServerTests.stream(words: words, arguments: arguments)
        let server = try LocalServer { _, _ in LocalServer.Reply(pieces: ServerTests.cutInto(37, stream)) }
        let watch = Watch()
        let model = try openAI(server, watch)
        let error = await #expect(throws: ModelError.self) { try await watch.respond(model, to: request) }
        #expect(error?.description.contains("holds the key from TEST_KEY") == true)
        let shown = String(decoding: watch.steps.flatMap(\.bytes), as: UTF8.self)
        #expect(!shown.contains("sk-l"))
        #expect(watch.retries == [])
    }

    @Test func whatOnlyBeginsLikeTheKeyIsShownInTheEnd() async throws {
        let words = ["risk", " of sk-lo", "cal", "-0123"]
        let server = try LocalServer { _, _ in
            LocalServer.Reply(pieces: [ServerTests.stream(words: words, arguments: [])])
        }
        let watch = Watch()
        let response = try await watch.respond(try openAI(server, watch), to: request)
        #expect(response.content == words.joined())
        #expect(watch.steps.map { String(decoding: $0.bytes, as: UTF8.self) } == words)
    }

    @Test(
        "what a server says of its failure is said at once, whatever its status",
        arguments: [
            (#"{"error":{"message":"model is loading"}}"#, "model is loading"),
            ("data: {\"error\": \"model is loading\"}\n\n", "model is loading"),
            (#"{"detail":"model is loading"}"#, "model is loading"),
            ("<html>502</html>", "neither an event stream nor JSON"),
            (#"{"choices":[]}"#, "nothing whole in it"),
            ("data: {\"choices\": []}\n\n", "cut before the response was complete"),
            (#"{"hello":"world"}"#, "no chat completion"),
        ])
    func errorsWithSuccess(body: String, part: String) async throws {
        let server = try LocalServer { _, _ in LocalServer.Reply(pieces: [Array(body.utf8)]) }
        let watch = Watch()
        let model = try openAI(server, watch)
        let error = await #expect(throws: ModelError.self) { try await watch.respond(model, to: request) }
        #expect(error?.description.contains(part) == true)
        let isCut = part.hasPrefix("cut")
        #expect(watch.retries.isEmpty == !isCut && server.requests.count == (isCut ? 4 : 1))
    }

    @Test func aServerThatDoesNotStreamIsRead() async throws {
        let body =
            #"{"object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"hello","#
            + #""reasoning":"hm"},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":1}}"#
        let server = try LocalServer { _, _ in LocalServer.Reply(pieces: [Array(body.utf8)]) }
        let watch = Watch()
        let response = try await watch.respond(try openAI(server, watch), to: request)
        #expect(response.content == "hello" && response.thinking?.text == "hm" && watch.retries == [])
        #expect(response.usage == Usage(promptTokens: 3, completionTokens: 1))
    }

    /// The server holds the connection open until it is asked to close; the response is there long before.
    @Test func nobodyWaitsForAConnectionThatStaysOpen() async throws {
        let stream = ServerTests.stream(words: ["hello"], arguments: [])
        let withoutMark = Array(stream.dropLast("data: [DONE]\n\n".utf8.count))
        let gate = DispatchSemaphore(value: 0)
        let server = try LocalServer { _, _ in
            LocalServer.Reply(pieces: [withoutMark, [0x0A]], pause: { gate.wait() })
        }
        let watch = Watch()
        let response = try await watch.respond(try openAI(server, watch), to: request)
        #expect(response.content == "hello")
        gate.signal()
    }

    @Test func everyFormatIsStreamedFromAServer() async throws {
        for (stream, path) in [
            (RecordedStream.openAICalls, "/v1/chat/completions"), (.anthropicThinking, "/v1/messages"),
            (.ollamaCalls, "/api/chat"),
        ] {
            let server = try LocalServer { _, _ in
                LocalServer.Reply(pieces: ServerTests.cutInto(37, stream.bytes))
            }
            let watch = Watch()
            let settings = RemoteSettings(url: server.url, model: "m", key: try key())
            let model =
                switch path {
                case "/v1/messages": try RemoteModel(.messages, settings, connection: watch.connection)
                case "/api/chat": try RemoteModel(.ollama, settings, connection: watch.connection)
                default: try openAI(server, watch)
                }
            #expect(try await watch.respond(model, to: request) == stream.response)
            let sent = try #require(server.requests.first)
            #expect(sent.path == path && sent.method == "POST")
            #expect(
                path == "/v1/messages"
                    ? sent.headers["x-api-key"] == ServerTests.secret
                        && sent.headers["anthropic-version"] == "2023-06-01"
                    : sent.headers["authorization"] == "Bearer " + ServerTests.secret)
            let records = watch.events.withLock { $0 }
            guard case .request(let record)? = records.first else {
                Issue.record("the request comes first")
                return
            }
            #expect(record.text == sent.text && !record.text.contains(ServerTests.secret))
            #expect(watch.steps.map(\.position) == Array(0..<watch.steps.count) && !watch.steps.isEmpty)
        }
    }

    @Test(
        "every format is asked where it answers, with the key in its header",
        arguments: zip(
            [WireFormat.chatCompletions, .responses, .messages, .gemini, .ollama],
            [
                ("/chat/completions", "authorization"), ("/responses", "authorization"),
                ("/v1/messages", "x-api-key"),
                ("/v1beta/models/m:streamGenerateContent?alt=sse", "x-goog-api-key"),
                ("/api/chat", "authorization"),
            ]))
    func addresses(format: WireFormat, place: (path: String, header: String)) async throws {
        let written = ModelResponse(
            content: "I look.", calls: [call("c1", "look", #"{"at": "T-1042"}"#)], finishReason: .toolCalls,
            usage: Usage(promptTokens: 9, completionTokens: 7), thinking: Thinking(text: "Which one?"))
        let stream = ResponseWriter.stream(
            of: written, in: format, identity: ResponseIdentity(id: "r", model: "m", created: 0))
        let server = try LocalServer { _, _ in LocalServer.Reply(pieces: stream) }
        let watch = Watch()
        let settings = RemoteSettings(url: server.url, model: "m", key: try key())
        let model = try RemoteModel(format, settings, connection: watch.connection)
        let response = try await watch.respond(model, to: request)
        #expect(response.content == written.content && response.calls == written.calls)
        #expect(response.thinking?.text == "Which one?" && response.remarks == [])
        let sent = try #require(server.requests.first)
        #expect(sent.path == place.path && server.requests.count == 1)
        #expect(sent.headers[place.header]?.hasSuffix(ServerTests.secret) == true)
        let marks = watch.steps.compactMap(\.special)
        #expect(marks == ["<thinking>", "<words>", "<call look>"])
    }

    @Test func logProbabilitiesAreTheTopOfAnUnknownVocabulary() async throws {
        let server = try LocalServer { _, _ in
            LocalServer.Reply(pieces: [RecordedStream.openAILogProbabilities.bytes])
        }
        let watch = Watch()
        _ = try await watch.respond(try openAI(server, watch), to: request)
        let step = try #require(watch.steps.first)
        #expect(step.token == TokenStep.unknownToken && step.bytes == [72] && step.figures == nil)
        #expect(
            step.distribution
                == .partial(
                    [
                        .init(token: nil, bytes: [72], logProbability: -0.1),
                        .init(token: nil, bytes: [104], logProbability: -2.5),
                    ], vocabularySize: nil))
    }

    @Test func rateLimitsAndFailuresOfTheServerAreTriedAgainAndShown() async throws {
        let server = try LocalServer { _, number in
            switch number {
            case 0:
                LocalServer.Reply(
                    status: 429, headers: ["Retry-After": "2"], #"{"error":{"message":"slow down"}}"#)
            case 1: LocalServer.Reply(status: 503, "upstream\nis away")
            case 2:
                LocalServer.Reply(
                    status: 529, #"{"type":"error","error":{"type":"overloaded_error","message":"x"}}"#)
            default: LocalServer.Reply(pieces: [RecordedStream.openAIWords.bytes])
            }
        }
        let watch = Watch()
        let response = try await watch.respond(try openAI(server, watch), to: request)
        #expect(response == RecordedStream.openAIWords.response)
        let retries = watch.retries
        #expect(
            retries.count == 3 && retries[0].hasPrefix("1 2000 127.0.0.1:")
                && retries[0].hasSuffix("HTTP 429: slow down"))
        #expect(retries[1].hasSuffix("HTTP 503: upstream is away"))
        #expect(watch.pauses.withLock { $0.first } == .seconds(2) && watch.pauses.withLock { $0.count } == 3)
    }

    @Test func theBackOffDoublesWithJitterAndIsTheSameForASeed() {
        for seed in 0..<200 as Range<UInt64> {
            let retries = Retries(attempts: 10, firstDelay: 1_000, longestDelay: 60_000, seed: seed)
            let delays = (1..<10).compactMap { retries.delay(after: $0, retryAfter: nil) }
            for (index, delay) in delays.enumerated() {
                let bound = min(60_000, 1_000 << index)
                #expect((bound / 2...bound).contains(delay), "seed \(seed)")
            }
            #expect(delays == (1..<10).compactMap { retries.delay(after: $0, retryAfter: nil) })
            #expect(retries.delay(after: 10, retryAfter: nil) == nil)
            #expect(retries.delay(after: 1, retryAfter: 61_000) == nil)
        }
    }

    @Test(arguments: [400, 401, 404, 422])
    func whatTheServerRefusesIsNotTriedAgain(status: Int) async throws {
        let server = try LocalServer { request, _ in
            LocalServer.Reply(
                status: status,
                #"{"error":{"message":"no good: \#(request.headers["authorization"] ?? "")"}}"#)
        }
        let watch = Watch()
        let model = try openAI(server, watch)
        let error = await #expect(throws: ModelError.self) { try await watch.respond(model, to: request) }
        let line = try #require(error).description
        #expect(line.contains("HTTP \(status): no good: Bearer (TEST_KEY)"), "\(line)")
        #expect(!line.contains(ServerTests.secret) && server.requests.count == 1)
    }

    /// The server says the rest of its reason only once nobody waits for it any more; silence ends nothing here.
    @Test func aReasonThatDoesNotEndIsNotWaitedFor() async throws {
        let isOver = DispatchSemaphore(value: 0)
        defer { isOver.signal() }
        let server = try LocalServer { _, _ in
            .init(
                status: 400, pieces: [Array("no such mod".utf8), Array("el".utf8)],
                pause: { isOver.wait() })
        }
        let watch = Watch()
        let error = await #expect(throws: ModelError.self) {
            _ = try await watch.respond(openAI(server, watch), to: request)
        }
        #expect(error?.description.contains("HTTP 400: no such mod") == true)
        #expect(server.requests.count == 1)
    }

    @Test func anEmptyAccountIsNotTriedAgain() async throws {
        let server = try LocalServer { _, _ in
            LocalServer.Reply(status: 429, #"{"error":{"message":"pay","code":"insufficient_quota"}}"#)
        }
        let watch = Watch()
        let model = try openAI(server, watch)
        await #expect(throws: ModelError.self) { try await watch.respond(model, to: request) }
        #expect(server.requests.count == 1)
    }

    /// The key must not follow a redirect to wherever it points.
    @Test func aRedirectIsNotFollowed() async throws {
        let other = try LocalServer { _, _ in LocalServer.Reply(pieces: [RecordedStream.openAIWords.bytes]) }
        let server = try LocalServer { _, _ in
            LocalServer.Reply(status: 307, headers: ["Location": other.url + "/x"], "")
        }
        let watch = Watch()
        let model = try openAI(server, watch)
        let error = await #expect(throws: ModelError.self) { try await watch.respond(model, to: request) }
        #expect(try #require(error).description.contains("redirects to \(other.url)/x"))
        #expect(other.requests.isEmpty)
    }

    @Test func aStreamThatIsCutInACallNeverYieldsIt() async throws {
        let bytes = RecordedStream.openAICalls.bytes
        let server = try LocalServer { _, number in
            LocalServer.Reply(pieces: [Array(bytes.prefix(bytes.count / 2))], isCut: true)
        }
        let watch = Watch()
        let model = try openAI(server, watch)
        let error = await #expect(throws: ModelError.self) { try await watch.respond(model, to: request) }
        #expect(try #require(error).description.contains("the stream was cut"), "\(error?.description ?? "")")
        // Pieces were shown, so that the request is not made again by itself.
        #expect(server.requests.count == 1 && !watch.steps.isEmpty)
    }

    @Test func aConnectionThatBreaksBeforeTheFirstPieceIsTriedAgain() async throws {
        let server = try LocalServer { _, number in
            number == 0
                ? LocalServer.Reply(pieces: [Array("data: {".utf8)], isCut: true)
                : LocalServer.Reply(pieces: [RecordedStream.openAICalls.bytes])
        }
        let watch = Watch()
        let response = try await watch.respond(try openAI(server, watch), to: request)
        #expect(response == RecordedStream.openAICalls.response && server.requests.count == 2)
        #expect(watch.retries.count == 1)
    }

    @Test func aServerThatIsNotThereIsOneLineAtOnce() async throws {
        var server: LocalServer? = try LocalServer { _, _ in LocalServer.Reply("") }
        let url = try #require(server?.url)
        server = nil
        let watch = Watch()
        let model = try RemoteModel(
            .ollama, RemoteSettings(url: url, model: "m"), connection: watch.connection)
        let error = await #expect(throws: ModelError.self) { try await watch.respond(model, to: request) }
        #expect(!(try #require(error).description.contains("\n")))
    }

    @Test func aPausedPersonStopsTheStreamAndAStoppedRunEndsIt() async throws {
        struct Stop: Error {}
        let server = try LocalServer { _, _ in LocalServer.Reply(pieces: [RecordedStream.openAICalls.bytes]) }
        let model = try openAI(server, Watch())
        await #expect(throws: Stop.self) {
            try await model.respond(to: request) { event in if case .token = event { throw Stop() } }
        }
    }

    @Test func aKeyHasNoDescription() throws {
        let key = try key()
        var dumped = ""
        dump(key, to: &dumped)
        for text in ["\(key)", String(reflecting: key), dumped, String(describing: RemoteSettings(key: key))]
        {
            #expect(!text.contains(ServerTests.secret), "\(text)")
        }
        #expect(key.scrub("a \(ServerTests.secret)\(ServerTests.secret) b") == "a (TEST_KEY)(TEST_KEY) b")
        let error = #expect(throws: ModelError.self) { try APIKey(variable: "NOT_SET", environment: [:]) }
        #expect(error?.description.contains("NOT_SET is not set") == true)
        #expect(throws: ModelError.self) { try APIKey(variable: "K", environment: ["K": "a\nb"]) }
    }

    @Test(arguments: [false, true])
    func cancellingEndsTheWaitForASilentServer(hasHead: Bool) async throws {
        let (arrivals, arrived) = AsyncStream<Void>.makeStream()
        let release = DispatchSemaphore(value: 0)
        let server = try LocalServer { _, _ in
            if !hasHead {
                arrived.yield()
                release.wait()
            }
            return LocalServer.Reply(pieces: ServerTests.cutInto(200, RecordedStream.openAICalls.bytes)) {
                guard hasHead else { return }
                arrived.yield()
                release.wait()
            }
        }
        defer { release.signal() }
        let model = try openAI(server, Watch())
        let request = request
        let run = Task { try await model.respond(to: request) { _ in } }
        for await _ in arrivals { break }
        run.cancel()
        await #expect(throws: CancellationError.self) { try await run.value }
    }

    /// A session that breaks off after a call sends the thinking of its journal back, to the byte.
    @Test func thinkingBlocksSurviveTheJournal() throws {
        let response = RecordedStream.anthropicThinking.response
        let header = SessionHeader(
            id: "s", workflow: "w", model: ModelInfo(name: "m", kind: "anthropic"), catalogue: [],
            sampling: SamplingSettings(), limits: Limits(), policy: Policy())
        let events = [
            .sessionStarted(header), .messageAdded(.user("look")),
            .requestSent(RequestRecord(round: 1, text: "{}")),
            .responseReceived(round: 1, response, milliseconds: 1),
        ].enumerated().map { Event(number: $0 + 1, time: 0, body: $1) }
        var decoder = EventDecoder()
        let read = try events.enumerated().map { line, event in
            try decoder.decode(Array(EventCodec.line(event).dropLast()), lineNumber: line + 1)
        }
        #expect(read == events)
        guard case .assistant(let message)? = RunState(folding: read).messages.last else {
            Issue.record("the answer is the last message")
            return
        }
        #expect(message.providerBlocks == response.providerBlocks)
    }

    /// What a server counts stands above the pieces that were seen.
    @Test func tokensAreCountedAsTheServerCountsThem() {
        var state = RunState()
        func apply(_ body: EventBody) { state.apply(Event(number: state.step + 1, time: 0, body: body)) }
        apply(.messageAdded(.user("x")))
        apply(.requestSent(RequestRecord(round: 1, text: "")))
        var steps = StepCounter(round: 1)
        for piece in [ResponsePiece.text("ab"), .text("c")] {
            for step in steps.steps(for: piece) { apply(.token(step)) }
        }
        #expect(state.tokens == 2)
        let usage = Usage(promptTokens: 3, completionTokens: 7)
        apply(
            .responseReceived(
                round: 1, ModelResponse(content: "abc", calls: [], finishReason: .stop, usage: usage),
                milliseconds: 1))
        #expect(state.tokens == 7 && state.roundTokens == 7)
    }
}
