import Foundation
import JSON
import Masking

/// Schemas made to exhaust an engine: each must end in masks or in a clear error, soon and in little memory.
public enum HostileSchemas {
    /// Every case by name; the documents are built when they are asked for.
    public static let cases: [(name: String, schema: @Sendable () -> JSONValue)] = [
        ("nested repetition", { pattern("^(a+)+$") }),
        ("ambiguous repetition", { pattern("^(a|a|aa)*b$") }),
        ("exponential automaton", { pattern("^.*a.{40}$") }),
        ("exponential automaton, looking ahead", { pattern("^(?=.*a.{30}$)(?=.*b.{31}$).*c.{29}$") }),
        ("counted repetition of counted repetition", { pattern("^((a{1,1000}){1,1000}){1,1000}$") }),
        ("wide counts", { pattern("^([a-z]{0,500}\\.){0,500}[a-z]{500,1000}$") }),
        ("back-references", { pattern("^(a*)(b*)\\1\\2(?<=b+)\\b$") }),
        ("many alternatives", { pattern((0..<20_000).map { "w\($0)x" }.joined(separator: "|")) }),
        (
            "nested groups",
            {
                pattern(String(repeating: "(", count: 5_000) + "a" + String(repeating: ")*", count: 5_000))
            }
        ),
        ("reference to itself", { parsed(##"{"$ref":"#"}"##) }),
        (
            "references in a ring",
            {
                parsed(##"{"$defs":{"a":{"$ref":"#/$defs/b"},"b":{"$ref":"#/$defs/a"}},"$ref":"#/$defs/a"}"##)
            }
        ),
        (
            "recursion without end",
            {
                parsed(##"{"type":"object","properties":{"a":{"$ref":"#"}},"required":["a"]}"##)
            }
        ),
        (
            "recursion that doubles",
            {
                parsed(
                    ##"{"anyOf":[{"items":{"$ref":"#"}},{"additionalProperties":{"$ref":"#"}},{"not":{"$ref":"#"}}]}"##
                )
            }
        ),
        ("dynamic scopes", { dynamicScopes(40) }),
        (
            "100,000 strings to choose from",
            {
                object([
                    ("enum", .array((0..<100_000).map { .string("value number \($0 &* 7919 % 100_003)") }))
                ])
            }
        ),
        (
            "100,000 numbers to choose from",
            {
                object([("enum", .array((0..<100_000).map { .number(JSONNumber($0 * 37)) }))])
            }
        ),
        (
            "20,000 objects to choose from",
            {
                object([("enum", .array((0..<20_000).map { ["id": .number(JSONNumber($0)), "of": "x"] }))])
            }
        ),
        (
            "100,000 properties, all required",
            {
                let keys = (0..<100_000).map { "key\($0)" }
                return object([
                    ("properties", object(keys.map { ($0, ["type": "integer"]) })),
                    ("required", .array(keys.map { .string($0) })),
                ])
            }
        ),
        (
            "10 MB of description",
            { object([("description", .string(String(repeating: "lorem ", count: 1_700_000)))]) }
        ),
        (
            "10 MB of nested schemas",
            {
                object([
                    (
                        "anyOf",
                        .array(
                            (0..<80_000).map { number in
                                object([
                                    ("type", "object"),
                                    (
                                        "properties",
                                        object([("p\(number)", ["type": "string", "maxLength": 9])])
                                    ),
                                ])
                            })
                    )
                ])
            }
        ),
        (
            "a deep schema",
            {
                parsed(
                    String(repeating: #"{"items":"#, count: 400) + "{}" + String(repeating: "}", count: 400))
            }
        ),
        (
            "negations in a tower",
            {
                parsed(
                    String(repeating: #"{"not":"#, count: 300) + #"{"type":"string"}"#
                        + String(repeating: "}", count: 300))
            }
        ),
        (
            "exactly one of 300",
            {
                object([
                    ("oneOf", .array((0..<300).map { object([("required", .array([.string("k\($0)")]))]) }))
                ])
            }
        ),
        (
            "40 choices at once",
            {
                object([
                    (
                        "allOf",
                        .array(
                            (0..<40).map { number in
                                object([
                                    (
                                        "anyOf",
                                        .array([
                                            object([("required", .array([.string("a\(number)")]))]),
                                            object([("required", .array([.string("b\(number)")]))]),
                                        ])
                                    )
                                ])
                            })
                    )
                ])
            }
        ),
        (
            "40 choices of strings at once",
            {
                object([
                    ("type", "string"),
                    (
                        "allOf",
                        .array(
                            (0..<40).map { number in
                                object([
                                    (
                                        "anyOf",
                                        .array([
                                            object([("pattern", .string("a.{\(number)}b"))]),
                                            object([("minLength", .number(JSONNumber(number * 3)))]),
                                        ])
                                    )
                                ])
                            })
                    ),
                ])
            }
        ),
        (
            "counts beyond reason",
            {
                parsed(
                    #"{"type":"array","minItems":1000000000,"items":{"type":"string","minLength":1000000000,"maxLength":2000000000}}"#
                )
            }
        ),
        (
            "numbers beyond reason",
            {
                parsed(#"{"type":"number","multipleOf":1e-300,"minimum":-1e300,"exclusiveMaximum":1e300}"#)
            }
        ),
        ("an exponent beyond reason", { parsed(#"{"const":1e1000000000}"#) }),
        (
            "contains without end",
            {
                parsed(##"{"contains":{"$ref":"#"},"minContains":1000000,"maxContains":2000000}"##)
            }
        ),
        (
            "unevaluated alternatives",
            {
                object([
                    (
                        "anyOf",
                        .array(
                            (0..<200).map { number in
                                object([("properties", object([("p\(number)", .bool(true))]))])
                            })
                    ),
                    ("unevaluatedProperties", .bool(false)),
                ])
            }
        ),
    ]

    /// What became of one case.
    public struct Outcome: Sendable {
        /// The case.
        public var name: String
        /// The error, or how many tokens were written.
        public var outcome: String
        /// Processor time in seconds, from the schema to the last token.
        public var seconds: Double
        /// The most memory of the process so far in megabytes, where the system tells.
        public var peakMegabytes: Double?
    }

    /// Compiles a case and writes up to `tokens` tokens, always the first, the last or the middle one allowed.
    public static func run(_ name: String, vocabulary: Vocabulary, tokens: Int) -> Outcome? {
        guard let entry = cases.first(where: { $0.name == name }) else { return nil }
        let schema = entry.schema()
        let begun = clock()
        var outcome: String
        do {
            var matcher = try MaskEngine(vocabulary: vocabulary).matcher(for: Grammar(schema: schema))
            var written = 0
            while written < tokens {
                let allowed = Array(matcher.allowed()).filter { !vocabulary.endOfTurn.contains($0) }
                guard let first = allowed.first, let last = allowed.last else { break }
                try matcher.advance([first, allowed[allowed.count / 2], last][written % 3])
                written += 1
            }
            outcome = "\(written) tokens"
        } catch {
            outcome = "\(error)"
        }
        if outcome.utf8.count > 200 { outcome = String(outcome.prefix(160)) + " …" }
        return Outcome(
            name: name, outcome: outcome, seconds: Double(clock() - begun) / Double(CLOCKS_PER_SEC),
            peakMegabytes: ProcessMemory.peak)
    }

    private static func object(_ members: [(String, JSONValue)]) -> JSONValue {
        .object(JSONObject(members.map { JSONObject.Member(key: $0.0, value: $0.1) }))
    }

    private static func pattern(_ source: String) -> JSONValue {
        object([("type", "string"), ("pattern", .string(source))])
    }

    private static func parsed(_ text: String) -> JSONValue { (try? JSONParser.parse(text)) ?? .null }

    /// Resources that each move each other's anchors.
    private static func dynamicScopes(_ count: Int) -> JSONValue {
        let resources = (0..<count).map { number in
            (
                "r\(number)",
                object(
                    [
                        ("$id", .string("r\(number)")), ("$dynamicAnchor", .string("a\(number % 7)")),
                        (
                            "anyOf",
                            .array(
                                (0..<7).map { object([("$dynamicRef", .string("#a\($0)"))]) }
                                    + (0..<5).map {
                                        object([
                                            (
                                                "items",
                                                object([("$ref", .string("r\((number + $0 + 1) % count)"))])
                                            )
                                        ])
                                    })
                        ),
                    ] + [
                        (
                            "$defs",
                            object(
                                (0..<7).map { ("d\($0)", object([("$dynamicAnchor", .string("a\($0)"))])) })
                        )
                    ])
            )
        }
        return object([("$id", "http://example.com/root"), ("$defs", object(resources)), ("$ref", "r0")])
    }
}
