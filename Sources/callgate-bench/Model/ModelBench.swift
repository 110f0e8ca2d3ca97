import Agent
import ArgumentParser
import Foundation
import JSON
import Models
import Synchronization
import Tools
import Transformer

/// `callgate-bench model`: the embedded model on prompts that it has never seen, through the real loop.
struct ModelBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "model",
        abstract: "Run held-out prompts through the real loop, mask, gate and database, and print the bars.",
        discussion: """
            Greedy, every call approved, each prompt in a database of its own. Exit code 1 below a bar.

            Example:
              callgate-bench model --failures
            """)

    @Option(help: "The model, a GGUF file.")
    var model = "Sources/callgate/Resources/support-desk.gguf"

    @Option(help: "The prompts, one JSON object a line.")
    var heldOut = "Sources/callgate-bench/Resources/held-out.jsonl"

    @Option(help: "Only the first so many prompts.")
    var limit: Int?

    @Flag(help: "Print each prompt that fails, with what was expected.")
    var failures = false

    @Flag(help: "Print the figures as JSON.")
    var json = false

    @Flag(help: "Exit with code 0 even below a bar.")
    var noBars = false

    func run() async throws {
        let items = try HeldOutItem.read(heldOut).prefix(limit ?? .max)
        let model = try EmbeddedModel(path: model)
        var tally = ModelTally()
        for item in items {
            let result = try await HeldOutRun(item: item, model: model).result()
            tally.count(result)
            if failures, !result.isRight { print(result.report) }
        }
        let file = try GGUFFile(self.model)
        let speed = try DecodeSpeed.measure(
            try LlamaModel(file), prompt: Array(repeating: 40, count: 512), decode: 256)
        print(json ? tally.json(speed: speed).text(.spaced) : tally.lines(speed: speed))
        if !noBars, !tally.meetsBars { throw ExitCode(1) }
    }
}

/// What came of one prompt.
struct HeldOutResult {
    let item: HeldOutItem
    let calls: [[ToolCall]]
    let answer: String
    let rightTools: Bool
    let rightArguments: Bool
    let rightAnswer: Bool
    let tokens: Int
    let milliseconds: Double

    var isRight: Bool { rightTools && rightArguments && rightAnswer }

    var report: String {
        func list(_ rounds: [[String]]) -> String {
            rounds.map { $0.joined(separator: "  ") }.joined(separator: "\n      ")
        }
        return """
            [\(item.kind)] \(item.prompt)
              expected \(list(item.rounds.map { $0.map { "\($0.name)\($0.arguments.text(.spaced))" } }))
              got      \(list(calls.map { $0.map { "\($0.name)\($0.arguments.text)" } }))
              answer   \(answer)
              must name \(item.mentions.joined(separator: ", ")), must not name \(item.omits.joined(separator: ", "))

            """
    }
}

/// The figures over all prompts.
struct ModelTally {
    private var prompts = 0
    private var tools = 0
    private var arguments = 0
    private var answers = 0
    private var tokens = 0
    private var milliseconds = 0.0

    mutating func count(_ result: HeldOutResult) {
        prompts += 1
        tools += result.rightTools ? 1 : 0
        arguments += result.rightArguments ? 1 : 0
        answers += result.rightAnswer ? 1 : 0
        tokens += result.tokens
        milliseconds += result.milliseconds
    }

    private func share(_ count: Int) -> Double { prompts == 0 ? 0 : Double(count) / Double(prompts) * 100 }

    /// Right tool 98 %, all arguments exact 95 %, answer true 90 %.
    var meetsBars: Bool { share(tools) >= 98 && share(arguments) >= 95 && share(answers) >= 90 }

    private var rate: Double { milliseconds == 0 ? 0 : Double(tokens) / milliseconds * 1_000 }

    func lines(speed: DecodeSpeed) -> String {
        func percent(_ count: Int) -> String {
            String(format: "%5.1f %% (%d of %d)", share(count), count, prompts)
        }
        return """
            right tools          \(percent(tools)), bar 98 %
            all arguments exact  \(percent(arguments)), bar 95 %
            answer true          \(percent(answers)), bar 90 %
            decode               \(String(format: "%.0f", rate)) tokens/s with mask and records, over \(tokens) tokens
            engine alone         \(speed)
            """
    }

    func json(speed: DecodeSpeed) -> JSONValue {
        func number(_ value: Double) -> JSONValue {
            JSONNumber((value * 10).rounded() / 10).map(JSONValue.number) ?? .null
        }
        return [
            "prompts": .number(JSONNumber(prompts)), "right_tools": number(share(tools)),
            "arguments_exact": number(share(arguments)), "answer_true": number(share(answers)),
            "tokens_per_second": number(rate), "engine_prompt_rate": number(speed.promptRate),
            "engine_decode_rate": number(speed.decodeRate),
        ]
    }
}
