import Foundation
import JSON
import Testing

@testable import Masking

@Suite("Grammars: GBNF")
struct GBNFTests {
    private func accepts(_ grammar: String, _ text: String) throws -> Bool {
        GrammarTrial.accepts(try GrammarTrial.start(grammar, .gbnf), text)
    }

    @Test("literals, classes, groups, alternatives and repetitions")
    func basics() throws {
        let grammar = #"""
            # a shopping list
            root ::= line{1,3} total?
            line ::= "- " name (" x" [1-9] [0-9]*)? "\n"
            name ::= [^\n0-9 ]+ | "\u00e9t\x61" # with escapes
            total ::= ("sum: "
              [0-9]+
              "\n")
            """#
        for text in ["- milk\n", "- eggs x12\n- flour\n", "- été\nsum: 40\n", "- a\n- b\n- c\nsum: 1\n"] {
            #expect(try accepts(grammar, text), "\(text)")
        }
        for text in ["", "- milk", "milk\n", "- a\n- b\n- c\n- d\n", "- eggs x012\n", "- a\nsum: \n"] {
            #expect(try !accepts(grammar, text), "\(text)")
        }
    }

    @Test("recursion on the left, on the right and in the middle")
    func recursion() throws {
        let grammar = """
            root ::= sum
            sum ::= sum "+" product | product
            product ::= atom "*" product | atom
            atom ::= "(" sum ")" | digits
            digits ::= [0-9] digits | [0-9]
            """
        for text in ["1", "12+3*4", "((1))", "1*2*3+(4+5)*6", "(1+(2*(3+4)))"] {
            #expect(try accepts(grammar, text), "\(text)")
        }
        for text in ["", "1+", "(1", "1)", "+1", "1**2", "()"] {
            #expect(try !accepts(grammar, text), "\(text)")
        }
    }

    @Test("recursion in last place comes back to the same state")
    func tailStates() throws {
        var here = try GrammarTrial.start(
            "root ::= ws \"x\" list\nws ::= | \" \" ws\nlist ::= | [a-z] list", .gbnf)
        func state() -> Int32? { if case .rules(let rules) = here.cursor { rules.state } else { nil } }
        try here.advance(bytes: "  ".utf8)
        let spaces = state()
        try here.advance(bytes: "   ".utf8)
        #expect(state() == spaces)
        try here.advance(bytes: "xab".utf8)
        let letters = state()
        try here.advance(bytes: "cdefgh".utf8)
        #expect(state() == letters)
    }

    @Test("rules that may be empty, one inside another")
    func empty() throws {
        let grammar = """
            root ::= a b a "." a
            a ::= b | "a"
            b ::= c c
            c ::= "c"? | root
            """
        for text in [".", "a.", "ac.a", "cc..", "a.a.a"] { #expect(try accepts(grammar, text), "\(text)") }
        for text in ["", "a", "b."] { #expect(try !accepts(grammar, text), "\(text)") }
    }

    @Test("what can never end is left out, and a grammar that nothing follows is refused")
    func unproductive() throws {
        let start = try GrammarTrial.start("root ::= \"a\" | \"b\" loop\nloop ::= \"c\" loop", .gbnf)
        #expect(GrammarTrial.begins(start, "a"))
        #expect(!GrammarTrial.begins(start, "b"))
        #expect(throws: GrammarError.self) { try GrammarTrial.start("root ::= \"a\" root", .gbnf) }
    }

    @Test("tokens by name, by number and by what they are not")
    func tokens() throws {
        var here = try GrammarTrial.start(
            "root ::= <tool_call> inner <[2]> \".\"\ninner ::= !</tool_call>*", .gbnf)
        #expect(here.allowed() == TokenSet([SmallWorld.call], capacity: here.vocabulary.count))
        try here.advance(SmallWorld.call)
        #expect(here.allowed().contains(SmallWorld.closeCall))
        #expect(!here.allowed().contains(SmallWorld.end))
        try here.advance(SmallWorld.call)
        try here.advance(100)
        try here.advance(SmallWorld.closeCall)
        #expect(here.forcedBytes == Array(".".utf8))
        #expect(here.explain(SmallWorld.call).reasons.first?.source == .policy("special token"))
        #expect(throws: GrammarError.self) { try GrammarTrial.start("root ::= <absent>", .gbnf) }
        #expect(throws: GrammarError.self) { try GrammarTrial.start("root ::= <[9999]>", .gbnf) }
    }

    @Test(
        "faults name line and column",
        arguments: [
            ("root ::= \"a", 1, 10), ("root ::= foo", 1, 10), ("root = \"a\"", 1, 6),
            ("ruut ::= \"a\"", 1, 1),
            ("root ::= \"a\"\nroot ::= \"b\"", 2, 1), ("root ::= [b-a]", 1, 12), ("root ::= (\"a\"", 1, 10),
            ("root ::= \"a\"{3,1}", 1, 10), ("root ::= \"a\" )", 1, 14), ("root ::= [a", 1, 10),
            ("root ::= \"\\q\"", 1, 11), ("root ::= <a", 1, 10), ("root ::= \"a\"{x}", 1, 14),
        ])
    func faults(_ text: String, _ line: Int, _ column: Int) throws {
        let error = #expect(throws: GrammarSyntaxError.self) { try TextGrammar(text, notation: .gbnf) }
        #expect(error?.line == line && error?.column == column, "\(text): \(error?.description ?? "")")
    }

    @Test("explanations name the rule, its line and what it takes")
    func reasons() throws {
        var here = try GrammarTrial.start("root ::= move \"\\n\"\nmove ::= [a-h] [1-8] | \"O-O\"", .gbnf)
        let first = here.explain(bytes: Array("z".utf8))
        #expect(first.offset == 0)
        #expect(first.reasons.map(\.source) == [.rule("move", line: 2)])
        #expect(first.description.contains("O a–h"), "\(first)")
        try here.advance(bytes: "O".utf8)
        #expect(here.explain(bytes: Array("-x".utf8)).description.contains("\"O\""))
        #expect(here.forcedBytes == Array("-O\n".utf8))
        #expect(here.expectation.words == "move: \"-O\"")
        try here.advance(bytes: "-O".utf8)
        #expect(here.explain(SmallWorld.end).description.contains("root (line 1): \"\\n\" can follow"))
    }

    // MARK: llama.cpp's own files

    private static let samples: [(file: String, accepted: [String], refused: [String])] = [
        (
            "chess", ["1. e4 e5\n2. Nf3 Nc6\n", "1. O-O O-O-O+\n12. exd8=Q# Kxa1\n"],
            ["1. e4 e5\n", "1. e9 e5\n2. Nf3 Nc6\n", "2. e4 e5\n2. a3 a6\n"]
        ),
        (
            "arithmetic", ["3 *( y +2 ) = x1 \n", "a+b=c\n1=(2-1)\n"],
            ["x1 3\n", "(a=b\n", "a=b", "A=1\n", "a==b\n"]
        ),
        ("list", ["- one\n- two, ü\n"], ["one\n", "- one", "- \n", "- a\r\n"]),
        (
            "json", ["{\"a\": [1, true, null], \"b\": {\"c\": \"\\u00e9\\n\"}}", "{}", "{ \"x\":-1.5e3}"],
            ["[1]", "{\"a\" 1}", "{\"a\": 01}", "{\"a\": \"\\x\"}", "{'a': 1}", "{\"a\": 1"]
        ),
        ("json_arr", ["[\n]", "[\n1,\n\"x\",\n{\"a\": []}]"], ["[]", "[\n1, 2]", "{}", "[\n1,\n]"]),
        (
            "c",
            [
                "int main(){return 1;}", "int f(float x){x = 1+2*y;g (x, 3);// done\n}",
                "int a(){if(x<1){return 2;}else{}while(y==3){}}",
            ],
            ["int main()", "main(){}", "int main(){return;}", "int f(){x = ;}"]
        ),
        ("english", ["Hello, world!\nYes: 42 [ok]"], ["", "naïve", "a  b", " a"]),
        ("japanese", ["こんにちは、世界", "日本語 です"], ["hello", ""]),
    ]

    @Test(
        "llama.cpp's grammar files accept and refuse what they describe",
        .enabled(
            if: LlamaSource.folder != nil, "llama.cpp's source is not unpacked: Scripts/peers/llama-server.sh"
        ))
    func files() throws {
        var counts = (accepted: 0, refused: 0)
        for sample in Self.samples {
            let start = try GrammarTrial.start(LlamaSource.text("grammars/\(sample.file).gbnf"), .gbnf)
            for text in sample.accepted {
                #expect(GrammarTrial.accepts(start, text), "\(sample.file): \(text)")
                counts.accepted += 1
            }
            for text in sample.refused {
                #expect(!GrammarTrial.accepts(start, text), "\(sample.file): \(text)")
                counts.refused += 1
            }
        }
        print(
            "llama.cpp's grammars: \(Self.samples.count) files, \(counts.accepted) texts accepted, \(counts.refused) refused"
        )
    }
}
