import Agent
import Dispatch
import Foundation
import Sessions
import Synchronization
import Terminal

/// A run without a terminal: the answer on standard output, what happened on standard error.
struct HeadlessProgram {
    let assembly: Assembly
    let journal: JournalPlace
    let approval: Approval
    let printsEvents: Bool
    /// The run stops at the first event that matches one of them.
    var breakpoints: [Filter] = []
    /// The seconds after which a call that waits is denied, instead of the workflow's.
    var approvalTimeout: Int?

    /// Runs to the end.
    /// - Throws: ``Failure`` unless the model answered.
    func run(prompt: String?) throws {
        let printsEvents = printsEvents
        let clerk = approval == .person ? ApprovalClerk() : nil
        let (writer, past) = try journal.open(
            workflow: assembly.workflow.name,
            observer: { event in
                if let line = Notice.line(for: event) { Notice.print(line) }
                clerk?.see(event)
            },
            lines: { line in
                guard printsEvents else { return }
                StandardOutput.writeJSON(String(decoding: line, as: UTF8.self))
                StandardOutput.flush()
            })
        assembly.host.attach(log: writer.path + ".servers.log", show: Notice.print)
        let meter = ProgressMeter()
        let control = RunControl(
            startsHeld: false, onStatus: { meter.show($0) },
            onRefusal: { reason in
                Notice.print("a decision was not taken: \(reason)")
                clerk?.refuse(reason)
            })
        var header = assembly.header(session: writer.path)
        for note in header.catalogueNotes { Notice.print("lint: \(note)") }
        if let approvalTimeout { header.policy.approvalTimeout = approvalTimeout }
        control.setBreakpoints(breakpoints, endRun: true)
        let loop = try failing(.usage) {
            try Loop(
                model: assembly.model, tools: assembly.tools, header: header,
                system: assembly.workflow.system, control: control, sink: writer,
                approval: approval, resuming: RunState(folding: past))
        }
        Interrupts.endProgram()
        if let clerk {
            let desk = try failing(.usage) {
                try ApprovalDesk(journal: writer.path, timeout: header.policy.approvalTimeout)
            }
            clerk.open(desk, past: past, control: control)
        }
        let outcome = Blocking.wait { await loop.run(prompt: prompt) }
        clerk?.close()
        writer.close()
        Notice.print("journal: \(writer.path)")
        switch outcome {
        case .answered(let answer): if !printsEvents { print(SafeText(answer).plain) }
        case .limit(let limit): throw Failure(.failed, "the run met its limit of \(limit)")
        case .failed(let reason): throw Failure(.failed, reason)
        case .stopped(let reason), .policy(let reason): throw Failure(.stopped, reason)
        }
    }
}

/// Short lines on standard error.
enum Notice {
    /// Writes one line: a line break that somebody else wrote would make a line of ours of what follows it.
    static func print(_ line: String) {
        StandardError.write(SafeText(line).singleLine + "\n")
    }

    /// What a person who watches a run without a screen wants to know of an event.
    static func line(for event: Event) -> String? {
        switch event.body {
        case .callJudged(let key, _, let ruling) where ruling.effect == .ask:
            "\(key.id): needs a decision: \(ruling.summary)"
        case .decided(let key, let decision, let decider): "\(key.id): \(decision.name) by \(decider.summary)"
        case .callStarted(let key, let arguments): "\(key.id): runs with \(arguments.text)"
        case .callFinished(let key, let result) where result.isError:
            "\(key.id): \(result.ending.rawValue): \(result.content.prefix(200))"
        case .callFinished(let key, let result) where !result.problems.isEmpty:
            "\(key.id): \(result.problems.joined(separator: "; "))"
        case .requestRetried(_, let attempt, let reason, let delay):
            "attempt \(attempt) failed: \(reason); again in \(delay) ms"
        default: nil
        }
    }
}

/// A way from the main thread, which may block, into asynchronous code.
enum Blocking {
    /// Runs `body` on the thread pool and blocks until it is done.
    static func wait<Result: Sendable>(_ body: @escaping @Sendable () async -> Result) -> Result {
        let box = Box<Result>()
        let done = DispatchSemaphore(value: 0)
        Task.detached {
            box.set(await body())
            done.signal()
        }
        done.wait()
        return box.take()
    }

    private final class Box<Value: Sendable>: Sendable {
        private let value = Mutex<Value?>(nil)

        func set(_ new: Value) { value.withLock { $0 = new } }

        func take() -> Value {
            guard let value = value.withLock({ $0 }) else {
                preconditionFailure("the task ended without a result")
            }
            return value
        }
    }
}
