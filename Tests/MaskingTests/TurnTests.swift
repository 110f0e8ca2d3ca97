import JSON
import Testing

@testable import Masking

@Suite("Matcher: an assistant's turn")
struct TurnTests {
    static let tools: [CallableTool] = [
        CallableTool(
            name: "get_ticket",
            parameters: [
                "type": "object", "properties": ["id": ["type": "string", "pattern": "^T-[0-9]{4}$"]],
                "required": ["id"],
                "additionalProperties": false,
            ]),
        CallableTool(
            name: "get_open_tickets",
            parameters: [
                "type": "object", "properties": ["priority": ["enum": ["low", "medium", "high"]]],
                "required": ["priority"], "additionalProperties": false,
            ]),
    ]

    func start(_ choice: CallChoice = .auto, maximumCalls: Int = 2, tagsAreTokens: Bool = true) throws
        -> Matcher
    {
        var entries: [VocabularyEntry] = [
            .special("<end>"), .special("<tool_call>"), .special("</tool_call>"),
        ]
        if !tagsAreTokens { entries = [.special("<end>"), .unused, .unused] }
        entries += (0...255).map { .bytes([UInt8($0)]) }
        let engine = MaskEngine(vocabulary: try Vocabulary(entries: entries, endOfTurn: [0]))
        return try engine.matcher(
            for: Grammar(turn: TurnGrammar(tools: Self.tools, choice: choice, maximumCalls: maximumCalls)))
    }

    func write(_ matcher: inout Matcher, call body: String) throws {
        try matcher.advance(SmallWorld.call)
        try matcher.advance(bytes: body.utf8)
        try matcher.advance(SmallWorld.closeCall)
    }

    @Test("free text ends where its characters are whole")
    func text() throws {
        var here = try start()
        #expect(!here.canEnd)
        try here.advance(bytes: Array("Tickets: caf".utf8) + [0xC3])
        #expect(!here.canEnd)
        #expect(!here.allowed().contains(SmallWorld.end))
        try here.advance(bytes: [0xA9])
        #expect(here.allowed().contains(SmallWorld.end))
        #expect(!here.allowed().contains(SmallWorld.call))
    }

    @Test("one call, then another, then the end")
    func calls() throws {
        var here = try start()
        #expect(here.allowed().contains(SmallWorld.call))
        try write(&here, call: "\n{\"name\": \"get_ticket\", \"arguments\": {\"id\": \"T-1042\"}}\n")
        #expect(here.canEnd)
        try here.advance(bytes: "\n".utf8)
        #expect(!here.canEnd)
        try write(
            &here, call: "\n{\"name\": \"get_open_tickets\", \"arguments\": {\"priority\": \"high\"}}\n")
        #expect(here.allowed() == TokenSet([SmallWorld.end], capacity: here.vocabulary.count))
    }

    @Test("tags spelled in bytes are calls where the vocabulary has no such tokens")
    func literalTags() throws {
        var here = try start(tagsAreTokens: false)
        try here.advance(
            bytes: "<tool_call>\n{\"name\": \"get_ticket\", \"arguments\": {\"id\":\"T-0001\"}}\n</tool_call>"
                .utf8)
        #expect(here.canEnd)
        var text = try start(tagsAreTokens: false)
        #expect(throws: MaskRefusal.self) { try text.advance(bytes: "see <tool_call>".utf8) }
    }

    @Test("the choice is kept")
    func choice() throws {
        #expect(try !start(.none).allowed().contains(SmallWorld.call))
        #expect(try start(.required).allowed().count == 1)
        var named = try start(.tool("get_ticket"))
        try named.advance(SmallWorld.call)
        #expect(throws: MaskRefusal.self) { try named.advance(bytes: "\n{\"name\": \"get_o".utf8) }
    }

    @Test("a refusal names the tool, the pointer and the keyword")
    func explains() throws {
        var here = try start()
        try here.advance(SmallWorld.call)
        try here.advance(bytes: "\n{\"name\": \"get_open_tickets\", \"arguments\": {\"priority\": \"".utf8)
        let explanation = here.explain(bytes: Array("urgent".utf8))
        #expect(
            explanation.description
                == #"get_open_tickets /properties/priority/enum: only "low", "medium", "high" can follow; "u" fits none"#
        )
    }
}
