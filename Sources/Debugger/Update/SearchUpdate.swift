import Terminal

/// Searching within a pane.
extension DebuggerState {
    mutating func beginSearch(_ text: String, in pane: Pane) {
        guard !text.isEmpty else {
            search = nil
            return
        }
        let search = Search(pane: pane, text: text)
        self.search = search
        focus.pane = pane
        if !pane.room.find(search, &self, direction: 1, isFirst: true) {
            self.search = nil
            refuse("'\(text)' is not in the \(pane.name) pane")
        }
    }

    /// Goes to the next match, or the previous one, round the end.
    mutating func searchOn(_ direction: Int) -> [DebuggerEffect] {
        guard let search else { return [] }
        focus.pane = search.pane
        if !search.pane.room.find(search, &self, direction: direction, isFirst: false) {
            refuse("'\(search.text)' is not in the \(search.pane.name) pane any more")
        }
        return []
    }
}
