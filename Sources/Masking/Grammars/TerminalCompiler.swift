import Schema

/// A regular expression's tree, made of sets of scalars.
typealias PatternTree = PatternNode

extension PatternNode {
    /// Any one Unicode scalar.
    static let anyScalar = PatternNode.set(ScalarSet([0...ScalarSet.last]))
}

extension ByteExpressions {
    /// The byte expression of a terminal's tree.
    /// - Throws: ``GrammarError`` for a pattern that no automaton follows.
    mutating func terminal(_ tree: TerminalExpression) throws(GrammarError) -> ID {
        switch tree {
        case .bytes(let bytes): return literal(bytes)
        case .pattern(let pattern): return try self.pattern(pattern)
        case .found(let pattern): return PatternCompiler.expression(pattern.root, in: &self)
        case .sequence(let parts):
            var result = ByteExpressions.empty
            for part in parts.reversed() { result = sequence(try terminal(part), result) }
            return result
        case .choice(let parts): return choice(try terminals(parts))
        case .repetition(let part, let least, let most): return times(try terminal(part), least, most)
        case .both(let parts): return both(try terminals(parts))
        case .not(let part): return complement(try terminal(part))
        case .run(let pieces):
            // Each suffix goes on where the shorter one does, so that all of them share their ends.
            var rest = ByteExpressions.empty
            var starts = [rest]
            for piece in pieces.reversed() {
                var whole = rest
                for byte in piece.reversed() { whole = sequence(bytes(ByteSet(byte...byte)), whole) }
                rest = choice([ByteExpressions.empty, whole])
                starts.append(whole)
            }
            return choice(starts)
        }
    }

    private mutating func terminals(_ parts: [TerminalExpression]) throws(GrammarError) -> [ID] {
        var found: [ID] = []
        for part in parts { found.append(try terminal(part)) }
        return found
    }

    private mutating func pattern(_ node: PatternNode) throws(GrammarError) -> ID {
        switch node {
        case .empty: return ByteExpressions.empty
        case .set(let set): return scalars(set.ranges)
        case .group(let part, _): return try pattern(part)
        case .sequence(let parts):
            var result = ByteExpressions.empty
            for part in parts.reversed() { result = sequence(try pattern(part), result) }
            return result
        case .alternatives(let parts):
            var found: [ID] = []
            for part in parts { found.append(try pattern(part)) }
            return choice(found)
        case .repetition(let part, let low, let high, _): return times(try pattern(part), low, high)
        case .start, .end, .wordBoundary, .look, .backreference, .namedBackreference:
            throw .text("a pattern inside a grammar takes no look-around, anchors or references to groups")
        }
    }
}
