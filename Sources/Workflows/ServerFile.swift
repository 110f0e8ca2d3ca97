import JSON
import Tools

/// A client's file that names MCP servers: JSON, with comments or a document a line as people have it, or YAML.
public enum ServerFile {
    /// The document.
    /// - Throws: ``JSONError`` with the place for a text that is neither JSON nor YAML.
    public static func document(_ bytes: [UInt8]) throws(JSONError) -> JSONValue {
        let fault: JSONError
        do { return try RelaxedJSON.parse(bytes) } catch { fault = error }
        let text = String(decoding: RelaxedJSON.utf8(bytes), as: UTF8.self)
        // YAML takes any words for a text.
        guard let yaml = try? LocatedDocument(text, file: "").value, yaml.objectValue != nil else {
            throw fault
        }
        return yaml
    }

    /// Whether the bytes are such a file.
    public static func isOne(_ bytes: [UInt8]) -> Bool {
        (try? document(bytes)).flatMap(MCPServerSettings.serverTable) != nil
    }
}
