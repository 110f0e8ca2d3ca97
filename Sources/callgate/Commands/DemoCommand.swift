import ArgumentParser

/// `callgate demo`: the demo workflow in the debugger.
struct DemoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Run the demo: a support desk over a real database, and a model inside this program.",
        discussion: """
            Nothing leaves the machine; support-desk.sqlite and sessions/ are made in this folder.

            Examples:
              callgate demo
              callgate demo --prompt "what is the priority of T-1042?"
            """)

    @Option(help: "What to ask the model.")
    var prompt: String?

    @Option(help: "The journal to write; by default a new file in sessions/.")
    var record: String?

    @Option(help: "Play these keys on a screen in memory and print it at the end; see 'docs/keys.md'.")
    var keys: String?

    @Option(help: "The size of the screen in memory.")
    var screen: ScreenSize?

    func run() throws {
        let assembly = try Assembly(file: nil, seed: nil, temperature: nil)
        try MainActor.assumeIsolated {
            try DebuggerProgram.live(
                assembly: assembly, journal: JournalPlace(record: record, resume: nil),
                prompt: prompt ?? assembly.workflow.prompt,
                screen: ScreenChoice(
                    keysFile: keys, size: screen,
                    instead: "'callgate run --headless --approve all' runs the demo"))
        }
    }
}
