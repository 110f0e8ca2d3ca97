import Agent
import Terminal

/// Searching within a pane.
extension DebuggerState {
    mutating func beginSearch(_ text: String, in pane: Pane) {
        guard !text.isEmpty else {
            search = nil
            return
        }
        search = Search(pane: pane, text: text)
        focus.pane = pane
        if !find(1, from: true) {
            search = nil
            refuse("'\(text)' is not in the \(pane.name) pane")
        }
    }

    /// Goes to the next match, or the previous one, round the end.
    mutating func searchOn(_ direction: Int) -> [DebuggerEffect] {
        guard let search else { return [] }
        focus.pane = search.pane
        if !find(direction, from: false) {
            refuse("'\(search.text)' is not in the \(search.pane.name) pane any more")
        }
        return []
    }

    /// - Parameter isFirst: whether the row that is shown first counts as well.
    private mutating func find(_ direction: Int, from isFirst: Bool) -> Bool {
        guard let search else { return false }
        switch search.pane {
        case .conversation:
            return findInConversation(search, direction, isFirst)
        case .mask:
            guard let table = frame.mask.table else { return false }
            let positions = frame.mask.positions
            let start = isFirst ? -1 : frame.mask.selected ?? -1
            let match = nextMatch(positions.count, start, direction) {
                search.matches(table.candidate(at: Int(positions[$0])).text.plain)
            }
            guard let row = match else { return false }
            mask.row = row
            mask.rows.show(row, margin: 2)
        case .calls:
            return findCall(\.calls, listedCalls, selectedCall?.key, direction, isFirst) { record in
                search.matches(
                    "\(record.key.id) \(record.call.name) \(record.call.arguments.text) \(record.statusWords)"
                )
            }
        case .results:
            return findCall(\.results, resultCalls, selectedResult?.key, direction, isFirst) { record in
                search.matches(
                    "\(record.key.id) \(record.call.name) \(record.result?.content ?? "") "
                        + "\(record.pendingMessage?.content ?? "") \(record.late?.content ?? "")")
            }
        }
        return true
    }

    private mutating func findInConversation(_ search: Search, _ direction: Int, _ isFirst: Bool) -> Bool {
        // The pane may have come to the front by this very search.
        frame.layout = ScreenLayout(size: size, focus: focus)
        settleConversation()
        let isWhole = frame.conversation.isWhole
        let lines = frame.conversation.lines
        let start = isFirst ? -1 : min(lines.count, conversation.match ?? conversation.scroll.offset)
        let line: Int?
        if isWhole {
            line = nextMatch(lines.count, start, direction) { search.matches(lines[$0].plain) }
        } else {
            // A first search, like one in a whole conversation, begins at the first message.
            let rest =
                direction > 0 ? Array(lines.indices.dropFirst(start + 1)) : (0..<max(0, start)).reversed()
            line = isFirst ? nil : rest.first { search.matches(lines[$0].plain) }
        }
        if let line {
            conversation.match = line
            conversation.followsEnd = false
            conversation.scroll.show(line, margin: 3)
            return true
        }
        return !isWhole && findMessage(search, direction, isFirst)
    }

    /// The next message outside of those laid out that holds the text; it is laid out, and its line gone to.
    private mutating func findMessage(_ search: Search, _ direction: Int, _ isFirst: Bool) -> Bool {
        let (all, listed, laidOut) = (shown.messages, listedMessages, frame.conversation.messages)
        let start =
            isFirst ? listed.count - 1 : direction > 0 ? laidOut.upperBound - 1 : laidOut.lowerBound
        let needle = SearchedBytes(search.text)
        var skipped: Set<Int> = []
        while let index = nextMatch(
            listed.count, start, direction,
            { index in
                !skipped.contains(index) && needle.isIn(all[listed[index]])
            })
        {
            conversation.first = index
            conversation.scroll.move(to: 0)
            conversation.match = 0
            conversation.followsEnd = false
            settleConversation()
            let (lines, begin) = (frame.conversation.lines, conversation.match ?? 0)
            if let line = (begin..<lines.count).first(where: { search.matches(lines[$0].plain) }) {
                conversation.match = line
                conversation.scroll.show(line, margin: 3)
                return true
            }
            // The message holds the text in a part of it that the pane does not show.
            skipped.insert(index)
        }
        return false
    }

    /// The next match in the detail of the selected call, else the next call that holds one.
    private mutating func findCall(
        _ pane: WritableKeyPath<DebuggerState, CallListPane>, _ records: [CallRecord], _ selected: CallKey?,
        _ direction: Int, _ isFirst: Bool, _ holds: (CallRecord) -> Bool
    ) -> Bool {
        guard let search else { return false }
        let detail = search.pane == .calls ? frame.calls.detail : frame.results.detail
        let line = isFirst ? -1 : self[keyPath: pane].match ?? -1
        let rest =
            direction > 0
            ? Array(detail.indices.dropFirst(line + 1)) : detail.indices.prefix(max(0, line)).reversed()
        if !isFirst, let next = rest.first(where: { search.matches(detail[$0].plain) }) {
            self[keyPath: pane].match = next
            self[keyPath: pane].detail.show(next, margin: 2)
            return true
        }
        let start = isFirst ? -1 : selected.flatMap { key in records.firstIndex { $0.key == key } } ?? -1
        guard let index = nextMatch(records.count, start, direction, { holds(records[$0]) }) else {
            return false
        }
        self[keyPath: pane].select(records[index].key)
        self[keyPath: pane].match = nil
        return true
    }

    /// The next index after `start` in a ring for which a condition holds; `start` itself comes last.
    private func nextMatch(_ count: Int, _ start: Int, _ direction: Int, _ holds: (Int) -> Bool) -> Int? {
        guard count > 0 else { return nil }
        for distance in 1...count {
            let index = ((start + distance * direction) % count + count) % count
            if holds(index) { return index }
        }
        return nil
    }
}
