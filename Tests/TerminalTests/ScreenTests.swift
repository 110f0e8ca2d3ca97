import Foundation
import Testing

@testable import Terminal

@Suite("The screen in memory") @MainActor
struct MemoryScreenTests {
    @Test("a script is read word by word")
    func script() throws {
        let script = try Script(
            """
            # a comment
            a ctrl-r  enter resize:100x30 click:3,4
            paste:two words
            await:some text
            # wheelup:0,0 focus blur wake
            #
            """)
        #expect(
            script.steps == [
                .event(.key(Key.character("a"))), .event(.key(.control("r"))), .event(.key(.enter)),
                .event(.resize(Size(100, 30))), .event(.mouse(Mouse(.press(.left), at: Point(3, 4)))),
                .event(.paste("two words")), .await("some text"), .event(.key(Key.character("#"))),
            ])
        #expect(throws: ScriptError(line: 2, word: "bogus")) { try Script("a\nb bogus c") }
        for text in ["resize:1", "click:1", "click:a,b", "nothing:1,2"] {
            #expect(throws: ScriptError.self) { try Script(text) }
        }
    }

    @Test("events come in order, then the end")
    func events() throws {
        let screen = MemoryScreen(Size(10, 2), script: try Script("a resize:20x3"), wake: try Wake())
        #expect(screen.nextEvent(timeout: nil) == .key(Key.character("a")))
        #expect(screen.size == Size(10, 2))
        #expect(screen.nextEvent(timeout: nil) == .resize(Size(20, 3)))
        #expect(screen.size == Size(20, 3))
        #expect(screen.nextEvent(timeout: nil) == .exit(.endOfScript))
    }

    @Test("what is drawn is kept, cut to the screen")
    func drawing() throws {
        let screen = MemoryScreen(Size(4, 1), wake: try Wake())
        var canvas = Canvas(width: 9, height: 3)
        canvas.put("abc漢", at: .zero)
        screen.draw(canvas, cursor: Point(1, 0))
        #expect(screen.canvas.lines == ["abc…"])
        #expect(screen.cursor == Point(1, 0))
    }

    @Test("what other threads post wakes the main thread, in order and without loss")
    func mailbox() throws {
        let wake = try Wake()
        let mailbox = Mailbox<Int>(wake: wake)
        let screen = MemoryScreen(Size(1, 1), wake: wake, endsWithScript: false)
        // A thread, not a task: the tasks' few threads may all be waiting in other tests.
        Thread.detachNewThread { for number in 0..<10_000 { mailbox.post(number) } }
        var received: [Int] = []
        while received.count < 10_000 {
            guard screen.nextEvent(timeout: .seconds(30)) == .wake else {
                Issue.record("no bell after \(received.count)")
                break
            }
            received += mailbox.drain()
        }
        #expect(received == Array(0..<10_000))
    }

    @Test("a script waits for what the program draws, and says what never came")
    func awaiting() throws {
        let wake = try Wake()
        let screen = MemoryScreen(Size(10, 1), script: try Script("await:ready\nx\nawait:never"), wake: wake)
        wake.ring()
        #expect(screen.nextEvent(timeout: nil) == .wake)
        var canvas = Canvas(width: 10, height: 1)
        canvas.put("ready", at: .zero)
        screen.draw(canvas, cursor: nil)
        #expect(screen.nextEvent(timeout: nil) == .key(Key.character("x")))
        screen.patience = .zero
        #expect(screen.nextEvent(timeout: nil) == .exit(.stuckScript(awaiting: "never")))
    }

    @Test(
        "waits are rounded up to whole milliseconds",
        arguments: [
            (nil, -1), (.zero, 0), (.seconds(-5), 0), (.nanoseconds(1), 1), (.milliseconds(40), 40),
            (.seconds(3), 3000),
            (.seconds(Int64.max / 2), Int32.max),
        ] as [(Duration?, Int32)])
    func milliseconds(_ duration: Duration?, _ expected: Int32) {
        #expect(duration.pollMilliseconds == expected)
    }
}

@Suite("Choosing an editor")
struct EditorTests {
    @Test("EDITOR, then VISUAL, then what is there")
    func choice() throws {
        func choose(_ variables: [String: String], _ present: Set<String>) throws(EditorError) -> String {
            try Editor(variable: { variables[$0] }, isExecutable: { present.contains($0) }).command
        }
        #expect(try choose(["EDITOR": "code -w", "VISUAL": "vim"], []) == "code -w")
        #expect(try choose(["EDITOR": " ", "VISUAL": "vim"], []) == "vim")
        #expect(try choose(["PATH": "/a:/b"], ["/b/nano"]) == "nano")
        #expect(try choose(["PATH": "/a:/b"], ["/b/nano", "/b/vi"]) == "vi")
        #expect(throws: EditorError.none) { try choose(["PATH": "/a"], []) }
    }

    @Test("every error is one line with what helps")
    func errors() {
        let all: [any Error] = [
            EditorError.none, EditorError.cannotStart(command: "x", message: "y"),
            EditorError.failed(command: "x", status: 1), EditorError.file(path: "p", message: "m"),
            TerminalError.notATerminal("standard input"), TerminalError.unusable(term: "a\u{1B}[31m\n"),
            TerminalError.alreadyOpen, TerminalError.system(call: "c", message: "m"),
            ScriptError(line: 1, word: "\u{1B}"),
        ]
        for error in all {
            let text = "\(error)"
            #expect(text.contains(":"))
            #expect(!text.unicodeScalars.contains { $0.value < 32 })
        }
    }
}
