import Foundation

/// The files that come with the program: the demo workflow and the embedded model's weights.
enum DemoFiles {
    /// The demo workflow.
    static func workflow() throws -> String { try path("support-desk.yaml") }

    /// The embedded model.
    static func model() throws -> String { try path("support-desk.gguf") }

    /// Where a resource lies: beside the program, where the build puts it, or where a package does.
    ///
    /// `Bundle.module` would end the process where the folder is missing; this says what to do.
    private static func path(_ name: String) throws -> String {
        let folder = URL(fileURLWithPath: Restart.program).resolvingSymlinksInPath()
            .deletingLastPathComponent()
        let candidates = ["callgate_callgate.resources", "../share/callgate"].map {
            folder.appendingPathComponent("\($0)/\(name)").standardizedFileURL.path
        }
        guard let found = candidates.first(where: { FileManager.default.fileExists(atPath: $0) }) else {
            throw Failure(
                .usage,
                "\(candidates[0]) is missing; keep the folder callgate_callgate.resources beside the program, "
                    + "or share/callgate beside its folder")
        }
        return found
    }
}
