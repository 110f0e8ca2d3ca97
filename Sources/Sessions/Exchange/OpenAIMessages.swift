import Agent
import Formats
import JSON

/// OpenAI's chat messages: an array of them, or an object with `messages` and `tools`.
enum OpenAIMessages {
    static func read(_ document: Document) throws(ImportError) -> ImportedConversation {
        let value = document.value
        guard let messages = value["messages"]?.arrayValue ?? value.arrayValue else {
            throw ImportError(
                "\(document.place)expected an array of messages, or an object with \"messages\"; "
                    + "the file is of no other kind that is read (callgate import --help lists them)")
        }
        for (index, message) in messages.enumerated() {
            let place = "\(document.place)message \(index + 1)"
            guard let role = message["role"]?.stringValue else {
                throw ImportError("\(place): there is no role")
            }
            if role == "tool", message["tool_call_id"]?.stringValue == nil, message["name"] == nil {
                throw ImportError("\(place): a tool message needs tool_call_id")
            }
        }
        var body = value.objectValue ?? JSONObject()
        body["messages"] = .array(messages)
        var conversation = RequestFile.conversation(body, in: .chatCompletions)
        for message in messages { note(message, &conversation.losses) }
        return conversation
    }

    /// Names what of a message is not in the session.
    private static func note(_ message: JSONValue, _ losses: inout Losses) {
        if message["refusal"]?.stringValue != nil { losses.add("that the words were marked as a refusal") }
        // The name of a function's result is read.
        let isFunction = message["role"] == "function" || message["role"] == "tool"
        for key in ["name", "weight", "audio", "annotations"] where !(key == "name" && isFunction) {
            guard let value = message[key], value != .null, value.arrayValue?.isEmpty != true else {
                continue
            }
            losses.add("\"\(key)\" of a message")
        }
    }
}
