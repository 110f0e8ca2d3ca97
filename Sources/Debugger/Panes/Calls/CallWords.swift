import Agent
import Terminal

/// A call's status in a sign, words and a colour, the same wherever it is shown.
extension CallRecord {
    /// The sign before the call: `!` asks for the person, `✓` ran well, `✗` did not.
    var sign: String {
        switch status {
        case .waiting, .unknown: "!"
        case .finished: result?.isError == true ? "✗" : "✓"
        case .denied, .refused: "✗"
        case .answered: "✓"
        case .proposed: "·"
        case .approved, .running: "▸"
        }
    }

    /// What became of the call so far.
    var statusWords: String {
        switch status {
        case .proposed: "asked for"
        case .waiting: "waits for a decision"
        case .approved: "approved, not begun"
        case .running: "running"
        case .finished: result.map(\.ending.words) ?? "finished"
        case .denied: "denied, did not run"
        case .answered: "answered by a person, did not run"
        case .refused: "refused, could not run"
        case .unknown: "outcome unknown: decide anew"
        }
    }

    /// The status in one word, for a list.
    var statusWord: String {
        switch status {
        case .proposed: "asked for"
        case .waiting: "waits"
        case .approved: "approved"
        case .running: "running"
        case .finished: result.map { $0.isError ? $0.ending.rawValue : "finished" } ?? "finished"
        case .denied: "denied"
        case .answered: "answered"
        case .refused: "refused"
        case .unknown: "unknown"
        }
    }

    var statusStyle: Style {
        switch status {
        case .waiting, .unknown: Theme.attention
        case .finished: result?.isError == true ? Theme.bad : Theme.good
        case .denied, .refused: Theme.bad
        case .answered: Theme.good
        case .proposed: Theme.faint
        case .approved, .running: Theme.label
        }
    }

    /// The arguments on one line.
    var argumentsLine: SafeText { TokenText.line(ShownText.line(call.arguments.text)) }
}

extension CallResult.Ending {
    /// The ending in words.
    var words: String {
        switch self {
        case .completed: "finished"
        case .failed: "failed"
        case .timedOut: "timed out"
        case .cancelled: "cancelled"
        case .oversized: "answered too much"
        case .mispaired: "answered for another call"
        }
    }
}

extension Decision {
    /// The decision in words, as something that was done.
    var words: String {
        switch self {
        case .approve: "approved"
        case .edit(_, let mode): "edited (\(mode.rawValue))"
        case .deny: "denied"
        case .respond: "answered in the tool's place"
        case .refuse: "refused"
        }
    }
}
