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
        let isSpoken = messages.map { $0["role"]?.stringValue != nil }
        guard isSpoken.contains(true) else {
            let fault = messages.isEmpty ? "there are no messages" : "no message has a role"
            throw ImportError("\(document.place)\(fault)")
        }
        var body = value.objectValue ?? JSONObject()
        body["messages"] = .array(zip(messages, isSpoken).filter(\.1).map(\.0))
        var conversation = RequestFile.conversation(body, in: .chatCompletions)
        for (message, isSpoken) in zip(messages, isSpoken) {
            if isSpoken {
                note(message, &conversation.losses)
            } else {
                conversation.losses.add("a message without a role")
            }
        }
        return conversation
    }

    /// Names what of a message is not in the session.
    private static func note(_ message: JSONValue, _ losses: inout Losses) {
        if message["refusal"]?.stringValue != nil { losses.add("that the words were marked as a refusal") }
        let isFunction = message["role"] == "function" || message["role"] == "tool"
        if isFunction, message["tool_call_id"]?.stringValue == nil {
            losses.add("which call a result is of: it has no tool_call_id, and is taken for the next call's")
        }
        // The name of a function's result is read.
        for key in ["name", "weight", "audio", "annotations"] where !(key == "name" && isFunction) {
            guard let value = message[key], value != .null, value.arrayValue?.isEmpty != true else {
                continue
            }
            losses.add("\"\(key)\" of a message")
        }
    }
}
