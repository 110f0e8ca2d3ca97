import Agent
import Foundation
import Models
import Testing

@Suite struct ScriptedModelTests {
    private func write(_ text: String) throws -> String {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent(
            "script-\(UUID().uuidString).json"
        ).path
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        return path
    }

    private func request(_ round: Int) -> ModelRequest {
        let answers = Array(repeating: Message.assistant(AssistantMessage(content: "")), count: round - 1)
        return ModelRequest(
            round: round, messages: [.user("x")] + answers, catalogue: [], sampling: SamplingSettings(),
            maximumTokens: 10)
    }

    @Test func eachRoundHasItsResponseAndThenComesAnError() async throws {
        let path = try write(
            #"[{"calls": [{"id": "a", "name": "f", "arguments": {"x": 1.0}}]}, {"content": "done"}]"#)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let model = try ScriptedModel(path: path)
        let first = try await model.respond(to: request(1)) { _ in }
        #expect(first.finishReason == .toolCalls && first.calls.first?.arguments.text == #"{"x": 1.0}"#)
        let second = try await model.respond(to: request(2)) { _ in }
        #expect(second.content == "done" && second.finishReason == .stop)
        // A session that is taken up goes on where it was, and a request that is made again gets the same.
        #expect(try await model.respond(to: request(1)) { _ in } == first)
        await #expect(throws: ModelError.self) { try await model.respond(to: request(3)) { _ in } }
        // A request that was killed before its answer took a round, and no response.
        var again = request(2)
        again.round = 3
        #expect(try await model.respond(to: again) { _ in } == second)
    }

    @Test(arguments: [
        ("[", "line 1, column 2"), ("{}", "JSON array"), ("[3]", "response 1 is no object"),
        (#"[{"contents": "x"}]"#, "there is no key \"contents\""),
        (#"[{"calls": [{"id": "a"}]}]"#, "needs name and arguments"),
    ])
    func faultyScriptsAreRefusedWithTheirPlace(text: String, reason: String) throws {
        let path = try write(text)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let error = #expect(throws: ModelError.self) { try ScriptedModel(path: path) }
        let line = try #require(error).description
        #expect(line.contains(path) && line.contains(reason), "\(line)")
    }
}
