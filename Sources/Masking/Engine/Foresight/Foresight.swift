/// Completion: whether what has been written can be completed, where the next transitions do not show it.
///
/// The transitions follow keywords one by one. What they let through is looked at once more here: a place from which no way
/// leads to the end is taken for dead, so that the mask does not lead into it.
final class Foresight: Conditioned {
    let transitions: Transitions
    private(set) lazy var entanglement = Entanglement(graph)
    var outlooks: ContiguousArray<Outlook?> = []
    var plainFrames: ContiguousArray<UInt8> = []
    var plainFormulas: [Formulas.ID: Bool] = [:]
    var unsatisfiable: [Formulas.ID: Bool] = [:]
    var narrowed: [UInt64: Formulas.ID] = [:]
    /// The numbers of foreseen contexts of keys, 0 for those that need no cutting.
    var foreseenKeys: [UInt64: Int32] = [:]

    init(_ transitions: Transitions) { self.transitions = transitions }

    var blueprint: Blueprint { transitions.blueprint }
    var places: Places { transitions.places }
    var conditions: Conditions { transitions.conditions }
}
