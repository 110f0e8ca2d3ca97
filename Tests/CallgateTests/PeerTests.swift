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

    /// Runs a script of the peers' folder to its end, or to the end of its time.
    private func run(_ script: String, _ arguments: [String] = []) throws {
        let folder = try Folder()
        let place = PeerTests.scripts.appendingPathComponent(script).path
        let run = try CommandLineRun(
            program: "/usr/bin/env", ["timeout", "-k", "10", "600", "sh", place] + arguments, in: folder,
            environment: [
                "CALLGATE": try CommandLineRun.program().path, "PIP_RETRIES": "1", "PIP_TIMEOUT": "20",
            ])
        if run.status == PeerTests.skipped {
            print("\(script) \(arguments.joined(separator: " ")): \(run.errors)")
            return
        }
        #expect(run.status == 0, "\(run.output)\n\(run.errors)")
        #expect(run.output.contains("ok    ") && !run.output.contains("FAIL"), "\(run.output)")
    }

    @Test(.timeLimit(.minutes(20)), arguments: ["notes", "time-and-git", "sqlite"])
    func aWorkflowRunsAgainstItsPeers(name: String) throws { try run("workflow.sh", [name]) }

    @Test(.timeLimit(.minutes(20)))
    func aServersQuestionIsAnsweredOnTheScreenAndADeadServerStartedAgain() throws { try run("mcp-screen.sh") }
}
