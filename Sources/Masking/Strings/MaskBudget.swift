/// A bound on the masks that the string machines of one engine remember: when it is reached, all forget theirs.
final class MaskBudget {
    private static let limit = 2_500
    private var held = 0
    private(set) var generation = 0

    func take() {
        held += 1
        if held > MaskBudget.limit {
            held = 0
            generation += 1
        }
    }
}
