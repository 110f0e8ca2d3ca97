import Terminal
import Testing

@testable import Debugger

/// Choosing one thing from a list.
@Suite struct ChooserTests {
    private func chooser(_ count: Int, size: Size = Size(80, 24)) -> Chooser {
        Chooser(
            title: "things", head: ["a head"],
            items: (0..<count).map {
                .init(id: "id \($0)", title: "thing \($0)", note: "note", about: "about \($0)")
            },
            size: size)
    }

    @Test func keysMoveAndChoose() {
        var list = chooser(5)
        #expect(list.press(.down) == nil && list.press(.enter) == .choose("id 1"))
        #expect(list.press(.character("4")) == .choose("id 3"))
        #expect(list.press(.end) == nil && list.press(.enter) == .choose("id 4"))
        #expect(list.press(.character("9")) == nil)
        #expect(list.press(.character("q")) == .quit)
    }

    @Test func aSearchNarrowsTheList() {
        var list = chooser(200)
        _ = list.press(.character("/"))
        for scalar in "thing 17".unicodeScalars { _ = list.press(.character(scalar)) }
        #expect(list.shown.count == 11)
        _ = list.press(.enter)
        #expect(list.press(.enter) == .choose("id 17"))
        #expect(list.press(.escape) == nil && list.shown.count == 200)
        #expect(list.press(.escape) == .quit)
    }

    @Test func itIsDrawnAtEverySize() {
        for width in stride(from: 0, through: 130, by: 7) {
            for height in 0...30 {
                for count in [0, 1, 9, 50] {
                    let lines = chooser(count, size: Size(width, height)).view().canvas.lines
                    #expect(lines.count == height)
                    if height >= 3, width >= 12, count > 0 {
                        #expect(lines.contains { $0.contains("thing 0") })
                    }
                }
            }
        }
    }

    @Test func aQuestionMarkShowsTheKeysAndAnyKeyClosesThem() {
        var list = chooser(5)
        let before = list.view().canvas.lines
        #expect(list.press(.character("?")) == nil)
        #expect(list.view().canvas.lines.contains { $0.contains("show only what has a text in it") })
        #expect(list.press(.character("q")) == nil && list.view().canvas.lines == before)
    }

    @Test func whatIsSaidOverTheListIsWrappedAndNeverCut() {
        let head =
            "a sentence that has more words than there are columns on a screen of eighty of them, and ends"
        let list = Chooser(
            title: "things", head: [head], items: [.init(id: "a", title: "thing")], size: Size(80, 24))
        let text = list.view().canvas.lines.joined(separator: " ").split(separator: " ").joined(
            separator: " ")
        #expect(text.contains(head))
    }
}
