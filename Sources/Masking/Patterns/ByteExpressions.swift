/// Regular expressions over bytes, hash-consed: equal expressions have equal IDs.
///
/// Besides the usual operators there are intersection, complement and counted repetition, which derivatives
/// (Brzozowski 1964; Owens, Reppy and Turon 2009) handle without expanding them. Constructors simplify, so
/// that repeated derivatives reach finitely many expressions.
struct ByteExpressions {
    typealias ID = Int32

    /// The shape of one expression.
    enum Node: Hashable {
        case never
        case empty
        case bytes(ByteSet)
        case sequence(ID, ID)
        case choice([ID])
        case both([ID])
        case complement(ID)
        /// Between the bounds times; an upper bound of -1 is none.
        case times(ID, Int32, Int32)
    }

    /// What is known of one expression, from its shape and what is known of its parts.
    struct Facts {
        /// Whether it matches the empty string.
        var isNullable = false
        /// Whether intersection or complement occurs inside, so that an expression other than `never` may match nothing.
        var mayBeVoid = false
        /// Whether a counted repetition occurs inside: only such expressions are worth comparing with their like.
        var repeats = false
        /// Whether a repetition whose counts leave room occurs inside: of two without any, neither covers the other.
        var isElastic = false
        /// What is left of an expression without the counts of its repetitions: one covers another only where both have
        /// the same skeleton.
        var skeleton: Int
    }

    static let never: ID = 0
    static let empty: ID = 1
    /// Every byte string.
    static let anything: ID = 2

    private(set) var nodes: [Node] = []
    private(set) var facts: [Facts] = []
    private var ids: [Node: ID] = [:]
    private var derivatives: [UInt64: ID] = [:]
    /// What derivatives have cost so far: the expressions derived and the parts that they came to.
    private(set) var work = 0

    init() {
        _ = intern(.never)
        _ = intern(.empty)
        _ = intern(.complement(ByteExpressions.never))
    }

    private mutating func intern(_ node: Node) -> ID {
        if let id = ids[node] { return id }
        let id = ID(nodes.count)
        nodes.append(node)
        ids[node] = id
        facts.append(facts(of: node, id))
        return id
    }

    private func facts(of node: Node, _ id: ID) -> Facts {
        func mixed(_ first: Int, _ second: Int) -> Int {
            let value = (first &* 0x9E37_79B9 &+ second) &* 0xFF51_AFD7
            return value ^ value >> 29
        }
        switch node {
        case .never, .bytes: return Facts(skeleton: Int(id))
        case .empty: return Facts(isNullable: true, skeleton: Int(id))
        case .sequence(let a, let b):
            let first = facts[Int(a)]
            let second = facts[Int(b)]
            // A count and then anything covers every higher count and then anything.
            var isOpen = false
            if b == ByteExpressions.anything, case .times = nodes[Int(a)] { isOpen = true }
            return Facts(
                isNullable: first.isNullable && second.isNullable,
                mayBeVoid: first.mayBeVoid || second.mayBeVoid, repeats: first.repeats || second.repeats,
                isElastic: isOpen || first.isElastic || second.isElastic,
                skeleton: mixed(first.skeleton, second.skeleton))
        case .choice(let parts):
            return Facts(
                isNullable: parts.contains { facts[Int($0)].isNullable },
                mayBeVoid: parts.contains { facts[Int($0)].mayBeVoid },
                repeats: parts.contains { facts[Int($0)].repeats }, skeleton: Int(id))
        case .both(let parts):
            return Facts(
                isNullable: parts.allSatisfy { facts[Int($0)].isNullable }, mayBeVoid: true,
                repeats: parts.contains { facts[Int($0)].repeats }, skeleton: Int(id))
        case .complement(let part):
            let inner = facts[Int(part)]
            return Facts(
                isNullable: !inner.isNullable, mayBeVoid: part != ByteExpressions.never,
                repeats: inner.repeats, skeleton: Int(id))
        case .times(let part, let low, let high):
            let inner = facts[Int(part)]
            return Facts(
                isNullable: low == 0 || inner.isNullable, mayBeVoid: inner.mayBeVoid, repeats: true,
                isElastic: low != high, skeleton: mixed(-2, Int(part)))
        }
    }

    /// Whether repetitions with counts, intersections or complements occur inside.
    func mayGrow(_ id: ID) -> Bool { facts[Int(id)].repeats || facts[Int(id)].mayBeVoid }

    /// One byte of a set.
    mutating func bytes(_ set: ByteSet) -> ID {
        set.isEmpty ? ByteExpressions.never : intern(.bytes(set))
    }

