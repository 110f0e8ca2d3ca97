import Agent
import Foundation
import Sessions

/// A session that comes with the program, as material for tests; nothing here may depend on its exact bytes.
enum RecordedSession {
    static func path(_ name: String) -> String {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../sessions/\(name).jsonl").standardizedFileURL.path
    }

    static func events(_ name: String) throws -> [Event] { try Journal(path: path(name)).events }

    static let names = ["edited-and-denied", "failing-tool", "two-rounds"]
}
