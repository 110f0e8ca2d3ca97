import Agent
import Terminal

/// What changed in a tool's definition since it was pinned; whoever approves a call must have seen it.
enum DriftLines {
    static func add(_ record: CallRecord, in state: RunState, to text: inout TextLines) {
        guard
            let definition = state.header?.catalogue.first(where: {
                $0.name.utf8.elementsEqual(record.call.name.utf8)
            }), let drift = definition.drift
        else { return }
        text.wrap(SafeText("! \(drift.summary)"), Theme.attention)
        guard let before = definition.textBefore else { return }
        text.add("- as pinned, + as the server says now", Theme.label)
        for line in LineDifference.between(before, definition.pinnedText) {
            if case .same = line { continue }
            text.add(line)
        }
    }
}
