import Agent
import ArgumentParser
import Foundation
import JSON
import Sessions

/// `callgate check`: sessions as tests.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Run saved sessions again and fail where they go another way.",
        discussion: """
            The loop runs anew with the session's own model, tools and decisions. With --workflow the prompt, catalogue, \
            policy and limits are the workflow's as it is now; --live replaces the recorded model or the recorded tools \
            by the workflow's real ones. Assertions are read from a file beside the session: x.assert for x.jsonl.

            An imported session does not run again, as nobody recorded its policy, its limits and who decided: it is held to \
            its assertions, and with --workflow the calls that ran are held against the workflow's rules and tools.

            With --mask nothing runs: each token, of a run or an import that has their texts, is held against the schemas of \
            the tools, and of the answer where --answer gives one. It says where the model left a schema, and what speaks \
            for a mask on the server's side.

            Examples:
              callgate check sessions/
              callgate check sessions/two-rounds.jsonl --workflow support-desk.yaml
              callgate check sessions/ --live tools --junit report.xml
              callgate check --mask imported.jsonl --answer answer.schema.json

            Exit codes: 0 all hold, 1 one does not, 2 usage.
            """)

    /// What is real.
    enum Side: String, ExpressibleByArgument, CaseIterable {
        case model
        case tools
    }

    @Argument(help: "Journals, or folders of them.")
    var sessions: [String]

    @Option(help: "Hold the sessions against this workflow instead of their own settings.")
    var workflow: String?

    @Option(
        help: "Use the workflow's real model or tools instead of the recorded ones; the demo's by default.")
    var live: [Side] = []

    @Flag(help: "Hold the tokens against our mask instead of running the session again.")
    var mask = false

    @Option(help: "The JSON Schema, a file, that the server was told for the model's words; with --mask.")
    var answer: String?

    @Option(help: "Write a JUnit report to this file.")
    var junit: String?

    @Option(help: "Write a TAP report to this file.")
    var tap: String?

    func validate() throws {
        if mask, workflow != nil || !live.isEmpty {
            throw ValidationError(
                "--mask runs nothing, so that --workflow and --live have no place beside it")
        }
        if answer != nil, !mask { throw ValidationError("--answer belongs to --mask") }
    }

    func run() throws {
        let told = try answer.map { try schema(in: $0) }
        let assembly =
            workflow != nil || !live.isEmpty
            ? try Assembly(file: workflow, seed: nil, temperature: nil) : nil
        var report = CheckReport()
        let paths = try SessionFiles.expand(sessions)
        for path in paths {
            let started = ContinuousClock.now
            var column = ""
            let faults = mask ? try heldByMask(path, told, &column) : try check(path, assembly, &column)
            let seconds = Double((ContinuousClock.now - started) / .milliseconds(1)) / 1_000
            report.entries.append(CheckReport.Entry(name: path, faults: faults, seconds: seconds))
            print("\(faults.isEmpty ? "ok  " : "FAIL") \(path)\(column)")
            for fault in faults { print("  \(fault)") }
        }
        let sources = paths + [workflow, answer].compactMap(\.self)
        if let junit { try FileOutput.write(report.junit, path: junit, sparing: sources) }
        if let tap { try FileOutput.write(report.tap, path: tap, sparing: sources) }
        let total = report.entries.count
        print("\(total - report.failures) of \(total) sessions hold")
        if report.failures > 0 { throw ExitCode(1) }
    }

    /// Where a session's tokens leave their schemas; the column says how many pass.
    private func heldByMask(_ path: String, _ schema: JSONValue?, _ column: inout String) throws -> [String] {
        let events = try failing(.usage) { try Journal(path: path).events }
        guard let found = try failing(.usage, { try MaskCheck(events, answer: schema) }) else {
            throw Failure(.usage, "\(path) does not begin with a session's header")
        }
        column = "  \(found.line)"
        for reason in found.unheld { column += "\n  not held: \(reason)" }
        for departure in found.departures where departure.isOurPolicy { column += "\n  \(departure.line)" }
        return found.departures.filter { !$0.isOurPolicy }.map(\.line)
    }

    private func schema(in file: String) throws -> JSONValue {
        let bytes = try failing(.usage) { try BoundedFile.bytes(file) }
        do { return try JSONParser.parse(bytes) } catch { throw Failure(.usage, "\(file): \(error)") }
    }

    /// What is wrong with a session; nothing where it holds.
    private func check(_ path: String, _ assembly: Assembly?, _ column: inout String) throws -> [String] {
        let journal: Journal
        do throws(JournalError) { journal = try Journal(path: path, verifies: true) } catch {
            guard case .changed = error.kind else { throw Failure(.usage, error.description) }
            return ["it is not what was recorded: \(error)"]
        }
        let assertions = try assertions(beside: path)
        if case .sessionStarted(let header)? = journal.events.first?.body, header.isImported {
            column = "  not recorded: policy, limits and who decided, so that it does not run again"
            let faults = assertions.failures(in: journal.events).map(\.description)
            guard workflow != nil, let assembly else { return faults }
            return try faults
                + ImportedCalls.faults(of: journal.events, against: assembly.header(session: path))
        }
        let recording: Recording
        do { recording = try Recording(journal.events) } catch { return ["it cannot be repeated: \(error)"] }
        var changes = Repetition.Changes()
        if workflow != nil, let assembly {
            changes.header = assembly.header(session: path)
            changes.system = assembly.workflow.system
        }
        if live.contains(.model) { changes.model = assembly?.model }
        if live.contains(.tools) { changes.tools = assembly?.tools }
        let result = Blocking.wait { [changes] () -> Result<Repetition, any Error> in
            do { return .success(try await Repetition(of: recording, with: changes)) } catch {
                return .failure(error)
            }
        }
        let repetition = try failing(.usage) { try result.get() }
        var faults: [String] = []
        if let divergence = repetition.divergence {
            faults += ["it goes another way (- recorded, + now):"] + divergence.lines
            let others = repetition.comparison.differences.count { !$0.isFigure } - 1
            if others > 0 { faults.append("and \(others) more") }
        }
        return faults + assertions.failures(in: repetition.events).map(\.description)
    }

    private func assertions(beside path: String) throws -> SessionAssertions {
        let stem = JournalStem.of(path)
        let file = "\(stem).assert"
        guard FileManager.default.fileExists(atPath: file) else {
            return try failing(.usage) { try SessionAssertions("") }
        }
        let text = try failing(.usage) { try BoundedFile.text(file) }
        do { return try SessionAssertions(text) } catch { throw Failure(.usage, "\(file):\(error)") }
    }
}
