import JSON
import MaskTrials
import Testing

@testable import Masking

/// Numbers in the spellings that JSON knows, keys that only a pattern admits, and references beneath identifiers.
@Suite("Mask: spellings, patterned keys and identifiers")
struct SpellingTests {
    @Test(
        "a bounded number may be written with an exponent where its value fits",
        arguments: [
            (##"{"minimum":0,"maximum":1}"##, "1e-5", true), (##"{"minimum":0,"maximum":1}"##, "1e5", false),
            (##"{"minimum":1000}"##, "1.5e3", true), (##"{"minimum":1000}"##, "1.5E+03", true),
            (##"{"minimum":1000}"##, "1.5e2", false), (##"{"maximum":-100}"##, "-2.5e2", true),
            (##"{"maximum":-100}"##, "-2.5e-2", false), (##"{"multipleOf":0.01}"##, "1e-2", true),
            (##"{"multipleOf":0.01}"##, "1e-3", false), (##"{"multipleOf":7}"##, "7e1", true),
            (##"{"multipleOf":7}"##, "1e1", false), (##"{"type":"integer","minimum":5}"##, "1e2", true),
            (##"{"type":"integer","minimum":5}"##, "1.25e2", true), (##"{"minimum":0}"##, "6.02e23", true),
            (##"{"type":"integer","minimum":5}"##, "1.25e1", false), (##"{"minimum":0}"##, "0e0", true),
            (##"{"exclusiveMinimum":0,"maximum":9}"##, "1e-07", true),
            (##"{"enum":[1e-07,2]}"##, "1e-07", true),
            (##"{"enum":[1e-07,2]}"##, "0.0000001", true), (##"{"enum":[1e-07,2]}"##, "2e0", false),
            (##"{"minimum":3}"##, "1e1234", false), (##"{"exclusiveMinimum":0}"##, "0e5", false),
        ])
    func exponents(schema: String, text: String, isWritten: Bool) throws {
        #expect(try accepts(schema, text) == isWritten, "\(schema) on \(text)")
    }

    @Test("what an exponent can make of a mantissa agrees with trying every exponent", arguments: 1...4)
    func exponentsByForce(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed &+ 77)
        var compared = 0
        for _ in 0..<150 {
            var members: [String] = []
            func bound(_ name: String, _ range: ClosedRange<Int>) {
                guard Bool.random(using: &random) else { return }
                members.append("\"\(name)\":\(Int.random(in: range, using: &random))")
            }
            bound("minimum", -300...300)
            bound("exclusiveMaximum", -100...4_000)
            if Int.random(in: 0..<3, using: &random) == 0 {
                members.append(
                    "\"multipleOf\":\(["0.5", "3", "40", "0.02"].randomElement(using: &random) ?? "1")")
            }
            if Bool.random(using: &random) { members.append("\"type\":\"integer\"") }
            // An unbounded integer's digits are not kept: by policy it has no point and no negative exponent.
            if members == ["\"type\":\"integer\""] { continue }
            let schema = "{\(members.joined(separator: ","))}"
            let mantissa =
                ["1", "3", "4.5", "-2", "-1.25", "0", "12", "0.6"].randomElement(using: &random) ?? "1"
            guard let start = try? matcher(schema) else { continue }
            var here = start
            guard (try? here.advance(bytes: mantissa.utf8)) != nil else { continue }
            var written = false
            for exponent in -30...30 {
                var next = here
                let isWritten = (try? next.advance(bytes: "e\(exponent)".utf8)) != nil && next.canEnd
                let parsed = try JSONParser.parse("\(mantissa)e\(exponent)")
                let isValid = start.automaton?.closed.evaluate(0, parsed) != nil
                #expect(isWritten == isValid, "seed \(seed): \(schema) on \(mantissa)e\(exponent)")
                written = written || isWritten
                compared += 1
            }
            if !written {
                var next = here
                let isOpen = (try? next.advance(bytes: "e".utf8)) != nil
                #expect(!isOpen || members.isEmpty, "seed \(seed): \(schema) lets \(mantissa)e through")
            }
        }
        print("seed \(seed): \(compared) numbers compared")
        #expect(compared > 500)
    }

    @Test(
        "in draft 4 a number with a point or an exponent is no integer",
        arguments: [("12345.0", false), ("12345", true), ("1e3", false)])
    func integersOfDraft4(text: String, isWritten: Bool) throws {
        let dialect = ##""$schema":"http://json-schema.org/draft-04/schema#""##
        #expect(try accepts("{\(dialect),\"type\":\"integer\"}", text) == isWritten)
        #expect(try accepts("{\(dialect),\"type\":\"integer\",\"minimum\":1}", text) == isWritten)
        #expect(try accepts("{\(dialect),\"not\":{\"type\":\"integer\"}}", text) != isWritten)
        #expect(try accepts("{\"type\":\"integer\"}", text))
    }

    static let lines =
        ##""additionalProperties":false,"patternProperties":{"^line[1-3]$":{"type":"string"}}"##

    @Test(
        "keys that only a pattern admits come as long as any is left",
        arguments: [
            (##"{"required":["line1"],\##(lines)}"##, ##"{"line1":"a","line2":"b","line3":"c"}"##, true),
            (##"{"required":["line1"],\##(lines)}"##, ##"{"line3":"a","line1":"b"}"##, true),
            (##"{"required":["line1"],\##(lines)}"##, ##"{"line3":"a","line2":"b"}"##, false),
            (##"{"required":["line2"],\##(lines)}"##, ##"{"line2":"b","line1":"c"}"##, true),
            (
                ##"{"required":["line1","line2","line3"],\##(lines)}"##,
                ##"{"line2":"b","line3":"","line1":"c"}"##, true
            ),
            (
                ##"{"oneOf":[{"required":["line1"],\##(lines)},{"required":["po"]}]}"##,
                ##"{"line1":"a","line2":"b"}"##, true
            ),
            (
                ##"{"required":["line1"],"minProperties":2,\##(lines)}"##, ##"{"line1":"a","line2":"b"}"##,
                true
            ),
        ])
    func patternedKeys(schema: String, text: String, isWritten: Bool) throws {
        #expect(try accepts(schema, text, options: GrammarOptions(whiteSpace: .compact)) == isWritten)
    }

    @Test(
        "references reach beneath identifiers, and the metaschemas by the addresses that people use",
        arguments: [
            (
                ##"{"$schema":"http://json-schema.org/draft-04/schema#","definitions":{"s":{"type":"string"}},"properties":{"a":{"id":"/properties/a","properties":{"b":{"$ref":"#/definitions/s"}}}}}"##,
                ##"{"a":{"b":1}}"##, false
            ),
            (
                ##"{"definitions":{"o":{"$id":"o.json","definitions":{"s":{"type":"string"}}}},"properties":{"a":{"$ref":"#/definitions/o/definitions/s"}}}"##,
                ##"{"a":1}"##, false
            ),
            (##"{"$ref":"http://json-schema.org/draft-04/schema#/definitions/positiveInteger"}"##, "1", true),
            (##"{"$ref":"https://json-schema.org/draft-04/schema#/definitions/stringArray"}"##, "[1]", false),
            (
                ##"{"$ref":"http://json-schema.org/draft-07/schema#/definitions/nonNegativeInteger"}"##, "-1",
                false
            ),
            (
                ##"{"$ref":"http://json-schema.org/draft-06/schema#/definitions/simpleTypes"}"##,
                ##""array""##, true
            ),
            (##"{"$ref":"http://json-schema.org/schema#"}"##, ##"{"type":1}"##, false),
            (##"{"$schema":"http://json-schema.org/schema#","type":"null"}"##, "null", true),
            (##"{"$schema":"http://json-schema.org/draft-04/hyper-schema#","type":"null"}"##, "null", true),
        ])
    func references(schema: String, text: String, isWritten: Bool) throws {
        #expect(try accepts(schema, text, options: GrammarOptions(whiteSpace: .compact)) == isWritten)
    }
}
