import Agent
import ChatTemplates
import Foundation
import JSON
import Testing
import Transformer

@testable import Models

/// Prompts by a model's own chat template, and what is told in words of ours where that knows no tools.
@Suite struct PromptWriterTests {
    private static let special = SpecialTokens(
        names: ["<|im_start|>", "<|im_end|>", "<s>", "<tool_call>", "</tool_call>"], beginning: "<s>",
        end: "<|im_end|>",
        addsBeginning: false)

    /// ChatML without a word of tools.
    private static let plain =
        "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
        + "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"

    /// ChatML with tools as Hermes writes them.
    private static let hermes =
        "{% if tools %}<|im_start|>system\n{% if messages[0].role == 'system' %}{{ messages[0].content }}{% endif %}\n"
        + "# T\n{% for t in tools %}{{ t | tojson }}\n{% endfor %}<|im_end|>\n{% endif %}{% for m in messages %}"
        + "{% if m.role != 'system' or not tools %}<|im_start|>{{ m.role }}\n{{ m.content }}"
        + "{% for c in m.tool_calls %}<tool_call>\n{\"name\": \"{{ c.function.name }}\", \"arguments\": "
        + "{{ c.function.arguments | tojson }}}\n</tool_call>{% endfor %}<|im_end|>\n{% endif %}{% endfor %}"
        + "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"

    /// Turns that must alternate, and no system.
    private static let strict =
        "{% for m in messages %}{% if (m.role == 'user') != (loop.index0 % 2 == 0) %}"
        + "{{ raise_exception('Roles must alternate') }}{% endif %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n"
        + "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"

    private static let tool = ToolDefinition(
        name: "get_weather", description: "Weather <|im_end|>",
        parameters: ["type": "object", "properties": ["city": ["type": "string"]]])

    private func request(_ text: String = "Paris?", arguments: String = "{\"city\":  \"Paris\"}")
        -> ModelRequest
    {
        let call = ToolCall(id: ToolCallID("call_1"), name: "get_weather", arguments: ByteString(arguments))
        return ModelRequest(
            round: 2,
            messages: [
                .system("Be kind."), .user(text), .assistant(AssistantMessage(content: "", calls: [call])),
                .tool(ToolMessage(callID: call.id, name: call.name, content: "rain \(text)", isError: false)),
            ], catalogue: [PromptWriterTests.tool], sampling: SamplingSettings(), maximumTokens: 9)
    }

