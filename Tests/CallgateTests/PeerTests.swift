import Foundation
import Testing

/// Workflows against real peers from packages.
///
/// Each says why where a peer cannot be had, and then proves nothing. The scripts run one after the other: they are as slow as the peers are, and share their installation.
@Suite(.serialized) struct PeerTests {
    private static let scripts = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Scripts/peers")
    /// The exit code by which a script says that it cannot run here.
    private static let skipped: Int32 = 77
    /// The exit code of what met its time.
    private static let tooSlow: Int32 = 124

    /// Runs a script of the peers' folder to its end, or to the end of its time.
    ///
    /// - Parameter seconds: how long it may take; meeting that is a failure unless `mayBeTooSlow`.
    private func run(
        _ script: String, _ arguments: [String] = [], seconds: Int = 600, mayBeTooSlow: Bool = false
    ) throws {
        let folder = try Folder()
        let place = PeerTests.scripts.appendingPathComponent(script).path
        let run = try CommandLineRun(
            program: "/usr/bin/env", ["timeout", "-k", "10", "\(seconds)", "sh", place] + arguments,
            in: folder,
            environment: [
                "CALLGATE": try CommandLineRun.program().path, "PIP_RETRIES": "1", "PIP_TIMEOUT": "20",
            ])
        if run.status == PeerTests.skipped {
            print("\(script) \(arguments.joined(separator: " ")): \(run.errors)")
            return
        }
        if run.status == PeerTests.tooSlow, mayBeTooSlow {
            print("\(script) \(arguments.joined(separator: " ")): not done within \(seconds) s, and left")
            return
        }
        #expect(run.status == 0, "\(run.output)\n\(run.errors)")
        #expect(run.output.contains("ok    ") && !run.output.contains("FAIL"), "\(run.output)")
    }

    @Test(.timeLimit(.minutes(20)), arguments: ["notes", "time-and-git", "sqlite"])
    func aWorkflowRunsAgainstItsPeers(name: String) throws {
        // A model behind a server, token by token, takes what the machine has to give.
        let isModel = name == "sqlite"
        try run("workflow.sh", [name], seconds: isModel ? 240 : 600, mayBeTooSlow: isModel)
    }

    @Test(.timeLimit(.minutes(20)))
    func whatStrangersSendIsReadOrNamed() throws { try run("strangers.sh") }

    @Test(.timeLimit(.minutes(20)))
    func aServersQuestionIsAnsweredOnTheScreenAndADeadServerStartedAgain() throws { try run("mcp-screen.sh") }
}
