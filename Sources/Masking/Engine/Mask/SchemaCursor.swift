/// A place in the language of a schema, or of a turn whose calls are held against schemas.
struct SchemaCursor {
    let automaton: Automaton
    var configuration: Int32
    var trail = Trail()
    /// Whether an end token has been taken.
    private(set) var isFinished = false

    init(_ automaton: Automaton, _ configuration: Int32) {
        self.automaton = automaton
        self.configuration = configuration
    }

    /// The vocabulary whose tokens are masked.
    var vocabulary: Vocabulary { automaton.vocabulary }

    /// The tokens that may come next; end tokens among them where the text may end.
    func allowed() -> TokenSet {
        automaton.patterns.allowance.renew()
        var set = TokenSet(words: [], capacity: vocabulary.count)
        set.words =
            isFinished
            ? [UInt64](repeating: 0, count: (vocabulary.count + 63) / 64)
            : automaton.allowed(configuration, trail)
        return set
    }

    /// Whether the text may end here.
    var canEnd: Bool { isFinished || automaton.canEnd(configuration) }

    /// Takes one byte.
    /// - Returns: whether it can follow; the cursor is useless where it cannot.
    mutating func take(_ byte: UInt8) -> Bool {
        guard !isFinished else { return false }
        automaton.patterns.allowance.renew()
        configuration = automaton.follow(configuration, byte, &trail)
        return configuration >= 0
    }

    /// The cursor after a token, or `nil` where it is masked.
    func following(_ token: Int) -> SchemaCursor? {
        guard !isFinished else { return nil }
        automaton.patterns.allowance.renew()
        var next = self
        if vocabulary.endOfTurn.contains(token) {
            guard automaton.canEnd(configuration) else { return nil }
            next.isFinished = true
            return next
        }
        if let (tag, target) = automaton.transitions.tagTransition(configuration), tag == token {
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
