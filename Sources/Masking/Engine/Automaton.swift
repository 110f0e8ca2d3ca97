import JSON

/// A grammar as a lazily built pushdown automaton over bytes.
///
/// A configuration is a number: a place with its fields and an immutable stack of frames, both interned, so that
/// equal situations share their transitions and masks. All caches are confined to the automaton's owner.
final class Automaton {
    static let dead: Int32 = -1

    let vocabulary: Vocabulary
    let options: GrammarOptions
    let patterns: PatternLibrary
    let graph: SchemaGraph
    let formulas = Formulas()
    let turn: TurnPlan?

    private(set) var configurations = RecordTable()
    private(set) var frames = RecordTable()

    // Transitions and masks by configuration.
    private var edgeStart: ContiguousArray<Int32> = []
    private var edges: ContiguousArray<UInt64> = []
    var masks: [Int32: [UInt64]] = [:]
    var textRows: [Int32: [Int32]] = [:]

    // What is derived from formulas.
    var typed: [UInt64: Formulas.ID] = [:]
    var shapes: [ObjectShape.Kind: ObjectShape] = [:]
    var members: [Formulas.ID: ObjectMembers] = [:]
    var contexts: [UInt64: KeyContext] = [:]
    var arrayItems: [UInt64: ObjectMembers.Member] = [:]
    var arrayLimits: [Formulas.ID: Int32] = [:]
    var specs: [StringSpec] = []
    var specOf: [Formulas.ID: Int32] = [:]
    var closedStrings: [SIMD4<Int32>: Int32] = [:]
    var numbers: [NumberState] = []
    var numberIDs: [NumberState: Int32] = [:]
    var numberSpecs: [Int32: NumberSpec] = [:]
    var alternatives: [Formulas.ID: NumberAlternatives] = [:]
    var deliveries: [UInt64: Int32] = [:]
    var seenSets: [SeenKeys] = [SeenKeys()]
    var seenIDs: [SeenKeys: Int32] = [SeenKeys(): 0]
    var keyTexts: [[UInt8]] = [[]]
    var keyTextIDs: [[UInt8]: Int32] = [[]: 0]
    var inhabitedFormulas: [Formulas.ID: Bool] = [:]
    var inhabitedTyped: [UInt64: Bool] = [:]
    var probing: Set<Formulas.ID> = []
    var probeBudget = 0

    // What is known of completion; see Foresight.
    lazy var entanglement = Entanglement(graph)
    var outlooks: ContiguousArray<Outlook?> = []
    var plainFrames: ContiguousArray<UInt8> = []
    var plainFormulas: [Formulas.ID: Bool] = [:]
    var unsatisfiable: [Formulas.ID: Bool] = [:]
    var narrowed: [UInt64: Formulas.ID] = [:]
    var foreseenContexts: [UInt64: KeyContext] = [:]
    var narrowedKeys: [RefusedKeys: StringMachine] = [:]
    var sampledKeys: [Formulas.ID: KeySamples] = [:]

    /// Whether some schema has keywords that only the closed text decides.
    let readsText: Bool

    init(
        vocabulary: Vocabulary, options: GrammarOptions, patterns: PatternLibrary, graph: SchemaGraph,
        turn: TurnPlan?
    ) {
        self.vocabulary = vocabulary
        self.options = options
        self.patterns = patterns
        self.graph = graph
        self.turn = turn
        readsText = graph.nodes.contains {
            $0.uniqueItems || $0.checksItems || $0.checksProperties || $0.pattern?.exact != nil
                || $0.format?.exact != nil
        }
    }

    /// The number of a configuration.
    func intern(_ configuration: Configuration) -> Int32 {
        let id = configurations.intern(configuration.record)
        if Int(id) == edgeStart.count { edgeStart.append(-1) }
        return id
    }

    func intern(_ frame: Frame) -> Int32 { frames.intern(frame.record) }

