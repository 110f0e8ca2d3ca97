/// A deterministic automaton over bytes, built lazily from one expression: a state is a derivative.
///
/// State 0 is dead, state 1 the start, and state 2 that of a string which is no longer followed. Bytes that no set of the
/// expression tells apart share a column.
final class PatternAutomaton {
    static let dead: Int32 = 0
    static let start: Int32 = 1
    /// Lets everything through; the closed text is asked instead.
    static let unfollowed: Int32 = 2

    private var expressions: ByteExpressions
    private var expressionOf: [ByteExpressions.ID] = []
    private var stateOf: [ByteExpressions.ID: Int32] = [:]
    private var rows: ContiguousArray<Int32> = []
    private(set) var accepts: [Bool] = []
    private let classes: ByteClasses
    private var facts = Facts()
    private var matches = Matches()

    /// What has been found out about each state.
    private struct Facts {
        /// Whether nothing can kill it, and whether it accepts whatever comes: 1, 0 or -1 for not asked.
        var universal: [Int8] = []
        var exhaustive: [Int8] = []
        /// The least characters to an end; -1 for none, -2 for not asked.
        var shortest: [Int32] = []
        var slacks: [Int32: Int] = [:]

        mutating func add(isDead: Bool) {
            universal.append(isDead ? 0 : -1)
            exhaustive.append(isDead ? 0 : -1)
            shortest.append(isDead ? -1 : -2)
        }

        /// Nothing kills such a string, and what it comes to is not known.
        mutating func addUnfollowed() {
            universal.append(1)
            exhaustive.append(0)
            shortest.append(0)
        }
    }

    /// What is known of expressions that match something.
    private struct Matches {
        /// Expressions that are known, or taken, to match something.
        var alive: Set<ByteExpressions.ID> = []
        /// The latest byte strings that have led an expression to a match.
        private(set) var endings: [[UInt8]] = []
        private static let endingLimit = 6
        private static let longestEnding = 12

        mutating func keep(ending: [UInt8]) {
            guard ending.count <= Matches.longestEnding else { return }
            if endings.count >= Matches.endingLimit { endings.removeFirst() }
            endings.append(ending)
        }
    }

    /// Column of each byte.
    var classOf: [UInt8] { classes.of }
    /// Whether one state may have grown beyond use: too many states.
    static let stateLimit = 60_000
    private static let smallSize = 300
    /// States looked at to find out whether nothing can kill one.
    private static let universalLimit = 24
    /// What one search among the states may cost, in ``work``.
    private static let searchWork = 1_500
    /// A slack that was not found out.
    static let unknownSlack = 1 << 20

    /// An automaton of an expression built in `expressions`.
    init(_ root: ByteExpressions.ID, in expressions: ByteExpressions) {
        self.expressions = expressions
        classes = ByteClasses(expressions.byteSets(in: root))
        _ = state(of: ByteExpressions.never)
        _ = state(of: normalised(root))
        if expressionOf.count == 1 {
            // The expression matches nothing: the start is dead as well.
            expressionOf.append(ByteExpressions.never)
            accepts.append(false)
            rows.append(contentsOf: repeatElement(PatternAutomaton.dead, count: classes.count))
            facts.add(isDead: true)
        }
        addUnfollowed()
    }

    private func addUnfollowed() {
        expressionOf.append(ByteExpressions.anything)
        accepts.append(true)
        rows.append(contentsOf: repeatElement(PatternAutomaton.unfollowed, count: classes.count))
        facts.addUnfollowed()
        facts.slacks[PatternAutomaton.unfollowed] = 0
    }

    /// The number of states built so far.
    var count: Int { accepts.count }

    /// Whether it makes no more states: what it says of a text may be wrong then.
    var isFull: Bool { count > PatternAutomaton.stateLimit }

    /// What making its states has cost so far.
    var work: Int { expressions.work }

    /// Whether counts, look-ahead or complements can make it large.
    var mayGrow: Bool { expressions.mayGrow(expressionOf[Int(PatternAutomaton.start)]) }

    /// Whether no string at all is accepted.
    var isVoid: Bool { expressionOf[1] == ByteExpressions.never }

    private func state(of expression: ByteExpressions.ID) -> Int32 {
        if let state = stateOf[expression] { return state }
        let state = Int32(expressionOf.count)
        stateOf[expression] = state
        expressionOf.append(expression)
        accepts.append(expressions.facts[Int(expression)].isNullable)
        rows.append(contentsOf: repeatElement(-1, count: classes.count))
        facts.add(isDead: false)
        return state
    }

