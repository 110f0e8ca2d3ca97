import Agent
import Foundation
import Terminal
import Testing

@testable import Debugger

@Suite("The list of a proxy's sessions")
struct SessionDeskTests {
    private static let instructions = (1...30).map { "line \($0) to paste" }

    private func desk(sessions: Int = 0) -> SessionDesk {
        var desk = SessionDesk(size: Size(80, 24), instructions: SessionDeskTests.instructions)
        for number in 0..<sessions {
            _ = desk.update(
                .opened(SessionRow(journal: "j\(number)", client: "client \(number)", agent: nil), past: []),
                at: 0)
        }
        return desk
    }

    private func isQuitting(_ effects: [DeskEffect]) -> Bool {
        effects.contains { if case .quit = $0 { true } else { false } }
    }

    @Test("The lines to paste can be scrolled to their end at 80x24, by keys and by the wheel")
    func instructions() {
        var desk = desk()
        _ = desk.update(.resize(Size(80, 24)), at: 0)
        #expect(desk.view().canvas.plainText.contains("line 1 to paste"))
        #expect(!desk.view().canvas.plainText.contains("line 30 to paste"))
        _ = desk.update(.key(.character("G")), at: 0)
        #expect(desk.view().canvas.plainText.contains("line 30 to paste"))
        _ = desk.update(.key(.character("g")), at: 0)
        for _ in 0..<40 { _ = desk.update(.mouse(Mouse(.wheelDown, at: Point(3, 3))), at: 0) }
        #expect(desk.view().canvas.plainText.contains("line 30 to paste"))
    }

    @Test("Every session can be reached at 80x24, and is seen when it is")
    func sessions() {
        var desk = desk(sessions: 60)
        for _ in 0..<59 { _ = desk.update(.key(.character("j")), at: 0) }
        #expect(desk.view().canvas.plainText.contains("▸ client 59"))
        _ = desk.update(.key(.pageUp), at: 0)
        #expect(desk.view().canvas.plainText.contains("▸ client 39"))
        _ = desk.update(.key(.home), at: 0)
        #expect(desk.view().canvas.plainText.contains("▸ client 0 "))
        _ = desk.update(.key(.end), at: 0)
        #expect(desk.view().canvas.plainText.contains("▸ client 59"))
    }

    @Test("A subagent's session stands under the one whose call started it, and names the call")
    func subagents() throws {
        var desk = SessionDesk(size: Size(100, 24), instructions: [])
        func open(_ journal: String, _ agent: String?, from parent: SessionParent?) {
            _ = desk.update(
                .opened(SessionRow(journal: journal, client: "Claude Code", agent: agent), past: []), at: 0)
            let header = SessionHeader(
                id: journal, workflow: "w", model: ModelInfo(name: "m", kind: "messages"), catalogue: [],
                sampling: SamplingSettings(), limits: .unbounded, policy: Policy(), parent: parent)
            _ = desk.update(
                .session(journal, .events([Event(number: 1, time: 1, body: .sessionStarted(header))])), at: 1)
        }
        func child(of session: String, _ call: String) -> SessionParent {
            SessionParent(session: session, step: 1, hash: nil, relation: .call, call: ToolCallID(call))
        }
        open("a", nil, from: nil)
        open("b", nil, from: nil)
        open("c", "one", from: child(of: "a", "call_1"))
        open("d", "two", from: child(of: "c", "call_2"))
        open("e", "three", from: child(of: "a", "call_3"))
        let rows = desk.view().canvas.plainText.split(separator: "\n").filter { $0.contains("Claude Code") }
            .map { $0.prefix { $0 != "m" }.trimmingCharacters(in: .whitespaces) }
        #expect(
            rows == [
                "▸ Claude Code", "└ Claude Code · one · of call_1", "└ Claude Code · two · of call_2",
                "└ Claude Code · three · of call_3", "Claude Code",
            ])
    }

    @Test("? shows the keys, Esc leaves them, and Esc at the list quits as q does")
    func help() {
        var desk = desk(sessions: 1)
        _ = desk.update(.key(.character("?")), at: 0)
        #expect(desk.view().canvas.plainText.contains(":waiting"))
        #expect(!isQuitting(desk.update(.key(.escape), at: 0)))
        #expect(desk.view().canvas.plainText.contains("client 0"))
        #expect(isQuitting(desk.update(.key(.escape), at: 0)))
        #expect(isQuitting(desk.update(.key(.character("q")), at: 0)))
        #expect(isQuitting(desk.update(.key(.control("c")), at: 0)))
    }

    @Test(": takes a command by its name or its beginning, and says which there are")
    func commandLine() {
        var desk = desk(sessions: 2)
        func type(_ text: String) -> [DeskEffect] {
            for scalar in text.unicodeScalars { _ = desk.update(.key(.character(scalar)), at: 0) }
            return desk.update(.key(.enter), at: 0)
        }
        #expect(!isQuitting(type(":nothing")))
        #expect(desk.view().canvas.plainText.contains("there is no command nothing"))
        _ = type(":he")
        #expect(desk.view().canvas.plainText.contains("The list of sessions"))
        _ = desk.update(.key(.escape), at: 0)
        _ = desk.update(.key(.character(":")), at: 0)
        #expect(!isQuitting(desk.update(.key(.escape), at: 0)))
        #expect(isQuitting(type(":q")))
    }
}
