/// The keys that a set of object schemas names, as a trie, and the patterns that other keys are held against.
final class ObjectShape {
    /// What a shape is made of.
    struct Kind: Hashable {
        /// Object schemas whose keywords look at the members.
        let schemas: [Int32]
        /// Keys on whose presence other schemas depend.
        let keys: [Int32]
    }

    /// Object schemas whose keywords look at the members.
    let schemas: [Int32]
    /// Named keys (numbers of the graph) sorted by their bytes; a key's position here is its rank.
    let keys: [Int32]
    let rankOfKey: [Int32: Int]
    let trie: VocabularyTrie
    /// Ranks below each trie node: `low[node]..<high[node]`.
    let low: [Int32]
    let high: [Int32]
    /// All key patterns: schema, position in it, automaton.
    let patterns: [(schema: Int32, position: Int, automaton: PatternAutomaton, test: StringTest)]
    /// Position of each named key in the schemas' order.
    let order: [Int32: Int]

    init(_ kind: Kind, _ graph: SchemaGraph) {
        schemas = kind.schemas
        var named: Set<Int32> = []
        var order: [Int32: Int] = [:]
        var patterns: [(Int32, Int, PatternAutomaton, StringTest)] = []
        func add(_ key: Int32) {
            if named.insert(key).inserted { order[key] = order.count }
        }
        for schema in schemas {
            for property in graph.nodes[Int(schema)].object.members.properties { add(property.key) }
            for (position, pattern) in graph.nodes[Int(schema)].object.members.patterns.enumerated() {
                if let automaton = pattern.test.automaton {
                    patterns.append((schema, position, automaton, pattern.test))
                }
            }
        }
        for schema in schemas {
            graph.nodes[Int(schema)].object.required.forEach(add)
            for dependency in graph.nodes[Int(schema)].object.dependentRequired {
                add(dependency.key)
                dependency.needs.forEach(add)
            }
        }
        kind.keys.forEach(add)
        self.order = order
        self.patterns = patterns
        keys = named.sorted { graph.keys[Int($0)].lexicographicallyPrecedes(graph.keys[Int($1)]) }
        var rankOfKey: [Int32: Int] = [:]
        var buffer: [UInt8] = []
        var offsets: [Int32] = [0]
        for (rank, key) in keys.enumerated() {
            rankOfKey[key] = rank
            buffer.append(contentsOf: graph.keys[Int(key)])
            offsets.append(Int32(buffer.count))
        }
        self.rankOfKey = rankOfKey
        trie = VocabularyTrie(
            tokens: (0..<Int32(keys.count)).filter { offsets[Int($0)] < offsets[Int($0) + 1] },
            buffer: buffer,
            offsets: offsets)
        var low = [Int32](repeating: Int32.max, count: trie.count)
        var high = [Int32](repeating: 0, count: trie.count)
        for node in (0..<trie.count).reversed() {
            if let rank = trie.token(at: node) {
                low[node] = Int32(rank)
                high[node] = Int32(rank) + 1
            }
            let end = Int(trie.nodes[node] & 0xFFFF_FFFF)
            var child = node + 1
            while child < end {
                low[node] = min(low[node], low[child])
                high[node] = max(high[node], high[child])
                child = Int(trie.nodes[child] & 0xFFFF_FFFF)
            }
        }
        self.low = low
        self.high = high
    }
}

/// What an object's formula makes of each further member.
final class ObjectMembers {
    /// What remains of the object's formula, and what the member's value must satisfy.
    struct Member: Hashable {
        var kept: Formulas.ID
        var child: Formulas.ID
    }

    let formula: Formulas.ID
    let shape: ObjectShape
    let unnamed: UnnamedKeys
    /// Whether some such key has a value that is allowed; found on demand.
    var allowsOthers: Bool?
    var named: [Member?]
    var others: [[Bool]: Member] = [:]
    /// The ranks of named keys, those first that some schema requires.
    var ranksByNeed: [Int]?
    let needs: Needs

    /// The keys that no schema names.
    struct UnnamedKeys {
        /// Their automaton.
        var machine: StringMachine
        /// Whether the patterns on keys leave room for them.
        var mayCome: Bool
    }

    /// What must hold whatever else does.
    struct Needs {
        /// The tightest upper bound on the number of members.
        var maximum: Int?
        /// The least keys that must come.
        var required: Set<Int32>
    }