    /// `never` for an expression that matches nothing though it does not look so.
    private func normalised(_ expression: ByteExpressions.ID) -> ByteExpressions.ID {
        if expression == ByteExpressions.never || !expressions.facts[Int(expression)].mayBeVoid {
            return expression
        }
        if stateOf[expression] != nil || matches.alive.contains(expression) { return expression }
        // What completed an earlier expression often completes its neighbours.
        if matches.endings.contains(where: { completes(expression, $0) }) {
            matches.alive.insert(expression)
            return expression
        }
        var cameFrom: [ByteExpressions.ID: (before: ByteExpressions.ID, byte: UInt8)] = [:]
        var stack = [expression]
        let begun = work
        // All that lies on the way to a match can match as well, and need not be asked again.
        func remember(_ end: ByteExpressions.ID, asEnding: Bool) {
            var next = end
            var ending: [UInt8] = []
            matches.alive.insert(end)
            while next != expression, let (before, byte) = cameFrom[next] {
                matches.alive.insert(before)
                ending.append(byte)
                next = before
            }
            if asEnding { matches.keep(ending: ending.reversed()) }
        }
        while let next = stack.popLast() {
            if expressions.facts[Int(next)].isNullable || !expressions.facts[Int(next)].mayBeVoid
                || matches.alive.contains(next)
            {
                remember(next, asEnding: true)
                return expression
            }
            // A search that has not ended soon is taken as alive: the closing quote decides then.
            if cameFrom.count > 400 || work - begun > PatternAutomaton.searchWork {
                remember(next, asEnding: false)
                return expression
            }
            // Backwards, so that ASCII is tried before characters of several bytes.
            for byte in classes.representatives.reversed() {
                let after = expressions.derivative(next, byte)
                if after != ByteExpressions.never, after != expression, cameFrom[after] == nil {
                    cameFrom[after] = (next, byte)
                    stack.append(after)
                }
            }
        }
        return ByteExpressions.never
    }

    /// Whether the bytes lead an expression to one that surely matches something.
    private func completes(_ expression: ByteExpressions.ID, _ ending: [UInt8]) -> Bool {
        var next = expression
        for byte in ending {
            if matches.alive.contains(next) { return true }
            next = expressions.derivative(next, byte)
            if next == ByteExpressions.never { return false }
        }
        return expressions.facts[Int(next)].isNullable || !expressions.facts[Int(next)].mayBeVoid
            || matches.alive.contains(next)
    }

    /// The state after one more byte; ``dead`` when no accepted string goes on so.
    @inline(__always)
    func step(_ state: Int32, _ byte: UInt8) -> Int32 {
        let known = rows[Int(state) * classes.count + Int(classes.of[Int(byte)])]
        return known >= 0 ? known : compute(state, byte)
    }

    private func compute(_ state: Int32, _ byte: UInt8) -> Int32 {
        if isFull { return PatternAutomaton.dead }
        let column = Int(classes.of[Int(byte)])
        let next = self.state(
            of: normalised(expressions.derivative(expressionOf[Int(state)], classes.representatives[column])))
        rows[Int(state) * classes.count + column] = next
        return next
    }

    /// The state after all the bytes.
    func run(_ state: Int32 = start, _ bytes: some Sequence<UInt8>) -> Int32 {
        var state = state
        for byte in bytes { state = step(state, byte) }
        return state
    }

    /// Whether every continuation by whole characters stays alive; false where that is not found out soon.
    func isUniversal(_ state: Int32) -> Bool {
        if isOpen(state) { return true }
        if facts.universal[Int(state)] == 0 { return false }
        var seen: Set<Int32> = [state]
        var stack = [state]
        var verdict = true
        search: while let next = stack.popLast() {
            if isOpen(next) { continue }
            for shape in classes.shapes {
                for end in ends(of: next, shape) {
                    if end == PatternAutomaton.dead || facts.universal[Int(end)] == 0 {
                        verdict = false
                        break search
                    }
                    if seen.insert(end).inserted { stack.append(end) }
                }
            }
            if seen.count > PatternAutomaton.universalLimit {
                // Too large to say; nor is it worth asking again from any of these.
                for other in seen where !isOpen(other) { facts.universal[Int(other)] = 0 }
                verdict = false
                break
            }
        }
        facts.universal[Int(state)] = verdict ? 1 : 0
        if verdict { for other in seen { facts.universal[Int(other)] = 1 } }
        return verdict
    }

