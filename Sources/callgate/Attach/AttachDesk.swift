import Agent
import Attach
import Debugger
import Foundation
import Sessions
import Terminal

/// The proxy's screen: the sessions as they come, the four panes of the one that is open, and the program's output.
@MainActor
final class AttachDesk {
    private let screen: any Screen
    private var desk: SessionDesk
    private let mailbox: Mailbox<DeskInput>
    private var sessions: [String: AttachedSession] = [:]
    private let arrivals: Mailbox<SessionSummary>
    private var exitStatus: Int32?

    private static let tick = Duration.milliseconds(200)

    /// Serves and shows until the person quits.
    /// - Throws: ``Failure`` when it cannot start.
    static func run(_ settings: ProxySettings, command: [String]) throws {
        let wake = try failing(.usage) { try Wake() }
        let mailbox = Mailbox<DeskInput>(wake: wake)
        let arrivals = Mailbox<SessionSummary>(wake: wake)
        let proxy = try AttachedProxy.open(settings, DeskWatcher(mailbox: mailbox, arrivals: arrivals))
        let serving = Task.detached { try await proxy.proxy.run() }
        let lines = ClientLines(base: proxy.address)
        let instructions = lines.lines.flatMap { client in [client.client] + client.lines.map { "  \($0)" } }
        let choice = ScreenChoice(keysFile: nil, size: nil, instead: "--headless runs it")
        let screen = try choice.open(wake: wake)
        let program = AttachDesk(
            screen: screen, desk: SessionDesk(size: screen.size, instructions: instructions),
            mailbox: mailbox,
            arrivals: arrivals)
        var started: AttachedProgram?
        do {
            if !command.isEmpty { started = try program.start(command, lines, mailbox) }
            program.drive()
        } catch {
            screen.close()
            throw error
        }
        screen.close()
        proxy.leave(serving)
        let ended = started?.endStatus
        started?.terminate()
        for journal in program.sessions.keys.sorted() { Notice.print("journal: \(journal)") }
        // As without a screen, the program's own end is this one's, where it ended by itself.
        for status in [program.exitStatus, ended] {
            if let status, status != 0 { exit(status) }
        }
    }

    private init(
        screen: any Screen, desk: SessionDesk, mailbox: Mailbox<DeskInput>, arrivals: Mailbox<SessionSummary>
    ) {
        self.screen = screen
        self.desk = desk
        self.mailbox = mailbox
        self.arrivals = arrivals
    }

    private func start(
        _ command: [String], _ lines: ClientLines, _ mailbox: Mailbox<DeskInput>
    ) throws -> AttachedProgram {
        let program = try AttachedProgram(command, lines: lines) { mailbox.post(.line($0)) }
        Thread.detachNewThread {
            let status = program.wait()
            mailbox.post(.line("— \(command[0]) ended with exit code \(status)"))
        }
        return program
    }

    private func drive() {
        while exitStatus == nil {
            let view = desk.view()
            screen.draw(view.canvas, cursor: view.cursor)
            switch screen.nextEvent(timeout: desk.wantsTicks ? AttachDesk.tick : nil) {
            case .key(let key): take(.key(key))
            case .paste(let text): take(.paste(text))
            case .mouse(let mouse): take(.mouse(mouse))
            case .resize(let size): take(.resize(size))
            case .wake:
                for summary in arrivals.drain() { sessions[summary.journal] = summary.session }
                for input in mailbox.drain() { take(input) }
            case .exit(let request): exitStatus = request.status
            case .focus: break
            case nil: take(.tick)
            }
        }
    }

    private func take(_ input: DeskInput) {
        for effect in desk.update(input, at: JournalWriter.systemClock()) { perform(effect) }
    }

    private func perform(_ effect: DeskEffect) {
        switch effect {
        case .session(let journal, let effect): perform(effect, in: journal)
        case .suspend: screen.suspend()
        case .redraw: screen.draw(Canvas(screen.size), cursor: nil)
        case .quit: exitStatus = 0
        }
    }

