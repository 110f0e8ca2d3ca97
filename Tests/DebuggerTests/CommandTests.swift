import Agent
import Terminal
import Testing

@testable import Debugger

/// Hints, help, command line and key bindings say the same, since they are read from one table.
@Suite struct CommandTests {
    private let table = CommandTable.standard

    @Test func namesAndKeysAreUniqueWhereTheyWork() {
        let names = table.commands.flatMap { [$0.name] + $0.aliases }
        #expect(Set(names).count == names.count)
        #expect(table.clashes == [])
        for command in table.commands {
            #expect(!command.title.isEmpty && !command.places.isEmpty)
            #expect(
                command.hint == nil || !table.keys(of: command).isEmpty,
                "\(command.name) is hinted without a key")
            #expect(
                command.isOnCommandLine || !table.keys(of: command).isEmpty,
                "\(command.name) cannot be reached")
        }
    }

    @Test(arguments: [
        ("s", "token"), ("n", "call"), ("t", "round"), ("c", "continue"), ("p", "pause"), ("S", "back-token"),
        ("N", "back-call"), ("T", "back-round"), ("C", "back-continue"), ("a", "approve"), ("d", "deny"),
        ("D", "deny-stop"), ("e", "edit"), ("E", "edit-external"), ("r", "respond"), ("R", "edit-result"),
        ("x", "cancel"), ("1", "conversation"), ("2", "calls"), ("3", "mask"), ("4", "results"),
        ("tab", "next-pane"),
        ("backtab", "previous-pane"), ("z", "zoom"), ("/", "search"), ("g", "first"), ("G", "last"),
        ("m", "mark"), ("b", "break"), ("B", "breakpoints"), ("i", "intercept"), ("=", "compare"),
        ("F", "fork"), ("A", "rule"),
        (":", "command"), ("?", "help"), ("w", "save"), ("q", "back"), ("enter", "open"),
    ])
    func keysAreThoseOfTheDesign(key: String, name: String) throws {
        #expect(table.command(for: try #require(Key(key)), in: .panes)?.name == name)
    }

    @Test func theHelpListsEveryCommandWithItsKeys() throws {
        var driver = try Driver.live(Sessions.waiting, size: Size(200, 300))
        try driver.press("?")
        let screen = driver.screen
        for command in table.commands {
            #expect(screen.contains(command.title), "\(command.name)")
            for key in table.keys(of: command) {
                #expect(screen.contains(key.description), "\(command.name): \(key)")
            }
        }
    }

    @Test func hintedKeysDoWhatTheHintSays() throws {
        for (_, events) in Sessions.all {
            let driver = try Driver.live(events, size: Size(300, 40))
            guard driver.debugger.state.messages.current == nil else { continue }
            let hints = driver.bottom.split(separator: "  ").map { $0.split(separator: " ", maxSplits: 1) }
            for hint in hints where hint.count == 2 {
                let key = try #require(Key(String(hint[0])), "\(hint)")
                let places: [Command.Place] = [
                    .pane(.conversation), .pane(.calls), .pane(.mask), .pane(.results), .panes,
                ]
                let bound = places.compactMap { table.command(for: key, in: $0) }
                #expect(bound.contains { $0.hint == String(hint[1]) }, "\(hint)")
            }
        }
    }

    @Test func aCallThatWaitsPutsTheDecisionsFirst() throws {
        let driver = try Driver.live(Sessions.waiting, size: Size(80, 24))
        #expect(driver.bottom.hasPrefix(" a approve  d deny  e edit  r respond"))
        #expect(driver.bottom.hasSuffix("? help"))
        #expect(!(try Driver.replay(Sessions.waiting)).bottom.contains("approve"))
    }

    @Test func keysCanBeBoundAnew() throws {
        let bound = try table.binding(["approve": ["f5"], "token": ["space"], "page-down": ["ctrl-d"]])
        #expect(bound.command(for: try #require(Key("f5")), in: .panes)?.name == "approve")
        #expect(bound.command(for: Key(.character("a")), in: .panes) == nil)
        #expect(bound.command(for: Key(.character(" ")), in: .panes)?.name == "token")
    }

    @Test(arguments: [
        (["aprove": ["f5"]], "no command is named aprove (did you mean approve?)"),
        (["approve": ["wheel"]], "approve: no key is named wheel; write a, A, ctrl-r, f5, pgup or space"),
        (["approve": ["s"]], "the key s is bound to both approve and token"),
        (["approve": ["f"]], "the key f is bound to both approve and only"),
    ])
    func bindingsThatCannotBeAreRefused(names: [String: [String]], text: String) {
        let error = #expect(throws: KeyBindingError.self) { _ = try table.binding(names) }
        #expect(error?.description == text)
    }

    @Test(arguments: [
        ("aprove", "no command is named 'aprove' (did you mean approve?); Tab lists them"),
        ("goto", "write goto PLACE"), ("approve it", "approve takes nothing after its name"),
        (
            "filter green",
            "there is no filter 'green'; there are all, allowed, masked and forced, and expressions"
        ),
        ("sort price", "there is no order 'price'; there are logit and id"),
        ("why nosuchtoken", "no token is written 'nosuchtoken' (␣ and ⏎ stand for a space and a line end)"),
        ("submit", "no command is named 'submit'; Tab lists them"),
    ])
    func theCommandLineSaysWhatIsWrong(line: String, text: String) throws {
        var driver = try Driver.live(Sessions.waiting)
        try driver.enter(line)
        #expect(driver.bottom.trimmingSpaces == text)
        #expect(driver.takeEffects().isEmpty)
    }

    @Test func theCommandLineCompletesAndRemembers() throws {
        var driver = try Driver.live(Sessions.waiting)
        try driver.press(":")
        driver.type("hel")
        try driver.press("tab", "enter")
        #expect(driver.shows("keys and commands"))
        try driver.press("q", ":", "up")
        #expect(driver.bottom == ":help")
        try driver.press("esc", ":")
        driver.type("filter m")
        try driver.press("tab")
        #expect(driver.bottom == ":filter masked")
        try driver.press("enter")
        #expect(driver.shows("─ masked ┴") && driver.shows("‹ESC›[") && !driver.shows("chosen"))
    }

    @Test func effectsOfTheSessionAreAskedFor() throws {
        var driver = try Driver.live(Sessions.waiting)
        try driver.enter("save /tmp/x y.jsonl")
        try driver.enter("mark here it went wrong")
        try driver.press("ctrl-z", "ctrl-l")
        #expect(
            driver.takeEffects() == [
                .save(path: "/tmp/x y.jsonl"), .mark("here it went wrong"), .suspend, .redraw,
            ])
        try driver.press("w")
        #expect(driver.bottom == ":save")
    }

    @Test func quittingARunIsAskedOnceMore() throws {
        var driver = try Driver.live(Sessions.waiting)
        try driver.press("q")
        #expect(driver.shows("Quit now?"))
        try driver.press("n")
        #expect(driver.takeEffects().isEmpty)
        try driver.press("q", "y")
        #expect(driver.takeEffects() == [.quit])
        var replay = try Driver.replay(Sessions.waiting)
        try replay.press("z", "q")
        #expect(replay.takeEffects().isEmpty)
        try replay.press("q")
        #expect(replay.takeEffects() == [.quit])
    }

    @Test func aKeyThatMeansNothingSaysSo() throws {
        var driver = try Driver.live(Sessions.waiting)
        try driver.press("Q")
        #expect(driver.bottom.contains("the key Q does nothing here; ? shows all keys"))
    }
}
