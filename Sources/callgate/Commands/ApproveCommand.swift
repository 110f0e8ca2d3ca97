import Agent
import ArgumentParser
import Debugger
import Foundation
import JSON
import Sessions
import Terminal

/// `callgate approve`: decides the calls that wait in other runs on this machine.
struct ApproveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approve",
        abstract: "Decide the calls that wait in runs without a terminal.",
        discussion: """
            Watches the journals in DIR of runs that were started with --headless --approve await. A decision is bound \
            to the SHA-256 of the call's tool, ID and argument bytes, and the run refuses it when they are others.

            Examples:
              callgate approve sessions/                       the queue, on a screen
              callgate approve sessions/ --list                what waits, with hashes
              callgate approve sessions/ --approve 4f0c…
              callgate approve sessions/ --deny 4f0c… --reason "not on a Sunday"
              callgate approve sessions/ --edit 4f0c… --args '{"user": "maya"}'
              callgate approve sessions/ --respond 4f0c… --content "nobody is in"
              callgate approve sessions/ --cancel 4f0c…        a call that runs

            Exit codes: 0 taken by the run, 1 not taken, 2 usage.
            """)

    @Argument(help: "The folder of the journals.")
    var dir: String

    @Flag(help: "Print what waits, and end.")
    var list = false

    @Option(help: ArgumentHelp("Run the call with this hash as written.", valueName: "hash"))
    var approve: String?

    @Option(help: ArgumentHelp("Do not run the call with this hash.", valueName: "hash"))
    var deny: String?

    @Option(help: "With --deny: why; the model reads it.")
    var reason: String?

    @Option(help: ArgumentHelp("Run the call with this hash with --args.", valueName: "hash"))
    var edit: String?

    @Option(help: ArgumentHelp("With --edit: the arguments that run, JSON.", valueName: "json"))
    var args: String?

    @Option(help: ArgumentHelp("Answer the call with this hash in the tool's place.", valueName: "hash"))
    var respond: String?

    @Option(help: ArgumentHelp("Give up the running call with this hash.", valueName: "hash"))
    var cancel: String?

    @Option(help: "With --respond: what the model reads as the result.")
    var content: String?

    @Option(help: "The session, where calls of several have the same hash.")
    var session: String?

    @Option(help: "Play these keys on a screen in memory and print it at the end; see 'docs/keys.md'.")
    var keys: String?

    @Option(help: "The size of the screen in memory.")
    var screen: ScreenSize?

    func validate() throws {
        let decisions = [approve, deny, edit, respond, cancel].count { $0 != nil }
        if decisions + (list ? 1 : 0) > 1 {
            throw ValidationError("give one of --list, --approve, --deny, --edit, --respond and --cancel")
        }
        if reason != nil, deny == nil { throw ValidationError("--reason goes with --deny") }
        if (args == nil) != (edit == nil) { throw ValidationError("--edit and --args go together") }
        if (content == nil) != (respond == nil) {
            throw ValidationError("--respond and --content go together")
        }
    }

    func run() throws {
        var isFolder: ObjCBool = false
        let isThere = FileManager.default.fileExists(atPath: dir, isDirectory: &isFolder)
        let isScreen = !list && [approve, deny, edit, respond, cancel].allSatisfy { $0 == nil }
        // The first run that records there makes it; whoever decides may well be there before.
        guard isFolder.boolValue || !isThere && isScreen else {
            throw Failure(.usage, isThere ? "\(dir) is no folder" : "there is no folder \(dir)")
        }
        if !isThere { Notice.print("there is no folder \(dir) yet; it is watched for") }
        let folder = dir.count > 1 && dir.hasSuffix("/") ? String(dir.dropLast()) : dir
        var queue = ApprovalQueue(folder: folder)
        if list { return try printList(&queue) }
        if let hash = cancel { return try decide(hash, &queue, nil) }
        if let hash = approve { return try decide(hash, &queue) { _ in .approve } }
        if let hash = deny { return try decide(hash, &queue) { _ in .deny(reason: reason) } }
        if let hash = respond { return try decide(hash, &queue) { _ in .respond(content: content ?? "") } }
        if let hash = edit { return try decide(hash, &queue, edited) }
        try MainActor.assumeIsolated {
            try ApproveProgram.run(
                queue, screen: ScreenChoice(keysFile: keys, size: screen, instead: "--list says what waits"))
        }
    }

    private func edited(_ call: QueuedCall) throws -> Decision {
        let arguments = ByteString(args ?? "")
        if let objection = call.state.objection(toEditing: call.waiting.record, arguments: arguments) {
            throw Failure(.usage, objection)
        }
        return .edit(arguments: arguments, mode: .annotate)
    }

    private func printList(_ queue: inout ApprovalQueue) throws {
        queue.refresh()
        for fault in queue.faults { Notice.print(fault) }
        let now = JournalWriter.systemClock()
        for call in queue.calls + queue.running {
            for line in ApprovalListing.lines(call, now: now) { print(line) }
        }
        if queue.calls.isEmpty {
            print(
                "nothing waits; \(queue.runCount) \(queue.runCount == 1 ? "run awaits" : "runs await") decisions"
            )
        }
    }

    /// Leaves a decision, or without one a cancellation, for the one call with that hash, and waits until the run has taken or refused it.
    private func decide(
        _ text: String, _ queue: inout ApprovalQueue, _ decision: ((QueuedCall) throws -> Decision)?
    ) throws {
        guard let hash = CallHash(text) else {
            throw Failure(.usage, "give the whole hash, 64 hexadecimal digits, as --list prints it")
        }
        queue.refresh()
        let matches = (decision == nil ? queue.running : queue.calls).filter { call in
            call.waiting.hash == hash && (session == nil || call.session == session)
        }
        guard let call = matches.first else {
            throw Failure(
                .failed,
                decision == nil
                    ? "no call with that hash runs; see --list"
                    : "no call with that hash waits: it was decided, or its tool, ID or arguments changed; see --list"
            )
        }
        guard matches.count == 1 else {
            let names = matches.map(\.session).joined(separator: ", ")
            throw Failure(
                .usage, "calls of several sessions have that hash; add --session with one of \(names)")
        }
        let outside = try decision.map { call.deciding(try $0(call)) } ?? call.cancelling()
        let counter = ApprovalCounter(journal: call.journal)
        try failing(.failed) { try counter.leave(outside) }
        switch ApprovalOutcome.wait(for: outside, at: counter, since: call.state.step, journal: call.journal)
        {
        case nil: print("\(outside.name): \(call.waiting.record.key.id) of \(call.session)")
        case let reason?: throw Failure(.failed, reason)
        }
    }
}

