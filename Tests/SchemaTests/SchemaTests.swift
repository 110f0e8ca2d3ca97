import JSON
import Testing

@testable import Schema

private func compile(_ text: String) throws -> CompiledSchema {
    try CompiledSchema(try JSONParser.parse(text))
}

private func violations(_ schema: String, _ instance: String) throws -> [String] {
    try compile(schema).validate(try JSONParser.parse(instance)).map {
        "\($0.instancePointer) \($0.schemaPointer): \($0.message)"
    }
}

@Suite struct ValidationTests {
    @Test func violationsNameInstanceSchemaAndReason() throws {
        let schema = """
            {"type": "object", "required": ["id"], "additionalProperties": false,
             "properties": {"id": {"$ref": "#/$defs/id"}, "n": {"type": "integer", "minimum": 1, "maximum": 20}},
             "$defs": {"id": {"type": "string", "pattern": "^T-[0-9]{4}$"}}}
            """
        #expect(try violations(schema, #"{"id": "T-1042", "n": 2.0}"#) == [])
        #expect(try violations(schema, "{}") == [#" /required: must have "id""#])
        #expect(
            try violations(schema, #"{"id": "1042", "n": 21, "x": 1}"#) == [
                "/id /properties/id/$ref/pattern: must match ^T-[0-9]{4}$",
                "/n /properties/n/maximum: must be at most 20",
                #" /additionalProperties: must not have "x"; there are "id", "n""#,
            ])
    }

    @Test func lengthsCountCharactersNotBytes() throws {
        #expect(try violations(#"{"maxLength": 2}"#, #""é😀""#) == [])
        #expect(try violations(#"{"maxLength": 1}"#, #""é😀""#).count == 1)
    }

    @Test func canonicallyEquivalentValuesAreDifferent() throws {
        #expect(try violations("{\"enum\": [\"e\u{301}\"]}", "\"\u{e9}\"").count == 1)
    }
}