    /// One expression after another.
    mutating func sequence(_ first: ID, _ second: ID) -> ID {
        if first == ByteExpressions.never || second == ByteExpressions.never { return ByteExpressions.never }
        if first == ByteExpressions.empty { return second }
        if second == ByteExpressions.empty { return first }
        if case .sequence(let head, let tail) = nodes[Int(first)] {
            return sequence(head, sequence(tail, second))
        }
        return intern(.sequence(first, second))
    }

    /// The bytes one after another.
    mutating func literal(_ text: some Sequence<UInt8>) -> ID {
        var result = ByteExpressions.empty
        for byte in text.reversed() { result = sequence(bytes(ByteSet(byte...byte)), result) }
        return result
    }

    /// Any of the expressions.
    mutating func choice(_ parts: [ID]) -> ID {
        if parts.count == 2 {
            // Most derivatives of a choice leave one side.
            if parts[0] == ByteExpressions.never || parts[0] == parts[1] { return parts[1] }
            if parts[1] == ByteExpressions.never { return parts[0] }
            if let pair = choiceOfTwo(parts[0], parts[1]) { return pair }
        }
        var flat: [ID] = []
        var single = ByteSet()
        var stack = parts
        while let part = stack.popLast() {
            switch nodes[Int(part)] {
            case .never: break
            case .choice(let inner): stack.append(contentsOf: inner)
            case .bytes(let set): single.formUnion(set)
            default:
                if part == ByteExpressions.anything { return part }
                flat.append(part)
            }
        }
        if !single.isEmpty { flat.append(intern(.bytes(single))) }
        work += flat.count
        flat = ByteExpressions.sorted(flat)
        if flat.count > 1, flat[0] == ByteExpressions.empty,
            flat.contains(where: { $0 != ByteExpressions.empty && facts[Int($0)].isNullable })
        {
            flat.removeFirst()
        }
        let open = withoutCovered(flat)
        guard open.count > 1 else { return open.first ?? ByteExpressions.never }
        return intern(.choice(open))
    }

    /// In ascending order, each once.
    private static func sorted(_ parts: [ID]) -> [ID] {
        if parts.count < 2 { return parts }
        var result = parts.sorted()
        var kept = 1
        for index in 1..<result.count where result[index] != result[kept - 1] {
            result[kept] = result[index]
            kept += 1
        }
        result.removeLast(result.count - kept)
        return result
    }

    /// A choice of two different expressions that need no merging; `nil` where they do.
    private mutating func choiceOfTwo(_ a: ID, _ b: ID) -> ID? {
        for part in [a, b] {
            switch nodes[Int(part)] {
            case .choice, .bytes: return nil
            default: if part == ByteExpressions.anything { return part }
            }
        }
        if a == ByteExpressions.empty, facts[Int(b)].isNullable { return b }
        if b == ByteExpressions.empty, facts[Int(a)].isNullable { return a }
        if facts[Int(a)].repeats, facts[Int(b)].repeats {
            if covers(a, b, 6) { return a }
            if covers(b, a, 6) { return b }
        }
        return intern(.choice([min(a, b), max(a, b)]))
    }

    /// The parts that no other part contains, in ascending order as they came: without this, nested counted repetitions
    /// derive to ever more parts.
    private mutating func withoutCovered(_ parts: [ID]) -> [ID] {
        // Different parts cover each other only by the counts of repetitions in them.
        var counted = parts.filter { facts[Int($0)].repeats }
        guard counted.count > 1, counted.count <= 256 else { return parts }
        counted.sort { (facts[Int($0)].skeleton, $0) < (facts[Int($1)].skeleton, $1) }
        var covered: [ID] = []
        var first = 0
        while first < counted.count {
            let skeleton = facts[Int(counted[first])].skeleton
            var end = first + 1
            while end < counted.count, facts[Int(counted[end])].skeleton == skeleton { end += 1 }
            let alike = counted[first..<end]
            first = end
            guard alike.count > 1, alike.contains(where: { facts[Int($0)].isElastic }) else { continue }
            var kept: [ID] = []
            for part in alike {
                work += kept.count / 8
                if kept.contains(where: { covers($0, part, 6) }) {
                    covered.append(part)
                    continue
                }
                kept.removeAll { other in
                    guard covers(part, other, 6) else { return false }
                    covered.append(other)
                    return true
                }
                kept.append(part)
            }
        }
        return covered.isEmpty ? parts : parts.filter { !covered.contains($0) }
    }

    /// Whether one expression plainly matches all that another does, by the counts of its repetitions.
    private func covers(_ wide: ID, _ narrow: ID, _ depth: Int) -> Bool {
        if wide == narrow { return true }
        if depth == 0 { return false }
        switch (nodes[Int(wide)], nodes[Int(narrow)]) {
        case (.times(let a, let low, let high), .times(let b, let otherLow, let otherHigh)):
            return a == b && low <= otherLow && (high < 0 || otherHigh >= 0 && otherHigh <= high)
        case (.sequence(let a, let b), .sequence(let c, let d)):
            if b == ByteExpressions.anything, d == b, case .times(let part, let low, _) = nodes[Int(a)],
                case .times(let other, let otherLow, _) = nodes[Int(c)], part == other, low <= otherLow
            {
                return true
            }
            return covers(a, c, depth - 1) && covers(b, d, depth - 1)
        default: return false
        }
    }

