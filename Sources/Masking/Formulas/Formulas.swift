/// One condition on a value whose truth is not known yet.
enum Leaf: Hashable {
    /// The value to come satisfies a schema.
    case schema(Int32)
    /// A formula over the enclosing value's leaves; opaque while the inner value is written.
    case outer(Int32)
    /// The object keywords of a schema hold.
    case object(Int32)
    /// The array keywords of a schema hold; so many items have matched `contains`.
    case array(Int32, Int32)
    /// A string keyword of a schema holds.
    case string(Int32, StringKeyword)
    /// The number keywords of a schema hold.
    case number(Int32)
    /// The object has this key (an ID of the graph's key table).
    case key(Int32)
    /// A keyword that only the closed value's text can decide.
    case check(Int32, CheckedKeyword)
}

extension Leaf {
    /// The same condition, asked of the closed text; `nil` for one that is known by then or no string's.
    var onClosedText: Leaf? {
        switch self {
        case .string(let schema, .pattern): .check(schema, .pattern)
        case .string(let schema, .format): .check(schema, .format)
        default: nil
        }
    }
}

/// The keywords that a string is held against, each on its own.
enum StringKeyword: UInt8, Hashable {
    case length, pattern, format, values
}

/// Keywords that are decided on the text of a closed value.
enum CheckedKeyword: UInt8, Hashable {
    case uniqueItems, pattern, format, unevaluatedItems, unevaluatedProperties
}

/// Boolean formulas over leaves, hash-consed and simplified: equal formulas have equal IDs.
final class Formulas {
    typealias ID = Int32

    enum Node: Hashable {
        case constant(Bool)
        case leaf(Leaf)
        case not(ID)
        case all([ID])
        case any([ID])
        /// Exactly one holds.
        case one([ID])
    }

    static let no: ID = 0
    static let yes: ID = 1

    private(set) var nodes: [Node] = []
    private var ids: [Node: ID] = [:]
    private var leaves: [[Leaf]?] = []
    private var leavesOutFalse = false
    /// By formula: whether all its leaves are opaque.
    private var isOpaque: [Bool] = []

    init() {
        _ = intern(.constant(false))
        _ = intern(.constant(true))
    }

    private func intern(_ node: Node) -> ID {
        if let id = ids[node] { return id }
        let id = ID(nodes.count)
        nodes.append(node)
        leaves.append(nil)
        switch node {
        case .constant: isOpaque.append(false)
        case .leaf(.outer): isOpaque.append(true)
        case .leaf: isOpaque.append(false)
        case .not(let part): isOpaque.append(isOpaque[Int(part)])
        case .all(let parts), .any(let parts), .one(let parts):
            isOpaque.append(parts.allSatisfy { isOpaque[Int($0)] })
        }
        ids[node] = id
        return id
    }

    func leaf(_ leaf: Leaf) -> ID { intern(.leaf(leaf)) }

    func not(_ part: ID) -> ID {
        switch nodes[Int(part)] {
        case .constant(let value): return value ? Formulas.no : Formulas.yes
        case .not(let inner): return inner
        case .all(let parts): return any(parts.map { not($0) })
        case .any(let parts): return all(parts.map { not($0) })
        default: return intern(.not(part))
        }
    }

    func all(_ a: ID, _ b: ID) -> ID {
        if a == Formulas.yes || a == b { return b }
        if b == Formulas.yes { return a }
        if a == Formulas.no || b == Formulas.no { return Formulas.no }
        return all([a, b])
    }

    func all(_ parts: [ID]) -> ID {
        var flat: [ID] = []
        for part in parts {
            if part == Formulas.no { return part }
            if part == Formulas.yes { continue }
            if case .all(let inner) = nodes[Int(part)] {
                flat.append(contentsOf: inner)
            } else {
                flat.append(part)
            }
        }
        if flat.count < 2 { return flat.first ?? Formulas.yes }
        let unique = sortedUnique(flat)
        if hasContradiction(unique) { return Formulas.no }
        return unique.count == 1 ? unique[0] : intern(.all(unique))
    }

