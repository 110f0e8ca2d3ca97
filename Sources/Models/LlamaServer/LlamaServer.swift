import Agent
import Formats
import JSON

/// The native endpoints of llama.cpp's server, as far as decoding under a mask of our own needs them.
///
/// <https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md>
struct LlamaServer: Sendable {
    let endpoint: Endpoint

    /// One token of a distribution, with its natural log-probability over the whole vocabulary before any sampler.
    struct Candidate: Sendable, Hashable {
        var token: Int
        var bytes: [UInt8]
        var logProbability: Double
    }

    /// What the server says of the model.
    struct Properties: Sendable, Hashable {
        var name: String
        var endOfText: String?
        var beginningOfText: String?
        /// The size of the vocabulary, where the server is new enough to tell.
        var vocabularySize: Int?
        /// The template that tells how the model reads a conversation.
        var chatTemplate: String?
    }

    /// Asks for the model's name, its end token and the size of its vocabulary.
    func properties() async throws -> Properties {
        let props = try await endpoint.json("props", nil)
        // Older servers have no such list; the vocabulary's size is then found by asking for more than there can be.
        let models = try? await endpoint.json("v1/models", nil)
        return LlamaServer.properties(props, models: models)
    }

    static func properties(_ props: JSONValue, models: JSONValue?) -> Properties {
        let path =
            props["model_path"]?.stringValue ?? props["default_generation_settings"]?["model"]?.stringValue
        let file = path?.split(separator: "/").last.map(String.init)
        func word(_ key: String) -> String? { props[key]?.stringValue.flatMap { $0.isEmpty ? nil : $0 } }
        return Properties(
            name: word("model_alias") ?? file ?? "llama-server", endOfText: word("eos_token"),
            beginningOfText: word("bos_token"),
            vocabularySize: models?["data"]?[0]?["meta"]?["n_vocab"]?.intValue.flatMap {
                (1...1 << 24).contains($0) ? $0 : nil
            }, chatTemplate: word("chat_template"))
    }

    /// Whether the model wants its prompts to begin with the token that begins a text.
    func addsBeginning(_ properties: Properties) async throws -> Bool {
        guard properties.beginningOfText != nil else { return false }
        func count(_ adds: Bool) async throws -> Int {
            let body: JSONValue = ["content": "a", "add_special": .bool(adds), "parse_special": false]
            return try await endpoint.json("tokenize", body)["tokens"]?.arrayValue?.count ?? 0
        }
        return try await count(true) > count(false)
    }

    /// The tokens of a text; where `isSpecial`, names of special tokens in it become those.
    func tokenize(_ text: String, isSpecial: Bool) async throws -> [Int] {
        let answer = try await endpoint.json(
            "tokenize",
            ["content": .string(text), "add_special": false, "parse_special": .bool(isSpecial)])
        guard let tokens = answer["tokens"]?.arrayValue?.map(\.intValue), !tokens.contains(nil) else {
            throw AttemptFailure(reason: "tokenize answered without tokens", isTransient: false)
        }
        return tokens.compactMap { $0 }
    }

    /// The `count` most probable tokens after `tokens`, the most probable first.
    ///
    /// - Parameter decoy: a token of whole characters that the server is made to take itself. What it takes is of no
    ///   use here, but one that ends within a character would keep it from telling the probabilities; they come
    ///   from the raw logits, which a bias does not touch.
    func candidates(after tokens: [Int], count: Int, decoy: Int?) async throws -> [Candidate] {
        var body = JSONObject()
        body["prompt"] = .array(tokens.map { .number(JSONNumber($0)) })
        body["n_predict"] = 1
        body["n_probs"] = .number(JSONNumber(count))
        body["cache_prompt"] = true
        body["temperature"] = 0
        body["stream"] = false
        if let decoy { body["logit_bias"] = .array([.array([.number(JSONNumber(decoy)), 1_000])]) }
        let answer = try await endpoint.json("completion", .object(body))
        do {
            return try LlamaServer.candidates(in: answer)
        } catch {
            throw AttemptFailure(reason: error.description, isTransient: false)
        }
    }

    static func candidates(in answer: JSONValue) throws(StreamFault) -> [Candidate] {
        guard let list = answer["completion_probabilities"]?[0]?["top_logprobs"]?.arrayValue else {
            throw StreamFault(
                "completion answered without top_logprobs; a llama-server of December 2024 or later is needed"
            )
        }
        var candidates: [Candidate] = []
        var seen: Set<Int> = []
        for entry in list {
            guard let token = entry["id"]?.intValue, token >= 0, seen.insert(token).inserted,
                let value = entry["logprob"]?.numberValue?.doubleValue, !value.isNaN
            else {
                throw StreamFault("completion answered with a token that has no ID of its own or no logprob")
            }
            let bytes = entry["bytes"]?.arrayValue?.compactMap { $0.intValue.flatMap(UInt8.init(exactly:)) }
            candidates.append(
                Candidate(
                    token: token, bytes: bytes ?? Array((entry["token"]?.stringValue ?? "").utf8),
                    // The server writes the lowest number there is for what has no probability at all.
                    logProbability: value < -1e30 ? -.infinity : value))
        }
        candidates.sort { ($1.logProbability, $0.token) < ($0.logProbability, $1.token) }
        return candidates
    }
}
