import Foundation
import Testing

@Suite struct GrepCommandTests {
    @Test func whatMatchesIsPrintedWithFileAndStep() throws {
        let run = try CommandLineRun(["grep", "~err", RecordedSessions.folder], in: try Folder())
        #expect(run.status == 0, "\(run.errors)")
        let lines = run.output.split(separator: "\n")
        #expect(!lines.isEmpty)
        for line in lines { #expect(line.contains(/^.*\.jsonl:[0-9]+: [a-z-]+/), "\(line)") }
        #expect(lines.contains { $0.contains("failing-tool.jsonl:") })
        #expect(!lines.contains { $0.contains("two-rounds.jsonl:") })
    }

    @Test func filesAndCountsAreShort() throws {
        let folder = try Folder()
        let files = try CommandLineRun(["grep", "-l", "~status denied", RecordedSessions.folder], in: folder)
        #expect(files.output == RecordedSessions.path("edited-and-denied") + "\n")
        let counts = try CommandLineRun(
            ["grep", "-c", "~role user", RecordedSessions.path("two-rounds")], in: folder)
        #expect(counts.output.hasSuffix(":1\n"))
    }

    @Test func nothingFoundIsCode1AndAMistakeCode2() throws {
        let folder = try Folder()
        #expect(
            try CommandLineRun(["grep", "~tool never", RecordedSessions.folder], in: folder).status == 1)
        let wrong = try CommandLineRun(["grep", "~err & ~foo", RecordedSessions.folder], in: folder)
        #expect(wrong.status == 2 && wrong.errors.contains("column 8: there is no ~foo"), "\(wrong.errors)")
        #expect(try CommandLineRun(["grep", "~err", "missing"], in: folder).status == 2)
    }
}

@Suite struct BreakCommandTests {
    @Test func aBreakpointStopsWithCode3AndTheRunGoesOnFromItsJournal() throws {
        let folder = try Folder()
        let stopped = try CommandLineRun(
            [
                "run", "--headless", "--approve", "all", "--prompt", "look up T-1042", "--record", "x.jsonl",
                "--break", "~tool get_ticket & ~status proposed",
            ], in: folder)
        #expect(stopped.status == 3, "\(stopped.errors)")
        #expect(stopped.errors.contains(/at step [0-9]+ \(response\)/), "\(stopped.errors)")
        #expect(!(try folder.read("x.jsonl")).contains(#""kind":"started""#))
        let resumed = try CommandLineRun(
            ["run", "--headless", "--approve", "all", "--resume", "x.jsonl"], in: folder)
        #expect(resumed.status == 0 && resumed.output.contains("T-1042"), "\(resumed.errors)")
    }

    @Test func aMistakeInABreakpointIsCode2WithItsColumn() throws {
        let run = try CommandLineRun(
            ["run", "--headless", "--approve", "all", "--break", "~p"], in: try Folder())
        #expect(run.status == 2 && run.errors.contains("column 3"), "\(run.errors)")
    }

    @Test func replayPrintsOnlyWhatMatches() throws {
        let run = try CommandLineRun(
            ["replay", RecordedSessions.path("two-rounds"), "--print", "--filter", "~role user"],
            in: try Folder())
        #expect(run.status == 0 && run.output.contains("message: user"), "\(run.errors)")
        #expect(!run.output.contains("request") && !run.output.contains("token"))
    }
}
