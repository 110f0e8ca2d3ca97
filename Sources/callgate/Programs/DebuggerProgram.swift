import Agent
import Debugger
import Foundation
import Sessions
import Terminal

/// The debugger on a screen: hands keys and events to it, shows what it shows, and performs what it asks for.
///
/// Everything that is decided is decided in `Debugger`; this is its hands. It lives on the main thread, the run on
/// the thread pool; what the run says comes back through a mailbox that wakes the wait for keys.
@MainActor
final class DebuggerProgram {
    private let screen: any Screen
    private var debugger: Debugger
    private let mailbox: Mailbox<Input>
    private let run: LiveRun?
    private let servers: ServerDesk?
    /// The journal, for `:save`.
    private let journal: String
    /// Where rules are written.
    private let rules: RuleTarget
    /// Whether this program can go on with a fork by itself.
    private let canGoOn: Bool
    /// The fork that is gone on with once the screen is given back.
    private var next: String?
    private var end: ScreenEnd?

    /// While a guard counts down the debugger wants to be told that time passes.
    private static let tick = Duration.milliseconds(100)

    private init(
        screen: any Screen, debugger: Debugger, mailbox: Mailbox<Input>, run: LiveRun?,
        servers: ServerDesk?, rules: RuleTarget, canGoOn: Bool
    ) {
        self.screen = screen
        self.debugger = debugger
        self.mailbox = mailbox
        self.run = run
        self.servers = servers
        self.rules = rules
        self.canGoOn = canGoOn
        journal = rules.journal
    }

    /// Debugs a run until the person quits.
    /// - Throws: ``Failure`` when it cannot start, or when the run had ended otherwise than with an answer.
    static func live(
        assembly: Assembly, journal place: JournalPlace, prompt: String?, screen choice: ScreenChoice,
        isTutorial: Bool = false
    ) throws {
        let wake = try failing(.usage) { try Wake() }
        let mailbox = Mailbox<Input>(wake: wake)
        let (writer, past) = try place.open(workflow: assembly.workflow.name) { mailbox.post(.events([$0])) }
        let servers = ServerDesk(assembly.toolbox, log: writer.path + ".servers.log") {
            mailbox.post(.server($0))
        }
        let control = RunControl(
            startsHeld: true, onStatus: { mailbox.post(.status($0)) },
            onRefusal: { mailbox.post(.refused($0)) })
        let loop = try failing(.usage) {
            try Loop(
                model: assembly.model, tools: assembly.tools, header: assembly.header(session: writer.path),
                system: assembly.workflow.system, control: control, sink: writer, approval: .person,
                resuming: RunState(folding: past))
        }
        let screen = try choice.open(wake: wake)
        var debugger = try failing(.usage) {
            try Debugger(
                size: screen.size, settings: SettingsFile.current, resuming: past)
        }
        if isTutorial {
            debugger.beginTutorial()
        } else if choice.keysFile == nil {
            debugger.showHints(seen: SeenHints.all)
        }
        let task = Task.detached { await loop.run(prompt: prompt) }
        let program = DebuggerProgram(
            screen: screen, debugger: debugger, mailbox: mailbox,
            run: LiveRun(control: control, loop: loop, task: task), servers: servers,
            rules: RuleTarget(
                workflow: assembly.file, name: assembly.workflow.name, journal: writer.path),
            canGoOn: choice.keysFile == nil)
        program.drive()
        task.cancel()
        let outcome = Blocking.wait { await task.value }
        writer.close()
        program.finish(choice)
        Notice.print("journal: \(writer.path)")
        try program.goOn()
        try program.leave(outcome)
    }

    /// Shows a recorded session until the person quits.
    ///
    /// The screen is there once the first piece of the file is read; the rest follows in the background, but before
    /// the first key where the keys come from a file.
    static func replay(_ journal: IndexedJournal, screen choice: ScreenChoice) throws {
        let first = try failing(.usage) {
            try journal.readOn(atMost: choice.keysFile == nil ? firstPiece : .max)
        }
        let wake = try failing(.usage) { try Wake() }
        let mailbox = Mailbox<Input>(wake: wake)
        let screen = try choice.open(wake: wake)
        var debugger = try failing(.usage) {
            try Debugger(
                reading: journal, tracesAtOnce: choice.keysFile != nil, size: screen.size,
                settings: SettingsFile.current)
        }
        if choice.keysFile == nil { debugger.showHints(seen: SeenHints.all) }
        _ = debugger.update(.read(first), at: now)
        let name = RunState(folding: first.events.prefix(1)).header?.workflow ?? ""
        let rules = RuleTarget(workflow: nil, name: name, journal: journal.path)
        // Of another session's workflow only the name is known, which is not enough to run it.
        let isDemo = (try? WorkflowFile.read(nil).name) == name
        let program = DebuggerProgram(
            screen: screen, debugger: debugger, mailbox: mailbox, run: nil, servers: nil,
            rules: rules, canGoOn: isDemo && choice.keysFile == nil)
        let reading = first.isLast ? nil : Task.detached { read(journal, into: mailbox) }
        program.drive()
        reading?.cancel()
        program.finish(choice)
        try program.goOn()
        try program.leave(.answered(""))
    }

    /// Bytes of a file that are read before the first screen, and at a time after it.
    private nonisolated static let firstPiece = 256 << 10
    private nonisolated static let nextPiece = 512 << 10

    /// Reads a file to its end, or until nobody wants it any more.
    private nonisolated static func read(_ journal: IndexedJournal, into mailbox: Mailbox<Input>) {
        while !Task.isCancelled {
            do throws(JournalError) {
                let piece = try journal.readOn(atMost: nextPiece)
                mailbox.post(.read(piece))
                if piece.isLast { return }
            } catch {
                mailbox.post(.notice(error.description))
                return
            }
        }
    }

