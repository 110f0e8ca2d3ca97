import Formats
import JSON

/// Items of OpenAI's Responses that are neither words nor calls, and of which nothing ran at the provider.
///
/// The reader of the format takes each item that it does not know for something that ran there. What such an item is
/// stands in the place of its name, behind a mark that no tool's name begins with.
enum ResponsesNotes {
    private static let mark = "\u{0}"

    /// Whether a value is an item by its type.
    static func isItem(_ value: JSONValue) -> Bool {
        guard let type = value["type"]?.stringValue else { return false }
        let isCall = type.utf8.count > 5 && type.hasSuffix("_call")
        return ["message", "reasoning", "compaction", "item_reference"].contains { type == $0 }
            && value["kwargs"] == nil
            || (isCall && type != "tool_call") || type.hasSuffix("_call_output")
    }

    /// What an item is; `nil` for one that is read, or that ran at the provider.
    private static func words(_ item: JSONValue) -> String? {
        let name = item["name"]?.stringValue ?? "a tool"
        return switch item["type"]?.stringValue {
        case "mcp_approval_request":
            "the provider asked whether \(name) of \(item["server_label"]?.stringValue ?? "an MCP server") may run"
        case "mcp_approval_response":
            item["approve"] == false
                ? "the client answered that the provider's tool may not run"
                : "the client answered that the provider's tool may run"
        case "item_reference":
            "what stood here is named by its ID alone: \(item["id"]?.stringValue ?? "(no ID)")"
        case "compaction":
            "compaction: what was said before stands here encrypted, for the provider alone"
        default: nil
        }
    }

    /// The item with what it is in the place of its name.
    private static func named(_ item: JSONValue) -> JSONValue {
        guard let words = words(item), var object = item.objectValue else { return item }
        object["name"] = .string(mark + words)
        return .object(object)
    }

    /// A request's body, or a response, with such items named.
    static func named(in body: JSONObject, of format: WireFormat) -> JSONObject {
        guard format == .responses else { return body }
        var body = body
        for key in ["input", "output", "item"] {
            if let list = body[key]?.arrayValue {
                body[key] = .array(list.map(named))
            } else if let item = body[key], item.objectValue != nil {
                body[key] = named(item)
            }
        }
        if let inner = body["response"]?.objectValue {
            body["response"] = .object(named(in: inner, of: format))
        }
        return body
    }

    /// The bytes of a response of this format with such items named, whole or as a stream of events.
    static func named(in bytes: [UInt8]) -> [UInt8] {
        if let whole = try? JSONParser.parse(bytes), let object = whole.objectValue {
            return Array(JSONValue.object(named(in: object, of: .responses)).text().utf8)
        }
        let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
        return Array(
            lines.map { line -> [UInt8] in
                let start = line.starts(with: "data:".utf8) ? 5 : 0
                guard let event = try? JSONParser.parse(Array(line.dropFirst(start))),
                    let object = event.objectValue
                else { return Array(line) }
                return line.prefix(start)
                    + Array(JSONValue.object(named(in: object, of: .responses)).text().utf8)
            }.joined(separator: [0x0A]))
    }

    /// What a mark says of something that the reader took for a tool of the provider.
    static func sentence(_ name: String) -> String {
        isNote(name) ? String(name.unicodeScalars.dropFirst()) : "\(name) ran at the provider"
    }

    /// What is lost where something was said that the file does not have.
    static let elsewhere =
        "what a request has by an ID alone or encrypted, for its provider (item_reference, compaction)"

    /// Whether a note stands for something that was said and that the file does not have.
    static func isElsewhere(_ name: String) -> Bool {
        ["what stood here", "compaction:"].contains { name.utf8.starts(with: (mark + $0).utf8) }
    }

    /// Whether the reader took something else for a tool of the provider.
    static func isNote(_ name: String) -> Bool { name.utf8.starts(with: mark.utf8) }
}
