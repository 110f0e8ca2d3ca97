import Foundation
import JSON
import Testing

@testable import Masking

@Suite("Grammars: Lark")
struct LarkTests {
    /// A grammar with texts that follow it, and texts that do not.
    struct Sample: Sendable {
        var name: String
        var grammar: String
        var accepted: [String] = []
        var refused: [String] = []
    }

    static let samples: [Sample] = [
        Sample(
            name: "characters are scalars, not bytes", grammar: #"start: /../ "-" /../"#,
            accepted: ["ab-cd", "🍏é-ßz"], refused: ["a-b", "🍏é-ß", "abc-de", "ab-cde"]),
        Sample(
            name: "counts", grammar: "start: pair{2,3}\npair: \"a\" | \"bb\"",
            accepted: ["aa", "abba", "bbbbbb"], refused: ["a", "bb", "aaaa", "ab"]),
        Sample(
            name: "a count without an upper bound", grammar: "start: pair{2,} \"!\"?\npair: \"a\"",
            accepted: ["aa", "aaaaaaa!"], refused: ["a", "a!"]),
        Sample(
            name: "a count without a lower bound", grammar: "start: \"a\"{,2} \"b\"~1..2",
            accepted: ["b", "aab", "abb"], refused: ["", "aa", "aaab", "bbb"]),
        Sample(
            name: "a terminal takes all that it can", grammar: "start: A B\nA: /x+/\nB: /x?y/",
            accepted: ["xy", "xxxy"], refused: ["y", "xx"]),
        Sample(
            name: "a text that two terminals match goes on as either",
            grammar: "start: \"'me'\" /1+/ | QUOTED /2+/\nQUOTED: /'[^']*'/",
            accepted: ["'me'1", "'me'22", "'you'2"], refused: ["'you'1", "'me'3", "'me'12"]),
        Sample(
            name: "what is ignored stands between terminals",
            grammar: """
                %import common (INT, WS)
                %ignore WS
                start: sum
                sum: sum "+" INT | INT
                """,
            accepted: ["1+2", " 1 + 20\n+ 3 ", "42"], refused: ["", "1 2", "1 + + 2", "+"]),
        Sample(
            name: "an expression grammar with comments and aliases",
            grammar: """
                // from the left
                ?start: expr   # the whole
                ?expr: expr "-" term -> minus
                    | term
                ?term: NAME | NUMBER | "(" expr ")"
                %import common.CNAME -> NAME
                %import common.NUMBER
                %ignore " "
                """,
            accepted: ["a - 1", "(a - (b_2 - 3.5))", "7"], refused: ["a -", "-a", "(a", "3a"]),
        Sample(
            name: "a lazy rule ends with its first match",
            grammar: "start: head /[a-z]+/\nhead[lazy]: /[a-z ]*: /",
            accepted: ["to: me", ": x", "a b c: d"], refused: ["to me", "to: ", "a: b: c"]),
        Sample(
            name: "a suffix ends a text at its first place",
            grammar: "start: block{1,2}\nblock[suffix=\"</b>\"]: \"<b>\" /(.|\\n)*/",
            accepted: ["<b></b>", "<b>a < b</b><b>\n</b>"], refused: ["<b>", "<b></b>x", "</b>"]),
        Sample(
            name: "a stop is written by what comes next",
            grammar: "start: body \"END\"\nbody[stop=\"END\"]: /[A-Z ]*/",
            accepted: ["END", "EN EEND", "A B END"], refused: ["END END", "EN", "ENDE"]),
        Sample(
            name: "text, then calls",
            grammar: """
                start: (call)* rest
                rest: TEXT
                TEXT: /(.|\\n)*/
                head[lazy]: TEXT "<call"
                call: head "=add>" %json {"type": "array", "items": {"type": "integer"}} "</call>"
                """,
            accepted: ["", "just words <b>", "so: <call=add>[1, 2]</call> done", "<call=add>[]</call>"],
            refused: ["<call=mul>", "so: <call", "<call=add>[1.5]</call>", "<call=add>[1]"]),
        Sample(
            name: "and, not, and ignored case in terminals",
            grammar: """
                start: WORD
                WORD: /[a-z]+/ & ~( "if" | "else" ) & ~/.*xx.*/ | "SELECT"i
                """,
            accepted: ["iff", "el", "x", "select", "SeLeCt"], refused: ["if", "else", "axxb", "1", "SEL"]),
        Sample(
            name: "ranges and options", grammar: #"start: "a".."f" ["-" "0".."9"]"#,
            accepted: ["a", "f-7"], refused: ["g", "a-", "a7"]),
        Sample(
            name: "runs of words",
            grammar: #"start: "<" %regex {"substring_words": "to be or not, to be"} ">""#,
            accepted: ["<>", "<to be>", "<or not, to>", "< not>"], refused: ["<too>", "<e or>", "<not to>"]),
        Sample(
            name: "runs of characters",
            grammar: #"start: %regex {"substring_chars": "größer"}"#,
            accepted: ["", "öße", "größer"], refused: ["oß", "gö"]),
        Sample(
            name: "runs of pieces in a terminal",
            grammar: "start: S\nS: \"[\" %regex {\"substring_chunks\": [\"ab\", \"c\", \"ab\"]} \"]\"",
            accepted: ["[]", "[ab]", "[cab]", "[abcab]"], refused: ["[a]", "[abab]", "[cc]"]),
        Sample(
            name: "a grammar in a grammar with an ignore of its own",
            grammar: """
                start: /[a-c]+/ inner "."
                inner: %lark {
                    start: "x" Y
                    Y: /y+/
                    %ignore "_"
                }
                """,
            accepted: ["axy.", "abc_x_yy_."], refused: ["a x y.", "xy.", "ax."]),
        Sample(
            name: "JSON values under their schemas",
            grammar: """
                start: "total " %json {"type": "integer", "minimum": 10} " of " name
                name: %json {"enum": ["ann", "bob"]}
                """,
            accepted: ["total 10 of \"ann\"", "total 123 of \"bob\""],
            refused: ["total 9 of \"ann\"", "total 10 of \"eve\"", "total 10of \"ann\"", "total 1"]),
        Sample(
            name: "inline flags",
            grammar: #"start: /(?s:.)/ /(?i)yes|NO/ /a(?:b|c)?\d{2}$/"#,
            accepted: ["\nYESa12", "xnoac00"], refused: ["xmaybe", "xyesab1"]),
    ]

