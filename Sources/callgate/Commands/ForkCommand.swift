import Agent
import ArgumentParser
import Foundation
import JSON
import Sessions

/// `callgate fork`: a new session from a step of another.
struct ForkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fork",
        abstract: "Begin a new session at a step of another, with something changed.",
        discussion: """
            The parent is never changed; the new journal says where it came from. Go on with 'callgate run --resume'. \
            Without --at the fork is made at the last step at which the changes can still be made.

            Examples:
              callgate fork sessions/x.jsonl --args 'call_1={"id": "T-1048"}'
              callgate fork x.jsonl --result 'call_2={"comments": []}' --record y.jsonl
              callgate fork sessions/x.jsonl --prompt 'and the medium ones?'
              callgate fork sessions/x.jsonl --at 42
              callgate fork sessions/x.jsonl --at 20 --token '␣low'   another token there
              callgate fork sessions/x.jsonl --at 42 --seed 7 --model other.gguf

            Exit codes: 0 written, 2 usage.
            """)

    @Argument(help: "The parent's journal.")
    var session: String

    @Option(help: "The last step that is taken over; with --token the one at which another token is chosen.")
    var at: Int?

    @Option(help: "Choose this token at the step of --at: its number, or its text ('=5' for the text 5).")
    var token: String?

    @Option(help: "Go on with this seed instead of the workflow's.")
    var seed: UInt64?

    @Option(help: "Go on with this model instead of the workflow's: builtin, or a GGUF file.")
    var model: String?

    @Option(help: ArgumentHelp("Run the call with other arguments.", valueName: "id=json"))
    var args: [String] = []

    @Option(help: ArgumentHelp("Let the model read another result.", valueName: "id=text"))
    var result: [String] = []

    @Option(help: "Ask something else than the last message before the fork.")
    var prompt: String?

    @Option(help: "The journal to write; by default beside the parent's, with -fork-STEP in its name.")
    var record: String?

    func run() throws {
        let stem = JournalStem.of(session)
        var changes: [SessionFork.Change] = try args.map { text in
            let (id, value) = try pair(text, option: "--args")
            return .arguments(id, ByteString(value))
        }
        changes += try result.map { text in
            let (id, value) = try pair(text, option: "--result")
            return .result(id, value)
        }
        if let prompt {
            guard changes.isEmpty else {
                throw Failure(.usage, "--prompt goes before every call; leave --args and --result out")
            }
            changes.append(.prompt(prompt))
        }
        if let token {
            guard changes.isEmpty, at != nil else {
                throw Failure(
                    .usage, "--token needs the step of a token (--at N), and goes without other changes")
            }
            changes.append(.token(try failing(.usage) { try ChosenToken.find(token, in: try vocabulary()) }))
        }
        if let model, model != "builtin", !FileManager.default.fileExists(atPath: model) {
            throw Failure(.usage, "there is no file \(model); --model takes builtin or a GGUF file")
        }
        let continuation = SessionFork.Continuation(seed: seed, model: model)
        func fork(named name: String) throws -> SessionFork {
            try failing(.usage) {
                try SessionFork(of: session, at: at, changes: changes, continuation: continuation, name: name)
            }
        }
        let path: String
        if let record {
            path = record
        } else {
            path = "\(stem)-fork-\(try fork(named: "").step).jsonl"
        }
        let fork = try fork(named: URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent)
        for key in fork.doubtful {
            Notice.print(
                "call \(key.id) was running at step \(fork.step): in the fork its outcome is unknown")
        }
        try failing(.usage) { try fork.write(to: path) }
        print("\(path): \(fork.step) steps of \(session), \(fork.events.count - fork.step) new")
        print("go on with: callgate run --resume \(path)")
    }

    private func vocabulary() throws -> VocabularyRecord? {
        try SessionFiles.header(of: session)?.model.vocabulary
    }

    private func pair(_ text: String, option: String) throws -> (ToolCallID, String) {
        guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
            throw Failure(.usage, "\(option) takes ID=TEXT, for example call_1=…; found \(text)")
        }
        return (ToolCallID(String(text[..<equals])), String(text[text.index(after: equals)...]))
    }
}
