import Agent
import JSON

/// Reads a stream of `chat.completion.chunk` objects.
struct ChatCompletionsReader: ResponseReader {
    private var events = ServerSentEvents()
    private var content = ""
    private var calls = CallAssembly()
    private var finish: String?
    private var usage: Usage?
    private var isThinking = false
    private(set) var isComplete = false

    mutating func take(_ bytes: [UInt8]) throws(StreamFault) -> [ResponsePiece] {
        var pieces: [ResponsePiece] = []
        for data in try events.take(bytes) where !isComplete {
            if data.elementsEqual("[DONE]".utf8) {
                isComplete = true
            } else {
                pieces += try take(chunk: StreamJSON.parse(data))
            }
        }
        return pieces
    }

    private mutating func take(chunk: JSONValue) throws(StreamFault) -> [ResponsePiece] {
        if let error = chunk["error"], error != .null { throw StreamJSON.fault(error) }
        if let counts = chunk["usage"], let prompt = StreamJSON.count(counts["prompt_tokens"]) {
            usage = Usage(
                promptTokens: prompt, completionTokens: StreamJSON.count(counts["completion_tokens"]) ?? 0)
        }
        // Only one choice is asked for; the chunk that carries the usage has none.
        guard let choice = chunk["choices"]?.arrayValue?.first(where: { ($0["index"]?.intValue ?? 0) == 0 })
        else { return [] }
        var pieces: [ResponsePiece] = []
        let delta = choice["delta"]
        if let thought = delta?["reasoning_content"]?.stringValue ?? delta?["reasoning"]?.stringValue,
            !thought.isEmpty, !isThinking
        {
            isThinking = true
            pieces.append(.thinking)
        }
        // A refusal is what the model says, in another member.
        if let text = delta?["content"]?.stringValue ?? delta?["refusal"]?.stringValue, !text.isEmpty {
            content += text
            pieces.append(.text(text))
        }
        for fragment in delta?["tool_calls"]?.arrayValue ?? [] { pieces += try take(fragment: fragment) }
        if let reason = choice["finish_reason"]?.stringValue, finish == nil { finish = reason }
        let scored = (choice["logprobs"]?["content"]?.arrayValue ?? []).compactMap(ScoredToken.init)
        guard !scored.isEmpty else { return pieces }
        // The tokens say what the text and the arguments say, and more.
        return pieces.filter { piece in
            switch piece {
            case .text, .arguments: false
            default: true
            }
        } + scored.map(ResponsePiece.token)
    }

    private mutating func take(fragment: JSONValue) throws(StreamFault) -> [ResponsePiece] {
        var index: Int?
        if let given = fragment["index"], given != .null {
            guard let number = given.intValue, number >= 0 else {
                throw StreamFault("a call has the index \(given.text()), which is none")
            }
            index = number
        }
        let function = fragment["function"]
        // Some servers send the arguments as the object that they are.
        let arguments = function?["arguments"].flatMap { value -> String? in
            switch value {
            case .string(let text): text
            case .null: nil
            default: value.text(.spaced)
            }
        }
        return try calls.take(
            index: index, id: fragment["id"]?.stringValue, name: function?["name"]?.stringValue,
            arguments: arguments)
    }

    func response(numberingFrom firstCall: Int) throws(StreamFault) -> ModelResponse {
        guard let finish else { throw .cut }
        switch finish {
        case "stop", "tool_calls", "function_call":
            let finished = try calls.calls(numberedFrom: firstCall)
            if finish != "stop", finished.isEmpty {
                throw StreamFault("the response ended for a call and has none")
            }
            return ModelResponse(
                content: content, calls: finished, finishReason: finished.isEmpty ? .stop : .toolCalls,
                usage: usage)
        default:
            // Cut by a limit or a filter: its calls may be half of what they were to be.
            return ModelResponse(
                content: content, calls: [], finishReason: FinishReason(name: finish), usage: usage)
        }
    }
}

/// What the readers of JSON streams share.
enum StreamJSON {
    static func parse(_ data: [UInt8]) throws(StreamFault) -> JSONValue {
        do {
            return try JSONParser.parse(data)
        } catch {
            throw StreamFault("the stream holds what is no JSON: \(error)")
        }
    }

    /// A number of tokens, as far as one is believable.
    static func count(_ value: JSONValue?) -> Int? {
        value?.intValue.flatMap { (0...1 << 32).contains($0) ? $0 : nil }
    }

    /// The fault that a server reports in its stream.
    static func fault(_ error: JSONValue) -> StreamFault {
        let message = error["message"]?.stringValue ?? error.stringValue ?? error.text()
        let kind = error["type"]?.stringValue
        let isTransient =
            ["overloaded_error", "api_error", "rate_limit_error", "timeout_error", "server_error"].contains(
                kind)
        let line = message.split(whereSeparator: \.isNewline).joined(separator: " ").prefix(400)
        return StreamFault(
            "the server broke off: " + (kind.map { "\($0): " } ?? "") + line, isTransient: isTransient)
    }
}
