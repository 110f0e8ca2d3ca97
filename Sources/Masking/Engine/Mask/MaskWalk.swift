/// One computation of a mask: a walk of the vocabulary's trie alongside the automaton.
struct MaskWalk {
    let automaton: Automaton
    /// The trie walked now.
    var trie: VocabularyTrie
    /// The text before the token, with the path of the walk after it.
    var trail: Trail
    var words: [UInt64]
    /// Whether the walk looked at the text, so that its result holds here only.
    var readText = false
    /// Whether nodes of the trie carry suffix numbers instead of tokens.
    var marksSuffixes = false

    init(_ automaton: Automaton, trail: Trail) {
        self.automaton = automaton
        self.trail = trail
        trie = automaton.vocabulary.trie
        words = [UInt64](repeating: 0, count: automaton.vocabulary.strings.base.count)
    }

    fileprivate var all: Range<Int> { 0..<trie.count }

    @inline(__always)
    private mutating func mark(_ node: UInt64) {
        let token = Int(node >> 32) & VocabularyTrie.noToken
        guard token != VocabularyTrie.noToken else { return }
        if marksSuffixes {
            for quoted in automaton.vocabulary.strings.quoted.suffixTokens[token] {
                insert(Int(quoted.token))
            }
        } else {
            insert(token)
            if !trie.twins.isEmpty, let twins = trie.twins[token] { twins.forEach { insert($0) } }
        }
    }

    @inline(__always)
    fileprivate mutating func insert(_ token: Int) { words[token >> 6] |= 1 << UInt64(token & 63) }

    /// Marks the tokens that may follow a configuration.
    mutating func run(_ id: Int32) {
        let here = automaton.configuration(id)
        switch here.place {
        case .string: runString(here)
        case .key: runKey(here)
        default: walk(all, id)
        }
        if let (token, target) = automaton.transitions.tagTransition(id), target >= 0 { insert(token) }
        if automaton.canEnd(id) { automaton.vocabulary.endOfTurn.forEach { insert($0) } }
    }

    /// Visits sibling nodes whose parent led to a configuration.
    fileprivate mutating func walk(_ siblings: Range<Int>, _ id: Int32) {
        let here = automaton.configuration(id)
        switch here.place {
        case .string:
            walkString(siblings, here.spec, here.stringState, here.length, here.frame)
        case .key:
            walkKey(
                siblings, automaton.transitions.keys.context(of: here), KeyCursor(here),
                automaton.keyText(here.keyText),
                here.frame)
        case .text:
            var node = siblings.lowerBound
            while node < siblings.upperBound {
                let packed = trie.nodes[node]
                let end = Int(packed & 0xFFFF_FFFF)
                let target = automaton.textStep(id, UInt8(packed >> 56))
                if target >= 0 { visit(node, target) }
                node = end
            }
        default:
            let edges = automaton.transitions.edgeRange(id)
            if siblings.lowerBound == 0, siblings.upperBound == trie.count {
                for index in edges {
                    let (byte, target) = automaton.transitions.edge(index)
                    let node = Int(trie.firstByte[Int(byte)])
                    if node >= 0 { enter(node, id, byte, target) }
                }
                return
            }
            var node = siblings.lowerBound
            var index = edges.lowerBound
            while node < siblings.upperBound, index < edges.upperBound {
                let packed = trie.nodes[node]
                let byte = UInt8(packed >> 56)
                let (candidate, target) = automaton.transitions.edge(index)
                if byte < candidate {
                    node = Int(packed & 0xFFFF_FFFF)
                } else if byte > candidate {
                    index += 1
                } else {
                    enter(node, id, byte, target)
                    node = Int(packed & 0xFFFF_FFFF)
                    index += 1
                }
            }
        }
    }

    /// Takes one transition into a node, keeping the trail where the text matters.
    private mutating func enter(_ node: Int, _ id: Int32, _ byte: UInt8, _ target: Int32) {
        guard automaton.readsText else {
            let target = automaton.foresight.foreseen(id, byte, target)
            if target >= 0 { visit(node, target) }
            return
        }
        let saved = trail
        if automaton.configuration(target).place == .resolve { readText = true }
        let settled = automaton.follow(id, byte, &trail)
        if settled >= 0 { visit(node, settled) }
        trail = saved
    }

    fileprivate mutating func visit(_ node: Int, _ target: Int32) {
        let packed = trie.nodes[node]
        mark(packed)
        let end = Int(packed & 0xFFFF_FFFF)
        if node + 1 < end { walk(node + 1..<end, target) }
    }

