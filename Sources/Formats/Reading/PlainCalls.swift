import Agent
import JSON

/// The calls of a response as the clients read them that keep to the letter of the format, frame by frame.
///
/// A second reading beside the lenient one: what only one of them finds, or finds otherwise, is no call that a person could
/// decide for every client. It takes events alone that stand in a stream as its standard has them (WHATWG HTML, section
/// 9.2), and of each the members alone that the format defines.
struct PlainCalls: Sendable {
    private struct Call: Sendable {
        var name = ""
        var text = ""
        /// The arguments, where they came as a value.
        var value: JSONValue?
        /// The whole of the arguments, where an event has told it.
        var whole: String?
    }

    private let format: WireFormat
    private var calls: [Call] = []
    private var places: [String: Int] = [:]
    /// Blocks of Messages, or items of Responses, that are no calls.
    private var others: Set<String> = []
    /// The item of which arguments came last.
    private var current: String?
    /// Whether events have come; a bare JSON text between them is read by nobody else.
    private var hasEvents = false
    private var bare = 0
    private var fault: String?

    init(_ format: WireFormat) { self.format = format }

    /// Takes the value of a frame that is JSON to the letter.
    mutating func take(_ value: JSONValue, of frame: WireFrame) {
        if frame.isEvent {
            if bare > 0, !calls.isEmpty { return fail("calls stand beside the events of a stream") }
            hasEvents = true
            guard let event = PlainEvent(frame.bytes), isNamed(event.name, value) else { return }
        } else {
            bare += 1
            // One whole response, or the lines of a format that has such.
            if hasEvents || bare > 1 && format != .ollama && format != .gemini { return }
        }
        switch format {
        case .chatCompletions: chat(value)
        case .messages: message(value)
        case .responses: response(value)
        case .gemini: gemini(value)
        case .ollama:
            for call in value["message"]?["tool_calls"]?.arrayValue ?? [] {
                add(call["function"]?["name"], call["function"]?["arguments"])
            }
        }
    }

    /// Why clients may find other calls than those that were read; `nil` where all read the same.
    func difference(from entries: [CallAssembly.Entry]) -> String? {
        if let fault { return fault }
        guard calls.count == entries.count else {
            return "it has calls that not every client reads"
        }
        for (number, (call, entry)) in zip(calls, entries).enumerated() where !isSame(call, entry) {
            return "not every client reads the same of call \(number + 1)"
        }
        return nil
    }

    private func isSame(_ call: Call, _ entry: CallAssembly.Entry) -> Bool {
        guard call.name.utf8.elementsEqual(entry.name.utf8) else { return false }
        let text = entry.arguments
        if let value = call.value, call.text.isEmpty, call.whole == nil {
            return (try? JSONParser.parse(text.isEmpty ? "{}" : text)).map { $0.isEquivalent(to: value) }
                ?? false
        }
        // Of pieces all readers make the text; its end alone is read by those that keep to the end.
        let told = call.text.isEmpty ? call.whole ?? "" : call.text
        if let whole = call.whole, !call.text.isEmpty, !whole.utf8.elementsEqual(call.text.utf8) {
            return false
        }
        return told.utf8.elementsEqual(text.utf8) || told.isEmpty && text.utf8.elementsEqual("{}".utf8)
    }

    private mutating func fail(_ reason: String) { fault = fault ?? reason }

    /// Whether an event's name is one under which clients read it.
    private func isNamed(_ name: String?, _ value: JSONValue) -> Bool {
        switch format {
        case .messages: name.map { $0.utf8.elementsEqual((value["type"]?.stringValue ?? "").utf8) } ?? false
        case .responses:
            name.map { $0.utf8.elementsEqual((value["type"]?.stringValue ?? "").utf8) } ?? true
        case .chatCompletions: name.map { !$0.utf8.starts(with: "thread.".utf8) } ?? true
        case .gemini, .ollama: name == nil
        }
    }

    private mutating func place(_ key: String) -> Int {
        if let known = places[key] { return known }
        places[key] = calls.count
        calls.append(Call())
        return calls.count - 1
    }

    /// Adds a call that came whole.
    private mutating func add(_ name: JSONValue?, _ arguments: JSONValue?) {
        let number = place("whole \(calls.count)")
        calls[number].name = name?.stringValue ?? ""
        give(arguments, to: number)
    }

    private mutating func give(_ arguments: JSONValue?, to number: Int) {
        switch arguments {
        case .string(let text)?: calls[number].text += text
        case nil, .null?: break
        case let value?: calls[number].value = value
        }
    }

    // MARK: Chat Completions

    private mutating func chat(_ value: JSONValue) {
        let choices = value["choices"]?.arrayValue ?? []
        guard choices.count == 1, choices[0]["index"] == nil || choices[0]["index"]?.intValue == 0 else {
            return
        }
        if let delta = choices[0]["delta"], delta.objectValue != nil {
            for fragment in delta["tool_calls"]?.arrayValue ?? [] { chat(fragment: fragment) }
            chat(legacy: delta["function_call"])
        } else if calls.isEmpty, let message = choices[0]["message"] {
            for call in message["tool_calls"]?.arrayValue ?? [] {
                let custom = ChatContent.given(call["custom"])
                let function = ChatContent.given(call["function"]) ?? custom
                add(function?["name"], custom == nil ? function?["arguments"] : function?["input"])
            }
            chat(legacy: message["function_call"])
        }
    }

