import Agent
import Terminal

/// A question that only `y` affirms.
struct Confirmation: Layer {
    enum Action: Sendable {
        case denyAndStop(BoundDecision)
        case quit
        case restart(server: String)
        case goOn(path: String)
    }

    let question: String
    let consequence: String
    let action: Action

    var kind: LayerKind { .confirmation }
    var openCall: CallKey? { if case .denyAndStop(let bound) = action { bound.key } else { nil } }

    func paint(_ state: DebuggerState, with painter: inout ScreenPainter) {
        let width = min(max(0, state.size.width - 4), 64)
        var text = TextLines(width: max(1, width - 4))
        text.wrap(SafeText(question), Theme.heading)
        text.wrap(SafeText(consequence))
        text.blank()
        text.add("y yes   n no", Theme.key)
        let height = min(text.lines.count + 2, max(0, state.size.height - 1))
        let area = Rect(
            x: (state.size.width - width) / 2, y: max(0, (state.size.height - height) / 2), width: width,
            height: height)
        painter.canvas.fill(area)
        let content = area.width >= 8 && area.height >= 3 ? area.inset(horizontally: 2, vertically: 1) : area
        if content != area { painter.canvas.frame(area, style: Theme.focusedFrame) }
        painter.brush.paint(
            text.lines, Scroll(count: text.lines.count, page: content.height), in: content)
    }
}
