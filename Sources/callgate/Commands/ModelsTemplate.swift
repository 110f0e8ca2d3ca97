import Agent
import ArgumentParser
import Foundation
import JSON
import Models
import Terminal
import Workflows

extension ModelsCommand {
    /// `callgate models template FILE|WORKFLOW`.
    struct Template: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "template",
            abstract:
                "Print the prompt that a model reads, by its own chat template, and what is odd about that.",
            discussion: """
                FILE is a model in GGUF, or a chat template by itself (*.jinja): a short conversation with one tool is \
                shown. Of a workflow the first request is shown as its model reads it; servers of tools are started \
                and asked for their catalogue, and nothing is sent to the model. Exit code 1 when something is odd, 2 when the template cannot be used.

                Examples:
                  callgate models template qwen2.5-0.5b.gguf
                  callgate models template my-workflow.yaml
                """)

        @Argument(help: "A model file, a template or a workflow.")
        var file: String

        @Flag(help: "Only what is odd, not the prompt.")
        var lint = false

        func run() throws {
            let (writer, request) = try subject()
            if !lint {
                let prompt = try failing(.failed) { try writer.text(for: request) }
                for line in SafeText(prompt).lines { print(line.plain) }
                for line in writer.calling { print(SafeText(line).singleLine) }
            }
            for finding in writer.findings { print(SafeText("! \(finding)").singleLine) }
            if !writer.findings.isEmpty { throw ExitCode(1) }
            print(
                "Nothing is odd: the system's words, tools, calls and results reach the model by its own template."
            )
        }

        private func subject() throws -> (PromptWriter, ModelRequest) {
            let name = file.lowercased()
            if name.hasSuffix(".gguf") {
                return (try failing(.usage) { try PromptWriter.opening(file) }, Template.sample)
            }
            if name.hasSuffix(".jinja") {
                let text = try failing(.usage) { try BoundedFile.text(file) }
                return (try failing(.usage) { try PromptWriter.reading(text, name: file) }, Template.sample)
            }
            let workflow = try WorkflowFile.read(file)
            let host = ServerHost()
            host.attach(show: Notice.print)
            let tools = try Toolbox(workflow.tools, host: host).tools.map(\.definition)
            var messages = workflow.system.map { [Message.system($0)] } ?? []
            messages.append(.user(workflow.prompt ?? "(what you ask)"))
            let request = ModelRequest(
                round: 1, messages: messages, catalogue: tools, sampling: workflow.sampling, maximumTokens: 1)
            return (try writer(of: workflow.model), request)
        }

        private func writer(of source: ModelSource) throws -> PromptWriter {
            switch source {
            case .builtin: return try failing(.usage) { try PromptWriter.opening(try DemoFiles.model()) }
            case .gguf(let path): return try failing(.usage) { try PromptWriter.opening(path) }
            case .remote, .scripted:
                guard let model = try ModelOpening.open(source) as? LlamaServerModel else {
                    throw Failure(.usage, "\(file): its model renders the prompt itself, out of sight")
                }
                return model.writer
            }
        }

        private static let sample = ModelRequest(
            round: 1,
            messages: [
                .system("You answer questions about the weather."), .user("Is it raining in Paris?"),
                .assistant(
                    AssistantMessage(
                        content: "",
                        calls: [
                            ToolCall(
                                id: ToolCallID("call_1"), name: "get_weather",
                                arguments: ByteString("{\"city\": \"Paris\"}"))
                        ])),
                .tool(
                    ToolMessage(
                        callID: ToolCallID("call_1"), name: "get_weather", content: "light rain",
                        isError: false)),
            ],
            catalogue: [
                ToolDefinition(
                    name: "get_weather", description: "Tells the weather in a city.",
                    parameters: [
                        "type": "object", "properties": ["city": ["type": "string"]], "required": ["city"],
                    ])
            ], sampling: SamplingSettings(), maximumTokens: 1)
    }
}
