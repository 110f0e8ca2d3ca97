import Agent
import Foundation
import JSON
import Testing

@testable import Sessions

/// What a format brings back of a session, to be compared with what went out.
private struct Told: Equatable {
    /// A message, as far as formats tell one.
    struct Line: Equatable {
        var role: String
        var text: String
        var calls: [String] = []
        var thought: String?
    }

    var messages: [Line]
    var arguments: [String]
    var catalogue: [ToolDefinition]
    var model: String?
    var finishes: [String]
    var usages: [Usage?]

    /// - Parameter losses: what the export has named; of that nothing is compared.
    init(_ state: RunState, _ events: [Event], losses: Losses) {
        func named(_ words: String) -> Bool { losses.lines.contains { $0.hasPrefix(words) } }
        let areErrorsLost =
            named("that a result is an error") || named("whether the model was told")
            || named("whether a result that was an error")
        let isThoughtLost = named("what the model thought")
        let areHiddenLost = named("parts of thinking that the provider hides")
        var messages = state.messages.map { message -> Line in
            switch message {
            case .system(let text), .user(let text): return Line(role: message.role, text: text)
            case .assistant(let answer):
                let thinking = answer.thinking.flatMap { thinking -> String? in
                    if isThoughtLost || (areHiddenLost && thinking.text.isEmpty) { return nil }
                    return thinking.text + (areHiddenLost ? "" : " and \(thinking.hiddenParts) hidden")
                }
                return Line(
                    role: "assistant", text: answer.content,
                    calls: answer.calls.map { "\($0.id) \($0.name)" }, thought: thinking)
            case .tool(let result):
                let error = result.isError && !areErrorsLost ? " (error)" : ""
                return Line(role: "result of \(result.callID)", text: result.content + error)
            }
        }
        if named("where system messages stood") { messages.removeAll { $0.role == "system" } }
        if named("words that are empty or nothing but white space") {
            // Gemini and Responses take white space, which neighbours are joined with.
            let isJoined = named("the model: ") || named("where a message began that follows another")
            Told.dropBlanks(&messages, onlyEmpty: isJoined)
        }
        if named("where a message began that follows another") { Told.join(&messages) }
        self.messages = messages
        let isText = named("arguments that are no JSON object")
        let isValue = named("the arguments of calls to the byte")
        arguments = state.calls.map(\.call.arguments).map { arguments in
            guard let object = arguments.asObject else { return isText ? "" : arguments.text }
            if isText, object.text() == "{}" { return "" }
            return isValue ? object.text() : arguments.text
        }
        let areToolsLost =
            named("keywords of a tool's schema") || named("the tools: a log has them")
        catalogue = areToolsLost ? [] : state.header?.catalogue ?? []
        model = named("the model: ") ? nil : state.header?.model.name
        let responses = events.compactMap { event -> ModelResponse? in
            if case .responseReceived(_, let response, _) = event.body { response } else { nil }
        }
        let areReasonsLost = named("why each response ended, and its tokens")
        finishes = areReasonsLost ? [] : responses.map(\.finishReason.name)
        if named("why a response ended, in the provider's word") {
            finishes = finishes.map { ["stop", "tool_calls", "length"].contains($0) ? $0 : "other" }
        }
        usages = areReasonsLost ? [] : responses.map(\.usage)
    }

    /// Words of white space are no words, and a message of none is no message.
    private static func dropBlanks(_ messages: inout [Line], onlyEmpty: Bool) {
        messages = messages.compactMap { line in
            let isBlank =
                onlyEmpty ? line.text.isEmpty : line.text.unicodeScalars.allSatisfy(\.properties.isWhitespace)
            guard ["user", "assistant"].contains(line.role), isBlank else { return line }
            var line = line
            line.text = ""
            return line.calls.isEmpty ? nil : line
        }
    }

    /// Neighbours of one side are one message.
    private static func join(_ messages: inout [Line]) {
        var joined: [Line] = []
        for line in messages {
            guard let last = joined.last, last.role == line.role, ["user", "assistant"].contains(line.role)
            else {
                joined.append(line)
                continue
            }
            joined[joined.count - 1].text += (line.role == "user" ? "\n" : "") + line.text
            joined[joined.count - 1].calls += line.calls
        }
        messages = joined
    }
}

@Suite struct RoundTripTests {
    private static let formats: [SessionExport.Format] = [
        .openai, .anthropic, .inspect, .otel, .responses, .gemini,
    ]

