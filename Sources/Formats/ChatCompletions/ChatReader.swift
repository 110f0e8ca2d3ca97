import Agent
import JSON

/// Reads `chat.completion.chunk` objects, or a whole `chat.completion`.
struct ChatReader: FrameReader {
    var draft = ResponseDraft()
    /// Members of the message that only their provider reads, to be sent back unaltered.
    private var kept = JSONObject()
    /// The provider's tools that were told to run, by their numbers.
    private var executed: Set<Int> = []
    /// Whether it was told that the provider searched.
    private var hasSearched = false

    func isOwn(_ value: JSONValue) -> Bool {
        !ChatContent.list(value["choices"]).isEmpty || value["choices"] == [] || isCount(value)
            || value["object"]?.stringValue?.hasPrefix("chat.completion") == true
            || value["base_resp"]?.objectValue != nil
    }

    /// Whether a value is a chunk of token counts alone: the answers of other formats have them beside their own members.
    private func isCount(_ value: JSONValue) -> Bool {
        guard let usage = value["usage"], usage != .null else { return false }
        let others = ["message", "content", "output", "data", "response", "text", "results", "generations"]
        return others.allSatisfy { ChatContent.given(value[$0]) == nil }
            && ![WireFormat.messages, .responses, .gemini].contains { $0.room.reader().isOwn(value) }
    }

    mutating func take(_ value: JSONValue, event: String?) throws(StreamFault) -> Reading {
        var reading = Reading()
        // MiniMax says in every answer how it went: 0 is well.
        let isRefused = value["base_resp"]?["status_code"]?.intValue ?? 0 != 0
        if let error = isRefused ? value["base_resp"] : value["error"], error != .null,
            let error = ProviderError(["error": error])
        {
            throw error.fault(isBegun: !draft.content.isEmpty || !draft.calls.entries.isEmpty)
        }
        for usage in [value["usage"], value["x_groq"]?["usage"], value["timings"]] {
            reading.pieces += draft.take(usage: usage)
        }
        let choices = ChatContent.list(value["choices"])
        let isList = value["choices"]?.arrayValue != nil
        for (position, choice) in choices.enumerated() {
            let number = choice["index"]?.intValue ?? 0
            guard number == 0 else {
                draft.remark("The server gave more than one choice; only the first is read.")
                continue
            }
            try take(choice, at: ["choices"] + (isList ? [String(position)] : []), &reading)
        }
        noteSearches([value["citations"], value["search_results"]], &reading)
        // Some servers call the chunks of a stream so as well.
        let isStreamed = choices.contains { $0["delta"]?.objectValue != nil }
        if value["object"]?.stringValue == "chat.completion", draft.finishWord != nil, !isStreamed {
            draft.isOver = true
        }
        return reading
    }

    private mutating func take(
        _ choice: JSONValue, at place: [String], _ reading: inout Reading
    ) throws(StreamFault) {
        reading.pieces += draft.take(usage: choice["usage"])
        if let error = choice["error"], error != .null, let error = ProviderError(["error": error]) {
            throw error.fault(isBegun: !draft.content.isEmpty || !draft.calls.entries.isEmpty)
        }
        var pieces = Reading()
        for key in ["delta", "message"] {
            if let text = choice[key]?.stringValue { pieces.pieces += draft.add(text: text) }
            guard let message = choice[key]?.objectValue else { continue }
            // Some servers repeat the whole message in their last chunk.
            if key == "message", !draft.content.isEmpty || !draft.calls.entries.isEmpty {
                placeAgain(message, at: place + [key], &pieces)
                let isSame = ChatContent.text(of: message["content"]).utf8.elementsEqual(draft.content.utf8)
                if isSame || message["content"]?.stringValue?.isEmpty ?? true { continue }
                draft.remark(
                    "The last chunk repeats the message otherwise than it was streamed; the stream counts.")
                continue
            }
            try take(message: message, at: place + [key], &pieces)
        }
        if let text = choice["text"]?.stringValue, ChatContent.given(choice["delta"]) == nil {
            pieces.pieces += draft.add(text: text)
        }
        let scored = (choice["logprobs"]?["content"]?.arrayValue ?? []).compactMap(ScoredToken.init)
        if !scored.isEmpty {
            // The tokens say what the text and the arguments say, and more.
            pieces.pieces.removeAll { piece in
                switch piece {
                case .text, .arguments: true
                default: false
                }
            }
            pieces.pieces += scored.map(ResponsePiece.token)
        }
        reading.pieces += pieces.pieces
        reading.places += pieces.places
        if let word = choice["finish_reason"]?.stringValue, !word.isEmpty {
            reading.pieces += draft.finish(word)
        }
    }

