import Foundation
import Testing

@testable import Agent

/// Real shells run made-up lines; whatever they start stands among the parts, or the line is undecided.
///
/// `Scripts/fuzz/shells.sh` runs many more lines than the suite does.
@Suite struct ShellFuzzTests {
    private static let count =
        ProcessInfo.processInfo.environment["CALLGATE_SHELL_LINES"].flatMap { Int($0) } ?? 2_000
    private static let seed =
        ProcessInfo.processInfo.environment["CALLGATE_SEED"].flatMap { UInt64($0) } ?? 12

    @Test(arguments: ["dash", "bash", "zsh"])
    func whateverAShellStartsIsInThePartsOrTheLineIsUndecided(shell: String) throws {
        guard FileManager.default.isExecutableFile(atPath: "/usr/bin/\(shell)"),
            FileManager.default.isExecutableFile(atPath: "/usr/bin/timeout")
        else {
            print("\(shell) is not here: its lines are not run")
            return
        }
        let bench = try ShellBench(names: ShellLines.names)
        var lines = ShellLines(random: SeededGenerator(seed: ShellFuzzTests.seed))
        var (proved, decided, started) = (0, 0, 0)
        var faults: [String] = []
        var left = ShellFuzzTests.count
        while left > 0 {
            var batch: [String] = []
            for _ in 0..<min(left, 1_000) {
                let line = lines.next()
                let reading = ShellReading(line: line)
                let isDecided = (try? reading.proved()) != nil || (try? reading.started()) != nil
                // A line that nobody claims to understand has nothing to be held against.
                if isDecided, !line.utf8.contains(0) { batch.append(line) }
            }
            left -= min(left, 1_000)
            for (line, starts) in zip(batch, try bench.started(batch, by: shell)) {
                let reading = ShellReading(line: line)
                started += starts.count
                if let parts = try? reading.proved() {
                    proved += 1
                    faults += starts.filter { !Self.stands($0, among: parts) }.map {
                        "proved \(line.debugDescription): \($0.words) is not in \(parts)"
                    }
                }
                if let parts = try? reading.started() {
                    decided += 1
                    faults += starts.filter { start in
                        !parts.contains { Self.reaches(start, $0, among: parts, of: shell) }
                    }
                    .map { "started \(line.debugDescription): \($0.words) is not in \(parts)" }
                }
            }
        }
        print(
            "\(shell), seed \(ShellFuzzTests.seed): \(ShellFuzzTests.count) lines made up, \(proved) proved, "
                + "\(decided) decided for denials, \(started) programs started, \(faults.count) not in the parts"
        )
        for fault in faults.prefix(20) { print("    \(fault)") }
        #expect(faults.isEmpty)
        #expect(proved > ShellFuzzTests.count / 50 && started > 0)
    }

    /// Word for word; only where a part has a pattern or a home, up to it.
    private static func stands(_ start: ShellBench.Start, among parts: [String]) -> Bool {
        parts.contains { part in
            if part.utf8.elementsEqual(start.text.utf8) { return true }
            // A shell's script is a word of the shell.
            if ["bash ", "sh ", "dash ", "zsh "].contains(where: {
                ($0 + start.text).utf8.elementsEqual(part.utf8)
            }) {
                return true
            }
            let path =
                part.utf8.split(separator: 0x20, maxSplits: 1).first?.split(separator: 0x2F).last.map(
                    Array.init) ?? []
            let rest = part.utf8.drop { $0 != 0x20 }
            if (String(decoding: path, as: UTF8.self) + String(decoding: Array(rest), as: UTF8.self)).utf8
                .elementsEqual(start.text.utf8)
            {
                return true
            }
            let fixed = part.utf8.prefix { !"*?~".utf8.contains($0) }
            return fixed.count < part.utf8.count && start.text.utf8.starts(with: fixed)
        }
    }

    /// Word for word; where the part has something that a shell expands, up to there, and at least the name.
    private static func reaches(
        _ start: ShellBench.Start, _ part: String, among parts: [String], of shell: String
    ) -> Bool {
        if part.utf8.elementsEqual(start.text.utf8) { return true }
        // What xargs reads it adds to the words of its program; the docs say that nobody sees those.
        if start.text.utf8.starts(with: (part + " ").utf8), parts.contains(where: { runsByXargs(part, $0) }) {
            return true
        }
        let name = (start.words.first ?? "") + " "
        // A word that is made of a process writing to it has another text as well.
        let process = part.utf8.indices.first { part.utf8[$0...].starts(with: ">(".utf8) }
        // To zsh `=ls` is the path of ls.
        let path = part.utf8.indices.first { shell == "zsh" && part.utf8[$0...].starts(with: " =".utf8) }
        let end = [process, path.map { part.utf8.index(after: $0) }].compactMap { $0 }.min()
        let fixed = part.utf8[..<(end ?? part.utf8.endIndex)].prefix { !"*?~$`{[<".utf8.contains($0) }
        // A pattern in a name: only what has `=` in it can be one and an assignment to other shells.
        let equals = UInt8(ascii: "=")
        let isNamed =
            part.utf8.starts(with: name.utf8)
            || name.utf8.contains(equals) && fixed.contains(equals)
        return fixed.count < part.utf8.count && isNamed
            && (start.text + " ").utf8.starts(with: fixed)
    }

    /// Whether `command` is xargs with `part` as its program and its first words.
    private static func runsByXargs(_ part: String, _ command: String) -> Bool {
        command.utf8.starts(with: "xargs ".utf8)
            && command.utf8.reversed().starts(with: (" " + part).utf8.reversed())
    }
}
