import Agent
import Foundation
import JSON
import Testing

@testable import Sessions

@Suite struct ImportTests {
    private func bytes(_ name: String) throws -> [UInt8] {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../Fixtures/imports/\(name)").standardizedFileURL
        return Array(try Data(contentsOf: file))
    }

    @Test func openAIMessagesBecomeRoundsAndResultsArePairedByID() throws {
        let imported = try SessionImport(try bytes("openai.json"), name: "x")
        #expect(imported.format == .openai && imported.sessions.count == 1)
        let state = RunState(folding: imported.sessions[0])
        #expect(state.header?.model.name == "gpt-4o" && state.header?.catalogue.map(\.name) == ["get_ticket"])
        #expect(state.messages.map(\.role) == ["system", "user", "assistant", "tool", "tool", "assistant"])
        #expect(state.calls.map { $0.message?.content } == ["open", "closed"])
        // The arguments are the model's own, to the byte.
        #expect(state.calls.map(\.call.arguments.text) == [#"{"id": "T-1"}"#, #"{"id":"T-2"}"#])
        #expect(state.outcome == .answered("T-1 is open, T-2 is closed."))
        #expect(
            imported.losses.lines.contains(
                "The conversation holds a part of type image_url, which is shown as a mark."))
        #expect(imported.losses.lines.contains("who approved each call, and by which rule"))
    }

    @Test func eachLineOfAFineTuningFileIsASession() throws {
        let imported = try SessionImport(try bytes("fine-tuning.jsonl"), name: "x")
        #expect(imported.sessions.count == 2)
        #expect(RunState(folding: imported.sessions[1]).outcome == .answered("answer 0"))
        #expect(RunState(folding: imported.sessions[1]).header?.id == "x-2")
        #expect(imported.losses.lines.contains { $0.contains("\"weight\" of a message") })
    }

    @Test func anthropicBlocksBecomeCallsAndErrors() throws {
        let imported = try SessionImport(try bytes("anthropic.json"), name: "x")
        #expect(imported.format == .anthropic)
        let state = RunState(folding: imported.sessions[0])
        #expect(state.messages.map(\.role) == ["system", "user", "assistant", "tool", "assistant"])
        #expect(state.calls.first?.result?.ending == .failed)
        #expect(state.outcome == .answered("It is not there."))
        guard case .assistant(let first)? = state.messages.dropFirst(2).first else { return }
        #expect(first.thinking != nil)
    }

    @Test func aSessionOfClaudeCodeKeepsItsTimesAndJoinsTheBlocksOfAResponse() throws {
        let imported = try SessionImport(try bytes("claude-code.jsonl"), name: "x")
        #expect(imported.format == .claudeCode)
        let events = imported.sessions[0]
        let state = RunState(folding: events)
        #expect(state.messages.map(\.role) == ["user", "assistant", "tool", "assistant"])
        guard case .assistant(let first)? = state.messages.dropFirst().first else { return }
        #expect(first.content == "I look." && first.calls.map(\.name) == ["Bash"])
        #expect(events.last?.time == 1_773_050_405_250)
        #expect(imported.losses.lines.contains("bookkeeping of the program (summary)"))
    }

    @Test func aSessionOfCodexJoinsTheLinesOfAResponse() throws {
        let imported = try SessionImport(try bytes("codex.jsonl"), name: "x")
        #expect(imported.format == .codex && imported.sessions.count == 1)
        let state = RunState(folding: imported.sessions[0])
        #expect(state.header?.model.name == "gpt-5-codex")
        #expect(
            state.messages.map(\.role) == [
                "system", "user", "assistant", "tool", "tool", "assistant", "tool", "assistant",
            ])
        #expect(state.calls.map(\.call.name) == ["shell_command", "shell_command", "apply_patch"])
        #expect(state.calls.map(\.key.round) == [1, 1, 2])
        // The output of a failed command, a plain one, and the text of one in parts.
        #expect(state.calls.map { $0.result?.ending } == [.failed, .completed, .completed])
        #expect(state.calls[2].message?.content == "Done")
        #expect(state.calls[2].call.arguments.text.hasPrefix("*** Begin Patch\n"))
        #expect(state.outcome == .answered("One of twelve failed; it is fixed."))
        let usages = imported.sessions[0].compactMap { event -> Int? in
            if case .responseReceived(_, let response, _) = event.body {
                response.usage?.promptTokens
            } else {
                nil
            }
        }
        #expect(usages == [900, 960, 990])
        for line in [
            "a content part of type input_image",
            "what a tool of the provider was given and gave (web_search_call)",
            "an event of type user_message",
            "how long requests and calls took, beyond what the times of the lines tell",
        ] { #expect(imported.losses.lines.contains(line), "\(line) of \(imported.losses.lines)") }
    }

    @Test func eachSampleOfAnInspectLogIsASessionWithItsTimes() throws {
        let imported = try SessionImport(try bytes("inspect.json"), name: "x")
        #expect(imported.format == .inspect && imported.sessions.count == 2)
        let state = RunState(folding: imported.sessions[1])
        #expect(state.header?.model.name == "mockllm/model")
        #expect(state.header?.catalogue.map(\.name) == ["get_ticket"])
        #expect(state.messages.map(\.role) == ["system", "user", "assistant", "tool", "tool", "assistant"])
        #expect(state.calls.map(\.call.arguments.text) == [#"{"id":"T-1"}"#, #"{"id":"T-404"}"#])
        #expect(state.calls.map { $0.message?.content } == ["T-1 is open", "there is no ticket T-404"])
        #expect(state.calls.map { $0.result?.ending } == [.completed, .failed])
        #expect(state.outcome == .answered("T-1 is open, T-404 is not there."))
        let times = imported.sessions[1].map(\.time)
        #expect(times == times.sorted() && times[0] > 1_700_000_000_000)
        #expect(state.calls.allSatisfy { ($0.result?.milliseconds ?? 0) > 0 })
        for line in ["the scores of a sample", "an event of kind score", "the target of a sample"] {
            #expect(
                imported.losses.lines.contains { $0.hasPrefix(line) }, "\(line) of \(imported.losses.lines)")
        }
    }

    @Test func spansOfOneConversationAreOneSession() throws {
        let imported = try SessionImport(try bytes("otel.json"), name: "x")
        #expect(imported.format == .otel && imported.sessions.count == 1)
        let state = RunState(folding: imported.sessions[0])
        #expect(state.header?.model.name == "gpt-4o-2024-08-06")
        #expect(state.header?.catalogue.map(\.name) == ["get_ticket"])
        // Each request repeats the conversation; nothing of it is there twice.
        #expect(state.messages.map(\.role) == ["system", "user", "assistant", "tool", "tool", "assistant"])
        #expect(state.calls.map { $0.message?.content } == ["T-1 is open", "there is no ticket T-404"])
        #expect(state.calls.map { $0.result?.ending } == [.completed, .failed])
        #expect(state.calls.map { $0.result?.milliseconds } == [12, 12])
        #expect(state.outcome == .answered("T-1 is open, T-404 is not there."))
        let lengths = imported.sessions[0].compactMap { event -> Double? in
            if case .responseReceived(_, _, let milliseconds) = event.body { milliseconds } else { nil }
        }
        #expect(lengths == [300, 250])
        for line in ["a part of type blob", "a span without gen_ai.operation.name"] {
            #expect(
                imported.losses.lines.contains { $0.hasPrefix(line) }, "\(line) of \(imported.losses.lines)")
        }
    }

    @Test func spansWithoutMessagesSaySo() throws {
        let text = """
            {"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"a","spanId":"b","name":"chat m",
            "startTimeUnixNano":"1764000000000000000","endTimeUnixNano":"1764000001000000000","attributes":[
            {"key":"gen_ai.operation.name","value":{"stringValue":"chat"}},
            {"key":"gen_ai.request.model","value":{"stringValue":"m"}}]}]}]}]}
            """
        let imported = try SessionImport(Array(text.utf8), name: "x")
        #expect(imported.losses.lines.contains("what was said in a request: its messages were not recorded"))
        #expect(imported.sessions[0].contains { $0.body.name == "response" })
    }

    @Test func aCutArchiveIsNamed() {
        let error = #expect(throws: ImportError.self) {
            _ = try SessionImport([0x50, 0x4B, 0x03, 0x04, 0x14, 0x00], name: "x")
        }
        #expect(error?.description.contains("the archive is cut") == true)
    }

    @Test(arguments: [
        "openai.json", "fine-tuning.jsonl", "anthropic.json", "claude-code.jsonl", "codex.jsonl",
        "inspect.json",
        "otel.json",
    ])
    func whatIsImportedIsAJournalLikeAnyOther(name: String) throws {
        let folder = try TemporaryFolder()
        for (index, events) in try SessionImport(try bytes(name), name: "x").sessions.enumerated() {
            let path = folder("\(index).jsonl")
            try JournalWriter.copy(events, to: path)
            #expect(try Journal(path: path).events == events)
            let outline = SessionOutline(of: events)
            #expect(SessionComparison(outline, outline).differences.isEmpty)
        }
    }

    @Test(arguments: [
        ("", "the file is empty"), ("hello", "neither JSON"), ("{}", "messages"), ("{}\n{", "line 1: "),
        (#"[]"#, "there are no messages"),
        (#"[{"content": "x"}]"#, "no message has a role"),
    ])
    func aFaultIsNamedWithItsPlace(text: String, reason: String) throws {
        let error = #expect(throws: ImportError.self) { try SessionImport(Array(text.utf8), name: "x") }
        #expect(error?.description.contains(reason) == true, "\(error as Any)")
    }

    @Test func aResultWithoutACallIsNotDroppedInSilence() throws {
        let text =
            #"[{"role": "user", "content": "a"}, {"role": "tool", "tool_call_id": "c", "content": "b"}]"#
        let losses = try SessionImport(Array(text.utf8), name: "x").losses.lines
        #expect(losses.contains("a result for call c, which no message before it asks for"))
    }
}

@Suite struct ExportTests {
    @Test(arguments: RecordedSession.names, [SessionExport.Format.openai, .anthropic, .responses])
    func whatIsExportedForAProviderComesBackTheSame(name: String, format: SessionExport.Format) throws {
        let events = try RecordedSession.events(name)
        let export = SessionExport(events, as: format)
        let imported = try SessionImport(Array(export.text.utf8), name: "x")
        #expect(imported.format.rawValue == format.rawValue)
        let (before, after) = (RunState(folding: events), RunState(folding: imported.sessions[0]))
        #expect(before.messages.map(\.role) == after.messages.map(\.role))
        #expect(before.calls.map { $0.message?.content } == after.calls.map { $0.message?.content })
        #expect(before.calls.map(\.call.id) == after.calls.map(\.call.id))
        #expect(before.header?.catalogue == after.header?.catalogue)
        if format == .openai { #expect(before.calls.map(\.call) == after.calls.map(\.call)) }
        #expect(export.losses.lines.contains("who decided each call, and by which rule"))
    }

    @Test(arguments: RecordedSession.names) func theHTMLPageIsWellFormedAndFetchesNothing(name: String) throws
    {
        let text = SessionExport(try RecordedSession.events(name), as: .html).text
        #expect(text.hasPrefix("<!doctype html>") && text.contains("default-src 'none'"))
        #expect(!text.contains("<script") && !text.contains("http://") && !text.contains("https://"))
        #expect(text.contains("class=\"tokens\"") && text.contains("after the mask"))
        var open: [Substring] = []
        for tag in text.matches(of: /<(\/?)([a-z0-9]+)[^>]*>/) where tag.2 != "meta" {
            if tag.1.isEmpty { open.append(tag.2) } else { #expect(open.popLast() == tag.2) }
        }
        #expect(open.isEmpty)
    }

    @Test func hostileTextsStayText() throws {
        let text = "<script>alert(1)</script> ``` & \u{1B}[31m \u{202E}"
        let events = [
            Event(
                number: 1, time: 0,
                body: .sessionStarted(
                    SessionHeader(
                        id: text, workflow: text, model: ModelInfo(name: text, kind: "k"), catalogue: [],
                        sampling: SamplingSettings(), limits: Limits(), policy: Policy()))),
            Event(number: 2, time: 0, body: .messageAdded(.user(text))),
            Event(number: 3, time: 0, body: .marked(text)),
            Event(
                number: 4, time: 0,
                body: .responseReceived(
                    round: 1,
                    ModelResponse(
                        content: text,
                        calls: [ToolCall(id: ToolCallID(text), name: text, arguments: ByteString(text))],
                        finishReason: .toolCalls), milliseconds: 1)),
        ]
        let html = SessionExport(events, as: .html).text
        #expect(!html.contains("<script>alert") && !html.contains("\u{1B}") && !html.contains("\u{202E}"))
        let markdown = SessionExport(events, as: .markdown).text
        #expect(!markdown.contains("\u{1B}") && !markdown.contains("\u{202E}"))
        #expect(markdown.contains("````json\n") && markdown.contains("\\<script\\>"))
    }

    @Test func markdownSaysWhoDecidedAndWhatRan() throws {
        let export = SessionExport(try RecordedSession.events("edited-and-denied"), as: .markdown)
        #expect(export.text.contains("**edit** by a person, annotate"))
        #expect(export.text.contains("**deny** by a person"))
        #expect(export.text.contains("## End: answered"))
        #expect(export.losses.lines.contains("each token with its probability and its mask"))
    }
}
