import Agent
import Formats
import JSON

/// A request to a model in a file: OpenAI's Responses, Gemini or Ollama, alone or with its response beside it.
enum RequestFile {
    /// The format of a request by its members; `nil` for what is none of these.
    static func format(of value: JSONValue) -> WireFormat? {
        if value["contents"]?.arrayValue != nil { return .gemini }
        if value["input"] != nil,
            value["instructions"] != nil || isItems(value["input"]) || value["output"] != nil
        {
            return .responses
        }
        let options = value["options"]?.objectValue != nil || value["keep_alive"] != nil
        if value["messages"]?.arrayValue != nil, options || value["format"] != nil { return .ollama }
        return nil
    }

    private static func isItems(_ input: JSONValue?) -> Bool {
        let types: Set<String> = [
            "message", "function_call", "function_call_output", "reasoning", "custom_tool_call",
            "item_reference",
        ]
        return (input?.arrayValue ?? []).contains { item in
            item["type"]?.stringValue.map(types.contains) ?? (item["role"] != nil)
        }
    }

    /// The exchange of a document that is a request, or `{"request": …, "response": …}`.
    static func exchange(_ document: JSONValue, format: WireFormat? = nil) -> RecordedExchange? {
        let isResponse = document["choices"] != nil
        let request = document["request"]?["body"] ?? document["request"] ?? (isResponse ? [:] : document)
        guard let format = format ?? RequestFile.format(of: request), let body = request.objectValue,
            let endpoint = ModelEndpoint(method: "POST", path: path(format))
        else { return nil }
        let whole: JSONValue? = isResponse ? document : Optional.none
        let response: JSONValue? = document["response"]?["body"] ?? document["response"] ?? whole
        let bytes = response.map { $0.stringValue.map { Array($0.utf8) } ?? Array($0.text().utf8) }
        return RecordedExchange(WireRequest(endpoint, body), response: bytes, time: 0, milliseconds: 0)
    }

    /// Whether a document is a response of Chat Completions, alone or beside its request.
    static func hasChatResponse(_ document: JSONValue) -> Bool {
        let response = document["response"]?["body"] ?? document["response"] ?? document
        // A stream as it came is text.
        if response.stringValue != nil { return document["request"] != nil }
        return response["choices"]?.arrayValue != nil
    }

    private static func path(_ format: WireFormat) -> String {
        switch format {
        case .chatCompletions: "/v1/chat/completions"
        case .responses: "/v1/responses"
        case .messages: "/v1/messages"
        case .gemini: "/v1beta/models/unknown:generateContent"
        case .ollama: "/api/chat"
        }
    }
}
