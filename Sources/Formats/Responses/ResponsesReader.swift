import Agent
import JSON

/// Reads the events of OpenAI's Responses, or a whole `response` object.
struct ResponsesReader: FrameReader {
    var draft = ResponseDraft()
    /// The items in the order in which they appeared, each as its end says, or its beginning where that is all.
    private var items: [Item] = []

    private struct Item: Sendable {
        var key: String
        var value: JSONObject
        var isDone = false
        /// The call that it is, from 1.
        var call: Int?
        /// Its text or thinking so far.
        var text = ""
    }

    func isOwn(_ value: JSONValue) -> Bool {
        if value["type"]?.stringValue?.hasPrefix("response.") == true { return true }
        return value["object"]?.stringValue == "response" || value["output"]?.arrayValue != nil
    }

    mutating func take(_ value: JSONValue, event: String?) throws(StreamFault) -> Reading {
        var reading = Reading()
        guard let type = value["type"]?.stringValue, type.hasPrefix("response.") else {
            try take(whole: value, at: [], &reading)
            return reading
        }
        switch type {
        case "response.output_item.added": try begin(value, &reading)
        case "response.output_item.done": try end(value, &reading)
        case "response.output_text.delta", "response.refusal.delta":
            let place = try item(of: value, as: "message")
            let text = ChatContent.text(of: value["delta"])
            items[place].text += text
            let scored = (value["logprobs"]?.arrayValue ?? []).compactMap(ScoredToken.init)
            let pieces = draft.add(text: text)
            reading.pieces += scored.isEmpty ? pieces : scored.map(ResponsePiece.token)
        case "response.output_text.done", "response.refusal.done":
            try end(part: value["text"] ?? value["refusal"], of: value, &reading)
        case "response.content_part.done":
            guard let part = value["part"], ["output_text", "refusal"].contains(part["type"]) else { break }
            try end(part: part["text"] ?? part["refusal"], of: value, &reading)
        case "response.reasoning_summary_text.delta", "response.reasoning_text.delta",
            "response.reasoning_summary.delta", "response.reasoning.delta":
            let place = try item(of: value, as: "reasoning")
            let text = value["delta"].flatMap(ChatContent.thought) ?? ""
            items[place].text += text
            reading.pieces += draft.add(thinking: text)
        case "response.reasoning_summary_text.done", "response.reasoning_text.done":
            let place = try item(of: value, as: "reasoning")
            // Some servers tell nothing before the end.
            if items[place].text.isEmpty, let text = value["text"].flatMap(ChatContent.thought) {
                items[place].text = text
                reading.pieces += draft.add(thinking: text)
            }
        case "response.reasoning_summary_part.added":
            let place = try item(of: value, as: "reasoning")
            if !items[place].text.isEmpty {
                items[place].text += "\n\n"
                reading.pieces += draft.add(thinking: "\n\n")
            }
        case "response.function_call_arguments.delta", "response.custom_tool_call_input.delta",
            "response.mcp_call_arguments.delta":
            try take(arguments: value, type, &reading)
        case "response.function_call_arguments.done", "response.custom_tool_call_input.done":
            try settle(value, type, &reading)
        case "response.completed", "response.incomplete", "response.failed", "response.cancelled",
            "response.done":
            try take(
                whole: value["response"] ?? value, at: value["response"] == nil ? [] : ["response"], &reading)
            if draft.finishWord == nil { reading.pieces += draft.finish(String(type.dropFirst(9))) }
            draft.isOver = true
        case "response.created", "response.in_progress":
            reading.pieces += draft.take(usage: value["response"]?["usage"])
        default: break
        }
        return reading
    }

    /// The item that an event belongs to; one that was never announced begins here.
    private mutating func item(of event: JSONValue, as type: String) throws(StreamFault) -> Int {
        let key = event["output_index"].flatMap { $0 == .null ? nil : $0.text() }
        let id = event["item_id"]?.stringValue
        let candidates = items.indices.filter { place in
            key.map { items[place].key == $0 } ?? (items[place].value["id"]?.stringValue == id)
        }
        // Some servers give every item one index, others an item a new ID with each event.
        if let place = candidates.last(where: { items[$0].value["id"]?.stringValue == id }) ?? candidates.last
        {
            return place
        }
        var value = JSONObject()
        value["type"] = .string(type)
        if let id { value["id"] = .string(id) }
        return try append(Item(key: key ?? "item \(id ?? "")", value: value))
    }

