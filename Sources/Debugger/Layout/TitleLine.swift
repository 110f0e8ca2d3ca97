import Agent
import Terminal

/// The top line: workflow, model, round, state, step.
enum TitleLine {
    /// The line at a width; the state and the step are kept the longest.
    static func line(_ state: DebuggerState, width: Int) -> StyledText {
        let right = " step \(Figure.count(state.timeline.step))/\(Figure.count(state.timeline.log.count)) "
        let status = words(state)
        let header = state.shown.header
        let names = [header?.workflow, header?.model.name].compactMap { $0 }
        let round = state.shown.round > 0 ? ["round \(state.shown.round)"] : []
        let full =
            names + round + (state.shownFilter.map { ["only \(short($0.filter.source))"] } ?? []) + [status]
        var parts = full
        let room = width - right.count - 2
        while parts.count > 1, parts.map({ SafeText($0).width + 3 }).reduce(-3, +) > room {
            parts.removeFirst()
        }
        var line = StyledText(" ", Theme.title)
        for (index, part) in parts.enumerated() {
            if index > 0 { line.append(" · ", Theme.title) }
            line.append(part, index == parts.count - 1 ? Theme.titleState : Theme.title)
        }
        guard line.width + right.count <= width else { return line.truncated(to: width) }
        line.append(String(repeating: " ", count: width - line.width - right.count), Theme.title)
        line.append(right, Theme.title)
        return line
    }

    /// So much of an expression that the state stays readable.
    private static func short(_ expression: String) -> String {
        expression.count > 32 ? expression.prefix(31) + "…" : expression
    }

    /// What the run is doing, in words.
    static func words(_ state: DebuggerState) -> String {
        if let form = state.layers.last as? QuestionForm { return "server \(form.question.server) asks you" }
        let isWaiting = state.firstWaiting != nil && state.run != .ended
        if let share = state.timeline.readShare { return "reading… \(Int(share * 100)) %" }
        if state.timeline.isReplay { return "replay" + outcome(state.shown) }
        if state.timeline.isLookingBack {
            return "looking back"
                + (isWaiting ? ", \(state.firstWaiting?.key.id.text ?? "") waits for you" : "")
        }
        if isWaiting {
            let count = state.shown.waitingCalls.count
            return count > 1 ? "waiting for you: \(count) calls" : "waiting for you"
        }
        switch state.run {
        case .running, nil: return "running"
        case .progressing(let progress): return progress.summary
        case .waiting: return "waiting for you"
        case .ended: return "ended" + outcome(state.shown)
        case .paused(let checkpoint): return "paused: \(words(checkpoint))"
        }
    }

    private static func outcome(_ state: RunState) -> String {
        switch state.outcome {
        case nil: ""
        case .answered: ", answered"
        case .limit: ", at a limit"
        case .stopped: ", stopped"
        case .policy: ", stopped by the policy"
        case .failed: ", failed"
        }
    }

    private static func words(_ checkpoint: Checkpoint) -> String {
        switch checkpoint {
        case .request(let round): "before the request of round \(round)"
        case .progress(let progress): progress.summary
        case .token: "after a token"
        case .call(let key): "before \(key.id) runs"
        case .results(let round): "before the model reads the results of round \(round)"
        }
    }
}
