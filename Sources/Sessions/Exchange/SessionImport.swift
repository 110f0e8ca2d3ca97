import Agent
import Foundation
import JSON

/// Sessions read from the files of other programs.
public struct SessionImport: Sendable {
    /// The formats that are read.
    public enum Format: String, Sendable, Hashable, CaseIterable {
        /// Messages of OpenAI's Chat Completions: an array, an object with `messages`, or fine-tuning JSONL.
        case openai
        /// A request of Anthropic's Messages API: an object with `messages`, `system`, `tools`.
        case anthropic
        /// A session file of Claude Code: JSONL.
        case claudeCode = "claude-code"
    }

    /// The format of the file.
    public let format: Format
    /// The events of each conversation in the file.
    public let sessions: [[Event]]
    /// What was in the file and is not in the sessions, and what the format cannot say.
    public let losses: Losses

    /// Reads a file's bytes.
    ///
    /// - Parameters:
    ///   - format: the format; told by the content where it is not given.
    ///   - name: the name of the session; later ones of the file get a number.
    /// - Throws: ``ImportError`` with the line or the place and what is expected there.
    public init(_ bytes: [UInt8], format: Format? = nil, name: String) throws(ImportError) {
        let documents = try SessionImport.documents(bytes)
        guard let first = documents.first else { throw ImportError("the file is empty") }
        let format = format ?? SessionImport.format(of: documents.map(\.value), first: first.value)
        var losses = Losses(format.unsaid)
        var sessions: [[Event]] = []
        var conversations: [ImportedConversation] = []
        switch format {
        case .openai: for document in documents { conversations.append(try OpenAIMessages.read(document)) }
        case .anthropic:
            for document in documents { conversations.append(try AnthropicMessages.read(document)) }
        case .claudeCode: conversations.append(try AnthropicMessages.readClaudeCode(documents))
        }
        for (index, conversation) in conversations.enumerated() {
            var conversation = conversation
            let number = index == 0 ? "" : "-\(index + 1)"
            sessions.append(
                conversation.events(name: name + number, kind: "imported from \(format.rawValue)"))
            for line in conversation.losses.lines { losses.add(line) }
        }
        self.format = format
        self.sessions = sessions
        self.losses = losses
    }

    /// The JSON documents of a file: one, or one a line.
    private static func documents(_ bytes: [UInt8]) throws(ImportError) -> [Document] {
        let whole: JSONError
        do { return [Document(value: try JSONParser.parse(bytes), place: "")] } catch { whole = error }
        var documents: [Document] = []
        for (index, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
            guard line.contains(where: { $0 > 0x20 }) else { continue }
            do {
                documents.append(
                    Document(value: try JSONParser.parse(Array(line)), place: "line \(index + 1): "))
            } catch {
                if documents.isEmpty {
                    throw ImportError("this is neither JSON (\(whole)) nor JSON lines (\(error))")
                }
                throw ImportError("line \(index + 1): \(error)")
            }
        }
        return documents
    }

    private static func format(of documents: [JSONValue], first: JSONValue) -> Format {
        let isClaudeCode = documents.prefix(20).contains { line in
            line["message"] != nil && line["type"] != nil && (line["sessionId"] != nil || line["uuid"] != nil)
        }
        if isClaudeCode { return .claudeCode }
        let messages = first["messages"]?.arrayValue ?? first.arrayValue ?? []
        let hasBlocks = messages.contains { message in
            (message["content"]?.arrayValue ?? []).contains {
                ["tool_use", "tool_result", "thinking"].contains($0["type"]?.stringValue)
            }
        }
        let hasInputSchema = (first["tools"]?.arrayValue ?? []).contains { $0["input_schema"] != nil }
        return hasBlocks || hasInputSchema || first["system"] != nil ? .anthropic : .openai
    }
}

extension SessionImport.Format {
    /// What no file of the format says.
    var unsaid: [String] {
        let always = [
            "who approved each call, and by which rule", "tokens, their probabilities and masks",
            "the arguments that ran, where they were not those that the model asked for",
        ]
        return self == .claudeCode ? always : always + ["when things happened, and how long they took"]
    }
}

/// Why a file cannot be imported.
public struct ImportError: Error, Sendable, Hashable, CustomStringConvertible {
    /// One line: the place and what is expected there.
    public let description: String

    init(_ description: String) { self.description = description }
}

/// One JSON document of a file.
struct Document {
    let value: JSONValue
    /// `line 3: `, or nothing where the file is one document.
    let place: String
}

