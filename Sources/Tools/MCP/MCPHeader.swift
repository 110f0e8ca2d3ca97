import Foundation
import JSON
import Wire

/// The HTTP headers in which the modern protocol repeats parts of a call.
enum MCPHeader {
    /// A value as a header can carry it: itself where it is plain ASCII, otherwise marked base64.
    static func encoded(_ value: String) -> String {
        let isPlain =
            value.utf8.allSatisfy { (0x20...0x7E).contains($0) } && value.utf8.first != 0x20
            && value.utf8.last != 0x20 && !(value.hasPrefix("=?base64?") && value.hasSuffix("?="))
        return isPlain ? value : "=?base64?\(Data(value.utf8).base64EncodedString())?="
    }

    /// The headers that a tool's schema wants of its arguments: properties marked `x-mcp-header`.
    static func parameters(of schema: JSONValue, _ arguments: JSONValue) -> [String: String] {
        var headers: [String: String] = [:]
        for member in schema["properties"]?.objectValue ?? JSONObject() {
            guard let value = arguments[member.key] else { continue }
            if let name = member.value["x-mcp-header"]?.stringValue, HTTPFields.isName(name) {
                switch value {
                case .string, .number, .bool: headers["Mcp-Param-" + name] = encoded(value.plainText)
                default: break
                }
            }
            headers.merge(parameters(of: member.value, value)) { first, _ in first }
        }
        return headers
    }
}
