import Agent
import JSON

/// Logs of mcpsnoop: what went between a client and MCP servers, an envelope a line, of which calls of tools are read.
///
/// No model speaks there: each call is a round of its own, in the order in which they were made.
struct ProtocolLog {
    /// What went over one connection.
    fileprivate struct Channel {
        var conversation = ImportedConversation()
        /// Calls without an answer, by the ID of their request.
        var waiting: [String: Int] = [:]
        var calls: [(call: ToolCall, asked: Int64, answer: Answer?)] = []
        var tools: [ToolDefinition] = []
        /// Requests for lists of tools, by their IDs.
        var listing: Set<String> = []
    }

    fileprivate struct Answer {
        var content: String
        var isError: Bool
        var time: Int64
    }

    private var order: [String] = []
    private var channels: [String: Channel] = [:]

    /// Whether these are lines of such a log.
    static func isOne(_ documents: [JSONValue]) -> Bool {
        documents.prefix(20).contains { line in
            line["direction"]?.stringValue.map(["c2s", "s2c", "stderr", "meta"].contains) == true
                && line["session_id"] != nil && line["seq"] != nil
        }
    }

    /// The conversations of a log: one for each session that it names.
    static func read(_ documents: [Document]) -> [ImportedConversation] {
        var log = ProtocolLog()
        for document in documents { log.add(document.value) }
        return log.order.compactMap { log.channels[$0] }.map(ProtocolLog.conversation)
    }

    private mutating func add(_ line: JSONValue) {
        let session = line["session_id"]?.stringValue ?? ""
        if channels[session] == nil {
            order.append(session)
            var channel = Channel()
            channel.conversation.model = "not recorded"
            channels[session] = channel
        }
        let time = line["ts"]?.stringValue.flatMap(Document.milliseconds) ?? 0
        channels[session]?.add(line, at: time)
    }

    /// The calls one after the other, each with its answer.
    private static func conversation(_ channel: Channel) -> ImportedConversation {
        var conversation = channel.conversation
        conversation.catalogue = channel.tools
        for (call, asked, answer) in channel.calls {
            conversation.add(
                .assistant(content: "", calls: [call], finish: .toolCalls, usage: nil), at: asked)
            guard let answer else { continue }
            conversation.add(
                .result(call.id, content: answer.content, isError: answer.isError), at: answer.time,
                lasting: Double(max(0, answer.time - asked)))
        }
        return conversation
    }
}

extension ProtocolLog.Channel {
    fileprivate mutating func add(_ line: JSONValue, at time: Int64) {
        switch line["direction"]?.stringValue {
        case "c2s", "s2c":
            guard let message = line["raw"], message.objectValue != nil else {
                conversation.losses.add("a line that is no message of the protocol")
                return
            }
            if line["truncated"]?.boolValue == true {
                conversation.losses.add("the end of a message, which was cut")
            }
            // One log holds every client of a proxy; their IDs are their own.
            let key = "\(line["conn_id"]?.stringValue ?? "") \(message["id"]?.text() ?? "")"
            if let method = message["method"]?.stringValue {
                ask(method, message, key, at: time, isClient: line["direction"] == "c2s")
            } else {
                answer(message, key, at: time)
            }
        case "stderr": conversation.losses.add("a line that a server wrote to standard error")
        case "meta": conversation.losses.add("how the server was started")
        case let other: conversation.losses.add("a line of direction \(other ?? "unknown")")
        }
    }

    private mutating func ask(
        _ method: String, _ message: JSONValue, _ key: String, at time: Int64, isClient: Bool
    ) {
        let parameters = message["params"] ?? [:]
        guard isClient, message["id"] != nil, method == "tools/call",
            let name = parameters["name"]?.stringValue
        else {
            if method == "tools/list" { listing.insert(key) } else { conversation.losses.add("\(method)") }
            return
        }
        let place = calls.count + 1
        let call = ToolCall(
            id: ToolCallID("call_\(place)"), name: name,
            arguments: ByteString((parameters["arguments"] ?? [:]).text()))
        waiting[key] = calls.count
        calls.append((call, time, nil))
    }

    /// The ID without what tells a text from a number: servers answer the request 1 as "1" or 1.0.
    private static func bare(_ key: String) -> [UInt8] {
        let bytes = key.utf8.filter { $0 != UInt8(ascii: "\"") }
        return Array(bytes.suffix(2).elementsEqual(".0".utf8) ? bytes.dropLast(2) : bytes[...])
    }

    private mutating func answer(_ message: JSONValue, _ given: String, at time: Int64) {
        var key = given
        if waiting[key] == nil, !listing.contains(key) {
            let asked = Array(waiting.keys) + Array(listing)
            key = asked.first { Self.bare($0) == Self.bare(given) } ?? key
        }
        if listing.remove(key) != nil {
            for tool in message["result"]?["tools"]?.arrayValue ?? [] {
                guard let name = tool["name"]?.stringValue,
                    !tools.contains(where: { $0.name.utf8.elementsEqual(name.utf8) })
                else { continue }
                tools.append(
                    ToolDefinition(
                        name: name, description: tool["description"]?.stringValue ?? "",
                        parameters: tool["inputSchema"] ?? ["type": "object"]))
            }
            return
        }
        guard let index = waiting.removeValue(forKey: key) else { return }
        if let error = message["error"] {
            let code = error["code"]?.text() ?? "without a code"
            calls[index].answer = ProtocolLog.Answer(
                content: "error \(code): \(error["message"]?.stringValue ?? error.text())", isError: true,
                time: time)
            return
        }
        let result = message["result"] ?? [:]
        var texts: [String] = []
        for part in result["content"]?.arrayValue ?? [] {
            if let text = part["text"]?.stringValue {
                texts.append(text)
            } else {
                conversation.losses.add("a content part of type \(part["type"]?.stringValue ?? "unknown")")
            }
        }
        if texts.isEmpty, let structured = result["structuredContent"] { texts.append(structured.text()) }
        calls[index].answer = ProtocolLog.Answer(
            content: texts.joined(separator: "\n"),
            isError: (result["isError"] ?? result["is_error"])?.boolValue ?? false, time: time
        )
    }
}