/// OpenAI's chat messages.
enum OpenAIMessages {
    static func read(_ document: Document) throws(ImportError) -> ImportedConversation {
        var conversation = ImportedConversation()
        let value = document.value
        guard let messages = value["messages"]?.arrayValue ?? value.arrayValue else {
            throw ImportError(
                "\(document.place)expected an array of messages, or an object with \"messages\"")
        }
        if let model = value["model"]?.stringValue { conversation.model = model }
        for tool in value["tools"]?.arrayValue ?? [] {
            guard let function = tool["function"], let name = function["name"]?.stringValue else {
                conversation.losses.add("a tool of type \(tool["type"]?.stringValue ?? "unknown")")
                continue
            }
            conversation.catalogue.append(
                ToolDefinition(
                    name: name, description: function["description"]?.stringValue ?? "",
                    parameters: function["parameters"] ?? ["type": "object"]))
        }
        for (index, message) in messages.enumerated() {
            let place = "\(document.place)message \(index + 1)"
            try read(message, place: place, into: &conversation)
        }
        return conversation
    }

    private static func read(
        _ message: JSONValue, place: String, into conversation: inout ImportedConversation
    ) throws(ImportError) {
        let content = text(message["content"], &conversation.losses)
        switch message["role"]?.stringValue {
        case "system", "developer": conversation.add(.system(content))
        case "user": conversation.add(.user(content))
        case "assistant":
            var calls: [ToolCall] = []
            for call in message["tool_calls"]?.arrayValue ?? [] {
                guard let id = call["id"]?.stringValue, let function = call["function"],
                    let name = function["name"]?.stringValue,
                    let arguments = function["arguments"]?.stringValue
                else {
                    throw ImportError("\(place): a tool call needs id, function.name and function.arguments")
                }
                calls.append(ToolCall(id: ToolCallID(id), name: name, arguments: ByteString(arguments)))
            }
            if message["function_call"].map({ $0 != .null }) ?? false {
                conversation.losses.add("a function_call without an ID")
            }
            if let refusal = message["refusal"]?.stringValue {
                conversation.losses.add("that the words were marked as a refusal")
                conversation.add(
                    .assistant(content: content + refusal, calls: calls, finish: nil, usage: nil))
            } else {
                conversation.add(.assistant(content: content, calls: calls, finish: nil, usage: nil))
            }
        case "tool":
            guard let id = message["tool_call_id"]?.stringValue else {
                throw ImportError("\(place): a tool message needs tool_call_id")
            }
            conversation.add(.result(ToolCallID(id), content: content, isError: false))
        case let role?: conversation.losses.add("a message of role \(role)")
        case nil: throw ImportError("\(place): there is no role")
        }
        for key in ["name", "weight", "audio", "annotations"] {
            guard let value = message[key], value != .null, value.arrayValue?.isEmpty != true else {
                continue
            }
            conversation.losses.add("\"\(key)\" of a message")
        }
    }

    private static func text(_ content: JSONValue?, _ losses: inout Losses) -> String {
        if let text = content?.stringValue { return text }
        var texts: [String] = []
        for part in content?.arrayValue ?? [] {
            if let text = part["text"]?.stringValue {
                texts.append(text)
            } else {
                losses.add("a content part of type \(part["type"]?.stringValue ?? "unknown")")
            }
        }
        return texts.joined(separator: "\n")
    }
}

/// Anthropic's messages, and the session files of Claude Code, which hold them one a line.
enum AnthropicMessages {
    static func read(_ document: Document) throws(ImportError) -> ImportedConversation {
        var conversation = ImportedConversation()
        let value = document.value
        guard let messages = value["messages"]?.arrayValue ?? value.arrayValue else {
            throw ImportError("\(document.place)expected an object with \"messages\"")
        }
        if let model = value["model"]?.stringValue { conversation.model = model }
        for tool in value["tools"]?.arrayValue ?? [] {
            guard let name = tool["name"]?.stringValue, let schema = tool["input_schema"] else {
                conversation.losses.add("a tool of type \(tool["type"]?.stringValue ?? "unknown")")
                continue
            }
            conversation.catalogue.append(
                ToolDefinition(
                    name: name, description: tool["description"]?.stringValue ?? "", parameters: schema))
        }
        if let system = value["system"], system != .null {
            conversation.add(.system(text(system, &conversation.losses)))
        }
        for (index, message) in messages.enumerated() {
            let place = "\(document.place)message \(index + 1)"
            try add(message, at: 0, place: place, to: &conversation)
        }
        return conversation
    }

