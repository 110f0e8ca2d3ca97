import Agent
import Formats
import Foundation
import JSON
import LocalServer
import Synchronization
import Testing
import Transformer

@testable import Models
@testable import Tools

/// The native endpoints of a llama-server, served here by our own engine over the same weights.
@Suite struct LlamaServerTests {
    /// Answers as the server's documentation says, with the logits of the embedded model.
    private final class Peer: Sendable {
        private let tokenizer: Tokenizer
        private let model: Mutex<InferenceSession>
        /// The sizes of the distributions that were asked for.
        let asked = Mutex<[Int]>([])

        init() throws {
            let file = try GGUFFile(EmbeddedModelTests.path)
            tokenizer = try Tokenizer(file)
            model = Mutex(InferenceSession(try LlamaModel(file)))
        }

        func reply(_ request: LocalServer.Request) throws -> LocalServer.Reply {
            let body = request.body.isEmpty ? .null : try JSONParser.parse(request.body)
            let count = tokenizer.vocabulary.count
            switch request.path {
            case "/props":
                return LocalServer.Reply(
                    #"{"model_path": "/models/desk.gguf", "eos_token": "<|im_end|>", "bos_token": ""}"#)
            case "/v1/models": return LocalServer.Reply(#"{"data": [{"meta": {"n_vocab": \#(count)}}]}"#)
            case "/tokenize":
                let text = body["content"]?.stringValue ?? ""
                let special =
                    body["parse_special"] == true ? tokenizer.vocabulary.specialToken(named: text) : nil
                let tokens = special.map { [$0] } ?? tokenizer.encode(text)
                return LocalServer.Reply(#"{"tokens": \#(tokens)}"#)
            default: return LocalServer.Reply(try completion(body))
            }
        }

        private func completion(_ body: JSONValue) throws -> String {
            let tokens = (body["prompt"]?.arrayValue ?? []).compactMap(\.intValue)
            let wanted = body["n_probs"]?.intValue ?? 0
            asked.withLock { $0.append(wanted) }
            let logits = try model.withLock { try $0.evaluate(prompt: tokens) }
            let count = tokenizer.vocabulary.count
            let total = log(logits.prefix(count).reduce(0.0) { $0 + exp(Double($1)) })
            let order = (0..<count).sorted { (-logits[$0], $0) < (-logits[$1], $1) }.prefix(wanted)
            let entries = order.map { token -> String in
                let bytes =
                    [.normal, .byte].contains(tokenizer.vocabulary.kind(of: token))
                    ? tokenizer.vocabulary.bytes(of: token) ?? [] : []
                let text = JSONValue.string(String(decoding: bytes, as: UTF8.self)).text()
                return
                    #"{"id": \#(token), "token": \#(text), "bytes": \#(bytes), "logprob": \#(Double(logits[token]) - total)}"#
            }
            return
                #"{"content": "a", "completion_probabilities": [{"id": 1, "top_logprobs": [\#(entries.joined(separator: ","))]}]}"#
        }
    }

    private func request(_ prompt: String, temperature: Double = 0) -> ModelRequest {
        ModelRequest(
            round: 1, messages: [.system("You are the support desk assistant."), .user(prompt)],
            catalogue: SupportDeskCatalogue.definitions,
            sampling: SamplingSettings(temperature: temperature, seed: 5), maximumTokens: 120)
    }

    private func decode(_ model: any Model, _ request: ModelRequest) async throws -> (
        ModelResponse, [TokenStep]
    ) {
        let steps = Mutex<[TokenStep]>([])
        let response = try await model.respond(to: request) { event in
            if case .token(let step) = event { steps.withLock { $0.append(step) } }
        }
        return (response, steps.withLock { $0 })
    }

    @Test(arguments: [(nil as String?, 1), (EmbeddedModelTests.path, 64)])
    func theSameWeightsGiveTheSameGreedyRunAsInProcess(vocabulary: String?, candidates: Int) async throws {
        let peer = try Peer()
        let server = try LocalServer { request, _ in
            (try? peer.reply(request)) ?? LocalServer.Reply(status: 500, "the peer failed")
        }
        let model = try await LlamaServerModel.open(
            RemoteSettings(url: server.url), vocabularyFile: vocabulary, candidateCount: candidates,
            connection: ModelConnection())
        let embedded = try EmbeddedModel(path: EmbeddedModelTests.path)
        let (info, own) = (await model.info, await embedded.info)
        #expect(info.name == "desk.gguf" && info.vocabulary?.entries.count == own.vocabulary?.entries.count)
        let (response, steps) = try await decode(model, request("look up T-1042"))
        let (expected, expectedSteps) = try await decode(embedded, request("look up T-1042"))
        #expect(response == expected && !response.calls.isEmpty)
        #expect(steps.map(\.token) == expectedSteps.map(\.token))
        #expect(steps.map(\.allowed) == expectedSteps.map(\.allowed))
        for step in steps {
            guard case .partial(let top, let size) = step.distribution else { continue }
            #expect(size == own.vocabulary?.entries.count && top.count < size ?? 0 && step.figures == nil)
        }
    }

    /// Where the model wants what the mask forbids, more candidates are asked for until one is allowed.
    @Test func candidatesAreWidenedUpToTheVocabulary() async throws {
        let peer = try Peer()
        let server = try LocalServer { request, _ in
            (try? peer.reply(request)) ?? LocalServer.Reply(status: 500, "the peer failed")
        }
        let model = try await LlamaServerModel.open(
            RemoteSettings(url: server.url), vocabularyFile: EmbeddedModelTests.path, candidateCount: 1,
            connection: ModelConnection())
        let (_, steps) = try await decode(model, request("hello", temperature: 3))
        let asked = Set(peer.asked.withLock { $0 })
        print("candidates asked for: \(asked.sorted())")
        for step in steps { #expect(step.allows(step.token)) }
        // This catalogue does not know what the model was trained to call, so that its wishes are forbidden.
        let other = ToolDefinition(
            name: "zq", description: "",
            parameters: ["type": "object", "properties": ["k": ["const": "¤¤"]], "required": ["k"]])
        var odd = request("look up T-1042")
        odd.catalogue = [other]
        let (response, oddSteps) = try await decode(model, odd)
        for step in oddSteps { #expect(step.allows(step.token)) }
        for call in response.calls { #expect(call.name == "zq") }
        #expect(peer.asked.withLock { $0.contains { $0 >= 8 } })
    }

    /// Few candidates come at first; as many more are asked for as a draw can tell from all of them.
    @Test(arguments: [0.7, 1.6]) func aDrawIsTheOneThatTheWholeVocabularyWouldHaveGiven(temperature: Double)
        async throws
    {
        let peer = try Peer()
        let server = try LocalServer { request, _ in
            (try? peer.reply(request)) ?? LocalServer.Reply(status: 500, "the peer failed")
        }
        let model = try await LlamaServerModel.open(
            RemoteSettings(url: server.url), vocabularyFile: EmbeddedModelTests.path, candidateCount: 2,
            connection: ModelConnection())
        let embedded = try EmbeddedModel(path: EmbeddedModelTests.path)
        let (response, steps) = try await decode(model, request("look up T-1042", temperature: temperature))
        let (expected, expectedSteps) = try await decode(
            embedded, request("look up T-1042", temperature: temperature))
        #expect(steps.map(\.token) == expectedSteps.map(\.token) && response == expected)
        for step in steps {
            guard case .partial(let top, _) = step.distribution else { continue }
            let told = Set(top.compactMap(\.token))
            let mass = top.reduce(0) { $0 + exp($1.logProbability) }
            let isClosed = (step.allowedCount ?? 0) == told.count(where: { step.allows($0) })
            #expect(isClosed || mass > 0.9, "\(top.count) of the vocabulary hold \(mass)")
        }
    }

    /// A server answers so while it loads its model.
    @Test func aServerThatIsStillLoadingIsAskedAgain() async throws {
        let peer = try Peer()
        let server = try LocalServer { request, number in
            if number < 2 { return LocalServer.Reply(status: 503, #"{"error":{"message":"Loading model"}}"#) }
            return (try? peer.reply(request)) ?? LocalServer.Reply(status: 500, "the peer failed")
        }
        let said = Mutex<[String]>([])
        let model = try await LlamaServerModel.open(
            RemoteSettings(url: server.url), vocabularyFile: nil, candidateCount: 8,
            connection: ModelConnection(retries: Retries(seed: 1), pause: { _ in })
        ) { line in said.withLock { $0.append(line) } }
        #expect(await model.info.name == "desk.gguf")
        let lines = said.withLock { $0 }
        #expect(lines.count == 2 && lines.allSatisfy { $0.contains("HTTP 503: Loading model") }, "\(lines)")
    }

    @Test(arguments: [
        (#"{"content": "x"}"#, "without top_logprobs"),
        (#"{"completion_probabilities": [{"top_logprobs": [{"token": "a", "logprob": -1}]}]}"#, "no ID"),
        (
            #"{"completion_probabilities": [{"top_logprobs": [{"id": 1, "logprob": -1}, {"id": 1, "logprob": -2}]}]}"#,
            "no ID"
        ),
    ])
    func answersThatTellTooLittleAreFaults(text: String, reason: String) throws {
        let fault = #expect(throws: StreamFault.self) {
            try LlamaServer.candidates(in: try JSONParser.parse(text))
        }
        #expect(fault?.description.contains(reason) == true)
    }

    @Test func aVocabularyWithGapsIsRefused() {
        let some = [0, 1, 3].map { LlamaServer.Candidate(token: $0, bytes: [65], logProbability: -1) }
        #expect(throws: StreamFault.self) {
            try LlamaServerVocabulary.record(some, expected: nil, special: [:], ends: [1])
        }
    }
}
