import Agent
import JSON
import Sessions
import Terminal

/// What the keys do on the approval screen.
extension ApprovalScreen {
    mutating func press(_ key: Key) -> [ApprovalEffect] {
        let hadMessage = message != nil
        message = nil
        switch key {
        case .control("l"): return [.redraw]
        case .control("z"): return [.suspend]
        default: break
        }
        // Esc takes away what was said first, the keys' names among it, and leaves only then.
        if key == .escape, layer == nil, hadMessage { return [] }
        return layer == nil ? pressInQueue(key) : pressInLayer(key)
    }

    private mutating func pressInQueue(_ key: Key) -> [ApprovalEffect] {
        let place = queue.firstIndex { $0.id == selected } ?? 0
        switch key {
        case .down, .character("j"): select(at: min(place + 1, queue.count - 1))
        case .up, .character("k"): select(at: max(0, place - 1))
        case .pageDown, .space: detail.move(byPages: 1)
        case .pageUp: detail.move(byPages: -1)
        case .character("g"), .home, Key(.home, .control): detail.move(to: 0)
        case .character("G"), .end, Key(.end, .control):
            detail.move(to: frame.argumentLines.end(from: detail))
        case .character("a"): return approve()
        case .character("d"): begin(.denial, text: "")
        case .character("e"): edit()
        case .character("r"): begin(.response, text: "")
        case .character("x"): return cancel()
        case .enter:
            refuse("Enter decides nothing: a approves, d denies, e edits, r answers in the tool's place")
        case .character("q"), .escape, .control("c"): return [.quit]
        case .character("?"):
            let gap = size.width < 90 ? " " : "  "
            say(
                ["a approve", "d deny", "e edit", "r respond", "x cancel", "PgDn on", "q quit"]
                    .joined(separator: gap))
        default: refuse("this key does nothing here: ? says which do")
        }
        return []
    }

    /// Why nothing can be decided for a call now; `nil` where it can.
    private func objection(to call: QueuedCall) -> String? {
        if call.isRunning { return "it runs already: x gives it up" }
        return haste(call)
    }

    private func haste(_ call: QueuedCall) -> String? {
        (guards[call.journal] ?? ApprovalGuard()).objection(to: .init(call.waiting.record), at: now)
    }

    /// Gives up a call that runs.
    private mutating func cancel() -> [ApprovalEffect] {
        guard let call = current else { return [] }
        guard call.isRunning else {
            refuse("it does not run yet: d denies it")
            return []
        }
        if let objection = haste(call) {
            refuse(objection)
            return []
        }
        guards[call.journal, default: ApprovalGuard()].markSent(call.waiting.record.key)
        say("cancelled: \(call.waiting.record.key.id) of \(call.session); the run takes it")
        return [.leave(call.id, journal: call.journal, call.cancelling())]
    }

    private mutating func approve() -> [ApprovalEffect] {
        guard let call = current else { return [] }
        let record = call.waiting.record
        if let objection = objection(to: call) {
            refuse(objection)
        } else if let problem = record.problems.first {
            refuse("it cannot run: \(problem.message); e edits its arguments, d denies it")
        } else if record.status == .unknown, let ran = record.ranArguments, ran != record.call.arguments {
            refuse("it had begun with edited arguments; e says which run now")
        } else if let objection = (guards[call.journal] ?? ApprovalGuard())
            .objection(toRunning: .init(record), at: now)
        {
            refuse(objection)
        } else {
            return send(.approve, for: call)
        }
        return []
    }

    private mutating func begin(_ kind: ApprovalLayer.Kind, text: String) {
        guard let call = current else { return }
        if let objection = objection(to: call) { return refuse(objection) }
        var field = TextField(text, multiline: { if case .denial = kind { false } else { true } }())
        field.moveCursor(to: 0)
        layer = ApprovalLayer(kind: kind, call: call, text: field)
    }

    private mutating func edit() {
        guard let call = current else { return }
        let text = prettyJSON(call.waiting.record.startingArguments)
        if let objection = ShownText.objection(toEditing: text) { return refuse(objection) }
        begin(.arguments, text: text)
    }

