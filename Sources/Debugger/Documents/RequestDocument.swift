import Agent
import Terminal

/// The request as it left for the model, and what each tool cost in tokens.
struct RequestDocument: Document {
    func title(_ state: DebuggerState) -> String {
        "the request of round \(state.shown.round), as it left"
    }

    func lines(_ state: DebuggerState, width: Int) -> LaidLines {
        var text = TextLines(width: width)
        guard let request = state.timeline.request else {
            text.add("No request has left yet.", Theme.faint)
            return text.laid
        }
        if let tokens = request.promptTokens {
            let cached = request.cachedTokens.map { ", \(Figure.count($0)) of them in the KV cache" } ?? ""
            text.field("prompt", "\(Figure.amount(tokens, "token"))\(cached)")
        }
        text.field("size", Figure.amount(request.text.utf8.count, "byte"))
        if let style = state.timeline.log.last.header?.model.turnStyle {
            text.field("calls", "expected \(style.summary)")
        }
        for finding in state.timeline.log.last.header?.model.findings ?? [] {
            text.wrap(SafeText(finding), Theme.attention, label: StyledText("!", Theme.attention), margin: 10)
        }
        if PromptDocument.isKnown(request) {
            text.add(contentsOf: PromptDocument.lines(request, width: width))
            return text.laid
        }
        if !request.toolTokens.isEmpty {
            let total = request.toolTokens.reduce(0) { $0 + $1.tokens }
            text.field("tools", "\(Figure.amount(total, "token")) of the prompt describe the catalogue")
            let names = request.toolTokens.map { SafeText($0.name).width }.max() ?? 0
            for cost in request.toolTokens {
                let share = total > 0 ? Double(cost.tokens) / Double(total) : 0
                text.add(
                    TextLines.space(10) + StyledText(cost.name).fitted(to: min(names, 30) + 1)
                        + StyledText(Figure.count(cost.tokens)).fitted(to: 7, alignment: .right)
                        + TextLines.space(1)
                        + StyledText(bar(share, width: 16), Theme.barBefore))
            }
        }
        text.heading("as it left")
        text.add(whole: request.text, state.longTexts)
        return text.laid
    }
}
