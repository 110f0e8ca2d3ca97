import Agent
import JSON

/// A workflow's model behind a server: which format it speaks, where it is and how it is asked.
public struct RemoteModelSource: Sendable, Hashable {
    /// The formats, by the key under which a workflow names them.
    public enum Format: String, Sendable, Hashable, CaseIterable {
        /// OpenAI-compatible Chat Completions.
        case openAI = "openai"
        /// OpenAI's Responses.
        case responses = "openai-responses"
        /// Anthropic's Messages.
        case anthropic
        /// Google's Gemini.
        case gemini
        /// Ollama's own format.
        case ollama
        /// llama.cpp's server, decoded token by token under our own mask.
        case llamaServer = "llama-server"
    }

    /// The format.
    public var format: Format
    /// The server's base address; `nil` is the format's usual one.
    public var url: String?
    /// The model's name on the server; empty for a llama-server.
    public var model: String
    /// The environment variable that holds the key; never the key itself.
    public var keyVariable: String?
    /// How many log-probabilities are asked for at each token; `nil` asks for none.
    public var logProbabilities: Int?
    /// How many candidates a llama-server is asked for at first.
    public var candidates: Int
    /// The file with the model's vocabulary: of a llama-server the GGUF file that it serves.
    public var vocabulary: String?
    /// The seconds of silence after which the server is given up.
    public var silenceSeconds: Int
    /// Members of the request's body that are added, replaced, or (`null`) taken out.
    public var options: JSONObject

    /// A source of the given parts.
    public init(
        format: Format, url: String? = nil, model: String = "", keyVariable: String? = nil,
        logProbabilities: Int? = nil, candidates: Int = 64, vocabulary: String? = nil,
        silenceSeconds: Int = 300, options: JSONObject = JSONObject()
    ) {
        self.format = format
        self.url = url
        self.model = model
        self.keyVariable = keyVariable
        self.logProbabilities = logProbabilities
        self.candidates = candidates
        self.vocabulary = vocabulary
        self.silenceSeconds = silenceSeconds
        self.options = options
    }
}

/// Reads the part of a workflow that names a model behind a server.
struct RemoteModelReader {
    let document: LocatedDocument
    let file: String
    /// A path of the file as the working folder sees it.
    let path: (String) -> String

    /// The source under `model`; `nil` where the workflow names another kind of model.
    /// - Throws: ``WorkflowError`` with the place of what the schema cannot say.
    func source() throws(WorkflowError) -> RemoteModelSource? {
        guard
            let format = RemoteModelSource.Format.allCases.first(where: {
                document.value["model"]?[$0.rawValue] != nil
            }), let given = document.value["model"]?[format.rawValue]
        else { return nil }
        let place = JSONPointer(["model", format.rawValue])
        var source = RemoteModelSource(format: format)
        source.url = given["url"]?.stringValue
        try check(url: source.url, at: place.appending("url"))
        source.model = given["model"]?.stringValue ?? ""
        source.keyVariable = try keyVariable(given, format, at: place.appending("key"))
        source.logProbabilities = given["logprobs"]?.intValue
        source.candidates = given["candidates"]?.intValue ?? source.candidates
        source.vocabulary = given["vocabulary"]?.stringValue.map(path)
        source.silenceSeconds = given["silence-seconds"]?.intValue ?? source.silenceSeconds
        source.options = given["options"]?.objectValue ?? JSONObject()
        return source
    }

    /// The variable that holds the key; the usual one where the server is the provider's own.
    ///
    /// What stands there is never repeated in an error: it may be a key.
    private func keyVariable(
        _ given: JSONValue, _ format: RemoteModelSource.Format, at place: JSONPointer
    ) throws(WorkflowError) -> String? {
        guard let name = given["key"]?.stringValue else {
            guard given["url"] == nil else { return nil }
            switch format {
            case .openAI, .responses: return "OPENAI_API_KEY"
            case .anthropic: return "ANTHROPIC_API_KEY"
            case .gemini: return "GEMINI_API_KEY"
            case .ollama, .llamaServer: return nil
            }
        }
        let isName = name.utf8.enumerated().allSatisfy { position, byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"): true
            case UInt8(ascii: "0")...UInt8(ascii: "9"): position > 0
            default: false
            }
        }
        guard isName else {
            throw WorkflowError(
                file: file, place: document.place(of: place),
                "key names an environment variable in capitals, such as MY_API_KEY; "
                    + "a key itself must never stand in a file")
        }
        return name
    }

    private func check(url: String?, at place: JSONPointer) throws(WorkflowError) {
        guard let url else { return }
        let rest = ["http://", "https://"].first { url.beginsBytewise(with: $0) }
            .map { url.utf8.dropFirst($0.utf8.count) }
        guard let rest, !rest.isEmpty,
            rest.allSatisfy({ (0x21...0x7E).contains($0) && !"@?#\\".utf8.contains($0) })
        else {
            throw WorkflowError(
                file: file, place: document.place(of: place),
                "url is the base address of a server, http://HOST:PORT or https://HOST, "
                    + "without a user, a query or a fragment")
        }
    }
}
