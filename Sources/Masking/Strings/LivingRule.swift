/// Whether a string lives by which of its components are dead: asked once for each set of them.
final class LivingRule {
    private let test: ([Int32]) -> Bool
    private let signature: StateSignature
    private var known: [StateSignature.Value: Bool] = [:]

    /// A rule that looks at nothing but which states are dead, and at the state of the component that lists strings.
    init(listing: Int? = nil, _ test: @escaping ([Int32]) -> Bool) {
        signature = StateSignature(listing: listing)
        self.test = test
    }

    func lives(_ states: [Int32]) -> Bool {
        guard let dead = signature.value(states, { $1 == 0 }) else { return test(states) }
        if let verdict = known[dead] { return verdict }
        let verdict = test(states)
        known[dead] = verdict
        return verdict
    }
}

/// What of the components' states a verdict hangs on: a truth of each, and the whole state of one that lists strings.
struct StateSignature {
    struct Value: Hashable {
        var truths: UInt64
        var listed: Int32
    }

    /// The component that lists strings for several conditions.
    let listing: Int?

    /// `nil` for more components than are told apart.
    /// - Parameter truth: of a component's number and its state.
    @inline(__always)
    func value(_ states: [Int32], _ truth: (Int, Int32) -> Bool) -> Value? {
        guard states.count <= UInt64.bitWidth else { return nil }
        var truths: UInt64 = 0
        for index in states.indices { truths = truths << 1 | (truth(index, states[index]) ? 1 : 0) }
        return Value(truths: truths, listed: listing.map { states[$0] } ?? 0)
    }
}
