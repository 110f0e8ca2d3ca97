import JSON

/// One place at which two sessions differ.
public struct SessionDifference: Sendable, Hashable {
    /// What kind of thing differs.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// The model, the catalogue, the policy, the limits or the sampling.
        case setting
        /// A system or user message.
        case message
        /// A token.
        case token
        /// A probability of a token that both chose.
        case probability
        /// The words of a response, or why it ended.
        case response
        /// A call that only one of them has.
        case call
        /// The arguments of a call.
        case arguments
        /// What was decided, and by whom.
        case decision
        /// What a tool answered, or what the model read of it.
        case result
        /// A round that only one of them has.
        case round
        /// How the run ended.
        case outcome
    }

    /// What one side has there.
    public struct Side: Sendable, Hashable {
        /// The step, where the side has one there.
        public var step: Int?
        /// What it has; `nil` for nothing.
        public var text: String?
    }

    /// What kind of thing differs.
    public var kind: Kind
    /// Where, in words: `round 2, call call_3 (get_ticket), argument /id`.
    public var place: String
    /// The first session's side.
    public var left: Side
    /// The second session's side.
    public var right: Side

    /// Whether it is one of figures alone: both did the same.
    public var isFigure: Bool { kind == .probability }

    /// The place and both sides, in lines that are safe to print.
    public var lines: [String] {
        func line(_ name: String, _ side: Side) -> String {
            let step = side.step.map { "step \($0): " } ?? ""
            return "  \(name) \(step)\(side.text.map(PlainText.line) ?? "(nothing)")"
        }
        return [PlainText.line(place), line("-", left), line("+", right)]
    }

    /// `{"kind", "place", "left": {"step", "text"}, "right": …}`.
    public var json: JSONValue {
        func side(_ side: Side) -> JSONValue {
            ["step": side.step.map { .int($0) } ?? .null, "text": side.text.map { .string($0) } ?? .null]
        }
        return [
            "kind": .string(kind.rawValue), "place": .string(place), "left": side(left), "right": side(right),
        ]
    }
}
