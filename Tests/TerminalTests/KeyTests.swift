import Testing

@testable import Terminal

@Suite("Keys and their names")
struct KeyTests {
    @Test("names read back as the key that they were written for")
    func roundTrip() throws {
        let codes: [Key.Code] =
            [
                .enter, .escape, .tab, .backspace, .delete, .insert, .up, .down, .left, .right, .home, .end,
                .pageUp,
                .pageDown, .character("a"), .character("Z"), .character("-"), .character(" "),
                .character("ß"),
                .character("漢"), .character("/"),
            ] + (1...24).map { .function($0) }
        for code in codes {
            for bits in UInt8(0)..<8 {
                let key = Key(code, Key.Modifiers(rawValue: bits))
                #expect(Key(key.description) == key, "\(key)")
            }
        }
    }

    @Test(
        "names",
        arguments: [
            ("ctrl-r", Key.control("r")), ("ctrl-R", Key.control("r")), ("alt-x", Key.alt("x")),
            ("A", Key.character("A")),
            ("shift-tab", Key.backtab), ("backtab", Key.backtab), ("space", Key.space), (" ", Key.space),
            ("-", Key.character("-")),
            ("ctrl--", Key.control("-")), ("f12", Key(.function(12))), ("escape", Key.escape),
            ("pageup", Key.pageUp),
            ("alt-ctrl-left", Key(.left, [.alt, .control])), ("ctrl-i", Key.tab), ("ctrl-m", Key.enter),
            ("ctrl-[", Key.escape), ("ctrl-h", Key.backspace), ("alt--", Key.alt("-")),
            ("minus", Key.character("-")),
        ] as [(String, Key)])
    func names(_ name: String, _ key: Key) { #expect(Key(name) == key) }

    @Test(
        "what is no name",
        arguments: ["", "ctrl-", "f0", "f25", "f01", "hyper-x", "ab", "shift-a", "\u{1B}", "\u{202E}"])
    func noNames(_ name: String) { #expect(Key(name) == nil) }
}

@Suite("Decoding what a terminal sends")
struct KeyDecoderTests {
    private func decode(_ text: String) -> [ScreenEvent] {
        var decoder = KeyDecoder()
        return decoder.feed(text.utf8) + decoder.flush()
    }

    static let sequences: [(String, ScreenEvent)] = [
        ("a", .key(Key.character("a"))), ("é", .key(Key.character("é"))),
        ("👍", .key(Key.character("👍"))),
        ("\r", .key(.enter)), ("\n", .key(.control("j"))), ("\t", .key(.tab)), ("\u{7F}", .key(.backspace)),
        ("\u{08}", .key(.backspace)), ("\u{00}", .key(.control(" "))), ("\u{12}", .key(.control("r"))),
        ("\u{1F}", .key(.control("_"))), ("\u{1C}", .key(.control("\\"))), ("\u{1B}x", .key(.alt("x"))),
        ("\u{1B}é", .key(.alt("é"))), ("\u{1B}\u{7F}", .key(Key(.backspace, .alt))),
        ("\u{1B}[A", .key(.up)), ("\u{1B}OB", .key(.down)), ("\u{1B}[1;5C", .key(Key(.right, .control))),
        ("\u{1B}[1;2D", .key(Key(.left, .shift))),
        ("\u{1B}[1;8H", .key(Key(.home, [.shift, .alt, .control]))),
        ("\u{1B}[H", .key(.home)), ("\u{1B}OF", .key(.end)), ("\u{1B}[1~", .key(.home)),
        ("\u{1B}[8~", .key(.end)),
        ("\u{1B}[2~", .key(Key(.insert))), ("\u{1B}[3~", .key(.delete)),
        ("\u{1B}[3;5~", .key(Key(.delete, .control))),
        ("\u{1B}[5~", .key(.pageUp)), ("\u{1B}[6;3~", .key(Key(.pageDown, .alt))),
        ("\u{1B}[Z", .key(.backtab)),
        ("\u{1B}OP", .key(Key(.function(1)))), ("\u{1B}[1;2P", .key(Key(.function(1), .shift))),
        ("\u{1B}[15~", .key(Key(.function(5)))), ("\u{1B}[24~", .key(Key(.function(12)))),
        ("\u{1B}[25~", .key(Key(.function(13)))), ("\u{1B}[34~", .key(Key(.function(20)))),
        ("\u{1B}[[A", .key(Key(.function(1)))), ("\u{1B}[[E", .key(Key(.function(5)))),
        ("\u{1B}[1;5R", .key(Key(.function(3), .control))), ("\u{1B}[7^", .key(Key(.home, .control))),
        ("\u{1B}[a", .key(Key(.up, .shift))), ("\u{1B}Od", .key(Key(.left, .control))),
        ("\u{1B}\u{1B}[A", .key(Key(.up, .alt))),
        ("\u{1B}OM", .key(.enter)), ("\u{1B}Op", .key(Key.character("0"))),
        ("\u{1B}[97;5u", .key(.control("a"))),
        ("\u{1B}[27;5;13~", .key(Key(.enter, .control))), ("\u{1B}[97;2u", .key(Key.character("A"))),
        ("\u{1B}[13;2u", .key(Key(.enter, .shift))), ("\u{1B}[97:65;1:1u", .key(Key.character("a"))),
        ("\u{1B}[I", .focus(true)), ("\u{1B}[O", .focus(false)),
        ("\u{1B}[<0;10;5M", .mouse(Mouse(.press(.left), at: Point(9, 4)))),
        ("\u{1B}[<2;1;1m", .mouse(Mouse(.release(.right), at: Point(0, 0)))),
        ("\u{1B}[<32;300;2M", .mouse(Mouse(.drag(.left), at: Point(299, 1)))),
        ("\u{1B}[<64;3;4M", .mouse(Mouse(.wheelUp, at: Point(2, 3)))),
        ("\u{1B}[<81;3;4M", .mouse(Mouse(.wheelDown, at: Point(2, 3), .control))),
        ("\u{1B}[M !\"", .mouse(Mouse(.press(.left), at: Point(0, 1)))),
        ("\u{1B}[M#!\"", .mouse(Mouse(.release(.left), at: Point(0, 1)))),
        ("\u{1B}[200~two\rlines\r\nq\u{1B}[A\u{1B}[201~", .paste("two\nlines\nq\u{1B}[A")),
        ("\u{1B}[200~\u{1B}[201~", .paste("")),
    ]

    @Test("sequences", arguments: sequences)
    func sequence(_ text: String, _ event: ScreenEvent) { #expect(decode(text) == [event]) }

    @Test(
        "what is no key is swallowed whole",
        arguments: [
            "\u{1B}[?1;2c", "\u{1B}[>0;10;1c", "\u{1B}]11;rgb:00/00/00\u{1B}\\", "\u{1B}]0;x\u{07}",
            "\u{1B}P1$r0m\u{1B}\\",
            "\u{1B}[12;34R", "\u{1B}[<67;1;1M", "\u{1B}[<35;1;1M", "\u{1B}[57441u",
            "\u{1B}[99999999999999999999A~",
            "\u{1B}[[Z", "\u{1B}OX", "\u{1B}[5n",
        ])
    func swallowed(_ text: String) {
        let events = decode(text + "z").filter { $0 != .key(Key.character("~")) && $0 != .key(.up) }
        #expect(events == [.key(Key.character("z"))])
    }

    @Test("a lone Escape waits for what may follow, and is a key when nothing does")
    func escape() {
        var decoder = KeyDecoder()
        #expect(decoder.feed([0x1B]) == [])
        #expect(decoder.isWaiting)
        #expect(decoder.flush() == [.key(.escape)])
        #expect(!decoder.isWaiting)
        #expect(decode("\u{1B}\u{1B}") == [.key(.escape), .key(.escape)])
        #expect(decode("\u{1B}[") == [.key(.alt("["))])
        #expect(decode("\u{1B}O") == [.key(.alt("O"))])
        #expect(decode("\u{1B}\u{1B}x") == [.key(.escape), .key(.alt("x"))])
    }

    @Test("bytes that are no UTF-8 are a replacement character each, and the next key is heard")
    func invalid() {
        var decoder = KeyDecoder()
        #expect(decoder.feed([0xFF, 0x61]) == [.key(Key.character("\u{FFFD}")), .key(Key.character("a"))])
        #expect(decoder.feed([0xE2, 0x82]) == [])
        #expect(decoder.feed([0x61]) == [.key(Key.character("\u{FFFD}")), .key(Key.character("a"))])
    }

    @Test("a control character breaks a sequence off")
    func broken() { #expect(decode("\u{1B}[1;\rx") == [.key(.enter), .key(Key.character("x"))]) }

    @Test("where reads are cut does not matter")
    func cuts() {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SeededGenerator(seed: seed)
        for _ in 0..<200 {
            // A sequence that begins with two escapes is not told from two keys when it follows a lone one.
            let chosen = (0..<6).compactMap { _ in KeyDecoderTests.sequences.randomElement(using: &random) }
            let bytes = Array(chosen.map(\.0).joined().utf8)
            var decoder = KeyDecoder()
            var events: [ScreenEvent] = []
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = Int.random(in: 1...rest.count, using: &random)
                events += decoder.feed(rest.prefix(count))
                rest = rest.dropFirst(count)
            }
            #expect(events == chosen.map(\.1), "seed \(seed)")
        }
    }

    @Test("random bytes never stop the decoder")
    func randomBytes() {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SeededGenerator(seed: seed)
        for _ in 0..<2000 {
            var decoder = KeyDecoder()
            let interesting = Array("\u{1B}[]OMP<;1~\u{07}u".utf8)
            let bytes = (0..<20).map { _ in
                Bool.random(using: &random)
                    ? interesting.randomElement(using: &random) ?? 0
                    : UInt8.random(in: 0...255, using: &random)
            }
            _ = decoder.feed(bytes)
            _ = decoder.flush()
            if decoder.isWaiting { Issue.record("still waiting, seed \(seed)") }
        }
    }
}
