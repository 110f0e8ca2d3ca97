import Foundation
import Testing

@Suite struct RulesCommandTests {
    @Test func aDryRunNamesTheRuleWhyAndWhatWouldLeak() throws {
        let folder = try Folder()
        try folder.write(
            """
            policy:
              deny: [{name: private, tool: get_comments, when: ~taint result, reason: IDs out of results}]
              allow: [{name: reading, tool: "get_*"}]
              ask: [{name: writing, tool: create_ticket}]
            """, to: "rules.yaml")
        let run = try CommandLineRun(["rules", "try", "rules.yaml", RecordedSessions.folder], in: folder)
        #expect(run.status == 1, "\(run.errors)")
        #expect(
            run.output.contains("deny (rule private: IDs out of results)\n    when ~taint result"),
            "\(run.output)")
        #expect(run.output.contains("/ticket_id from result of call_1 at /tickets/"), "\(run.output)")
        #expect(run.output.contains("WOULD LEAK: then deny by a person"), "\(run.output)")
        #expect(run.output.contains("ask writing: never matched\n"), "\(run.output)")

        try folder.write("policy: {default: ask}\n", to: "none.yaml")
        let safe = try CommandLineRun(
            ["rules", "try", "none.yaml", RecordedSessions.folder, "--quiet"], in: folder)
        #expect(
            safe.status == 0 && safe.output.contains(" 0 would leak, 0 would be stopped"), "\(safe.output)")
    }

    /// The gate refuses such a call whatever the rules say, and so does the trial.
    @Test func aDryRunRefusesWhatTheGateRefuses() throws {
        let folder = try Folder()
        try folder.write("policy: {default: allow}\n", to: "all.yaml")
        try folder.write(
            #"[{"role":"user","content":"go"},{"role":"assistant","tool_calls":[{"id":"c","function":"#
                + #"{"name":"act","arguments":"{\"x\": 1, \"x\": 2}"}}]}]"#, to: "chat.json")
        let imported = try CommandLineRun(["import", "chat.json", "--record", "x.jsonl"], in: folder)
        #expect(imported.status == 0, "\(imported.errors)")
        let run = try CommandLineRun(["rules", "try", "all.yaml", "x.jsonl"], in: folder)
        #expect(
            run.output.contains(
                "allow (no rule matches)\n    refused all the same: the key at /x is given twice"),
            "\(run.output)")
        #expect(run.status == 0 && run.output.contains("1 calls, 0 would leak"), "\(run.output)")
    }

    @Test func aDenialByExpressionHoldsInARun() throws {
        let folder = try Folder()
        try folder.write(
            """
            tools: [{builtin: support-desk}]
            principal: intern
            policy:
              default: allow
              deny: [{when: "~principal intern & ~tool get_ticket", reason: interns read no tickets}]
            """, to: "w.yaml")
        let run = try CommandLineRun(
            [
                "run", "w.yaml", "--headless", "--approve", "policy", "--prompt", "look up T-1042",
                "--record", "x.jsonl",
            ],
            in: folder)
        #expect(run.status == 0, "\(run.errors)")
        let journal = try folder.read("x.jsonl")
        #expect(journal.contains("It did not run. Reason: interns read no tickets"))
        #expect(!journal.contains(#""kind":"started""#))
        // The journal's own rules read back: the check repeats the denial.
        #expect(try CommandLineRun(["check", "x.jsonl"], in: folder).status == 0)
    }

    @Test func aFaultInAnExpressionIsNamedWithItsPlaceInTheFile() throws {
        let folder = try Folder()
        try folder.write("policy:\n  deny:\n    - when: ~tol x\n", to: "w.yaml")
        let run = try CommandLineRun(["rules", "try", "w.yaml", RecordedSessions.folder], in: folder)
        #expect(run.status == 2 && run.errors.contains("w.yaml:3:13: "), "\(run.errors)")
        #expect(run.errors.contains("column 1: there is no ~tol"), "\(run.errors)")
    }
}
