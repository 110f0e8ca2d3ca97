/// A pattern without lookaround and back-references as a nondeterministic automaton (Thompson 1968).
///
/// It decides any text in time proportional to the product of both lengths, where backtracking may take exponentially
/// long; whether a text matches is all it says.
struct PatternProgram: Sendable {
    private enum Instruction: Sendable {
        case set(ScalarSet)
        case split(Int, Int)
        case jump(Int)
        case start
        case end
        case wordBoundary(isNegated: Bool)
        case accept
    }

    private var instructions: [Instruction] = []

    /// Counted repetitions are written out; beyond this they are left to backtracking.
    private static let sizeLimit = 5_000
    private static let stepLimit = 40_000_000

    /// The automaton of a pattern; `nil` where it needs more than one, or one that is too large.
    init?(_ root: PatternNode) {
        guard append(root) else { return nil }
        instructions.append(.accept)
    }

    private mutating func append(_ node: PatternNode) -> Bool {
        guard instructions.count < PatternProgram.sizeLimit else { return false }
        switch node {
        case .empty: return true
        case .set(let set): instructions.append(.set(set))
        case .start: instructions.append(.start)
        case .end: instructions.append(.end)
        case .wordBoundary(let isNegated): instructions.append(.wordBoundary(isNegated: isNegated))
        case .sequence(let parts):
            for part in parts where !append(part) { return false }
        case .alternatives(let choices):
            var ends: [Int] = []
            for (index, choice) in choices.enumerated() {
                let split = instructions.count
                let isLast = index == choices.count - 1
                if !isLast { instructions.append(.split(split + 1, 0)) }
                guard append(choice) else { return false }
                guard !isLast else { continue }
                ends.append(instructions.count)
                instructions.append(.jump(0))
                instructions[split] = .split(split + 1, instructions.count)
            }
            for end in ends { instructions[end] = .jump(instructions.count) }
        case .repetition(let body, let minimum, let maximum, _):
            return appendRepetition(body, minimum, maximum)
        case .group(let body, _): return append(body)
        case .look, .backreference, .namedBackreference: return false
        }
        return true
    }

    private mutating func appendRepetition(_ body: PatternNode, _ minimum: Int, _ maximum: Int?) -> Bool {
        for _ in 0..<minimum {
            let before = instructions.count
            guard append(body) else { return false }
            if instructions.count == before { break }
        }
        guard let maximum else {
            let split = instructions.count
            instructions.append(.split(split + 1, 0))
            guard append(body) else { return false }
            instructions.append(.jump(split))
            instructions[split] = .split(split + 1, instructions.count)
            return true
        }
        var splits: [Int] = []
        for _ in minimum..<maximum {
            splits.append(instructions.count)
            instructions.append(.split(instructions.count + 1, 0))
            guard append(body) else { return false }
        }
        for split in splits { instructions[split] = .split(split + 1, instructions.count) }
        return true
    }

    /// Whether a match stands anywhere in the text.
    ///
    /// Gives `nil` where the budget does not suffice, and adds what was spent to `steps`.
    func findsMatch(in text: [UInt32], steps: inout Int) -> Bool? {
        var current: [Int] = []
        var next: [Int] = []
        var marks = [Int](repeating: -1, count: instructions.count)
        var spent = 0
        defer { steps += spent }
        for position in 0...text.count {
            // A match may begin anywhere, so that the first instruction is always alive.
            if follow(0, at: position, in: text, &current, &marks, &spent) { return true }
            guard position < text.count else { break }
            if current.isEmpty, case .start = instructions[0] { return false }
            next.removeAll(keepingCapacity: true)
            for state in current {
                guard case .set(let set) = instructions[state], set.contains(text[position]) else { continue }
                if follow(state + 1, at: position + 1, in: text, &next, &marks, &spent) { return true }
            }
            swap(&current, &next)
            spent += current.count + 1
            if spent > PatternProgram.stepLimit { return nil }
        }
        return false
    }

    /// Adds what can be reached without reading, and says whether that is the end.
    ///
    /// `marks` holds the position at which each state was last added.
    private func follow(
        _ start: Int, at position: Int, in text: [UInt32], _ states: inout [Int], _ marks: inout [Int],
        _ spent: inout Int
    ) -> Bool {
        var waiting = [start]
        while let state = waiting.popLast() {
            guard marks[state] != position else { continue }
            marks[state] = position
            spent += 1
            switch instructions[state] {
            case .accept: return true
            case .set: states.append(state)
            case .jump(let target): waiting.append(target)
            case .split(let first, let second): waiting += [second, first]
            case .start: if position == 0 { waiting.append(state + 1) }
            case .end: if position == text.count { waiting.append(state + 1) }
            case .wordBoundary(let isNegated):
                let before = position > 0 && ScalarSet.word.contains(text[position - 1])
                let after = position < text.count && ScalarSet.word.contains(text[position])
                if (before != after) != isNegated { waiting.append(state + 1) }
            }
        }
        return false
    }
}
