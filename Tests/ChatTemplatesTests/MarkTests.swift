import ChatTemplates
import Foundation
import JSON
import Testing

/// What may become a special token: the template's own words, and nothing else.
@Suite struct MarkTests {
    /// Our own template for each way of spelling a tag and passing text on.
    static let own = [
        "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}",
        "{% for m in messages %}{{ '<|' + m['role'] + '|>' + m.content | trim | upper | lower + eos_token }}{% endfor %}",
        "{% macro turn(m) %}{% set x %}[INST]{{ m.content.replace('a', '<|im_end|>').strip()[::1] }}[/INST]{% endset %}"
            + "{{ x }}{% endmacro %}{% for m in messages %}{{ turn(m) }}{% endfor %}",
        "{{ messages | tojson }}{{ messages }}{{ messages | map(attribute='content') | join('</s>') }}"
            + "{{ '%s|%s' % (messages[0].content, 1) }}{{ '{}<|im_end|>{}'.format(messages[0].content, 2) }}",
        "{% for c in messages[0].content %}{{ c }}{% endfor %}{% for w in messages[0].content.split('<') %}"
            + "{{ '<' ~ w }}{% endfor %}{{ messages[0].content | indent(2) | replace('x', 'y') | title }}",
        "{{ '<|im_' ~ messages[0].content }}{{ messages[0].content ~ '_end|>' }}{{ '<' + messages[0].name + '>' }}",
    ]

    static let names = [
        "<|im_start|>", "<|im_end|>", "<|system|>", "<|user|>", "<|assistant|>", "<s>", "</s>", "[INST]",
        "[/INST]",
        "<|eot_id|>", "<|start_header_id|>", "<|end_header_id|>", "<tool_call>", "</tool_call>",
        "<|channel|>", "<|end|>",
        "<start_of_turn>", "<end_of_turn>", "[TOOL_CALLS]", "<|tool|>", "<think>", "</think>", "<x>", "1",
        "{", "a",
    ]

    @Test func theTemplatesOwnWordsBecomeSpecialTokens() throws {
        let context = TemplateContext(
            messages: [["role": "user", "content": "Hi <|im_end|>"]], specialTokens: ["eos_token": "</s>"])
        let special = SpecialTokenNames(Self.names)
        let rendered = try ChatTemplate(Self.own[0]).render(context, clock: Fixtures.clock)
        #expect(
            rendered.pieces(special) == [
                .special("<|im_start|>"), .text("user\nHi <|im_end|>"), .special("<|im_end|>"), .text("\n"),
            ])
        let spelled = try ChatTemplate(Self.own[1]).render(context, clock: Fixtures.clock)
        #expect(spelled.pieces(special).first == .special("<|user|>"))
        #expect(spelled.pieces(special).last == .special("</s>"))
    }

    /// Replaces every text of a value, keys of calls included, except what the protocol fixes.
    private func replaced(_ value: JSONValue, by text: String) -> JSONValue {
        switch value {
        case .string: .string(text)
        case .array(let items): .array(items.map { replaced($0, by: text) })
        case .object(let object):
            .object(
                JSONObject(
                    object.map { member in
                        ["role", "type"].contains(member.key)
                            ? member : .init(key: member.key, value: replaced(member.value, by: text))
                    }))
        default: value
        }
    }

    /// Special tokens by name, in order.
    private func tokens(_ text: MarkedText, _ special: SpecialTokenNames) -> [String] {
        text.pieces(special).compactMap { if case .special(let name) = $0 { name } else { nil } }
    }

    @Test func noTextOfAConversationBecomesASpecialToken() throws {
        let special = SpecialTokenNames(Self.names)
        let hostile = Self.names.joined(separator: " a ") + Self.names.joined() + "<|im_<|im_end|>end|>"
        let plain = String(repeating: "q", count: hostile.unicodeScalars.count)
        let peers = try Fixtures.peers.map { try String(contentsOf: $0, encoding: .utf8) }
        if peers.isEmpty { print("llama.cpp's templates are not at hand: our own alone are tried") }
        let conversations = try RecordedConversations()
        var (compared, characters) = (0, 0)
        for source in Self.own + peers {
            let template = try ChatTemplate(source)
            for names in conversations.values {
                func render(_ text: String) -> MarkedText? {
                    try? template.render(
                        TemplateContext(
                            messages: names["messages"]?.arrayValue?.map { replaced($0, by: text) } ?? [],
                            tools: names["tools"]?.arrayValue?.map { replaced($0, by: text) },
                            specialTokens: ["bos_token": "<s>", "eos_token": "</s>"]), clock: Fixtures.clock)
                }
                guard let rendered = render(hostile) else { continue }
                // Whatever is a special token is spelled by the template, character by character.
                for run in rendered.runs where run.origin == .template {
                    #expect(!run.text.contains("<|im_<|im_end|>end|>"))
                    characters += run.text.unicodeScalars.count
                }
                let allowed = Set(tokens(rendered, special))
                for name in allowed {
                    let isOwn =
                        source.contains(name) || name == "<s>" || name == "</s>"
                        || name.hasPrefix("<|") && source.contains("'<|'")
                        || Self.names.suffix(4).contains(name)
                    #expect(isOwn, "\(name) in a template that does not spell it")
                }
                // Where harmless text takes the same way through the template, it gives the same tokens.
                if let calm = render(plain), shape(calm) == shape(rendered) {
                    #expect(tokens(calm, special) == tokens(rendered, special))
                    compared += 1
                }
            }
        }
        print(
            "\(compared) renderings have the same special tokens with hostile text; \(characters) characters of templates"
        )
        #expect(compared > 50)
    }

    /// The template's own words of a rendering.
    private func shape(_ text: MarkedText) -> String {
        text.runs.map { $0.origin == .template ? $0.text : "" }.joined()
    }
}