    private static var now: Int64 { JournalWriter.systemClock() }

    private func drive() {
        while end == nil {
            let view = debugger.view(screen.size)
            screen.draw(view.canvas, cursor: view.cursor)
            debugger.drawn(at: DebuggerProgram.now)
            switch screen.nextEvent(timeout: debugger.wantsTicks ? DebuggerProgram.tick : nil) {
            case .key(let key): take(.key(key))
            case .paste(let text): take(.paste(text))
            case .mouse(let mouse): take(.mouse(mouse))
            case .resize(let size): take(.resize(size))
            case .wake: for input in merged(mailbox.drain()) { take(input) }
            case .exit(let request): end = .asked(request)
            case .focus: break
            case nil: take(.tick)
            }
        }
    }

    /// Events that have piled up are taken together, so that the screen keeps up with a fast model.
    private func merged(_ inputs: [Input]) -> [Input] {
        var merged: [Input] = []
        for input in inputs {
            if case .events(let more) = input, case .events(let before) = merged.last {
                merged[merged.count - 1] = .events(before + more)
            } else {
                merged.append(input)
            }
        }
        return merged
    }

    private func take(_ input: Input) {
        for effect in debugger.update(input, at: DebuggerProgram.now) { perform(effect) }
    }

    private func perform(_ effect: DebuggerEffect) {
        switch effect {
        case .step(let granularity): run?.control.step(granularity)
        case .resume: run?.control.resume()
        case .pause: run?.control.pause()
        case .setBreakpoints(let filters): run?.control.setBreakpoints(filters)
        case .send(let command): run?.control.send(command)
        case .mark(let note): mark(note)
        case .openEditor(let text, let suffix, let purpose):
            do {
                take(.edited(try screen.editText(text, suffix: suffix), purpose))
            } catch {
                take(.editorFailed("\(error)", text: text, purpose))
            }
        case .save(let path): take(.notice(JournalCopy.save(journal, to: path)))
        case .compare(let path): take(journal(at: path))
        case .answer(let question, let answer): servers?.take(answer, to: question)
        case .restart(let server): servers?.restart(server)
        case .fork(let order): take(JournalCopy.fork(journal, order, canGoOn: canGoOn))
        case .goOn(let path):
            next = path
            end = .quit
        case .tryRule(let rule, let file): tryRule(rule, file: file)
        case .adoptRule(let rule, let file, let text, let calls):
            adopt(rule, file: file, text: text, deciding: calls)
        case .trace(let request):
            let mailbox = mailbox
            Task.detached { mailbox.post(.traced(request.run())) }
        case .hintShown(let id): SeenHints.add(id)
        case .suspend: screen.suspend()
        case .redraw: screen.draw(Canvas(screen.size), cursor: nil)
        case .quit: end = .quit
        }
    }

    private func mark(_ note: String) {
        guard let loop = run?.loop else { return }
        let mailbox = mailbox
        Task.detached {
            do { try await loop.mark(note) } catch { mailbox.post(.refused("\(error)")) }
        }
    }

    /// Goes on with a fork: this program begins anew in its place.
    private func goOn() throws {
        guard let next else { return }
        try Restart.program(["run"] + [rules.workflow].compactMap { $0 } + ["--resume", next])
    }

    /// Looks through the saved sessions, which may be many and large, away from the screen.
    private func tryRule(_ rule: Rule, file: String?) {
        let (rules, mailbox, loop, journal) = (rules, mailbox, run?.loop, journal)
        Task.detached {
            var policy = await loop?.policy
            if policy == nil,
                let state = try? RunState(folding: Journal(path: journal, upToDamage: true).events)
            {
                policy = state.header?.policy
                policy?.rules += state.addedRules
            }
            mailbox.post(.ruleTried(rules.report(on: rule, file: file, policy: policy ?? Policy())))
        }
    }

    private func adopt(_ rule: Rule, file: String?, text: String, deciding calls: [CallKey: ToolCall]) {
        var said = "\(rule.name) holds in this run from here on"
        if let file {
            do { try rules.write(text, with: rule, to: file) } catch {
                take(.refused((error as? Failure)?.message ?? "\(error)"))
                return
            }
            said = "\(rule.name) is written into \(file)" + (run == nil ? "" : " and holds from here on")
        }
        guard let loop = run?.loop else {
            take(.notice(said))
            return
        }
        let (mailbox, line, isWritten) = (mailbox, said, file != nil)
        Task.detached {
            do {
                try await loop.add(rule, deciding: calls)
                mailbox.post(.notice(line))
            } catch {
                mailbox.post(isWritten ? .notice("\(line), not in this run: \(error)") : .refused("\(error)"))
            }
        }
    }

    private func journal(at path: String) -> Input {
        do {
            return .compared(path: path, try Journal(path: path, upToDamage: true).events)
        } catch {
            return .notice("\(error)")
        }
    }

    /// Gives the terminal back; a screen in memory is printed as it was last seen.
    private func finish(_ choice: ScreenChoice) {
        let last = debugger.view(screen.size).canvas.plainText
        screen.close()
        if choice.keysFile != nil { print(last, terminator: "") }
    }

    private func leave(_ outcome: RunOutcome) throws {
        try end?.check()
        switch outcome {
        case .answered, .stopped: break
        case .limit(let limit): throw Failure(.failed, "the run met its limit of \(limit)")
        case .failed(let reason): throw Failure(.failed, reason)
        case .policy(let reason): throw Failure(.stopped, reason)
        }
    }
}

/// A run that the debugger holds in its hand.
private struct LiveRun {
    let control: RunControl
    let loop: Loop
    let task: Task<RunOutcome, Never>
}
