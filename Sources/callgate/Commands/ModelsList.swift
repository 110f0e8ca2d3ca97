import ArgumentParser
import Foundation
import JSON
import Models
import Terminal

extension ModelsCommand {
    /// `callgate models list`.
    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "Find the GGUF files that are on this machine already.",
            discussion: """
                Looks where Ollama, LM Studio, llama.cpp and Hugging Face keep theirs, and into the folders of \
                CALLGATE_MODELS (with a colon between them). A workflow names a model as the list does: \
                embedded: qwen3:4b. Nothing is downloaded.

                Examples:
                  callgate models list
                  callgate models list --folder ~/models --json
                """)

        @Option(help: "A folder to look into as well; may be given several times.")
        var folder: [String] = []

        @Flag(help: "Print one JSON object a line.")
        var json = false

        func run() throws {
            for path in folder where (try? FileManager.default.contentsOfDirectory(atPath: path)) == nil {
                throw Failure(.usage, "\(path) is no folder that can be read")
            }
            let library = ModelLibrary(
                environment: ProcessInfo.processInfo.environment, home: NSHomeDirectory(), folders: folder)
            let entries = library.models().map(Entry.init)
            if json {
                for entry in entries { print(entry.json.text()) }
                return
            }
            guard !entries.isEmpty else {
                print("no GGUF file found; name a folder with --folder or in CALLGATE_MODELS")
                return
            }
            for line in ModelsCommand.table(entries) { print(SafeText(line).plain) }
        }
    }

    /// A model with what its file says, or why it cannot be read.
    struct Entry {
        let model: FoundModel
        let report: ModelReport?
        let fault: String?

        init(_ model: FoundModel) {
            self.model = model
            do {
                (report, fault) = (try ModelReport(path: model.path), nil)
            } catch {
                (report, fault) = (nil, error.description)
            }
        }

        var json: JSONValue {
            var members: [(String, JSONValue)] = [
                ("name", .string(model.name)), ("path", .string(model.path)), ("owner", .string(model.owner)),
            ]
            if let report {
                members += [
                    ("bytes", .number(JSONNumber(report.bytes))),
                    ("architecture", .string(report.architecture)), ("format", .string(report.format)),
                    ("context", report.contextLength.map { .number(JSONNumber($0)) } ?? .null),
                    ("template", .string(report.template.rawValue)),
                ]
            }
            let problem = fault ?? report?.problem
            members += [("runs", .bool(problem == nil)), ("problem", problem.map { .string($0) } ?? .null)]
            return .object(JSONObject(members.map { JSONObject.Member(key: $0.0, value: $0.1) }))
        }
    }

    /// The list for people: a row a model, and below it why it does not run.
    static func table(_ entries: [Entry]) -> [String] {
        var lines: [String] = []
        var owner = ""
        let width = min(48, entries.map(\.model.name.count).max() ?? 0)
        for entry in entries {
            if entry.model.owner != owner {
                owner = entry.model.owner
                lines.append(owner)
            }
            let name = entry.model.name.padding(
                toLength: max(width, entry.model.name.count), withPad: " ", startingAt: 0)
            guard let report = entry.report else {
                lines.append("  \(name)  cannot be read: \(entry.fault ?? "")")
                continue
            }
            let context = report.contextLength.map { "context \($0)" } ?? "context ?"
            let facts = [
                size(report.bytes), report.architecture, report.format, context, report.template.rawValue,
                report.problem == nil ? "runs" : "does not run",
            ]
            lines.append("  \(name)  \(facts.joined(separator: " · "))")
            if let problem = report.problem { lines.append("      \(problem)") }
        }
        return lines
    }

    private static func size(_ bytes: Int) -> String {
        bytes < 1_000_000_000
            ? "\(max(1, bytes / 1_000_000)) MB" : "\(Double(bytes / 100_000_000) / 10) GB"
    }
}
