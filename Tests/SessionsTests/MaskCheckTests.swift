import Agent
import JSON
import Sessions
import Testing

@Suite("Checking: would our mask have let each token through")
struct MaskCheckTests {
    private static let schema: JSONValue = [
        "type": "object",
        "properties": [
            "priority": ["enum": ["low", "high"]], "note": ["type": "string", "maxLength": 5],
        ],
        "required": ["priority"], "additionalProperties": false,
    ]

    /// A scored token: its text, and rivals with their log-probabilities.
    private struct Scored {
        var text: String
        var logProbability = -0.1
        var rivals: [(String, Double)] = []

        var json: JSONValue {
            func entry(_ text: String, _ value: Double) -> [JSONObject.Member] {
                [
                    .init(key: "token", value: .string(text)),
                    .init(key: "logprob", value: .number(JSONNumber(value) ?? JSONNumber(0))),
                ]
            }
            let top = ([(text, logProbability)] + rivals).map {
                JSONValue.object(JSONObject(entry($0.0, $0.1)))
            }
            return .object(
                JSONObject(entry(text, logProbability) + [.init(key: "top_logprobs", value: .array(top))]))
        }
    }

    private static let tools: JSONValue = [
        ["type": "function", "function": ["name": "create_ticket", "parameters": schema]]
    ]

    /// A streamed response of Chat Completions that calls the tool, beside its request, imported.
    private static func call(_ tokens: [Scored]) throws -> [Event] {
        func chunk(_ choice: JSONValue) -> String {
            "data: " + (["choices": [choice]] as JSONValue).text() + "\n\n"
        }
        var stream = chunk([
            "index": 0,
            "delta": [
                "tool_calls": [
                    ["index": 0, "id": "c1", "function": ["name": "create_ticket", "arguments": ""]]
                ]
            ],
        ])
        for token in tokens {
            stream += chunk([
                "index": 0,
                "delta": [
                    "tool_calls": [["index": 0, "function": ["arguments": .string(token.text)]]]
                ],
                "logprobs": ["content": [token.json]],
            ])
        }
        stream += chunk(["index": 0, "delta": [:], "finish_reason": "tool_calls"]) + "data: [DONE]\n\n"
        return try events([
            "request": ["model": "m", "messages": [["role": "user", "content": "help"]], "tools": tools],
            "response": .string(stream),
        ])
    }

    private static func events(_ document: JSONValue) throws -> [Event] {
        try #require(try SessionImport(Array(document.text().utf8), name: "x").sessions.first)
    }

    private static func check(_ events: [Event], answer: JSONValue? = nil) throws -> MaskCheck {
        try #require(try MaskCheck(events, answer: answer))
    }

    @Test("arguments that keep to their schema pass, token by token")
    func passing() throws {
        let texts = ["{\"", "priority", "\":", " \"", "high", "\"}"]
        let found = try Self.check(try Self.call(texts.map { Scored(text: $0) }))
        #expect(found.tokens == 6 && found.passed == 6 && found.values == 1)
        #expect(found.departures.isEmpty)
        #expect(found.enforcement == .untold)
    }

    @Test("the token that leaves the schema is named with keyword and pointer: no mask ruled")
    func departure() throws {
        let texts = ["{\"", "priority", "\": \"", "urgent", "\"}"]
        let found = try Self.check(try Self.call(texts.map { Scored(text: $0) }))
        #expect(found.passed == 3)
        #expect(found.enforcement == .absent)
        let departure = try #require(found.departures.first)
        #expect(found.departures.count == 1)
        #expect(departure.tool == "create_ticket" && departure.text == "urgent")
        #expect(departure.line.contains("/properties/priority/enum"))
    }

    @Test("arguments that end too early leave their schema at the end")
    func early() throws {
        let found = try Self.check(try Self.call(["{", "}"].map { Scored(text: $0) }))
        #expect(found.enforcement == .absent)
    }

    @Test("where no rival ever breaks the schema, the server seems to mask")
    func masked() throws {
        let tokens = [
            Scored(text: "{\"", rivals: [("{", -3)]), Scored(text: "priority", rivals: [("note", -2)]),
            Scored(text: "\":"), Scored(text: " \"high", rivals: [(" \"", -4)]), Scored(text: "\"}"),
        ]
        #expect(try Self.check(try Self.call(tokens)).enforcement == .likely(places: 3))
    }

    @Test("where the likeliest token breaks the schema and another was written, something overruled it")
    func overruled() throws {
        let tokens = [
            Scored(text: "{\"priority\": \""),
            Scored(text: "high", logProbability: -3, rivals: [("urgent", -0.2), ("low", -4)]),
            Scored(text: "\"}"),
        ]
        #expect(try Self.check(try Self.call(tokens)).enforcement == .overruled(places: 1))
    }

    @Test("words are held to the schema of the answer, where one is given")
    func answers() throws {
        func response(_ texts: [String]) throws -> [Event] {
            try Self.events([
                "choices": [
                    [
                        "index": 0, "finish_reason": "stop",
                        "message": ["role": "assistant", "content": .string(texts.joined())],
                        "logprobs": ["content": .array(texts.map { Scored(text: $0).json })],
                    ]
                ]
            ])
        }
        let good = try response(["{\"priority\"", ": \"low\"", "}"])
        #expect(try Self.check(good).tokens == 0)
        #expect(try Self.check(good, answer: Self.schema).departures.isEmpty)
        let bad = try Self.check(try response(["Sure", ": {\"priority\": \"low\"}"]), answer: Self.schema)
        #expect(bad.departures.first?.text == "Sure" && bad.departures.first?.tool == nil)
        #expect(bad.enforcement == .absent)
    }

    @Test("calls whose tokens nobody told are held whole")
    func whole() throws {
        let events = try Self.events([
            "request": [
                "model": "m", "messages": [["role": "user", "content": "help"]], "tools": Self.tools,
            ],
            "response": [
                "choices": [
                    [
                        "index": 0, "finish_reason": "tool_calls",
                        "message": [
                            "role": "assistant",
                            "tool_calls": [
                                [
                                    "id": "c1", "type": "function",
                                    "function": [
                                        "name": "create_ticket",
                                        "arguments": "{\"priority\": \"low\", \"note\": \"too long\"}",
                                    ],
                                ]
                            ],
                        ],
                    ]
                ]
            ],
        ])
        let found = try Self.check(events)
        #expect(found.values == 1 && found.passed == 0)
        #expect(found.departures.first?.line.contains("maxLength") == true)
    }
}