    @inline(__always)
    func configuration(_ id: Int32) -> Configuration { Configuration(configurations[id]) }

    @inline(__always)
    func frame(_ id: Int32) -> Frame { Frame(frames[id]) }

    /// The number of a set of keys.
    func intern(_ seen: SeenKeys) -> Int32 {
        if let id = seenIDs[seen] { return id }
        let id = Int32(seenSets.count)
        seenSets.append(seen)
        seenIDs[seen] = id
        return id
    }

    /// The number of a key's text so far.
    func intern(keyText: [UInt8]) -> Int32 {
        if let id = keyTextIDs[keyText] { return id }
        let id = Int32(keyTexts.count)
        keyTexts.append(keyText)
        keyTextIDs[keyText] = id
        return id
    }

    /// Whether transitions of that place are kept as a list: the places where few bytes can follow.
    static func hasEdges(_ place: Place) -> Bool {
        switch place {
        case .string, .key, .text, .resolve: false
        default: true
        }
    }

    /// The transitions of a configuration whose place ``hasEdges(_:)``: byte in the upper half, target in the lower,
    /// by ascending byte.
    func edgeRange(_ id: Int32) -> Range<Int> {
        let start = edgeStart[Int(id)]
        if start >= 0 {
            let count = Int(edges[Int(start)])
            return Int(start) + 1..<Int(start) + 1 + count
        }
        var found: [UInt64] = []
        for byte in candidates(configuration(id)) {
            let target = compute(id, byte)
            if target >= 0 { found.append(UInt64(byte) << 32 | UInt64(target)) }
        }
        let begin = edges.count
        edgeStart[Int(id)] = Int32(begin)
        edges.append(UInt64(found.count))
        edges.append(contentsOf: found)
        return begin + 1..<begin + 1 + found.count
    }

    @inline(__always)
    func edge(_ index: Int) -> (byte: UInt8, target: Int32) {
        let packed = edges[index]
        return (UInt8(truncatingIfNeeded: packed >> 32), Int32(truncatingIfNeeded: packed))
    }

    /// The configuration after one byte, or ``dead``.
    ///
    /// A `resolve` configuration must be resolved with the text
    /// before anything follows.
    func step(_ id: Int32, _ byte: UInt8) -> Int32 {
        let here = configuration(id)
        if Automaton.hasEdges(here.place) {
            for index in edgeRange(id) {
                let (candidate, target) = edge(index)
                if candidate == byte { return target }
            }
            return Automaton.dead
        }
        return compute(id, byte)
    }

    /// Bytes that may have a transition, ascending.
    private func candidates(_ here: Configuration) -> [UInt8] {
        switch here.place {
        case .value, .arrayOpen: Automaton.valueBytes
        case .colon, .objectOpen, .objectComma, .objectAfter, .arrayAfter: Automaton.structuralBytes
        case .number: Automaton.numberBytes
        case .literal: Automaton.literalWords[Int(here.a)][Int(here.b)...].prefix(1).map { $0 }
        case .done: []
        case .fixed, .name, .between: turnCandidates(here)
        case .string, .key, .text, .resolve: []
        }
    }

    static let whiteSpace: [UInt8] = [0x09, 0x0A, 0x0D, 0x20]
    static let valueBytes: [UInt8] =
        (whiteSpace + Array("\"-0123456789[]{fnt".utf8)).sorted()
    static let structuralBytes: [UInt8] = (whiteSpace + Array("\",:}]".utf8)).sorted()
    static let numberBytes: [UInt8] = (whiteSpace + Array("+-.0123456789eE,}]<".utf8)).sorted()
    static let literalWords: [[UInt8]] = [Array("null".utf8), Array("true".utf8), Array("false".utf8)]

    /// Forgets masks when they have grown beyond their share of memory.
    func remember(_ words: [UInt64], for id: Int32) {
        if masks.count >= 1_200 { masks.removeAll(keepingCapacity: true) }
        masks[id] = words
    }
}
