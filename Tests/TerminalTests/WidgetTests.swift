import Testing

@testable import Terminal

@Suite("Editing a text")
struct TextFieldTests {
    private func field(_ text: String = "", _ keys: String..., multiline: Bool = false) -> TextField {
        var field = TextField(text, multiline: multiline)
        for name in keys { if let key = Key(name) { _ = field.handle(key) } }
        return field
    }

    @Test("typing, moving and deleting")
    func editing() {
        #expect(field("", "a", "b", "left", "c").text == "acb")
        #expect(field("abc", "home", "delete").text == "bc")
        #expect(field("abc", "ctrl-a", "right", "ctrl-k").text == "a")
        #expect(field("one two  three", "ctrl-w").text == "one two  ")
        #expect(field("one two  three", "ctrl-w", "ctrl-w").text == "one ")
        #expect(field("one two", "alt-b", "alt-b", "alt-d").text == " two")
        #expect(field("one two", "ctrl-u", "ctrl-y", "ctrl-y").text == "one twoone two")
        #expect(field("x", "right", "delete").text == "x")
        #expect(field("", "backspace", "left", "ctrl-w", "ctrl-u").text == "")
    }

    @Test("a mark goes with its base, and a joined emoji in the steps that are seen")
    func clusters() {
        #expect(field("ae\u{301}", "backspace").text == "a")
        #expect(field("👩\u{200D}💻", "backspace", "backspace").text == "👩")
        #expect(field("漢字", "left").cursor == 3)
    }

    @Test("what is edited is kept to the byte, also what is shown as a stand-in")
    func bytes() {
        #expect(Array(field("\u{1B}\u{202E}", "a").text.utf8) == Array("\u{1B}\u{202E}a".utf8))
        #expect(field("e\u{301}", "x").text.unicodeScalars.count == 3)
    }

    @Test("Enter is the field's only where it has lines; other keys are left to others")
    func unhandled() {
        var single = TextField("a")
        let others: [Key] = [
            .enter, .escape, .tab, .up, .down, Key(.function(1)), .alt("q"), .control("c"), .control("z"),
        ]
        for key in others {
            let isHandled = single.handle(key)
            #expect(!isHandled, "\(key)")
        }
        single.insert("b\nc")
        #expect(single.text == "ab c")
        #expect(field("a", "enter", "b", multiline: true).text == "a\nb")
    }

    @Test("moving between lines keeps the column where it can")
    func lines() {
        let text = "first\nab\n漢字third"
        #expect(field(text, "up", multiline: true).cursor == 8)
        #expect(field(text, "up", "up", multiline: true).cursor == 2)
        #expect(field(text, "ctrl-home", "right", "down", "down", multiline: true).cursor == 9)
        #expect(field(text, "ctrl-home", "down", "end", multiline: true).cursor == 8)
        #expect(field(text, "ctrl-home", "up", multiline: true).cursor == 0)
    }

    @Test("undo takes whole words of typing back, redo makes them again")
    func undo() {
        var changed = field("ab", "c", "d", "left", "e", "backspace")
        #expect(changed.text == "abcd")
        changed.undo()
        #expect(changed.text == "abced")
        changed.undo()
        #expect(changed.text == "abcd")
        changed.undo()
        #expect(changed.text == "ab")
        changed.undo()
        #expect(changed.text == "ab")
        changed.redo()
        changed.redo()
        #expect(changed.text == "abced")
        changed.insert("!")
        changed.redo()
        #expect(changed.text == "abce!d")
    }

    @Test("a long line shows the part with the cursor")
    func window() {
        let long = TextField("0123456789")
        #expect(long.window(width: 5).text.plain == "6789")
        #expect(long.window(width: 5).cursor == 4)
        let start = field("0123456789", "home")
        #expect(start.window(width: 5).text.plain == "0123")
        #expect(start.window(width: 5).cursor == 0)
        #expect(TextField("ab").window(width: 0).text.plain == "")
    }

    @Test("the layout of several lines has room for the cursor at the end of a full one")
    func layout() {
        let (text, cursor) = TextField("abcd\nef", multiline: true).layout(width: 5)
        #expect(text.lines.map { $0.text.plain } == ["abcd", "ef"])
        #expect(cursor == Point(2, 1))
        #expect(field("abcd", "end").layout(width: 5).cursor == Point(4, 0))
    }

