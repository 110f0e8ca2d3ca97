import Agent
import JSON
import Terminal

/// What becomes of the texts and answers that layers ask for.
extension DebuggerState {
    /// Takes the text of a prompt.
    mutating func submitPrompt() -> [DebuggerEffect] {
        guard let prompt = popFront(Prompt.self) else { return [] }
        let text = prompt.field.text
        switch prompt.purpose {
        case .command: return enter(line: text)
        case .search(let pane):
            beginSearch(text, in: pane)
            return []
        case .find:
            find(text)
            return []
        case .fork(var order, _):
            guard !text.isEmpty else { return [] }
            order.path = text
            return [.fork(order)]
        case .ruleFile(let review): return text.isEmpty ? [] : tryRule(review, file: text)
        case .mark: return [.mark(text.isEmpty ? "mark" : text)]
        case .denial(let call, let stopsRun):
            let decision = call.bound(.deny(reason: text.isEmpty ? nil : text), stopsRun: stopsRun)
            guard stopsRun else { return send(decision) }
            layers.append(
                Confirmation(
                    question: "Deny \(call.key.id) (\(call.call.name)) and stop the run?",
                    consequence: "The run ends here; calls that are running are cancelled.",
                    action: .denyAndStop(decision)))
            return []
        }
    }

    /// Looks for a text in the text over the panes.
    private mutating func find(_ text: String) {
        guard var document = layers.last as? OpenDocument else { return }
        if !document.find(text, in: frame.document) { refuse("'\(text)' is not in this text") }
        replaceFront(document)
    }

    /// Goes to the next or the previous match in the text over the panes.
    mutating func findOn(_ direction: Int) -> [DebuggerEffect] {
        guard var document = layers.last as? OpenDocument else { return [] }
        if !document.findOn(direction, in: frame.document) {
            refuse("nothing is looked for here; / searches")
        }
        replaceFront(document)
        return []
    }

    /// Does what was asked.
    mutating func confirm() -> [DebuggerEffect] {
        guard let confirmation = popFront(Confirmation.self) else { return [] }
        switch confirmation.action {
        case .denyAndStop(let decision): return send(decision)
        case .quit: return [.quit]
        case .restart(let server):
            say("starting server \(server) again")
            return [.restart(server: server)]
        case .goOn(let path): return [.goOn(path: path)]
        }
    }

    /// Says that a fork was written, and asks whether it is gone on with.
    mutating func takeFork(_ path: String, step: Int, canGoOn: Bool) {
        guard canGoOn else {
            say("forked after step \(step); go on with: callgate run --resume \(path)")
            return
        }
        layers.append(
            Confirmation(
                question: "The fork is written to \(path). Go on with it now?",
                consequence: "This session stays as it is"
                    + (run == nil || run == .ended
                        ? "." : ", and its run stops here; it can be taken up again."),
                action: .goOn(path: path)))
    }

    /// Goes on with the text of the editor.
    mutating func submitEditor() -> [DebuggerEffect] {
        guard let editor = layers.last as? TextEditor else { return [] }
        return take(editor.field.text, for: editor.purpose)
    }

    /// Hands the text to the person's editor.
    mutating func continueInEditor() -> [DebuggerEffect] {
        guard let editor = layers.last as? TextEditor else { return [] }
        let text = editor.field.text
        drafts[editor.purpose] = text
        switch editor.purpose {
        case .arguments(let call):
            return [.openEditor(text: text, suffix: ".json", .arguments(call.key, call.call))]
        case .response(let call):
            return [.openEditor(text: text, suffix: ".txt", .response(call.key, call.call))]
        case .result(let key): return [.openEditor(text: text, suffix: ".txt", .result(key))]
        case .fork(let subject):
            let isJSON = if case .arguments = subject { true } else { false }
            return [.openEditor(text: text, suffix: isJSON ? ".json" : ".txt", .fork(subject))]
        }
    }

    /// Closes the editor and keeps its text.
    mutating func putEditorAway() -> [DebuggerEffect] {
        guard let editor = popFront(TextEditor.self) else { return [] }
        drafts[editor.purpose] = editor.field.text
        return []
    }

    /// Takes a text that was written in the person's editor.
    mutating func take(edited text: String, for purpose: EditorPurpose) -> [DebuggerEffect] {
        // What an editor adds at the end of a file is not part of the text.
        let text = text.withoutLastLineFeed
        return take(text, for: TextEditor.Purpose(purpose))
    }

