import Agent
import JSON

/// Reads `GenerateContentResponse` objects, one or many.
struct GeminiReader: FrameReader {
    var draft = ResponseDraft()
    /// The parts as they came, words that follow words joined.
    private var parts: [JSONValue] = []
    /// Whether it was told that the provider searched.
    private var hasSearched = false

    func isOwn(_ value: JSONValue) -> Bool {
        ["candidates", "usageMetadata", "promptFeedback", "modelVersion", "responseId"].contains {
            GeminiReader.member($0, of: value) != nil || value["response"]?[$0] != nil
        }
    }

    /// A member under its name or, as protocol buffers spell it, `usage_metadata`.
    private static func member(_ name: String, of value: JSONValue?) -> JSONValue? {
        if let found = ChatContent.given(value?[name]) { return found }
        let snake = name.utf8.flatMap { (65...90).contains($0) ? [UInt8(ascii: "_"), $0 | 0x20] : [$0] }
        return ChatContent.given(value?[String(decoding: snake, as: UTF8.self)])
    }

    /// The reasons by their numbers in the protocol, which some gateways send.
    private static let finishReasons = [
        "FINISH_REASON_UNSPECIFIED", "STOP", "MAX_TOKENS", "SAFETY", "RECITATION", "OTHER", "BLOCKLIST",
        "PROHIBITED_CONTENT", "SPII", "MALFORMED_FUNCTION_CALL",
    ]

    private static func finishWord(_ value: JSONValue?) -> String? {
        if let word = value?.stringValue { return word }
        guard let number = value?.intValue else { return nil }
        return finishReasons.indices.contains(number) ? finishReasons[number] : "finish reason \(number)"
    }

    mutating func take(_ value: JSONValue, event: String?) throws(StreamFault) -> Reading {
        var reading = Reading()
        // The endpoint behind a Google login wraps the response.
        if let inner = value["response"], inner.objectValue != nil {
            try take(chunk: inner, at: ["response"], &reading)
        } else {
            try take(chunk: value, at: [], &reading)
        }
        return reading
    }

    private mutating func take(
        chunk value: JSONValue, at path: [String], _ reading: inout Reading
    ) throws(StreamFault) {
        if let error = value["error"], error != .null, let error = ProviderError(["error": error]) {
            throw error.fault(isBegun: !parts.isEmpty)
        }
        reading.pieces += draft.take(usage: GeminiReader.member("usageMetadata", of: value))
        for (position, candidate) in (value["candidates"]?.arrayValue ?? []).enumerated() {
            guard (candidate["index"]?.intValue ?? 0) == 0 else {
                draft.remark("The server gave more than one candidate; only the first is read.")
                continue
            }
            let place = path + ["candidates", String(position), "content", "parts"]
            for (number, part) in ChatContent.list(candidate["content"]?["parts"]).enumerated() {
                try take(part: part, at: place + [String(number)], &reading)
            }
            let grounding = GeminiReader.member("groundingMetadata", of: candidate)
            if !hasSearched, GeminiReader.member("webSearchQueries", of: grounding) != nil {
                hasSearched = true
                reading.pieces.append(.providerCall(name: "google search"))
            }
            let reason = GeminiReader.member("finishReason", of: candidate)
            if let word = GeminiReader.finishWord(reason), word != "FINISH_REASON_UNSPECIFIED" {
                draft.finishDetail = GeminiReader.member("finishMessage", of: candidate)?.stringValue
                reading.pieces += draft.finish(word)
            }
        }
        let feedback = GeminiReader.member("promptFeedback", of: value)
        let block = GeminiReader.member("blockReason", of: feedback)
        if let reason = block?.stringValue, reason != "BLOCK_REASON_UNSPECIFIED", draft.finishWord == nil {
            draft.finishDetail =
                "the prompt was refused for \(reason)"
                + (GeminiReader.member("blockReasonMessage", of: feedback)?.stringValue.map { ", \($0)" }
                    ?? "")
            reading.pieces += draft.finish("blocked")
        }
    }

