import Testing

@testable import Terminal

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Drives the trial program (`Tests/TerminalTrial`) through a pseudo-terminal, as a terminal emulator would.
@Suite(
    "The curses screen on a terminal", .serialized, .timeLimit(.minutes(20)),
    .enabled(if: trialProgram != nil, "the trial program is found beside the tests on Linux alone"))
struct CursesScreenTests {
    /// What a terminal is told last when it is given back, with TERM=xterm-256color.
    private static let farewell = "\u{1B}[?1049l"

    private func started(_ environment: [String: String] = [:]) throws -> PseudoTerminal {
        let terminal = try PseudoTerminal()
        try terminal.start([try #require(trialProgram)], environment: environment)
        try terminal.expect("\u{1B}[?1049h")
        try terminal.expect("\u{1B}[?1006h")
        try terminal.expect("trial 80x24")
        #expect(terminal.modes != terminal.modesBefore)
        return terminal
    }

    /// What must be so after the screen is gone, however that came.
    private func expectSane(_ terminal: PseudoTerminal, after output: String) throws {
        for mode in ["?2004l", "?1004l", "?1006l", "?1002l", "?1000l"] {
            #expect(output.contains("\u{1B}[\(mode)"))
        }
        try terminal.until { terminal.modes == terminal.modesBefore }
    }

    @Test("it shows what is drawn, hears keys, and gives back the terminal and what was written meanwhile")
    func quits() throws {
        let terminal = try started()
        terminal.type("o\u{1B}[1;5A\u{1B}[200~pasted\u{1B}[201~\u{1B}[<64;3;4M\u{1B}")
        try terminal.expect("ctrl-up")
        try terminal.expect("paste:pasted")
        try terminal.expect("wheelup:2,3")
        try terminal.expect("esc")
        terminal.type("q")
        let closing = try terminal.expect(CursesScreenTests.farewell)
        #expect(try terminal.wait() == 0)
        #expect(terminal.output.contains("held output\r\n"))
        #expect(terminal.output.contains("to stderr ‹ESC›[31m\r\nquit\r\n"))
        try expectSane(terminal, after: closing)
    }

    @Test("no hidden character is written to the terminal")
    func standIns() throws {
        let terminal = try started()
        terminal.type("q")
        let output = try terminal.expect("quit")
        #expect(output.contains("‹U+202E›"))
        #expect(!output.unicodeScalars.contains("\u{202E}"))
    }

    @Test(
        "a signal that asks for the end is an event, and the way out is clean",
        arguments: [SIGTERM, SIGHUP, SIGINT, SIGQUIT])
    func politeSignals(_ number: Int32) throws {
        let terminal = try started()
        terminal.signal(number)
        let closing = try terminal.expect(CursesScreenTests.farewell)
        try terminal.expect("ended: exit on signal \(number)")
        #expect(try terminal.wait() == 128 + number)
        try expectSane(terminal, after: closing)
    }

    @Test(
        "a crash gives the terminal back, and still is a crash", arguments: [("a", SIGABRT), ("f", SIGILL)])
    func crashes(_ key: String, _ number: Int32) throws {
        let terminal = try started()
        terminal.type(key)
        let closing = try terminal.expect(CursesScreenTests.farewell)
        let status = try terminal.wait()
        #expect(status == -number || (number == SIGILL && status == -SIGTRAP))
        try expectSane(terminal, after: closing)
    }

    @Test("a fatal signal from outside ends the program", arguments: [SIGABRT, SIGSEGV])
    func outsideFatal(_ number: Int32) throws {
        let terminal = try started()
        terminal.signal(number)
        let closing = try terminal.expect(CursesScreenTests.farewell)
        #expect(try terminal.wait() == -number)
        try expectSane(terminal, after: closing)
    }

    @Test("exit() gives the terminal back")
    func exits() throws {
        let terminal = try started()
        terminal.type("x")
        let closing = try terminal.expect(CursesScreenTests.farewell)
        #expect(try terminal.wait() == 3)
        try expectSane(terminal, after: closing)
    }

    @Test("what no process can catch is answered by the guard")
    func killed() throws {
        let terminal = try started()
        terminal.signal(SIGKILL)
        let closing = try terminal.expect(CursesScreenTests.farewell)
        #expect(try terminal.wait() == -SIGKILL)
        try expectSane(terminal, after: closing)
    }

    @Test("a thread that uses up its stack leaves no raw terminal")
    func stackOverflow() throws {
        let terminal = try started()
        terminal.type("s")
        let closing = try terminal.expect(CursesScreenTests.farewell)
        #expect(try terminal.wait() < 0)
        try expectSane(terminal, after: closing)
    }

    @Test("the terminal may change its size at any time, to almost nothing and back")
    func resizes() throws {
        let terminal = try started()
        for (columns, rows) in [(200, 60), (20, 5), (1, 1), (120, 40)] as [(UInt16, UInt16)] {
            terminal.resize(columns: columns, rows: rows)
            if columns > 20 { try terminal.expect("trial \(columns)x\(rows)") }
        }
        terminal.type("q")
        try terminal.expect("quit")
        #expect(try terminal.wait() == 0)
    }

    @Test("other threads wake it")
    func threads() throws {
        let terminal = try started()
        terminal.type("t")
        // A figure would be painted by those of its digits that changed.
        try terminal.expect("all came")
        terminal.type("q")
        try terminal.expect("quit")
    }

    @Test("Control-Z stops the job with a sane terminal, and fg brings the screen back")
    func jobControl() throws {
        let terminal = try PseudoTerminal()
        let program = try #require(trialProgram)
        try terminal.start([
            "/bin/bash", "--norc", "--noprofile", "-c",
            "set -m; '\(program)'; echo stopped $?; fg; echo end $?",
        ])
        try terminal.expect("trial 80x24")
        terminal.type("\u{1A}")
        try terminal.expect(CursesScreenTests.farewell)
        try terminal.expect("stopped 148")
        try terminal.expect("\u{1B}[?1049h")
        try terminal.expect("trial 80x24")
        terminal.type("q")
        try terminal.expect("quit")
        try terminal.expect("end 0")
        #expect(try terminal.wait() == 0)
        #expect(terminal.modes == terminal.modesBefore)
    }

    @Test("the editor gets the terminal as it was, and its text comes back")
    func editor() throws {
        let script = "sh -c 'cat \"$0\"; read line; printf \"\\nsaved é\\n\" >> \"$0\"'"
        let terminal = try started(["EDITOR": script])
        terminal.type("e")
        try terminal.expect(CursesScreenTests.farewell)
        try terminal.expect("text to edit")
        #expect(terminal.modes == terminal.modesBefore)
        terminal.type("\n")
        try terminal.expect("edited: text to edit")
        try terminal.expect("saved é")
        terminal.type("q")
        try terminal.expect("quit")
        try terminal.until { terminal.modes == terminal.modesBefore }
    }

    @Test(
        "an editor that fails says so and loses nothing",
        arguments: [
            ("false", "ended with status 1"), ("/nonexistent/editor", "cannot be "),
            ("kill -9 $$; :", "ended with status 137"),
        ])
    func editorFails(_ command: String, _ message: String) throws {
        let terminal = try started(["EDITOR": command, "COLUMNS": "200"])
        terminal.resize(columns: 200, rows: 24)
        try terminal.expect("trial 200x24")
        terminal.type("e")
        try terminal.expect(message)
        terminal.type("q")
        try terminal.expect("quit")
    }

    @Test(
        "terminals of every kind",
        arguments: [
            (["TERM": "nonsense"], "palette TERM=nonsense is unknown here"), (["TERM": "xterm"], "basic"),
            (["TERM": "vt100"], "mono"), (["COLORTERM": "truecolor"], "trueColor"),
            (["NO_COLOR": "1"], "mono"),
            (["LC_ALL": "C"], "palette"), (["LC_ALL": "nonsense"], "palette"),
        ] as [([String: String], String)])
    func kinds(_ environment: [String: String], _ shown: String) throws {
        let terminal = try PseudoTerminal()
        try terminal.start([try #require(trialProgram)], environment: environment)
        try terminal.expect("trial 80x24")
        try terminal.expect(shown)
        terminal.type("q")
        try terminal.expect("quit")
        #expect(try terminal.wait() == 0)
        #expect(terminal.modes == terminal.modesBefore)
    }

    @Test("where there is no screen to have, one line says why")
    func refused() throws {
        let program = try #require(trialProgram)
        let dumb = try PseudoTerminal()
        try dumb.start([program], environment: ["TERM": "dumb"])
        try dumb.expect("TERM=dumb cannot move its cursor")
        #expect(try dumb.wait() == 2)
        #expect(dumb.modes == dumb.modesBefore)
        for redirection in ["</dev/null", "| cat"] {
            let terminal = try PseudoTerminal()
            try terminal.start(["/bin/sh", "-c", "'\(program)' \(redirection)"])
            try terminal.expect("is not a terminal")
            _ = try terminal.wait()
            #expect(terminal.modes == terminal.modesBefore)
        }
    }
}
