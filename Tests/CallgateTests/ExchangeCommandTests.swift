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

    /// A rollout that names another thread: that one is looked for in the folders of days, else only beside the file.
    @Test func threadsOfARolloutAreLookedForWhereTheyCanBe() throws {
        let folder = try Folder()
        func write(_ path: String, thread: String, forkedFrom other: String?) throws {
            let fork =
                other.map { ",\"forked_from_id\":\"\($0)\",\"forked_from_ordinal_exclusive\":null" } ?? ""
            let url = folder.url.appendingPathComponent("\(path)/rollout-\(thread).jsonl")
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            let lines = [
                "{\"type\":\"session_meta\",\"payload\":{\"id\":\"\(thread)\"\(fork)}}",
                "{\"type\":\"response_item\",\"payload\":{\"type\":\"message\",\"role\":\"user\",\"content\":\"words of \(thread)\"}}",
            ]
            try Data(lines.joined(separator: "\n").utf8).write(to: url)
        }
        func words(_ path: String) throws -> String {
            // An import does not write over a session.
            let record = "\(UUID().uuidString).jsonl"
            let run = try CommandLineRun(["import", path, "--record", record], in: folder)
            #expect(run.status == 0, "\(run.errors)")
            return try CommandLineRun(["replay", record, "--print"], in: folder).output
        }
        try write("s/2026/11/28", thread: "old", forkedFrom: nil)
        try write("s/2026/11/29", thread: "new", forkedFrom: "old")
        #expect(try words("s/2026/11/29/rollout-new.jsonl").contains("words of old"))
        // Three folders above a file that lies elsewhere is no place to look.
        try write("s/a/b/c", thread: "new", forkedFrom: "old")
        #expect(try !words("s/a/b/c/rollout-new.jsonl").contains("words of old"))
        try write("s/a/b/c", thread: "old", forkedFrom: nil)
        #expect(try words("s/a/b/c/rollout-new.jsonl").contains("words of old"))
    }
}