    private mutating func send(_ decision: Decision, for call: QueuedCall) -> [ApprovalEffect] {
        layer = nil
        guards[call.journal]?.markSent(call.waiting.record.key)
        say("\(decision.words): \(call.waiting.record.key.id) of \(call.session); the run takes it")
        return [.leave(call.id, journal: call.journal, call.deciding(decision))]
    }

    // Layers.

    private mutating func pressInLayer(_ key: Key) -> [ApprovalEffect] {
        guard let open = layer else { return [] }
        switch open.kind {
        case .denial:
            if [.escape, .control("c"), .control("g")].contains(key) {
                layer = nil
            } else if key == .enter {
                let reason = open.text.text
                return send(.deny(reason: reason.isEmpty ? nil : reason), for: open.call)
            } else {
                type(key)
            }
        case .arguments, .response:
            switch key {
            case .escape, .control("c"): layer = nil
            case .control("s"), Key(.enter, .alt): return submit(open)
            case .control("o"):
                let suffix = if case .arguments = open.kind { ".json" } else { ".txt" }
                return [.openEditor(text: open.text.text, suffix: suffix)]
            default: type(key)
            }
        case .review(let arguments, _): return pressInReview(key, open, arguments)
        }
        return []
    }

    private mutating func type(_ key: Key) {
        guard var field = layer?.field else { return }
        if field.handle(key) { layer?.field = field }
    }

    private mutating func pressInReview(
        _ key: Key, _ open: ApprovalLayer, _ arguments: ByteString
    ) -> [ApprovalEffect] {
        let mode: EditMode
        switch key {
        case .character("a"): mode = .annotate
        case .character("w"): mode = .rewrite
        case .character("s"): mode = .silent
        case .character("e"):
            layer?.kind = .arguments
            return []
        case .down, .character("j"), .pageDown: layer?.scroll.move(by: key == .pageDown ? 10 : 1); return []
        case .up, .character("k"), .pageUp: layer?.scroll.move(by: key == .pageUp ? -10 : -1); return []
        case .escape, .character("q"), .control("c"):
            layer = nil
            return []
        default: return []
        }
        let call = open.call
        let target = ApprovalGuard.Target(
            call.waiting.record.key, call.waiting.record.call, edited: arguments)
        if let objection = (guards[call.journal] ?? ApprovalGuard()).objection(toRunning: target, at: now) {
            refuse(objection)
            return []
        }
        return send(.edit(arguments: arguments, mode: mode), for: open.call)
    }

    /// Goes on with the text of an editor: an answer is sent, an edit is shown as a difference first.
    private mutating func submit(_ open: ApprovalLayer) -> [ApprovalEffect] {
        guard case .arguments = open.kind else {
            return send(.respond(content: open.text.text), for: open.call)
        }
        let record = open.call.waiting.record
        if let objection = ShownText.objection(toEditing: open.text.text) {
            layer?.fault = objection
            return []
        }
        let value: JSONValue
        do {
            value = try JSONParser.parse(open.text.text)
        } catch {
            layer?.fault = error.description
            layer?.text.moveCursor(to: error.offset)
            return []
        }
        let arguments = ByteString(value.text(.spaced))
        if let objection = open.call.state.objection(toEditing: record, arguments: arguments) {
            layer?.fault = objection
        } else if (try? JSONParser.parse(record.call.arguments.text)) == value, record.status != .unknown {
            layer = nil
            say("nothing was changed; a runs the call as written")
        } else {
            let difference = LineDifference.between(prettyJSON(record.call.arguments), value.text(.pretty))
            layer?.kind = .review(arguments, difference)
            layer?.scroll = Scroll()
        }
        return []
    }

    /// Takes what came back from the person's editor.
    mutating func takeEdited(_ result: Result<String, EditorError>) {
        switch result {
        case .failure(let error): layer?.fault = "\(error)"
        case .success(let text):
            // What an editor adds at the end of a file is not part of the text.
            layer?.text.replaceAll(with: text.withoutLastLineFeed)
        }
    }
}
