import Foundation
import Testing

/// The debugger itself, played by keys on a screen in memory, against the real model, database and journal.
@Suite struct ScreenRunTests {
    @Test func aCallWaitsUntilItIsDenied() throws {
        let folder = try Folder()
        try folder.write(
            """
            await:before the request
            n
            await:waiting for you
            2
            : paste:deny not today
            enter
            await:denied
            c
            await:ended
            """, to: "keys.txt")
        let run = try CommandLineRun(
            [
                "run", "--prompt", "look up T-1042", "--keys", "keys.txt", "--screen", "120x40", "--record",
                "x.jsonl",
            ],
            in: folder)
        #expect(run.output.contains("not today"), "\(run.output)\n\(run.errors)")
        #expect(!(try folder.read("x.jsonl")).contains(#""kind":"started""#))
    }
}
