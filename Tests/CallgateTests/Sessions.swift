import Foundation

/// The recorded sessions that come with the program.
enum RecordedSessions {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../sessions").standardizedFileURL.path

    static let names = ["edited-and-denied", "failing-tool", "two-rounds"]

    static func path(_ name: String) -> String { "\(folder)/\(name).jsonl" }
}
