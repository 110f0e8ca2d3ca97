import Foundation
import Testing

/// The debugger itself, played by keys on a screen in memory, against the real model, database and journal.
@Suite struct ScreenRunTests {
    /// Whoever types ahead must not approve a call that he has not seen.
    @Test func aDecisionKeyInTheMomentInWhichACallAppearsIsIgnored() throws {
        let folder = try Folder()
        try folder.write("await:before the request\nn\nawait:waiting for you\na\n", to: "keys.txt")
        let run = try CommandLineRun(
            [
                "run", "--prompt", "look up T-1042", "--keys", "keys.txt", "--screen", "120x40", "--record",
                "x.jsonl",
            ],
            in: folder)
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output.contains("get_ticket") && run.output.contains("waiting for you"), "\(run.output)")
        #expect(run.output.contains("had just come under the key"), "\(run.output)")
        #expect(!(try folder.read("x.jsonl")).contains(#""kind":"started""#))
    }
}
