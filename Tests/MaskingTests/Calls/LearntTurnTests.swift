import CallTemplates
import ChatTemplates
import JSON
import Testing

@testable import Masking

/// The mask that follows from what was learnt of a template.
@Suite struct LearntTurnTests {
    static let clock = TemplateClock(year: 2026, month: 7, day: 4)
    static let simple = (name: "close_order", arguments: #"{"id": "o-1"}"#)
    static let rich = (
        name: "find_orders",
        arguments: #"""
        {"about": "He said \"no\" <b> {x}", "limit": 12, "open": true, "by": {"field": "date", "size": 2.5}, "tags": ["new", "hot"]}
        """#
    )
    static let answers: [CallConversation.Answer] = [
        .init(calls: [simple]), .init(calls: [rich]), .init(words: "Nothing is open."),
        .init(calls: [rich, simple]), .init(calls: [rich, simple, simple]),
        .init(words: "I shall look.", calls: [simple]),
        .init(thinking: "Which is it?", calls: [simple]),
    ]

    static func masked(_ template: CallTemplate, asTokens: Bool) throws -> MaskedTurn {
        let tags = asTokens ? SpecialTokenNames.candidates(in: template.source) : []
        return try MaskedTurn(
            CallConversation(template.source, tags: tags, clock: clock), answers: answers)
    }

    @Test(arguments: CallTemplate.all, [false, true])
    func whatTheTemplateWritesIsInTheMask(template: CallTemplate, asTokens: Bool) throws {
        let masked = try Self.masked(template, asTokens: asTokens)
        for answer in Self.answers {
            guard answer.calls.count < 2 || template.takesSeveral,
                answer.words.isEmpty || answer.calls.isEmpty || template.takesWords,
                answer.thinking == nil || template.thinks
            else { continue }
            let turn = try masked.conversation.turn(answer)
            let fault = try masked.fault(turn)
            #expect(fault == nil, "\(turn)")
            guard !answer.calls.isEmpty, answer.words.isEmpty else { continue }
            #expect(try masked.fault(turn, .required) == nil)
            #expect(try masked.fault(turn, .none) != nil)
        }
    }

    @Test(arguments: CallTemplate.all, [false, true])
    func aChoiceHoldsTheModelToCalls(template: CallTemplate, asTokens: Bool) throws {
        let masked = try Self.masked(template, asTokens: asTokens)
        let words = try masked.conversation.turn(.init(words: "Nothing is open."))
        #expect(try masked.fault(words, .none) == nil)
        #expect(try masked.fault(words, .required) != nil)
        let other = try masked.conversation.turn(.init(calls: [Self.simple]))
        #expect(try masked.fault(other, .tool("close_order")) == nil)
        #expect(try masked.fault(other, .tool("find_orders")) != nil)
        #expect(throws: GrammarError.noSuchTool("no_such")) { try masked.matcher(.tool("no_such")) }
    }

    @Test(arguments: CallTemplate.all, [false, true])
    func argumentsAreHeldToTheSchema(template: CallTemplate, asTokens: Bool) throws {
        let masked = try Self.masked(template, asTokens: asTokens)
        var wrong = [
            #"{"about": "x", "limit": "many"}"#, #"{"limit": 3}"#, #"{"about": "x", "open": "maybe"}"#,
        ]
        // Within tags alone a text of digits is a text.
        if template.nestsInJSON {
            wrong += [#"{"about": "x", "tags": [1]}"#, #"{"about": "x", "by": {"field": 7}}"#]
        }
        for arguments in wrong {
            let turn = try masked.conversation.turn(.init(calls: [("find_orders", arguments)]))
            #expect(try masked.fault(turn) != nil, "\(turn)")
        }
    }

    @Test func wordsMayNotSpellWhatBeginsACall() throws {
        let masked = try Self.masked(CallTemplate.all[0], asTokens: false)
        var here = try masked.matcher()
        try here.advance(bytes: "See ".utf8)
        var shown = here
        try shown.advance(bytes: "<call".utf8)
        #expect(throws: MaskRefusal.self) { try shown.advance(bytes: "> is a tag".utf8) }
        try shown.advance(bytes: "er> is a tag".utf8)
        #expect(shown.canEnd)
    }

    @Test func onlyTheTemplatesOwnTokensStandInACall() throws {
        let masked = try Self.masked(CallTemplate.all[0], asTokens: true)
        let vocabulary = masked.vocabulary.vocabulary
        var here = try masked.matcher(.required)
        let call = try #require(vocabulary.specialTokens["<call>"])
        let special = Set(vocabulary.specialTokens.values)
        #expect(here.allowed().filter { special.contains($0) }.contains(call))
        try here.advance(call)
        try here.advance(bytes: "\n{\"name\": \"close_order\", \"arguments\": {\"id\": \"".utf8)
        #expect(!here.allowed().contains { special.contains($0) })
    }

    @Test func rawTextIsHeldToListsPatternsAndLengths() throws {
        let tool = CallableTool(
            name: "set",
            parameters: [
                "type": "object",
                "properties": [
                    "level": ["enum": ["low", "high", 3]],
                    "code": ["type": "string", "pattern": "^[A-Z]{2}$"],
                    "word": ["type": "string", "minLength": 2, "maxLength": 3],
                    "any": ["type": ["string", "null"]], "ref": ["$ref": "#/$defs/size"],
                ],
                "required": ["level"], "$defs": ["size": ["type": "integer", "minimum": 2, "maximum": 4]],
            ])
        let template = try #require(CallTemplate.all.first { $0.style == "tags of keys and values" })
        let syntax = try CallConversation(template.source, tags: [], clock: Self.clock).syntax
        let engine = MaskEngine(
            vocabulary: try Vocabulary(
                entries: (0...255).map { .bytes([UInt8($0)]) } + [.special("<end>")], endOfTurn: [256]))
        func isAllowed(_ members: [(String, String)]) throws -> Bool {
            var here = try engine.matcher(
                for: Grammar(learnt: LearntTurn(tools: [tool], syntax: syntax, choice: .required)))
            let text = members.map { "<key>\($0)</key><value>\($1)</value>" }.joined()
            return (try? here.advance(bytes: "<call>set\(text)</call>".utf8)) != nil && here.canEnd
        }
        #expect(try isAllowed([("level", "low")]))
        #expect(try isAllowed([("level", "3"), ("code", "AB")]))
        #expect(
            try isAllowed([("ref", "4"), ("any", "null"), ("word", "abc"), ("code", "AB"), ("level", "high")])
        )
        #expect(try isAllowed([("level", "low"), ("any", "some \"text\"\nand <b>")]))
        #expect(try !isAllowed([("level", "middle")]))
        #expect(try !isAllowed([("code", "AB")]))
        #expect(try !isAllowed([("level", "low"), ("level", "low")]))
        #expect(try !isAllowed([("level", "low"), ("code", "abc")]))
        #expect(try !isAllowed([("level", "low"), ("word", "abcd")]))
        #expect(try !isAllowed([("level", "low"), ("word", "a")]))
        #expect(try !isAllowed([("level", "low"), ("ref", "5")]))
        #expect(try !isAllowed([("level", "low"), ("other", "5")]))
    }
}
