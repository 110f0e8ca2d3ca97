/// The keys that may come next in an object, by what it still asks for and the keys that it has.
final class KeyContexts: Placed {
    let blueprint: Blueprint
    let places: Places
    private let objects: ObjectConditions
    private let inhabitants: Inhabitants
    private var contexts: [UInt64: KeyContext] = [:]
    /// Contexts cut to the keys from which something leads to the end.
    private var foreseen: [KeyContext] = []

    init(_ blueprint: Blueprint, _ places: Places, _ conditions: Conditions) {
        self.blueprint = blueprint
        self.places = places
        objects = conditions.objects
        inhabitants = conditions.inhabitants
    }

    /// The keys that a place stands among: a key's flag is the number of a foreseen context, or 0.
    func context(of here: Configuration) -> KeyContext {
        here.place == .key ? context(here.frame, flag: here.foreseenKeys) : context(here.frame)
    }

    func context(_ frame: Int32, flag: Int32) -> KeyContext {
        flag > 0 ? foreseen[Int(flag) - 1] : context(frame)
    }

    /// Keeps a foreseen context.
    /// - Returns: its number, from 1.
    func keep(_ context: KeyContext) -> Int32 {
        foreseen.append(context)
        return Int32(foreseen.count)
    }

    /// The keys that may come next in an object.
    func context(_ frameID: Int32) -> KeyContext {
        let open = frame(frameID)
        let key = UInt64(UInt32(bitPattern: open.formula)) << 32 | UInt64(UInt32(bitPattern: open.seen))
        if let known = contexts[key] { return known }
        let members = objects.objectMembers(open.formula)
        let seen = seenKeys(open.seen)
        let slots = members.maximum.map { $0 - Int(seen.count) } ?? Int.max
        var missing = 0
        if members.maximum != nil { missing = members.required.filter { !seen.contains($0) }.count }
        let onlyRequired = slots <= missing
        var lastInOrder = -1
        if options.keyOrder == .schema {
            for key in seen.keys { lastInOrder = max(lastInOrder, members.shape.order[key] ?? -1) }
        }
        var allowed = [Bool](repeating: false, count: members.shape.keys.count)
        if slots > 0 {
            for (rank, key) in members.shape.keys.enumerated() where !seen.contains(key) {
                if onlyRequired, !members.required.contains(key) { continue }
                if options.keyOrder == .schema, !comesInOrder(key, after: lastInOrder, members, seen) {
                    continue
                }
                allowed[rank] = objects.namedMember(members, rank, inhabitants) != nil
            }
        }
        var others = objects.allowsOthers(members, inhabitants) && slots > 0 && !onlyRequired
        if others, options.keyOrder == .schema, members.required.contains(where: { !seen.contains($0) }) {
            others = false
        }
        let context = KeyContext(members: members, seen: open.seen, allowed: allowed, allowsOthers: others)
        contexts[key] = context
        return context
    }

    private func comesInOrder(_ key: Int32, after last: Int, _ members: ObjectMembers, _ seen: SeenKeys)
        -> Bool
    {
        let position = members.shape.order[key] ?? 0
        if position < last { return false }
        return !members.required.contains {
            (members.shape.order[$0] ?? 0) < position && !seen.contains($0)
        }
    }
}
