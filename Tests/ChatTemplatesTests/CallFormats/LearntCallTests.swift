import CallTemplates
import ChatTemplates
import Foundation
import JSON
import Testing

/// What is learnt of calls from templates of ours, each in the style of a family.
@Suite struct LearntCallTests {
    static let simple = (name: "close_order", arguments: #"{"id": "o-1"}"#)
    static let rich = (
        name: "find_orders",
        arguments: #"""
        {"about": "He said \"no\" <b>\n\n{x} & \u00e9", "limit": 12, "open": true, "by": {"field": "date", "size": 2.5}, "tags": ["new", "hot"]}
        """#
    )

    static func read(_ pieces: [TokenPiece], _ conversation: CallConversation) -> ReadResponse {
        var reader = ResponseReader(conversation.syntax, schemas: CallConversation.schemas)
        for piece in pieces {
            switch piece {
            case .text(let text): reader.append(bytes: text.utf8)
            case .special(let name): reader.append(bytes: [], special: name)
            }
        }
        return reader.response
    }

    static func conversation(_ template: CallTemplate, asTokens: Bool) throws -> CallConversation {
        let tags = asTokens ? SpecialTokenNames.candidates(in: template.source) : []
        return try CallConversation(template.source, tags: tags, clock: Fixtures.clock)
    }

    private func isSame(
        _ read: ReadResponse, _ calls: [(name: String, arguments: String)]
    ) -> Bool {
        read.fault == nil && read.isWhole && isSame(read.calls, calls)
    }

    private func isSame(
        _ read: [ReadResponse.Call], _ calls: [(name: String, arguments: String)]
    ) -> Bool {
        read.count == calls.count
            && zip(read, calls).allSatisfy { found, made in
                guard let left = try? JSONParser.parse(found.arguments),
                    let right = try? JSONParser.parse(made.arguments)
                else { return false }
                return found.name == made.name && left.isEquivalent(to: right)
            }
    }

    @Test(arguments: CallTemplate.all, [false, true])
    func aCallThatTheTemplateWritesIsReadBack(template: CallTemplate, asTokens: Bool) throws {
        let conversation = try Self.conversation(template, asTokens: asTokens)
        for calls in [[Self.simple], [Self.rich], [Self.rich, Self.simple, Self.simple]] {
            guard calls.count == 1 || template.takesSeveral else { continue }
            let turn = try conversation.turn(.init(calls: calls))
            let read = Self.read(turn, conversation)
            #expect(isSame(read, calls), "\(turn) was read as \(read)")
            #expect(read.text.isEmpty && read.hasBegunCall)
        }
    }

    @Test(arguments: CallTemplate.all, [false, true])
    func wordsAndThinkingAreToldApartFromCalls(template: CallTemplate, asTokens: Bool) throws {
        let conversation = try Self.conversation(template, asTokens: asTokens)
        let words = try conversation.turn(.init(words: "Nothing is <open>."))
        let read = Self.read(words, conversation)
        #expect(
            read.text == "Nothing is <open>." && read.calls.isEmpty && read.fault == nil, "\(words): \(read)")
        if template.takesWords {
            let both = Self.read(
                try conversation.turn(.init(words: "I shall look.", calls: [Self.simple])), conversation)
            #expect(both.text == "I shall look." && isSame(both, [Self.simple]), "\(both)")
        }
        guard template.thinks else {
            #expect(conversation.syntax.thinking == nil)
            return
        }
        let thought = Self.read(
            try conversation.turn(.init(thinking: "Which is it?", calls: [Self.simple])), conversation)
        #expect(thought.thinking == "Which is it?" && isSame(thought, [Self.simple]), "\(thought)")
    }

    @Test(arguments: CallTemplate.all, [false, true])
    func aCallIsSpelledAsTheTemplateSpellsIt(template: CallTemplate, asTokens: Bool) throws {
        let conversation = try Self.conversation(template, asTokens: asTokens)
        for call in [Self.simple, Self.rich] {
            let spelled = conversation.syntax.spelling(of: [.init(name: call.name, arguments: call.arguments)]
            )
            let turn = try conversation.turn(.init(calls: [call]))
            // Around the end of thinking white space is the model's own.
            if conversation.syntax.thinking?.isOpen == true {
                #expect(isSame(Self.read(spelled ?? [], conversation), [call]))
            } else {
                #expect(spelled == turn, "\(String(describing: spelled)) and \(turn)")
            }
        }
    }

    /// A vocabulary's own end of a turn need not be the template's.
    @Test(arguments: CallTemplate.all, [false, true])
    func aCallIsReadBackWhicheverTokenEndsTheTurn(template: CallTemplate, asTokens: Bool) throws {
        let conversation = try Self.conversation(template, asTokens: asTokens)
        var open = conversation.syntax
        open.turnEnd = []
        let bare = (name: "close_order", arguments: "{}")
        for calls in [
            [Self.simple], [Self.rich], [bare], [Self.rich, Self.simple, Self.simple], [Self.simple, bare],
        ] {
            guard let turn = open.spelling(of: calls.map { .init(name: $0.name, arguments: $0.arguments) })
            else { continue }
            let read = Self.read(turn + [.special("<the end>")], conversation)
            #expect(isSame(read, calls), "\(turn) was read as \(read)")
        }
    }

    @Test(arguments: CallTemplate.all)
    func aResponseThatIsNotWholeYetIsReadAsFarAsItGoes(template: CallTemplate) throws {
        let conversation = try Self.conversation(template, asTokens: false)
        let turn = try conversation.turn(.init(calls: [Self.simple]))
        guard case .text(let text)? = turn.first else { return }
        for length in 0..<text.utf8.count {
            var reader = ResponseReader(conversation.syntax, schemas: CallConversation.schemas)
            reader.append(bytes: text.utf8.prefix(length))
            let read = reader.response
            #expect(read.calls.isEmpty || isSame(read.calls, [Self.simple]))
        }
    }

    @Test func aTagThatIsATokenCountsOnlyAsThat() throws {
        let conversation = try Self.conversation(CallTemplate.all[0], asTokens: true)
        let words = #"<call>\#n{"name": "close_order", "arguments": {"id": "o-1"}}\#n</call>"#
        let read = Self.read([.text(words)], conversation)
        #expect(read.calls.isEmpty && read.text == words)
    }

    @Test func whatWasLearntIsKeptAsData() throws {
        for template in CallTemplate.all {
            let syntax = try Self.conversation(template, asTokens: true).syntax
            let kept = try JSONEncoder().encode(syntax)
            #expect(try JSONDecoder().decode(CallSyntax.self, from: kept) == syntax)
        }
    }

    @Test(arguments: [
        (
            "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}",
            CallSyntaxFailure.toolsAreNotTold
        ),
        (
            "{{ tools | tojson }}{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}",
            .callsAreNotWritten
        ),
        (
            """
            {{ tools | tojson }}{% for m in messages %}{% if m.tool_calls %}{{ raise_exception('no calls here') }}{% endif %}\
            {{ m.content }}{% endfor %}
            """, .refused("no calls here")
        ),
    ])
    func aTemplateThatWritesNoCallsIsNamedWithTheReason(source: String, reason: CallSyntaxFailure) {
        #expect(throws: reason) { try CallConversation(source, tags: [], clock: Fixtures.clock) }
    }
}
