import Agent
import JSON

/// What a frame adds to a response.
public enum ResponsePiece: Sendable, Hashable {
    /// Words.
    case text(String)
    /// A token with its log-probabilities, in place of the words or arguments that it spells.
    case token(ScoredToken)
    /// Thinking, which is no part of the answer; empty where the provider keeps it from us.
    case thinking(String)
    /// A call begins, numbered from 1 in the order in which the calls of the response first appeared.
    ///
    /// It comes once the name is known, which may be after the call's first fragment; the ID is empty where none came.
    case call(number: Int, id: String, name: String)
    /// More of the arguments of the call of that number.
    case arguments(number: Int, String)
    /// Nothing more will come for the call of that number.
    case callEnded(number: Int)
    /// The provider runs a tool of its own, which cannot be held.
    case providerCall(name: String)
    /// Something of the provider's own that is neither words nor a call, and did not run.
    case note(ProviderNote)
    /// Token counts so far.
    case usage(Usage)
    /// Why the response ended.
    case finish(FinishReason)

    /// What it is, where it is neither words nor a call.
    public var providerNote: ProviderNote? { if case .note(let note) = self { note } else { nil } }

    /// The provider's tool that it says runs.
    public var providerTool: String? { if case .providerCall(let name) = self { name } else { nil } }
}

/// What an item of a provider is that is neither words nor a call.
public struct ProviderNote: Sendable, Hashable {
    /// What it is, for a person.
    public let words: String
    /// Whether it stands for something that was said and that nobody but the provider has.
    public let isElsewhere: Bool
}

/// Where in a frame's JSON a part of a call stands.
public struct CallPlace: Sendable, Hashable {
    /// What stands there.
    public enum Role: Sendable, Hashable {
        /// The tool's name.
        case name
        /// A piece of the arguments' text; the pieces of a call make up its arguments.
        case fragment
        /// All of the arguments, as text in a string.
        case text
        /// All of the arguments, as an object.
        case object
        /// A piece of the free text of a custom call, whose arguments are told as `{"input": …}`.
        case inputFragment
        /// All of the free text of a custom call.
        case input
        /// All of a call whose type stands for the tool's name.
        case item
    }

    /// The call's number, from 1.
    public let call: Int
    /// The place in the frame's JSON text; the value may be absent where the call has no arguments.
    public let pointer: JSONPointer
    /// What stands there.
    public let role: Role
}

/// What one frame of a response amounts to.
public struct ReadFrame: Sendable, Hashable {
    /// The frame as it came.
    public let frame: WireFrame
    /// What it adds.
    public let pieces: [ResponsePiece]
    /// Where in it calls stand; empty where it can be passed on whatever becomes of the calls.
    public let places: [CallPlace]
    /// Whether it says that the response is over, or comes after that.
    public let isEnd: Bool
    /// Whether a client may find a call in it, read or not.
    public let tellsOfCalls: Bool
    /// Why a client may find in it what was not read; `nil` where nobody can.
    public let doubt: String?

    /// The calls whose type stands for their tool's name, by number, each as the JSON text that it is in this frame.
    public var items: [Int: String] {
        guard case .json(let json) = frame.payload else { return [:] }
        var found: [Int: String] = [:]
        for place in places where place.role == .item {
            guard let range = JSONSplice.range(of: place.pointer, in: json) else { continue }
            found[place.call] = String(decoding: json[range], as: UTF8.self)
        }
        return found
    }
}

/// A token whose log-probability the server told, with those of its rivals.
public struct ScoredToken: Sendable, Hashable {
    /// The token's ID, where the server tells it.
    public var id: Int?
    /// The bytes that it stands for.
    public var bytes: [UInt8]
    /// The most probable tokens at its place, as the server gave them.
    public var top: [TokenDistribution.Candidate]

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
