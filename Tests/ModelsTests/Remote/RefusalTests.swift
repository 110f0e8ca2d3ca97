import Agent
import Formats
import LocalServer
import Synchronization
import Testing

@testable import Models

/// What servers say of a failure: the person reads it, and what cannot succeed is asked for once.
@Suite struct RefusalTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        let reply: LocalServer.Reply
        let sentence: String
        /// The first pause in milliseconds: `nil` where nothing is tried again, negative where the client chooses it.
        let pause: Int?

        init(
            _ name: String, _ status: Int, _ body: String, _ sentence: String, pause: Int? = nil
        ) {
            self.init(name, status, [:], body, sentence, pause: pause)
        }

        init(
            _ name: String, _ status: Int, _ headers: [String: String], _ body: String,
            _ sentence: String, pause: Int? = nil
        ) {
            self.name = name
            reply = LocalServer.Reply(status: status, headers: headers, body)
            self.sentence = sentence
            self.pause = pause
        }

        var testDescription: String { name }
    }

    static let rows = [
        Row(
            "a used up account", 429,
            ##"{"error":{"message":"Your account is suspended, please check your plan and billing details","type":"exceeded_current_quota_error"}}"##,
            "HTTP 429: Your account is suspended"),
        Row(
            "a request larger than the limit", 429,
            ##"{"error":{"message":"Request too large for m: Limit 30000, Requested 45000.","type":"tokens","code":"rate_limit_exceeded"}}"##,
            "Requested 45000."),
        Row(
            "a request that waits for others", 429,
            ##"{"error":{"message":"Limit 30000, Used 29000, Requested 2000. Please try again in 1m3.5s.","type":"tokens","code":"rate_limit_exceeded"}}"##,
            "it asks for a pause of 64 s, longer than the 60 s that are waited"),
        Row(
            "figures that are not comparable", 429,
            ##"{"error":{"message":"Limit 1,000, requested 900; limit 30k, please try again in 2s"}}"##,
            "Limit 1,000", pause: 2_000),
        Row(
            "a pause in the message", 429,
            ##"{"error":{"message":"Rate limit reached. Please try again in 320ms.","type":"requests"}}"##,
            "Rate limit reached", pause: 320),
        Row(
            "a pause in Azure's words", 429, ##"{"error":{"message":"Please retry after 20 seconds."}}"##,
            "Please retry", pause: 20_000),
        Row(
            "a pause in Google's details", 429,
            ##"[{"error":{"code":429,"message":"You exceeded your current quota, please check your plan and billing details","status":"RESOURCE_EXHAUSTED","details":[{"@type":"t/google.rpc.RetryInfo","retryDelay":"34.5s"}]}}]"##,
            "You exceeded", pause: 34_500),
        Row(
            "a quota of none at Google", 429,
            ##"{"error":{"code":429,"message":"Quota exceeded, limit: 0","status":"RESOURCE_EXHAUSTED","details":[{"retryDelay":"34s"}]}}"##,
            "limit: 0"),
        Row(
            "a quota of a day at Google", 429,
            ##"{"error":{"code":429,"message":"Quota exceeded","details":[{"violations":[{"quotaId":"GenerateRequestsPerDayPerProject","quotaValue":"50"}]},{"retryDelay":"3s"}]}}"##,
            "Quota exceeded"),
        Row(
            "a server that says not to try again", 500, ["X-Should-Retry": "false"],
            ##"{"error":{"message":"no"}}"##, "HTTP 500: no"),
        Row(
            "a server that says to try again", 400, ["X-Should-Retry": "true"],
            ##"{"error":{"message":"soon"}}"##, "HTTP 400: soon", pause: -1),
        Row("a pause in milliseconds", 503, ["Retry-After-Ms": "250"], "", "HTTP 503", pause: 250),
        Row(
            "a pause of an hour", 429, ["Retry-After": "3600"], ##"{"error":{"message":"daily quota"}}"##,
            "daily quota; it asks for a pause of 60 min, longer than the 60 s"),
        Row(
            "llama.cpp without templates", 500,
            ##"{"error":{"code":500,"message":"tools param requires --jinja flag","type":"server_error"}}"##,
            "requires --jinja"),
        Row(
            "a model larger than the memory", 500,
            ##"{"error":"model requires more system memory (9 GiB) than is available (4 GiB)"}"##,
            "more system memory"),
        Row("an answer without a body", 204, "", "HTTP 204: the answer has no body"),
        Row(
            "an error in a coding that is not read", 400, ["Content-Encoding": "br"], "\u{B}\u{2}abc",
            "HTTP 400: its body, in the content encoding br, cannot be read"),
        Row(
            "an answer in a coding that is not read", 200, ["Content-Encoding": "br"], "\u{B}\u{2}abc",
            "the content encoding br"),
        Row(
            "a damaged compressed answer", 200, ["Content-Encoding": "gzip"], "data: {}\n\n",
            "what is compressed is damaged"),
        Row("a body that is no text", 502, "\u{0}\u{1}abc", "HTTP 502: its body is no text", pause: -1),
        Row(
            "FastAPI's places", 422,
            ##"{"detail":[{"loc":["body","messages",0],"msg":"Field required","type":"missing"}]}"##,
            "HTTP 422: body.messages.0: Field required"),
        Row(
            "OpenRouter's provider", 400,
            ##"{"error":{"message":"Provider returned error","code":400,"metadata":{"raw":"{\"error\":{\"message\":\"tools[0].name too long\"}}","provider_name":"Azure"}}}"##,
            "Provider returned error: Azure: tools[0].name too long"),
        Row(
            "what a model of Groq's wrote", 400,
            ##"{"error":{"message":"Failed to call a function.","type":"invalid_request_error","failed_generation":"<function=x>"}}"##,
            "Failed to call a function: the model wrote <function=x>"),
        Row(
            "a message of Anthropic's", 200,
            ##"{"type":"message","role":"assistant","content":[{"type":"text","text":"hi"}],"stop_reason":"end_turn","usage":{"input_tokens":3}}"##,
            "answers in Messages, not in Chat Completions"),
        Row(
            "a stream of Anthropic's", 200,
            "data: {\"type\":\"message_start\",\"message\":{\"role\":\"assistant\",\"content\":[]}}\n\n"
                + "data: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{\"output_tokens\":2}}\n\n",
            "answers in Messages, not in Chat Completions"),
        Row(
            "a response of OpenAI's", 200,
            ##"{"object":"response","status":"completed","output":[],"usage":{"input_tokens":3}}"##,
            "answers in Responses, not in Chat Completions"),
        Row(
            "a list of embeddings", 200,
            ##"{"object":"list","data":[{"embedding":[0.1]}],"usage":{"prompt_tokens":3}}"##,
            "JSON that is no chat completion"),
        Row(
            "Cohere", 200,
            ##"{"id":"c","finish_reason":"COMPLETE","message":{"role":"assistant","content":[{"type":"text","text":"hi"}]},"usage":{"tokens":{}}}"##,
            "answers in Cohere's own format; write the url"),
        Row(
            "DashScope", 200,
            ##"{"output":{"text":"hi","finish_reason":"stop"},"usage":{"input_tokens":3},"request_id":"r"}"##,
            "answers in DashScope's own format; write the url"),
        Row(
            "Workers AI", 200,
            "data: {\"response\":\"hi\",\"usage\":{\"prompt_tokens\":3}}\n\ndata: [DONE]\n\n",
            "Cloudflare's Workers AI; write the url"),
    ]

    @Test(
        "A refusal is told in the server's words, and asked for again only where that may help",
        arguments: rows)
    func refusals(row: Row) async throws {
        let server = try LocalServer { _, _ in row.reply }
        let pauses = Mutex<[Duration]>([])
        let connection = ModelConnection(
            retries: Retries(attempts: 2, seed: 7), pause: { pause in pauses.withLock { $0.append(pause) } })
        let model = try RemoteModel(
            .chatCompletions, RemoteSettings(url: server.url, model: "m"), connection: connection)
        let request = ModelRequest(
            round: 1, messages: [.user("look")], catalogue: [], sampling: SamplingSettings(),
            maximumTokens: 50)
        let error = await #expect(throws: ModelError.self) {
            try await model.respond(to: request) { _ in }
        }
        #expect(error?.description.contains(row.sentence) == true, "\(error?.description ?? "")")
        #expect(server.requests.count == (row.pause == nil ? 1 : 2))
        if let pause = row.pause, pause >= 0 {
            #expect(pauses.withLock { $0 } == [.milliseconds(pause)])
        }
    }

    @Test("A failed response that names a passing trouble is asked for again, and one that does not is not")
    func failedResponses() async throws {
        for (code, count) in [
            ("server_is_overloaded", 2), ("rate_limit_exceeded", 2), ("overloaded_error", 2),
            ("invalid_prompt", 1),
        ] {
            let body =
                "data: {\"type\":\"response.failed\",\"response\":{\"object\":\"response\",\"status\":\"failed\",\"output\":[],"
                + "\"error\":{\"code\":\"\(code)\",\"message\":\"please try again in 11.054s\"}}}\n\n"
            let server = try LocalServer { _, _ in LocalServer.Reply(body) }
            let pauses = Mutex<[Duration]>([])
            let connection = ModelConnection(
                retries: Retries(attempts: 2, seed: 7),
                pause: { pause in pauses.withLock { $0.append(pause) } })
            let model = try RemoteModel(
                .responses, RemoteSettings(url: server.url, model: "m"), connection: connection)
            let request = ModelRequest(
                round: 1, messages: [.user("look")], catalogue: [], sampling: SamplingSettings(),
                maximumTokens: 50)
            await #expect(throws: ModelError.self) { try await model.respond(to: request) { _ in } }
            #expect(server.requests.count == count, "\(code)")
            #expect(pauses.withLock { $0 } == Array(repeating: .milliseconds(11_054), count: count - 1))
        }
    }

    @Test("A server is asked for an answer in no coding")
    func whatIsAskedFor() async throws {
        let server = try LocalServer { _, _ in LocalServer.Reply(status: 400, "no") }
        let connection = ModelConnection(retries: Retries(attempts: 2, seed: 7), pause: { _ in })
        let request = ModelRequest(
            round: 1, messages: [.user("look")], catalogue: [], sampling: SamplingSettings(),
            maximumTokens: 50)
        let model = try RemoteModel(
            .chatCompletions, RemoteSettings(url: server.url, model: "m"), connection: connection)
        await #expect(throws: ModelError.self) { try await model.respond(to: request) { _ in } }
        #expect(server.requests.first?.headers["accept-encoding"] == "identity")
    }
}
