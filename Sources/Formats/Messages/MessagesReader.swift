import Agent
import JSON

/// Reads the events of Anthropic's Messages: blocks that begin, grow and end, told apart by their index; or a whole
/// `message`.
struct MessagesReader: FrameReader {
    var draft = ResponseDraft()
    private var blocks: [Block] = []
    /// Whether a block's index is other than its place, by which some clients tell blocks apart.
    private var isMisnumbered = false

    private struct Block: Sendable {
        let index: Int
        /// The block as it began.
        var start: JSONObject
        var text = ""
        var isEnded = false
        /// The whole of a call's arguments, told at its beginning: they count where no pieces follow.
        var given: String?
        /// The call that it is, from 1.
        var call: Int?

        var type: String { start["type"]?.stringValue ?? "" }

        /// Whether it is thinking of which the provider shows nothing but its signature.
        var isHiddenThinking: Bool {
            let words = (start["thinking"]?.stringValue ?? "") + text
            return type == "thinking" && words.isEmpty && start["signature"]?.stringValue?.isEmpty == false
        }
    }

    private static let events: Set<String> = [
        "message_start", "content_block_start", "content_block_delta", "content_block_stop", "message_delta",
        "message_stop", "ping",
    ]

    func isOwn(_ value: JSONValue) -> Bool {
        guard let type = value["type"]?.stringValue else {
            return value["content"]?.arrayValue != nil && value["role"] != nil
        }
        return type == "message" || MessagesReader.events.contains(type)
    }

    mutating func take(_ value: JSONValue, event: String?) throws(StreamFault) -> Reading {
        var reading = Reading()
        switch value["type"]?.stringValue {
        case "message_start":
            reading.pieces += draft.take(usage: value["message"]?["usage"])
            try take(content: value["message"]?["content"], at: ["message", "content"], &reading)
        case "content_block_start": try begin(value, &reading)
        case "content_block_delta": try grow(value, &reading)
        case "content_block_stop":
            let place = try place(of: value)
            blocks[place].isEnded = true
            try settle(place, &reading)
            if blocks[place].isHiddenThinking { reading.pieces += draft.add(thinking: "", isHidden: true) }
            if let call = blocks[place].call { reading.pieces += draft.calls.end(call) }
        case "message_delta":
            reading.pieces += draft.take(usage: value["usage"])
            if let word = value["delta"]?["stop_reason"]?.stringValue {
                // Nothing more of any block comes, whether its end was told or not.
                for place in blocks.indices { try settle(place, &reading) }
                draft.finishDetail = value["delta"]?["stop_details"]?["explanation"]?.stringValue
                reading.pieces += draft.finish(word)
            }
        case "message_stop":
            for place in blocks.indices where !blocks[place].isEnded {
                try settle(place, &reading)
                try checkOpen(blocks[place])
            }
            draft.isOver = true
            reading.pieces += draft.take(usage: value["amazon-bedrock-invocationMetrics"])
            reading.pieces += draft.calls.endAll()
        case "ping": break
        default:
            reading.pieces += draft.take(usage: value["usage"])
            try take(content: value["content"], at: ["content"], &reading)
            if let word = value["stop_reason"]?.stringValue { reading.pieces += draft.finish(word) }
            draft.isOver = true
        }
        return reading
    }

    /// Takes the arguments that a call's beginning told, where no pieces of them followed.
    private mutating func settle(_ place: Int, _ reading: inout Reading) throws(StreamFault) {
        guard let given = blocks[place].given, let call = blocks[place].call else { return }
        blocks[place].given = nil
        guard blocks[place].text.isEmpty else {
            let told = try? JSONParser.parse(given)
            let came = try? JSONParser.parse(blocks[place].text)
            if let told, let came, told.isEquivalent(to: came) { return }
            draft.remark("The arguments of a call were told otherwise at its beginning; the pieces count.")
            reading.doubt = "the arguments of a call were told otherwise at its beginning"
            return
        }
        blocks[place].text = given
        let key = draft.calls.entries[call - 1].key
        reading.pieces += try draft.calls.take(CallAssembly.Fragment(key: key, arguments: given)).pieces
    }

    /// A call that the end of the message meets within it counts where its arguments are whole.
    private mutating func checkOpen(_ block: Block) throws(StreamFault) {
        guard let call = block.call else { return }
        guard JSONSplice.isBalanced(block.text.utf8) else {
            throw StreamFault(
                "the response ended within block \(block.index), a call of "
                    + "\(draft.calls.entries[call - 1].name); nothing of it is used")
        }
        draft.remark("Block \(block.index) of the response never ended; its arguments are whole.")
    }