    /// Whether a state is known to live whatever comes, or looks so.
    private func isOpen(_ state: Int32) -> Bool {
        if facts.universal[Int(state)] >= 0 { return facts.universal[Int(state)] == 1 }
        guard expressions.isOpen(expressionOf[Int(state)]) else { return false }
        facts.universal[Int(state)] = 1
        return true
    }

    /// Whether every continuation by whole characters is accepted; false where that is not found out soon.
    ///
    /// More than ``isUniversal(_:)``: a pattern without anchors lives whatever comes, and accepts only once it has matched.
    func acceptsEverything(_ state: Int32) -> Bool {
        if facts.exhaustive[Int(state)] >= 0 { return facts.exhaustive[Int(state)] == 1 }
        let verdict =
            expressionOf[Int(state)] == ByteExpressions.anything
            || accepts[Int(state)] && isUniversal(state) && everyEnd(of: state) { accepts[Int($0)] }
        facts.exhaustive[Int(state)] = verdict ? 1 : 0
        return verdict
    }

    /// Whether a condition holds wherever whole characters lead from a state; false where there are many such places.
    private func everyEnd(of state: Int32, _ holds: (Int32) -> Bool) -> Bool {
        var seen: Set<Int32> = [state]
        var stack = [state]
        while let next = stack.popLast() {
            if !holds(next) || seen.count > PatternAutomaton.universalLimit { return false }
            for shape in classes.shapes {
                for end in ends(of: next, shape) where seen.insert(end).inserted { stack.append(end) }
            }
        }
        return true
    }

    /// Where the characters of one shape lead.
    private func ends(of state: Int32, _ shape: [[UInt8]]) -> [Int32] {
        var ends: [Int32] = [state]
        for bytes in shape {
            var after: [Int32] = []
            for byte in bytes {
                for end in ends {
                    let target = step(end, byte)
                    if !after.contains(target) { after.append(target) }
                }
            }
            ends = after
        }
        return ends
    }

    /// The number of characters of the shortest accepted continuation, counted by lead bytes; 0 where unknown.
    func shortestEnd(_ state: Int32) -> Int {
        if facts.shortest[Int(state)] >= -1 { return Int(facts.shortest[Int(state)]) }
        if accepts[Int(state)] {
            facts.shortest[Int(state)] = 0
            return 0
        }
        // Breadth first with continuation bytes free of charge.
        var distance: [Int32: Int] = [state: 0]
        var layer = [state]
        var depth = 0
        let begun = work
        while !layer.isEmpty, distance.count < 3_000, work - begun < PatternAutomaton.searchWork {
            var next: [Int32] = []
            var index = 0
            while index < layer.count {
                let here = layer[index]
                index += 1
                if accepts[Int(here)] {
                    facts.shortest[Int(state)] = Int32(depth)
                    return depth
                }
                for byte in classes.representatives {
                    let after = step(here, byte)
                    if after == PatternAutomaton.dead || distance[after] != nil { continue }
                    if byte & 0xC0 == 0x80 {
                        distance[after] = depth
                        layer.append(after)
                    } else {
                        distance[after] = depth + 1
                        next.append(after)
                    }
                }
            }
            layer = next
            depth += 1
        }
        facts.shortest[Int(state)] = 0
        return 0
    }

    /// An upper bound on ``shortestEnd(_:)`` of all states that further characters can reach; large where unknown.
    func slack(_ state: Int32) -> Int {
        if let known = facts.slacks[state] { return known }
        var seen: Set<Int32> = []
        var stack = [state]
        let begun = work
        while let next = stack.popLast(), seen.count <= PatternAutomaton.smallSize {
            if work - begun > PatternAutomaton.searchWork {
                facts.slacks[state] = PatternAutomaton.unknownSlack
                return PatternAutomaton.unknownSlack
            }
            for byte in classes.representatives {
                let after = step(next, byte)
                if after != PatternAutomaton.dead, seen.insert(after).inserted { stack.append(after) }
            }
        }
        // Only a small automaton is worth the searches from each of its states.
        let bound =
            seen.count > PatternAutomaton.smallSize
            ? PatternAutomaton.unknownSlack : seen.reduce(0) { max($0, shortestEnd($1)) }
        facts.slacks[state] = bound
        return bound
    }
}