    /// All of the expressions at once.
    mutating func both(_ parts: [ID]) -> ID {
        var flat: [ID] = []
        var stack = parts
        while let part = stack.popLast() {
            switch nodes[Int(part)] {
            case .never: return ByteExpressions.never
            case .both(let inner): stack.append(contentsOf: inner)
            default: if part != ByteExpressions.anything { flat.append(part) }
            }
        }
        work += flat.count
        flat = ByteExpressions.sorted(flat)
        guard let least = flat.first else { return ByteExpressions.anything }
        if least == ByteExpressions.empty {
            return flat.allSatisfy { facts[Int($0)].isNullable }
                ? ByteExpressions.empty : ByteExpressions.never
        }
        return flat.count == 1 ? least : intern(.both(flat))
    }

    /// Every byte string that the expression does not match.
    mutating func complement(_ part: ID) -> ID {
        if case .complement(let inner) = nodes[Int(part)] { return inner }
        return intern(.complement(part))
    }

    /// An expression repeated between `low` and `high` times (`nil`: no bound).
    mutating func times(_ part: ID, _ low: Int, _ high: Int?) -> ID {
        if let high, high < low { return ByteExpressions.never }
        if high == 0 || part == ByteExpressions.empty { return ByteExpressions.empty }
        if part == ByteExpressions.never { return low == 0 ? ByteExpressions.empty : ByteExpressions.never }
        if low == 1, high == 1 { return part }
        if part == ByteExpressions.anything { return part }
        if case .times(_, 0, -1) = nodes[Int(part)] { return part }
        // A part that may be empty makes every smaller count reachable.
        let least = facts[Int(part)].isNullable ? 0 : Int32(clamping: low)
        return intern(.times(part, least, high.map { Int32(clamping: $0) } ?? -1))
    }

    /// What may follow `byte` in the expression's language.
    mutating func derivative(_ id: ID, _ byte: UInt8) -> ID {
        switch nodes[Int(id)] {
        case .never, .empty: return ByteExpressions.never
        case .bytes(let set): return set.contains(byte) ? ByteExpressions.empty : ByteExpressions.never
        default: break
        }
        if id == ByteExpressions.anything { return id }
        let key = UInt64(UInt32(bitPattern: id)) << 8 | UInt64(byte)
        if let known = derivatives[key] { return known }
        work += 1
        let result: ID
        switch nodes[Int(id)] {
        case .never, .empty, .bytes: result = ByteExpressions.never
        case .sequence(let first, let second):
            let stepped = sequence(derivative(first, byte), second)
            result =
                facts[Int(first)].isNullable ? choice([stepped, derivative(second, byte)]) : stepped
        case .choice(let parts): result = choice(parts.map { derivative($0, byte) })
        case .both(let parts): result = both(parts.map { derivative($0, byte) })
        case .complement(let part): result = complement(derivative(part, byte))
        case .times(let part, let low, let high):
            let rest = times(part, Int(max(0, low - 1)), high < 0 ? nil : Int(high - 1))
            result = sequence(derivative(part, byte), rest)
        }
        derivatives[key] = result
        return result
    }

    /// Whether an expression begins with anything at all, so that whatever comes it can still match: what the
    /// derivatives of a pattern without `^` look like.
    func isOpen(_ id: ID, depth: Int = 4) -> Bool {
        if id == ByteExpressions.anything { return true }
        guard depth > 0 else { return false }
        switch nodes[Int(id)] {
        case .sequence(let first, let second):
            return isOpen(first, depth: depth - 1) && second != ByteExpressions.never
                && !facts[Int(second)].mayBeVoid
        case .choice(let parts): return parts.contains { isOpen($0, depth: depth - 1) }
        default: return false
        }
    }

    /// The byte sets that occur in an expression: bytes in the same of them behave alike.
    func byteSets(in id: ID) -> [ByteSet] {
        var seen: Set<ID> = [id]
        var stack = [id]
        var sets: Set<ByteSet> = []
        func push(_ part: ID) {
            if seen.insert(part).inserted { stack.append(part) }
        }
        while let next = stack.popLast() {
            switch nodes[Int(next)] {
            case .never, .empty: break
            case .bytes(let set): sets.insert(set)
            case .sequence(let a, let b):
                push(a)
                push(b)
            case .choice(let parts), .both(let parts): parts.forEach(push)
            case .complement(let part), .times(let part, _, _): push(part)
            }
        }
        return Array(sets)
    }
}