    func any(_ parts: [ID]) -> ID {
        var flat: [ID] = []
        for part in parts {
            if part == Formulas.yes { return part }
            if part == Formulas.no { continue }
            if case .any(let inner) = nodes[Int(part)] {
                flat.append(contentsOf: inner)
            } else {
                flat.append(part)
            }
        }
        if flat.count < 2 { return flat.first ?? Formulas.no }
        let unique = sortedUnique(flat)
        if hasContradiction(unique) { return Formulas.yes }
        return unique.count == 1 ? unique[0] : intern(.any(unique))
    }

    /// Exactly one of the parts.
    func one(_ parts: [ID]) -> ID {
        let open = parts.filter { $0 != Formulas.no }
        let certain = open.filter { $0 == Formulas.yes }.count
        if certain > 1 { return Formulas.no }
        let rest = open.filter { $0 != Formulas.yes }
        if certain == 1 { return all(rest.map { not($0) }) }
        if rest.count < 2 { return rest.first ?? Formulas.no }
        return intern(.one(rest.sorted()))
    }

    private func sortedUnique(_ parts: [ID]) -> [ID] {
        var result: [ID] = []
        for part in parts.sorted() where result.last != part { result.append(part) }
        return result
    }

    private func hasContradiction(_ parts: [ID]) -> Bool {
        for part in parts {
            if case .not(let inner) = nodes[Int(part)], parts.contains(inner) { return true }
        }
        return false
    }

    /// The formula with every leaf replaced.
    func substitute(_ id: ID, _ replacement: (Formulas, Leaf, ID) -> ID) -> ID {
        if id <= Formulas.yes { return id }
        if case .leaf(let leaf) = nodes[Int(id)] { return replacement(self, leaf, id) }
        var known: [ID: ID] = [:]
        return substitute(id, &known, replacement)
    }

    private func substitute(
        _ id: ID, _ known: inout [ID: ID], _ replacement: (Formulas, Leaf, ID) -> ID
    ) -> ID {
        if let done = known[id] { return done }
        let result: ID
        switch nodes[Int(id)] {
        case .constant: return id
        case .leaf(let leaf): result = replacement(self, leaf, id)
        case .not(let part):
            let inner = substitute(part, &known, replacement)
            result = not(inner)
        case .all(let parts):
            var mapped: [ID] = []
            var dead = false
            for part in parts {
                let next = substitute(part, &known, replacement)
                if next == Formulas.no {
                    dead = true
                    break
                }
                mapped.append(next)
            }
            result = dead ? Formulas.no : all(mapped)
        case .any(let parts):
            var mapped: [ID] = []
            for part in parts { mapped.append(substitute(part, &known, replacement)) }
            result = any(mapped)
        case .one(let parts):
            var mapped: [ID] = []
            for part in parts { mapped.append(substitute(part, &known, replacement)) }
            result = one(mapped)
        }
        known[id] = result
        return result
    }

    /// The parts of a conjunction.
    func conjuncts(_ id: ID) -> [ID] {
        switch nodes[Int(id)] {
        case .all(let parts): parts
        case .constant(true): []
        default: [id]
        }
    }

    /// The distinct leaves of a formula, in no particular order.
    func leaves(of id: ID) -> [Leaf] {
        if let known = leaves[Int(id)] { return known }
        var seen: Set<ID> = [id]
        var stack = [id]
        var found: [Leaf] = []
        while let next = stack.popLast() {
            switch nodes[Int(next)] {
            case .constant: break
            case .leaf(let leaf): found.append(leaf)
            case .not(let part): if seen.insert(part).inserted { stack.append(part) }
            case .all(let parts), .any(let parts), .one(let parts):
                for part in parts where seen.insert(part).inserted { stack.append(part) }
            }
        }
        leaves[Int(id)] = found
        return found
    }

