import Agent
import Formats
import JSON

/// A request to a model in a file: OpenAI's Responses, Gemini or Ollama, alone or with its response beside it.
enum RequestFile {
    /// The request of a document: the document itself, or what stands in it beside a response or an address.
    static func request(in document: JSONValue) -> JSONValue {
        if let list = document.arrayValue {
            // A history without the request around it.
            if list.contains(where: isContent) { return ["contents": document] }
            if isItems(document), list.contains(where: { $0["type"] != nil }) { return ["input": document] }
            return document
        }
        if let asked = document["request"] {
            let body = asked["body"] ?? asked
            // Google's endpoint behind a login has the model beside the request.
            guard body["contents"] != nil, body["model"] == nil, let model = document["model"],
                var named = body.objectValue
            else { return body }
            named["model"] = model
            return .object(named)
        }
        if document["url"] != nil, let body = document["body"] { return body }
        if document["custom_id"] != nil, let body = document["params"] { return body }
        return document
    }

    /// The response of a document: what stands beside the request, or the document itself.
    static func response(in document: JSONValue) -> JSONValue? {
        // The literal nil would be JSON's null here, which is a response that says nothing.
        let beside = document["response"]?["body"] ?? document["response"] ?? document["result"]?["message"]
        if let beside { return beside == .null ? Optional.none : beside }
        return responseFormat(of: document) == nil ? Optional.none : document
    }

    /// The format of a response by its members; `nil` for what is none of these.
    static func responseFormat(of value: JSONValue) -> WireFormat? {
        if value["choices"]?.arrayValue != nil { return .chatCompletions }
        if value["object"] == "response", value["output"]?.arrayValue != nil { return .responses }
        if value["type"] == "message", value["role"] == "assistant", value["content"] != nil,
            value["stop_reason"] != nil || value["usage"] != nil
        {
            return .messages
        }
        if value["candidates"]?.arrayValue != nil { return .gemini }
        if value["message"]?.objectValue != nil, value["done"]?.boolValue != nil { return .ollama }
        return nil
    }

    /// The format of a request by its members; `nil` for what is none of these.
    static func format(of value: JSONValue) -> WireFormat? {
        if value["contents"] != nil || value["request"]?["contents"] != nil { return .gemini }
        if let input = value["input"] {
            let isEmbedding = value["encoding_format"] != nil || value["dimensions"] != nil
            let isText = input.stringValue != nil && value["model"] != nil && !isEmbedding
            if isText || value["instructions"] != nil || isItems(input) || value["output"] != nil {
                return .responses
            }
        }
        guard let messages = value["messages"]?.arrayValue else { return nil }
        let options = value["options"]?.objectValue != nil || value["keep_alive"] != nil
        let isOllamas = messages.contains { $0["tool_name"] != nil || $0["images"]?.arrayValue != nil }
        return options || value["format"] != nil || isOllamas ? .ollama : nil
    }

    /// Whether a value is a message of Gemini: its parts are told apart by their members, not by a type.
    private static func isContent(_ value: JSONValue) -> Bool {
        guard let parts = value["parts"]?.arrayValue, value["content"] == nil else { return false }
        return parts.allSatisfy { $0["type"] == nil && $0.objectValue != nil }
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

    /// The exchange of a document that is a request, a response, or both.
    static func exchange(_ document: JSONValue, format: WireFormat? = nil) -> RecordedExchange? {
        let response = response(in: document)
        let isAlone = response == document || document["result"] != nil || document["response"] != nil
        let asked = request(in: document)
        // A log may have what was asked among its own members.
        let isAsking = ["messages", "contents", "input"].contains { document[$0] != nil }
        let request: JSONValue = asked == document && isAlone && !isAsking ? [:] : asked
        guard let format = format ?? RequestFile.format(of: request), var body = request.objectValue,
            let endpoint = ModelEndpoint(method: "POST", path: path(format))
        else { return nil }
        // LiteLLM has the settings of a request in a member of their own.
        if body["tools"] == nil { body["tools"] = document["model_parameters"]?["tools"] }
        let bytes = response.map { $0.stringValue.map { Array($0.utf8) } ?? Array($0.text().utf8) }
        return RecordedExchange(
            RequestFile.request(body, at: endpoint), response: bytes, time: 0, milliseconds: 0)
    }

    /// The request of a body as somebody has recorded it.
    static func request(_ given: JSONObject, at endpoint: ModelEndpoint) -> WireRequest {
        var request = WireRequest(endpoint, given)
        // The address may be somebody's own, and was not recorded everywhere.
        if endpoint.format == .gemini, let model = given["model"]?.stringValue { request.model = model }
        return request
    }

    /// What of a request is kept by its provider, and named by an ID alone.
    static func elsewhere(_ request: WireRequest) -> [String] {
        var found: [String] = []
        if request.previousResponse != nil {
            found.append("what was said before a request that names it by the ID of a response alone")
        }
        if request.conversation != nil, request.format == .responses {
            found.append("what was said before a request that names it by the ID of a conversation alone")
        }
        if request.format == .responses, request.others["prompt"]?["id"]?.stringValue != nil {
            found.append("the prompt that a request names by its ID alone (prompt)")
        }
        let config = request.others["config"]
        let cached = ["cachedContent", "cached_content"].lazy.compactMap { request.others[$0] ?? config?[$0] }
        if request.format == .gemini, cached.contains(where: { $0.stringValue != nil }) {
            found.append(
                "what was said before a request that names it by the ID of a cache alone (cachedContent)")
        }
        return found
    }

    /// The conversation of a request that nobody recorded as one: its messages and its tools.
    static func conversation(_ body: JSONObject, in format: WireFormat) -> ImportedConversation {
        var conversation = ImportedConversation()
        guard let endpoint = ModelEndpoint(method: "POST", path: path(format)) else { return conversation }
        let request = RequestFile.request(body, at: endpoint)
        if !request.model.isEmpty { conversation.model = request.model }
        conversation.catalogue = request.catalogue
        for (place, message) in request.messages.enumerated() {
            conversation.repeatMessage(message, of: request, at: place, 0)
        }
        conversation.mark(
            ranAtProvider: [], request.providerNotes[request.messages.count] ?? [], at: 0)
        for tool in request.providerTools {
            conversation.losses.add("the tool \(tool), which ran at the provider")
        }
        for remark in request.remarks + elsewhere(request) { conversation.losses.add(remark) }
        return conversation
    }

    /// Where a request of the format is sent to.
    static func path(_ format: WireFormat) -> String {
        switch format {
        case .chatCompletions: "/v1/chat/completions"
        case .responses: "/v1/responses"
        case .messages: "/v1/messages"
        case .gemini: "/v1beta/models/unknown:generateContent"
        case .ollama: "/api/chat"
        }
    }
}
