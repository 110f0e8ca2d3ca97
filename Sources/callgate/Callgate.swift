import ArgumentParser
import Foundation
import Terminal

/// The command line: `callgate` alone runs the workflow of this folder, else opens the start page.
struct Callgate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "callgate",
        abstract: "A step-through debugger for LLM agents that call tools.",
        discussion: """
            Examples:
              callgate                               the folder's workflow, or a start page
              callgate demo                          a support desk, with its own model
              callgate tutor                         ten minutes, and a real fault to find
              callgate run my-workflow.yaml          a workflow of your own
              callgate run --headless --approve all --prompt "look up T-1042"
              callgate attach -- python agent.py     hold the calls of your own agent
              callgate replay sessions/x.jsonl       step through a recorded session
              callgate grep '~err' sessions/         what went wrong in a folder
              callgate diff a.jsonl b.jsonl          where two sessions parted
              callgate check sessions/               run saved sessions again, as tests
              callgate fork x.jsonl --at 42          a new session from a step
              callgate export x.jsonl > run.md       a session as a page
              callgate approve sessions/             decide the calls that wait there
              callgate audit sessions/x.jsonl        who decided what; checks the journal
              callgate provenance sessions/x.jsonl   where each argument came from
              callgate rules try new.yaml sessions/  what rules would have done

            Exit codes: 0 done, 1 the run failed or a comparison found something, 2 usage, \
            3 stopped by a policy or a breakpoint.
            """,
        version: "0.1.0",
        subcommands: [
            StartCommand.self, DemoCommand.self, TutorCommand.self, RunCommand.self, AttachCommand.self,
            ReplayCommand.self, GrepCommand.self, DiffCommand.self, CheckCommand.self,
            ForkCommand.self, ImportCommand.self, ExportCommand.self, ApproveCommand.self, AuditCommand.self,
            RulesCommand.self,
            ProvenanceCommand.self, MaskCommand.self, ValidateCommand.self, ToolsCommand.self,
            ModelsCommand.self, InitCommand.self, ConfigCommand.self,
        ],
        defaultSubcommand: RunCommand.self)
}

@main
enum Program {
    /// What `callgate` alone means: the workflow that is chosen in the settings or lies here, else the start page.
    private static func firstWords() -> [String] {
        if SettingsFile.current.defaults.workflow != nil { return ["run"] }
        let here = ["workflow.yaml", "callgate.yaml"].first { FileManager.default.fileExists(atPath: $0) }
        return here.map { ["run", $0] } ?? ["start"]
    }

    @MainActor
    static func main() {
        StandardStreams.prepare()
        do {
            let words = Array(CommandLine.arguments.dropFirst())
            var command = try Callgate.parseAsRoot(words.isEmpty ? firstWords() : words)
            try command.run()
            StandardOutput.flush()
        } catch let failure as Failure {
            failure.exit()
        } catch let code as ExitCode {
            // What was found is printed already.
            StandardOutput.flush()
            Foundation.exit(code.rawValue)
        } catch {
            guard Callgate.exitCode(for: error) != .success else {
                StandardOutput.write(Callgate.fullMessage(for: error) + "\n")
                StandardOutput.flush()
                Foundation.exit(0)
            }
            let line = Callgate.message(for: error).split(separator: "\n").first.map(String.init)
            Failure(.usage, (line ?? "these arguments cannot be used") + "; see 'callgate --help'").exit()
        }
    }
}

/// An end of the program that is not success: one line on standard error and an exit code.
struct Failure: Error {
    /// The program's exit codes besides 0.
    enum Code: Int32 {
        /// The run failed.
        case failed = 1
        /// The arguments or a file cannot be used.
        case usage = 2
        /// A policy or a person stopped the run.
        case stopped = 3
    }

    let code: Code
    let message: String

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// Ends the program; what was printed before comes first.
    func exit() -> Never {
        StandardOutput.flush()
        end()
    }

    /// Ends the program where standard output cannot be written.
    ///
    /// The message may hold words of a model, a server or a file.
    func end() -> Never {
        StandardError.write("callgate: \(ScreenedText.line(message))\n")
        Foundation.exit(code.rawValue)
    }
}

/// Runs `body`, turning whatever it throws into a failure with that code.
func failing<Result>(_ code: Failure.Code, _ body: () throws -> Result) throws -> Result {
    do {
        return try body()
    } catch let failure as Failure {
        throw failure
    } catch {
        throw Failure(code, String(describing: error))
    }
}
