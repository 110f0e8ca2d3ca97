import Compression
import Formats
import Wire

/// Which server a request goes on to.
struct Upstreams: Sendable {
    /// The one server that was named, for all requests; `nil` takes each format's own provider.
    let only: Origin?

    /// Where a request goes, and its target there.
    /// - Throws: ``WireError`` for a provider's address that cannot be read.
    func place(of request: HTTPRequest, format: WireFormat?) throws(WireError) -> (
        origin: Origin, target: String
    ) {
        let origin = if let only { only } else { try Origin(Upstreams.provider(of: request, format: format)) }
        return (origin, origin.basePath + Upstreams.tail(of: request.target, below: origin.basePath))
    }

    private static func provider(of request: HTTPRequest, format: WireFormat?) -> String {
        // Codex with a ChatGPT login talks to another server than with a key.
        if request.fields["chatgpt-account-id"] != nil { return "https://chatgpt.com/backend-api/codex" }
        switch format {
        case .messages: return "https://api.anthropic.com"
        case .gemini: return "https://generativelanguage.googleapis.com"
        case .ollama: return "http://127.0.0.1:11434"
        case .chatCompletions, .responses: return "https://api.openai.com"
        case nil:
            if request.fields["anthropic-version"] != nil { return "https://api.anthropic.com" }
            if request.fields["x-goog-api-key"] != nil || request.path.hasPrefix("/v1beta") {
                return "https://generativelanguage.googleapis.com"
            }
            return request.path.hasPrefix("/api/") ? "http://127.0.0.1:11434" : "https://api.openai.com"
        }
    }

    /// A client's base URL and the server's may both end with a version: it is said once.
    private static func tail(of target: String, below base: String) -> String {
        guard target.hasPrefix("/v1/") else { return target }
        let last = base.split(separator: "/").last.map(String.init) ?? ""
        let saysVersion = last.count > 1 && last.first == "v" && last.dropFirst().first?.isNumber == true
        return saysVersion || base.hasSuffix("/backend-api/codex") ? String(target.dropFirst(3)) : target
    }

    /// How a response is read on its way.
    enum ResponseReading: Sendable {
        /// Not at all.
        case passing
        /// As it comes.
        case stream
        /// Once all of it is there.
        case whole
    }

    /// A client's header fields as they travel on.
    static func fields(of request: HTTPRequest, reading: ResponseReading) -> HTTPFields {
        var fields = request.fields.endToEnd
        for name in ["host", "content-length", "expect", ClientIdentity.sessionField, ProxyGuard.tokenField] {
            fields[name] = nil
        }
        switch reading {
        case .passing: break
        // A compressed stream could not be gone on with otherwise than its provider wrote it.
        case .stream: fields["accept-encoding"] = "identity"
        case .whole: fields["accept-encoding"] = readable(request.fields["accept-encoding"])
        }
        return fields
    }

    /// The content encodings that a client takes and that can be read here.
    private static func readable(_ accepted: String?) -> String {
        let kept = (accepted ?? "").split(separator: ",").filter { entry in
            let name = entry.prefix { $0 != ";" }.filter { $0 != " " && $0 != "\t" }
            return name == "identity" || ContentDecoder.reads(String(name))
        }
        return kept.isEmpty
            ? "identity" : kept.map { String($0.drop { $0 == " " || $0 == "\t" }) }.joined(separator: ", ")
    }
}
