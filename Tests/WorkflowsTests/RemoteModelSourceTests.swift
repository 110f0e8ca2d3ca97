import Agent
import JSON
import Testing

@testable import Workflows

@Suite struct RemoteModelSourceTests {
    private func model(_ text: String) throws -> ModelSource {
        try Workflow.parse(text, file: "a/w.yaml").model
    }

    private func fault(_ text: String) -> String {
        do {
            _ = try Workflow.parse(text, file: "w.yaml")
            return "no error"
        } catch {
            return error.description
        }
    }

    @Test("every key of every format arrives")
    func everyKey() throws {
        let options = JSONObject([JSONObject.Member(key: "n", value: [1, nil])])
        #expect(
            try model(
                "model: {openai: {url: 'http://h:1/v1', model: m, key: K_1, logprobs: 20, silence-seconds: 9, options: {n: [1, ~]}}}"
            )
                == .remote(
                    RemoteModelSource(
                        format: .openAI, url: "http://h:1/v1", model: "m", keyVariable: "K_1",
                        logProbabilities: 20,
                        silenceSeconds: 9, options: options)))
        #expect(
            try model("model: {llama-server: {url: 'https://h', candidates: 5, vocabulary: m.gguf}}")
                == .remote(
                    RemoteModelSource(
                        format: .llamaServer, url: "https://h", candidates: 5, vocabulary: "a/m.gguf"))
        )
        #expect(
            try model("model: {ollama: {model: m, logprobs: 0}}")
                == .remote(RemoteModelSource(format: .ollama, model: "m", logProbabilities: 0)))
    }

    @Test(
        "the providers' own servers have their usual variables; another server has none unless one is named")
    func usualVariables() throws {
        #expect(
            try model("model: {anthropic: {model: m}}")
                == .remote(
                    RemoteModelSource(format: .anthropic, model: "m", keyVariable: "ANTHROPIC_API_KEY")))
        #expect(
            try model("model: {openai: {model: m}}")
                == .remote(RemoteModelSource(format: .openAI, model: "m", keyVariable: "OPENAI_API_KEY")))
        #expect(
            try model("model: {openai: {model: m, url: 'http://127.0.0.1:8000/v1'}}")
                == .remote(RemoteModelSource(format: .openAI, url: "http://127.0.0.1:8000/v1", model: "m")))
    }

    @Test(
        "faults are named with line and column",
        arguments: [
            ("model:\n  openai: {logprobs: 3}\n", "w.yaml:2:11: model.openai: "),
            ("model:\n  openai: {model: m, logprobs: 21}\n", "w.yaml:2:32: model.openai.logprobs: "),
            (
                "model:\n  anthropic:\n    model: m\n    logprobs: 3\n",
                "w.yaml:4:5: there is no key \"logprobs\" here"
            ),
            ("model: {ollama: {model: m}, openai: {model: m}}", "w.yaml:1:8: model: "),
            ("model:\n  llama-server:\n    url: localhost:8080\n", "w.yaml:3:10: url is the base address"),
            ("model:\n  openai: {model: m, url: 'http://me:pw@h'}\n", "w.yaml:2:27: url is the base address"),
        ])
    func faults(text: String, start: String) {
        #expect(fault(text).hasPrefix(start), "\(fault(text))")
    }

    @Test("a key in the place of its variable's name is refused and not repeated")
    func noKeyInAFile() {
        let line = fault("model:\n  openai:\n    model: m\n    key: sk-proj-1234567890\n")
        #expect(line.hasPrefix("w.yaml:4:10: key names an environment variable"), "\(line)")
        #expect(!line.contains("1234"))
    }
}
