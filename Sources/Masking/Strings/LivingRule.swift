/// Whether a string lives by which of its components are dead: asked once for each set of them.
final class LivingRule {
    private let test: ([Int32]) -> Bool
    private var known: [UInt64: Bool] = [:]

    /// A rule that looks at nothing but which states are dead.
    init(_ test: @escaping ([Int32]) -> Bool) { self.test = test }

    func lives(_ states: [Int32]) -> Bool {
        guard states.count <= UInt64.bitWidth else { return test(states) }
        let dead = states.reduce(0) { $0 << 1 | ($1 == 0 ? 1 : 0) } as UInt64
        if let verdict = known[dead] { return verdict }
        let verdict = test(states)
        known[dead] = verdict
        return verdict
    }
}
