import JSON
import Wire

/// The address of a list of servers of an OpenAPI document.
enum OpenAPIServer {
    /// The first server's address, its variables at their defaults, without a slash at its end.
    /// - Throws: ``OpenAPIError`` where it is none by which a request could be made.
    static func address(_ servers: JSONValue) throws(OpenAPIError) -> String {
        var address = servers[0]?["url"]?.stringValue ?? ""
        for variable in servers[0]?["variables"]?.objectValue ?? JSONObject() {
            guard let value = variable.value["default"], value != .null else { continue }
            address = address.replacing("{\(variable.key)}", with: value.plainText)
        }
        guard address.beginsBytewise(with: "http://") || address.beginsBytewise(with: "https://"),
            !address.holdsByte(of: "{")
        else {
            throw OpenAPIError(
                "the document names no server of the form https://host; give one with \"server\"")
        }
        return address.utf8.last == UInt8(ascii: "/") ? String(address.unicodeScalars.dropLast()) : address
    }

    /// Whether two addresses are of one scheme, host and port.
    static func isSameOrigin(_ one: String, _ other: String) -> Bool {
        guard let one = try? WebAddress(one), let other = try? WebAddress(other) else { return false }
        return one.origin == other.origin
    }
}
