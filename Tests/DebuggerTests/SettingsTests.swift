import Agent
import JSON
import Terminal
import Testing

@testable import Debugger

/// What a person sets is what the program does.
@Suite struct SettingsTests {
    private func settings(_ text: String) throws -> Settings { try Settings(try JSONParser.parse(text)) }

    @Test func everyMeaningTakesTheLookThatIsSet() throws {
        for role in Role.allCases {
            let set = try settings(##"{"colours": {"\##(role.name)": "#010203 on 17 bold underline"}}"##)
            var canvas = Canvas(width: 2, height: 1)
            canvas.put("x", at: .zero, style: role == .text ? .plain : role.style)
            canvas.put("y", at: Point(1, 0), style: (role == .faint ? Theme.good : Theme.faint))
            let before = canvas[1, 0].style
            set.palette.apply(to: &canvas)
            let style = canvas[0, 0].style
            #expect(style.foreground == .rgb(1, 2, 3) && style.background == .palette(17), "\(role)")
            #expect(style.attributes.isSuperset(of: [.bold, .underline]), "\(role)")
            #expect(canvas[1, 0].style.foreground == before.foreground, "\(role) changed another meaning")
        }
    }

    @Test func everyCommandCanBeBoundToAnotherKey() throws {
        var count = 0
        for command in CommandTable.standard.commands {
            let set = try settings(#"{"keys": {"\#(command.name)": ["f12", "ctrl-]"]}}"#)
            let table = try CommandTable.standard.binding(set.keys)
            for place in command.places {
                #expect(table.command(for: try #require(Key("f12")), in: place)?.name == command.name)
            }
            count += 1
        }
        print("\(count) commands were bound anew")
        let none = try settings(#"{"keys": {"approve": []}}"#)
        #expect(try CommandTable.standard.binding(none.keys).command(for: .character("a"), in: .panes) == nil)
    }

    @Test(arguments: [
        (#"{"keys": {"aprove": "f5"}}"#, "keys.aprove: no command is named aprove (did you mean approve?)"),
        (#"{"keys": {"approve": "s"}}"#, "keys.approve: the key s is bound to both approve and token"),
        (
            #"{"theme": "drak"}"#,
            "theme: there is no theme 'drak'; there are dark, light, high-contrast, mono"
        ),
        (#"{"colours": {"good": "gren"}}"#, "colours.good: 'gren' is no colour"),
        (#"{"colours": {"godo": "green"}}"#, "colours.godo: nothing that has a colour is named godo"),
        (#"{"themes": {"mine": {"base": "x"}}}"#, "themes.mine.base: there is no theme 'x'"),
        (#"{"colours": {"good": "green on"}}"#, "colours.good: a colour must follow 'on'"),
    ])
    func whatCannotBeSetIsNamed(text: String, message: String) throws {
        let fault = #expect(throws: SettingFault.self) { _ = try settings(text) }
        #expect(fault?.description.hasPrefix(message) == true, "\(fault?.description ?? "")")
    }

    @Test func themesOfOnesOwnBeginWithAnother() throws {
        let set = try settings(
            #"{"theme": "mine", "themes": {"mine": {"base": "light", "colours": {"bad": "208"}}}}"#)
        #expect(set.palette.name == "mine" && set.palette.look(.bad) == Style(.palette(208)))
        #expect(set.palette.look(.label) == Palette.light.look(.label))
    }

    @Test func theMonoThemeHasNoColourOnAnyScreen() throws {
        for (_, events) in Sessions.all {
            let debugger = try Debugger(
                replaying: events, size: Size(120, 40), settings: try settings(#"{"theme": "mono"}"#))
            let canvas = debugger.view().canvas
            for y in 0..<40 {
                for cell in canvas.row(y) {
                    #expect(cell.style.foreground == .default && cell.style.background == .default)
                }
            }
        }
    }

    @Test func theLayoutIsShared() throws {
        let set = try settings(#"{"layout": {"columns": 70, "rows": 30, "grid": "60x20"}}"#)
        let layout = ScreenLayout(size: Size(100, 42), focus: Focus(), settings: set.layout)
        #expect(layout.panes[.conversation]?.width == 71 && layout.panes[.conversation]?.height == 13)
        #expect(ScreenLayout(size: Size(60, 20), focus: Focus(), settings: set.layout).panes.count == 4)
        #expect(ScreenLayout(size: Size(60, 20), focus: Focus()).panes.count == 1)
        // Whatever is set, each pane keeps the room for its title.
        for columns in [20, 80] {
            let narrow = try settings(
                #"{"layout": {"columns": \#(columns), "rows": \#(columns), "grid": "1x1"}}"#)
            for width in 1...60 {
                let layout = ScreenLayout(size: Size(width, 16), focus: Focus(), settings: narrow.layout)
                if layout.panes.count == 4 {
                    #expect(layout.panes.values.allSatisfy { $0.width >= 20 && $0.height >= 3 }, "\(width)")
                }
            }
        }
    }

    @Test func settingsChangeInTheProgram() throws {
        var driver = try Driver.live(Sessions.waiting)
        try driver.enter("set keys.zoom f5")
        #expect(driver.bottom.contains("keys.zoom is f5 for this session"))
        try driver.press("f5")
        #expect(driver.debugger.state.focus.isZoomed)
        try driver.press("f5")
        try driver.enter("set layout.columns 70")
        #expect(driver.debugger.state.frame.layout.panes[.conversation]?.width == 85)
        try driver.enter("set layout.columns 99")
        #expect(driver.bottom.contains("layout.columns: "))
        try driver.enter("set layout.colums 60")
        #expect(driver.bottom.contains("there is no setting 'layout.colums' (did you mean layout.columns?)"))
        try driver.enter("set layout.columns")
        #expect(driver.bottom.contains("layout.columns is 70"))
        try driver.enter("settings")
        #expect(driver.shows("what can be set") && driver.shows("now: 70"))
    }

    @Test func aThemeIsTriedOnWhileItIsTyped() throws {
        var driver = try Driver.live(Sessions.waiting)
        let dark = driver.debugger.view().canvas
        try driver.press(":")
        driver.type("theme mono")
        let tried = driver.debugger.view().canvas
        #expect((0..<120).allSatisfy { tried[$0, 1].style.foreground == .default })
        try driver.press("esc")
        #expect(driver.debugger.view().canvas[2, 1].style == dark[2, 1].style)
        try driver.enter("theme light")
        #expect(driver.debugger.state.settings.palette.name == "light")
    }

    @Test func everythingThatCanBeSetIsFoundFromTheHelp() throws {
        var driver = try Driver.live(Sessions.waiting, size: Size(200, 300))
        try driver.press("?")
        #expect(driver.shows("everything that can be set") && driver.shows(":settings"))
        try driver.press("?")
        #expect(driver.debugger.state.layers.isEmpty)
        try driver.enter("settings")
        for entry in Settings.entries where !entry.path.contains("colours.") {
            #expect(driver.shows(entry.path), "\(entry.path)")
        }
        for role in Role.allCases { #expect(driver.shows(role.name), "\(role)") }
    }

    @Test func aHintComesOnceAndOneAtATime() throws {
        var debugger = try Debugger(size: Size(120, 40))
        debugger.showHints(seen: ["steps"])
        var shown: [String] = []
        var time: Int64 = 0
        for event in Sessions.waiting {
            time += 30_000
            for effect in debugger.update(.events([event]), at: time)
                + debugger.update(.key(.escape), at: time)
            {
                if case .hintShown(let id) = effect { shown.append(id) }
            }
        }
        #expect(!shown.isEmpty && Set(shown).count == shown.count && !shown.contains("steps"), "\(shown)")
        var quiet = try Debugger(size: Size(120, 40), settings: try settings(#"{"hints": false}"#))
        quiet.showHints(seen: [])
        #expect(quiet.update(.events(Sessions.waiting), at: 1).isEmpty)
    }
}
