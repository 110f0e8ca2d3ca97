import JSON
import Schema
import Testing

@testable import Agent

/// A rule made of a decision matches that value and nothing wider, whatever its characters.
@Suite struct ProposalTests {
    private static let pieces: [Unicode.Scalar] =
        Array("|.*+?()[]{}^$\\/\"&~! \t\n\r=#ab1-,'`%<>".unicodeScalars)
        + [
            "\u{301}", "\u{308}", "\u{D4E}", "\u{200D}", "\u{2028}", "é", "\u{212A}", "\u{37E}", "𝒜",
            "\u{1F3FD}", "\u{0}",
        ]

    @Test func aProposalMatchesItsValueAlone() throws {
        var random = SeededGenerator(seed: 5)
        for number in 0..<2_000 {
            let scalars = (0..<Int.random(in: 0..<8, using: &random)).compactMap { _ in
                Self.pieces.randomElement(using: &random)
            }
            let text = String(String.UnicodeScalarView(scalars))
            let filter = try Filter(Filter.argument(JSONPointer(["x"]), is: text))
            #expect(!filter.source.unicodeScalars.contains("\n"), "\(text.debugDescription)")
            func matches(_ value: String) -> Bool {
                let arguments = JSONValue.object(JSONObject([.init(key: "x", value: .string(value))]))
                let record = CallRecord(
                    key: key(1, "x"), call: call("x", "act", arguments.text()), position: 0)
                return filter.matches(record, in: RunState())
            }
            #expect(matches(text), "value \(number): \(text.debugDescription) by \(filter)")
            for _ in 0..<5 {
                var other = scalars
                let place = Int.random(in: 0...other.count, using: &random)
                if place < other.count, Bool.random(using: &random) {
                    other.remove(at: place)
                } else if let piece = Self.pieces.randomElement(using: &random) {
                    other.insert(piece, at: place)
                }
                let changed = String(String.UnicodeScalarView(other))
                if !changed.utf8.elementsEqual(text.utf8) {
                    #expect(
                        !matches(changed), "\(text.debugDescription) also matches \(changed.debugDescription)"
                    )
                }
            }
            #expect(!matches("something else altogether"))
        }
    }

    /// A key may hold what ends a path, or begins an escape.
    @Test func aProposalFindsItsKeyWhateverThatHolds() throws {
        var random = SeededGenerator(seed: 6)
        let pieces = Self.pieces.filter { $0 != "\n" && $0 != "\r" } + Array("==~~0123/".unicodeScalars)
        for number in 0..<2_000 {
            let scalars = (0..<Int.random(in: 1..<6, using: &random)).compactMap { _ in
                pieces.randomElement(using: &random)
            }
            let name = String(String.UnicodeScalarView(scalars))
            let filter = try Filter(Filter.argument(JSONPointer([name]), is: "v=1"))
            func matches(_ name: String, _ value: String) -> Bool {
                let arguments = JSONValue.object(JSONObject([.init(key: name, value: .string(value))]))
                let record = CallRecord(
                    key: key(1, "x"), call: call("x", "act", arguments.text()), position: 0)
                return filter.matches(record, in: RunState())
            }
            #expect(matches(name, "v=1"), "key \(number): \(name.debugDescription) by \(filter)")
            #expect(!matches(name, "v=2") && !matches(name + "=", "v=1"), "\(name.debugDescription)")
        }
    }

    /// The note's kind: a mark of the pattern language before a combining mark.
    @Test(arguments: [".", "*", "+", "?", "|", "(", "[", ")", "]", "{", "^", "$", "\\", "/"])
    func aMarkBeforeACombiningMarkIsEscaped(mark: String) throws {
        let value = mark + "\u{301}"
        let rule = Rule(
            name: "made", effect: .allow, tool: "*",
            condition: try Filter(Filter.argument(JSONPointer(["x"]), is: value)))
        let policy = Policy(rules: [rule])
        #expect(policy.ruling(tool: "act", arguments: ["x": .string(value)]).effect == .allow)
        #expect(policy.ruling(tool: "act", arguments: ["x": "anything"]).effect == .ask)
    }
}
