import Agent
import JSON

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
