import Agent
import ArgumentParser
import Foundation
import JSON
import Synchronization
import Terminal
import Workflows

/// `callgate models …`: a model without a run.
struct ModelsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models", abstract: "Find models, try a workflow's, and look at a model's own prompt.",
        subcommands: [Check.self, List.self, Template.self])

    /// `callgate models check [WORKFLOW]`.
    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Ask a workflow's model for one call of a harmless tool, and say what it can tell.",
            discussion: """
                Without WORKFLOW the embedded model is tried. One request of a few tokens is sent; no tool of the \
                workflow runs, no journal is written, and a key is named by its variable only. Exit code 1 when the \
                model does not answer.

                Examples:
                  callgate models check
                  callgate models check my-workflow.yaml
                  callgate models check qwen2.5-0.5b.gguf --tool-choice required
                """)

        @Argument(help: "The workflow file, YAML or JSON; or a model file in GGUF.")
        var workflow: String?

        @Option(help: "Whether the mask lets the model answer in words: auto, or required for a call.")
        var toolChoice = ToolChoice.auto

        enum ToolChoice: String, ExpressibleByArgument, CaseIterable {
            case auto
            case required
        }

        func run() throws {
            let source: ModelSource
            if let workflow, workflow.lowercased().hasSuffix(".gguf") {
                source = .gguf(path: workflow)
            } else {
                source = try WorkflowFile.read(workflow).model
            }
            let model = try ModelOpening.open(source)
            let trial = ModelTrial(
                // A call that is required may be followed by seven more.
                limit: toolChoice == .required ? 512 : 64, calls: toolChoice == .required ? .required : .auto)
            let outcome = Blocking.wait { await trial.run(model) }
            for line in trial.lines(source, outcome) { print(SafeText(line).plain) }
            if case .failed(let reason) = outcome.ending { throw Failure(.failed, reason) }
        }
    }
}

/// One request with one tool, and what came of it.
struct ModelTrial {
    /// How it went.
    struct Outcome: Sendable {
        enum Ending: Sendable {
            case answered(ModelResponse)
            case failed(String)
        }

        var info: ModelInfo
        var ending: Ending
        var steps: [TokenStep] = []
        var retries: [String] = []
        var milliseconds: Double
    }

    let limit: Int
    let calls: MaskSettings.Calls

    private static let tool = ToolDefinition(
        name: "report_ready", description: "Report that you are ready.",
        parameters: [
            "type": "object", "properties": ["ready": ["type": "boolean"]], "required": ["ready"],
            "additionalProperties": false,
        ])

    /// Asks once.
    func run(_ model: any Model) async -> Outcome {
        let seen = Mutex<(steps: [TokenStep], retries: [String])>(([], []))
        let started = ContinuousClock.now
        let info = await model.info
        let request = ModelRequest(
            round: 1, messages: [.user("Call report_ready with ready set to true.")],
            catalogue: [ModelTrial.tool], sampling: SamplingSettings(mask: MaskSettings(calls: calls)),
            maximumTokens: limit)
        let ending: Outcome.Ending
        do {
            ending = .answered(
                try await model.respond(to: request) { event in
                    switch event {
                    case .token(let step): seen.withLock { $0.steps.append(step) }
                    case .retry(let attempt, let reason, let delay):
                        seen.withLock {
                            $0.retries.append("attempt \(attempt) failed: \(reason); again in \(delay) ms")
                        }
                    case .request, .progress: break
                    }
                })
        } catch {
            ending = .failed(String(describing: error))
        }
        return seen.withLock {
            Outcome(
                info: info, ending: ending, steps: $0.steps, retries: $0.retries,
                milliseconds: (ContinuousClock.now - started) / .milliseconds(1))
        }
    }

    /// What a person wants to know of it.
    func lines(_ source: ModelSource, _ outcome: Outcome) -> [String] {
        var lines = ["model      \(outcome.info.name) (\(outcome.info.kind))"]
        if case .remote(let remote) = source {
            lines.append("server     \(remote.url ?? "the usual address of \(remote.format.rawValue)")")
            lines.append("key        \(remote.keyVariable.map { "from \($0)" } ?? "none")")
        }
        let size = outcome.info.vocabulary.map { "\($0.entries.count) tokens" }
        lines.append("vocabulary \(size ?? "not given")")
        if let style = outcome.info.turnStyle { lines.append("calls      \(style.summary)") }
        lines += outcome.info.findings.map { "prompt     \($0)" }
        lines += outcome.retries
        guard case .answered(let response) = outcome.ending else { return lines }
        lines.append("tokens     \(probabilities(outcome.steps))")
        lines.append(
            "mask       \(outcome.steps.contains { $0.allowed != nil } ? "rules every token" : "none on this side")"
        )
        let calls = response.calls.map { "\($0.name) \($0.arguments.text)" }.joined(separator: ", ")
        lines.append("call       \(calls.isEmpty ? "none; it answered in words" : calls)")
        if calls.isEmpty, let found = WordsLikeCall.find(in: response.content, of: [ModelTrial.tool.name]) {
            lines.append("words      look like a call of \(found.tool): \(found.why)")
        }
        if let usage = response.usage {
            lines.append("usage      \(usage.promptTokens) tokens read, \(usage.completionTokens) written")
        }
        lines.append("finish     \(response.finishReason.name), after \(Int(outcome.milliseconds)) ms")
        return lines
    }

    private func probabilities(_ steps: [TokenStep]) -> String {
        for step in steps {
            switch step.distribution {
            case .full: return "the whole distribution at each"
            case .partial(let top, let size):
                return "top \(top.count) of \(size.map(String.init) ?? "an unknown number") at each"
            case .unknown: continue
            }
        }
        return steps.isEmpty ? "none streamed" : "streamed in pieces, without log-probabilities"
    }
}
