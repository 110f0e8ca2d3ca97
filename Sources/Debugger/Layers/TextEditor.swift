import Agent
import Terminal

/// A text of several lines being written in place.
struct TextEditor: Layer {
    enum Purpose: Sendable, Hashable {
        case arguments(DecidedCall)
        case response(DecidedCall)
        case result(CallKey)
        case fork(ForkSubject)
    }

    let purpose: Purpose
    var field: TextField
    /// Why the text could not be sent, until it is changed.
    var fault: String?
    /// The first line shown.
    private var scroll = Scroll()

    init(_ purpose: Purpose, text: String, fault: String? = nil) {
        self.purpose = purpose
        field = TextField(text, multiline: true)
        field.moveCursor(to: 0)
        self.fault = fault
    }

    var kind: LayerKind { .editor }

    var openCall: CallKey? { purpose.call?.key }

    /// The title of its box.
    private var title: String {
        switch purpose {
        case .arguments(let call): "edit the arguments of \(call.key.id) · \(call.call.name)"
        case .response(let call): "answer \(call.key.id) in the place of \(call.call.name)"
        case .result(let key): "edit what the model will read as the result of \(key.id)"
        case .fork(.arguments(let key, let call)): "fork: other arguments of \(key.id) · \(call.name)"
        case .fork(.result(let key)): "fork: another result of \(key.id)"
        case .fork(.message): "fork: another message"
        }
    }

    mutating func handle(_ key: Key) -> Bool {
        guard field.handle(key) else { return false }
        fault = nil
        return true
    }

    mutating func paste(_ text: String) -> Bool {
        field.insert(text)
        fault = nil
        return true
    }

    mutating func settle(_ state: inout DebuggerState, explainer: inout MaskExplainer?) {
        let box = LayerBox(size: state.size, banner: state.bannerLines.count)
        let (text, cursor) = field.layout(width: box.content.width)
        state.frame.document = LaidLines(
            text.lines.map { line in
                var styled = StyledText()
                styled.append(line.text)
                return styled
            })
        let page = box.content.height - (fault == nil ? 0 : box.faultHeight)
        scroll.update(count: text.lines.count, page: max(1, page))
        scroll.show(cursor.y)
    }

    func paint(_ state: DebuggerState, with painter: inout ScreenPainter) {
        let box = LayerBox(size: state.size, banner: state.bannerLines.count)
        painter.open(box, title: title, scroll: scroll)
        painter.brush.paint(state.frame.document, scroll, in: box.content)
        let place = field.layout(width: box.content.width).cursor
        painter.putCursor(place, scroll, in: box.content)
        guard let fault else { return }
        let (_, area) = box.content.split(bottom: box.faultHeight)
        painter.canvas.fill(area)
        painter.brush.paint("✗ \(fault)", Theme.bad, in: area)
    }
}
