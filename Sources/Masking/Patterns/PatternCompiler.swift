import Schema

extension ECMAPattern {
    /// An automaton for the strings in which the pattern is found; `nil` where the pattern is not regular here.
    var automaton: PatternAutomaton? { PatternCompiler.automaton(root) }

    /// An automaton that also lets other strings through, where the pattern is not regular.
    var widerAutomaton: PatternAutomaton? { PatternCompiler.automaton(root.widened) }
}

/// Turns a pattern's syntax tree into a byte expression, from the back: what follows is known when a part is compiled,
/// so that look-ahead is an intersection with it.
///
/// No automaton follows word boundaries, look-behind and references to groups; the rest is regular.
struct PatternCompiler {
    /// What a part and all after it match, up to the end of the text.
    ///
    /// There is one expression for a part that begins the text and one where characters stand before it; only `^` tells
    /// the two apart.
    private struct Ways {
        var atStart: ByteExpressions.ID
        var later: ByteExpressions.ID
    }

    private var expressions = ByteExpressions()

    /// Repetitions of what looks around itself are written out up to this count.
    fileprivate static let maximumTurns = 8

    /// The automaton of a tree found anywhere; `nil` where the tree is not regular.
    static func automaton(_ pattern: PatternNode) -> PatternAutomaton? {
        var compiler = PatternCompiler()
        let anything = ByteExpressions.anything
        guard let ways = compiler.compile(pattern, then: Ways(atStart: anything, later: anything)) else {
            return nil
        }
        let some = compiler.expressions.sequence(compiler.expressions.bytes(.all), anything)
        let found = compiler.expressions.sequence(some, ways.later)
        let root = compiler.expressions.choice([ways.atStart, found])
        return PatternAutomaton(root, in: compiler.expressions)
    }

    /// The expression of all texts in which a tree is found, wider where the tree is not regular.
    static func expression(
        _ pattern: PatternNode, in expressions: inout ByteExpressions
    ) -> ByteExpressions.ID {
        var compiler = PatternCompiler()
        swap(&compiler.expressions, &expressions)
        defer { swap(&compiler.expressions, &expressions) }
        let anything = ByteExpressions.anything
        let all = Ways(atStart: anything, later: anything)
        guard let ways = compiler.compile(pattern, then: all) ?? compiler.compile(pattern.widened, then: all)
        else { return anything }
        let some = compiler.expressions.sequence(compiler.expressions.bytes(.all), anything)
        let found = compiler.expressions.sequence(some, ways.later)
        return compiler.expressions.choice([ways.atStart, found])
    }

    /// The expressions of a pattern followed by `rest`; `nil` where it is not regular.
    private mutating func compile(_ pattern: PatternNode, then rest: Ways) -> Ways? {
        switch pattern {
        case .empty: return rest
        case .set(let set):
            let expression = expressions.sequence(expressions.scalars(set.ranges), rest.later)
            return Ways(atStart: expression, later: expression)
        case .group(let inner, _): return compile(inner, then: rest)
        case .sequence(let parts):
            var result = rest
            for part in parts.reversed() {
                guard let next = compile(part, then: result) else { return nil }
                result = next
            }
            return result
        case .alternatives(let parts):
            var compiled: [Ways] = []
            for part in parts {
                guard let next = compile(part, then: rest) else { return nil }
                compiled.append(next)
            }
            return Ways(
                atStart: expressions.choice(compiled.map(\.atStart)),
                later: expressions.choice(compiled.map(\.later)))
        case .repetition(let part, let low, let high, _):
            return part.looksAround
                ? writeOut(part, low, high, then: rest) : repeated(part, low, high, then: rest)
        case .start: return Ways(atStart: rest.atStart, later: ByteExpressions.never)
        case .end: return both(Ways(atStart: ByteExpressions.empty, later: ByteExpressions.empty), rest)
        case .look(let part, isBehind: false, let isNegated):
            let anything = Ways(atStart: ByteExpressions.anything, later: ByteExpressions.anything)
            guard var seen = compile(part, then: anything) else { return nil }
            if isNegated {
                seen = Ways(
                    atStart: expressions.complement(seen.atStart), later: expressions.complement(seen.later))
            }
            return both(seen, rest)
        case .look, .wordBoundary, .backreference, .namedBackreference: return nil
        }
    }

    private mutating func both(_ first: Ways, _ second: Ways) -> Ways {
        Ways(
            atStart: expressions.both([first.atStart, second.atStart]),
            later: expressions.both([first.later, second.later]))
    }

