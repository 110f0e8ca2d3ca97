import JSON

/// Why a token is masked.
public struct Explanation: Sendable, Hashable, CustomStringConvertible {
    /// One alternative of the language, and what it has against the byte.
    public struct Reason: Sendable, Hashable, CustomStringConvertible {
        /// Whether a keyword of the schema decides, or the engine's policy.
        public enum Source: Sendable, Hashable {
            /// That keyword of the schema.
            case keyword(String)
            /// The rule or terminal of that name, in that line of the grammar's text where it has one.
            case rule(String, line: Int?)
            /// Something fixed beyond the schema: JSON's syntax, white space, key order, spelling, special tokens.
            case policy(String)
        }

        /// The tool whose arguments the schema describes, in a turn.
        public var tool: String?
        /// The keyword's place in the schema; empty for policy.
        public var pointer: JSONPointer
        /// What decides.
        public var source: Source
        /// A sentence that says what would be allowed.
        public var sentence: String
        /// The schema's number in the graph, where a keyword decides.
        var schema: Int32?

        /// `pointer: sentence`, with the tool in front.
        public var description: String {
            let place: String
            switch source {
            case .keyword: place = pointer.description.isEmpty ? "#" : pointer.description
            case .rule(let name, let line): place = line.map { "\(name) (line \($0))" } ?? name
            case .policy(let name): place = "policy (\(name))"
            }
            return (tool.map { "\($0) " } ?? "") + "\(place): \(sentence)"
        }
    }

    /// Offset of the first byte that cannot follow, within the token.
    public var offset: Int
    /// The byte at that offset as text, or its value in hexadecimal.
    public var written: String
    /// What each alternative that is still alive has against it; empty when the token is allowed.
    public var reasons: [Reason]

    /// One line a reason.
    public var description: String {
        reasons.isEmpty ? "allowed" : reasons.map(\.description).joined(separator: "\n")
    }
}

/// A token or text that the grammar refuses, with the explanation.
public struct MaskRefusal: Error, Sendable, Hashable, CustomStringConvertible {
    /// Why.
    public let explanation: Explanation

    /// One line: the first reason, and how many more there are.
    public var description: String {
        guard let first = explanation.reasons.first else { return "refused" }
        let more = explanation.reasons.count - 1
        return first.description + (more > 0 ? " (and \(more) more)" : "")
    }
}

extension SchemaCursor {
    /// Why a token is masked; without reasons for a token that is allowed.
    func explain(_ token: Int) -> Explanation {
        if vocabulary.endOfTurn.contains(token) {
            if automaton.canEnd(configuration) { return Explanation(offset: 0, written: "", reasons: []) }
            return Explanation(offset: 0, written: "", reasons: Blame(automaton).blameEnd(configuration))
        }
        if let (tag, target) = automaton.transitions.tagTransition(configuration), tag == token, target >= 0 {
            return Explanation(offset: 0, written: "", reasons: [])
        }
        switch vocabulary[token] {
        case .special(let name):
            return Explanation.policy(
                "special token", "the control token \(name) is no text and cannot stand here")
        case .unused:
            return Explanation.policy("special token", "token \(token) is not used by this vocabulary")
        case .bytes(let bytes): return explain(bytes: bytes)
        }
    }

    /// Why bytes cannot follow; without reasons where they can.
    func explain(bytes: [UInt8]) -> Explanation {
        var here = configuration
        var trail = trail
        for (offset, byte) in bytes.enumerated() {
            var after = trail
            let next = automaton.follow(here, byte, &after)
            if next < 0 {
                let reasons = Blame(automaton).blame(here, byte, trail)
                return Explanation(offset: offset, written: ByteWords.show(byte), reasons: reasons)
            }
            here = next
            trail = after
        }
        return Explanation(offset: bytes.count, written: "", reasons: [])
    }
}

extension Explanation {
    /// An explanation by something fixed beyond the grammar.
    static func policy(_ name: String, _ sentence: String) -> Explanation {
        Explanation(
            offset: 0, written: "",
            reasons: [.init(tool: nil, pointer: JSONPointer(), source: .policy(name), sentence: sentence)])
    }
}