    /// Keeps the text that the person's editor could not be opened on.
    mutating func editorFailed(_ reason: String, text: String, for purpose: EditorPurpose) {
        let purpose = TextEditor.Purpose(purpose)
        if let editor = layers.last as? TextEditor, editor.purpose == purpose {
            refuse(reason)
        } else {
            layers.append(TextEditor(purpose, text: text, fault: reason))
        }
    }

    private mutating func take(_ text: String, for purpose: TextEditor.Purpose) -> [DebuggerEffect] {
        drafts[purpose] = text
        if let editor = layers.last as? TextEditor, editor.purpose == purpose { layers.removeLast() }
        switch purpose {
        case .arguments(let call): review(text, of: call)
        case .response(let call): return send(call.bound(.respond(content: text)))
        case .result(let key):
            drafts[purpose] = nil
            return [.send(.editResult(key, content: text))]
        case .fork(let subject):
            drafts[purpose] = nil
            take(text, forFork: subject)
        }
        return []
    }

    /// The arguments that a text writes, in one line; `nil`, and an editor that says why, where they cannot run.
    mutating func checked(_ text: String, of call: ToolCall, for purpose: TextEditor.Purpose) -> ByteString? {
        do {
            let arguments = ByteString(try JSONParser.parse(text).text(.spaced))
            guard let problem = problems(name: call.name, arguments: arguments).first else {
                return arguments
            }
            layers.append(faulty(purpose, text, fault: problem.message, at: nil))
        } catch {
            layers.append(faulty(purpose, text, fault: error.description, at: error.offset))
        }
        return nil
    }

    /// Shows what an edit changes, or what is wrong with it, with the text still at hand.
    private mutating func review(_ text: String, of call: DecidedCall) {
        if let objection = ShownText.objection(toEditing: text) { return refuse(objection) }
        let value: JSONValue
        do {
            value = try JSONParser.parse(text)
        } catch {
            layers.append(faulty(.arguments(call), text, fault: error.description, at: error.offset))
            return
        }
        let arguments = ByteString(value.text(.spaced))
        if let problem = problems(name: call.call.name, arguments: arguments).first {
            layers.append(faulty(.arguments(call), text, fault: problem.message, at: nil))
            return
        }
        let old = prettyJSON(call.call.arguments)
        let new = value.text(.pretty)
        if (try? JSONParser.parse(call.call.arguments.text)) == value {
            drafts[.arguments(call)] = nil
            say("nothing was changed; a runs the call as written")
            return
        }
        layers.append(
            EditReview(
                call: call, arguments: arguments, draft: text,
                difference: LineDifference.between(old, new)))
    }

    private func faulty(
        _ purpose: TextEditor.Purpose, _ text: String, fault: String, at offset: Int?
    ) -> TextEditor {
        var editor = TextEditor(purpose, text: text, fault: fault)
        if let offset { editor.field.moveCursor(to: offset) }
        return editor
    }

    /// What the gate would say against arguments, as far as the catalogue tells.
    private func problems(name: String, arguments: ByteString) -> [CallProblem] {
        guard let header = timeline.log.last.header,
            let checker = try? CallChecker(catalogue: header.catalogue, notes: header.catalogueNotes)
        else { return [] }
        return checker.problems(name: name, arguments: arguments)
    }

    /// Sends the edit that is reviewed.
    mutating func sendEdit(_ mode: EditMode) -> [DebuggerEffect] {
        guard let review = layers.last as? EditReview else { return [] }
        if let objection = approval.objection(toRunning: review.target, at: now) {
            refuse(objection)
            return []
        }
        layers.removeLast()
        return send(review.call.bound(.edit(arguments: review.arguments, mode: mode)))
    }

    /// Goes back from the review to the text.
    mutating func editMore() -> [DebuggerEffect] {
        guard let review = popFront(EditReview.self) else { return [] }
        layers.append(TextEditor(.arguments(review.call), text: review.draft))
        return []
    }

    /// Leaves the review; the text is kept.
    mutating func dropReview() -> [DebuggerEffect] {
        guard let review = popFront(EditReview.self) else { return [] }
        drafts[.arguments(review.call)] = review.draft
        return []
    }
}

extension TextEditor.Purpose {
    /// The purpose that the program was asked to open an editor for.
    init(_ purpose: EditorPurpose) {
        switch purpose {
        case .arguments(let key, let call): self = .arguments(DecidedCall(key: key, call: call))
        case .response(let key, let call): self = .response(DecidedCall(key: key, call: call))
        case .result(let key): self = .result(key)
        case .fork(let subject): self = .fork(subject)
        }
    }
}