@Suite struct CompilationTests {
    @Test(arguments: [
        (#"{"type": "strin"}"#, "/type", "no type"), (#"{"minLength": -1}"#, "/minLength", "whole number"),
        (##"{"$ref": "#/nowhere"}"##, "/$ref", "refers to nothing"),
        (#"{"$ref": "http://example.com/x"}"#, "/$ref", "nothing is fetched"),
        (#"{"pattern": "a("}"#, "/pattern", "not closed"), (#"{"enum": 1}"#, "/enum", "array"),
        (#"{"items": 3}"#, "/items", "object or a boolean"), (##"{"$ref": "#"}"##, "its root", "circle"),
        (##"{"anyOf": [{"$ref": "#/anyOf/1"}, {"$ref": "#/anyOf/0"}]}"##, "anyOf", "circle"),
    ])
    func faultsAreNamedWithTheirPlace(schema: String, place: String, reason: String) throws {
        let error = #expect(throws: SchemaError.self) { try compile(schema) }
        let text = try #require(error).description
        #expect(text.contains(place) && text.contains(reason), "\(text)")
    }

    @Test func unknownKeywordsSayNothingUnlessTheyAreToBeRefused() throws {
        let schema = try JSONParser.parse(#"{"properties": {"a": {"typ": "string", "x-note": 1}}}"#)
        #expect(try CompiledSchema(schema).isValid(["a": 1]))
        let error = #expect(throws: SchemaError.self) {
            try CompiledSchema(schema, options: SchemaOptions(unknownKeywords: .refused))
        }
        #expect(try #require(error).description.contains("/properties/a/typ: the keyword typ is not known"))
    }
}

@Suite struct PatternTests {
    @Test(arguments: [
        ("^T-[0-9]{4}$", "T-1042", true), ("^T-[0-9]{4}$", "T-10423", false), ("b+", "abbbc", true),
        ("^(a|b)*?c$", "ababc", true), ("^[^\\d\\s]+$", "abc", true), ("^[^\\d\\s]+$", "a c", false),
        ("^\\p{Lu}\\p{L}*$", "Élan", true), ("^\\p{Lu}\\p{L}*$", "élan", false), ("(?<=a)b", "ab", true),
        ("(?<!a)b", "ab", false), ("^(?!.*x).*$", "abc", true), ("^(?!.*x).*$", "axc", false),
        ("^(.)\\1$", "aa", true), ("^(.)\\1$", "ab", false), ("^(?<q>['\"]).*\\k<q>$", "'x'", true),
        ("\\bfoo\\b", "a foo b", true), ("\\bfoo\\b", "food", false), ("^.$", "😀", true),
        ("^.$", "\n", false),
        ("^\\u{1F600}$", "😀", true), ("^\\ud83d\\ude00$", "😀", true), ("^[\\w-]+@x\\.y$", "a-b@x.y", true),
        ("^a{2,3}$", "aaaa", false), ("a{,2}", "a{,2}", true), ("^$", "", true), ("^(a*)*$", "aaa", true),
        ("^\\x41\\cA?$", "A", true), ("[]]", "]", false), ("^[a\\]]$", "]", true), ("^\\/x$", "/x", true),
    ])
    func verdictsAreThoseOfECMAScript(pattern: String, text: String, matches: Bool) throws {
        #expect(try ECMAPattern(pattern).matches(text) == matches)
    }

    @Test(arguments: ["(", ")", "[", "a**", "*a", "[b-a]", "a{3,2}", "(?<n", "(?x)", "\\", "\\p{Nonsense}"])
    func faultyPatternsAreRefused(pattern: String) {
        #expect(throws: PatternError.self) { try ECMAPattern(pattern) }
    }

    @Test(arguments: [
        ("^(a+)+$", false), ("^(a|a)*$", false), ("^(a|b|ab)*$", true), ("(x+x+)+y", false),
        ("^(a*)*b$", true),
        ("^((a{1,20}){1,20})*b$", true), ("^(\\w|\\d)*\\b$", true), ("^(a|aa)+\\B$", false),
    ])
    func aHostilePatternIsDecidedWithoutBacktracking(pattern: String, matches: Bool) throws {
        let text = String(repeating: "a", count: 5_000) + "b"
        #expect(try ECMAPattern(pattern).matches(text) == matches)
    }

    @Test func aHostilePatternWithABackreferenceEndsInAnError() throws {
        #expect(throws: PatternError.self) {
            try ECMAPattern("^(a+)+\\1$").matches(String(repeating: "a", count: 40) + "b")
        }
        #expect(try ECMAPattern("^.*x$").matches(String(repeating: "a", count: 100_000) + "x"))
    }

    /// The automaton is another way to the same verdicts.
    @Test func theAutomatonAgreesWithBacktracking() throws {
        let seed = UInt64.random(in: 0 ... .max)
        print("seed of theAutomatonAgreesWithBacktracking: \(seed)")
        var random = SeededGenerator(state: seed)
        var compared = 0
        for _ in 0..<3_000 {
            let source = randomPattern(depth: 3, &random)
            guard let pattern = try? ECMAPattern(source), let program = PatternProgram(pattern.root) else {
                continue
            }
            let text = (0..<Int.random(in: 0...8, using: &random)).map { _ in
                "ab -".randomElement(using: &random).map(String.init) ?? ""
            }.joined()
            let scalars = text.unicodeScalars.map(\.value)
            var matcher = PatternMatcher(pattern, scalars, stepLimit: 1_000_000)
            guard let expected = try? matcher.findsMatch() else { continue }
            var steps = 0
            #expect(program.findsMatch(in: scalars, steps: &steps) == expected, "\(source) on \"\(text)\"")
            compared += 1
        }
        #expect(compared > 2_000)
    }

    private func randomPattern(depth: Int, _ random: inout SeededGenerator) -> String {
        let leaf = ["a", "b", ".", "[ab]", "[^a]", "\\b", "\\B", "^", "$", "", "\\w", " "]
        guard depth > 0, let choice = (0..<6).randomElement(using: &random) else {
            return leaf.randomElement(using: &random) ?? "a"
        }
        let inner = randomPattern(depth: depth - 1, &random)
        switch choice {
        case 0: return inner + randomPattern(depth: depth - 1, &random)
        case 1: return "(\(inner)|\(randomPattern(depth: depth - 1, &random)))"
        case 2: return "(?:\(inner))*"
        case 3: return "(\(inner)){1,3}"
        case 4: return "(\(inner))+?"
        default: return leaf.randomElement(using: &random) ?? "a"
        }
    }
}

/// SplitMix64 (Steele, Lea and Flood 2014): the same numbers for the same seed.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

@Suite struct LintTests {
    private func findings(_ text: String) throws -> [String] {
        let tools = try #require(try JSONParser.parse(text).arrayValue).map {
            LintedTool(
                name: $0["name"]?.stringValue ?? "", description: $0["description"]?.stringValue ?? "",
                parameters: $0["parameters"] ?? [:])
        }
        return CatalogueLint.findings(in: tools).map(\.description)
    }

    @Test func aGoodCatalogueHasNoFindings() throws {
        #expect(
            try findings(
                """
                [{"name": "get_ticket", "description": "Look up one ticket by its ID", "parameters": {
                  "type": "object", "required": ["id"], "additionalProperties": false,
                  "properties": {"id": {"type": "string", "pattern": "^T-", "description": "For example T-1"}}}}]
                """) == [])
    }

    @Test func whatIsHardForAModelIsNamedWithItsPlace() throws {
        let found = try findings(
            """
            [{"name": "get", "parameters": {"type": "object", "properties": {"status": {"type": "string"}, "x": {}}}},
             {"name": "get_ticket", "description": "Look up one ticket", "parameters": {"type": "object",
              "additionalProperties": false, "required": ["ticket_id"], "properties": {
                "ticket_id": {"type": "string", "description": "The ID"},
                "how": {"type": "string", "description": "one of fast, slow"}}}},
             {"name": "ticket_get", "description": "Look up one ticket", "parameters": {"typ": 1}}]
            """)
        for expected in [
            "get: the name says too little", "get: there is no description", "get: no parameter is required",
            "get: other members are allowed", "get /properties/status: there is no description",
            "get /properties/status: a free string stands where a choice belongs",
            "get /properties/x: there is no type",
            "get_ticket /properties/ticket_id: an ID without a pattern",
            "get_ticket /properties/how: the description lists the choices",
            "ticket_get: the name differs by little from get_ticket", "ticket_get /typ: the keyword typ",
        ] {
            #expect(found.contains { $0.hasPrefix(expected) }, "\(expected) is missing in \(found)")
        }
    }
}
