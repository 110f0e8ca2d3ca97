import Agent
import Formats
import JSON
import Testing

@testable import Attach

@Suite("The catalogue of an attached client")
struct AttachedCatalogueTests {
    private func catalogue(_ path: String, _ tools: JSONValue) throws -> AttachedCatalogue {
        let body: JSONValue = ["messages": [], "contents": [], "tools": tools]
        let endpoint = try #require(ModelEndpoint(method: "POST", path: path))
        var catalogue = AttachedCatalogue()
        catalogue.take(try AgentRequest(endpoint, body: Array(body.text().utf8)), else: [])
        return catalogue
    }

    private func isRefused(_ arguments: String, by catalogue: AttachedCatalogue) -> Bool {
        !catalogue.problems(name: "note", arguments: ByteString(arguments)).isEmpty
    }

    @Test("A schema in Gemini's own words checks calls")
    func gemini() throws {
        let catalogue = try catalogue(
            "/v1beta/models/m:generateContent",
            [
                [
                    "functionDeclarations": [
                        [
                            "name": "note",
                            "parameters": [
                                "type": "OBJECT",
                                "properties": [
                                    "text": ["type": "STRING"], "by": ["type": "STRING", "nullable": true],
                                ],
                                "required": ["text"],
                            ],
                        ]
                    ]
                ]
            ])
        #expect(catalogue.notes.isEmpty)
        #expect(!isRefused(#"{"text":"x","by":null}"#, by: catalogue))
        #expect(isRefused(#"{"by":"x"}"#, by: catalogue))
        #expect(isRefused(#"{"text":null}"#, by: catalogue))
    }

    @Test("Of a faulty schema the rest checks calls, and what was left out is told")
    func faulty() throws {
        let catalogue = try catalogue(
            "/v1/messages",
            [
                [
                    "name": "note",
                    "input_schema": [
                        "type": "object", "properties": ["n": ["type": "integer", "minimum": "low"]],
                        "required": ["n"],
                    ],
                ]
            ])
        #expect(catalogue.notes.map(\.tool) == ["note"])
        #expect(!isRefused(#"{"n":-1}"#, by: catalogue))
        #expect(isRefused(#"{"n":"x"}"#, by: catalogue))
        #expect(isRefused("{}", by: catalogue))
    }

    @Test("What is no schema checks nothing, and is told")
    func none() throws {
        let catalogue = try catalogue("/v1/messages", [["name": "note", "input_schema": "text"]])
        #expect(catalogue.notes.map(\.kind) == [.ignored])
        #expect(!isRefused("{}", by: catalogue))
    }
}
