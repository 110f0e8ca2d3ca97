import Foundation
import Testing

@Suite struct AuditCommandTests {
    private func recorded() throws -> Folder {
        let folder = try Folder()
        let run = try CommandLineRun(
            [
                "run", "--headless", "--approve", "all", "--prompt", "look up T-1042", "--record", "x.jsonl",
            ], in: folder)
        #expect(run.status == 0, "\(run.errors)")
        return folder
    }

    @Test func aRunsJournalIsVerifiedAndAChangedLineIsNamed() throws {
        let folder = try recorded()
        let audit = try CommandLineRun(["audit", "x.jsonl"], in: folder)
        #expect(audit.status == 0, "\(audit.output)\(audit.errors)")
        #expect(audit.output.contains("approve by --approve all"), "\(audit.output)")
        #expect(audit.output.contains("ended: answered"), "\(audit.output)")
        let head = try #require(audit.output.firstMatch(of: /head ([0-9a-f]{64})\n$/)?.1)
        #expect(
            try CommandLineRun(["audit", "x.jsonl", "-q", "--head", String(head)], in: folder).status == 0)

        let text = try folder.read("x.jsonl")
        try folder.write(text.replacing("--approve all", with: "--approve any"), to: "x.jsonl")
        let changed = try CommandLineRun(["audit", "x.jsonl"], in: folder)
        #expect(
            changed.status == 1 && changed.errors.contains(/line [0-9]+ \(event [0-9]+, decision\)/),
            "\(changed.errors)")
        // It can still be looked at.
        #expect(try CommandLineRun(["replay", "x.jsonl", "--print"], in: folder).status == 0)

        let lines = text.split(separator: "\n")
        try folder.write(lines.dropLast().joined(separator: "\n") + "\n", to: "x.jsonl")
        let cut = try CommandLineRun(["audit", "x.jsonl", "-q", "--head", String(head)], in: folder)
        #expect(cut.status == 1 && cut.output.contains("has no end"), "\(cut.output)")
    }

    @Test func whatIsNoJournalIsCode2() throws {
        let folder = try Folder()
        try folder.write("{}\n", to: "x.jsonl")
        for file in ["x.jsonl", "missing.jsonl"] {
            let run = try CommandLineRun(["audit", file], in: folder)
            #expect(run.status == 2 && run.errors.split(separator: "\n").count == 1, "\(run.errors)")
        }
    }
}
