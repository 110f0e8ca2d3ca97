import Terminal

/// The leading lines of a text that must have been on the screen to their end before a call may run.
struct LeadingLines: Sendable {
    /// How many there are.
    var count = 0
    /// The last of them that says what runs: neither a bracket that closes what was opened, nor where a value came from.
    var last = 0

    /// Takes in the lines up to there: warnings, which say something.
    mutating func add(upTo count: Int) {
        if count > self.count { (self.count, last) = (count, count - 1) }
    }

    /// Whether their end is on the screen; further down it has been left behind, seen or not.
    func isEndShown(by scroll: Scroll) -> Bool {
        scroll.page > 0 && (count == 0 || scroll.visible.contains(last))
    }

    /// Where a pane that is this far down goes on the way to its end: first to the end of these lines.
    func end(from scroll: Scroll) -> Int {
        scroll.visible.upperBound <= last ? min(last, count - scroll.page) : .max
    }
}