    @Test("random keys: the cursor always stands between characters, and undoing everything leads back")
    func properties() throws {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SeededGenerator(seed: seed)
        let names = [
            "a", "漢", "left", "right", "up", "down", "home", "end", "enter", "backspace", "delete", "ctrl-w",
            "alt-d",
            "ctrl-u", "ctrl-k", "ctrl-y", "alt-b", "alt-f", "ctrl-_", "alt-_", "ctrl-left",
        ]
        for _ in 0..<100 {
            let start = "e\u{301}👍\u{FE0F}\n\u{1B}x y"
            var field = TextField(start, multiline: true)
            for _ in 0..<60 {
                _ = field.handle(try #require(Key(names.randomElement(using: &random) ?? "")))
                let stops = Set(
                    SafeText(field.text).glyphs.flatMap { [$0.source.lowerBound, $0.source.upperBound] } + [0]
                )
                #expect(stops.contains(field.cursor), "seed \(seed)")
                _ = field.layout(width: 4)
                _ = field.window(width: 4)
            }
            for _ in 0..<70 { field.undo() }
            #expect(Array(field.text.utf8) == Array(start.utf8), "seed \(seed)")
        }
    }
}

@Suite("Scrolling, bars and areas")
struct GeometryTests {
    @Test("the rows shown stay within what there is")
    func scroll() {
        var scroll = Scroll(count: 100, page: 10)
        scroll.move(byPages: 1)
        #expect(scroll.visible == 9..<19)
        scroll.move(by: 1000)
        #expect(scroll.visible == 90..<100)
        #expect(scroll.isAtEnd)
        scroll.update(count: 20, page: 15)
        #expect(scroll.visible == 5..<20)
        scroll.update(count: 3, page: 15)
        #expect(scroll.visible == 0..<3)
        scroll.update(count: 0, page: 0)
        #expect(scroll.visible.isEmpty)
        scroll.show(0)
        scroll.move(byPages: -3)
        #expect(scroll.offset == 0)
    }

    @Test("a row is shown with the least movement")
    func show() {
        var scroll = Scroll(count: 100, page: 10, offset: 20)
        scroll.show(25)
        #expect(scroll.offset == 20)
        scroll.show(30)
        #expect(scroll.offset == 21)
        scroll.show(5)
        #expect(scroll.offset == 5)
        scroll.show(50, margin: 3)
        #expect(scroll.visible == 44..<54)
        scroll.show(99, margin: 3)
        #expect(scroll.visible == 90..<100)
    }

    @Test("the thumb of a scroll bar is where the rows are")
    func thumb() {
        #expect(Scroll(count: 5, page: 10).thumb(height: 10) == nil)
        #expect(Scroll(count: 100, page: 10).thumb(height: 10) == 0..<1)
        #expect(Scroll(count: 100, page: 10, offset: 90).thumb(height: 10) == 9..<10)
        #expect(Scroll(count: 100_000, page: 10, offset: 50_000).thumb(height: 3) == 1..<2)
    }

    @Test("bars are exact to an eighth of a column and always as wide as asked")
    func bars() {
        #expect(bar(0, width: 4) == "    ")
        #expect(bar(1, width: 4) == "████")
        #expect(bar(0.5, width: 4) == "██  ")
        #expect(bar(0.53125, width: 4) == "██▏ ")
        #expect(bar(1e-9, width: 4) == "▏   ")
        #expect(bar(.nan, width: 2) == "  ")
        #expect(bar(7, width: 2) == "██")
        #expect(bar(-1, width: 2) == "  ")
        #expect(bar(0.5, width: 0) == "")
        #expect(bar(0.5, width: 4, unicode: false) == "##  ")
        for step in 0...1000 { #expect(SafeText(bar(Double(step) / 1000, width: 7)).width == 7) }
    }

    @Test("areas are split without loss, also where there is nothing to split")
    func areas() {
        let area = Rect(x: 2, y: 1, width: 10, height: 7)
        let (top, rest) = area.split(top: 1)
        #expect(top == Rect(x: 2, y: 1, width: 10, height: 1))
        #expect(rest == Rect(x: 2, y: 2, width: 10, height: 6))
        #expect(area.split(bottom: 99).rest.isEmpty)
        #expect(area.split(right: 3).right == Rect(x: 9, y: 1, width: 3, height: 7))
        #expect(area.rows([1, 1, 1]).map(\.height) == [3, 2, 2])
        #expect(area.columns([2, 1]).map(\.width) == [7, 3])
        #expect(area.columns([0, 0]).map(\.width) == [0, 0])
        #expect(Rect(size: Size(0, 0)).rows([1, 2]).map(\.height) == [0, 0])
        #expect(area.inset(by: 9).isEmpty)
        #expect(area.intersection(Rect(x: 50, y: 50, width: 3, height: 3)).isEmpty)
        #expect(area.row(6) == Rect(x: 2, y: 7, width: 10, height: 1))
        #expect(area.row(7).isEmpty)
        #expect(Size("120x40") == Size(120, 40))
        for text in ["", "x", "80", "80x", "-1x4", "80x24x1", "99999x1"] { #expect(Size(text) == nil) }
    }
}
