import Compression
import JSON
import Wire

/// A request to an address whose format is not read.
///
/// It is passed on, unless it offers tools: its answer could hold calls that nobody would see.
enum UnreadRequest {
    /// What may be asked with tools and is answered without calls: counts, files, definitions that are only stored.
    private static let storing: Set<String> = [
        "assistants", "batches", "files", "fine_tuning", "evals", "prompts", "embeddings",
        "cachedcontents", "compact",
    ]

    /// Why a request is not passed on; `nil` where it may be.
    static func objection(to request: HTTPRequest, _ body: [UInt8]) -> String? {
        guard request.method.utf8.elementsEqual("POST".utf8) else { return nil }
        let path = request.target.prefix { $0 != "?" }
        let segments = path.lowercased().split(separator: "/")
        // A run of OpenAI's Assistants has its tools from before.
        if segments.contains("threads"), segments.contains("runs") { return refusal(of: path) }
        // What cannot be read may offer them.
        if let text = plain(request, body), !offersTools(text) { return nil }
        let isCounting = segments.last?.contains("token") ?? false
        guard !isCounting, !segments.contains(where: { storing.contains(String($0)) }) else { return nil }
        return refusal(of: path)
    }

    private static func refusal(of path: Substring) -> String {
        "callgate attach does not read what \(path) answers, and passes on no request to it that offers "
            + "tools; let the client use Chat Completions, Responses, Messages, Gemini or Ollama"
    }

    /// The body, decoded; `nil` where it is in a coding that is not read.
    private static func plain(_ request: HTTPRequest, _ body: [UInt8]) -> [UInt8]? {
        guard let coding = request.fields.contentCoding else { return body }
        return try? ContentDecoder.bytes(of: body, in: coding, limit: ReadingLimits.requestBody)
    }

    /// Whether a body offers tools, in whatever format, itself or in what it wraps.
    private static func offersTools(_ body: [UInt8]) -> Bool {
        guard let value = try? JSONParser.parse(body) else {
            // Servers read what is no JSON to the letter: NaN, half a pair, a mark before it.
            return ["\"tools\"", "\"functions\"", "\"toolConfig\""].contains { body.contains($0.utf8) }
        }
        let holders =
            [value]
            + ["toolConfig", "request", "params", "body", "parameters", "input"].map { value[$0] ?? .null }
        return holders.contains { holder in
            ["tools", "functions", "tool_config"].contains { key in
                switch holder[key] {
                case .array(let tools)?: !tools.isEmpty
                case .object(let tools)?: !tools.isEmpty
                default: false
                }
            }
        }
    }
}
