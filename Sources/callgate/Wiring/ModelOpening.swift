import Agent
import Foundation
import Models
import Workflows

/// Opens the model that a workflow names; keys come from the environment and from nowhere else.
enum ModelOpening {
    /// Opens it.
    /// - Throws: ``Failure`` with the usage code: what is wrong is the workflow, a file or a server that it names.
    static func open(_ source: ModelSource) throws -> any Model {
        try failing(.usage) {
            switch source {
            case .builtin: return try EmbeddedModel(path: try DemoFiles.model())
            case .gguf(let path): return try EmbeddedModel(path: try file(path))
            case .scripted(let path): return try ScriptedModel(path: path)
            case .remote(let source): return try open(source)
            }
        }
    }

    /// The file at a path; where there is none, the model on this machine of that name.
    ///
    /// A name that stands in a workflow of another folder comes with that folder before it.
    private static func file(_ path: String) throws(Agent.ModelError) -> String {
        guard !FileManager.default.fileExists(atPath: path) else { return path }
        let library = ModelLibrary(environment: ProcessInfo.processInfo.environment, home: NSHomeDirectory())
        let parts = path.split(separator: "/")
        for start in parts.indices {
            if let found = library.model(named: parts[start...].joined(separator: "/")) { return found.path }
        }
        throw Agent.ModelError(
            "\(path): there is no such file, and no model of that name on this machine; "
                + "callgate models list shows those that are")
    }

    private static func open(_ source: RemoteModelSource) throws -> any Model {
        let environment = ProcessInfo.processInfo.environment
        let settings = RemoteSettings(
            url: source.url, model: source.model,
            key: try source.keyVariable.map { try APIKey(variable: $0, environment: environment) },
            topLogProbabilities: source.logProbabilities, silenceSeconds: Double(source.silenceSeconds),
            options: source.options,
            vocabulary: source.format == .llamaServer
                ? nil : try source.vocabulary.map(VocabularyRecord.init(file:)))
        let connection = ModelConnection()
        switch source.format {
        case .openAI: return try RemoteModel(.chatCompletions, settings, connection: connection)
        case .responses: return try RemoteModel(.responses, settings, connection: connection)
        case .anthropic: return try RemoteModel(.messages, settings, connection: connection)
        case .gemini: return try RemoteModel(.gemini, settings, connection: connection)
        case .ollama: return try RemoteModel(.ollama, settings, connection: connection)
        case .llamaServer:
            let opened: Result<LlamaServerModel, any Error> = Blocking.wait {
                do {
                    return .success(
                        try await LlamaServerModel.open(
                            settings, vocabularyFile: source.vocabulary, candidateCount: source.candidates,
                            connection: connection, onRetry: { Notice.print($0) }))
                } catch {
                    return .failure(error)
                }
            }
            return try opened.get()
        }
    }
}