    private mutating func walkString(
        _ siblings: Range<Int>, _ specID: Int32, _ state: Int32, _ count: Int32, _ frame: Int32
    ) {
        let spec = automaton.strings.specs[Int(specID)]
        let isBoundary = spec.counts && spec.machine.isBoundary(state)
        var node = siblings.lowerBound
        while node < siblings.upperBound {
            let packed = trie.nodes[node]
            let end = Int(packed & 0xFFFF_FFFF)
            defer { node = end }
            let byte = UInt8(packed >> 56)
            let next = spec.machine.step(state, byte)
            if next >= 0 {
                let counted = spec.count(count, isBoundary: isBoundary)
                if spec.counts, !spec.lives(next, counted, automaton.formulas) { continue }
                mark(packed)
                if node + 1 < end {
                    if automaton.readsText { trail.bytes.append(byte) }
                    walkString(node + 1..<end, specID, next, counted, frame)
                    if automaton.readsText { trail.bytes.removeLast() }
                }
            } else if next == StringMachine.close {
                let target = automaton.transitions.closeString(specID, state, count, frame)
                if target >= 0 { close(node, byte, target) }
            }
        }
    }

    /// Goes on after a closing quote.
    private mutating func close(_ node: Int, _ byte: UInt8, _ target: Int32) {
        guard automaton.readsText else {
            if !automaton.foresight.isDoomed(target) { visit(node, target) }
            return
        }
        let saved = trail
        trail.bytes.append(byte)
        if automaton.configuration(target).place == .resolve { readText = true }
        let settled = automaton.transitions.settle(target, byte, trail)
        if settled >= 0, !automaton.foresight.isDoomed(settled) {
            let depth = Int(automaton.frame(automaton.configuration(settled).frame).depth)
            if depth < trail.starts.count { trail.starts.removeLast(trail.starts.count - depth) }
            visit(node, settled)
        }
        trail = saved
    }

    fileprivate mutating func walkKey(
        _ siblings: Range<Int>, _ context: KeyContext, _ cursor: KeyCursor, _ text: [UInt8], _ frame: Int32
    ) {
        var node = siblings.lowerBound
        while node < siblings.upperBound {
            let packed = trie.nodes[node]
            let end = Int(packed & 0xFFFF_FFFF)
            defer { node = end }
            let byte = UInt8(packed >> 56)
            switch cursor.step(byte, context) {
            case .dead: continue
            case .close:
                // A second key inside one token must know the first.
                let naming = (node + 1..<end).contains { UInt8(trie.nodes[$0] >> 56) == 0x22 }
                let target = automaton.transitions.closeKey(text, frame, naming: naming)
                if target >= 0, !automaton.foresight.isDoomed(target) {
                    if automaton.readsText { trail.bytes.append(byte) }
                    visit(node, target)
                    if automaton.readsText { trail.bytes.removeLast() }
                }
            case .next(let next, let gained):
                mark(packed)
                guard node + 1 < end else { continue }
                var longer = text
                switch gained {
                case .nothing: break
                case .byte(let byte): longer.append(byte)
                case .scalar(let scalar): longer.append(contentsOf: ByteExpressions.utf8(scalar))
                }
                if automaton.readsText { trail.bytes.append(byte) }
                walkKey(node + 1..<end, context, next, longer, frame)
                if automaton.readsText { trail.bytes.removeLast() }
            }
        }
    }

    // MARK: Inside strings

    private mutating func runString(_ here: Configuration) {
        let spec = automaton.strings.specs[Int(here.spec)]
        let machine = spec.machine
        let tokens = automaton.vocabulary.strings
        guard machine.isBoundary(here.stringState) else {
            return walkString(all, here.spec, here.stringState, here.length, here.frame)
        }
        words = machine.interior(here.stringState, tokens)
        if spec.counts { boundLength(spec, here, tokens) }
        if !automaton.readsText, !spec.counts, machine.isUniversal(here.stringState),
            machine.isConstant(here.stringState)
        {
            // Wherever the quote comes, it closes the same string.
            let target = automaton.transitions.closeString(
                here.spec, here.stringState, here.length, here.frame)
            if target >= 0, !automaton.foresight.isDoomed(target) {
                for quoted in tokens.quoted.closing { insert(Int(quoted.token)) }
                trie = tokens.quoted.suffixes
                marksSuffixes = true
                walk(all, target)
            }
            return
        }
        trie = tokens.quoted.trie
        // Only the way to the quote is walked here: tokens without one are marked already.
        walkString(all, here.spec, here.stringState, here.length, here.frame)
    }

