import Agent
import ArgumentParser
import Foundation
import JSON
import Models
import Sessions
import Terminal
import Workflows

/// `callgate tools call`.
struct ToolsCall: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "call", abstract: "Call one tool of a workflow, through the same gate as a run.",
        discussion: """
            The arguments are validated and the policy rules, as in a run. What the policy wants asked is asked on the \
            terminal, unless --approve says who decides. Exit codes: 0 the tool answered, 1 it failed or the arguments \
            do not match, 2 usage, 3 the call was denied or needs a person.

            Examples:
              callgate tools call get_ticket --args '{"id": "T-1042"}'
              callgate tools call get_ticket --workflow my.yaml --approve policy
            """)

    @Argument(help: "The tool's name.")
    var name: String

    @Option(
        name: .customLong("args"), help: "The arguments, a JSON object; - reads them from standard input.")
    var arguments = "{}"

    @Option(help: "What holds the tool: a workflow, or anything that tools list takes; the demo by default.")
    var workflow: String?

    @Option(help: "Who decides a call that the policy wants asked: all, none or policy; a person by default.")
    var approve: RunCommand.Approve?

    @Option(help: "Write a journal of the call there.")
    var record: String?

    func run() throws {
        if approve == .outside {
            throw Failure(.usage, "--approve await goes with callgate run; here say all, none or policy")
        }
        let file = try ToolsFile(workflow).workflow
        let text = try argumentText()
        if approve == nil, !TerminalPerson.isThere {
            throw Failure(.usage, "there is no terminal to ask on; say --approve all, none or policy")
        }
        Interrupts.endProgram()
        let host = ServerHost()
        // What a person is asked besides the call itself goes to the same person.
        let asking: ServerHost.Asking = { await TerminalPerson.answer($0) }
        host.attach(
            show: { Notice.print($0) }, ask: TerminalPerson.isThere && approve == nil ? asking : nil)
        let toolbox = try Toolbox(file.tools, host: host)
        let record = try CallProgram(
            workflow: file, toolbox: toolbox, pins: try PinFile.read(of: workflow),
            approval: approve?.approval ?? .person, journal: self.record
        ).run(ToolCall(id: ToolCallID("call_1"), name: name, arguments: ByteString(text)))
        try report(record)
    }

    private func argumentText() throws -> String {
        guard arguments == "-" else { return arguments }
        let bytes = try failing(.usage) {
            try BoundedFile.bytes(0, named: "standard input", most: ReadingLimits.document)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func report(_ record: CallRecord) throws {
        switch record.status {
        case .finished, .answered:
            let content = record.result?.content ?? record.pendingMessage?.content ?? ""
            let isTerminal = isatty(STDOUT_FILENO) == 1
            // To a file goes what the tool said, to the byte; to a terminal only what cannot steer it.
            let shown = isTerminal ? SafeText(content).plain : content
            StandardOutput.write(shown.utf8.last == 0x0A ? shown : shown + "\n")
            for problem in record.result?.problems ?? [] { Notice.print("\(name): \(problem)") }
            if let result = record.result, result.isError {
                throw Failure(.failed, "\(name): \(result.ending.rawValue)")
            }
        case .refused: throw Failure(.failed, record.pendingMessage?.content ?? "the call cannot run")
        case .denied:
            throw Failure(
                record.problems.isEmpty ? .stopped : .failed, record.pendingMessage?.content ?? "denied")
        default: throw Failure(.failed, "\(name): \(record.status.rawValue)")
        }
    }
}

extension RunCommand.Approve {
    /// Who decides.
    var approval: Approval {
        switch self {
        case .all: .all
        case .none: .none
        case .policy: .policyOnly
        case .outside: .person
        }
    }
}
