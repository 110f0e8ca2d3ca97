/// A test on a string's characters: an automaton where the test is regular, and the exact test where it is not.
struct StringTest {
    /// Whether a whole string passes.
    func accepts(_ text: String) -> Bool {
        if let exact { return exact(text) }
        guard let automaton else { return true }
        // The run may add states, so the flag is read after it.
        let state = automaton.run(PatternAutomaton.start, text.utf8)
        return automaton.accepts[Int(state)]
    }

    /// As written in the schema.
    let source: String
    /// The regular part: what it refuses is refused; `nil` where nothing is known before the end.
    let automaton: PatternAutomaton?
    /// The test that decides on the closed string; `nil` where the automaton decides.
    let exact: ((String) -> Bool)?
}
