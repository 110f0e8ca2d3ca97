/// A place in a text that follows a grammar.
struct RuleCursor {
    let machine: RuleMachine
    private(set) var state: Int32
    /// Whether an end token has been taken.
    private(set) var isFinished = false

    init(_ machine: RuleMachine) {
        self.machine = machine
        state = machine.start()
    }

    var canEnd: Bool { isFinished || machine.state(state).accepts }

    func allowed() -> TokenSet {
        var set = TokenSet(capacity: machine.plan.vocabulary.count)
        guard !isFinished else { return set }
        set.words = machine.allowed(state)
        if canEnd { machine.plan.vocabulary.endOfTurn.forEach { set.insert($0) } }
        return set
    }

    /// The cursor after a byte; `nil` where it cannot follow.
    func following(byte: UInt8) -> RuleCursor? {
        guard !isFinished else { return nil }
        var next = self
        next.state = machine.step(state, byte)
        return next.state < 0 ? nil : next
    }

    /// The cursor after a token; `nil` where it is masked.
    func following(_ token: Int) -> RuleCursor? {
        guard !isFinished else { return nil }
        let isEnd = machine.plan.vocabulary.endOfTurn.contains(token)
        var next = self
        if isEnd, canEnd {
            next.isFinished = true
            return next
        }
        var written = isEnd ? RuleMachine.dead : state
        let bytes = machine.plan.vocabulary.bytes(of: token)
        if bytes.isEmpty { written = RuleMachine.dead }
        if written >= 0 {
            for byte in bytes {
                written = machine.step(written, byte)
                if written < 0 { break }
            }
        }
        next.state = machine.step(state, token: token, bytes: written)
        guard next.state >= 0 else { return nil }
        // A token that ends a turn ends it also where the grammar names it.
        next.isFinished = isEnd && machine.state(next.state).accepts
        return next
    }
}
