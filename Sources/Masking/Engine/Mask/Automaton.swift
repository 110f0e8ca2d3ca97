/// A grammar's automaton: what may follow, whether it can be completed, and the masks that come of it.
final class Automaton: Conditioned {
    let transitions: Transitions
    let foresight: Foresight
    private var masks: [Int32: [UInt64]] = [:]
    /// When the masks were made, in the revisions of the machines inside strings.
    private var revision = 0
    private var textRows: [Int32: [Int32]] = [:]

    init(_ blueprint: Blueprint) {
        transitions = Transitions(blueprint)
        foresight = Foresight(transitions)
        ListedValues(blueprint, transitions.numbers).narrow()
    }

    var blueprint: Blueprint { transitions.blueprint }
    var places: Places { transitions.places }
    var conditions: Conditions { transitions.conditions }

    /// The configuration after one byte, with what only the text decides looked up in the trail.
    func follow(_ id: Int32, _ byte: UInt8, _ trail: inout Trail) -> Int32 {
        var target = transitions.step(id, byte)
        if !readsText || target < 0 { return foresight.foreseen(id, byte, target) }
        trail.bytes.append(byte)
        target = foresight.foreseen(id, byte, transitions.settle(target, byte, trail))
        if target < 0 { return target }
        transitions.keepStarts(&trail, transitions.depth(target))
        return target
    }

    /// Whether the text may end in that configuration.
    func canEnd(_ id: Int32) -> Bool { transitions.canEnd(id) }

    /// The tokens that may follow a configuration, remembered where they depend on nothing else.
    func allowed(_ id: Int32, _ trail: Trail) -> [UInt64] {
        if revision != patterns.budget.revision {
            masks.removeAll(keepingCapacity: true)
            revision = patterns.budget.revision
        }
        if let known = masks[id] { return known }
        var walk = MaskWalk(self, trail: trail)
        walk.run(id)
        if !walk.readText { remember(walk.words, for: id) }
        return walk.words
    }

    /// Forgets masks when they have grown beyond their share of memory.
    private func remember(_ words: [UInt64], for id: Int32) {
        if masks.count >= 1_200 { masks.removeAll(keepingCapacity: true) }
        masks[id] = words
    }

    /// A transition inside free text, kept in a table: the whole vocabulary is walked there.
    func textStep(_ id: Int32, _ byte: UInt8) -> Int32 {
        if let row = textRows[id] { return row[Int(byte)] }
        let row = (0..<256).map { transitions.compute(id, UInt8($0)) }
        textRows[id] = row
        return row[Int(byte)]
    }
}
