import Transformer

/// A GGUF file that some program has left on this machine.
public struct FoundModel: Sendable, Hashable {
    /// What a workflow can write after `embedded:`, such as `qwen3:4b`.
    public var name: String
    /// Where the file lies.
    public var path: String
    /// Whose it is: Ollama, LM Studio, llama.cpp, Hugging Face, or the folder that was named.
    public var owner: String

    /// A model of the given parts.
    public init(name: String, path: String, owner: String) {
        (self.name, self.path, self.owner) = (name, path, owner)
    }
}

/// What a model's file says of itself, and whether it runs in process.
public struct ModelReport: Sendable, Hashable {
    /// The size of the file in bytes.
    public var bytes: Int
    /// `general.architecture`, or "?" where the file does not say.
    public var architecture: String
    /// The format of most weights.
    public var format: String
    /// Positions that the model was trained for.
    public var contextLength: Int?
    /// What its chat template knows of tools.
    public var template: Template
    /// Why it cannot be run in process; nil where it can.
    public var problem: String?

    /// What can be told of a chat template without rendering it.
    public enum Template: String, Sendable, Hashable {
        case missing = "no template"
        case withoutTools = "template without tools"
        case withTools = "template with tools"
    }

    /// Reads the header of a file; its weights are not read.
    ///
    /// - Throws: ``GGUFError`` when it is no sound GGUF file.
    public init(path: String) throws(GGUFError) {
        let file = try GGUFFile(path)
        bytes = file.byteCount
        architecture = (try? file.string("general.architecture")) ?? "?"
        contextLength = try? file.integer("\(architecture).context_length")
        let sizes = Dictionary(
            file.tensors.filter { $0.shape.count > 1 }.map { ($0.type.description, $0.valueCount) },
            uniquingKeysWith: +)
        format = sizes.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? "no weights"
        let text = (try? file.string("tokenizer.chat_template")) ?? nil
        template = text.map { $0.contains("tools") ? .withTools : .withoutTools } ?? .missing
        problem = ModelReport.problem(file)
    }

    private static func problem(_ file: GGUFFile) -> String? {
        do {
            _ = try LlamaModel(file)
            try Tokenizer.check(file)
            return nil
        } catch {
            return String(describing: error)
        }
    }
}