    private mutating func append(_ item: Item) throws(StreamFault) -> Int {
        guard items.count < ReadingLimits.calls else {
            throw StreamFault(
                "the response has more than \(ReadingLimits.calls) items; nothing of it is used")
        }
        items.append(item)
        return items.count - 1
    }

    private mutating func begin(_ event: JSONValue, _ reading: inout Reading) throws(StreamFault) {
        guard let value = event["item"]?.objectValue else { return }
        let place: Int
        let key = event["output_index"]?.text() ?? "item \(value["id"]?.text() ?? String(items.count))"
        if let known = items.lastIndex(where: { $0.key == key && !$0.isDone && !isOther($0.value, value) }) {
            place = known
            items[place].value = value
        } else {
            place = try append(Item(key: key, value: value))
        }
        try read(place, at: ["item"], isDone: false, &reading)
    }

    /// Whether two items that begin under one index are two calls.
    private func isOther(_ known: JSONObject, _ value: JSONObject) -> Bool {
        guard let left = known["call_id"]?.stringValue, let right = value["call_id"]?.stringValue else {
            return false
        }
        return !left.utf8.elementsEqual(right.utf8)
    }

    private mutating func end(_ event: JSONValue, _ reading: inout Reading) throws(StreamFault) {
        guard let value = event["item"]?.objectValue else { return }
        let place = try item(
            of: ["output_index": event["output_index"] ?? .null, "item_id": value["id"] ?? .null],
            as: value["type"]?.stringValue ?? "")
        items[place].value = value
        items[place].isDone = true
        try read(place, at: ["item"], isDone: true, &reading)
        if let call = items[place].call { reading.pieces += draft.calls.end(call) }
    }

    /// Takes what an item says of itself, at its beginning or at its end.
    private mutating func read(
        _ place: Int, at path: [String], isDone: Bool, _ reading: inout Reading
    ) throws(StreamFault) {
        let value = items[place].value
        let type = value["type"]?.stringValue ?? ""
        if let client = ResponsesItem.clientCall(type) {
            try read(call: client, place, at: path, isDone: isDone, &reading)
            return
        }
        switch type {
        case "message" where isDone:
            let parts = value["content"]?.arrayValue ?? ChatContent.given(value["content"]).map { [$0] } ?? []
            let text = parts.map { $0.stringValue ?? ($0["text"] ?? $0["refusal"])?.stringValue ?? "" }
                .joined()
            add(missing: text, to: place, &reading)
            for part in parts where part.stringValue == nil && part["text"] == nil && part["refusal"] == nil {
                draft.remark(
                    "The response holds a part of type \(part["type"]?.stringValue ?? "?"), which is not read."
                )
            }
        case "reasoning" where isDone:
            let text = ResponsesItem.thinking(value)
            if text.utf8.starts(with: items[place].text.utf8) {
                reading.pieces += draft.add(
                    thinking: String(
                        decoding: text.utf8.dropFirst(items[place].text.utf8.count), as: UTF8.self))
            }
            items[place].text = text
            if value["encrypted_content"]?.stringValue?.isEmpty == false {
                reading.pieces += draft.add(thinking: "", isHidden: true)
            }
        case "message", "reasoning", "": break
        default:
            guard !isDone || items[place].call == nil else { break }
            let note = ResponsesItem.note(value)
            reading.pieces.append(
                note.map(ResponsePiece.note) ?? .providerCall(name: value["name"]?.stringValue ?? type))
            items[place].call = 0
            // Nobody answers it, so that the response may say nothing at all.
            if type == "mcp_approval_request", let note {
                draft.remark("Callgate cannot answer for a person, and nothing runs: \(note.words).")
            }
        }
    }