    /// The places of calls in a message that repeats what was streamed; those that it tells otherwise have none.
    private func placeAgain(_ message: JSONObject, at place: [String], _ reading: inout Reading) {
        for (number, call) in (message["tool_calls"]?.arrayValue ?? []).enumerated()
        where draft.calls.entries.indices.contains(number) {
            let entry = draft.calls.entries[number]
            guard let name = call["function"]?["name"]?.stringValue,
                let arguments = call["function"]?["arguments"]?.stringValue,
                name.utf8.elementsEqual(entry.name.utf8),
                arguments.utf8.elementsEqual(entry.arguments.utf8)
            else { continue }
            let inside = place + ["tool_calls", String(number), "function"]
            reading.place(number + 1, .name, inside + ["name"])
            reading.place(number + 1, .text, inside + ["arguments"])
        }
    }

    private mutating func take(
        message: JSONObject, at place: [String], _ reading: inout Reading
    ) throws(StreamFault) {
        reading.pieces += think(message, isDelta: place.last == "delta")
        for (position, tool) in (message["executed_tools"]?.arrayValue ?? []).enumerated()
        where executed.insert(tool["index"]?.intValue ?? position).inserted {
            let name = (tool["name"] ?? tool["type"])?.stringValue ?? "a tool"
            reading.pieces.append(.providerCall(name: name))
        }
        let found = (message["annotations"]?.arrayValue ?? []).filter { $0["type"] == "url_citation" }
        noteSearches([.array(found)], &reading)
        for part in ChatContent.parts(of: message["content"]) {
            switch part {
            case .text(let text): reading.pieces += draft.add(text: text)
            case .thinking(let text): reading.pieces += draft.add(thinking: text)
            case .other(let what): draft.remark("The response holds \(what), which is not read.")
            }
        }
        if message["content"] == nil, let text = message["text"]?.stringValue {
            reading.pieces += draft.add(text: text)
        }
        if case .array(let parts)? = message["content"], !parts.isEmpty { keep("content", .array(parts)) }
        // A refusal is what the model says, in another member.
        if let refusal = message["refusal"]?.stringValue { reading.pieces += draft.add(text: refusal) }
        for what in ["audio", "images"] {
            if let value = message[what], value != .null, value != .array([]) {
                draft.remark("The response holds \(what), which is not read.")
            }
        }
        let fragments = ChatContent.list(message["tool_calls"])
        // The elements of a whole list are calls of their own, whatever they have in common.
        let isList = place.last == "message" && fragments.count > 1
        for (number, fragment) in fragments.enumerated() {
            let path =
                place + ["tool_calls"] + (message["tool_calls"]?.arrayValue == nil ? [] : [String(number)])
            try take(
                fragment, isWhole: place.last == "message", at: path,
                key: isList ? "element \(draft.calls.entries.count)" : nil, &reading)
        }
        if case .object? = message["function_call"] {
            let call: JSONValue = ["function": message["function_call"] ?? .null]
            let path = place + ["function_call"]
            try take(call, isWhole: place.last == "message", at: path, legacy: "function_call", &reading)
        }
    }

    /// Marks that a provider searched the web, where it names what it found.
    private mutating func noteSearches(_ found: [JSONValue?], _ reading: inout Reading) {
        guard !hasSearched, found.contains(where: { $0?.arrayValue?.isEmpty == false }) else { return }
        hasSearched = true
        reading.pieces.append(.providerCall(name: "web search"))
    }

