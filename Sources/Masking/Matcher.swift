import JSON

/// A place in a grammar's language: what has been written so far, as far as it matters for what may follow.
///
/// Copies are cheap and independent, so going back means keeping an earlier copy. All copies share the caches of
/// the engine that made them and stay on its thread.
public struct Matcher {
    let automaton: Automaton
    var configuration: Int32
    var trail = Trail()
    /// Whether an end token has been taken.
    public private(set) var isFinished = false

    init(_ automaton: Automaton, _ configuration: Int32) {
        self.automaton = automaton
        self.configuration = configuration
    }

    /// The vocabulary whose tokens are masked.
    public var vocabulary: Vocabulary { automaton.vocabulary }

    /// The tokens that may come next; end tokens among them where the text may end.
    public func allowed() -> TokenSet {
        var set = TokenSet(words: [], capacity: vocabulary.count)
        set.words =
            isFinished
            ? [UInt64](repeating: 0, count: (vocabulary.count + 63) / 64)
            : automaton.allowed(configuration, trail)
        return set
    }

    /// Whether the text may end here.
    public var canEnd: Bool { isFinished || automaton.canEnd(configuration) }

    /// Takes one token.
    /// - Throws: ``MaskRefusal`` with the explanation; the matcher is then unchanged.
    public mutating func advance(_ token: Int) throws(MaskRefusal) {
        guard let next = following(token) else { throw MaskRefusal(explanation: explain(token)) }
        self = next
    }

    /// Takes bytes, whatever tokens they come from.
    /// - Throws: ``MaskRefusal`` with the explanation; the matcher is then unchanged.
    public mutating func advance(bytes: some Sequence<UInt8>) throws(MaskRefusal) {
        var next = self
        let text = Array(bytes)
        for byte in text {
            guard !isFinished else { throw MaskRefusal(explanation: explain(bytes: text)) }
            next.configuration = automaton.follow(next.configuration, byte, &next.trail)
            if next.configuration < 0 { throw MaskRefusal(explanation: explain(bytes: text)) }
        }
        self = next
    }

    /// The matcher after a token, or `nil` where it is masked.
    func following(_ token: Int) -> Matcher? {
        guard !isFinished else { return nil }
        var next = self
        if vocabulary.endOfTurn.contains(token) {
            guard automaton.canEnd(configuration) else { return nil }
            next.isFinished = true
            return next
        }
        if let (tag, target) = automaton.tagTransition(configuration), tag == token {
            next.configuration = target
            return target < 0 ? nil : next
        }
        let bytes = vocabulary.bytes(of: token)
        guard !bytes.isEmpty else { return nil }
        for byte in bytes {
            next.configuration = automaton.follow(next.configuration, byte, &next.trail)
            if next.configuration < 0 { return nil }
        }
        return next
    }
}
