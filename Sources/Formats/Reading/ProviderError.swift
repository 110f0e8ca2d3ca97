import JSON

/// What a provider says of its own failure, in whatever shape.
public struct ProviderError: Sendable, Hashable {
    /// The provider's words, on one line of at most 400 characters.
    public let message: String
    /// The kind of error in the provider's word, where it names one.
    public let kind: String?
    /// Whether no pause helps: the account is used up, or the request is more than the server can ever do.
    public let isLasting: Bool
    /// The pause that the provider asks for, in milliseconds.
    public let retryAfter: Int?
    /// Whether the provider itself calls the trouble a passing one.
    public let isTransient: Bool

    /// Reads the error that a body or an event carries; `nil` where it carries none.
    ///
    /// Known are OpenAI's, Anthropic's and Google's `{"error": {…}}`, also within an array, `{"error": "…"}`, the
    /// `{"detail": …}` of FastAPI, `{"errors": […]}`, `{"object": "error", "message": …}`, and a bare `message` or `msg`.
    public init?(_ value: JSONValue) {
        if case .array(let elements) = value {
            guard let found = elements.lazy.compactMap({ ProviderError($0) }).first else { return nil }
            self = found
            return
        }
        guard case .object(let object) = value else { return nil }
        for key in ["error", "errors", "detail", "fault"] {
            guard let inner = object[key], !ProviderError.isNothing(inner) else { continue }
            self.init(naming: inner, around: object)
            return
        }
        let saysError =
            object["object"]?.stringValue == "error" || object["type"]?.stringValue == "error"
            || object["status"]?.stringValue == "error" || object["success"]?.boolValue == false
        let answers = ["choices", "content", "output", "candidates", "message", "role", "response", "type"]
        let words = ["message", "msg", "error_msg", "error_message"].first { object[$0]?.stringValue != nil }
        guard saysError || (words != nil && answers.allSatisfy { $0 == words || object[$0] == nil }) else {
            return nil
        }
        self.init(naming: value, around: object)
    }

    private static func isNothing(_ value: JSONValue) -> Bool {
        switch value {
        case .null, .bool(false), .string(""): true
        case .array(let elements): elements.isEmpty
        case .object(let object): object.isEmpty
        default: false
        }
    }

    private init(naming inner: JSONValue, around: JSONObject) {
        var words: String?
        var kind = around["code"]?.stringValue ?? around["error_type"]?.stringValue
        var names = [kind].compactMap { $0 }
        var details: JSONValue?
        var codes = [around["code"], around["status"], around["status_code"]]
        switch inner {
        case .string(let text): words = text
        case .array(let elements):
            words = elements.compactMap(ProviderError.line).joined(
                separator: "; ")
        case .object(let object):
            words = ProviderError.words(of: inner)
            if let more = ProviderError.addition(to: words, in: inner) {
                words =
                    words.map { "\($0.utf8.last == UInt8(ascii: ".") ? String($0.dropLast()) : $0): \(more)" }
                    ?? more
            }
            details = inner["details"]
            names += ["type", "status", "code"].compactMap { object[$0]?.stringValue }
            kind =
                ["type", "status", "code"].lazy.compactMap { object[$0]?.stringValue }
                .first { $0 != "error" } ?? kind
            codes += [object["code"], object["status"]]
        default: break
        }
        if words?.isEmpty ?? true { words = around["message"]?.stringValue ?? around["msg"]?.stringValue }
        let line = (words ?? inner.text()).split(whereSeparator: \.isNewline).joined(separator: " ")
        message = String(line.prefix(400))
        self.kind = kind.map { String($0.prefix(80)) }
        retryAfter = ToldDelay.milliseconds(details: details, words: line)
        isLasting = LastingTrouble.isTold(
            names: names, words: line, details: details, hasDelay: retryAfter != nil)
        let isPassing =
            names.contains { ProviderError.passing.contains($0.lowercased()) }
            || codes.contains { code in
                guard let number = code?.intValue ?? code?.stringValue.flatMap({ Int($0) }) else {
                    return false
                }
                return [408, 425, 429, 500, 502, 503, 504, 529].contains(number)
            }
        isTransient = isPassing && !isLasting
    }

    private static func words(of value: JSONValue) -> String? {
        for key in [
            "message", "msg", "error_msg", "error_message", "detail", "description", "faultstring",
            "status_msg",
        ] {
            if let text = value[key]?.stringValue, !text.isEmpty { return text }
        }
        // Gateways wrap the provider's error in their own.
        return value["error"].flatMap { ProviderError(["error": $0])?.message }
    }

    /// One of several faults; FastAPI says beside it where in the request it is.
    private static func line(_ element: JSONValue) -> String? {
        guard let text = element.stringValue ?? words(of: element) else { return nil }
        let place = (element["loc"]?.arrayValue ?? []).map { $0.stringValue ?? $0.text() }
        return place.isEmpty ? text : "\(place.joined(separator: ".")): \(text)"
    }

    /// What says more than the message: the error of the provider behind OpenRouter, and what a model of Groq's wrote.
    private static func addition(to words: String?, in error: JSONValue) -> String? {
        if let raw = error["metadata"]?["raw"], !isNothing(raw) {
            let value = raw.stringValue.map { try? JSONParser.parse($0) } ?? raw
            let text = value.flatMap { ProviderError($0)?.message } ?? raw.stringValue ?? raw.text()
            guard words?.contains(text) != true else { return nil }
            return error["metadata"]?["provider_name"]?.stringValue.map { "\($0): \(text)" } ?? text
        }
        guard let written = error["failed_generation"]?.stringValue, !written.isEmpty else { return nil }
        return "the model wrote \(written)"
    }

    private static let passing: Set<String> = [
        "overloaded_error", "api_error", "rate_limit_error", "rate_limit_exceeded", "timeout_error",
        "server_error", "unavailable", "resource_exhausted", "internal", "deadline_exceeded",
        "internal_server_error", "service_unavailable", "server_is_overloaded", "server_overloaded",
        "overloaded",
        "engine_overloaded_error", "model_overloaded", "slow_down",
    ]

    /// The error as the end of a response.
    ///
    /// - Parameter isBegun: whether part of a response had come before.
    func fault(isBegun: Bool) -> StreamFault {
        let start = isBegun ? "the server broke off: " : "the server answered with an error: "
        return StreamFault(
            start + (kind.map { "\($0): " } ?? "") + message, isTransient: isTransient, isProviders: true,
            retryAfter: retryAfter)
    }
}
