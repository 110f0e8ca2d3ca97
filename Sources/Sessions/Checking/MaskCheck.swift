import Agent
import JSON
import Masking

/// Whether our mask would have let each token of a session through, and what that says of the server's own.
public struct MaskCheck: Sendable {
    /// A token that leaves what it should keep to.
    public struct Departure: Sendable, Hashable {
        /// The round, from 1.
        public var round: Int
        /// The place of the token in the round, from 0; `nil` where the text ends too early, or no tokens were told.
        public var position: Int?
        /// The tool whose arguments it stands in; `nil` in words.
        public var tool: String?
        /// The token's text.
        public var text: String
        /// Why it is refused, one sentence each with the keyword and its pointer.
        public var reasons: [String]
        /// Whether nothing but what our mask fixes beyond the schema speaks against it: another spelling, say.
        public var isOurPolicy: Bool

        /// One line: where, what and why.
        public var line: String {
            let place = position.map { ", token \($0)" } ?? ""
            let what = tool.map { "the arguments of \($0)" } ?? "the answer"
            let why = reasons.joined(separator: "; ")
            let verb = isOurPolicy ? "is spelled as our mask does not let it be in" : "leaves the schema of"
            return PlainText.line("round \(round)\(place): \(text) \(verb) \(what): \(why)")
        }
    }

    /// What the tokens say of a mask on the server's side.
    public enum Enforcement: Sendable, Hashable {
        /// Nothing was held to a schema.
        case nothing
        /// A mask was recorded with the tokens.
        case recorded
        /// The text leaves its schema: no mask ruled, or not this schema's.
        case absent
        /// Rivals were told at so many places, and none breaks the schema.
        case likely(places: Int)
        /// At so many places the most probable token breaks the schema, and another one was written.
        case overruled(places: Int)
        /// The text keeps to its schema, and nothing tells whether it had to.
        case untold
    }

    /// Tokens that were held to a schema.
    public internal(set) var tokens = 0
    /// Those that our mask lets through.
    public internal(set) var passed = 0
    /// Values that were held: the arguments of calls, and answers.
    public internal(set) var values = 0
    /// Where the model left a schema, one entry a value.
    public internal(set) var departures: [Departure] = []
    /// Values that could not be held, with the reason.
    public internal(set) var unheld: [String] = []

    /// What speaks for a mask on the server's side, or against one.
    var signs = Signs()

    struct Signs: Sendable, Hashable {
        /// Tokens with a mask beside them.
        var recorded = 0
        /// Places at which rivals were told, and those of them where some rival breaks the schema.
        var rivalled = 0, forbidden = 0
        /// Places where the most probable token breaks the schema and another one was written.
        var overruled = 0
    }

    /// Holds a session's events against the schemas of its catalogue; `nil` where they begin without a header.
    /// - Parameter answer: the schema that words are held to, where the server was told one.
    /// - Throws: `VocabularyError` when the session's vocabulary contradicts itself.
    public init?(_ events: [Event], answer: JSONValue? = nil) throws(VocabularyError) {
        guard case .sessionStarted(let header)? = events.first?.body else { return nil }
        self.init()
        var walk = try MaskedStream(header, answer, &self)
        for event in events {
            switch event.body {
            case .requestSent: walk.begin(&self)
            case .token(let step): walk.take(step, &self)
            case .responseReceived(let round, let response, _): walk.close(round, response, &self)
            default: break
            }
        }
    }

    private init() {}
}

extension MaskCheck {
    /// What the tokens say of a mask on the server's side.
    public var enforcement: Enforcement {
        if departures.contains(where: { !$0.isOurPolicy }) { return .absent }
        if tokens == 0 { return .nothing }
        if signs.recorded == tokens { return .recorded }
        if signs.overruled > 0 { return .overruled(places: signs.overruled) }
        if signs.rivalled > 0, signs.forbidden == 0 { return .likely(places: signs.rivalled) }
        return .untold
    }

    /// The figures and what they say, in one line.
    public var line: String {
        if tokens == 0 { return unheld.isEmpty ? "no token is held to a schema" : "nothing could be held" }
        let figures = "\(passed) of \(tokens) tokens pass"
        return switch enforcement {
        case .nothing: figures
        case .recorded: "\(figures); they were written under a mask of ours"
        case .absent: "\(figures); no mask held the model to the schema"
        case .likely(let places):
            "\(figures); the server seems to mask: at \(places) places no rival breaks the schema"
        case .overruled(let places):
            "\(figures); at \(places) places the likeliest token breaks the schema and another was written"
        case .untold: "\(figures); nothing tells whether the server masks"
        }
    }
}