    private func perform(_ effect: DebuggerEffect, in journal: String) {
        guard let session = sessions[journal] else { return }
        let control = session.control
        switch effect {
        case .step(let granularity): control.step(granularity)
        case .resume: control.resume()
        case .pause: control.pause()
        case .setBreakpoints(let filters): control.setBreakpoints(filters)
        case .send(let command): control.send(command)
        case .mark(let note): attempt(journal) { try await session.mark(note) }
        case .openEditor(let text, let suffix, let purpose):
            do {
                answer(journal, .edited(try screen.editText(text, suffix: suffix), purpose))
            } catch {
                answer(journal, .editorFailed("\(error)", text: text, purpose))
            }
        case .save(let path): answer(journal, .notice(JournalCopy.save(journal, to: path)))
        case .compare(let path):
            do {
                answer(journal, .compared(path: path, try Journal(path: path, upToDamage: true).events))
            } catch {
                answer(journal, .notice("\(error)"))
            }
        case .tryRule(let rule, let file):
            let (mailbox, target) = (mailbox, RuleTarget(workflow: nil, name: "", journal: journal))
            Task.detached {
                let report = target.report(on: rule, file: file, policy: await session.policy)
                mailbox.post(.session(journal, .ruleTried(report)))
            }
        case .adoptRule(let rule, _, _, let calls):
            attempt(journal, said: "\(rule.name) holds in this session from here on") {
                try await session.add(rule, deciding: calls)
            }
        case .trace(let request):
            let mailbox = mailbox
            Task.detached { mailbox.post(.session(journal, .traced(request.run()))) }
        case .fork(let order): answer(journal, JournalCopy.fork(journal, order))
        case .goOn, .answer, .restart:
            answer(
                journal, .notice("this session is its client's; go on with a fork by: callgate run --resume"))
        case .hintShown(let id): SeenHints.add(id)
        case .suspend, .redraw, .quit: break
        }
    }

    private func answer(_ journal: String, _ input: Input) { take(.session(journal, input)) }

    private func attempt(
        _ journal: String, said: String? = nil, _ body: @escaping @Sendable () async throws -> Void
    ) {
        let mailbox = mailbox
        Task.detached {
            do {
                try await body()
                if let said { mailbox.post(.session(journal, .notice(said))) }
            } catch {
                mailbox.post(.session(journal, .refused("\(error)")))
            }
        }
    }
}

/// Copies and forks of a journal, for a screen that shows it.
enum JournalCopy {
    static func save(_ journal: String, to path: String) -> String {
        do {
            try FileManager.default.copyItem(atPath: journal, toPath: path)
            return "saved to \(path)"
        } catch {
            return FileManager.default.fileExists(atPath: path)
                ? "\(path) is there already; choose another name" : "\(path) could not be written: \(error)"
        }
    }

    static func fork(_ journal: String, _ order: ForkOrder, canGoOn: Bool = false) -> Input {
        do {
            let name = URL(fileURLWithPath: order.path).deletingPathExtension().lastPathComponent
            let fork = try SessionFork(
                of: journal, at: order.step, changes: [order.change].compactMap { $0 },
                continuation: SessionFork.Continuation(seed: order.seed, model: order.model), name: name)
            try fork.write(to: order.path)
            return .forked(path: order.path, step: fork.step, canGoOn: canGoOn)
        } catch {
            return .notice("\(error)")
        }
    }
}

/// Hands what happens at the proxy to the main thread.
private struct DeskWatcher: ProxyWatcher {
    let mailbox: Mailbox<DeskInput>
    let arrivals: Mailbox<SessionSummary>

    func opened(_ summary: SessionSummary, past: String?) {
        arrivals.post(summary)
        let events = past.flatMap { try? Journal(path: $0, upToDamage: true).events } ?? []
        let row = SessionRow(journal: summary.journal, client: summary.client, agent: summary.agent)
        mailbox.post(.opened(row, past: events))
    }

    func happened(_ event: Event, in journal: String) { mailbox.post(.session(journal, .events([event]))) }

    func does(_ status: RunStatus, in journal: String) { mailbox.post(.session(journal, .status(status))) }

    func refused(_ reason: String, in journal: String) { mailbox.post(.session(journal, .refused(reason))) }

    func notice(_ text: String) { mailbox.post(.line("callgate: \(text)")) }
}
