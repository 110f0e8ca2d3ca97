import Foundation
import Testing

@Suite struct ForkCommandTests {
    /// The real model and database go on from a result that was changed, and from a call that was changed.
    @Test func aForkGoesOnItsOwnWayAndTheParentStaysAsItWas() throws {
        let folder = try Folder()
        let run = try CommandLineRun(
            ["run", "--headless", "--approve", "all", "--prompt", "look up T-1042", "--record", "x.jsonl"],
            in: folder)
        #expect(run.status == 0, "\(run.errors)")
        let parent = try folder.read("x.jsonl")

        let fork = try CommandLineRun(
            ["fork", "x.jsonl", "--args", #"call_1={"id": "T-1048"}"#, "--record", "y.jsonl"], in: folder)
        #expect(fork.status == 0 && fork.output.contains("callgate run --resume y.jsonl"), "\(fork.errors)")
        let resumed = try CommandLineRun(
            ["run", "--headless", "--approve", "all", "--resume", "y.jsonl"], in: folder)
        #expect(
            resumed.status == 0 && resumed.output.contains("T-1048"), "\(resumed.output)\(resumed.errors)")
        let audit = try CommandLineRun(["audit", "y.jsonl"], in: folder)
        #expect(
            audit.status == 0 && audit.output.contains("forked from x at step "),
            "\(audit.output)\(audit.errors)")
        #expect(audit.output.contains(#"- /id: "T-1042""#) && audit.output.contains(#"+ /id: "T-1048""#))
        #expect(try folder.read("x.jsonl") == parent)

        let diff = try CommandLineRun(["diff", "x.jsonl", "y.jsonl", "--only", "decision"], in: folder)
        #expect(diff.status == 1 && diff.output.contains("edit by fork --args"), "\(diff.output)")

        // By default beside the parent, and never over a file.
        let named = try CommandLineRun(["fork", "x.jsonl", "--result", "call_1=gone"], in: folder)
        #expect(named.status == 0 && named.output.contains("x-fork-"), "\(named.errors)")
        #expect(try CommandLineRun(["fork", "x.jsonl", "--result", "call_1=gone"], in: folder).status == 2)
    }

    @Test func whatCannotBeForkedIsOneLineAndCode2() throws {
        let path = RecordedSessions.path("two-rounds")
        for (arguments, reason) in [
            (["--args", "call_1"], "--args takes ID=TEXT"), (["--args", "call_9={}"], "has no call call_9"),
            (["--at", "99999"], "there is no step 99999"), (["--args", "call_1={"], "cannot run"),
        ] {
            let run = try CommandLineRun(["fork", path, "--record", "y.jsonl"] + arguments, in: try Folder())
            #expect(run.status == 2 && run.errors.contains(reason), "\(run.errors)")
        }
    }
}
