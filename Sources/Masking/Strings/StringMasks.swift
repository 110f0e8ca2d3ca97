extension StringMachine {
    /// The tokens without a closing quote that may follow a boundary state, as words of a token set.
    func interior(_ state: Int32, _ tokens: StringTokens) -> [UInt64] {
        if isUniversal(state) { return tokens.base }
        masks.keepUp()
        if let known = masks.interiors[state] { return known }
        var words = [UInt64](repeating: 0, count: tokens.base.count)
        let begun = work
        let limit = effort.isBounded && follows(state) ? spent + Effort.mask : Int.max
        for (index, slice) in tokens.slices.enumerated() {
            if contains(slice: index, of: tokens, from: state, since: begun) {
                for word in words.indices { words[word] |= slice.words[word] }
            } else if !walk(slice.trie, from: state, into: &words, until: limit) {
                stopFollowing(state)
                return interior(state, tokens)
            }
        }
        masks.budget.take()
        masks.keepUp()
        masks.interiors[state] = words
        return words
    }

    /// Whether every token of a slice can follow: every string of the slice's characters, up to its longest token.
    /// - Parameter begun: the ``work`` before the mask; where it has grown too much the tokens are walked at once.
    private func contains(
        slice index: Int, of tokens: StringTokens, from state: Int32, since begun: Int
    ) -> Bool {
        let slice = tokens.slices[index]
        if slice.characters.isEmpty { return false }
        let characters = representatives(of: tokens)[index]
        var seen: Set<Int32> = [state]
        var layer = [state]
        for _ in 0..<slice.longest {
            var next: [Int32] = []
            for here in layer {
                if work - begun > StringMachine.containmentWork { return false }
                for character in characters {
                    guard let ends = ends(of: here, character) else { return false }
                    for end in ends where seen.insert(end).inserted { next.append(end) }
                }
            }
            if next.isEmpty { return true }
            if seen.count > StringMachine.mostContained { return false }
            layer = next
        }
        return true
    }

    /// States looked at to find out whether a slice is let through.
    private static let mostContained = 200
    /// What finding that out may cost in one mask, in ``work``.
    private static let containmentWork = 1_000

    /// Where characters lead that have one of the bytes at each place; `nil` where one of them cannot follow.
    private func ends(of state: Int32, _ character: [[UInt8]]) -> [Int32]? {
        var ends = [state]
        for bytes in character {
            var after: [Int32] = []
            for end in ends {
                for byte in bytes {
                    let target = step(end, byte)
                    if target < 0 { return nil }
                    if !after.contains(target) { after.append(target) }
                }
            }
            ends = after
        }
        return ends
    }

    /// The characters of each slice, one byte at each place for each group that no component tells apart.
    private func representatives(of tokens: StringTokens) -> [[[[UInt8]]]] {
        if let slices = alphabet.slices { return slices }
        let built = tokens.slices.map { slice in slice.characters.map { $0.bytes.map(apart) } }
        alphabet.slices = built
        return built
    }

    /// One of the bytes for each group that no component tells apart.
    private func apart(_ bytes: [UInt8]) -> [UInt8] {
        var seen: Set<[UInt8]> = []
        return bytes.filter { byte in
            var signature: [UInt8] = []
            for component in components {
                switch component {
                case .pattern(let automaton): signature.append(automaton.classOf[Int(byte)])
                case .finite(let set): signature.append(set.alphabet.contains(byte) ? byte : 0xFF)
                }
            }
            return seen.insert(signature).inserted
        }
    }

    /// Marks the tokens that can follow and that a string of such a length lives with; one that has died by its length stays
    /// dead.
    func walk(
        _ trie: VocabularyTrie, from state: Int32, length: Int32, into words: inout [UInt64],
        _ verdicts: inout LengthVerdicts
    ) {
        let hasTwins = !trie.twins.isEmpty
        let spec = verdicts.spec
        trie.nodes.withUnsafeBufferPointer { nodes in
            // Of each level: where it ends, the state that led to it, that state's row and the length after its bytes.
            var level = (
                end: nodes.count, state: state, row: row(of: state),
                length: spec.count(length, isBoundary: isBoundary(state))
            )
            var levels = [level]
            var index = 0
            while index < nodes.count {
                while level.end <= index {
                    levels.removeLast()
                    level = levels[levels.count - 1]
                }
                let node = nodes[index]
                let end = Int(node & 0xFFFF_FFFF)
                var next = rows[level.row + Int(node >> 56)]
                if next == StringMachine.unknown { next = compute(level.state, UInt8(node >> 56)) }
                if next < 0 || !verdicts.lives(next, level.length) {
                    index = end
                    continue
                }
                let token = Int(node >> 32) & VocabularyTrie.noToken
                if token != VocabularyTrie.noToken {
                    words[token >> 6] |= 1 << UInt64(token & 63)
                    if hasTwins, let twins = trie.twins[token] {
                        for twin in twins { words[twin >> 6] |= 1 << UInt64(twin & 63) }
                    }
                }
                index += 1
                if end > index {
                    level = (end, next, row(of: next), spec.count(level.length, isBoundary: isBoundary(next)))
                    levels.append(level)
                }
            }
        }
    }

    /// Marks the tokens of a slice that can follow.
    /// - Returns: false where finding them costs more than the limit.
    private func walk(
        _ trie: VocabularyTrie, from state: Int32, into words: inout [UInt64], until limit: Int
    ) -> Bool {
        let hasTwins = !trie.twins.isEmpty
        let noToken = VocabularyTrie.noToken
        return trie.nodes.withUnsafeBufferPointer { nodes in
            // One entry a level: where it ends, the state that led to it and that state's row.
            var levels: [(end: Int, state: Int32, row: Int)] = [(nodes.count, state, row(of: state))]
            var level = levels[0]
            var index = 0
            while index < nodes.count {
                while level.end <= index {
                    levels.removeLast()
                    level = levels[levels.count - 1]
                }
                let node = nodes[index]
                let end = Int(node & 0xFFFF_FFFF)
                var next = rows[level.row + Int(node >> 56)]
                if next == StringMachine.unknown {
                    next = compute(level.state, UInt8(node >> 56))
                    if spent > limit { return false }
                }
                if next < 0 {
                    index = end
                    continue
                }
                let token = Int(node >> 32) & noToken
                if token != noToken {
                    words[token >> 6] |= 1 << UInt64(token & 63)
                    if hasTwins, let twins = trie.twins[token] {
                        for twin in twins { words[twin >> 6] |= 1 << UInt64(twin & 63) }
                    }
                }
                index += 1
                if end > index {
                    level = (end, next, row(of: next))
                    levels.append(level)
                }
            }
            return true
        }
    }
}