    private mutating func take(
        part: JSONValue, at place: [String], _ reading: inout Reading
    ) throws(StreamFault) {
        let isThought = part["thought"]?.boolValue == true
        if let text = part["text"]?.stringValue {
            reading.pieces += isThought ? draft.add(thinking: text) : draft.add(text: text)
        }
        // Clients look for a call beside words as well.
        let own = ChatContent.given(part["functionCall"])
        let other = ChatContent.given(part["function_call"])
        if let own, let other, !own.isEquivalent(to: other) {
            throw StreamFault(
                "a part of the response holds two calls, functionCall and function_call; nothing of the response is used"
            )
        }
        if let call = own ?? other {
            guard ChatContent.given(call["partialArgs"]) == nil, call["willContinue"]?.boolValue != true
            else {
                throw StreamFault(
                    "the server streams the arguments of a call in parts (partialArgs), which is not read; "
                        + "set streamFunctionCallArguments to false in the model's options")
            }
            let key = own == nil ? "function_call" : "functionCall"
            let name = call["name"]?.stringValue ?? ""
            guard !name.isEmpty else {
                throw StreamFault("a call of the response names no tool; nothing of the response is used")
            }
            let arguments = ChatContent.arguments(call["args"])
            let (number, pieces) = try draft.calls.take(
                CallAssembly.Fragment(
                    key: String(draft.calls.entries.count), id: call["id"]?.stringValue, name: name,
                    arguments: arguments ?? "{}"))
            reading.pieces += pieces + draft.calls.end(number)
            reading.place(number, .name, place + [key, "name"])
            reading.place(number, call["args"]?.stringValue == nil ? .object : .text, place + [key, "args"])
        } else if (ChatContent.given(part["executableCode"]) ?? ChatContent.given(part["toolCall"])) != nil {
            reading.pieces.append(
                .providerCall(name: part["toolCall"]?["toolType"]?.stringValue ?? "code execution"))
        } else if let kind = part.objectValue?.keys.first(where: {
            !["thoughtSignature", "thought", "text", "functionCall", "function_call"].contains($0)
        }),
            !["codeExecutionResult", "toolResponse"].contains(kind)
        {
            draft.remark("The response holds a part with \(kind), which is not read.")
        }
        keep(part)
    }

    private mutating func keep(_ part: JSONValue) {
        if let text = part["text"]?.stringValue, case .object(var last)? = parts.last,
            let before = last["text"]?.stringValue, last["thought"] == part["thought"],
            last["thoughtSignature"] == nil,
            part.objectValue?.count == last.count
                || (part.objectValue?.count == last.count + 1 && part["thoughtSignature"] != nil)
        {
            last["text"] = .string(before + text)
            if let signature = part["thoughtSignature"] { last["thoughtSignature"] = signature }
            parts[parts.count - 1] = .object(last)
        } else {
            parts.append(part)
        }
    }

    /// A response that ends with the connection and asks for calls is whole: some servers give no reason then.
    mutating func end() -> [ResponsePiece] {
        if draft.finishWord == nil, !draft.calls.entries.isEmpty {
            draft.remark("The stream ended without a reason; it asks for calls and is taken as whole.")
            return draft.finish("STOP")
        }
        return draft.isUsable ? draft.calls.endAll() : []
    }

    func blocks(for calls: [ToolCall]) -> ProviderBlocks? {
        let isPlain = parts.allSatisfy { part in
            part.objectValue?.keys.allSatisfy { ["text", "functionCall", "function_call"].contains($0) }
                ?? true
        }
        guard !isPlain else { return nil }
        var next = 0
        let named = parts.map { part -> JSONValue in
            guard case .object(var object) = part, case .object(var call)? = object["functionCall"],
                calls.indices.contains(next)
            else { return part }
            call["id"] = .string(calls[next].id.text)
            next += 1
            object["functionCall"] = .object(call)
            return .object(object)
        }
        return ProviderBlocks(format: WireFormat.gemini.rawValue, blocks: .array(named))
    }
}
