import Agent
import JSON

/// The items of Responses.
enum ResponsesItem {
    /// A call that the client runs.
    struct ClientCall {
        /// The tool's name, where the type of the item says it.
        var name: String?
        /// The member that holds the arguments.
        var member: String
        var style = CallAssembly.Style.json
        var isObject = false
    }

    /// What an item is of which nothing ran at the provider; `nil` for any other.
    static func note(_ item: JSONObject) -> ProviderNote? {
        let name = item["name"]?.stringValue ?? "a tool"
        switch item["type"]?.stringValue {
        case "mcp_approval_request":
            let server = item["server_label"]?.stringValue ?? "an MCP server"
            return ProviderNote(
                words: "the provider asked whether \(name) of \(server) may run", isElsewhere: false)
        case "mcp_approval_response":
            let may = item["approve"] == false ? "may not" : "may"
            return ProviderNote(
                words: "the client answered that the provider's tool \(may) run", isElsewhere: false)
        case "item_reference":
            let id = item["id"]?.stringValue ?? "(no ID)"
            return ProviderNote(words: "what stood here is named by its ID alone: \(id)", isElsewhere: true)
        case "compaction":
            return ProviderNote(
                words: "compaction: what was said before stands here encrypted, for the provider alone",
                isElsewhere: true)
        default: return nil
        }
    }

    /// The types of items that are such calls.
    static let clientCallTypes = [
        "function_call", "custom_tool_call", "local_shell_call", "shell_call", "computer_call",
        "apply_patch_call",
    ]

    /// The types of items that run at the provider.
    static let providerTypes = [
        "web_search_call", "file_search_call", "code_interpreter_call", "image_generation_call", "mcp_call",
        "mcp_list_tools", "mcp_approval_request", "x_search_call",
    ]

    /// How a call of that type is written; `nil` for items that are no calls, or run at the provider.
    static func clientCall(_ type: String) -> ClientCall? {
        switch type {
        case "function_call": ClientCall(member: "arguments")
        case "custom_tool_call": ClientCall(member: "input", style: .freeText)
        case "local_shell_call", "shell_call", "computer_call":
            ClientCall(name: String(type.dropLast(5)), member: "action", isObject: true)
        case "apply_patch_call": ClientCall(name: "apply_patch", member: "operation", isObject: true)
        default: nil
        }
    }

    /// The name of the tool that a call's item names, with its namespace.
    static func name(_ item: JSONObject) -> String? {
        item["name"]?.stringValue.map { ToolNamespace.name($0, in: item["namespace"]?.stringValue) }
    }

    /// The item that answers a call whose own item is of that type.
    static func output(of type: String, callID: String, _ text: String, isError: Bool) -> JSONValue {
        var object = JSONObject()
        object["type"] = .string("\(type)_output")
        object["call_id"] = .string(callID)
        switch type {
        case "custom_tool_call": object["output"] = .string(text)
        case "shell_call": object["output"] = [shellOutput(text, isError: isError)]
        case "apply_patch_call":
            object["status"] = isError ? "failed" : "completed"
            object["output"] = .string(text)
        default:
            // As Codex answers its local shell.
            object["type"] = "function_call_output"
            object["output"] = .string(text)
        }
        return .object(object)
    }

    /// What a shell is said to have written.
    static func shellOutput(_ text: String, isError: Bool) -> JSONValue {
        [
            "stdout": isError ? "" : .string(text), "stderr": isError ? .string(text) : "",
            "outcome": ["type": "exit", "exit_code": isError ? 1 : 0],
        ]
    }

    /// What can be read of a reasoning item.
    static func thinking(_ item: JSONObject) -> String {
        [item["summary"], item["content"]].flatMap { value -> [String] in
            guard let value = ChatContent.given(value) else { return [] }
            return (value.arrayValue ?? [value]).compactMap(ChatContent.thought).filter { !$0.isEmpty }
        }.joined(separator: "\n\n")
    }
}
