import Foundation
import JSON
import MaskTrials
import Testing

@testable import Masking

@Suite("Grammars: the mask is the walk of every token's bytes")
struct GrammarWalkTests {
    @Test("random walks over the samples of Lark and over GBNF")
    func samples() throws {
        let seed = UInt64.random(in: 0...999_999)
        var random = SeededGenerator(seed: seed)
        var grammars = LarkTests.samples.map { ($0.name, $0.grammar, GrammarNotation.lark) }
        grammars += [
            ("sums", "root ::= root \"+\" atom | atom\natom ::= \"(\" root \")\" | [0-9]+", .gbnf),
            (
                "objects",
                "root ::= \"{\" (pair (\",\" \" \"? pair)*)? \"}\"\npair ::= \"\\\"\" [a-z]+ \"\\\": \" (root | \"12\" \"0\"*)",
                .gbnf
            ),
            ("tokens", "root ::= (<tool_call> [^<]* </tool_call> | !<tool_call>){1,3}", .gbnf),
            ("lines", "root ::= (\"- \" [^\\n]{1,5} \"\\n\")+", .gbnf),
        ]
        var (steps, ends) = (0, 0)
        for (name, grammar, notation) in grammars {
            let start = try GrammarTrial.start(grammar, notation)
            for _ in 0..<6 {
                let walk = try GrammarTrial.walk(start, steps: 14, &random, "seed \(seed), \(name)")
                steps += walk.steps
                guard let text = walk.text else { continue }
                ends += 1
                // Tokens that stand for themselves are no part of the text.
                guard !grammar.contains("<tool_call>"), !grammar.contains("<[") else { continue }
                #expect(
                    GrammarTrial.accepts(start, String(decoding: text, as: UTF8.self)),
                    "seed \(seed), \(name)")
            }
        }
        print(
            "grammar walks, seed \(seed): \(grammars.count) grammars, \(steps) steps, \(ends) ends, every token held against the mask"
        )
        #expect(ends > 40)
    }

    /// A random grammar in which rules call one another in every place.
    static func grammar(_ random: inout SeededGenerator) -> TextGrammar {
        let count = Int.random(in: 1...4, using: &random)
        func body(_ depth: Int) -> RuleBody {
            switch Int.random(in: 0..<(depth > 0 ? 9 : 4), using: &random) {
            case 0: return .text(["a", "ab", "{\"", "low", ""].randomElement(using: &random) ?? "")
            case 1: return .text(["b", "abc", "x", "é"].randomElement(using: &random) ?? "")
            case 2: return .rule(Int.random(in: 0..<count, using: &random))
            case 3:
                let set = ["[a-c]", "[^a]", "[0-9]+", "(ab|abc)?"].randomElement(using: &random) ?? ""
                guard let tree = try? RegexReader.read(set) else { return .nothing }
                return .terminal(Terminal(expression: .pattern(tree)))
            case 4, 5: return .sequence((0..<2).map { _ in body(depth - 1) })
            case 6, 7: return .choice((0..<2).map { _ in body(depth - 1) })
            default:
                let least = Int.random(in: 0...1, using: &random)
                let most = Bool.random(using: &random) ? nil : least + Int.random(in: 0...2, using: &random)
                return .repetition(body(depth - 1), least: least, most: most)
            }
        }
        let rules = (0..<count).map { TextGrammar.Rule(name: "r\($0)", body: body(3)) }
        return TextGrammar(rules: rules, start: 0)
    }

    /// All texts up to a length, by the rules themselves: least fixed point over sets of short texts.
    static func language(_ grammar: TextGrammar, upTo length: Int) -> Set<[UInt8]> {
        var found = [Set<[UInt8]>](repeating: [], count: grammar.rules.count)
        func texts(_ body: RuleBody) -> Set<[UInt8]> {
            switch body {
            case .terminal(let terminal):
                var expressions = ByteExpressions()
                guard let root = try? expressions.terminal(terminal.expression) else { return [] }
                var now: [([UInt8], ByteExpressions.ID)] = [([], root)]
                var all: Set<[UInt8]> = []
                for _ in 0...length {
                    for (text, id) in now where expressions.facts[Int(id)].isNullable { all.insert(text) }
                    now = now.flatMap { text, id in
                        "abcdlowx019é{\"".utf8.compactMap { byte -> ([UInt8], ByteExpressions.ID)? in
                            let next = expressions.derivative(id, byte)
                            return next == ByteExpressions.never || text.count == length
                                ? nil : (text + [byte], next)
                        }
                    }
                    var seen: Set<[UInt8]> = []
                    now = now.filter { seen.insert($0.0).inserted }
                }
                return all
            case .tokens, .value: return []
            case .rule(let rule): return found[rule]
            case .sequence(let parts):
                return parts.reduce([[]]) { joined($0, texts($1)) }
            case .choice(let parts): return parts.reduce(into: []) { $0.formUnion(texts($1)) }
            case .repetition(let part, let least, let most):
                let once = texts(part)
                var all: Set<[UInt8]> = least == 0 ? [[]] : []
                var turns: Set<[UInt8]> = [[]]
                for turn in 1...max(1, most ?? length + 1) where turn <= (most ?? length + 1) {
                    turns = joined(turns, once)
                    if turn >= least { all.formUnion(turns) }
                }
                return all
            }
        }
        func joined(_ left: Set<[UInt8]>, _ right: Set<[UInt8]>) -> Set<[UInt8]> {
            var all: Set<[UInt8]> = []
            for first in left {
                for second in right where first.count + second.count <= length { all.insert(first + second) }
            }
            return all
        }
        while true {
            let next = grammar.rules.map { texts($0.body) }
            if next == found { return found[grammar.start] }
            found = next
        }
    }

    @Test("random grammars accept the texts that their rules derive, and no other")
    func random() throws {
        let seed = UInt64.random(in: 0...999_999)
        var random = SeededGenerator(seed: seed)
        let engine = MaskEngine(vocabulary: try SmallWorld.vocabulary())
        var (texts, refused, steps) = (0, 0, 0)
        for turn in 0..<150 {
            let grammar = Self.grammar(&random)
            let expected = Self.language(grammar, upTo: 3)
            guard let start = try? engine.matcher(for: Grammar(text: grammar)) else {
                #expect(expected.isEmpty, "seed \(seed), grammar \(turn): refused, and it has texts")
                refused += 1
                continue
            }
            var written: Set<[UInt8]> = []
            var now: [([UInt8], Matcher)] = [([], start)]
            for _ in 0...3 {
                for (text, here) in now where here.canEnd { written.insert(text) }
                now = now.flatMap { text, here in
                    Set("abcdlowx019é{\"".utf8).compactMap { byte -> ([UInt8], Matcher)? in
                        guard text.count < 3 else { return nil }
                        var next = here
                        guard (try? next.advance(bytes: [byte])) != nil else { return nil }
                        return (text + [byte], next)
                    }
                }
            }
            #expect(
                written == expected,
                "seed \(seed), grammar \(turn): \(grammar.rules): more \(written.subtracting(expected).prefix(3)), fewer \(expected.subtracting(written).prefix(3))"
            )
            texts += written.count
            if turn % 5 == 0 {
                steps += try GrammarTrial.walk(start, steps: 6, &random, "seed \(seed), grammar \(turn)")
                    .steps
            }
        }
        print(
            "random grammars, seed \(seed): 150, \(refused) that nothing follows, \(texts) texts as derived, \(steps) steps of walks"
        )
    }
}