    /// What the export did not name comes back as it was; of spans, what came after the last request may be named.
    private func expectTheSame(
        _ events: [Event], as format: SessionExport.Format, _ comment: Comment
    ) throws {
        let export = SessionExport(events, as: format)
        let imported = try SessionImport(
            Array(export.text.utf8), format: SessionImport.Format(rawValue: format.rawValue), name: "x")
        try #require(imported.sessions.count == 1, comment)
        let back = imported.sessions[0]
        var before = Told(RunState(folding: events), events, losses: export.losses)
        let after = Told(RunState(folding: back), back, losses: export.losses)
        if export.losses.lines.contains(where: { $0.hasPrefix("a message that came after the last request") })
        {
            // Of those, spans tell the results that tools gave.
            let last = before.messages.lastIndex { $0.role == "assistant" } ?? 0
            #expect(
                after.messages.dropFirst(last + 1).allSatisfy { $0.role.hasPrefix("result of ") }, comment)
            before.messages = Array(before.messages.prefix(last + 1))
            #expect(Array(after.messages.prefix(last + 1)) == before.messages, comment)
            before.messages = after.messages
        }
        #expect(
            after.messages.map { Array($0.text.utf8) } == before.messages.map { Array($0.text.utf8) },
            comment)
        #expect(after == before, comment)
    }

    @Test(arguments: formats) func aRandomSessionComesBackButForWhatWasNamed(format: SessionExport.Format)
        throws
    {
        let first = UInt64.random(in: 1...(.max / 2))
        print("round trips: \(format.rawValue), seeds 1 to 150 and \(first) to \(first + 149)")
        for seed in Array(1...150) + Array(first..<first + 150) {
            try expectTheSame(
                RandomSession.events(seed: seed), as: format, "format \(format.rawValue), seed \(seed)")
        }
    }

    /// What has been imported once is written and read again without any change, whatever the two formats.
    @Test(arguments: formats) func whatCameBackOnceComesBackTheSame(format: SessionExport.Format) throws {
        let first = UInt64.random(in: 1...(.max / 2))
        print("import, export, import: \(format.rawValue), seeds \(first) to \(first + 99)")
        for seed in first..<first + 100 {
            let export = SessionExport(RandomSession.events(seed: seed), as: format)
            let imported = try SessionImport(
                Array(export.text.utf8), format: SessionImport.Format(rawValue: format.rawValue), name: "x")
            let session = imported.sessions[0]
            // Spans tell of requests; a conversation that asked no model has none.
            let asks = session.contains { if case .responseReceived = $0.body { true } else { false } }
            // A conversation of which no message is left is none that a format could tell.
            if RunState(folding: session).messages.isEmpty { continue }
            for other in RoundTripTests.formats where asks || other != .otel {
                let comment: Comment = "\(format.rawValue) to \(other.rawValue), seed \(seed)"
                try expectTheSame(session, as: other, comment)
            }
        }
    }

    @Test(arguments: RecordedSession.names, formats)
    func aRecordedSessionComesBackButForWhatWasNamed(name: String, format: SessionExport.Format) throws {
        try expectTheSame(
            try RecordedSession.events(name), as: format, "format \(format.rawValue), session \(name)")
    }

    @Test(
        arguments: [
            "openai.json", "fine-tuning.jsonl", "anthropic.json", "claude-code.jsonl", "codex.jsonl",
            "inspect.json", "otel.json",
        ], formats)
    func anImportedFileComesBackButForWhatWasNamed(name: String, format: SessionExport.Format) throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../Fixtures/imports/\(name)").standardizedFileURL
        for events in try SessionImport(Array(try Data(contentsOf: file)), name: "x").sessions {
            // Spans tell of requests; a conversation that asked no model has none.
            let asks = events.contains { if case .responseReceived = $0.body { true } else { false } }
            guard asks || format != .otel else { continue }
            try expectTheSame(events, as: format, "format \(format.rawValue), file \(name)")
        }
    }

    @Test(arguments: RecordedSession.names, [SessionExport.Format.inspect, .otel])
    func theFormatIsToldByItsContentAndTimesComeBack(name: String, format: SessionExport.Format) throws {
        let events = try RecordedSession.events(name)
        let imported = try SessionImport(Array(SessionExport(events, as: format).text.utf8), name: "x")
        #expect(imported.format.rawValue == format.rawValue)
        func times(_ kind: String, _ events: [Event]) -> [Int64] {
            events.filter { $0.body.name == kind }.map(\.time)
        }
        #expect(times("response", imported.sessions[0]) == times("response", events))
        // A call that did not run has a result in the conversation as well.
        let results = Set(times("finished", imported.sessions[0]))
        #expect(results.isSuperset(of: times("finished", events)))
    }

    @Test func aTraceHasASpanForEachRequestAndEachCallThatRan() throws {
        let events = try RecordedSession.events("edited-and-denied")
        let value = try JSONParser.parse(SessionExport(events, as: .otel).text)
        let spans =
            value["resourceSpans"]?.arrayValue?[0]["scopeSpans"]?.arrayValue?[0]["spans"]?.arrayValue ?? []
        func count(_ kind: String) -> Int { events.count { $0.body.name == kind } }
        func named(_ start: String) -> [JSONValue] {
            spans.filter { $0["name"]?.stringValue?.hasPrefix(start) ?? false }
        }
        #expect(named("chat ").count == count("request"))
        #expect(named("execute_tool ").count == count("started"))
        let root = try #require(named("invoke_agent ").first)
        #expect(named("invoke_agent ").count == 1 && root["parentSpanId"] == nil)
        #expect(spans.dropFirst().allSatisfy { $0["parentSpanId"] == root["spanId"] })
        let ids = spans.compactMap { $0["spanId"]?.stringValue }
        #expect(Set(ids).count == spans.count && ids.allSatisfy { $0.count == 16 })
        #expect(Set(spans.map { $0["traceId"]?.stringValue?.count }) == [32])
    }

    @Test func decisionsAreApprovalsInALogOfInspect() throws {
        let events = try RecordedSession.events("edited-and-denied")
        let log = try JSONParser.parse(SessionExport(events, as: .inspect).text)
        let all = log["samples"]?.arrayValue?[0]["events"]?.arrayValue ?? []
        let approvals = all.filter { $0["event"]?.stringValue == "approval" }
        #expect(approvals.count == events.count { $0.body.name == "decision" })
        let words = Set(approvals.compactMap { $0["decision"]?.stringValue })
        #expect(words.isSuperset(of: ["modify", "reject"]))
    }
}
