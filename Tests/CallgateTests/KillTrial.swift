import Foundation
import Testing

/// Kills a run at random moments and takes its session up again, until so many kills have been made.
///
/// The tool appends its call's ID to a file and then takes a moment, so that kills also fall between an effect and
/// its result. Calls in doubt are denied through `callgate approve`: none of them may run again.
final class KillTrial {
    private(set) var kills = 0
    private(set) var faults: [String] = []
    private var sessions = 0
    private var resumptions = 0
    private(set) var callsDone = 0
    private var doubtful = 0
    private var doubtfulThatRan = 0
    private var torn = 0
    private var random: Generator
    private let seed: UInt64
    private static let rounds = 4
    private static let callsPerRound = 3

    /// SplitMix64, so that the moments can be repeated as far as the machine allows.
    private struct Generator: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }

    init(seed: UInt64) throws {
        self.seed = seed
        random = Generator(state: seed)
    }

    var summary: String {
        """
        seed \(seed): \(kills) kills over \(sessions) sessions, \(resumptions) resumptions, \(torn) torn last lines; \
        \(callsDone) calls with a result, \(doubtful) in doubt (\(doubtfulThatRan) of them had taken effect); \
        \(faults.count) lost, doubled or unexplained
        """
    }

    func run(kills wanted: Int) throws {
        while kills < wanted { try session(wanted) }
    }

    private static let workflow = #"""
        name: killed
        model: {scripted: script.json}
        prompt: go
        tools:
          - name: act
            description: Acts.
            parameters: {type: object, properties: {id: {type: string}}, required: [id]}
            command: {shell: 'echo "$ARG_id" >> ran.txt; sleep 0.02; echo done', folder: .}
        policy: {default: allow}
        parallel: 2
        """#

    /// One session, killed and taken up until it has answered.
    private func session(_ wanted: Int) throws {
        sessions += 1
        let folder = try Folder()
        try folder.write(KillTrial.workflow, to: "w.yaml")
        var shownInDoubt: Set<String> = []
        var span = 0.6
        for attempt in 0... {
            try folder.write(script, to: "script.json")
            // A run that was killed before its first whole line has left nothing to take up.
            let hasBegun = !events(folder, "session").isEmpty
            if !hasBegun { try? FileManager.default.removeItem(at: folder.url.appendingPathComponent("s")) }
            let isAsked = events(folder, "message").contains { $0.contains(#""role":"user""#) }
            var arguments = ["run", "w.yaml", "--headless", "--approve", "await"]
            arguments += hasBegun ? ["--resume", "s/x.jsonl"] : ["--record", "s/x.jsonl"]
            if hasBegun {
                resumptions += 1
                if !isAsked { arguments += ["--prompt", "go"] }
            }
            let started = Date()
            let run = try RunningProgram(arguments, in: folder, name: "run\(attempt)")
            let moment = kills < wanted ? Double.random(in: 0...span, using: &random) : .infinity
            var isKilled = false
            while run.isRunning {
                if Date().timeIntervalSince(started) >= moment {
                    isKilled = true
                    run.kill9()
                    break
                }
                for id in try decideDoubts(folder, run) { shownInDoubt.insert(id) }
                usleep(2_000)
            }
            let status = run.end()
            // The process may have ended by itself just before the signal.
            if isKilled, status == SIGKILL {
                kills += 1
                continue
            }
            guard status == 0 else {
                faults.append("session \(sessions), attempt \(attempt): exit \(status): \(run.errors)")
                return
            }
            span = max(0.05, Date().timeIntervalSince(started))
            break
        }
        try check(folder, shownInDoubt)
    }

    /// Denies the calls whose outcome is unknown, as a person with `callgate approve` would, and gives their IDs.
    private func decideDoubts(_ folder: Folder, _ run: RunningProgram) throws -> [String] {
        guard !inDoubt(folder).isEmpty else { return [] }
        let list = try CommandLineRun(["approve", "s", "--list"], in: folder).output
        var ids: [String] = []
        for entry in list.matches(
            of: /(?m)^([0-9a-f]{64})\n  session x · round \d+ · (\w+) · act\n.*\n  in doubt/)
        {
            ids.append(String(entry.2))
            // The run may be killed, or have ended, meanwhile: then the next one is asked again.
            _ = try CommandLineRun(
                ["approve", "s", "--deny", String(entry.1), "--reason", "it may have happened"], in: folder)
        }
        return ids
    }

    /// The IDs of the calls that began before the last resumption and have neither a result nor a decision since.
    private func inDoubt(_ folder: Folder) -> Set<String> {
        var running: Set<String> = []
        var doubt: Set<String> = []
        for line in lines(folder) {
            switch kind(line) {
            case "started": running.insert(id(line))
            case "finished": running.remove(id(line))
            case "resumed":
                doubt.formUnion(running)
                running = []
            case "decision": doubt.remove(id(line))
            default: break
            }
        }
        return doubt
    }

    private func check(_ folder: Folder, _ shownInDoubt: Set<String>) throws {
        func fault(_ text: String) { faults.append("session \(sessions) (seed \(seed)): \(text)") }
        let audit = try CommandLineRun(["audit", "s/x.jsonl", "-q"], in: folder)
        if audit.status != 0 { fault("the audit failed: \(audit.output)\(audit.errors)") }
        let all = (1...KillTrial.rounds).flatMap { round in
            (1...KillTrial.callsPerRound).map { "r\(round)c\($0)" }
        }
        let ran = ((try? folder.read("ran.txt")) ?? "").split(separator: "\n").map(String.init)
        let counts = Dictionary(ran.map { ($0, 1) }, uniquingKeysWith: +)
        let messages = events(folder, "tool-message").map(id)
        let started = Set(events(folder, "started").map(id))
        let finished = Set(events(folder, "finished").map(id))
        for id in all {
            let results = messages.count { $0 == id }
            if results != 1 { fault("\(id) has \(results) results") }
            if counts[id, default: 0] > 1 { fault("\(id) took effect \(counts[id, default: 0]) times") }
            if finished.contains(id), counts[id] == nil {
                fault("\(id) is finished and never took effect: lost")
            }
            if counts[id] != nil, !started.contains(id) { fault("\(id) took effect and never began") }
            if !finished.contains(id) {
                doubtful += 1
                if counts[id] != nil { doubtfulThatRan += 1 }
                if !shownInDoubt.contains(id) { fault("\(id) has no end and was never shown as in doubt") }
            } else {
                callsDone += 1
            }
        }
        for id in counts.keys where !all.contains(id) { fault("\(id) took effect and was never asked for") }
        let names =
            (try? FileManager.default.contentsOfDirectory(atPath: folder.url.appendingPathComponent("s").path))
        torn += (names ?? []).count { $0.contains(".torn") }
    }

    /// The model's responses, one a round.
    private var script: String {
        var responses = (1...KillTrial.rounds).map { round in
            let calls = (1...KillTrial.callsPerRound).map { position in
                let id = "r\(round)c\(position)"
                return #"{"id": "\#(id)", "name": "act", "arguments": {"id": "\#(id)"}}"#
            }
            return #"{"calls": [\#(calls.joined(separator: ", "))]}"#
        }
        responses.append(#"{"content": "done"}"#)
        return "[" + responses.joined(separator: ", ") + "]"
    }

    /// The whole lines of the journal.
    private func lines(_ folder: Folder) -> [Substring] {
        guard let text = try? folder.read("s/x.jsonl"), let end = text.utf8.lastIndex(of: 0x0A) else {
            return []
        }
        return text[...end].split(separator: "\n")
    }

    private func events(_ folder: Folder, _ name: String) -> [Substring] {
        lines(folder).filter { kind($0) == name }
    }

    private func kind(_ line: Substring) -> String { field("kind", line) }
    private func id(_ line: Substring) -> String { field("id", line) }

    /// A member of text without escapes; the first of that name, which is the event's own.
    private func field(_ name: String, _ line: Substring) -> String {
        guard let start = line.range(of: "\"\(name)\":\"") else { return "" }
        return String(line[start.upperBound...].prefix { $0 != "\"" })
    }
}