    /// A repetition of what does not look around itself.
    private mutating func repeated(_ part: PatternNode, _ low: Int, _ high: Int?, then rest: Ways) -> Ways? {
        let alone = Ways(atStart: ByteExpressions.empty, later: ByteExpressions.empty)
        guard let once = compile(part, then: alone)?.later else { return nil }
        let turns = expressions.times(once, low, high)
        let later = expressions.sequence(turns, rest.later)
        guard rest.atStart != rest.later else { return Ways(atStart: later, later: later) }
        // Where the turns take nothing, what follows still stands at the start.
        let some = expressions.sequence(expressions.bytes(.all), ByteExpressions.anything)
        let taking = expressions.sequence(expressions.both([turns, some]), rest.later)
        let isOptional = expressions.facts[Int(turns)].isNullable
        return Ways(
            atStart: isOptional ? expressions.choice([taking, rest.atStart]) : later, later: later)
    }

    /// A repetition that looks around itself, turn by turn; `nil` for one that is not bounded and short.
    private mutating func writeOut(_ part: PatternNode, _ low: Int, _ high: Int?, then rest: Ways) -> Ways? {
        guard let high, high <= PatternCompiler.maximumTurns else { return nil }
        var result = rest
        for turn in (0..<high).reversed() {
            guard let once = compile(part, then: result) else { return nil }
            result =
                turn < low
                ? once
                : Ways(
                    atStart: expressions.choice([once.atStart, rest.atStart]),
                    later: expressions.choice([once.later, rest.later]))
        }
        return result
    }
}

extension PatternNode {
    /// A regular pattern that is found wherever this one is.
    fileprivate var widened: PatternNode {
        switch self {
        case .empty, .set, .start, .end: self
        case .group(let part, let number): .group(part.widened, number: number)
        case .sequence(let parts): .sequence(parts.map(\.widened))
        case .alternatives(let parts): .alternatives(parts.map(\.widened))
        case .repetition(let part, let low, let high, let isLazy):
            .repetition(
                isTooLongToWriteOut ? part.unguarded : part.widened, minimum: low, maximum: high,
                isLazy: isLazy)
        case .look(_, isBehind: true, _), .wordBoundary: .empty
        case .look(let part, _, let isNegated):
            isNegated && !part.isRegular
                ? .empty : .look(part.widened, isBehind: false, isNegated: isNegated)
        case .backreference, .namedBackreference:
            .repetition(.set(ScalarSet([0...ScalarSet.last])), minimum: 0, maximum: nil, isLazy: false)
        }
    }

    /// The pattern without anything that takes no characters.
    private var unguarded: PatternNode {
        switch self {
        case .start, .end, .look, .wordBoundary: .empty
        case .group(let part, let number): .group(part.unguarded, number: number)
        case .sequence(let parts): .sequence(parts.map(\.unguarded))
        case .alternatives(let parts): .alternatives(parts.map(\.unguarded))
        case .repetition(let part, let low, let high, let isLazy):
            .repetition(part.unguarded, minimum: low, maximum: high, isLazy: isLazy)
        case .empty, .set, .backreference, .namedBackreference: widened
        }
    }

    /// Whether the pattern repeats what looks around itself without a bound, or with a large one.
    private var isTooLongToWriteOut: Bool {
        guard case .repetition(let part, _, let high, _) = self else { return false }
        return part.looksAround && (high ?? .max) > PatternCompiler.maximumTurns
    }

    /// Whether an automaton follows the pattern exactly.
    private var isRegular: Bool {
        switch self {
        case .empty, .set, .start, .end: true
        case .group(let part, _): part.isRegular
        case .sequence(let parts), .alternatives(let parts): parts.allSatisfy(\.isRegular)
        case .repetition(let part, _, _, _): part.isRegular && !isTooLongToWriteOut
        case .look(let part, let isBehind, _): !isBehind && part.isRegular
        case .wordBoundary, .backreference, .namedBackreference: false
        }
    }

    /// Whether an anchor, a look-around or a reference to a group occurs inside.
    fileprivate var looksAround: Bool {
        switch self {
        case .start, .end, .look, .wordBoundary, .backreference, .namedBackreference: true
        case .group(let part, _): part.looksAround
        case .sequence(let parts), .alternatives(let parts): parts.contains(where: \.looksAround)
        case .repetition(let part, _, _, _): part.looksAround
        case .empty, .set: false
        }
    }
}
