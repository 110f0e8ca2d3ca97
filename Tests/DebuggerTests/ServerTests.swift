import Agent
import JSON
import Terminal
import Testing

@testable import Debugger

/// What MCP servers write is at hand, and one that has ended can be started again.
@Suite struct ServerTests {
    private func run(_ news: [ServerNews], size: Size = Size(120, 40)) throws -> Driver {
        var driver = try Driver.live(Sessions.waiting, size: size)
        driver.send(.server(.opened(server: "time", tools: ["get_current_time"])))
        driver.send(.server(.opened(server: "desk", tools: ["get_open_tickets", "get_comments"])))
        for entry in news { driver.send(.server(entry)) }
        return driver
    }

    @Test func theLogHasTheLinesOfAllServersOrOfOne() throws {
        var driver = try run([
            .output(server: "time", "tick"), .output(server: "desk", "\u{1B}[31mred"),
            .note(server: "time", "progress 2"),
        ])
        try driver.press("L")
        for text in ["logs of all servers", "time tick", "red", "· progress 2", "can be called · 1 tool"] {
            #expect(driver.shows(text), "\(text):\n\(driver.screen)")
        }
        #expect(!driver.screen.contains("\u{1B}"))
        try driver.press("tab")
        #expect(driver.shows("log of server time") && driver.shows("tick") && !driver.shows("red"))
        try driver.press("tab", "tab", "esc")
        try driver.enter("log desk")
        #expect(driver.shows("log of server desk") && !driver.shows("tick"))
        try driver.press("esc")
        try driver.enter("log dek")
        #expect(driver.bottom.contains("no server is named dek (did you mean desk?)"))
    }

    @Test func theLogFollowsNewLinesUntilOneScrollsAway() throws {
        var driver = try run((1...100).map { .output(server: "time", "line \($0).") })
        try driver.press("L")
        #expect(driver.shows("line 100.") && !driver.shows("line 1."))
        driver.send(.server(.output(server: "time", "line 101.")))
        #expect(driver.shows("line 101."))
        try driver.press("up", "up", "up")
        for number in 102...110 { driver.send(.server(.output(server: "time", "line \(number)."))) }
        #expect(!driver.shows("line 110.") && driver.shows("line 98."))
        try driver.press("end")
        driver.send(.server(.output(server: "time", "line 111.")))
        #expect(driver.shows("line 111."))
    }

    @Test func linesWithoutEndDoNotFillTheMemory() throws {
        var board = ServerBoard()
        for number in 1...20_000 { board.append("s", "line \(number)", isNote: false) }
        board.append("s", String(repeating: "x", count: 1_000_000), isNote: false)
        #expect(board.lines.count <= 5_500 && board.lines.reduce(0) { $0 + $1.text.utf8.count } < 200_000)
        #expect(board.entry("s")?.count == 20_001)
        #expect((board.entry("s")?.dropped ?? 0) + board.lines.count == 20_001)
    }

    @Test func theEndOfAServerIsSaidWithTheOfferToStartItAgain() throws {
        var driver = try run([.ended(server: "time", "ended (exit code 7): out of luck")])
        #expect(
            driver.bottom.contains(
                "server time is gone; O or :restart time starts it again: ended (exit code 7)"))
        #expect(driver.bottom.contains(":restart time"))
        try driver.press("1")
        #expect(driver.bottom.contains("O restart server"), "\(driver.bottom)")
        try driver.press("O")
        #expect(driver.takeEffects() == [.restart(server: "time")])
        driver.send(.server(.opened(server: "time", tools: ["get_current_time"])))
        #expect(driver.bottom.contains("server time has started again"))
        try driver.press("O")
        #expect(driver.takeEffects().isEmpty && driver.bottom.contains("no server has ended"))
    }

    /// Where the error of the call is shown, there is the offer.
    @Test func theResultOfACallWhoseServerDiedSaysWhatToDo() throws {
        var session = SessionBuilder()
        session.begin()
        session.user(Sessions.question)
        session.request()
        session.ask(Sessions.openTickets)
        session.judge("call_1")
        session.decide("call_1", .approve)
        session.run(
            "call_1", Sessions.openTickets.arguments.text,
            "server desk ended (signal 9); whether the call took effect is unknown", .failed)
        var driver = try Driver.live(session.events, status: .paused(.results(round: 1)))
        driver.send(.server(.opened(server: "desk", tools: ["get_open_tickets"])))
        let offer = "server desk is not running: O or :restart desk starts it"
        #expect(!driver.shows(offer))
        driver.send(.server(.ended(server: "desk", "ended (signal 9)")))
        try driver.press("4", "z")
        #expect(driver.shows(offer), "\(driver.screen)")
        // A restart repeats no call: it asks for nothing but the server.
        try driver.enter("restart desk")
        #expect(driver.takeEffects() == [.restart(server: "desk")])
    }

    @Test func aServerThatHasNotEndedIsRestartedOnlyOnceMoreAsked() throws {
        var driver = try run([])
        try driver.enter("restart desk")
        #expect(driver.takeEffects().isEmpty && driver.shows("Restart server desk, which has not ended?"))
        try driver.press("y")
        #expect(driver.takeEffects() == [.restart(server: "desk")])
        try driver.enter("restart tim")
        #expect(driver.takeEffects().isEmpty && driver.bottom.contains("did you mean time?"))
    }

    @Test func ofSeveralEndedServersTheCommandLineNamesOne() throws {
        var driver = try run([.ended(server: "time", "a"), .ended(server: "desk", "b")])
        try driver.press("O")
        #expect(driver.bottom.contains(":restart time"), "\(driver.bottom)")
        try driver.press("enter")
        #expect(driver.takeEffects() == [.restart(server: "time")])
    }

    @Test func aRecordedSessionHasNoServers() throws {
        var driver = try Driver.replay(Sessions.twoRounds)
        try driver.press("O")
        #expect(driver.bottom.contains("a recorded session runs no server"))
        try driver.press("L")
        #expect(driver.shows(".servers.log"))
    }
}