    /// Takes blocks that come whole.
    private mutating func take(
        content: JSONValue?, at path: [String], _ reading: inout Reading
    ) throws(StreamFault) {
        if let text = content?.stringValue {
            reading.pieces += draft.add(text: text)
            try append(Block(index: blocks.count, start: MessagesBlock.text(text), isEnded: true))
        }
        for (position, block) in (content?.arrayValue ?? []).enumerated() {
            let words = block.stringValue.map(MessagesBlock.text)
            guard let start = block.objectValue ?? words else { continue }
            try begin(start, index: blocks.count, at: path + [String(position)], isWhole: true, &reading)
            blocks[blocks.count - 1].isEnded = true
            if let call = blocks[blocks.count - 1].call { reading.pieces += draft.calls.end(call) }
        }
    }

    private mutating func begin(_ event: JSONValue, _ reading: inout Reading) throws(StreamFault) {
        guard let start = event["content_block"]?.objectValue else {
            throw StreamFault("a block of the response begins without its content; nothing of it is used")
        }
        let index = event["index"]?.intValue ?? blocks.count
        if let open = blocks.lastIndex(where: { $0.index == index }), !blocks[open].isEnded {
            draft.remark("Two blocks of the response have the index \(index); the first counts as ended.")
            blocks[open].isEnded = true
        }
        if event["index"]?.intValue != blocks.count { isMisnumbered = true }
        try begin(start, index: index, at: ["content_block"], isWhole: false, &reading)
        if isMisnumbered, !draft.calls.entries.isEmpty {
            reading.doubt = "a call comes with blocks that are numbered otherwise than they follow each other"
        }
    }

    private mutating func begin(
        _ start: JSONObject, index: Int, at path: [String], isWhole: Bool, _ reading: inout Reading
    ) throws(StreamFault) {
        var block = Block(index: index, start: MessagesBlock.typed(start))
        switch block.type {
        case "tool_use":
            guard let name = start["name"]?.stringValue, !name.isEmpty else {
                throw StreamFault(
                    "block \(index) of the response is a call and names no tool; nothing of it is used")
            }
            let input = start["input"]
            var given: String?
            if let input, input != .null, isWhole || input != [:] { given = ChatContent.arguments(input) }
            let (number, pieces) = try draft.calls.take(
                CallAssembly.Fragment(
                    key: "block \(blocks.count)", id: start["id"]?.stringValue, name: name,
                    arguments: isWhole ? given : nil))
            block.call = number
            if !isWhole { block.given = given }
            reading.pieces += pieces
            reading.place(number, .name, path + ["name"])
            if given != nil { reading.place(number, .object, path + ["input"]) }
        case "thinking":
            reading.pieces += draft.add(
                thinking: block.start["thinking"]?.stringValue ?? "",
                isHidden: isWhole && block.isHiddenThinking)
        case "redacted_thinking": reading.pieces += draft.add(thinking: "", isHidden: true)
        case "text": reading.pieces += draft.add(text: start["text"]?.stringValue ?? "")
        case "server_tool_use", "mcp_tool_use":
            reading.pieces.append(.providerCall(name: start["name"]?.stringValue ?? block.type))
        default:
            // What came of a tool at the provider goes back to it unread.
            if !block.type.utf8.reversed().starts(with: "_tool_result".utf8.reversed()) {
                draft.remark("The response holds a block of type \(block.type), which is not read.")
            }
        }
        try append(block)
    }

    private mutating func append(_ block: Block) throws(StreamFault) {
        guard blocks.count < ReadingLimits.calls else {
            throw StreamFault(
                "the response has more than \(ReadingLimits.calls) blocks; nothing of it is used")
        }
        blocks.append(block)
    }

    private mutating func grow(_ event: JSONValue, _ reading: inout Reading) throws(StreamFault) {
        let delta = event["delta"]
        let type = delta?["type"]?.stringValue ?? MessagesBlock.typeOfDelta(delta)
        // Words need no beginning to be read.
        if type == "text_delta" || type == "thinking_delta", (try? place(of: event)) == nil,
            !blocks.contains(where: { $0.index == event["index"]?.intValue })
        {
            let start = type == "text_delta" ? MessagesBlock.text("") : MessagesBlock.thinking("")
            try append(Block(index: event["index"]?.intValue ?? blocks.count, start: start))
            isMisnumbered = true
        }
        let place = try place(of: event)
        // What is no index to one client is the first block to another, or the last.
        if event["index"]?.intValue == nil, !draft.calls.entries.isEmpty {
            reading.doubt = "a piece of a response with a call does not say to which block it belongs"
        }
        switch type {
        case "text_delta":
            let text = delta?["text"]?.stringValue ?? ""
            takeWords(text, at: place, &reading)
            reading.pieces += draft.add(text: text)
        case "input_json_delta":
            let text = ChatContent.arguments(delta?["partial_json"])
            blocks[place].text += text ?? ""
            guard let call = blocks[place].call else {
                reading.providers.append(["delta"])
                if ["text", "thinking"].contains(blocks[place].type), text?.isEmpty == false {
                    draft.remark(
                        "The response holds arguments in a block that is no call; they are not read.")
                }
                break
            }
            let key = draft.calls.entries[call - 1].key
            reading.pieces += try draft.calls.take(CallAssembly.Fragment(key: key, arguments: text)).pieces
            reading.place(call, .fragment, ["delta", "partial_json"])
        case "thinking_delta":
            takeWords(delta?["thinking"]?.stringValue ?? "", at: place, &reading)
            reading.pieces += draft.add(thinking: delta?["thinking"]?.stringValue ?? "")
        case "signature_delta":
            let before = blocks[place].start["signature"]?.stringValue ?? ""
            blocks[place].start["signature"] = .string(before + (delta?["signature"]?.stringValue ?? ""))
        case "citations_delta":
            if let citation = delta?["citation"] {
                let before = blocks[place].start["citations"]?.arrayValue ?? []
                blocks[place].start["citations"] = .array(before + [citation])
            }
        case "compaction_delta":
            blocks[place].start["content"] = .string(
                (blocks[place].start["content"]?.stringValue ?? "") + (delta?["content"]?.stringValue ?? ""))
        default:
            if let type { draft.remark("The response holds parts of type \(type), which are not read.") }
        }
    }

