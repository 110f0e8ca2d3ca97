import Agent
import ArgumentParser
import Attach
import Foundation
import JSON
import Wire
import Workflows

/// `callgate attach`: stands between agents and their models.
struct AttachCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "attach",
        abstract: "Stand between an agent and its model, and hold its calls.",
        discussion: """
            The agent stays as it is: it is pointed at this program instead of at its provider, by the lines that are \
            printed. Its words pass at once; its calls wait until they are decided.

            Examples:
              callgate attach                      listen, and print what to paste
              callgate attach -- python agent.py   set that, and run the program
              callgate attach --beside -- claude   the program has this terminal, and
              callgate approve sessions/           another one decides
              callgate attach --upstream http://127.0.0.1:8080 -- python agent.py
              callgate attach --headless --rules rules.yaml -- codex exec "…"
            """)

    @Option(help: ArgumentHelp("Where to listen.", valueName: "host:port"))
    var listen: String = "127.0.0.1:8787"

    @Option(
        help: ArgumentHelp(
            "Another provider, a server of your own, or a session to answer from, for all requests.",
            valueName: "url"))
    var upstream: String?

    @Option(
        help: ArgumentHelp("The folder for the journals, one for each conversation.", valueName: "folder"))
    var record: String = "sessions"

    @Option(
        help: ArgumentHelp(
            "A workflow file of which the policy holds; one with nothing else will do.", valueName: "file"))
    var rules: String?

    @Option(
        help: ArgumentHelp("Deny a call that nobody has decided after so many seconds.", valueName: "seconds")
    )
    var holdLimit: Int?

    @Option(
        help: ArgumentHelp(
            "What every request must carry as x-callgate-token, where other machines can reach the port."))
    var token: String?

    @Flag(help: "Give the program this terminal; its calls are decided by 'callgate approve' in another one.")
    var beside = false

    @Flag(help: "Run without a terminal.")
    var headless = false

    @Option(help: "Without a terminal: which calls run, as for 'callgate run'.")
    var approve: RunCommand.Approve?

    @Option(
        help: ArgumentHelp(
            "How the model learns that a call did not run: auto, swap (its client refuses a call in the place of it) or ask-again (it is asked again, and its client gets the next answer).",
            valueName: "way"))
    var deny: DenialWay = .auto

    @Argument(parsing: .postTerminator, help: "A program to run, pointed at the proxy.")
    var command: [String] = []

    func validate() throws {
        if headless, approve == nil {
            throw ValidationError(
                "--headless needs --approve all, none, policy or await: nobody is there to ask")
        }
        if !headless, approve != nil {
            throw ValidationError("--approve goes with --headless; without it a person decides")
        }
        if beside, command.isEmpty {
            throw ValidationError("--beside needs a program: callgate attach --beside -- claude")
        }
        if beside, headless { throw ValidationError("--beside lets a person decide; leave --headless out") }
        if let holdLimit, !(1...10_000_000).contains(holdLimit) {
            throw ValidationError("--hold-limit takes from 1 to 10000000 seconds")
        }
    }

    func run() throws {
        var settings = try failing(.usage) { try place() }
        if let upstream { settings.upstream = try failing(.usage) { try provider(upstream) } }
        if let rules {
            settings.gate.policy = try failing(.usage) {
                try Workflow.parse(try BoundedFile.text(rules), file: rules).policy
            }
        }
        settings.gate.holdLimit = holdLimit ?? settings.gate.policy.approvalTimeout
        settings.gate.approval = approve?.attached ?? .person
        settings.gate.denial = deny
        if headless || beside {
            let awaits = beside || approve == .outside
            try AttachProgram(settings: settings, command: command, isBeside: beside, awaitsDecisions: awaits)
                .run()
        } else {
            let (settings, command) = (settings, command)
            try MainActor.assumeIsolated { try AttachDesk.run(settings, command: command) }
        }
    }

    /// The provider that was named: an address, or a recorded session that answers in a provider's place.
    private func provider(_ name: String) throws -> Origin {
        guard FileManager.default.fileExists(atPath: name) else { return try Origin(name) }
        let opened = Blocking.wait {
            do {
                return Result<RecordedProvider, Failure>.success(try await RecordedProvider(journal: name))
            } catch {
                return .failure(Failure(.usage, "\(error)"))
            }
        }
        let recorded = try opened.get()
        Task.detached { try await recorded.run() }
        return try recorded.origin
    }

    private func place() throws -> ProxySettings {
        let text = listen.hasPrefix(":") ? "127.0.0.1\(listen)" : listen
        let origin: Origin
        do {
            origin = try Origin("http://\(text)")
        } catch {
            guard text.hasSuffix(":0"), let free = try? Origin("http://\(text.dropLast(2))") else {
                throw Failure(
                    .usage, "--listen takes a host and a port, such as 127.0.0.1:8787, not \(listen)")
            }
            return ProxySettings(host: free.host, port: 0, folder: record, token: token)
        }
        return ProxySettings(host: origin.host, port: origin.port, folder: record, token: token)
    }
}

extension DenialWay: ExpressibleByArgument {}

extension RunCommand.Approve {
    /// The same at the proxy's gate.
    var attached: AttachApproval {
        switch self {
        case .all: .all
        case .none: .none
        case .policy: .policyOnly
        case .outside: .person
        }
    }
}