    /// Takes out of the words what is too long for the bounds.
    private mutating func boundLength(_ spec: StringSpec, _ here: Configuration, _ tokens: StringTokens) {
        guard spec.tightest < Int.max else { return }
        if !spec.isConjunction, spec.machine.isConstant(here.stringState) {
            // Only the length can end the string: how many more characters does it take?
            var more = -1
            while more <= tokens.longest,
                spec.lives(
                    here.stringState, min(here.length + Int32(more) + 1, spec.countLimit), automaton.formulas)
            {
                more += 1
            }
            if more < 0 {
                for index in words.indices { words[index] = 0 }
            } else if more < tokens.longest {
                for index in words.indices { words[index] &= tokens.byLength[more][index] }
            }
            return
        }
        let remaining = spec.tightest - Int(here.length)
        let safe = spec.surelyFits(after: here.stringState, Int(here.length), longest: tokens.longest)
        if safe >= tokens.longest { return }
        if spec.isConjunction, safe == remaining, remaining >= 0 {
            for index in words.indices { words[index] &= tokens.byLength[remaining][index] }
            return
        }
        // Between what surely fits and what surely does not, alongside the trie.
        let upper = spec.mayFit(after: here.stringState, Int(here.length), longest: tokens.longest)
        var open: [UInt64] = []
        var count = 0
        for index in words.indices {
            let sure = safe >= 0 ? words[index] & tokens.byLength[min(safe, tokens.longest)][index] : 0
            let rest = upper >= 0 ? words[index] & tokens.byLength[upper][index] & ~sure : 0
            count += rest.nonzeroBitCount
            open.append(rest)
            words[index] = sure
        }
        guard count > 0 else { return }
        var verdicts = LengthVerdicts(spec, automaton.formulas)
        // Few tokens are sooner followed one by one than found in the trie.
        if count * (upper + 2) < trie.count {
            for token in TokenSet(words: open, capacity: automaton.vocabulary.count)
            where lives(token, here, &verdicts) { insert(token) }
        } else {
            spec.machine.walk(trie, from: here.stringState, length: here.length, into: &words, &verdicts)
        }
    }

    /// Whether the bounds on length let a string go on with a token.
    private func lives(_ token: Int, _ here: Configuration, _ verdicts: inout LengthVerdicts) -> Bool {
        let machine = verdicts.spec.machine
        var state = here.stringState
        var count = here.length
        for byte in automaton.vocabulary.bytes(of: token) {
            count = verdicts.spec.count(count, isBoundary: machine.isBoundary(state))
            state = machine.step(state, byte)
            // A string that has died by its length stays dead.
            guard state >= 0, verdicts.lives(state, count) else { return false }
        }
        return true
    }

    private mutating func runKey(_ here: Configuration) {
        let context = automaton.transitions.keys.context(of: here)
        let cursor = KeyCursor(here)
        let text = automaton.keyText(here.keyText)
        let machine = context.machine
        guard cursor.mode == StringMode.normal, cursor.machine >= 0 else {
            return walkKey(all, context, cursor, text, here.frame)
        }
        words = machine.interior(cursor.machine, automaton.vocabulary.strings)
        if !machine.isUniversal(cursor.machine), context.isAlive(cursor.node) {
            var named = cursor
            named.machine = KeyCursor.deadMachine
            walkKey(all, context, named, text, here.frame)
        }
        if let target = automaton.transitions.freshKey(here.frame) {
            return runFreshKey(here, context, text, target)
        }
        trie = automaton.vocabulary.strings.quoted.trie
        walkKey(all, context, cursor, text, here.frame)
    }
}

extension MaskWalk {
    /// Closing quotes of keys that may be anything: all such tokens lead to one place, but for those that complete a
    /// key which is named or there already.
    fileprivate mutating func runFreshKey(
        _ here: Configuration, _ context: KeyContext, _ text: [UInt8], _ target: Int32
    ) {
        let tokens = automaton.vocabulary.strings
        if target >= 0, !automaton.foresight.isDoomed(target) {
            for quoted in tokens.quoted.closing { insert(Int(quoted.token)) }
            trie = tokens.quoted.suffixes
            marksSuffixes = true
            walk(all, target)
            marksSuffixes = false
        }
        let shape = context.members.shape
        let seen = automaton.seenKeys(automaton.frame(here.frame).seen)
        var special = Set(seen.keys)
        special.formUnion(shape.keys)
        for key in special {
            let bytes = automaton.graph.keys[Int(key)]
            guard bytes.count >= text.count, bytes.starts(with: text) else { continue }
            trie = tokens.quoted.trie
            var node = -1
            for byte in bytes[text.count...] + [0x22] {
                guard let child = trie.child(of: node, on: byte) else {
                    node = -2
                    break
                }
                node = child
            }
            guard node >= 0 else { continue }
            // These tokens were marked as if the key were new: take them out and do them again.
            let end = Int(trie.nodes[node] & 0xFFFF_FFFF)
            for inner in node..<end {
                guard let token = trie.token(at: inner) else { continue }
                for each in [token] + (trie.twins[token] ?? []) {
                    words[each >> 6] &= ~(1 << UInt64(each & 63))
                }
            }
            let next = automaton.transitions.closeKey(bytes, here.frame, naming: true)
            if next >= 0, !automaton.foresight.isDoomed(next) { visit(node, next) }
        }
        // Escapes can spell any of those keys: such tokens are few and done one by one.
        trie = tokens.quoted.escapes
        for node in 0..<trie.count {
            guard let token = trie.token(at: node) else { continue }
            for each in [token] + (trie.twins[token] ?? []) { words[each >> 6] &= ~(1 << UInt64(each & 63)) }
        }
        walkKey(all, context, KeyCursor(here), text, here.frame)
    }
}