    /// Truth with unknown leaves (`nil`): false, true or unknown.
    func evaluate(_ id: ID, _ truth: (Leaf) -> Bool?) -> Bool? {
        switch nodes[Int(id)] {
        case .constant(let value): return value
        case .leaf(let leaf): return truth(leaf)
        case .not(let part): return evaluate(part, truth).map { !$0 }
        case .all(let parts):
            var verdict: Bool? = true
            for part in parts {
                switch evaluate(part, truth) {
                case false: return false
                case nil: verdict = nil
                default: break
                }
            }
            return verdict
        case .any(let parts):
            var verdict: Bool? = false
            for part in parts {
                switch evaluate(part, truth) {
                case true: return true
                case nil: verdict = nil
                default: break
                }
            }
            return verdict
        case .one(let parts):
            var certain = 0
            var open = 0
            for part in parts {
                switch evaluate(part, truth) {
                case true: certain += 1
                case nil: open += 1
                default: break
                }
            }
            if certain > 1 { return false }
            if open == 0 { return certain == 1 }
            return nil
        }
    }

    /// The ways to make a formula true, each a list of leaves with the truth they need; `nil` when there are more
    /// than `limit`.
    ///
    /// Conditions on enclosing values, which may turn out either way, are left out.
    /// - Parameter onlyHolding: whether leaves that must not hold are left out.
    func branches(_ id: ID, limit: Int, onlyHolding: Bool = false) -> [[(leaf: Leaf, holds: Bool)]]? {
        leavesOutFalse = onlyHolding
        return expand(id, true, limit)
    }

    private func expand(_ id: ID, _ holds: Bool, _ limit: Int) -> [[(leaf: Leaf, holds: Bool)]]? {
        if isOpaque[Int(id)] { return [[]] }
        switch (nodes[Int(id)], holds) {
        case (.constant(let value), _): return value == holds ? [[]] : []
        case (.leaf(let leaf), _): return !holds && leavesOutFalse ? [[]] : [[(leaf, holds)]]
        case (.not(let part), _): return expand(part, !holds, limit)
        case (.all(let parts), true), (.any(let parts), false):
            return product(parts.map { ($0, holds) }, limit)
        case (.any(let parts), true), (.all(let parts), false):
            return sum(parts.map { [($0, holds)] }, limit)
        case (.one(let parts), true):
            return sum(
                parts.indices.map { chosen in parts.indices.map { (parts[$0], $0 == chosen) } }, limit)
        case (.one(let parts), false):
            var ways = [parts.map { ($0, false) }]
            for first in parts.indices {
                for second in parts.indices where second > first {
                    ways.append([(parts[first], true), (parts[second], true)])
                    if ways.count > limit { return nil }
                }
            }
            return sum(ways, limit)
        }
    }

    private func sum(_ ways: [[(ID, Bool)]], _ limit: Int) -> [[(leaf: Leaf, holds: Bool)]]? {
        var result: [[(leaf: Leaf, holds: Bool)]] = []
        for way in ways {
            guard let branches = product(way, limit) else { return nil }
            result.append(contentsOf: branches)
            if result.count > limit { return nil }
        }
        return result
    }

    private func product(_ factors: [(ID, Bool)], _ limit: Int) -> [[(leaf: Leaf, holds: Bool)]]? {
        var result: [[(leaf: Leaf, holds: Bool)]] = [[]]
        for (id, holds) in factors {
            guard let branches = expand(id, holds, limit) else { return nil }
            if result.count * branches.count > limit { return nil }
            if branches.count == 1 {
                if !branches[0].isEmpty {
                    for index in result.indices { result[index].append(contentsOf: branches[0]) }
                }
                continue
            }
            result = result.flatMap { head in branches.map { head + $0 } }
        }
        return result
    }
}
