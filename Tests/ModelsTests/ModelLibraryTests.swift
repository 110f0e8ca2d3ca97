import Foundation
import Testing

@testable import Models

@Suite("The models on a machine")
struct ModelLibraryTests {
    /// A home with a model in each program's folder.
    private struct Home {
        let path: String

        init() throws {
            path = NSTemporaryDirectory() + "callgate-library-\(UUID().uuidString)"
            try put("tiny", at: ".ollama/models/blobs/sha256-00ff")
            try put(
                #"{"layers":[{"mediaType":"application/vnd.ollama.image.template","digest":"sha256:11"},"#
                    + #"{"mediaType":"application/vnd.ollama.image.model","digest":"sha256:00ff"}]}"#,
                at: ".ollama/models/manifests/registry.ollama.ai/library/qwen3/4b")
            try put(manifest("00ff"), at: ".ollama/models/manifests/registry.ollama.ai/library/qwen3/latest")
            try put(manifest("00ff"), at: ".ollama/models/manifests/hf.co/someone/Model-GGUF/Q4_K_M")
            try put(
                manifest("../../secret"),
                at: ".ollama/models/manifests/registry.ollama.ai/library/evil/latest")
            try put(manifest("dd"), at: ".ollama/models/manifests/registry.ollama.ai/library/gone/latest")
            try put("[", at: ".ollama/models/manifests/registry.ollama.ai/library/broken/latest")
            try put("x", at: ".lmstudio/models/publisher/repo/Some-Model.Q4_K_M.gguf")
            try put("x", at: ".cache/llama.cpp/org_name_file.gguf")
            try put("x", at: ".cache/huggingface/hub/models--org--name/snapshots/abc/file.gguf")
            try put("x", at: "mine/deep/er/own.GGUF")
            try put("x", at: "mine/readme.txt")
            try FileManager.default.createSymbolicLink(
                atPath: path + "/mine/deep/loop", withDestinationPath: path + "/mine")
        }

        private func manifest(_ digest: String) -> String {
            #"{"layers":[{"mediaType":"application/vnd.ollama.image.model","digest":"sha256:\#(digest)"}]}"#
        }

        func put(_ text: String, at place: String) throws {
            let url = URL(fileURLWithPath: "\(path)/\(place)")
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: url)
        }

        func library(_ environment: [String: String] = [:]) -> ModelLibrary {
            ModelLibrary(environment: environment, home: path)
        }
    }

    @Test("are found where each program keeps them, under the names that people use")
    func found() throws {
        let home = try Home()
        defer { try? FileManager.default.removeItem(atPath: home.path) }
        let models = home.library(["CALLGATE_MODELS": "\(home.path)/mine:\(home.path)/none"]).models().filter
        {
            $0.path.hasPrefix(home.path)
        }
        #expect(
            models.map { "\($0.owner): \($0.name)" } == [
                "\(home.path)/mine: deep/er/own.GGUF", "Ollama: hf.co/someone/Model-GGUF:Q4_K_M",
                "Ollama: qwen3:4b",
                "Ollama: qwen3:latest", "LM Studio: publisher/repo/Some-Model.Q4_K_M.gguf",
                "llama.cpp: org_name_file.gguf", "Hugging Face: org/name/file.gguf",
            ])
        #expect(models[1].path.hasSuffix("/.ollama/models/blobs/sha256-00ff"))
    }

    @Test("answer to their names")
    func names() throws {
        let home = try Home()
        defer { try? FileManager.default.removeItem(atPath: home.path) }
        let library = home.library()
        func path(_ name: String) -> String? {
            library.model(named: name)?.path.split(separator: "/").last.map(String.init)
        }
        #expect(path("qwen3:4b") == "sha256-00ff" && path("Qwen3") == "sha256-00ff")
        #expect(path("some-model.q4_k_m") == "Some-Model.Q4_K_M.gguf")
        #expect(path("org/name") == "file.gguf" && path("org_name_file.gguf") == "org_name_file.gguf")
        #expect(path("hf.co/someone/model-gguf:q4_k_m") == "sha256-00ff")
        // Two begin so, or none does, or the manifest is no good.
        for name in ["o", "qwen4", "", "evil", "gone", "broken"] { #expect(path(name) == nil, "\(name)") }
    }

    @Test("are looked for in the places that the programs' own variables name")
    func variables() throws {
        let home = try Home()
        defer { try? FileManager.default.removeItem(atPath: home.path) }
        let elsewhere = ModelLibrary(
            environment: [
                "OLLAMA_MODELS": "\(home.path)/.ollama/models",
                "LLAMA_CACHE": "\(home.path)/.cache/llama.cpp",
                "HF_HOME": "\(home.path)/.cache/huggingface",
            ], home: "/nowhere")
        #expect(
            elsewhere.models().map(\.owner) == ["Ollama", "Ollama", "Ollama", "llama.cpp", "Hugging Face"])
    }

    @Test("tell what they are, and whether they run")
    func report() throws {
        let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("TransformerTests/Fixtures")
        let runs = try ModelReport(path: fixtures.appendingPathComponent("arch-qwen3moe.gguf").path)
        #expect(runs.architecture == "qwen3moe" && runs.contextLength == 64 && runs.format == "F32")
        #expect(runs.problem == nil && runs.template == .missing)
        let vocabulary = try ModelReport(path: fixtures.appendingPathComponent("bpe-missing.gguf").path)
        #expect(vocabulary.problem == "the GGUF file has no metadata key llama.embedding_length")
    }
}
