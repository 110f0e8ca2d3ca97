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

    private let request = ModelRequest(
        round: 1, messages: [.user("x")], catalogue: [], sampling: SamplingSettings(), maximumTokens: 10)

    @Test func responsesComeInOrderAndThenAnError() async throws {
        let path = try write(
            #"[{"calls": [{"id": "a", "name": "f", "arguments": {"x": 1.0}}]}, {"content": "done"}]"#)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let model = try ScriptedModel(path: path)
        let first = try await model.respond(to: request) { _ in }
        #expect(first.finishReason == .toolCalls && first.calls.first?.arguments.text == #"{"x": 1.0}"#)
        let second = try await model.respond(to: request) { _ in }
        #expect(second.content == "done" && second.finishReason == .stop)
        await #expect(throws: ModelError.self) { try await model.respond(to: request) { _ in } }
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
