import Agent
import JSON

/// Reads a stream of message events: blocks that begin, grow and end, told apart by their index.
struct AnthropicReader: ResponseReader {
    fileprivate struct Block: Sendable {
        let index: Int
        /// The block as it began.
        var start: JSONObject
        var text = ""
        var json = ""
        var isEnded = false

        var type: String { start["type"]?.stringValue ?? "" }
    }

    private var events = ServerSentEvents()
    private var blocks: [Block] = []
    private var stopReason: String?
    private var promptTokens: Int?
    private var completionTokens = 0
    private(set) var isComplete = false

    mutating func take(_ bytes: [UInt8]) throws(StreamFault) -> [ResponsePiece] {
        var pieces: [ResponsePiece] = []
        for data in try events.take(bytes) where !isComplete {
            pieces += try take(event: StreamJSON.parse(data))
        }
        return pieces
    }

    private mutating func take(event: JSONValue) throws(StreamFault) -> [ResponsePiece] {
        switch event["type"]?.stringValue {
        case "message_start":
            let usage = event["message"]?["usage"]
            let parts = ["input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens"]
            promptTokens = parts.reduce(0) { $0 + (StreamJSON.count(usage?[$1]) ?? 0) }
        case "content_block_start": return try begin(event)
        case "content_block_delta": return try grow(event)
        case "content_block_stop": try update(event) { $0.isEnded = true }
        case "message_delta":
            stopReason = event["delta"]?["stop_reason"]?.stringValue ?? stopReason
            completionTokens = StreamJSON.count(event["usage"]?["output_tokens"]) ?? completionTokens
        case "message_stop": isComplete = true
        case "error": throw StreamJSON.fault(event["error"] ?? event)
        default: break
        }
        return []
    }

    private mutating func begin(_ event: JSONValue) throws(StreamFault) -> [ResponsePiece] {
        guard let index = event["index"]?.intValue, let start = event["content_block"]?.objectValue else {
            throw StreamFault("a block begins without an index or without its content")
        }
        guard !blocks.contains(where: { $0.index == index }) else {
            throw StreamFault("two blocks have the index \(index)")
        }
        let block = Block(index: index, start: start)
        blocks.append(block)
        switch block.type {
        case "tool_use":
            guard let name = start["name"]?.stringValue, !name.isEmpty else {
                throw StreamFault("block \(index) is a call and names no tool")
            }
            return [.call(name: name)]
        case "thinking", "redacted_thinking": return [.thinking]
        case "text":
            let text = start["text"]?.stringValue ?? ""
            return text.isEmpty ? [] : [.text(text)]
        default: return []
        }
    }

    private mutating func grow(_ event: JSONValue) throws(StreamFault) -> [ResponsePiece] {
        let delta = event["delta"]
        var pieces: [ResponsePiece] = []
        try update(event) { block in
            switch delta?["type"]?.stringValue {
            case "text_delta":
                let text = delta?["text"]?.stringValue ?? ""
                block.text += text
                if !text.isEmpty { pieces.append(.text(text)) }
            case "input_json_delta":
                let text = delta?["partial_json"]?.stringValue ?? ""
                block.json += text
                if !text.isEmpty, block.type == "tool_use" { pieces.append(.arguments(text)) }
            case "thinking_delta": block.text += delta?["thinking"]?.stringValue ?? ""
            case "signature_delta":
                let before = block.start["signature"]?.stringValue ?? ""
                block.start["signature"] = .string(before + (delta?["signature"]?.stringValue ?? ""))
            case "citations_delta":
                if let citation = delta?["citation"] {
                    let before = block.start["citations"]?.arrayValue ?? []
                    block.start["citations"] = .array(before + [citation])
                }
            default: break
            }
        }
        return pieces
    }

    private mutating func update(
        _ event: JSONValue, _ change: (inout Block) -> Void
    ) throws(StreamFault) {
        guard let index = event["index"]?.intValue,
            let position = blocks.firstIndex(where: { $0.index == index })
        else {
            throw StreamFault("a part of block \(event["index"]?.text() ?? "(none)") came, which never began")
        }
        guard !blocks[position].isEnded else {
            throw StreamFault("a part of block \(index) came behind its end")
        }
        change(&blocks[position])
    }

    func response(numberingFrom firstCall: Int) throws(StreamFault) -> ModelResponse {
        guard isComplete, let stopReason else { throw .cut }
        let isWhole = blocks.allSatisfy(\.isEnded)
        let usage = promptTokens.map { Usage(promptTokens: $0, completionTokens: completionTokens) }
        let content = blocks.filter { $0.type == "text" }.map(\.fullText).joined()
        let finish: FinishReason
        switch stopReason {
        case "end_turn", "stop_sequence": finish = .stop
        case "tool_use": finish = .toolCalls
        case "max_tokens": finish = .length
        default: finish = .other(stopReason)
        }
        guard finish == .stop || finish == .toolCalls else {
            return ModelResponse(content: content, calls: [], finishReason: finish, usage: usage)
        }
        guard isWhole else { throw StreamFault("the response ended within a block") }
        let calls = blocks.filter { $0.type == "tool_use" }.map(\.call).numbered(from: firstCall)
        if finish == .toolCalls, calls.isEmpty {
            throw StreamFault("the response ended for a call and has none")
        }
        return ModelResponse(
            content: content, calls: calls, finishReason: calls.isEmpty ? .stop : .toolCalls, usage: usage,
            providerBlocks: providerBlocks(calls))
    }

    /// All blocks, where one of them is more than words or a call and must travel back as it came.
    private func providerBlocks(_ calls: [ToolCall]) -> JSONValue? {
        guard blocks.contains(where: { !["text", "tool_use"].contains($0.type) }) else { return nil }
        var rest = calls[...]
        return .array(
            blocks.compactMap { block in
                var whole = block.whole
                if block.type == "tool_use", let call = rest.popFirst() {
                    whole["id"] = .string(call.id.text)
                }
                // An empty text cannot be sent back.
                return block.type == "text" && block.fullText.isEmpty ? nil : .object(whole)
            })
    }
}

extension AnthropicReader.Block {
    fileprivate var fullText: String { (start["text"]?.stringValue ?? "") + text }

    /// The call; the arguments to the byte as they came, or those that the block began with.
    fileprivate var call: ToolCall {
        let arguments = json.isEmpty ? (start["input"] ?? [:]).text(.spaced) : json
        return ToolCall(
            id: ToolCallID(start["id"]?.stringValue ?? ""), name: start["name"]?.stringValue ?? "",
            arguments: ByteString(arguments))
    }

    /// The block with all that has come for it.
    fileprivate var whole: JSONObject {
        var block = start
        switch type {
        case "text": block["text"] = .string(fullText)
        case "thinking": block["thinking"] = .string((start["thinking"]?.stringValue ?? "") + text)
        default: if !json.isEmpty { block["input"] = call.argumentsObject }
        }
        return block
    }
}