    static func readClaudeCode(_ documents: [Document]) throws(ImportError) -> ImportedConversation {
        var conversation = ImportedConversation()
        var last: String?
        for document in documents {
            let line = document.value
            let type = line["type"]?.stringValue ?? "unknown"
            guard type == "user" || type == "assistant", let message = line["message"] else {
                conversation.losses.add("a line of type \(type)")
                continue
            }
            if line["isSidechain"]?.boolValue == true {
                conversation.losses.add("a message of a subagent")
                continue
            }
            if let model = message["model"]?.stringValue { conversation.model = model }
            let time = line["timestamp"]?.stringValue.flatMap(milliseconds) ?? 0
            // One response stands in several lines, a block in each, under one ID.
            let id = message["id"]?.stringValue
            let continues = type == "assistant" && id != nil && id == last
            last = type == "assistant" ? id : nil
            try add(
                message, at: time, place: document.place, continuing: continues, to: &conversation)
        }
        return conversation
    }

    private static func add(
        _ message: JSONValue, at time: Int64, place: String, continuing: Bool = false,
        to conversation: inout ImportedConversation
    ) throws(ImportError) {
        guard let role = message["role"]?.stringValue, role == "user" || role == "assistant" else {
            throw ImportError("\(place): expected the role user or assistant")
        }
        let blocks = message["content"]?.arrayValue ?? [["type": "text", "text": message["content"] ?? ""]]
        var (texts, calls): ([String], [ToolCall]) = ([], [])
        for block in blocks {
            switch block["type"]?.stringValue {
            case "text": texts.append(block["text"]?.stringValue ?? "")
            case "tool_use":
                guard let id = block["id"]?.stringValue, let name = block["name"]?.stringValue else {
                    throw ImportError("\(place): a tool_use needs id and name")
                }
                let input = block["input"] ?? [:]
                calls.append(ToolCall(id: ToolCallID(id), name: name, arguments: ByteString(input.text())))
            case "tool_result":
                guard let id = block["tool_use_id"]?.stringValue else {
                    throw ImportError("\(place): a tool_result needs tool_use_id")
                }
                let content = text(block["content"] ?? "", &conversation.losses)
                let isError = block["is_error"]?.boolValue ?? false
                conversation.add(.result(ToolCallID(id), content: content, isError: isError), at: time)
            case let type: conversation.losses.add("a block of type \(type ?? "unknown")")
            }
        }
        let words = texts.joined(separator: "\n")
        guard role == "assistant" else {
            if !words.isEmpty { conversation.add(.user(words), at: time) }
            return
        }
        let finish = message["stop_reason"]?.stringValue.map(finishReason)
        let usage = usage(message["usage"])
        guard continuing, case .assistant(let before, let earlier, _, _)? = conversation.items.last?.item
        else {
            conversation.add(.assistant(content: words, calls: calls, finish: finish, usage: usage), at: time)
            return
        }
        let content = [before, words].filter { !$0.isEmpty }.joined(separator: "\n")
        conversation.items[conversation.items.count - 1].item = .assistant(
            content: content, calls: earlier + calls, finish: finish, usage: usage)
    }

    private static func text(_ content: JSONValue, _ losses: inout Losses) -> String {
        if let text = content.stringValue { return text }
        var texts: [String] = []
        for block in content.arrayValue ?? [] {
            if let text = block["text"]?.stringValue {
                texts.append(text)
            } else {
                losses.add("a block of type \(block["type"]?.stringValue ?? "unknown")")
            }
        }
        return texts.joined(separator: "\n")
    }

    private static func finishReason(_ word: String) -> FinishReason {
        switch word {
        case "end_turn", "stop_sequence": .stop
        case "tool_use": .toolCalls
        case "max_tokens": .length
        default: .other(word)
        }
    }

    private static func usage(_ value: JSONValue?) -> Usage? {
        guard let input = value?["input_tokens"]?.intValue, let output = value?["output_tokens"]?.intValue
        else {
            return nil
        }
        let cached = ["cache_read_input_tokens", "cache_creation_input_tokens"].compactMap {
            value?[$0]?.intValue
        }
        return Usage(promptTokens: input + cached.reduce(0, +), completionTokens: output)
    }

    /// RFC 3339 to milliseconds since 1970.
    private static func milliseconds(_ text: String) -> Int64? {
        let format = Date.ISO8601FormatStyle(includingFractionalSeconds: text.contains("."))
        return (try? format.parse(text)).map { Int64(($0.timeIntervalSince1970 * 1_000).rounded()) }
    }
}