    private mutating func chat(fragment: JSONValue) {
        let custom = ChatContent.given(fragment["custom"])
        let function = ChatContent.given(fragment["function"]) ?? custom
        let name = function?["name"]?.stringValue ?? ""
        let number: Int
        if let index = ChatContent.given(fragment["index"]) {
            guard case .number = index, let index = index.intValue else { return }
            number = place("index \(index)")
        } else {
            // Without an index a fragment is a call of its own.
            guard !name.isEmpty else { return }
            number = place("whole \(calls.count)")
        }
        if !calls[number].name.utf8.elementsEqual(name.utf8) { calls[number].name += name }
        give(custom == nil ? function?["arguments"] : function?["input"], to: number)
    }

    private mutating func chat(legacy call: JSONValue?) {
        guard let call, call.objectValue != nil else { return }
        let number = place("legacy")
        if calls[number].name.isEmpty { calls[number].name = call["name"]?.stringValue ?? "" }
        give(call["arguments"], to: number)
    }

    // MARK: Messages

    private mutating func message(_ value: JSONValue) {
        switch value["type"]?.stringValue {
        case "message":
            for block in value["content"]?.arrayValue ?? [] where block["type"] == "tool_use" {
                add(block["name"], block["input"])
            }
        case "content_block_start":
            guard let index = value["index"]?.intValue, let block = value["content_block"] else { return }
            guard block["type"] == "tool_use" else { return others = others.union(["\(index)"]) }
            let number = place("\(index)")
            calls[number].name = block["name"]?.stringValue ?? ""
            calls[number].value = block["input"]
        case "content_block_delta":
            guard let index = value["index"]?.intValue, let number = places["\(index)"] else { return }
            guard value["delta"]?["type"] == "input_json_delta" else {
                return fail("a call's block holds something else than its arguments")
            }
            give(value["delta"]?["partial_json"], to: number)
        default: break
        }
    }

    // MARK: Responses

    private mutating func response(_ value: JSONValue) {
        guard let type = value["type"]?.stringValue, type.utf8.starts(with: "response.".utf8) else {
            return items(value["output"])
        }
        let index = value["output_index"]?.intValue.map { "\($0)" }
        // Some clients keep no number of the items, and put a piece to the one that came last.
        if let index, let current, current != index, let open = places[current], calls[open].whole == nil,
            !calls[open].text.isEmpty
        {
            others.insert(current)
        }
        if let index { current = index }
        switch type {
        case "response.output_item.added", "response.output_item.done":
            guard let index, let item = value["item"]?.objectValue else { return }
            take(item, at: index, isDone: type == "response.output_item.done")
        case "response.function_call_arguments.delta", "response.custom_tool_call_input.delta":
            guard let index, let number = places[index] else { return }
            if others.contains(index) { fail("the pieces of a call's arguments stand apart") }
            give(value["delta"], to: number)
        case "response.function_call_arguments.done":
            if let index, let number = places[index] { calls[number].whole = value["arguments"]?.stringValue }
        case "response.custom_tool_call_input.done":
            if let index, let number = places[index] { calls[number].whole = value["input"]?.stringValue }
        case "response.completed", "response.incomplete", "response.done":
            if calls.isEmpty { items(value["response"]?["output"]) }
        default: break
        }
    }

    private mutating func items(_ output: JSONValue?) {
        for (position, item) in (output?.arrayValue ?? []).enumerated() {
            if let object = item.objectValue { take(object, at: "item \(position)", isDone: true) }
        }
    }

    private mutating func take(_ item: JSONObject, at key: String, isDone: Bool) {
        guard let client = ResponsesItem.clientCall(item["type"]?.stringValue ?? "") else { return }
        let number = place(key)
        calls[number].name = client.name ?? ResponsesItem.name(item) ?? ""
        let given = item[client.member] ?? item["actions"]
        switch given {
        case .string(let text)?:
            if isDone { calls[number].whole = text } else if !text.isEmpty { calls[number].text = text }
        case nil, .null?: break
        case let value?: if isDone { calls[number].value = value }
        }
    }

    // MARK: Gemini

    private mutating func gemini(_ value: JSONValue) {
        let inner = value["response"]?.objectValue == nil ? value : value["response"] ?? .null
        for candidate in (inner["candidates"]?.arrayValue ?? []).prefix(1) {
            for part in candidate["content"]?["parts"]?.arrayValue ?? [] {
                guard
                    let call = ChatContent.given(part["functionCall"])
                        ?? ChatContent.given(part["function_call"])
                else { continue }
                add(call["name"], ChatContent.given(call["args"]) ?? [:])
            }
        }
    }
}

/// An event of a stream as its standard has it; `nil` for bytes that only some clients take for one.
struct PlainEvent {
    /// The name of the event, where it has one.
    private(set) var name: String?

    init?(_ bytes: [UInt8]) {
        var (hasData, isEnded) = (false, false)
        for var line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast() {
            if line.last == 0x0D { line = line.dropLast() }
            if line.contains(0x0D) || line.contains(0) || isEnded { return nil }
            if line.isEmpty {
                // Blank lines before it are nothing.
                isEnded = hasData
            } else if line.starts(with: "data:".utf8) {
                hasData = true
            } else if line.starts(with: "event:".utf8) {
                guard name == nil else { return nil }
                let text = line.dropFirst(6)
                name = String(decoding: text.first == 0x20 ? text.dropFirst() : text, as: UTF8.self)
            } else if !["id:", "retry:", ":"].contains(where: { line.starts(with: $0.utf8) }) {
                return nil
            }
        }
        guard isEnded, bytes.last == 0x0A else { return nil }
    }
}
