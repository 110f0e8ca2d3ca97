import Foundation
import Testing

/// Screens kept as files beside the tests, to be read as pictures of what a person sees.
///
/// With `CALLGATE_RECORD_SCREENS=1` in the environment every screen that is compared is written anew instead; look at
/// the difference before it is committed.
enum RecordedScreens {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Screens")

    static func expect(
        _ screen: String, _ name: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let file = folder.appendingPathComponent("\(name).txt")
        if ProcessInfo.processInfo.environment["CALLGATE_RECORD_SCREENS"] == "1" {
            try Data(screen.utf8).write(to: file)
            return
        }
        let recorded = try String(contentsOf: file, encoding: .utf8)
        guard recorded != screen else { return }
        let pairs = zip(
            recorded.split(separator: "\n", omittingEmptySubsequences: false),
            screen.split(separator: "\n", omittingEmptySubsequences: false))
        let differing = pairs.enumerated().filter { $1.0 != $1.1 }.prefix(6).map {
            "row \($0)\n - \($1.0)\n + \($1.1)"
        }
        Issue.record(
            "the screen is not the recorded \(name).txt:\n\(differing.joined(separator: "\n"))",
            sourceLocation: sourceLocation)
    }
}
