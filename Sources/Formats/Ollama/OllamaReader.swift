import Agent
import JSON

/// Reads the objects of Ollama's chat, one or many; calls come whole.
struct OllamaReader: FrameReader {
    var draft = ResponseDraft()

    func isOwn(_ value: JSONValue) -> Bool {
        if let error = value["error"], error != .null { return false }
        return value["message"]?.objectValue != nil || value["done"] != nil || value["response"] != nil
    }

    mutating func take(_ value: JSONValue, event: String?) throws(StreamFault) -> Reading {
        var reading = Reading()
        let message = value["message"]
        let names = ["thinking", "reasoning", "reasoning_content"]
        let thought = names.lazy.compactMap { ChatContent.given(message?[$0] ?? value[$0]) }.first
        reading.pieces += draft.add(thinking: thought.flatMap(ChatContent.thought) ?? "")
        let scored = (value["logprobs"]?.arrayValue ?? []).compactMap(ScoredToken.init)
        for part in ChatContent.parts(of: message?["content"] ?? value["response"]) {
            switch part {
            case .text(let text):
                let pieces = draft.add(text: text)
                if scored.isEmpty { reading.pieces += pieces }
            case .thinking(let text): reading.pieces += draft.add(thinking: text)
            case .other(let what): draft.remark("The response holds \(what), which is not read.")
            }
        }
        // Scored tokens are the model's own text, calls included as it spells them; they are no part of the arguments.
        reading.pieces += scored.map(ResponsePiece.token)
        for (position, call) in ChatContent.list(message?["tool_calls"]).enumerated() {
            try take(call, at: ["message", "tool_calls", String(position)], &reading)
        }
        if case .object? = message?["function_call"] {
            let call: JSONValue = ["function": message?["function_call"] ?? .null]
            try take(call, at: ["message"], holder: "function_call", &reading)
        }
        guard value["done"]?.boolValue == true else { return reading }
        reading.pieces += draft.take(usage: value)
        reading.pieces += draft.finish(value["done_reason"]?.stringValue ?? "stop")
        draft.isOver = true
        return reading
    }

    private mutating func take(
        _ call: JSONValue, at place: [String], holder name: String = "function", _ reading: inout Reading
    ) throws(StreamFault) {
        let holder = ChatContent.given(call["function"])
        let function = holder ?? call
        let inside = place + (holder == nil ? [] : [name])
        guard let name = function["name"]?.stringValue, !name.isEmpty else {
            throw StreamFault("a call of the response names no tool; nothing of the response is used")
        }
        let names = ["arguments", "parameters", "input"]
        let member = names.first { ChatContent.given(function[$0]) != nil } ?? names[0]
        if names.count(where: { ChatContent.given(function[$0]) != nil }) > 1 {
            reading.doubt = "a call tells its arguments in two members"
        }
        let given = function[member]
        let (number, pieces) = try draft.calls.take(
            CallAssembly.Fragment(
                key: String(draft.calls.entries.count), id: call["id"]?.stringValue, name: name,
                arguments: ChatContent.arguments(given) ?? "{}"))
        reading.pieces += pieces + draft.calls.end(number)
        reading.place(number, .name, inside + ["name"])
        reading.place(number, given?.stringValue == nil ? .object : .text, inside + [member])
    }

    func blocks(for calls: [ToolCall]) -> ProviderBlocks? {
        guard let text = draft.thinking?.text, !text.isEmpty else { return nil }
        return ProviderBlocks(
            format: WireFormat.ollama.rawValue,
            blocks: .object(JSONObject([JSONObject.Member(key: "thinking", value: .string(text))])))
    }
}
