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
        if let asked = document["request"] { return asked["body"] ?? asked }
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
        if value["contents"] != nil { return .gemini }
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
        let request: JSONValue = asked == document && isAlone ? [:] : asked
        guard let format = format ?? RequestFile.format(of: request), let body = request.objectValue,
            let endpoint = ModelEndpoint(method: "POST", path: path(format))
        else { return nil }
        let bytes = response.map { $0.stringValue.map { Array($0.utf8) } ?? Array($0.text().utf8) }
        return RecordedExchange(WireRequest(endpoint, body), response: bytes, time: 0, milliseconds: 0)
    }

    /// The conversation of a request that nobody recorded as one: its messages and its tools.
    static func conversation(_ body: JSONObject, in format: WireFormat) -> ImportedConversation {
        var conversation = ImportedConversation()
        guard let endpoint = ModelEndpoint(method: "POST", path: path(format)) else { return conversation }
        let request = WireRequest(endpoint, body)
        if !request.model.isEmpty { conversation.model = request.model }
        conversation.catalogue = request.catalogue
        for (place, message) in request.messages.enumerated() {
            conversation.mark(ranAtProvider: request.providerCalls[place] ?? [], at: 0)
            conversation.repeatMessage(message, at: 0)
        }
        for tool in request.providerTools {
            conversation.losses.add("the tool \(tool), which ran at the provider")
        }
        for remark in request.remarks { conversation.losses.add(remark) }
        return conversation
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
