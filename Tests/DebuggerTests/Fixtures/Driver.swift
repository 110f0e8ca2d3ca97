import Agent
import JSON
import Terminal
import Testing

@testable import Debugger

/// A person at the debugger: presses keys, lets time pass, looks at the screen.
struct Driver {
    private(set) var debugger: Debugger
    private(set) var effects: [DebuggerEffect] = []
    private(set) var time: Int64

    private init(_ debugger: Debugger, time: Int64) {
        self.debugger = debugger
        self.time = time
    }

    /// A live run in which these events have happened, so long ago.
    static func live(
        _ events: [Event], size: Size = Size(120, 40), status: RunStatus? = nil, waiting: Int64 = 1_000
    ) throws -> Driver {
        var driver = Driver(try Debugger(size: size), time: events.last?.time ?? 0)
        driver.send(.events(events))
        driver.send(
            .status(status ?? (RunState(folding: events).waitingCalls.isEmpty ? .paused(.token) : .waiting)))
        if waiting > 0 { driver.wait(waiting) }
        return driver
    }

    /// A recorded session.
    static func replay(_ events: [Event], at step: Int? = nil, size: Size = Size(120, 40)) throws -> Driver {
        Driver(try Debugger(replaying: events, at: step, size: size), time: events.last?.time ?? 0)
    }

    mutating func send(_ input: Input) { effects += debugger.update(input, at: time) }

    /// Lets milliseconds pass.
    mutating func wait(_ milliseconds: Int64) {
        time += milliseconds
        send(.tick)
    }

    /// Brings what is shown on the terminal, which takes so long.
    mutating func draw(taking milliseconds: Int64) {
        time += milliseconds
        debugger.drawn(at: time)
    }

    /// Presses keys by their names, one after the other, half a second apart.
    mutating func press(_ names: String...) throws {
        for name in names {
            wait(500)
            send(.key(try #require(Key(name), "no key is named \(name)")))
        }
    }

    /// Types a text.
    mutating func type(_ text: String) {
        for scalar in text.unicodeScalars { send(.key(Key(.character(scalar)))) }
    }

    /// Enters a line on the command line.
    mutating func enter(_ line: String) throws {
        try press(":")
        type(line)
        try press("enter")
    }

    mutating func takeEffects() -> [DebuggerEffect] {
        defer { effects = [] }
        return effects
    }

    var lines: [String] { debugger.view().canvas.lines }
    var screen: String { debugger.view().canvas.plainText }
    var bottom: String { lines.last ?? "" }
    var title: String { lines.first ?? "" }
    func shows(_ text: String) -> Bool { lines.contains { $0.contains(text) } }
}

/// What a decision looks like that reaches the program.
extension [DebuggerEffect] {
    var decisions: [BoundDecision] {
        compactMap { if case .send(.decide(let decision)) = $0 { decision } else { nil } }
    }
}
