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

    /// Another token is chosen at a step, and the model goes on after it: on its own, and exactly again in a check.
    @Test func aForkAtATokenGoesOnBehindTheTokenThatWasChosen() throws {
        let folder = try Folder()
        let run = try CommandLineRun(
            ["run", "--headless", "--approve", "all", "--prompt", "look up T-1042", "--record", "x.jsonl"],
            in: folder)
        #expect(run.status == 0, "\(run.errors)")
        let parent = try folder.read("x.jsonl")
        let printed = try CommandLineRun(["replay", "x.jsonl", "--print", "--tokens"], in: folder).output
        // The last digit of the ticket's number.
        let line = try #require(printed.split(separator: "\n").first { $0.contains(#"token: "2""#) })
        let step = try #require(line.split(separator: " ").first.map(String.init))

        let fork = try CommandLineRun(
            ["fork", "x.jsonl", "--at", step, "--token", "=7", "--record", "y.jsonl", "--seed", "5"],
            in: folder)
        #expect(fork.status == 0, "\(fork.errors)")
        let resumed = try CommandLineRun(
            ["run", "--headless", "--approve", "all", "--resume", "y.jsonl"], in: folder)
        #expect(resumed.status == 0, "\(resumed.errors)")
        #expect(resumed.errors.contains(#"runs with {"id": "T-1047"}"#), "\(resumed.errors)")
        #expect(try folder.read("x.jsonl") == parent)
        let check = try CommandLineRun(["check", "y.jsonl"], in: folder)
        #expect(check.status == 0, "\(check.output)")
        let audit = try CommandLineRun(["audit", "y.jsonl"], in: folder)
        #expect(audit.status == 0 && audit.output.contains(#""7" ("#), "\(audit.output)")
        #expect(audit.output.contains("chosen by fork --token") && audit.output.contains("with seed 5"))
        let diff = try CommandLineRun(["diff", "x.jsonl", "y.jsonl"], in: folder)
        #expect(diff.status == 1 && diff.output.contains("+ step \(step): “7”"), "\(diff.output)")

        // A response that somebody has led is never asked for anew, also by a model that cannot go on with it.
        try folder.write(#"[{"content": "hi"}]"#, to: "s.json")
        try folder.write("model: {scripted: s.json}\ntools: [{builtin: support-desk}]\n", to: "w.yaml")
        let again = try CommandLineRun(
            ["fork", "x.jsonl", "--at", step, "--token", "=8", "--record", "z.jsonl"], in: folder)
        #expect(again.status == 0, "\(again.errors)")
        let other = try CommandLineRun(
            ["run", "w.yaml", "--headless", "--approve", "all", "--resume", "z.jsonl"], in: folder)
        #expect(
            other.status == 1 && other.errors.contains("goes on after a chosen token"), "\(other.errors)")
    }

    @Test func whatCannotBeForkedIsOneLineAndCode2() throws {
        let path = RecordedSessions.path("two-rounds")
        for (arguments, reason) in [
            (["--args", "call_1"], "--args takes ID=TEXT"), (["--args", "call_9={}"], "has no call call_9"),
            (["--at", "99999"], "there is no step 99999"), (["--args", "call_1={"], "cannot run"),
            (["--token", "x"], "--token needs the step of a token"),
            (["--at", "3", "--token", "=1"], "step 3 is no token"),
            (["--at", "1", "--model", "nothing.gguf"], "there is no file nothing.gguf"),
        ] {
            let run = try CommandLineRun(["fork", path, "--record", "y.jsonl"] + arguments, in: try Folder())
            #expect(run.status == 2 && run.errors.contains(reason), "\(run.errors)")
        }
    }
}
