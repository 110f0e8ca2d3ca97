import Agent
import Attach
import Foundation
import Sessions
import Synchronization
import Terminal

/// The proxy without a screen: what happens as lines on standard error, decisions by the policy or by others.
struct AttachProgram {
    let settings: ProxySettings
    let command: [String]
    /// The program has this terminal, which must stay its own.
    let isBeside: Bool
    let awaitsDecisions: Bool

    /// Serves until the program that it runs has ended, or for ever.
    /// - Throws: ``Failure``; the program's own exit code otherwise ends this one.
    func run() throws {
        let report = AttachReport(
            isSilent: isBeside, awaitsDecisions: awaitsDecisions, limit: settings.gate.holdLimit)
        let proxy = try AttachedProxy.open(settings, report)
        let lines = ClientLines(base: proxy.address)
        let serving = Task.detached { try await proxy.proxy.run() }
        if command.isEmpty {
            Interrupts.endProgram { proxy.leave() }
            var text = "listening on \(proxy.address)\n"
            for client in lines.lines {
                text += "\n\(client.client)\n" + client.lines.map { "  \($0)\n" }.joined()
            }
            // Whoever reads this from a pipe waits for it.
            FileHandle.standardOutput.write(Data(text.utf8))
            Blocking.wait { _ = await serving.result }
            return
        }
        if isBeside {
            Notice.print("decide in another terminal with: callgate approve \(settings.folder)")
            // What the person types belongs to the program.
            for number in [SIGINT, SIGQUIT, SIGTSTP] { signal(number, SIG_IGN) }
            Interrupts.endProgram(on: [SIGTERM, SIGHUP]) { proxy.leave() }
        } else {
            Interrupts.endProgram { proxy.leave() }
        }
        let program = try AttachedProgram(command, lines: lines, output: nil)
        let status = program.wait()
        proxy.leave(serving)
        report.close()
        for journal in report.journals { Notice.print("journal: \(journal)") }
        if status != 0 { exit(status) }
    }
}

/// A proxy that listens.
struct AttachedProxy {
    let proxy: Proxy
    let address: String

    /// Denies what waits, tells the clients, and stores the sessions' ends.
    func leave() { Blocking.wait { [proxy] in await proxy.leave() } }

    /// The same, and stops serving.
    func leave(_ serving: Task<Void, any Error>) {
        leave()
        serving.cancel()
        Blocking.wait { _ = await serving.result }
    }

    static func open(_ settings: ProxySettings, _ watcher: any ProxyWatcher) throws -> AttachedProxy {
        let result = Blocking.wait {
            do {
                return Result<Proxy, Failure>.success(try await Proxy(settings, watcher: watcher))
            } catch {
                return .failure(Failure(.usage, "\(error)"))
            }
        }
        let proxy = try result.get()
        let host = settings.host.contains(":") ? "[\(settings.host)]" : settings.host
        return AttachedProxy(proxy: proxy, address: "http://\(host):\(proxy.port)")
    }
}

/// Reports what happens at a proxy, and carries the decisions that others leave beside its journals.
final class AttachReport: ProxyWatcher {
    private struct State {
        var names: [String: String] = [:]
        var clerks: [String: ApprovalClerk] = [:]
        var journals: [String] = []
    }

    private let isSilent: Bool
    private let awaitsDecisions: Bool
    private let limit: Int?
    private let state = Mutex(State())

    init(isSilent: Bool, awaitsDecisions: Bool, limit: Int?) {
        self.isSilent = isSilent
        self.awaitsDecisions = awaitsDecisions
        self.limit = limit
    }

    /// The journals of all sessions, in the order in which they began.
    var journals: [String] { state.withLock { $0.journals } }

    func opened(_ summary: SessionSummary, past: String?) {
        let journal = summary.journal
        let name = [summary.client, summary.agent].compactMap { $0 }.joined(separator: " ")
        state.withLock { state in
            state.journals.append(journal)
            state.names[journal] = name
        }
        say("session of \(name): \(journal)")
        guard awaitsDecisions else { return }
        do {
            let clerk = ApprovalClerk()
            let events = try past.map { try Journal(path: $0, upToDamage: true).events } ?? []
            clerk.open(
                try ApprovalDesk(journal: journal, timeout: limit), past: events,
                control: summary.session.control)
            state.withLock { $0.clerks[journal] = clerk }
        } catch {
            say("the calls of \(journal) cannot be decided from elsewhere: \(error)")
        }
    }

    func happened(_ event: Event, in journal: String) {
        state.withLock { $0.clerks[journal] }?.see(event)
        if let line = Notice.line(for: event) { say("\(name(journal)): \(line)") }
    }

    func does(_ status: RunStatus, in journal: String) {}

    func refused(_ reason: String, in journal: String) {
        say("\(name(journal)): a decision was not taken: \(reason)")
        state.withLock { $0.clerks[journal] }?.refuse(reason)
    }

    func notice(_ text: String) { say(text) }

    func close() { for clerk in state.withLock({ $0.clerks.values }) { clerk.close() } }

    private func name(_ journal: String) -> String { state.withLock { $0.names[journal] } ?? journal }

    private func say(_ line: String) { if !isSilent { Notice.print(line) } }
}
