import Foundation
import Testing

@testable import Terminal

/// Each terminal through its own description, where the machine has one.
@Suite(
    .serialized,
    .enabled(if: trialProgram != nil, "the trial program is found beside the tests on Linux alone"))
struct TerminalKindsTests {
    private static let names = [
        "xterm", "xterm-256color", "tmux", "tmux-256color", "screen", "screen-256color", "linux",
        "xterm-kitty",
        "alacritty", "foot",
    ]
    private static let folders = ["/etc/terminfo", "/lib/terminfo", "/usr/share/terminfo"]

    /// The terminals of which there is a description.
    static let present = names.filter { name in
        folders.contains { FileManager.default.fileExists(atPath: "\($0)/\(name.prefix(1))/\(name)") }
    }

    @Test(arguments: present)
    func itIsPaintedAndGivenBack(_ name: String) throws {
        let terminal = try PseudoTerminal()
        try terminal.start([try #require(trialProgram)], environment: ["TERM": name, "COLORTERM": ""])
        try terminal.expect("trial 80x24")
        terminal.type("q")
        try terminal.expect("quit")
        #expect(try terminal.wait() == 0)
        #expect(!terminal.output.contains("is unknown here"))
        try terminal.until { terminal.modes == terminal.modesBefore }
    }

    @Test func howManyThereAre() {
        print(
            "\(TerminalKindsTests.present.count) of \(TerminalKindsTests.names.count) terminals have a description here"
        )
        #expect(TerminalKindsTests.present.contains("xterm"))
    }

    @Test func aTerminalWithoutCursorIsRefusedInOneLine() throws {
        let terminal = try PseudoTerminal()
        try terminal.start([try #require(trialProgram)], environment: ["TERM": "dumb"])
        try terminal.expect("TERM=dumb cannot move its cursor")
        #expect(try terminal.wait() != 0)
        try terminal.until { terminal.modes == terminal.modesBefore }
    }

    @Test func noColorIsKept() throws {
        let terminal = try PseudoTerminal()
        try terminal.start(
            [try #require(trialProgram)], environment: ["TERM": "xterm-256color", "NO_COLOR": "1"])
        try terminal.expect("trial 80x24")
        terminal.type("q")
        try terminal.expect("quit")
        let colours = try Regex(#"\u{1B}\[[0-9;]*(3[0-7]|4[0-7]|38|48)[;m]"#)
        #expect(terminal.output.firstMatch(of: colours) == nil)
        _ = try terminal.wait()
    }
}
