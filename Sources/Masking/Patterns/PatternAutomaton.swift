/// A deterministic automaton over bytes, built lazily from one expression: a state is a derivative.
///
/// State 0 is dead and state 1 the start. Bytes that no set of the expression tells apart share a column.
final class PatternAutomaton {
    static let dead: Int32 = 0
    static let start: Int32 = 1

    private var expressions: ByteExpressions
    private var expressionOf: [ByteExpressions.ID] = []
    private var stateOf: [ByteExpressions.ID: Int32] = [:]
    private var rows: ContiguousArray<Int32> = []
    private(set) var accepts: [Bool] = []
    /// Column of each byte.
    let classOf: [UInt8]
    private let classCount: Int
    private let representatives: [UInt8]
    /// For each shape of UTF-8 encoded characters, one byte of each class at each position.
    private let shapes: [[[UInt8]]]
    private var universal: [Int8] = []
    private var exhaustive: [Int8] = []
    private var shortest: [Int32] = []
    private var slacks: [Int32: Int] = [:]
    /// Expressions that are known, or taken, to match something.
    private var alive: Set<ByteExpressions.ID> = []
    /// The latest byte strings that have led an expression to a match.
    private var endings: [[UInt8]] = []
    private static let endingLimit = 6
    private static let longestEnding = 12
    /// Whether one state may have grown beyond use: too many states.
    static let stateLimit = 60_000
    private static let smallSize = 300
    /// States looked at to find out whether nothing can kill one.
    private static let universalLimit = 24
    /// A slack that was not found out.
    static let unknownSlack = 1 << 20

    /// An automaton of an expression built in `expressions`.
    init(_ root: ByteExpressions.ID, in expressions: ByteExpressions) {
        self.expressions = expressions
        let sets = expressions.byteSets(in: root)
        var signature = [Int](repeating: 0, count: 256)
        // Refines the partition set by set; every set splits a class in at most two. UTF-8's own lead and
        // continuation ranges are told apart so that characters can be followed as characters.
        let encodings: [ByteSet] = [
            ByteSet(0...0x7F), ByteSet(0x80...0x8F), ByteSet(0x90...0x9F), ByteSet(0xA0...0xBF),
            ByteSet(0xC2...0xDF), ByteSet(0xE0...0xE0), ByteSet(0xED...0xED), ByteSet(0xE1...0xEF),
            ByteSet(0xF0...0xF0), ByteSet(0xF4...0xF4), ByteSet(0xF1...0xF3),
        ]
        for set in sets + encodings {
            var renamed: [Int: Int] = [:]
            for byte in 0..<256 {
                let key = signature[byte] * 2 + (set.contains(UInt8(byte)) ? 1 : 0)
                if renamed[key] == nil { renamed[key] = renamed.count }
                signature[byte] = renamed[key] ?? 0
            }
        }
        classOf = signature.map { UInt8(truncatingIfNeeded: $0) }
        classCount = (signature.max() ?? 0) + 1
        var representatives = [UInt8](repeating: 0, count: classCount)
        for byte in (0..<256).reversed() { representatives[signature[byte]] = UInt8(byte) }
        self.representatives = representatives
        shapes = PatternAutomaton.characters.map { shape in
            shape.map { range in
                var classes: Set<Int> = []
                return range.filter { classes.insert(signature[Int($0)]).inserted }
            }
        }
        _ = state(of: ByteExpressions.never)
        _ = state(of: normalised(root))
        if expressionOf.count == 1 {
            // The expression matches nothing: the start is dead as well.
            expressionOf.append(ByteExpressions.never)
            accepts.append(false)
            rows.append(contentsOf: repeatElement(PatternAutomaton.dead, count: classCount))
            universal.append(0)
            exhaustive.append(0)
            shortest.append(-1)
        }
    }

    /// The number of states built so far.
    var count: Int { accepts.count }

    /// Whether no string at all is accepted.
    var isVoid: Bool { expressionOf[1] == ByteExpressions.never }