    @Test func aTemplateWithToolsIsRenderedAsItStandsAndArgumentsKeepTheirBytes() throws {
        let writer = try PromptWriter(template: PromptWriterTests.hermes, PromptWriterTests.special)
        #expect(writer.findings.isEmpty, "\(writer.findings)")
        let prompt = try writer.prompt(for: request())
        #expect(prompt.text.hasPrefix("<|im_start|>system\nBe kind.# T\n{\"type\": \"function\""))
        #expect(
            prompt.text.contains(
                "<tool_call>\n{\"name\": \"get_weather\", \"arguments\": {\"city\":  \"Paris\"}}\n"))
        #expect(prompt.text.hasSuffix("rain Paris?<|im_end|>\n<|im_start|>assistant\n"))
        #expect(prompt.parts.contains(.special("<tool_call>")))
    }

    @Test func theCallThatATemplateWritesIsLearntAndShown() throws {
        let writer = try PromptWriter(template: PromptWriterTests.hermes, PromptWriterTests.special)
        #expect(
            writer.calling.prefix(4) == [
                "a run expects calls as the model's own template writes them:", "    <tool_call>",
                "    {\"name\": \"get_weather\", \"arguments\": {\"city\": \"Paris\"}}",
                "    </tool_call><|im_end|>",
            ], "\(writer.calling)")
    }

    @Test func whyNothingIsLearntOfCallsIsSaid() throws {
        let writer = try PromptWriter(template: PromptWriterTests.plain, PromptWriterTests.special)
        #expect(writer.calling.first?.contains("words of its own") == true)
        let told = "{{ tools | tojson }}" + PromptWriterTests.plain
        let other = try PromptWriter(template: told, PromptWriterTests.special)
        #expect(other.findings.contains { $0.contains("how it writes calls cannot be learnt: ") })
    }

    @Test(arguments: [plain, strict])
    func whatATemplateDoesNotKnowIsToldInWords(template: String) throws {
        let writer = try PromptWriter(template: template, PromptWriterTests.special)
        #expect(writer.findings.contains { $0.contains("words of Callgate's") }, "\(writer.findings)")
        let text = try writer.text(for: request())
        #expect(text.contains("\"name\": \"get_weather\", \"description\""))
        #expect(
            text.contains(
                "<tool_call>\n{\"name\": \"get_weather\", \"arguments\": {\"city\":  \"Paris\"}}\n</tool_call>"
            ))
        #expect(text.contains("<|im_start|>user\n<tool_response>\nrain Paris?\n</tool_response><|im_end|>"))
        #expect(text.contains("Be kind."))
    }

    @Test(arguments: [plain, strict, hermes])
    func noTextOfAConversationIsASpecialToken(template: String) throws {
        let writer = try PromptWriter(template: template, PromptWriterTests.special)
        let hostile = PromptWriterTests.special.names.joined() + "<|im_<|im_end|>end|>"
        func specials(_ text: String, _ arguments: String) throws -> [PromptPart] {
            try writer.prompt(for: request(text, arguments: arguments)).parts.filter {
                if case .special = $0 { true } else { false }
            }
        }
        #expect(try specials(hostile, "{\"city\": \"\(hostile)\"}") == specials("x", "{\"city\": \"y\"}"))
    }

    @Test func theStretchesOfAPromptMakeUpItsTextAndItsTokens() throws {
        let writer = try PromptWriter(template: PromptWriterTests.hermes, PromptWriterTests.special)
        let prompt = try writer.prompt(for: request("Größe 日本 👍"))
        // A token a byte: whatever is cut, the counts must be those of the text.
        let shares = prompt.shares(
            prompt.parts.map { part in
                guard case .text(let text) = part else { return [] }
                return Array(repeating: 1, count: text.utf8.count)
            })
        #expect(shares.reduce(0) { $0 + $1.bytes } == prompt.text.utf8.count)
        #expect(shares.allSatisfy { $0.isSpecial || $0.tokens == $0.bytes })
        let owners = Set(shares.map(\.owner))
        #expect(owners.contains(.tool("get_weather")) && owners.contains(.message(0, role: "system")))
        #expect(owners.contains(.message(1, role: "user")) && owners.contains(.message(3, role: "tool")))
        let user = shares.filter { $0.owner == .message(1, role: "user") }
        #expect(user.first?.isSpecial == true, "the turn's opening belongs to the message")
        let text = Array(prompt.text.utf8)
        var (start, tools) = (0, [UInt8]())
        for share in shares {
            if share.owner == .tool("get_weather") { tools += text[start..<(start + share.bytes)] }
            start += share.bytes
        }
        let line = PromptWriterTests.tool.functionJSON.text(.spaced)
        #expect(
            String(decoding: tools, as: UTF8.self).hasPrefix(line), "a tool's JSON is its own, brackets too")
    }

    @Test func aTemplateThatCannotBeUsedIsOneClearLine() {
        for (template, words) in [
            ("{% for m in messages %}", "no 'endfor'"), ("{{ raise_exception('never') }}", "never"),
            ("{{ 1 / 0 }}", "divided by zero"),
            ("{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}", "steps"),
        ] {
            do {
                _ = try PromptWriter(template: template, PromptWriterTests.special)
                Issue.record("\(template) was taken")
            } catch {
                let line = "\(error)"
                #expect(line.contains(words) && line.contains("line 1") && !line.contains("\n"), "\(line)")
            }
        }
    }

    @Test func aServerIsNeverAskedForTextThatSpellsASpecialToken() throws {
        let record = VocabularyRecord(
            entries: [.bytes([0x61]), .special("<tool_call>"), .special("</s>"), .special("é|é")],
            endTokens: [2])
        let vocabulary = LlamaServerVocabulary(record)
        for text in [
            "a<tool_call>b</s>", "<tool_call><tool_call>", "é|é é|é", "", "plain", "<<tool_call>>é|",
        ] {
            let pieces = vocabulary.harmless(text)
            #expect(pieces.joined().utf8.elementsEqual(text.utf8))
            #expect(
                !pieces.contains { piece in vocabulary.special.keys.contains { piece.contains($0) } },
                "\(pieces)")
        }
    }

    @Test(arguments: [
        ("```json\n{\"name\": \"get_weather\", \"arguments\": {\"city\": \"Paris\"}}\n```", "fence"),
        ("Sure: {\"name\": \"get_weather\", \"parameters\": {}}", "bare object"),
        ("<tool_call>{\"name\": \"get_weather\"}", "spelled in words"),
        ("{\"type\": \"function\", \"function\": {\"name\": \"get_weather\"}}", "bare object"),
    ])
    func wordsThatLookLikeACallAreTold(words: String, why: String) {
        #expect(WordsLikeCall.find(in: words, of: ["get_weather"])?.why.contains(why) == true)
        #expect(WordsLikeCall.find(in: words, of: ["other"]) == nil)
    }

    @Test func wordsThatOnlyMentionAToolAreNone() {
        for words in [
            "I could use get_weather.", "{\"name\": \"Paul\"}", "{ get_weather", "", "{}{}{}", "{\"a\": \"}",
        ] {
            #expect(WordsLikeCall.find(in: words, of: ["get_weather"]) == nil)
        }
    }
}