    @Test("grammars accept and refuse", arguments: samples.indices)
    func samplesHold(_ index: Int) throws {
        let sample = Self.samples[index]
        let start = try GrammarTrial.start(sample.grammar, .lark)
        for text in sample.accepted {
            #expect(GrammarTrial.accepts(start, text), "\(sample.name): \(text)")
        }
        for text in sample.refused {
            #expect(!GrammarTrial.accepts(start, text), "\(sample.name): \(text)")
        }
    }

    @Test("special tokens stand in rules and end a turn where they are the last")
    func tokens() throws {
        var here = try GrammarTrial.start(
            "start: /[a-z]*/ | <tool_call> %json {\"type\": \"boolean\"} <end>", .lark)
        #expect(here.allowed().contains(SmallWorld.call))
        #expect(here.allowed().contains(SmallWorld.end))
        try here.advance(SmallWorld.call)
        try here.advance(bytes: "true".utf8)
        #expect(here.allowed().contains(SmallWorld.end))
        try here.advance(SmallWorld.end)
        #expect(here.isFinished && here.canEnd)
        var any = try GrammarTrial.start("start: <[*]> <[^3-258]> <[1,2]>", .lark)
        #expect(any.allowed().count == any.vocabulary.count - 1)
        try any.advance(50)
        #expect(!any.allowed().contains(50))
        try any.advance(270)
        #expect(any.allowed() == TokenSet([1, 2], capacity: any.vocabulary.count))
    }

    @Test(
        "faults name line and column",
        arguments: [
            ("root: \"a\"", 1, 1), ("start: foo", 1, 8), ("start: FOO", 1, 8), ("start: \"a\nb: \"c\"", 1, 8),
            ("start: /a", 1, 8), ("start: /[a/", 1, 9), ("start: /a/l", 1, 9),
            ("start: x{3,1}\nx: \"a\"", 1, 9),
            ("start: x{-1,}\nx: \"a\"", 1, 9), ("start: A\nA: B\nB: A", 2, 1),
            ("start: a\na: \"x\"\na: \"y\"", 3, 1), ("start: A\nA: \"x\"\nA: \"y\"", 3, 1),
            ("%import common.NOPE\nstart: NOPE", 1, 16), ("%declare A\nstart: A", 1, 1),
            ("start: \"ab\"..\"c\"", 1, 8), ("start: \"c\"..\"a\"", 1, 8), ("start: <[9-3]>", 1, 8),
            ("start: <[]>", 1, 8), ("start: %json {", 1, 14), ("start: %json {a}", 1, 14),
            ("start: %regex {\"x\": 1}", 1, 8), ("start: a\na[max_tokens=3]: /.*/", 2, 3),
            ("start: A\nA: <tool_call>", 2, 4), ("start: @other", 1, 8), ("start: a\na[b=\"c\"]: /x/", 2, 3),
        ])
    func faults(_ text: String, _ line: Int, _ column: Int) throws {
        let error = #expect(throws: GrammarSyntaxError.self) { try TextGrammar(text, notation: .lark) }
        #expect(error?.line == line && error?.column == column, "\(text): \(error?.description ?? "")")
    }

    @Test("inside a JSON value the schema gives the reasons, at its end the rules do")
    func reasons() throws {
        var here = try GrammarTrial.start(
            "start: \"n=\" %json {\"type\": \"integer\", \"maximum\": 20} \";\"", .lark)
        try here.advance(bytes: "n=2".utf8)
        let reasons = here.explain(bytes: Array("5".utf8)).reasons
        #expect(reasons.contains { $0.source == .keyword("maximum") }, "\(reasons)")
        #expect(reasons.contains { $0.source == .rule("start", line: 1) }, "\(reasons)")
        #expect(here.explain(bytes: Array("0;".utf8)).reasons.isEmpty)
        try here.advance(bytes: "0;".utf8)
        #expect(here.canEnd && here.explain(bytes: [0x30]).reasons.first?.source == .policy("end"))
    }
}
