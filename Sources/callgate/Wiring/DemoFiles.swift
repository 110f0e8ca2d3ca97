import Foundation

/// The files that come with the program: the demo workflow and the embedded model's weights.
enum DemoFiles {
    /// The demo workflow.
    static func workflow() throws -> String { try path("support-desk.yaml") }

    /// The embedded model.
    static func model() throws -> String { try path("support-desk.gguf") }

    /// Where a resource lies: beside the program, where the build put it.
    ///
    /// `Bundle.module` would end the process where the folder is missing; this says what to do.
    private static func path(_ name: String) throws -> String {
        let executable = URL(fileURLWithPath: CommandLine.arguments.first ?? "callgate")
            .resolvingSymlinksInPath()
        let running = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")).map {
            URL(fileURLWithPath: $0)
        }
        let folder = (running ?? executable).deletingLastPathComponent()
        let candidate = folder.appendingPathComponent("callgate_callgate.resources/\(name)").path
        guard FileManager.default.fileExists(atPath: candidate) else {
            throw Failure(
                .usage,
                "\(candidate) is missing; keep the folder callgate_callgate.resources beside the program")
        }
        return candidate
    }
}
