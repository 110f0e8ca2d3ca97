/// The syntax tree of an ECMA-262 pattern, as far as automata care: groups and greed are gone.
indirect enum PatternSyntax {
    case characters([ClosedRange<UInt32>])
    case sequence([PatternSyntax])
    case choice([PatternSyntax])
    case times(PatternSyntax, Int, Int?)
    case start
    case end
    case ahead(PatternSyntax, isNegative: Bool)
    /// Word boundaries, look-behind, references to groups: no automaton follows them. Some take no characters.
    case irregular(isWidthless: Bool)
}

extension PatternSyntax {
    /// An automaton for the strings in which the pattern is found; `nil` where the pattern is not regular here.
    var automaton: PatternAutomaton? {
        var compiler = PatternCompiler()
        let anything = ByteExpressions.anything
        guard let atStart = compiler.compile(self, then: anything, isStart: true),
            let later = compiler.compile(self, then: anything, isStart: false)
        else { return nil }
        let some = compiler.expressions.sequence(compiler.expressions.bytes(.all), anything)
        let root = compiler.expressions.choice([atStart, compiler.expressions.sequence(some, later)])
        return PatternAutomaton(root, in: compiler.expressions)
    }
}

/// Turns a syntax tree into a byte expression, from the back: what follows is known when a part is compiled, so
/// that look-ahead is an intersection with it.
struct PatternCompiler {
    var expressions = ByteExpressions()

    /// The expression of a pattern followed by `rest` up to the end of the text; `nil` where it is not regular.
    mutating func compile(_ pattern: PatternSyntax, then rest: ByteExpressions.ID, isStart: Bool)
        -> ByteExpressions.ID?
    {
        switch pattern {
        case .characters(let ranges): return expressions.sequence(expressions.scalars(ranges), rest)
        case .sequence(let parts):
            var result = rest
            for (index, part) in parts.enumerated().reversed() {
                // Still at the start of the text when everything before takes no characters.
                let isFirst = isStart && parts[..<index].allSatisfy(\.isWidthless)
                guard let next = compile(part, then: result, isStart: isFirst) else { return nil }
                result = next
            }
            return result
        case .choice(let parts):
            var compiled: [ByteExpressions.ID] = []
            for part in parts {
                guard let next = compile(part, then: rest, isStart: isStart) else { return nil }
                compiled.append(next)
            }
            return expressions.choice(compiled)
        case .times(let part, let low, let high):
            if part.looksAround {
                // Only a bounded, short repetition can be written out.
                guard let high, high <= 8 else { return nil }
                var result = rest
                for turn in (0..<high).reversed() {
                    guard let once = compile(part, then: result, isStart: isStart && turn == 0) else {
                        return nil
                    }
                    result = turn < low ? once : expressions.choice([once, rest])
                }
                return result
            }
            guard let once = compile(part, then: ByteExpressions.empty, isStart: false) else { return nil }
            return expressions.sequence(expressions.times(once, low, high), rest)
        case .start: return isStart ? rest : ByteExpressions.never
        case .end: return expressions.both([ByteExpressions.empty, rest])
        case .ahead(let part, let isNegative):
            guard let seen = compile(part, then: ByteExpressions.anything, isStart: isStart) else {
                return nil
            }
            return expressions.both([isNegative ? expressions.complement(seen) : seen, rest])
        case .irregular: return nil
        }
    }
}

extension PatternSyntax {
    /// A regular pattern that is found wherever this one is.
    var widened: PatternSyntax {
        switch self {
        case .characters, .start, .end: self
        case .sequence(let parts): .sequence(parts.map(\.widened))
        case .choice(let parts): .choice(parts.map(\.widened))
        case .times(let part, let low, let high):
            part.looksAround && (high ?? Int.max) > 8
                ? .times(part.unguarded, low, high) : .times(part.widened, low, high)
        case .ahead(let part, let isNegative):
            isNegative && !part.isRegular ? .sequence([]) : .ahead(part.widened, isNegative: isNegative)
        case .irregular(let isWidthless):
            isWidthless ? .sequence([]) : .times(.characters([0...0x10FFFF]), 0, nil)
        }
    }

    /// The pattern without anything that takes no characters.
    private var unguarded: PatternSyntax {
        switch self {
        case .start, .end, .ahead: .sequence([])
        case .sequence(let parts): .sequence(parts.map(\.unguarded))
        case .choice(let parts): .choice(parts.map(\.unguarded))
        case .times(let part, let low, let high): .times(part.unguarded, low, high)
        case .characters, .irregular: widened
        }
    }

    /// Whether an automaton follows the pattern exactly.
    private var isRegular: Bool {
        switch self {
        case .characters, .start, .end: true
        case .sequence(let parts), .choice(let parts): parts.allSatisfy(\.isRegular)
        case .times(let part, _, let high): part.isRegular && !(part.looksAround && (high ?? Int.max) > 8)
        case .ahead(let part, _): part.isRegular
        case .irregular: false
        }
    }

    /// Whether the pattern never takes a character.
    var isWidthless: Bool {
        switch self {
        case .start, .end, .ahead, .irregular(isWidthless: true): true
        case .sequence(let parts), .choice(let parts): parts.allSatisfy(\.isWidthless)
        case .times(let part, _, let high): high == 0 || part.isWidthless
        case .characters, .irregular(isWidthless: false): false
        }
    }

    /// Whether an anchor or a look-around occurs inside.
    var looksAround: Bool {
        switch self {
        case .start, .end, .ahead, .irregular: true
        case .sequence(let parts), .choice(let parts): parts.contains(where: \.looksAround)
        case .times(let part, _, _): part.looksAround
        case .characters: false
        }
    }
}
