import JSON
import Terminal

/// What MCP servers do to the screen, and what the person answers them.
extension DebuggerState {
    /// Takes what a server has done.
    mutating func take(_ news: ServerNews) -> [DebuggerEffect] {
        switch news {
        case .opened(let server, let tools):
            questions.silenced.remove(ByteString(server))
            let isBack = servers.entry(server)?.end != nil
            servers.open(server, tools: tools)
            if isBack { say("server \(server) has started again") }
        case .output(let server, let line): servers.append(server, line, isNote: false)
        case .note(let server, let line):
            servers.append(server, line, isNote: true)
            say("server \(server): \(line)")
        case .ended(let server, let reason):
            servers.end(server, reason)
            refuse("server \(server) is gone; O or :restart \(server) starts it again: \(reason)")
        case .asks(let question):
            let isSilenced = questions.silenced.contains(ByteString(question.server))
            if isSilenced || questions.waiting.count >= ReadingLimits.questions {
                if !isSilenced {
                    say(
                        "server \(question.server) asks more than \(ReadingLimits.questions) things: declined"
                    )
                }
                return [.answer(question.number, .decline)]
            }
            questions.waiting.append(question)
            if isTyping {
                say("server \(question.server) asks you something; it comes when you are done here")
            }
        case .withdrawn(let number): withdraw(number)
        }
        return []
    }

    /// Declines the question in front and every other one of its server.
    mutating func silenceServer() -> [DebuggerEffect] {
        guard let form = layers.last as? QuestionForm else { return [] }
        let server = form.question.server
        questions.silenced.insert(ByteString(server))
        let others = questions.waiting.filter { $0.server.utf8.elementsEqual(server.utf8) }
        questions.waiting.removeAll { $0.server.utf8.elementsEqual(server.utf8) }
        let effects = close(form, .decline) + others.map { .answer($0.number, .decline) }
        say("server \(server) is heard no more until it is started again: \(others.count + 1) declined")
        return effects
    }

    /// Brings the oldest question to the front, unless something is being written or answered.
    mutating func showNextQuestion() {
        guard !isTyping, !questions.waiting.isEmpty else { return }
        layers.append(QuestionForm(questions.waiting.removeFirst()))
    }

    private mutating func withdraw(_ number: Int) {
        guard
            let server = questions.waiting.first(where: { $0.number == number })?.server
                ?? shownQuestion(number)
        else { return }
        questions.waiting.removeAll { $0.number == number }
        layers.removeAll { ($0 as? QuestionForm)?.question.number == number }
        say("server \(server) does not wait for your answer any more")
        resumeWaiting()
    }

    private func shownQuestion(_ number: Int) -> String? {
        layers.lazy.compactMap { $0 as? QuestionForm }.first { $0.question.number == number }?.question.server
    }

    /// Sends the form, if it is complete and its question has been seen.
    mutating func acceptQuestion() -> [DebuggerEffect] {
        guard var form = layers.last as? QuestionForm else { return [] }
        if let objection = form.objection {
            refuse(objection)
            return []
        }
        guard form.isMessageSeen else {
            refuse("the server's words go on below: scroll to their end (PgDn) before you answer")
            return []
        }
        guard let answer = form.answer() else {
            replaceFront(form)
            refuse("not sent: see what is marked with ✗")
            return []
        }
        return close(form, answer)
    }

    mutating func refuseQuestion(_ answer: ServerAnswer) -> [DebuggerEffect] {
        guard let form = layers.last as? QuestionForm else { return [] }
        return close(form, answer)
    }

    private mutating func close(_ form: QuestionForm, _ answer: ServerAnswer) -> [DebuggerEffect] {
        layers.removeLast()
        let words =
            switch answer {
            case .accept: "answered"
            case .decline: "declined the question of"
            case .cancel: "went away from the question of"
            }
        let more = questions.waiting.count { $0.server.utf8.elementsEqual(form.question.server.utf8) }
        say(
            "\(words) server \(form.question.server)"
                + (more > 0 ? ", which asks \(more) more; Ctrl-D declines them all" : ""))
        resumeWaiting()
        return [.answer(form.question.number, answer)]
    }

    /// A call that began to wait meanwhile comes before the person now.
    private mutating func resumeWaiting() {
        if let run, run == .waiting { take(run) }
    }

    mutating func moveInQuestion(_ change: (inout QuestionForm) -> Void) -> [DebuggerEffect] {
        guard var form = layers.last as? QuestionForm else { return [] }
        change(&form)
        replaceFront(form)
        return []
    }

    /// Why the key is not taken: a question has just come under it.
    var questionObjection: String? {
        guard let form = layers.last as? QuestionForm else { return nil }
        guard questions.front != form.question.number || questions.isFresh(at: now) else { return nil }
        return
            "ignored: the question of server \(form.question.server) had just come under the keys; look first"
    }

    /// Starts the server again that has ended; asks which where several have.
    mutating func restartEnded() -> [DebuggerEffect] {
        guard let first = servers.ended.first else { return [] }
        guard servers.ended.count > 1 else { return restart(first.name) }
        layers.append(Prompt(.command, text: "restart \(first.name)"))
        return []
    }

    /// Starts a server again; asks first where it has not ended.
    mutating func restart(_ name: String) -> [DebuggerEffect] {
        guard let entry = servers.entry(name) else {
            refuse("no server is named \(name)" + nearest(to: name, in: servers.names))
            return []
        }
        guard entry.end == nil else {
            say("starting server \(entry.name) again")
            return [.restart(server: entry.name)]
        }
        layers.append(
            Confirmation(
                question: "Restart server \(entry.name), which has not ended?",
                consequence: "Calls of it that run now end as errors; whether they took effect is unknown.",
                action: .restart(server: entry.name)))
        return []
    }
}
