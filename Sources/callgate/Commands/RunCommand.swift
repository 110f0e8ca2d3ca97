import Agent
import ArgumentParser
import Sessions
import Workflows

/// `callgate run`: a workflow in the debugger, or without a terminal.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run a workflow, in the debugger or without a terminal.",
        discussion: """
            Without WORKFLOW the demo runs: a support desk over a real database, and the embedded model.

            Examples:
              callgate run --prompt "list Maya's high-priority tickets"
              callgate run my-workflow.yaml --seed 7 --record sessions/monday.jsonl
              callgate run --headless --approve policy --json | tee events.jsonl
              callgate run --headless --approve await   # then: callgate approve sessions/
              callgate run --headless --approve all --break '~tool notify_user | ~p<0.2'
              callgate run --resume sessions/monday.jsonl
            """)

    /// Who decides the calls that a policy wants asked, when there is no terminal.
    enum Approve: String, ExpressibleByArgument, CaseIterable {
        case all
        case none
        case policy
        /// Whoever runs `callgate approve`.
        case outside = "await"
    }

    @Argument(help: "The workflow file, YAML or JSON.")
    var workflow: String?

    @Option(help: "What to ask the model, instead of the workflow's prompt.")
    var prompt: String?

    @Option(help: "The journal to write; by default a new file in sessions/.")
    var record: String?

    @Option(help: "Take up a session where its journal ends; calls that had begun are shown as in doubt.")
    var resume: String?

    @Option(help: "The seed of the random choices.")
    var seed: UInt64?

    @Option(help: "The temperature; 0 takes the most probable token.")
    var temperature: Double?

    @Flag(help: "Run without a terminal and print the answer.")
    var headless = false

    @Option(
        help:
            "Without a terminal: which calls run. 'policy' stops with code 3 at the first that needs a person, 'await' lets it wait for 'callgate approve'."
    )
    var approve: Approve?

    @Option(
        help: ArgumentHelp(
            "With --approve await: deny a call that nobody has decided after so many seconds, instead of the workflow's approval-timeout.",
            valueName: "seconds"))
    var approvalTimeout: Int?

    @Flag(help: "Without a terminal: print every event as a line of JSON.")
    var json = false

    @Option(
        name: .customLong("break"),
        help: ArgumentHelp(
            "Without a terminal: stop with code 3 at the first event that matches; see 'docs/filters.md'.",
            valueName: "expr"),
        transform: { try Filter($0) })
    var breakpoints: [Filter] = []

    @Option(help: "Play these keys on a screen in memory and print it at the end; see 'docs/keys.md'.")
    var keys: String?

    @Option(help: "The size of the screen in memory.")
    var screen: ScreenSize?

    func validate() throws {
        if headless, approve == nil {
            throw ValidationError(
                "--headless needs --approve all, none, policy or await: nobody is there to ask")
        }
        if let approvalTimeout {
            guard approve == .outside else {
                throw ValidationError(
                    "--approval-timeout goes with --approve await; elsewhere the workflow says it")
            }
            guard (1...1_000_000).contains(approvalTimeout) else {
                throw ValidationError("--approval-timeout takes from 1 to 1000000 seconds")
            }
        }
        if !headless, approve != nil || json || !breakpoints.isEmpty {
            throw ValidationError(
                "--approve, --json and --break go with --headless; without it a person decides")
        }
        if record != nil, resume != nil {
            throw ValidationError("--resume goes on in its own journal; leave --record out")
        }
        if let temperature, !(0...10).contains(temperature) {
            throw ValidationError("--temperature takes a number from 0 to 10")
        }
    }

    func run() throws {
        let parent = try resume.flatMap { try SessionFiles.header(of: $0)?.parent }
        let file = workflow ?? SettingsFile.current.defaults.workflow
        let assembly = try Assembly(file: file, seed: seed, temperature: temperature, parent: parent)
        let journal = JournalPlace(record: record, resume: resume)
        let prompt = prompt ?? (resume == nil ? assembly.workflow.prompt : nil)
        if headless {
            if file == nil { Notice.print("no workflow was given: the demo runs, a support desk") }
            try HeadlessProgram(
                assembly: assembly, journal: journal, approval: approve?.approval ?? .none,
                printsEvents: json,
                breakpoints: breakpoints, approvalTimeout: approvalTimeout
            ).run(prompt: prompt)
        } else {
            try MainActor.assumeIsolated {
                try DebuggerProgram.live(
                    assembly: assembly, journal: journal, prompt: prompt,
                    screen: ScreenChoice(keysFile: keys, size: screen, instead: "--headless runs it"))
            }
        }
    }
}

/// Where a run's journal goes.
struct JournalPlace {
    let record: String?
    let resume: String?

    /// Opens the journal; of one that is taken up, the events so far are folded.
    func open(
        workflow: String, observer: @escaping @Sendable (Event) -> Void,
        lines: @escaping @Sendable ([UInt8]) -> Void = { _ in }
    ) throws -> (writer: JournalWriter, past: [Event]) {
        try failing(.usage) {
            var past: [Event] = []
            if let resume {
                let writer = try JournalWriter(
                    resuming: resume,
                    report: { Notice.print($0.description) },
                    fold: { past.append($0) },
                    observer: observer, lines: lines)
                return (writer, past)
            }
            if let record {
                return (try JournalWriter(creating: record, observer: observer, lines: lines), [])
            }
            return (
                try JournalWriter(
                    in: SettingsFile.current.defaults.sessions, workflow: workflow, observer: observer,
                    lines: lines), []
            )
        }
    }
}
