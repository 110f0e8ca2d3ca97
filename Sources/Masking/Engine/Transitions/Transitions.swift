import JSON

/// What may follow: a lazily built pushdown automaton over bytes.
///
/// A configuration is a number: a place with its fields and an immutable stack of frames, both interned, so that
/// equal situations share their transitions. All tables are confined to the automaton's owner.
final class Transitions: Conditioned {
    let blueprint: Blueprint
    let places = Places()
    let conditions: Conditions
    let keys: KeyContexts
    private var edges = EdgeTable()
    var deliveries: [UInt64: Int32] = [:]
    var closedStrings: [SIMD4<Int32>: Int32] = [:]

    init(_ blueprint: Blueprint) {
        self.blueprint = blueprint
        conditions = Conditions(blueprint)
        keys = KeyContexts(blueprint, places, conditions)
    }

    /// The place before a value of a schema.
    func start(_ formula: Formulas.ID) -> Int32 {
        let frame = intern(Frame(kind: .root, parent: -1, depth: 0))
        return intern(Configuration(.value, a: formula, frame: frame))
    }

    /// The transitions of a configuration whose place ``Place/hasEdges``, by ascending byte.
    func edgeRange(_ id: Int32) -> Range<Int> {
        if let known = edges.range(of: id) { return known }
        var found: [UInt64] = []
        for byte in candidates(configuration(id)) {
            let target = compute(id, byte)
            if target >= 0 { found.append(EdgeTable.packed(byte, target)) }
        }
        return edges.add(found, for: id)
    }

    @inline(__always)
    func edge(_ index: Int) -> (byte: UInt8, target: Int32) { edges[index] }

    /// The configuration after one byte, or ``dead``.
    ///
    /// A `resolve` configuration must be resolved with the text
    /// before anything follows.
    func step(_ id: Int32, _ byte: UInt8) -> Int32 {
        let here = configuration(id)
        if here.place.hasEdges {
            for index in edgeRange(id) {
                let (candidate, target) = edge(index)
                if candidate == byte { return target }
            }
            return Configuration.dead
        }
        return compute(id, byte)
    }

    /// Bytes that may have a transition, ascending.
    private func candidates(_ here: Configuration) -> [UInt8] {
        switch here.place {
        case .value, .arrayOpen: JSONSyntax.valueBytes
        case .colon, .objectOpen, .objectComma, .objectAfter, .arrayAfter: JSONSyntax.structuralBytes
        case .number: JSONSyntax.numberBytes
        case .literal: JSONSyntax.literalWords[Int(here.literal)][Int(here.written)...].prefix(1).map { $0 }
        case .done: []
        case .fixed, .name, .between: turnCandidates(here)
        case .string, .key, .text, .resolve: []
        }
    }
}
