import Agent
import JSON

/// Turns the bytes of one streamed response into pieces to watch, and at its end into the response.
///
/// A value: feeding it touches nothing else. Whatever the bytes are, it answers with pieces or a fault.
protocol ResponseReader: Sendable {
    /// Takes bytes as they come, cut anywhere.
    /// - Throws: ``StreamFault`` for what the format does not allow; the reader is of no use then.
    mutating func take(_ bytes: [UInt8]) throws(StreamFault) -> [ResponsePiece]

    /// Whether the format says that nothing more follows.
    var isComplete: Bool { get }

    /// The whole response, its calls without an ID numbered from `firstCall`.
    /// - Throws: ``StreamFault`` when the stream broke off before its end.
    func response(numberingFrom firstCall: Int) throws(StreamFault) -> ModelResponse
}

/// What a piece of a stream adds to the response.
enum ResponsePiece: Sendable, Hashable {
    /// Words.
    case text(String)
    /// A token with its log-probabilities.
    case token(ScoredToken)
    /// A call of that tool begins.
    case call(name: String)
    /// More of an earlier call's arguments, by its number from 1, comes next.
    case resumed(number: Int, name: String)
    /// More of the current call's arguments.
    case arguments(String)
    /// The model begins to think, in text that is no part of its answer.
    case thinking
}

/// A token whose log-probability the server told, with those of its rivals.
struct ScoredToken: Sendable, Hashable {
    /// The token's ID, where the server tells it.
    var id: Int?
    /// The bytes that it stands for.
    var bytes: [UInt8]
    /// The most probable tokens at its place, as the server gave them.
    var top: [TokenDistribution.Candidate]
}

/// A stream that is not as its format says, or that the server itself ended with an error.
struct StreamFault: Error, Sendable, Hashable, CustomStringConvertible {
    /// One line.
    let description: String
    /// Whether the server reports a passing trouble of its own.
    let isTransient: Bool

    init(_ description: String, isTransient: Bool = false) {
        self.description = description
        self.isTransient = isTransient
    }

    /// The fault of a stream that ended too early.
    static let cut = StreamFault(
        "the stream was cut before the response was complete; nothing of it is used", isTransient: true)
}

extension ScoredToken {
    /// Reads the entry that OpenAI, vLLM, llama-server and Ollama share: `token`, `logprob`, `bytes`, `top_logprobs`.
    init?(_ entry: JSONValue) {
        guard let token = entry["token"]?.stringValue else { return nil }
        id = entry["id"]?.intValue
        bytes = ScoredToken.bytes(entry, token)
        top = (entry["top_logprobs"]?.arrayValue ?? []).compactMap { rival in
            guard let text = rival["token"]?.stringValue,
                let value = rival["logprob"]?.numberValue?.doubleValue, value.isFinite
            else { return nil }
            return TokenDistribution.Candidate(
                token: rival["id"]?.intValue, bytes: ScoredToken.bytes(rival, text), logProbability: value)
        }
        if top.isEmpty, let value = entry["logprob"]?.numberValue?.doubleValue, value.isFinite {
            top = [TokenDistribution.Candidate(token: id, bytes: bytes, logProbability: value)]
        }
    }

    private static func bytes(_ entry: JSONValue, _ text: String) -> [UInt8] {
        guard let list = entry["bytes"]?.arrayValue else { return Array(text.utf8) }
        let bytes = list.compactMap { $0.intValue.flatMap(UInt8.init(exactly:)) }
        return bytes.count == list.count ? bytes : Array(text.utf8)
    }
}
