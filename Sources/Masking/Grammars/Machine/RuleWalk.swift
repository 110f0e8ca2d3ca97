/// One computation of a mask: a walk of the vocabulary's trie alongside a grammar's machine.
struct RuleWalk {
    /// A value that the token has entered.
    private struct Thread {
        var item: RuleItem
        var cursor: SchemaCursor
    }

    private let machine: RuleMachine
    private var trie: VocabularyTrie
    private(set) var words: [UInt64]

    init(_ machine: RuleMachine) {
        self.machine = machine
        trie = machine.plan.vocabulary.trie
        words = [UInt64](repeating: 0, count: (machine.plan.vocabulary.count + 63) / 64)
    }

    /// Marks the tokens that may follow a state.
    mutating func run(_ number: Int32) {
        let state = machine.state(number)
        for step in state.tokens { add(machine.plan.tokenSets[Int(step.tokens)].words) }
        let entered = state.values.filter { $0.inner < 0 }
        if entered.isEmpty {
            walk(0..<trie.count, number)
        } else {
            walk(0..<trie.count, [number], entered.map(begin))
        }
        for item in state.values where item.inner >= 0 {
            let cursor = machine.plan.values[item.inner]
            var inside = cursor.allowed()
            for token in machine.plan.vocabulary.endOfTurn { inside.remove(token) }
            add(inside.words)
            // The tokens that leave the value go on in the grammar.
            trie = machine.plan.leaving.trie(opener: machine.plan.values.opener(of: item.inner))
            walk(0..<trie.count, [], [Thread(item: item, cursor: cursor)])
            trie = machine.plan.vocabulary.trie
        }
    }

    private mutating func add(_ more: [UInt64]) {
        for index in words.indices { words[index] |= more[index] }
    }

    private func begin(_ item: RuleItem) -> Thread {
        Thread(item: item, cursor: machine.plan.values.starts[Int(machine.value(of: item))])
    }

    @inline(__always)
    private mutating func mark(_ node: UInt64) {
        let token = Int(node >> 32) & VocabularyTrie.noToken
        guard token != VocabularyTrie.noToken else { return }
        words[token >> 6] |= 1 << UInt64(token & 63)
        guard !trie.twins.isEmpty, let twins = trie.twins[token] else { return }
        for twin in twins { words[twin >> 6] |= 1 << UInt64(twin & 63) }
    }

    /// Visits sibling nodes whose parent led to a state in which no value is open.
    private mutating func walk(_ siblings: Range<Int>, _ number: Int32) {
        var node = siblings.lowerBound
        while node < siblings.upperBound {
            let packed = trie.nodes[node]
            let end = Int(packed & 0xFFFF_FFFF)
            let target = machine.ruleStep(number, UInt8(packed >> 56))
            if target >= 0 {
                mark(packed)
                if node + 1 < end {
                    if machine.table.holdsValues[Int(target)] {
                        walk(node + 1..<end, [target], machine.state(target).values.map(begin))
                    } else {
                        walk(node + 1..<end, target)
                    }
                }
            }
            node = end
        }
    }

    /// Visits sibling nodes whose parent led to several states, or into values.
    private mutating func walk(_ siblings: Range<Int>, _ numbers: [Int32], _ threads: [Thread]) {
        var node = siblings.lowerBound
        while node < siblings.upperBound {
            let packed = trie.nodes[node]
            let end = Int(packed & 0xFFFF_FFFF)
            defer { node = end }
            let byte = UInt8(packed >> 56)
            var targets = numbers.map { machine.ruleStep($0, byte) }.filter { $0 >= 0 }
            var inside: [Thread] = []
            for thread in threads {
                var next = thread
                guard next.cursor.take(byte) else { continue }
                inside.append(next)
                if next.cursor.canEnd { targets.append(machine.after(next.item)) }
            }
            guard !targets.isEmpty || !inside.isEmpty else { continue }
            mark(packed)
            guard node + 1 < end else { continue }
            if inside.isEmpty, targets.count == 1, !machine.table.holdsValues[Int(targets[0])] {
                walk(node + 1..<end, targets[0])
            } else {
                let entered = targets.flatMap { machine.state($0).values.filter { $0.inner < 0 } }
                walk(node + 1..<end, targets, inside + entered.map(begin))
            }
        }
    }
}
