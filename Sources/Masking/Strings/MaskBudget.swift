/// A bound on the masks that the string machines of one engine remember: when it is reached, all forget theirs.
final class MaskBudget {
    private static let limit = 2_500
    private var held = 0
    private(set) var generation = 0
    /// How often a machine has stopped following patterns somewhere: masks made before may be narrower than the automaton.
    private(set) var revision = 0

    /// Lets all machines forget their masks, of which some lead to a place where patterns are no longer followed.
    func revise() {
        held = 0
        generation += 1
        revision += 1
    }

    func take() {
        held += 1
        if held > MaskBudget.limit {
            held = 0
            generation += 1
        }
    }
}
