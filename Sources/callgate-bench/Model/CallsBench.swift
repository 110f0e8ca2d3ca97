import Agent
import ArgumentParser
import Foundation
import JSON
import Models
import Synchronization
import Tools

/// `callgate-bench calls`: whether any model's first call on each prompt is valid, and of the right tool.
struct CallsBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "calls",
        abstract:
            "Ask a model for a call on held-out prompts, and count the valid calls and the right tools.",
        discussion: """
            One request a prompt, greedy, with the demo's five tools, a call required by the mask. Which tool a model
            takes is told and no bar; exit code 1 when a call is not valid.

            Example:
              callgate-bench calls --model smollm2.gguf --limit 40
            """)

    @Option(help: "The model, a GGUF file.")
    var model: String

    @Option(help: "The prompts, one JSON object a line.")
    var heldOut = "Sources/callgate-bench/Resources/held-out.jsonl"

    @Option(help: "How many prompts, spread evenly over the file.")
    var limit = 40

    @Flag(help: "Print each call.")
    var calls = false

    func run() async throws {
        let model = try EmbeddedModel(path: model)
        let all = try HeldOutItem.read(heldOut)
        let step = max(1, all.count / max(1, limit))
        let items = stride(from: 0, to: all.count, by: step).prefix(limit).map { all[$0] }
        var (valid, right) = (0, 0)
        for item in items {
            let catalogue = try SupportDesk(world: item.world).tools.map(\.definition)
            let request = ModelRequest(
                round: 1, messages: [.system("You are the support desk assistant."), .user(item.prompt)],
                catalogue: catalogue, sampling: SamplingSettings(mask: MaskSettings(calls: .required)),
                maximumTokens: 640)
            let response = try await model.respond(to: request) { _ in }
            let checker = try CallChecker(catalogue: catalogue)
            let isValid =
                !response.calls.isEmpty
                && response.calls.allSatisfy {
                    checker.problems(name: $0.name, arguments: $0.arguments).isEmpty
                }
            valid += isValid ? 1 : 0
            right += response.calls.first?.name == item.rounds.first?.first?.name ? 1 : 0
            if calls || !isValid {
                let told = response.calls.map { "\($0.name)\($0.arguments.text)" }.joined(separator: "  ")
                print(
                    "\(isValid ? "valid" : "NOT VALID")  \(item.prompt)  \(told)  \(response.finishReason.name)"
                )
            }
        }
        for finding in await model.info.findings { print("! \(finding)") }
        print(
            "\(await model.info.name): \(items.count) prompts, \(valid) valid calls, \(right) of the right tool"
        )
        if valid < items.count { throw ExitCode(1) }
    }
}
