import Agent
import Formats
import JSON
import Sessions
import Testing
import Wire

@testable import Attach

private func task(_ id: String, _ prompt: String) -> ToolCall {
    let arguments: JSONValue = [
        "description": "count", "prompt": .string(prompt), "subagent_type": "general-purpose",
    ]
    return ToolCall(id: ToolCallID(id), name: "Task", arguments: ByteString(arguments.text()))
}

private func request(_ text: String, tool: String) -> JSONValue {
    [
        "model": "m", "max_tokens": 100, "stream": true,
        "tools": [["name": .string(tool), "input_schema": ["type": "object"]]],
        "messages": [
            [
                "role": "user",
                "content": [
                    ["type": "text", "text": "<system-reminder>general-purpose</system-reminder>"],
                    ["type": "text", "text": .string(text)],
                ],
            ]
        ],
    ]
}

private func fields(agent: String?, under parent: String? = nil) -> [HTTPFields.Field] {
    [HTTPFields.Field("x-claude-code-session-id", "s")]
        + [("x-claude-code-agent-id", agent), ("x-claude-code-parent-agent-id", parent)].compactMap {
            name, value in value.map { HTTPFields.Field(name, $0) }
        }
}

@Suite("Subagents of an attached client")
struct SubagentTests {
    private func header(_ person: TablePerson, _ number: Int) throws -> SessionHeader {
        let journal = person.journals[number]
        return try #require(RunState(folding: try Journal(path: journal, upToDamage: false).events).header)
    }

    @Test("Each subagent's session is a child of the call that started it, whichever of two begins first")
    func children() async throws {
        let provider = try await FreeProvider { number, _, response in
            let answer =
                number == 0
                ? asking(task("one", "Please count the files."), task("two", "Please count the folders."))
                : number == 3 ? asking(task("three", "Look beneath.")) : done
            try await FreeProvider.stream(answer, id: "msg_\(number)", to: response)
        }
        defer { provider.stop() }
        let folder = TemporaryFolder()
        let person = TablePerson { _ in .approve }
        try await withProxy(at: provider.origin, folder: folder, person: person) { origin, _ in
            func ask(_ text: String, _ fields: [HTTPFields.Field], tool: String = "Bash") async throws {
                _ = try await post("/v1/messages", request(text, tool: tool), to: origin, fields: fields)
            }
            try await ask("Go.", fields(agent: nil), tool: "Task")
            try await ask("Please count the folders.", fields(agent: "y"))
            try await ask("Please count the files.", fields(agent: "x"))
            try await ask("Go on.", fields(agent: "x"), tool: "Task")
            try await ask("Something else.", fields(agent: "z", under: "x"))
        }
        let names = try (0..<5).map { try header(person, $0).id }
        #expect(try header(person, 0).parent == nil)
        let parents = try (1..<5).map { try header(person, $0).parent }
        #expect(parents.map { $0?.relation } == [.call, .call, .call, .call])
        #expect(parents[0]?.call?.text == "two" && parents[0]?.session == names[0])
        #expect(parents[1]?.call?.text == "one" && parents[1]?.session == names[0])
        // A conversation that does not begin with what the call says is of the only call that runs.
        let last = try #require(parents[3])
        #expect(last.call?.text == "three" && last.session == names[3])
        let journal = person.journals[0]
        let marks = person.state.withLock { $0.events[journal] ?? [] }.compactMap { event in
            if case .marked(let note) = event.body { note } else { nil }
        }
        #expect(
            marks.prefix(2) == ["two started the session \(names[1])", "one started the session \(names[2])"])
        let events = try Journal(path: person.journals[1], upToDamage: false).events
        let sentence = "spawned by call two of \(names[0]) at step"
        #expect(SessionExport(events, as: .markdown).text.replacing("\\", with: "").contains(sentence))
        #expect(SessionExport(events, as: .html).text.contains(sentence))
    }

    @Test("A subagent of which no call can be told is a child of some call, and no fork")
    func unknownCall() async throws {
        let provider = try await FreeProvider { number, _, response in
            try await FreeProvider.stream(done, id: "msg_\(number)", to: response)
        }
        defer { provider.stop() }
        let folder = TemporaryFolder()
        let person = TablePerson { _ in .approve }
        try await withProxy(at: provider.origin, folder: folder, person: person) { origin, _ in
            for agent in [nil, "x"] {
                _ = try await post(
                    "/v1/messages", request("Go.", tool: "Bash"), to: origin, fields: fields(agent: agent))
            }
        }
        let parent = try #require(try header(person, 1).parent)
        #expect(parent.relation == .call && parent.call == nil)
        #expect(parent.sentence.hasPrefix("spawned by a call of "))
    }
}