/// What waits, as text for scripts and for eyes.
enum ApprovalListing {
    static func lines(_ call: QueuedCall, now: Int64) -> [String] {
        let record = call.waiting.record
        let waited = max(0, now - call.waiting.time) / 1_000
        let left = call.deadline.map { ", denied in \(max(0, $0 - now) / 1_000) s" } ?? ""
        let arguments = (try? JSONParser.parse(record.call.arguments.text))?.text(.pretty)
        let head = [
            call.waiting.hash.description,
            "  session \(call.session) · round \(record.key.round) · \(record.key.id) · \(record.call.name)",
            "  \(call.isRunning ? "runs" : "waits") \(waited) s\(left) · \(record.ruling?.summary ?? "")",
        ]
        let doubt =
            record.status == .unknown
            ? ["  in doubt: it had begun when the run broke off; approving runs it once more"] : []
        let problems = record.problems.map { "  problem: \($0.message)" }
        let warnings = LookAlikeLines.warnings(record.call).map { "  \($0)" }
        let body = SafeText(arguments ?? record.call.arguments.text).lines.map { "    \($0.plain)" }
        return (head + doubt + problems + warnings).map { SafeText($0).singleLine } + body
    }
}

/// What became of a decision that was left.
enum ApprovalOutcome {
    private static let patience = 10.0

    /// Waits until the run has taken it (`nil`) or not (why).
    static func wait(
        for decision: OutsideDecision, at counter: ApprovalCounter, since step: Int, journal: String
    ) -> String? {
        let start = Date()
        while true {
            switch counter.answer(to: decision) {
            case .refused(let reason): return "not taken: \(reason)"
            case .taken: return confirmed(decision, after: step, journal)
            case .pending where counter.run == nil:
                counter.withdraw(decision)
                return confirmed(decision, after: step, journal).map { _ in
                    "the run ended before it took the decision"
                }
            case .pending where Date().timeIntervalSince(start) > patience:
                counter.withdraw(decision)
                return confirmed(decision, after: step, journal).map { _ in
                    "the run did not answer within \(Int(patience)) s; the decision was taken back"
                }
            case .pending: usleep(20_000)
            }
        }
    }

    /// Looks the decision up in the journal; why it is not there, where it is not.
    private static func confirmed(_ decision: OutsideDecision, after step: Int, _ journal: String) -> String?
    {
        var tail = JournalTail(path: journal)
        let events = (try? tail.look().events) ?? []
        let isThere = events.contains { event in
            guard event.number > step else { return false }
            switch event.body {
            case .decided(decision.key, let taken, by: .user): return taken == decision.decision
            case .callFinished(decision.key, let result):
                return decision.cancels && result.ending == .cancelled
            default: return false
            }
        }
        return isThere ? nil : "the run went on without this decision; see: callgate audit \(journal)"
    }
}
