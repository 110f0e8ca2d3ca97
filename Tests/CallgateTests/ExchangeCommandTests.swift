import Foundation
import Testing

@Suite struct ExchangeCommandTests {
    @Test func aSessionGoesOutAndComesInAndWhatIsLostIsListed() throws {
        let folder = try Folder()
        let path = RecordedSessions.path("two-rounds")
        let export = try CommandLineRun(
            ["export", path, "--format", "openai", "--output", "r.json"], in: folder)
        #expect(
            export.status == 0 && export.errors.contains("left out: who decided each call"),
            "\(export.errors)")
        let back = try CommandLineRun(["import", "r.json", "--record", "r.jsonl"], in: folder)
        #expect(back.status == 0 && back.errors.contains("not in the session: tokens"), "\(back.errors)")
        #expect(back.output.contains("it has messages with roles"))
        #expect(back.output.contains("steps, from openai"))
        let replay = try CommandLineRun(["replay", "r.jsonl", "--print"], in: folder)
        #expect(replay.status == 0 && replay.output.contains("get_comments"), "\(replay.errors)")
        let screen = try CommandLineRun(["replay", "r.jsonl", "--at", "6"], in: folder)
        #expect(screen.status == 0 && !screen.output.isEmpty, "\(screen.errors)")
        let diff = try CommandLineRun(
            ["diff", path, "r.jsonl", "--only", "arguments", "--only", "message"], in: folder)
        #expect(diff.status == 1 || diff.output.contains("no difference"), "\(diff.output)")
        #expect(!diff.output.contains("message 2"), "\(diff.output)")
    }

    @Test func pagesArePrinted() throws {
        let folder = try Folder()
        let page = try CommandLineRun(["export", RecordedSessions.path("failing-tool")], in: folder)
        #expect(page.status == 0 && page.output.hasPrefix("# Session "), "\(page.errors)")
        let html = try CommandLineRun(
            ["export", RecordedSessions.path("failing-tool"), "--format", "html"], in: folder)
        #expect(html.status == 0 && html.output.hasPrefix("<!doctype html>"))
    }

    @Test func aRecordingOfTheScreenIsWritten() throws {
        let folder = try Folder()
        let cast = try CommandLineRun(
            ["export", RecordedSessions.path("failing-tool"), "--format", "asciinema", "--size", "90x25"],
            in: folder)
        #expect(cast.status == 0 && cast.output.hasPrefix("{\"version\":2,\"width\":90,\"height\":25,"))
        #expect(cast.errors.contains("left out: what a step has beyond a screen of 90x25"), "\(cast.errors)")
        let wrong = try CommandLineRun(
            ["export", RecordedSessions.path("failing-tool"), "--size", "90x25"], in: folder)
        #expect(wrong.status != 0 && wrong.errors.contains("--size and --idle go with"), "\(wrong.errors)")
    }

    @Test func whatCannotBeReadIsCode2() throws {
        let folder = try Folder()
        try folder.write("hello\n", to: "x.json")
        let run = try CommandLineRun(["import", "x.json"], in: folder)
        #expect(run.status == 2 && run.errors.hasPrefix("callgate: x.json: "), "\(run.errors)")
        #expect(try CommandLineRun(["export", "missing.jsonl"], in: folder).status == 2)
    }
}
