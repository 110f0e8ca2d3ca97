import Foundation
import JSON

extension Filter {
    /// An expression that matches this event and those like it, for a breakpoint set with one key.
    ///
    /// `state` is the fold up to and including the event. An event that nothing tells apart is proposed by its round.
    public static func proposed(for event: Event, in state: RunState) -> String {
        switch event.body {
        case .token(let step): proposal(for: step) ?? "~round \(step.round)"
        case .messageAdded(let message): "~role \(message.role)"
        case .responseReceived(_, let response, _):
            response.calls.first.map { tool($0.name) } ?? "~role assistant & ~round \(state.round)"
        case .callFinished(let key, let result) where result.isError: tool(key, in: state) + " & ~err"
        case .callJudged(let key, let problems, let ruling):
            if !problems.isEmpty {
                tool(key, in: state) + " & ~err"
            } else if let rule = ruling.rule {
                "~rule \(exactly(rule))"
            } else {
                tool(key, in: state)
            }
        case .decided(let key, _, _):
            tool(key, in: state)
                + (state.call(key).map { " & ~status \(quoted($0.status.rawValue))" } ?? "")
        case .runFinished(let outcome) where outcome.name != "answered": "~err"
        case .marked(let note) where !note.isEmpty: exactly(note)
        default: event.body.callKey.map { tool($0, in: state) } ?? "~round \(state.round)"
        }
    }

    private static func proposal(for step: TokenStep) -> String? {
        if step.isForced { return "~forced" }
        guard let figures = step.figures else { return nil }
        if figures.rejectedMass > 0.5 { return "~rejected>0.5" }
        // One more digit than is shown, rounded up: the token itself lies under the bound.
        let bound = (figures.probabilityBefore * 100).rounded(.down) / 100 + 0.01
        return String(format: "~p<%.2f", bound)
    }

    private static func tool(_ key: CallKey, in state: RunState) -> String {
        state.call(key).map { tool($0.call.name) } ?? "~id \(exactly(key.id.text))"
    }

    private static func tool(_ name: String) -> String { "~tool \(exactly(name))" }

    /// A pattern for that text and no other, quoted where the grammar needs it.
    public static func exactly(_ text: String) -> String { quoted(pattern(text)) }

    /// A condition that holds for calls whose argument there has that text and no other.
    public static func argument(_ pointer: JSONPointer, is text: String) -> String {
        "~arg " + quoted("\(FilterParser.text(of: pointer))=\(pattern(text))")
    }

    /// Scalars, not characters: `|` before a combining mark is one character to Swift and still an alternative to the
    /// pattern.
    private static func pattern(_ text: String) -> String {
        var pattern = "^".unicodeScalars
        for scalar in text.unicodeScalars {
            if "\\^$.*+?()[]{}|/".unicodeScalars.contains(scalar) { pattern.append("\\") }
            // A line end is written as an escape: the proposal stands on one line.
            switch scalar {
            case "\n": pattern.append(contentsOf: "\\n".unicodeScalars)
            case "\r": pattern.append(contentsOf: "\\r".unicodeScalars)
            default: pattern.append(scalar)
            }
        }
        return String(pattern) + "$"
    }

    private static func quoted(_ word: String) -> String {
        let needsQuotes = word.unicodeScalars.contains { FilterParser.endsWord($0) || $0 == "\"" }
        guard needsQuotes else { return word }
        var quoted = "\"".unicodeScalars
        for scalar in word.unicodeScalars {
            if scalar == "\"" { quoted.append("\\") }
            quoted.append(scalar)
        }
        return String(quoted) + "\""
    }
}
