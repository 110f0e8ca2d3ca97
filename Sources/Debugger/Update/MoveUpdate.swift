import Agent
import Terminal

/// Moving within panes and texts.
extension DebuggerState {
    mutating func move(rows: Int) {
        if moveInLayer(rows: rows) { return }
        switch focus.pane {
        case .conversation: scrollConversation(rows)
        case .calls: moveSelection(rows, \.calls, among: listedCalls.map(\.key), from: selectedCall?.key)
        case .results:
            let calls = listedCalls
            moveSelection(
                rows, \.results, among: resultPositions.map { calls[$0].key }, from: selectedResult?.key)
        case .mask:
            let count = mask.rows.count
            guard count > 0 else { return }
            let row = max(0, min(count - 1, (frame.mask.selected ?? 0) + rows))
            mask.row = row
            mask.rows.show(row)
        }
    }

    mutating func move(pages: Int) {
        if let page = layerPage {
            _ = moveInLayer(rows: pages * max(1, page - 1))
            return
        }
        switch focus.pane {
        case .conversation:
            scrollConversation(pages * max(1, conversation.scroll.page - 1))
        case .calls: calls.detail.move(byPages: pages)
        case .results: results.detail.move(byPages: pages)
        case .mask: move(rows: pages * max(1, mask.rows.page - 1))
        }
    }

    /// Turns the wheel over a pane: what it shows moves, the selection stays.
    mutating func scroll(_ pane: Pane, rows: Int) {
        switch pane {
        case .conversation: scrollConversation(rows)
        case .calls: calls.detail.move(by: rows)
        case .results: results.detail.move(by: rows)
        case .mask:
            if mask.row == nil { mask.row = frame.mask.selected }
            mask.rows.move(by: rows)
        }
    }

    /// Moves in the conversation; beyond the messages that are laid out, the next ones are.
    private mutating func scrollConversation(_ rows: Int) {
        let all = frame.conversation.total
        if frame.conversation.messages.count < all, rows <= -MoveCommands.farthest {
            conversation.first = 0
            conversation.scroll.move(to: 0)
            conversation.followsEnd = false
            return
        }
        conversation.scroll.move(by: rows)
        conversation.followsEnd =
            rows >= MoveCommands.farthest
            || conversation.scroll.isAtEnd && frame.conversation.messages.upperBound == all
    }

    private mutating func moveSelection(
        _ rows: Int, _ pane: WritableKeyPath<DebuggerState, CallListPane>, among keys: [CallKey],
        from current: CallKey?
    ) {
        guard !keys.isEmpty else { return }
        let index = current.flatMap { keys.firstIndex(of: $0) } ?? keys.count - 1
        self[keyPath: pane].select(keys[max(0, min(keys.count - 1, index + rows))])
    }

    private var layerPage: Int? {
        switch layers.last {
        case .document(let document): document.scroll.page
        case .review(let review): review.scroll.page
        case .rule(let review): review.scroll.page
        default: nil
        }
    }

    mutating func moveInLayer(rows: Int) -> Bool {
        switch layers.last {
        case .document(var document):
            document.scroll.move(by: rows)
            if case .serverLog = document.topic { document.followsEnd = document.scroll.isAtEnd }
            layers[layers.count - 1] = .document(document)
        case .review(var review):
            review.scroll.move(by: rows)
            layers[layers.count - 1] = .review(review)
        case .question(var form):
            form.scroll.move(by: rows)
            layers[layers.count - 1] = .question(form)
        case .rule(var review):
            review.scroll.move(by: rows)
            layers[layers.count - 1] = .rule(review)
        default: return false
        }
        return true
    }
}
