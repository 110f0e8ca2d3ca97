import Foundation

/// The GGUF files that people have on their machine already, in the folders where other programs keep theirs.
///
/// Nothing is downloaded, and nothing but names and headers is read.
public struct ModelLibrary: Sendable {
    /// A folder and whose it is.
    public struct Shelf: Sendable, Hashable {
        /// How the files in it are named.
        public enum Kind: Sendable, Hashable {
            case ollama
            /// Publisher, repository, file.
            case lmStudio
            /// Files of any depth.
            case llamaCpp
            /// `models--ORG--NAME/snapshots/REVISION/FILE`.
            case huggingFace
            /// Files of any depth, in a folder that somebody named.
            case named
        }

        var kind: Kind
        var path: String
    }

    private let shelves: [Shelf]

    /// Where each program keeps its models, by its own variables and defaults, and what `CALLGATE_MODELS` names (folders
    /// with a colon between them).
    ///
    /// - Parameters:
    ///   - home: the person's folder.
    ///   - folders: more folders to look into, first.
    public init(environment: [String: String], home: String, folders: [String] = []) {
        func variable(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        let cache = variable("XDG_CACHE_HOME") ?? "\(home)/.cache"
        let named = folders + (variable("CALLGATE_MODELS")?.split(separator: ":").map(String.init) ?? [])
        var shelves = named.map { Shelf(kind: .named, path: $0) }
        let ollama =
            variable("OLLAMA_MODELS").map { [$0] }
            ?? ["\(home)/.ollama/models", "/usr/share/ollama/.ollama/models", "/var/lib/ollama/models"]
        shelves += ollama.map { Shelf(kind: .ollama, path: $0) }
        shelves += ["\(home)/.lmstudio/models", "\(cache)/lm-studio/models"].map {
            Shelf(kind: .lmStudio, path: $0)
        }
        let llama =
            variable("LLAMA_CACHE").map { [$0] } ?? [
                "\(cache)/llama.cpp", "\(home)/Library/Caches/llama.cpp",
            ]
        shelves += llama.map { Shelf(kind: .llamaCpp, path: $0) }
        let hub =
            variable("HF_HUB_CACHE") ?? variable("HUGGINGFACE_HUB_CACHE")
            ?? (variable("HF_HOME") ?? "\(cache)/huggingface") + "/hub"
        shelves.append(Shelf(kind: .huggingFace, path: hub))
        self.shelves = shelves
    }

    /// All models, by shelf and name; a file that several names lead to is there under each.
    public func models() -> [FoundModel] {
        shelves.flatMap { shelf -> [FoundModel] in
            let found = shelf.kind == .ollama ? OllamaStore(shelf.path).models() : files(on: shelf)
            return found.sorted { ($0.name, $0.path) < ($1.name, $1.path) }
        }
    }

    /// The model of a name: a whole one, a file's name with or without its ending, or the beginning of one name only.
    ///
    /// Names are compared without regard to case. Of equal names the first shelf's counts.
    public func model(named name: String) -> FoundModel? {
        let models = models()
        let wanted = name.lowercased()
        func first(_ matches: (String) -> Bool) -> FoundModel? {
            models.first { matches($0.name.lowercased()) }
        }
        if let exact = first({ $0 == wanted || $0 == "\(wanted):latest" || $0 == "\(wanted).gguf" }) {
            return exact
        }
        let last = models.filter { model in
            let file = model.name.lowercased().split(separator: "/").last.map(String.init) ?? ""
            return file == wanted || file == "\(wanted).gguf"
        }
        if let one = last.first { return one }
        let beginning = models.filter { $0.name.lowercased().hasPrefix(wanted) }
        return Set(beginning.map(\.name)).count == 1 ? beginning.first : nil
    }

    /// GGUF files deeper than this, or past so many entries, are not looked for.
    private static let deepest = 6
    private static let mostEntries = 50_000

    private func files(on shelf: Shelf) -> [FoundModel] {
        var found: [FoundModel] = []
        var left = Self.mostEntries
        var visited: Set<String> = []
        func look(_ folder: String, depth: Int) {
            let path = folder.isEmpty ? shelf.path : "\(shelf.path)/\(folder)"
            // A link back to a folder above is seen once.
            let real = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
            guard depth <= Self.deepest, visited.insert(real).inserted,
                let names = try? FileManager.default.contentsOfDirectory(atPath: path)
            else { return }
            for name in names.sorted() where !name.hasPrefix(".") && left > 0 {
                left -= 1
                let place = folder.isEmpty ? name : "\(folder)/\(name)"
                var isFolder: ObjCBool = false
                guard FileManager.default.fileExists(atPath: "\(shelf.path)/\(place)", isDirectory: &isFolder)
                else { continue }
                if isFolder.boolValue {
                    look(place, depth: depth + 1)
                } else if name.lowercased().hasSuffix(".gguf") {
                    found.append(
                        FoundModel(
                            name: self.name(place, on: shelf), path: "\(shelf.path)/\(place)",
                            owner: owner(shelf)))
                }
            }
        }
        look("", depth: 0)
        return found
    }

    private func owner(_ shelf: Shelf) -> String {
        switch shelf.kind {
        case .ollama: "Ollama"
        case .lmStudio: "LM Studio"
        case .llamaCpp: "llama.cpp"
        case .huggingFace: "Hugging Face"
        case .named: shelf.path
        }
    }

    /// The name of a file, from its place below the shelf.
    private func name(_ place: String, on shelf: Shelf) -> String {
        guard shelf.kind == .huggingFace else { return place }
        let parts = place.split(separator: "/").map(String.init)
        guard let repository = parts.first, repository.hasPrefix("models--"), let file = parts.last else {
            return place
        }
        let name = repository.dropFirst("models--".count).replacingOccurrences(of: "--", with: "/")
        return "\(name)/\(file)"
    }
}
