import Agent
import JSON
import Sessions
import Terminal

/// What happens to the approval screen.
public enum ApprovalInput: Sendable {
    /// A key was pressed.
    case key(Key)
    /// Text was pasted.
    case paste(String)
    /// The screen has another size.
    case resize(Size)
    /// The journals were looked at.
    case queue([QueuedCall], runs: Int, faults: [String])
    /// What became of a decision; `nil` where the run took it.
    case answer(QueuedCall.ID, refusal: String?)
    /// The text that was written in the person's editor, or why it could not be opened.
    case edited(Result<String, EditorError>)
    /// Time has passed.
    case tick
}

/// What the approval screen asks the program to do.
public enum ApprovalEffect: Sendable {
    /// Leave a decision for the run of a call.
    case leave(QueuedCall.ID, journal: String, OutsideDecision)
    /// Let the person change a text in their editor.
    case openEditor(text: String, suffix: String)
    /// Stop the program as the shell's job control does.
    case suspend
    /// Paint the whole screen anew.
    case redraw
    /// End the program.
    case quit
}

/// The queue of calls that wait in several sessions: a value that takes inputs, asks for effects, and shows itself.
///
/// It decides nothing by itself and nothing in haste: a decision key is ignored for a moment after the call under it
/// changed, arguments must have been seen to their end, and an edit is shown as a difference before it is sent.
public struct ApprovalScreen: Sendable {
    var size: Size
    var now: Int64 = 0
    let folder: String
    var queue: [QueuedCall] = []
    var runs = 0
    var faults: [String] = []
    var selected: QueuedCall.ID?
    var list = Scroll()
    var detail = Scroll()
    var frame = ApprovalFrame()
    var layer: ApprovalLayer?
    var message: (text: String, isRefusal: Bool)?
    /// One guard a session, since calls of two sessions may have the same ID and the same bytes.
    var guards: [String: ApprovalGuard] = [:]

    /// A screen over the journals of a folder.
    public init(folder: String, size: Size) {
        self.folder = folder
        self.size = size
        settle()
    }

    /// Takes an input and says what the program shall do.
    ///
    /// - Parameter time: now, in milliseconds since 1970.
    public mutating func update(_ input: ApprovalInput, at time: Int64) -> [ApprovalEffect] {
        now = time
        defer { settle() }
        switch input {
        case .key(let key): return press(key)
        case .paste(let text): layer?.field?.insert(text)
        case .resize(let size): self.size = size
        case .queue(let calls, let runs, let faults): take(calls, runs: runs, faults: faults)
        case .answer(let id, let refusal): take(refusal: refusal, for: id)
        case .edited(let result): takeEdited(result)
        case .tick: break
        }
        return []
    }

    /// What ``view()`` shows is on the terminal now.
    public mutating func drawn(at time: Int64) {
        for journal in guards.keys { guards[journal]?.drawn(at: time) }
    }

    /// The screen, and where its cursor is.
    public func view() -> ScreenView { ApprovalPainter.paint(self) }

    /// The selected call.
    var current: QueuedCall? { selected.flatMap { id in queue.first { $0.id == id } } }

    private mutating func take(_ calls: [QueuedCall], runs: Int, faults: [String]) {
        let place = selected.flatMap { id in queue.firstIndex { $0.id == id } } ?? 0
        let before = queue
        queue = calls
        self.runs = runs
        self.faults = faults
        if current == nil { select(at: min(place, calls.count - 1)) }
        for gone in before where !calls.contains(where: { $0.id == gone.id }) {
            let name = "\(gone.waiting.record.key.id) of \(gone.session)"
            if layer?.call.id == gone.id {
                layer = nil
                refuse("\(name) does not wait any more: nothing was sent")
            }
            let wasSent = guards[gone.journal]?.sent.contains(gone.waiting.record.key) == true
            guards[gone.journal]?.clearSent(gone.waiting.record.key)
            if !wasSent, let deadline = gone.deadline, now >= deadline {
                refuse("\(name): nobody decided in time, it was denied")
            }
        }
    }

    private mutating func take(refusal: String?, for id: QueuedCall.ID) {
        if let refusal {
            refuse("not taken: \(refusal)")
            if let call = queue.first(where: { $0.id == id }) {
                guards[call.journal]?.clearSent(call.waiting.record.key)
            }
        }
    }

    /// Selects the call at a place of the queue.
    mutating func select(at index: Int) {
        selected = queue.element(index)?.id
        detail.move(to: 0)
    }

