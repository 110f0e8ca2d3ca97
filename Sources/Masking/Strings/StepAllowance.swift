/// What the searches of one step may cost together, so that no mask takes long, whatever the schema.
///
/// A search asks before it goes on; where the allowance is spent it ends with the answer that masks nothing. Searches keep
/// their answers, so a place is judged once and a mask stays what the automaton allows.
final class StepAllowance {
    private var left = StepAllowance.whole
    /// In units of about a quarter of a microsecond.
    private static let whole = 8_000

    /// Begins a step.
    @inline(__always)
    func renew() { left = StepAllowance.whole }

    /// Begins to compile a grammar, which may take as long as many steps.
    func renewForGrammar() { left = StepAllowance.whole * 50 }

    /// Takes a part of what is left.
    /// - Returns: whether there was any.
    func take(_ cost: Int) -> Bool {
        left -= cost
        return left >= 0
    }
}