    private func state(of expression: ByteExpressions.ID) -> Int32 {
        if let state = stateOf[expression] { return state }
        let state = Int32(expressionOf.count)
        stateOf[expression] = state
        expressionOf.append(expression)
        accepts.append(expressions.nullable[Int(expression)])
        rows.append(contentsOf: repeatElement(-1, count: classCount))
        universal.append(-1)
        exhaustive.append(-1)
        shortest.append(-2)
        return state
    }

    /// `never` for an expression that matches nothing though it does not look so.
    private func normalised(_ expression: ByteExpressions.ID) -> ByteExpressions.ID {
        if expression == ByteExpressions.never || !expressions.mayBeVoid[Int(expression)] {
            return expression
        }
        if stateOf[expression] != nil || alive.contains(expression) { return expression }
        // What completed an earlier expression often completes its neighbours.
        if endings.contains(where: { completes(expression, $0) }) {
            alive.insert(expression)
            return expression
        }
        var cameFrom: [ByteExpressions.ID: (before: ByteExpressions.ID, byte: UInt8)] = [:]
        var stack = [expression]
        // All that lies on the way to a match can match as well, and need not be asked again.
        func remember(_ end: ByteExpressions.ID, asEnding: Bool) {
            var next = end
            var ending: [UInt8] = []
            alive.insert(end)
            while next != expression, let (before, byte) = cameFrom[next] {
                alive.insert(before)
                ending.append(byte)
                next = before
            }
            guard asEnding, ending.count <= PatternAutomaton.longestEnding else { return }
            if endings.count >= PatternAutomaton.endingLimit { endings.removeFirst() }
            endings.append(ending.reversed())
        }
        while let next = stack.popLast() {
            if expressions.nullable[Int(next)] || !expressions.mayBeVoid[Int(next)] || alive.contains(next) {
                remember(next, asEnding: true)
                return expression
            }
            // A search that has not ended soon is taken as alive: the closing quote decides then.
            if cameFrom.count > 400 {
                remember(next, asEnding: false)
                return expression
            }
            // Backwards, so that ASCII is tried before characters of several bytes.
            for byte in representatives.reversed() {
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
            if alive.contains(next) { return true }
            next = expressions.derivative(next, byte)
            if next == ByteExpressions.never { return false }
        }
        return expressions.nullable[Int(next)] || !expressions.mayBeVoid[Int(next)] || alive.contains(next)
    }

    /// The state after one more byte; ``dead`` when no accepted string goes on so.
    @inline(__always)
    func step(_ state: Int32, _ byte: UInt8) -> Int32 {
        let known = rows[Int(state) * classCount + Int(classOf[Int(byte)])]
        return known >= 0 ? known : compute(state, byte)
    }

    private func compute(_ state: Int32, _ byte: UInt8) -> Int32 {
        if accepts.count > PatternAutomaton.stateLimit { return PatternAutomaton.dead }
        let column = Int(classOf[Int(byte)])
        let next = self.state(
            of: normalised(expressions.derivative(expressionOf[Int(state)], representatives[column])))
        rows[Int(state) * classCount + column] = next
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
        if universal[Int(state)] >= 0 { return universal[Int(state)] == 1 }
        if state == PatternAutomaton.dead { return false }
        if expressions.isOpen(expressionOf[Int(state)]) {
            universal[Int(state)] = 1
            return true
        }
        var seen: Set<Int32> = [state]
        var stack = [state]
        var verdict = true
        search: while let next = stack.popLast() {
            if next != state, universal[Int(next)] == 1 { continue }
            for shape in shapes {
                for end in ends(of: next, shape) {
                    if end == PatternAutomaton.dead || universal[Int(end)] == 0 {
                        verdict = false
                        break search
                    }
                    if seen.insert(end).inserted { stack.append(end) }
                }
            }
            if seen.count > PatternAutomaton.universalLimit {
                // Too large to say; nor is it worth asking again from any of these.
                for other in seen where universal[Int(other)] < 0 { universal[Int(other)] = 0 }
                verdict = false
                break
            }
        }
        universal[Int(state)] = verdict ? 1 : 0
        if verdict { for other in seen { universal[Int(other)] = 1 } }
        return verdict
    }

    /// Whether every continuation by whole characters is accepted; false where that is not found out soon.
    ///
    /// More than ``isUniversal(_:)``: a pattern without anchors lives whatever comes, and accepts only once it has matched.
    func acceptsEverything(_ state: Int32) -> Bool {
        if exhaustive[Int(state)] >= 0 { return exhaustive[Int(state)] == 1 }
        let verdict =
            expressionOf[Int(state)] == ByteExpressions.anything
            || accepts[Int(state)] && isUniversal(state) && everyEnd(of: state) { accepts[Int($0)] }
        exhaustive[Int(state)] = verdict ? 1 : 0
        return verdict
    }

    /// Whether a condition holds wherever whole characters lead from a state; false where there are many such places.
    private func everyEnd(of state: Int32, _ holds: (Int32) -> Bool) -> Bool {
        var seen: Set<Int32> = [state]
        var stack = [state]
        while let next = stack.popLast() {
            if !holds(next) || seen.count > PatternAutomaton.universalLimit { return false }
            for shape in shapes {
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

    /// The shapes of UTF-8 encoded characters (RFC 3629, section 4).
    static let characters: [[ClosedRange<UInt8>]] = [
        [0x00...0x7F], [0xC2...0xDF, 0x80...0xBF], [0xE0...0xE0, 0xA0...0xBF, 0x80...0xBF],
        [0xE1...0xEC, 0x80...0xBF, 0x80...0xBF], [0xED...0xED, 0x80...0x9F, 0x80...0xBF],
        [0xEE...0xEF, 0x80...0xBF, 0x80...0xBF], [0xF0...0xF0, 0x90...0xBF, 0x80...0xBF, 0x80...0xBF],
        [0xF1...0xF3, 0x80...0xBF, 0x80...0xBF, 0x80...0xBF],
        [0xF4...0xF4, 0x80...0x8F, 0x80...0xBF, 0x80...0xBF],
    ]

    /// The number of characters of the shortest accepted continuation, counted by lead bytes; 0 where unknown.
    func shortestEnd(_ state: Int32) -> Int {
        if shortest[Int(state)] >= -1 { return Int(shortest[Int(state)]) }
        if accepts[Int(state)] {
            shortest[Int(state)] = 0
            return 0
        }
        // Breadth first with continuation bytes free of charge.
        var distance: [Int32: Int] = [state: 0]
        var layer = [state]
        var depth = 0
        while !layer.isEmpty, distance.count < 3_000 {
            var next: [Int32] = []
            var index = 0
            while index < layer.count {
                let here = layer[index]
                index += 1
                if accepts[Int(here)] {
                    shortest[Int(state)] = Int32(depth)
                    return depth
                }
                for byte in representatives {
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
        shortest[Int(state)] = 0
        return 0
    }

    /// An upper bound on ``shortestEnd(_:)`` of all states that further characters can reach; large where unknown.
    func slack(_ state: Int32) -> Int {
        if let known = slacks[state] { return known }
        var seen: Set<Int32> = []
        var stack = [state]
        while let next = stack.popLast(), seen.count <= PatternAutomaton.smallSize {
            for byte in representatives {
                let after = step(next, byte)
                if after != PatternAutomaton.dead, seen.insert(after).inserted { stack.append(after) }
            }
        }
        // Only a small automaton is worth the searches from each of its states.
        let bound =
            seen.count > PatternAutomaton.smallSize
            ? PatternAutomaton.unknownSlack : seen.reduce(0) { max($0, shortestEnd($1)) }
        slacks[state] = bound
        return bound
    }
}
