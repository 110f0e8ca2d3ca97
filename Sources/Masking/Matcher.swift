/// A place in a grammar's language: what has been written so far, as far as it matters for what may follow.
///
/// Copies are cheap and independent, so going back means keeping an earlier copy. All copies share the caches of
/// the engine that made them and stay on its thread.
public struct Matcher {
    /// What the grammar is.
    enum Cursor {
        /// A schema, or a turn.
        case schema(SchemaCursor)
        /// Rules.
        case rules(RuleCursor)
    }

    private(set) var cursor: Cursor

    init(_ cursor: SchemaCursor) { self.cursor = .schema(cursor) }

    init(_ cursor: RuleCursor) { self.cursor = .rules(cursor) }

    /// The automaton of a schema or a turn; `nil` for rules.
    var automaton: Automaton? { if case .schema(let schema) = cursor { schema.automaton } else { nil } }

    /// The vocabulary whose tokens are masked.
    public var vocabulary: Vocabulary {
        switch cursor {
        case .schema(let schema): schema.vocabulary
        case .rules(let rules): rules.machine.plan.vocabulary
        }
    }

    /// Whether an end token has been taken.
    public var isFinished: Bool {
        switch cursor {
        case .schema(let schema): schema.isFinished
        case .rules(let rules): rules.isFinished
        }
    }

    /// The tokens that may come next; end tokens among them where the text may end.
    public func allowed() -> TokenSet {
        switch cursor {
        case .schema(let schema): schema.allowed()
        case .rules(let rules): rules.allowed()
        }
    }

    /// Whether the text may end here.
    public var canEnd: Bool {
        switch cursor {
        case .schema(let schema): schema.canEnd
        case .rules(let rules): rules.canEnd
        }
    }

    /// Takes one token.
    /// - Throws: ``MaskRefusal`` with the explanation; the matcher is then unchanged.
    public mutating func advance(_ token: Int) throws(MaskRefusal) {
        guard let next = following(token) else { throw MaskRefusal(explanation: explain(token)) }
        self = next
    }

    /// Takes bytes, whatever tokens they come from.
    /// - Throws: ``MaskRefusal`` with the explanation; the matcher is then unchanged.
    public mutating func advance(bytes: some Sequence<UInt8>) throws(MaskRefusal) {
        let text = Array(bytes)
        guard let next = following(bytes: text) else { throw MaskRefusal(explanation: explain(bytes: text)) }
        self = next
    }

    /// Whether bytes can follow, whatever tokens they come from.
    public func takes(_ bytes: [UInt8]) -> Bool { !isFinished && following(bytes: bytes) != nil }

    /// The matcher after bytes; `nil` where they cannot follow.
    private func following(bytes: [UInt8]) -> Matcher? {
        switch cursor {
        case .schema(var schema):
            for byte in bytes { guard schema.take(byte) else { return nil } }
            return Matcher(schema)
        case .rules(var rules):
            for byte in bytes {
                guard let next = rules.following(byte: byte) else { return nil }
                rules = next
            }
            return Matcher(rules)
        }
    }

    /// The matcher after a token, or `nil` where it is masked.
    func following(_ token: Int) -> Matcher? {
        switch cursor {
        case .schema(let schema): schema.following(token).map { Matcher($0) }
        case .rules(let rules): rules.following(token).map { Matcher($0) }
        }
    }

    // MARK: Reasons

    /// Why a token is masked; without reasons for a token that is allowed.
    public func explain(_ token: Int) -> Explanation {
        if isFinished { return Explanation.policy("end", "the turn has ended; nothing can follow") }
        return switch cursor {
        case .schema(let schema): schema.explain(token)
        case .rules(let rules): rules.explain(token)
        }
    }

    /// Why bytes cannot follow; without reasons where they can.
    public func explain(bytes: [UInt8]) -> Explanation {
        if isFinished { return Explanation.policy("end", "the turn has ended; nothing can follow") }
        return switch cursor {
        case .schema(let schema): schema.explain(bytes: bytes)
        case .rules(let rules): rules.explain(bytes: bytes)
        }
    }

    /// Every masked token that has bytes, in runs that share a reason, in lexicographic order.
    ///
    /// Costs about as much as one mask, and the explanations.
    public func explainAll() -> [MaskedRange] {
        if isFinished { return [] }
        return switch cursor {
        case .schema(let schema): schema.explainAll()
        case .rules(let rules): rules.explainAll()
        }
    }

    /// What is expected here.
    public var expectation: Expectation {
        if isFinished {
            return Expectation(words: "nothing: the turn has ended", tool: nil, path: [], alternatives: [])
        }
        return switch cursor {
        case .schema(let schema): Blame(schema.automaton).expectation(schema.configuration)
        case .rules(let rules): rules.expectation
        }
    }

    /// The alternatives that a token leaves alive; `nil` where the token is masked.
    public func alternatives(after token: Int) -> [Expectation.Alternative]? {
        following(token)?.expectation.alternatives
    }

    /// The bytes that must come next, whatever the model prefers; empty where there is a choice or the text may end.
    public var forcedBytes: [UInt8] {
        if isFinished { return [] }
        return switch cursor {
        case .schema(let schema): schema.forcedBytes
        case .rules(let rules): rules.forcedBytes
        }
    }

    /// Whether only one token can come next.
    public var isForced: Bool { allowed().count == 1 }

    /// Why nothing can follow and the text cannot end either; `nil` where something can.
    public var deadEnd: [Explanation.Reason]? {
        if isFinished { return nil }
        return switch cursor {
        case .schema(let schema): schema.deadEnd
        case .rules(let rules): rules.deadEnd
        }
    }
}