    private mutating func read(
        call client: ResponsesItem.ClientCall, _ place: Int, at path: [String], isDone: Bool,
        _ reading: inout Reading
    ) throws(StreamFault) {
        let value = items[place].value
        // A computer's actions come one by one, or as a list.
        let isList =
            ChatContent.given(value[client.member]) == nil && ChatContent.given(value["actions"]) != nil
        let member = isList ? "actions" : client.member
        if !isList, client.member == "action", ChatContent.given(value["actions"]) != nil {
            reading.doubt = "a call tells its actions in two members"
        }
        let given = value[member]
        let members = ["arguments", "input", "action", "operation", "parsed_arguments"]
        if members.contains(where: { $0 != client.member && ChatContent.given(value[$0]) != nil }) {
            reading.doubt = "a call tells its arguments in two members"
        }
        let text = ChatContent.arguments(given)
        let (number, pieces) = try draft.calls.take(
            CallAssembly.Fragment(
                key: String(place),
                id: value["call_id"]?.stringValue ?? (isDone ? value["id"]?.stringValue : nil),
                name: client.name ?? ResponsesItem.name(value), style: client.style))
        items[place].call = number
        reading.pieces += pieces
        if let text, isDone || !text.isEmpty {
            let isObject = client.isObject || given?.objectValue != nil
            if isDone || draft.calls.entries[number - 1].arguments.isEmpty {
                reading.pieces += draft.calls.settle(number, arguments: isObject && !isDone ? "" : text)
            }
        }
        reading.place(number, client.name == nil ? .name : .item, client.name == nil ? path + ["name"] : path)
        let role: CallPlace.Role =
            client.style == .freeText ? .input : given?.objectValue != nil ? .object : .text
        if isDone || text?.isEmpty == false { reading.place(number, role, path + [member]) }
    }

    private mutating func take(
        arguments event: JSONValue, _ type: String, _ reading: inout Reading
    ) throws(StreamFault) {
        guard !type.hasPrefix("response.mcp") else { return }
        let isFree = type.contains("custom")
        let place = try item(of: event, as: isFree ? "custom_tool_call" : "function_call")
        let (number, pieces) = try draft.calls.take(
            CallAssembly.Fragment(
                key: String(place),
                name: items[place].value["namespace"] == nil ? event["name"]?.stringValue : nil,
                arguments: ChatContent.arguments(event["delta"]), style: isFree ? .freeText : .json))
        items[place].call = number
        reading.doubt = reading.doubt ?? doubt(event, at: place)
        reading.pieces += pieces
        reading.place(number, isFree ? .inputFragment : .fragment, ["delta"])
    }

    /// Why clients may give arguments to another item: some go by its index, others by its ID.
    private func doubt(_ event: JSONValue, at place: Int) -> String? {
        let own = items[place].value["id"]?.stringValue ?? ""
        let index = event["output_index"].flatMap { $0 == .null ? nil : $0.text() }
        let isOther =
            event["item_id"]?.stringValue.map { !own.isEmpty && !$0.utf8.elementsEqual(own.utf8) } ?? false
        let isElsewhere = index.map { items[place].key != $0 } ?? false
        return isOther || isElsewhere ? "arguments come whose index and ID name different items" : nil
    }

    private mutating func settle(
        _ event: JSONValue, _ type: String, _ reading: inout Reading
    ) throws(StreamFault) {
        let isFree = type.contains("custom")
        let place = try item(of: event, as: isFree ? "custom_tool_call" : "function_call")
        let name = items[place].value["namespace"] == nil ? event["name"]?.stringValue : nil
        let (number, pieces) = try draft.calls.take(
            CallAssembly.Fragment(key: String(place), name: name, style: isFree ? .freeText : .json))
        items[place].call = number
        reading.doubt = reading.doubt ?? doubt(event, at: place)
        reading.pieces += pieces
        let member = isFree ? "input" : "arguments"
        if let text = ChatContent.arguments(event[member]) {
            reading.pieces += draft.calls.settle(number, arguments: text)
            reading.place(number, isFree ? .input : .text, [member])
        }
        if event["name"]?.stringValue != nil { reading.place(number, .name, ["name"]) }
    }