    /// Thinking, under each name that servers have for it; of several in one message the first counts.
    private mutating func think(_ message: JSONObject, isDelta: Bool) -> [ResponsePiece] {
        var pieces: [ResponsePiece] = []
        for key in ["reasoning_content", "reasoning", "reasoning_text", "thinking", "thought"] {
            guard let value = message[key], value != .null else { continue }
            guard let text = ChatContent.thought(value) else {
                draft.remark("The response holds \(key) in a shape that is not read.")
                continue
            }
            keep(key, .string((kept[key]?.stringValue ?? "") + text))
            if pieces.isEmpty { pieces = draft.add(thinking: text) }
        }
        for key in ["reasoning_details", "thinking_blocks"] {
            for detail in message[key]?.arrayValue ?? [] {
                keep(key, detail, isDelta: isDelta)
                let isHidden =
                    detail["type"]?.stringValue?.hasSuffix("encrypted") == true
                    || detail["type"]?.stringValue == "redacted_thinking"
                if isHidden {
                    pieces += draft.add(thinking: "", isHidden: true)
                } else if pieces.isEmpty, kept["reasoning"] == nil, kept["reasoning_content"] == nil {
                    let text = detail["text"] ?? detail["summary"] ?? detail["thinking"]
                    pieces += draft.add(thinking: text?.stringValue ?? "")
                }
            }
        }
        return pieces
    }

    private mutating func noteFull(_ key: String) {
        draft.remark("The response holds more than \(ReadingLimits.calls) parts of \(key); no more are kept.")
    }

    private mutating func keep(_ key: String, _ value: JSONValue) {
        if key == "content", case .array(let before)? = kept[key], case .array(let more) = value {
            guard before.count < ReadingLimits.calls else { return noteFull(key) }
            kept[key] = .array(before + more)
        } else {
            kept[key] = value
        }
    }

    /// Keeps a detail of a list; fragments of one index become one detail again, and so do those without that follow each
    /// other up to a signature.
    private mutating func keep(_ key: String, _ detail: JSONValue, isDelta: Bool) {
        var list = kept[key]?.arrayValue ?? []
        guard list.count < ReadingLimits.calls else { return noteFull(key) }
        let open = list.indices.last.flatMap { place in
            isDelta && detail["data"] == nil && list[place]["data"] == nil
                && list[place]["signature"]?.stringValue?.isEmpty ?? true ? place : nil
        }
        let known = detail["index"].flatMap { index in list.firstIndex { $0["index"] == index } }
        if let place = detail["index"] == nil ? open : known,
            case .object(var known) = list[place], known["type"] == detail["type"]
        {
            for member in detail.objectValue ?? JSONObject() {
                if ["text", "summary", "data", "signature", "thinking"].contains(member.key),
                    let before = known[member.key]?.stringValue, let more = member.value.stringValue
                {
                    known[member.key] = .string(before + more)
                } else if member.value != .null {
                    known[member.key] = member.value
                }
            }
            list[place] = .object(known)
        } else {
            list.append(detail)
        }
        kept[key] = .array(list)
    }

    private mutating func take(
        _ fragment: JSONValue, isWhole: Bool, at place: [String], key given: String? = nil,
        legacy: String? = nil,
        _ reading: inout Reading
    ) throws(StreamFault) {
        let index = try ChatContent.key(fragment["index"])
        let key = legacy ?? given ?? index
        // What is null is not there: a server may write every member that its types have.
        let custom =
            ChatContent.given(fragment["function"]) == nil ? ChatContent.given(fragment["custom"]) : nil
        // Some servers leave out the object around name and arguments.
        let function = ChatContent.given(fragment["function"]) ?? custom ?? fragment
        let holder = ["function", "custom"].filter {
            legacy == nil && ChatContent.given(fragment[$0]) != nil
        }.prefix(1)
        let inside = place + holder
        let style: CallAssembly.Style = custom == nil ? .json : .freeText
        // Some servers name the arguments as the schema's author would.
        let names = style == .freeText ? ["input"] : ["arguments", "parameters", "input"]
        let member = names.first { ChatContent.given(function[$0]) != nil } ?? names[0]
        if names.count(where: { ChatContent.given(function[$0]) != nil }) > 1 {
            reading.doubt = "a call tells its arguments in two members"
        }
        let given = function[member]
        let (number, pieces) = try draft.calls.take(
            CallAssembly.Fragment(
                key: key, id: fragment["id"]?.stringValue, name: function["name"]?.stringValue,
                arguments: ChatContent.arguments(given), style: style))
        reading.pieces += pieces
        for other in fragment.objectValue ?? JSONObject()
        where !["index", "id", "type", "function", "custom", "name", "arguments", member].contains(other.key)
        {
            draft.calls.keep(other.key, other.value, of: number)
        }
        if function["name"]?.stringValue?.isEmpty == false {
            reading.place(number, .name, inside + ["name"])
        }
        let role: CallPlace.Role? =
            switch given {
            case .object?: .object
            case .string?:
                style == .freeText ? (isWhole ? .input : .inputFragment) : isWhole ? .text : .fragment
            default: function["name"]?.stringValue?.isEmpty == false ? .fragment : nil
            }
        if let role { reading.place(number, role, inside + [member]) }
    }