    var machine: StringMachine { unnamed.machine }
    var maximum: Int? { needs.maximum }
    var required: Set<Int32> { needs.required }

    init(
        formula: Formulas.ID, shape: ObjectShape, unnamed: UnnamedKeys, needs: Needs
    ) {
        self.formula = formula
        self.shape = shape
        self.unnamed = unnamed
        self.needs = needs
        named = [Member?](repeating: nil, count: shape.keys.count)
    }
}

/// The keys that may come next in an object.
final class KeyContext {
    let members: ObjectMembers
    let seen: Int32
    /// Number of allowed named keys of lower rank.
    let below: [Int32]
    let allowsOthers: Bool
    /// The automaton of keys that no schema names.
    let machine: StringMachine

    init(
        members: ObjectMembers, seen: Int32, allowed: [Bool], allowsOthers: Bool,
        machine: StringMachine? = nil
    ) {
        self.members = members
        self.machine = machine ?? members.machine
        self.seen = seen
        self.allowsOthers = allowsOthers
        var below: [Int32] = [0]
        for flag in allowed { below.append((below.last ?? 0) + (flag ? 1 : 0)) }
        self.below = below
    }

    var allowsAny: Bool { allowsOthers || (below.last ?? 0) > 0 }

    func allows(rank: Int) -> Bool { below[rank + 1] > below[rank] }

    /// Whether some allowed named key lies below a node; -1 is the root and -2 no node.
    func isAlive(_ node: Int32) -> Bool {
        if node < 0 { return node == -1 && (below.last ?? 0) > 0 }
        let shape = members.shape
        return below[Int(shape.high[Int(node)])] > below[Int(shape.low[Int(node)])]
    }
}

/// Where a writer stands in a key.
struct KeyCursor {
    static let deadMachine: Int32 = -1
    static let deadNode: Int32 = -2

    var mode: UInt32 = StringMode.normal
    /// State of the machine of unnamed keys.
    var machine: Int32
    /// Node in the trie of named keys.
    var node: Int32

    /// What one more byte does to a key.
    enum Step {
        case dead
        case close
        /// On; the key's text gains the scalar or the byte, if any.
        case next(KeyCursor, gained: Gain)
    }

    enum Gain {
        case nothing
        case byte(UInt8)
        case scalar(UInt32)
    }

    init(_ context: KeyContext) {
        machine = context.allowsOthers ? StringMachine.start : KeyCursor.deadMachine
        node = -1
    }

    init(_ configuration: Configuration) {
        mode = UInt32(bitPattern: configuration.extra)
        machine = configuration.keyMachine
        node = configuration.keyNode
    }

    func step(_ byte: UInt8, _ context: KeyContext) -> Step {
        let effect = StringMode.step(mode, byte)
        var next = self
        let gained: Gain
        switch effect {
        case .dead: return .dead
        case .close: return .close
        case .raw(let mode):
            next.mode = mode
            gained = .byte(byte)
        case .silent(let mode):
            next.mode = mode
            gained = .nothing
        case .scalar(let scalar):
            next.mode = StringMode.normal
            gained = .scalar(scalar)
        }
        if machine >= 0 {
            next.machine = context.machine.step(machine, byte)
            if next.machine < 0 { next.machine = KeyCursor.deadMachine }
        }
        let trie = context.members.shape.trie
        switch gained {
        case .nothing:
            if next.machine < 0, next.mode == StringMode.escape, !canEscape(trie) { return .dead }
        case .byte(let byte):
            if next.node >= -1 {
                next.node = trie.child(of: Int(next.node), on: byte).map { Int32($0) } ?? KeyCursor.deadNode
            }
        case .scalar(let scalar):
            for byte in ByteExpressions.utf8(scalar) where next.node >= -1 {
                next.node = trie.child(of: Int(next.node), on: byte).map { Int32($0) } ?? KeyCursor.deadNode
            }
        }
        if next.machine < 0 {
            // Only named keys are left: they are spelled in one way.
            guard context.isAlive(next.node), StringMode.isCanonical(mode, byte, effect) else { return .dead }
        }
        return .next(next, gained: gained)
    }

    private func canEscape(_ trie: VocabularyTrie) -> Bool {
        guard node >= -1 else { return false }
        let bytes: [UInt8] = [0x22, 0x5C, 0x7F] + Array(0x00...0x1F)
        return bytes.contains { trie.child(of: Int(node), on: $0) != nil }
    }
}
