import Foundation
import JSON

/// Ollama's folder of models: manifests that name blobs.
///
/// `manifests/HOST/NAMESPACE/MODEL/TAG` is a JSON object whose layer of the kind `…image.model` is the GGUF file
/// `blobs/sha256-…`.
struct OllamaStore {
    private let folder: String

    init(_ folder: String) { self.folder = folder }

    private static let modelLayer = "application/vnd.ollama.image.model"
    /// Manifests are a few hundred bytes long.
    private static let longestManifest = 1 << 20

    func models() -> [FoundModel] {
        let root = "\(folder)/manifests"
        var found: [FoundModel] = []
        for host in names(root) {
            for namespace in names("\(root)/\(host)") {
                for model in names("\(root)/\(host)/\(namespace)") {
                    for tag in names("\(root)/\(host)/\(namespace)/\(model)") {
                        let manifest = "\(root)/\(host)/\(namespace)/\(model)/\(tag)"
                        guard let blob = blob(of: manifest) else { continue }
                        found.append(
                            FoundModel(name: name(host, namespace, model, tag), path: blob, owner: "Ollama"))
                    }
                }
            }
        }
        return found
    }

    private func names(_ path: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).filter { !$0.hasPrefix(".") }
            .sorted()
    }

    /// As Ollama itself writes it: its own host and namespace are left out.
    private func name(_ host: String, _ namespace: String, _ model: String, _ tag: String) -> String {
        var parts = host == "registry.ollama.ai" ? [] : [host]
        if !(parts.isEmpty && namespace == "library") { parts.append(namespace) }
        return (parts + ["\(model):\(tag)"]).joined(separator: "/")
    }

    /// The file that a manifest names, where it is there.
    private func blob(of manifest: String) -> String? {
        guard let bytes = try? BoundedFile.bytes(manifest, most: Self.longestManifest),
            let document = try? JSONParser.parse(bytes),
            let layer = document["layers"]?.arrayValue?.first(where: {
                $0["mediaType"]?.stringValue == Self.modelLayer
            }),
            let digest = layer["digest"]?.stringValue, digest.hasPrefix("sha256:")
        else { return nil }
        let hash = digest.dropFirst("sha256:".count)
        guard !hash.isEmpty,
            hash.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
        else {
            return nil
        }
        let path = "\(folder)/blobs/sha256-\(hash)"
        return FileManager.default.fileExists(atPath: path) ? path : nil
    }
}