    mutating func say(_ text: String) { message = (text, false) }
    mutating func refuse(_ text: String) { message = (text, true) }
}

/// What lies over the queue while something is written.
struct ApprovalLayer: Sendable {
    enum Kind: Sendable {
        case denial
        case arguments
        case response
        /// An edit before it is sent: the arguments that will run, and what they change.
        case review(ByteString, [LineDifference])
    }

    var kind: Kind
    /// The call as it was when the person began to decide it.
    let call: QueuedCall
    /// The text that is written; under a review the one to go on with.
    var text: TextField
    var fault: String?
    var scroll = Scroll()

    /// The field that keys type into.
    var field: TextField? {
        get { if case .review = kind { nil } else { text } }
        set {
            guard let newValue else { return }
            if text.text != newValue.text { fault = nil }
            text = newValue
        }
    }

    var isPrompt: Bool { if case .denial = kind { true } else { false } }
}

/// What is laid out for a size.
struct ApprovalFrame: Sendable {
    var title = Rect(size: Size(0, 0))
    var list = Rect(size: Size(0, 0))
    var heading = Rect(size: Size(0, 0))
    var detail = Rect(size: Size(0, 0))
    var hints = Rect(size: Size(0, 0))
    var lines = LaidLines()
    /// The leading lines that must have been seen before an approval.
    var argumentLines = LeadingLines()
    /// What ``lines`` was made for.
    var made: Made?

    struct Made: Sendable, Hashable {
        let call: QueuedCall.ID
        let width: Int
    }
}

extension ApprovalScreen {
    /// Lays everything out, so that keys act on what is on the screen.
    mutating func settle() {
        layOut()
        list.update(count: queue.count, page: frame.list.height)
        if let index = queue.firstIndex(where: { $0.id == selected }) { list.show(index) }
        if let call = current {
            let made = ApprovalFrame.Made(call: call.id, width: frame.detail.width)
            if frame.made != made {
                (frame.lines, frame.argumentLines) = ApprovalDetail.lines(call, width: frame.detail.width)
                frame.made = made
            }
        } else {
            (frame.lines, frame.argumentLines, frame.made) = (LaidLines(), LeadingLines(), nil)
        }
        detail.update(count: frame.lines.count, page: frame.detail.height)
        settleLayer()
        // A prompt takes the bottom line only: what was under the decision keys stays there while it is written.
        if layer?.isPrompt == true { return }
        let (shown, target, isWhole) = guarded
        for journal in Set(guards.keys).union(shown.map { [$0.journal] } ?? []) {
            var approval = guards[journal] ?? ApprovalGuard()
            approval.show(shown?.journal == journal ? target : nil, toTheEnd: isWhole, at: now)
            guards[journal] = approval
        }
    }

    /// What the decision keys act on, and whether its end is on the screen.
    private var guarded: (call: QueuedCall?, target: ApprovalGuard.Target?, isWhole: Bool) {
        if let open = layer {
            guard case .review(let arguments, _) = open.kind else { return (nil, nil, false) }
            let record = open.call.waiting.record
            return (
                open.call, .init(record.key, record.call, edited: arguments),
                open.scroll.page > 0 && open.scroll.isAtEnd
            )
        }
        return (
            current, current.map { .init($0.waiting.record) }, frame.argumentLines.isEndShown(by: detail)
        )
    }

    private mutating func layOut() {
        let (title, body) = Rect(size: size).split(top: size.height > 2 ? 1 : 0)
        let (area, hints) = body.split(bottom: 1)
        let rows = min(queue.count, max(1, (area.height - 1) / 3))
        let (list, rest) = area.split(top: rows)
        let (heading, detail) = rest.split(top: rest.height >= 3 ? 1 : 0)
        (frame.title, frame.list, frame.heading, frame.detail, frame.hints) =
            (title, list, heading, detail, hints)
    }

    private mutating func settleLayer() {
        guard var open = layer, !open.isPrompt else { return }
        let content = LayerBox(size: size).content
        if case .review = open.kind {
            open.scroll.update(
                count: ApprovalDetail.review(open, width: content.width).count, page: content.height)
        } else {
            let (text, cursor) = open.text.layout(width: content.width)
            open.scroll.update(
                count: text.lines.count, page: max(1, content.height - (open.fault == nil ? 0 : 2)))
            open.scroll.show(cursor.y)
        }
        layer = open
    }
}
