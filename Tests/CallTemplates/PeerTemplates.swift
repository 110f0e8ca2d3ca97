import Foundation

/// The chat templates of real models that llama.cpp's source carries.
public enum PeerTemplates {
    /// The files, where Scripts/peers/llama-server.sh has unpacked that source; none elsewhere.
    public static var all: [URL] {
        let environment = ProcessInfo.processInfo.environment
        let home = environment["HOME"] ?? "/"
        let cache = URL(fileURLWithPath: environment["CALLGATE_PEERS"] ?? home + "/.cache/callgate-peers")
        let manager = FileManager.default
        let packages = (try? manager.contentsOfDirectory(at: cache, includingPropertiesForKeys: nil)) ?? []
        return packages.lazy.map { $0.appendingPathComponent("vendor/llama.cpp/models/templates") }
            .compactMap { try? manager.contentsOfDirectory(at: $0, includingPropertiesForKeys: nil) }
            .first?.filter { $0.pathExtension == "jinja" }.sorted { $0.path < $1.path } ?? []
    }
}
