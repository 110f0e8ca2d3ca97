import Compression
import JSON
import Wire

/// A request to an address whose format is not read.
///
/// It is passed on, unless it offers tools: its answer could hold calls that nobody would see.
enum UnreadRequest {
    /// Where tools are counted or only stored, by the last word of the address.
    private static let storing: Set<String> = [
        "count_tokens", "counttokens", "input_tokens", "tokenize", "assistants", "batches", "files", "jobs",
        "evals",
        "prompts", "embeddings", "cachedcontents", "compact",
    ]
    /// The members in which formats offer tools, in small letters without `_`.
    private static let offers: Set<String> = [
        "tools", "functions", "toolconfig", "availabletools", "tooldefinitions", "functiondeclarations",
    ]

    /// Why a request is not passed on; `nil` where it may be.
    static func objection(to request: HTTPRequest, _ body: [UInt8]) -> String? {
        guard ["POST", "PUT", "PATCH"].contains(where: { request.method.utf8.elementsEqual($0.utf8) }) else {
            return nil
        }
        let path = request.target.prefix { $0 != "?" }
        let folded = path.utf8.loweredASCII
        let segments = folded.split { [0x2F, 0x3A].contains($0) }.map { String(decoding: $0, as: UTF8.self) }
        // A run of OpenAI's Assistants has its tools from before.
        if ["threads", "runs"].allSatisfy(segments.contains) { return refusal(of: path) }
        // What cannot be read may offer them.
        if let text = plain(request, body), !offersTools(text) { return nil }
        return segments.last.map { storing.contains($0) } ?? false ? nil : refusal(of: path)
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

    /// Whether a body offers tools, in whatever format, wherever in it.
    private static func offersTools(_ body: [UInt8]) -> Bool {
        guard let value = try? JSONParser.parse(body) else {
            // Servers read what is no JSON to the letter: NaN, half a pair, a mark before it.
            return ["tools\"", "functions\"", "toolConfig\""].contains { body.contains($0.utf8) }
        }
        return offersTools(value)
    }

    private static func offersTools(_ value: JSONValue) -> Bool {
        switch value {
        case .array(let elements): elements.contains(where: offersTools)
        case .object(let object):
            object.contains { member in
                let key = member.key.utf8.filter { $0 != 0x5F }.loweredASCII
                return offers.contains(String(decoding: key, as: UTF8.self)) && isFilled(member.value)
                    || offersTools(member.value)
            }
        default: false
        }
    }

    private static func isFilled(_ value: JSONValue) -> Bool {
        switch value {
        case .array(let tools): !tools.isEmpty
        case .object(let tools): !tools.isEmpty
        case .string(let text): !text.isEmpty
        default: false
        }
    }
}
