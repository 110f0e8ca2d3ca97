import Foundation
import JSON
import MaskTrials
import Schema
import Testing

@testable import Masking

/// A format's automaton follows a string byte by byte; the validator's check, which reads it whole, must agree.
@Suite("Mask: formats")
struct FormatTests {
    /// The texts of the suite's files about formats, of all drafts.
    static func texts() throws -> [String] {
        guard let suite = SchemaSuiteTests.suite else { return [] }
        var found: Set<ByteString> = []
        for draft in SchemaSuiteTests.drafts {
            let folder = suite.appendingPathComponent("tests/\(draft)/optional/format")
            for file in try SchemaSuiteTests.files(folder) {
                let groups = try JSONParser.parse(Array(try Data(contentsOf: file))).arrayValue ?? []
                for test in groups.flatMap({ $0["tests"]?.arrayValue ?? [] }) {
                    if let text = test["data"]?.stringValue { found.insert(ByteString(text)) }
                }
            }
        }
        // RFC 3339 begins with the year 0, which its leap day makes easy to forget.
        // A mark on a hyphen or a full stop makes one character of the two, and the label begins with the hyphen yet.
        let traps = [
            "0000-01-01", "0000-02-29", "0000-02-29T00:00:00Z", "a@b.-\u{301}.c", "a@b.\u{301}c",
            "a@b.c-\u{301}",
        ]
        for text in traps { found.insert(ByteString(text)) }
        return found.map(\.text).sorted()
    }

    /// The text with a character taken out, put in or doubled here and there.
    static func changed(_ text: String, _ random: inout SeededGenerator) -> String {
        var scalars = Array(text.unicodeScalars)
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            let place = Int.random(in: 0...scalars.count, using: &random)
            let some = Array("0129aAzZ-_.:/?#[]@%+~\"\\ {}é\u{30FB}T".unicodeScalars)
            switch Int.random(in: 0..<3, using: &random) {
            case 0 where place < scalars.count: scalars.remove(at: place)
            case 1 where place < scalars.count: scalars[place] = some.randomElement(using: &random) ?? "0"
            default: scalars.insert(some.randomElement(using: &random) ?? "0", at: place)
            }
        }
        return String(String.UnicodeScalarView(scalars))
    }

    /// Whether a leap second comes at an offset from UTC, which masks leave out.
    static func isOddLeapSecond(_ text: String, _ format: StringFormat) -> Bool {
        [.time, .dateTime].contains(format) && text.contains(":60") && !text.contains("23:59:60")
    }

    /// Whether an automaton, if there is one, accepts the text.
    private func follows(_ automaton: PatternAutomaton?, _ text: String) -> Bool {
        guard let automaton else { return true }
        let state = automaton.run(PatternAutomaton.start, text.utf8)
        return automaton.accepts[Int(state)]
    }

    @Test("the mask's verdict on a format is the validator's", arguments: StringFormat.allCases)
    func verdictsAreTheValidators(format: StringFormat) throws {
        let texts = try Self.texts()
        guard !texts.isEmpty else {
            print("skipped: no ../shared/json-schema-test-suite beside the repository")
            return
        }
        let seed = UInt64.random(in: 0 ... .max)
        var random = SeededGenerator(seed: seed)
        let test = try #require(PatternLibrary(SmallWorld.vocabulary()).format(format.rawValue))
        var wrong: [String] = []
        var valid = 0
        var compared = 0
        for text in texts {
            for turn in 0..<(format.accepts(text) ? 60 : 4) {
                let text = turn == 0 ? text : Self.changed(text, &random)
                let expected = format.accepts(text)
                compared += 1
                if expected { valid += 1 }
                // The mask asks the automaton first, and what it lets through is checked when the string closes.
                let verdict = follows(test.automaton, text) && test.accepts(text)
                if verdict == expected || expected && Self.isOddLeapSecond(text, format) { continue }
                wrong.append("\(text.debugDescription) is \(expected)")
            }
        }
        print(
            "format \(format.rawValue), seed \(seed): \(compared) texts, \(valid) valid, \(wrong.count) wrong"
        )
        #expect(valid > 5)
        #expect(wrong.isEmpty, "\(wrong.prefix(12).joined(separator: "\n"))")
    }
}
