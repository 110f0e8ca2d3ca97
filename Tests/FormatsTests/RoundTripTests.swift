import Agent
import Formats
import JSON
import Testing

/// What is written in a format is read from it again.
@Suite struct RoundTripTests {
    @Test(arguments: WireFormat.allCases)
    func aResponseIsReadFromTheStreamThatItIsWrittenAs(format: WireFormat) throws {
        let seed = UInt64.random(in: 0..<1_000_000)
        print("\(format.title): seed \(seed)")
        var random = SplitMix(seed: seed)
        for number in 0..<300 {
            let response = ModelResponse.random(&random)
            let stream = ResponseWriter.stream(of: response, in: format, identity: identity)
            let (read, frames) = try read(stream.flatMap { $0 }, as: format, &random)
            #expect(read.essence == response.essence, "seed \(seed), response \(number)")
            #expect(read.usage?.promptTokens == response.usage?.promptTokens, "seed \(seed), \(number)")
            #expect(
                read.usage?.completionTokens == response.usage?.completionTokens, "seed \(seed), \(number)")
            #expect(read.remarks == [], "seed \(seed), response \(number)")
            #expect(
                frames.flatMap(\.frame.bytes) == stream.flatMap { $0 }, "seed \(seed), response \(number)")
        }
    }

    @Test(arguments: WireFormat.allCases)
    func aResponseIsReadFromTheWholeThatItIsWrittenAs(format: WireFormat) throws {
        let seed = UInt64.random(in: 0..<1_000_000)
        print("\(format.title): seed \(seed)")
        var random = SplitMix(seed: seed)
        for number in 0..<200 {
            let response = ModelResponse.random(&random)
            let whole = ResponseWriter.whole(response, in: format, identity: identity)
            let style: JSONStyle = random.chance(0.5) ? .pretty : .compact
            let read = try read(Array(whole.text(style).utf8), as: format, &random).response
            #expect(read.essence == response.essence, "seed \(seed), response \(number)")
        }
    }

    /// Pieces told as they were read make the same response once more, in any other format.
    @Test(arguments: WireFormat.allCases, WireFormat.allCases)
    func whatIsReadInOneFormatCanBeTold(from: WireFormat, to: WireFormat) throws {
        let seed = UInt64.random(in: 0..<1_000_000)
        var random = SplitMix(seed: seed)
        for number in 0..<40 {
            let response = ModelResponse.random(&random)
            let stream = ResponseWriter.stream(of: response, in: from, identity: identity)
            let (first, frames) = try read(stream.flatMap { $0 }, as: from, &random)
            var writer = ResponseWriter(to, identity: identity)
            var bytes = frames.flatMap(\.pieces).flatMap { writer.write($0) }
            bytes += writer.end(first)
            let second = try read(bytes, as: to, &random).response
            #expect(second.essence == response.essence, "seed \(seed), response \(number)")
        }
    }

    @Test(arguments: WireFormat.allCases)
    func aConversationIsReadFromTheRequestThatItIsSentAs(format: WireFormat) throws {
        let seed = UInt64.random(in: 0..<1_000_000)
        print("\(format.title): seed \(seed)")
        var random = SplitMix(seed: seed)
        let tool = ToolDefinition(
            name: "get_ticket", description: "Reads.", parameters: ["type": "object", "required": ["id"]])
        for number in 0..<150 {
            var messages: [Message] = [.system("Be brief.")]
            for round in 0...Int.random(in: 0..<4, using: &random) {
                messages.append(.user(ModelResponse.sentence(&random)))
                var response = ModelResponse.random(&random)
                // Thinking goes back where its provider's own blocks are there, and nowhere else.
                response.thinking = nil
                response.calls = response.calls.map { call in
                    var call = call
                    call.id = ToolCallID("\(round)_\(call.id)")
                    if [.messages, .gemini, .ollama].contains(format) {
                        call.arguments = ByteString(
                            (try? JSONParser.parse(call.arguments.text))?.text(.spaced) ?? "")
                    }
                    return call
                }
                messages.append(.assistant(response.message))
                for call in response.calls {
                    let isError = random.chance(0.2) && [.messages, .gemini].contains(format)
                    messages.append(
                        .tool(
                            ToolMessage(
                                callID: call.id, name: call.name, content: ModelResponse.sentence(&random),
                                isError: isError)))
                }
            }
            let sent = format.body(
                for: ModelRequest(
                    round: 1, messages: messages, catalogue: [tool], sampling: SamplingSettings(),
                    maximumTokens: 9),
                RequestSettings(model: "m"))
            let endpoint = try #require(
                ModelEndpoint(method: "POST", path: "/" + format.path(model: "m") + "?alt=sse"))
            let request = try WireRequest(endpoint, body: Array(sent.text().utf8))
            #expect(endpoint.format == format && request.model == "m" && request.isStreamed)
            #expect(request.catalogue == [tool] && request.remarks == [], "seed \(seed), \(number)")
            #expect(request.messages == messages, "seed \(seed), conversation \(number)")
        }
    }

    @Test(arguments: [
        ("/v1/chat/completions", WireFormat.chatCompletions),
        ("/openai/deployments/x/chat/completions?api-version=1", .chatCompletions),
        ("/v1/responses", .responses), ("/v1/messages?beta=true", .messages), ("/api/chat", .ollama),
        ("/v1beta/models/gemini-2.5-pro:streamGenerateContent?alt=sse", .gemini),
        ("/v1beta/models/gemini-2.5-pro%3AgenerateContent", .gemini),
    ])
    func endpointsAreRecognised(path: String, format: WireFormat) {
        #expect(ModelEndpoint(method: "POST", path: path)?.format == format)
        #expect(ModelEndpoint(method: "GET", path: path) == nil)
    }

    @Test(arguments: [
        "/v1/messages/count_tokens", "/v1/messages/batches", "/v1/responses/compact", "/v1/models", "/", "",
        "/v1beta/models/gemini:countTokens", "/v1/embeddings", "/api/generate", "/v1/responses/resp_1",
    ])
    func otherPathsAreNone(path: String) { #expect(ModelEndpoint(method: "POST", path: path) == nil) }
}