    /// Takes the whole of one part of a message, of which the pieces have told all or nothing.
    private mutating func end(
        part text: JSONValue?, of event: JSONValue, _ reading: inout Reading
    ) throws(StreamFault) {
        guard let text = text?.stringValue, !text.isEmpty else { return }
        let place = try item(of: event, as: "message")
        // Of several parts the last was told last.
        if items[place].text.utf8.reversed().starts(with: text.utf8.reversed()) { return }
        add(missing: text, to: place, &reading)
    }

    /// Adds what the end of a text has more than its pieces had.
    private mutating func add(missing text: String?, to place: Int, _ reading: inout Reading) {
        guard let text else { return }
        let known = items[place].text
        guard !text.utf8.elementsEqual(known.utf8) else { return }
        if text.utf8.starts(with: known.utf8) {
            reading.pieces += draft.add(
                text: String(decoding: text.utf8.dropFirst(known.utf8.count), as: UTF8.self))
            items[place].text = text
        } else if !known.utf8.starts(with: text.utf8) {
            draft.remark("A text was streamed otherwise than its end says; the stream counts.")
        }
    }

    /// Takes a whole response: what its items say beyond what was streamed, and how it ended.
    private mutating func take(
        whole value: JSONValue, at path: [String], _ reading: inout Reading
    ) throws(StreamFault) {
        if let error = value["error"], error != .null, let error = ProviderError(["error": error]) {
            throw error.fault(isBegun: !items.isEmpty)
        }
        reading.pieces += draft.take(usage: value["usage"])
        // Two elements of one list are never one item.
        var taken: Set<Int> = []
        for (position, item) in (value["output"]?.arrayValue ?? []).enumerated() {
            guard let object = item.objectValue else { continue }
            let place = try self.place(of: object, number: position, besides: taken)
            taken.insert(place)
            let wasDone = items[place].isDone
            items[place].value = object
            items[place].isDone = true
            try read(place, at: path + ["output", String(position)], isDone: true, &reading)
            if wasDone { reading.pieces.removeAll { $0.providerTool != nil || $0.providerNote != nil } }
            if let call = items[place].call { reading.pieces += draft.calls.end(call) }
        }
        // What OpenAI's packages make of the output is all that some servers send.
        if items.isEmpty, let text = value["output_text"]?.stringValue {
            reading.pieces += draft.add(text: text)
        }
        switch value["status"]?.stringValue {
        case nil, "in_progress", "queued": return
        case "incomplete":
            reading.pieces += draft.finish(
                value["incomplete_details"]?["reason"]?.stringValue ?? "incomplete")
        case "completed":
            reading.pieces += draft.finish(draft.calls.entries.isEmpty ? "completed" : "tool_calls")
        case let status?: reading.pieces += draft.finish(status)
        }
        draft.isOver = true
    }

    /// The item that an element of the output is, told by its ID or by its call's, else by its number.
    private mutating func place(
        of object: JSONObject, number: Int, besides taken: Set<Int>
    ) throws(StreamFault) -> Int {
        let free = items.indices.filter { !taken.contains($0) }
        for member in ["id", "call_id"] {
            if let id = object[member]?.stringValue, !id.isEmpty,
                let place = free.first(where: { items[$0].value[member]?.stringValue == id })
            {
                return place
            }
        }
        if let place = free.first(where: {
            items[$0].key == String(number)
                && items[$0].value["type"]?.stringValue == object["type"]?.stringValue
        }) {
            return place
        }
        return try append(Item(key: "output \(number)", value: object))
    }

    func blocks(for calls: [ToolCall]) -> ProviderBlocks? {
        let plain = ["message", "function_call"]
        let isPlain = items.allSatisfy { item in
            plain.contains(item.value["type"]?.stringValue ?? "") && item.value["namespace"] == nil
        }
        guard !isPlain else { return nil }
        let blocks = items.filter { $0.isDone || $0.call != nil }.map { JSONValue.object($0.value) }
        return ProviderBlocks(format: WireFormat.responses.rawValue, blocks: .array(blocks))
    }
}
