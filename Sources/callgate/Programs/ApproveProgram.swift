import Debugger
import Foundation
import Sessions
import Synchronization
import Terminal

/// The approval screen's hands: reads the journals, shows what it shows, and leaves the decisions that it asks for.
@MainActor
final class ApproveProgram {
    private let screen: any Screen
    private var approval: ApprovalScreen
    private let mailbox: Mailbox<ApprovalInput>
    private let watch: Task<Void, Never>
    private var end: ScreenEnd?

    /// How often the journals are looked at, and the clocks painted; read off the main thread too, which waits for keys.
    private nonisolated static let pause = Duration.milliseconds(200)

    /// Shows the queue until the person quits.
    static func run(_ queue: ApprovalQueue, screen choice: ScreenChoice) throws {
        let wake = try failing(.usage) { try Wake() }
        let mailbox = Mailbox<ApprovalInput>(wake: wake)
        let screen = try choice.open(wake: wake)
        let watch = Task.detached {
            var queue = queue
            while !Task.isCancelled {
                queue.refresh()
                mailbox.post(.queue(queue.calls + queue.running, runs: queue.runCount, faults: queue.faults))
                try? await Task.sleep(for: ApproveProgram.pause)
            }
        }
        let program = ApproveProgram(
            screen: screen, approval: ApprovalScreen(folder: queue.folder, size: screen.size),
            mailbox: mailbox, watch: watch)
        program.drive()
        watch.cancel()
        let last = program.approval.view().canvas.plainText
        screen.close()
        if choice.keysFile != nil { print(last, terminator: "") }
        try program.end?.check()
    }

    private init(
        screen: any Screen, approval: ApprovalScreen, mailbox: Mailbox<ApprovalInput>,
        watch: Task<Void, Never>
    ) {
        self.screen = screen
        self.approval = approval
        self.mailbox = mailbox
        self.watch = watch
    }

    private func drive() {
        while end == nil {
            let view = approval.view()
            screen.draw(view.canvas, cursor: view.cursor)
            approval.drawn(at: JournalWriter.systemClock())
            switch screen.nextEvent(timeout: ApproveProgram.pause) {
            case .key(let key): take(.key(key))
            case .paste(let text): take(.paste(text))
            case .resize(let size): take(.resize(size))
            case .wake: for input in mailbox.drain() { take(input) }
            case .exit(let request): end = .asked(request)
            case .focus, .mouse: break
            case nil: take(.tick)
            }
        }
    }

    private func take(_ input: ApprovalInput) {
        for effect in approval.update(input, at: JournalWriter.systemClock()) { perform(effect) }
    }

    private func perform(_ effect: ApprovalEffect) {
        switch effect {
        case .leave(let id, let journal, let decision): leave(decision, id, journal)
        case .openEditor(let text, let suffix):
            let result = Result { () throws(EditorError) in try screen.editText(text, suffix: suffix) }
            take(.edited(result))
        case .suspend: screen.suspend()
        case .redraw: screen.draw(Canvas(screen.size), cursor: nil)
        case .quit: end = .quit
        }
    }

    /// Leaves a decision and, on another thread, waits for what becomes of it.
    private func leave(_ decision: OutsideDecision, _ id: QueuedCall.ID, _ journal: String) {
        let counter = ApprovalCounter(journal: journal)
        do {
            try counter.leave(decision)
        } catch {
            return take(.answer(id, refusal: "\(error)"))
        }
        let mailbox = mailbox
        Thread.detachNewThread {
            let refusal = ApprovalOutcome.wait(
                for: decision, at: counter, since: decision.since, journal: journal)
            mailbox.post(.answer(id, refusal: refusal))
        }
    }
}