    /// Takes words of a block; those on a call's block are none of its arguments.
    private mutating func takeWords(_ text: String, at place: Int, _ reading: inout Reading) {
        if blocks[place].call == nil {
            blocks[place].text += text
        } else {
            reading.doubt = "a call's block holds words"
        }
    }

    private func place(of event: JSONValue) throws(StreamFault) -> Int {
        let index = event["index"]?.intValue ?? (blocks.count - 1)
        guard let place = blocks.lastIndex(where: { $0.index == index }) else {
            throw StreamFault(
                "a part of block \(event["index"]?.text() ?? "(none)") of the response came, which never began; "
                    + "nothing of it is used")
        }
        guard !blocks[place].isEnded || event["type"]?.stringValue == "content_block_stop" else {
            throw StreamFault(
                "a part of block \(index) of the response came after its end; nothing of it is used")
        }
        return place
    }

    /// All blocks, where one of them is more than words or a call and must travel back as it came.
    func blocks(for calls: [ToolCall]) -> ProviderBlocks? {
        guard blocks.contains(where: { !["text", "tool_use"].contains($0.type) }) else { return nil }
        let whole = blocks.compactMap { block -> JSONValue? in
            var start = block.start
            switch block.type {
            case "text":
                let text = (start["text"]?.stringValue ?? "") + block.text
                // An empty text cannot be sent back.
                if text.isEmpty { return nil }
                start["text"] = .string(text)
            case "thinking": start["thinking"] = .string((start["thinking"]?.stringValue ?? "") + block.text)
            case "tool_use":
                guard let number = block.call, calls.indices.contains(number - 1) else { break }
                start["id"] = .string(calls[number - 1].id.text)
                start["input"] = calls[number - 1].argumentsObject
            default:
                if !block.text.isEmpty, let input = try? JSONParser.parse(block.text) {
                    start["input"] = input
                }
            }
            return .object(start)
        }
        return ProviderBlocks(format: WireFormat.messages.rawValue, blocks: .array(whole))
    }
}

/// Blocks of Messages.
enum MessagesBlock {
    static func text(_ text: String) -> JSONObject {
        JSONObject([
            JSONObject.Member(key: "type", value: "text"),
            JSONObject.Member(key: "text", value: .string(text)),
        ])
    }

    /// A block with its type, which some servers leave out or name otherwise.
    static func typed(_ block: JSONObject) -> JSONObject {
        var block = block
        let type = block["type"]?.stringValue
        if type == "reasoning" || type == nil,
            let text = ChatContent.given(block["reasoning"] ?? block["thinking"]),
            let words = ChatContent.thought(text)
        {
            block["type"] = "thinking"
            block["thinking"] = .string(words)
        } else if type == "reasoning", let words = block["text"]?.stringValue {
            block["type"] = "thinking"
            block["thinking"] = .string(words)
        } else if type == nil {
            block["type"] = block["text"] != nil ? "text" : block["input"] != nil ? "tool_use" : "?"
        }
        return block
    }

    /// The type of a piece that names none, by what it holds.
    static func typeOfDelta(_ delta: JSONValue?) -> String? {
        [("text", "text_delta"), ("thinking", "thinking_delta"), ("partial_json", "input_json_delta")]
            .first { ChatContent.given(delta?[$0.0]) != nil }?.1
    }

    static func thinking(_ text: String) -> JSONObject {
        JSONObject([
            JSONObject.Member(key: "type", value: "thinking"),
            JSONObject.Member(key: "thinking", value: .string(text)),
            JSONObject.Member(key: "signature", value: ""),
        ])
    }
}
