import Agent
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
