import JSON
import MaskTrials
import Schema
import Testing

@testable import Masking

/// Mask and validator read one syntax tree; the automaton made of it must give the matcher's verdicts.
@Suite("Mask: automata of patterns")
struct PatternAutomatonTests {
    /// Whether an automaton accepts a text.
    private func accepts(_ automaton: PatternAutomaton, _ text: String) -> Bool {
        // The run may add states, so the flag is read after it.
        let state = automaton.run(PatternAutomaton.start, text.utf8)
        return automaton.accepts[Int(state)]
    }

    @Test(
        "an anchor, a look-ahead and a class mean what they mean to the validator",
        arguments: [
            ("a?^b", "b", true), ("a?^b", "ab", false), ("(x|)^y", "y", true), ("^a*^b$", "b", true),
            ("^a*^b$", "ab", false), ("a$b?", "xa", true), ("a*(?!^)b", "b", false), ("a*(?!^)b", "ab", true),
            ("^(?=a)\\w{2}$", "ab", true), ("^(?=a)\\w{2}$", "bb", false), ("^(?<n>a|b)+?$", "abba", true),
            ("^[\\w-.]+$", "a-.b", true), ("^\\p{Script_Extensions}?$", "", nil),
            ("^\\p{Cf}$", "\u{200B}", true),
            ("^\\p{Alphabetic}$", "\u{2160}", true), ("^[^]$", "\n", true), ("^\\x4$", "x4", true),
            ("^[^\\u{10FFFF}]$", "\u{10FFFF}", false), ("[^\\u{110000}]", "a", nil),
            ("^\\cA$", "\u{1}", true),
            ("^{a$", "{a", true), ("a{2,1}", "aa", nil), ("^\u{E9}$", "e\u{301}", false),
        ])
    func verdicts(pattern source: String, text: String, matches: Bool?) throws {
        guard let matches else {
            #expect(throws: PatternError.self) { try ECMAPattern(source) }
            return
        }
        let pattern = try ECMAPattern(source)
        #expect(try pattern.matches(text) == matches)
        #expect(accepts(try #require(pattern.automaton), text) == matches)
    }

    @Test("patterns that are canonically equivalent but differ in bytes have automata of their own")
    func libraryComparesBytes() throws {
        let library = PatternLibrary(try SmallWorld.vocabulary())
        for source in ["^\u{E9}$", "^e\u{301}$"] {
            let pattern = try ECMAPattern(source)
            let automaton = try #require(library.automaton("pattern:" + source) { pattern.automaton })
            #expect(accepts(automaton, String(source.dropFirst().dropLast())), "\(source.utf8.map { $0 })")
        }
    }

    @Test("an automaton is exact where a pattern is regular, and lets more through where it is not")
    func automataAgreeWithTheMatcher() throws {
        let seed = UInt64.random(in: 0 ... .max)
        print("seed of automataAgreeWithTheMatcher: \(seed)")
        var random = SeededGenerator(seed: seed)
        let texts = Self.texts(of: ["a", "b", "-"], upTo: 4)
        var exact = 0
        var wider = 0
        for _ in 0..<600 {
            let source = Self.pattern(depth: 3, &random)
            guard let pattern = try? ECMAPattern(source) else { continue }
            let automaton = pattern.automaton
            guard let followed = automaton ?? pattern.widerAutomaton else {
                Issue.record("\(source) has no automaton at all")
                continue
            }
            for text in texts {
                guard let matches = try? pattern.matches(text) else { continue }
                let accepted = accepts(followed, text)
                if automaton != nil {
                    #expect(accepted == matches, "\(source) on \"\(text)\"")
                } else if matches {
                    #expect(accepted, "\(source) on \"\(text)\"")
                }
            }
            if automaton != nil { exact += 1 } else { wider += 1 }
        }
        print("automata: \(exact) exact, \(wider) wider, \(texts.count) texts each")
        #expect(exact > 200)
        #expect(wider > 30)
    }

    /// Every text over an alphabet up to a length.
    private static func texts(of alphabet: [String], upTo length: Int) -> [String] {
        var found = [""]
        var longest = [""]
        for _ in 0..<length {
            longest = longest.flatMap { text in alphabet.map { text + $0 } }
            found += longest
        }
        return found
    }

    private static func pattern(depth: Int, _ random: inout SeededGenerator) -> String {
        let leaves = ["a", "b", ".", "[ab]", "[^a]", "^", "$", "", "\\w", "-", "a", "b"]
        func part() -> String { pattern(depth: depth - 1, &random) }
        guard depth > 0 else { return leaves.randomElement(using: &random) ?? "a" }
        switch Int.random(in: 0..<14, using: &random) {
        case 0, 1, 2, 3: return part() + part()
        case 4, 5: return "(\(part())|\(part()))"
        case 6: return "(?:\(part()))*"
        case 7: return "(\(part()))?"
        case 8: return "(?:\(part())){1,3}?"
        case 9: return "(?=\(part()))"
        case 10: return "(?!\(part()))"
        case 11: return ["\\b", "\\B", "(?<=a)", "(?<!b)", "(a|b)\\1"].randomElement(using: &random) ?? ""
        default: return leaves.randomElement(using: &random) ?? "a"
        }
    }
}
