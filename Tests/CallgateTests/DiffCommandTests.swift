import Foundation
import Testing

@Suite struct DiffCommandTests {
    @Test func theSameSessionHasNoDifference() throws {
        let path = RecordedSessions.path("two-rounds")
        let run = try CommandLineRun(["diff", path, path], in: try Folder())
        #expect(run.status == 0 && run.output.hasSuffix("no difference\n"), "\(run.output)")
    }

    @Test func twoSessionsAreComparedFromTheFirstDivergence() throws {
        let folder = try Folder()
        let paths = ["two-rounds", "failing-tool"].map(RecordedSessions.path)
        let run = try CommandLineRun(["diff"] + paths, in: folder)
        #expect(run.status == 1)
        #expect(run.output.contains("first divergence\n  message 2 (user)\n"), "\(run.output)")
        #expect(run.output.contains("call call_1 (get_open_tickets)"), "\(run.output)")
        let outcomes = try CommandLineRun(["diff"] + paths + ["--only", "outcome"], in: folder)
        #expect(outcomes.output.hasSuffix("1 difference\n"), "\(outcomes.output)")
        let json = try CommandLineRun(["diff", "--json"] + paths, in: folder)
        let object = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
        #expect((object?["first"] as? [String: Any])?["kind"] as? String == "message")
    }

    @Test func whatIsNoSessionIsCode2() throws {
        let folder = try Folder()
        try folder.write("hello\n", to: "x.jsonl")
        let run = try CommandLineRun(["diff", "x.jsonl", RecordedSessions.path("two-rounds")], in: folder)
        #expect(run.status == 2 && run.errors.contains("no Callgate journal"), "\(run.errors)")
    }
}
