import JSON

/// Where in the bytes of a request the calls and results of its history stand.
///
/// ``WireRequest`` says what a request means; this says what of its bytes would have to change for the model to read
/// something else, while every other byte stays as the client wrote it.
public struct RequestPlaces: Sendable {
    /// A call or a result, in the order in which they stand in the conversation.
    public enum Item: Sendable {
        /// A call that the model is said to have asked for.
        case call(CallInHistory)
        /// What came of one.
        case result(ResultInHistory)
    }

    /// The calls and results in order.
    public private(set) var items: [Item] = []
    /// The bytes in which the catalogue is written; empty where there is none.
    public private(set) var catalogue: [UInt8] = []
    /// Where the conversation stands.
    public let conversation: ConversationPlace
    private var numbers = CallNumbers()

    /// Finds the places of a request.
    /// - Throws: `JSONError` for what is no JSON.
    public init(_ format: WireFormat, body: [UInt8]) throws(JSONError) {
        let whole = try JSONPlace(body)
        let isWrapped = format == .gemini && whole["contents"] == nil
        let root = isWrapped ? whole["request"] ?? whole : whole
        catalogue = Array(root["tools"]?.raw ?? [])
        conversation = ConversationPlace(format, in: root)
        switch format {
        case .messages: for message in root["messages"]?.elements ?? [] { takeMessages(message) }
        case .chatCompletions, .ollama: for message in root["messages"]?.elements ?? [] { takeChat(message) }
        case .responses: for item in root["input"]?.elements ?? [] { takeResponses(item) }
        case .gemini:
            let contents = root["contents"]
            for content in contents?.elements ?? contents.map({ [$0] }) ?? [] { takeGemini(content) }
        }
    }

    /// The results in order.
    public var results: [ResultInHistory] {
        items.compactMap { if case .result(let result) = $0 { result } else { nil } }
    }

    /// The calls in order.
    public var calls: [CallInHistory] {
        items.compactMap { if case .call(let call) = $0 { call } else { nil } }
    }

    private mutating func add(
        call id: String?, name: JSONPlace?, arguments: JSONPlace?, in holder: JSONPlace,
        isFreeText: Bool = false, as known: String? = nil
    ) {
        guard let name, let text = known ?? name.string else { return }
        items.append(
            .call(
                CallInHistory(
                    id: numbers.asked(id, name: text), name: text, holder: holder, nameRange: name.range,
                    arguments: arguments, isFreeText: isFreeText)))
    }

    private mutating func takeMessages(_ message: JSONPlace) {
        for block in message["content"]?.elements ?? [] {
            switch block["type"]?.string {
            case "tool_use":
                add(call: block["id"]?.string, name: block["name"], arguments: block["input"], in: block)
            case "tool_result":
                guard let id = block["tool_use_id"]?.string else { continue }
                items.append(
                    .result(
                        ResultInHistory(
                            id: id, text: block["content"]?.words ?? "",
                            isError: block["is_error"]?.isTrue ?? false,
                            format: .messages, holder: block)))
            default: break
            }
        }
    }

    private mutating func takeChat(_ message: JSONPlace) {
        switch message["role"]?.string {
        case "tool", "function":
            let name = message["name"] ?? message["tool_name"]
            items.append(
                .result(
                    ResultInHistory(
                        id: numbers.answered(message["tool_call_id"]?.string, name: name?.string),
                        text: message["content"]?.words ?? "", isError: false, format: .chatCompletions,
                        holder: message, name: name)))
        case "assistant":
            for call in message["tool_calls"]?.elements ?? [] {
                let isFunction = call["function"]?["name"] != nil || call["custom"]?["name"] == nil
                let function = isFunction ? call["function"] : call["custom"]
                add(
                    call: call["id"]?.string, name: function?["name"],
                    arguments: function?["arguments"] ?? function?["input"], in: call,
                    isFreeText: !isFunction)
            }
        default: break
        }
    }

    private mutating func takeResponses(_ item: JSONPlace) {
        if item["type"]?.string == "additional_tools" { catalogue += item["tools"]?.raw ?? [] }
        guard let kind = item["type"]?.string, let id = item["call_id"]?.string else { return }
        if kind.hasSuffix("_call_output") {
            items.append(
                .result(
                    ResultInHistory(
                        id: id, text: item["output"]?.words ?? "", isError: false, format: .responses,
                        holder: item)))
        } else if let client = ResponsesItem.clientCall(kind) {
            add(
                call: id, name: client.name == nil ? item["name"] : item["type"],
                arguments: item[client.member], in: item, isFreeText: client.style == .freeText,
                as: client.name)
        }
    }

    private mutating func takeGemini(_ content: JSONPlace) {
        for part in content["parts"]?.elements ?? [] {
            if let call = part["functionCall"] ?? part["function_call"] {
                add(call: call["id"]?.string, name: call["name"], arguments: call["args"], in: call)
            }
            guard let answer = part["functionResponse"] ?? part["function_response"] else { continue }
            let response = answer["response"]
            let error = response?["error"]
            let output = error ?? response?["output"] ?? response?["result"] ?? response
            items.append(
                .result(
                    ResultInHistory(
                        id: numbers.answered(answer["id"]?.string, name: answer["name"]?.string),
                        text: output?.string ?? String(decoding: output?.raw ?? [], as: UTF8.self),
                        isError: error != nil, format: .gemini, holder: answer, name: answer["name"])))
        }
    }
}

/// Numbers the calls of a conversation whose format gives them no IDs, and pairs their results with them.
private struct CallNumbers: Sendable {
    private var count = 0
    private var open: [(id: String, name: String)] = []

    mutating func asked(_ id: String?, name: String) -> String {
        count += 1
        let known = id.flatMap { $0.isEmpty ? nil : $0 } ?? "call_\(count)"
        open.append((known, name))
        return known
    }

    mutating func answered(_ id: String?, name: String?) -> String {
        if let id, !id.isEmpty {
            open.removeAll { $0.id.utf8.elementsEqual(id.utf8) }
            return id
        }
        let place = open.firstIndex { name?.utf8.elementsEqual($0.name.utf8) ?? true }
        return place.map { open.remove(at: $0).id } ?? ""
    }
}

extension JSONPlace {
    /// The words of a content: a text, or parts of which those with text, or with a shell's output, count.
    fileprivate var words: String {
        string
            ?? (elements ?? []).flatMap { part in
                ["text", "stdout", "stderr"].compactMap { part[$0]?.string }.filter { !$0.isEmpty }
            }.joined(separator: "\n")
    }
}