    func blocks(for calls: [ToolCall]) -> ProviderBlocks? {
        var members = kept
        if case .array(let parts)? = members["content"],
            !parts.contains(where: { ["thinking", "reasoning"].contains($0["type"]?.stringValue) })
        {
            members["content"] = nil
        }
        var others = JSONObject()
        for (entry, call) in zip(draft.calls.entries, calls) where !entry.others.isEmpty {
            others[call.id.text] = .object(entry.others)
        }
        if !others.isEmpty { members["tool_calls"] = .object(others) }
        guard !members.isEmpty else { return nil }
        return ProviderBlocks(format: WireFormat.chatCompletions.rawValue, blocks: .object(members))
    }
}

/// The shapes that Chat Completions' servers give to content and calls.
enum ChatContent {
    enum Part {
        case text(String)
        case thinking(String)
        case other(String)
    }

    /// A member's value; `nil` for one that is null.
    static func given(_ value: JSONValue?) -> JSONValue? {
        value.flatMap { $0 == .null ? JSONValue?.none : $0 }
    }

    /// The parts of a content: a text, or a list of parts.
    static func parts(of content: JSONValue?) -> [Part] {
        switch content {
        case .string(let text)?: return [.text(text)]
        case .array(let parts)?: return parts.flatMap(part)
        case .object?: return content.map(part) ?? []
        case .null?, nil: return []
        case let other?:
            return [.other("a content that is \(other.typeName == "number" ? "a number" : "no text")")]
        }
    }

    private static func part(_ value: JSONValue) -> [Part] {
        if let text = value.stringValue { return [.text(text)] }
        let kind = value["type"]?.stringValue
        switch kind {
        case "thinking", "reasoning":
            let inner = value["thinking"] ?? value["reasoning"] ?? value["text"] ?? value["summary"]
            return [.thinking(inner.flatMap(thought) ?? text(of: inner))]
        case nil, "text", "output_text", "input_text", "refusal":
            if let text = (value["text"] ?? value["refusal"] ?? value["content"])?.stringValue {
                return [.text(text)]
            }
            if let text = value["text"]?["value"]?.stringValue { return [.text(text)] }
            return [.other("a part without text")]
        case let kind?: return [.other("a part of type \(kind)")]
        }
    }

    /// The text of a content, its other parts left out.
    static func text(of content: JSONValue?) -> String {
        parts(of: content).map { if case .text(let text) = $0 { text } else { "" } }.joined()
    }

    /// The text of thinking: as it is, in a member of an object, or in parts; `nil` where there is none to be found.
    static func thought(_ value: JSONValue) -> String? {
        switch value {
        case .string(let text): return text
        case .array(let parts):
            let texts = parts.compactMap(thought)
            return texts.count == parts.count ? texts.joined() : nil
        case .object(let object):
            if object.isEmpty { return "" }
            return ["text", "content", "thinking", "reasoning", "summary"].lazy
                .compactMap { object[$0].flatMap(thought) }.first
        default: return nil
        }
    }

    /// A list, or the one that stands where a list should.
    static func list(_ value: JSONValue?) -> [JSONValue] {
        switch value {
        case .array(let elements)?: elements
        case .object?: value.map { [$0] } ?? []
        default: []
        }
    }

    /// What tells a call apart: its index, in whatever spelling.
    static func key(_ index: JSONValue?) throws(StreamFault) -> String? {
        switch index {
        case nil, .null?: return nil
        case .string(let text)? where Int(text) != nil: return text
        case .number(let number)?:
            guard let value = number.intValue, value >= 0 else { break }
            return String(value)
        default: break
        }
        throw StreamFault(
            "a call has the index \(index?.text() ?? ""), which is none; nothing of the response is used")
    }

    /// Arguments as text; some servers send the object that they are.
    static func arguments(_ value: JSONValue?) -> String? {
        switch value {
        case .string(let text)?: text
        case nil, .null?: nil
        case let value?: value.text(.spaced)
        }
    }
}
