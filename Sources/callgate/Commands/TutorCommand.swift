import ArgumentParser
import Foundation

/// `callgate tutor`: a guided session with the embedded model.
struct TutorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tutor",
        abstract: "Ten minutes with a real model, in which you find a real fault.",
        discussion: """
            A line over the panes says what to do next; ':skip' leaves a lesson out. Everything is made in a folder of its \
            own, which is printed at the end and made anew each time.

            Example:
              callgate tutor
            """)

    @Option(help: "Play these keys on a screen in memory and print it at the end; see 'docs/keys.md'.")
    var keys: String?

    @Option(help: "The size of the screen in memory.")
    var screen: ScreenSize?

    func run() throws {
        let folder = SettingsFile.stateFolder + "/tutor"
        let workflow = folder + "/workflow.yaml"
        do {
            if FileManager.default.fileExists(atPath: folder) {
                try FileManager.default.removeItem(atPath: folder)
            }
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try Data(TutorCommand.workflow.utf8).write(to: URL(fileURLWithPath: workflow))
        } catch {
            throw Failure(.usage, "\(folder) cannot be written: \(error.localizedDescription)")
        }
        let assembly = try Assembly(file: workflow, seed: nil, temperature: nil)
        try MainActor.assumeIsolated {
            try DebuggerProgram.live(
                assembly: assembly, journal: JournalPlace(record: folder + "/session.jsonl", resume: nil),
                prompt: assembly.workflow.prompt, screen: ScreenChoice(keysFile: keys, size: screen),
                isTutorial: true)
        }
        Notice.print("the tutor's workflow: \(workflow); run it again with: callgate run \(workflow)")
    }

    /// The demo with a rule that says more than it means.
    private static let workflow = """
        # The tutor's workflow: the demo with a policy.
        name: tutor
        model:
          embedded: builtin
        tools:
          - builtin: support-desk
            database: support-desk.sqlite
        system: >-
          You are the support desk assistant. Use the functions to look things up; never guess. A ticket without comments is
          not making progress.
        prompt: tell Omar about T-1042
        policy:
          default: ask
          allow:
            - name: looking-people-up
              tool: "*_user"

        """
}
