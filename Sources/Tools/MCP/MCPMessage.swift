import JSON

/// The two ways in which MCP servers are spoken to.
public enum MCPEra: String, Sendable, Hashable {
    /// 2026-07-28 and after: no handshake, every request bears its own context in `params._meta`.
    case modern
    /// 2025-11-25 and before: `initialize`, then requests in a session.
    case legacy
}

/// The revisions of the protocol that the client speaks.
enum MCPVersion {
    static let modern = "2026-07-28"
    /// Newest first.
    static let legacy = ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"]
}

/// Error codes of JSON-RPC 2.0 and of MCP.
enum MCPErrorCode {
    static let methodNotFound = -32601
    static let headerMismatch = -32020
    static let missingCapability = -32021
    static let unsupportedVersion = -32022
    static let urlElicitationRequired = -32042
}

/// A message for the server, with what a transport needs to know of it.
struct MCPMessage: Sendable, Hashable {
    /// The message.
    let value: JSONValue
    /// The request's ID, where it is a request.
    let id: Int?
    /// The request that a cancellation names.
    var cancels: Int?
    /// Headers that an HTTP transport adds.
    var headers: [String: String] = [:]

    static func request(_ id: Int, _ method: String, _ params: JSONValue) -> MCPMessage {
        MCPMessage(
            value: [
                "jsonrpc": "2.0", "id": .number(JSONNumber(id)), "method": .string(method), "params": params,
            ],
            id: id)
    }

    static func notification(_ method: String, _ params: JSONValue? = nil) -> MCPMessage {
        var object = JSONObject([
            .init(key: "jsonrpc", value: "2.0"), .init(key: "method", value: .string(method)),
        ])
        object["params"] = params
        return MCPMessage(value: .object(object), id: nil)
    }

    static func result(_ id: JSONValue, _ result: JSONValue) -> MCPMessage {
        MCPMessage(value: ["jsonrpc": "2.0", "id": id, "result": result], id: nil)
    }

    static func error(_ id: JSONValue, _ code: Int, _ message: String) -> MCPMessage {
        MCPMessage(
            value: [
                "jsonrpc": "2.0", "id": id,
                "error": ["code": .number(JSONNumber(code)), "message": .string(message)],
            ], id: nil)
    }

    /// The method, where it has one.
    var method: String? { value["method"]?.stringValue }
}

/// An error that a server answered with.
struct MCPFault: Sendable, Hashable {
    /// The code, where the server gave one that is a number.
    let code: Int?
    /// The code as it was given.
    private let givenCode: String?
    let message: String
    let data: JSONValue?

    init(_ value: JSONValue) {
        let given = value["code"].flatMap { $0 == .null ? JSONValue?.none : $0 }
        code = given.flatMap(MCPSession.number)
        givenCode = code.map { "\($0)" } ?? given?.plainText
        message =
            value["message"]?.stringValue ?? value.stringValue ?? "no message: \(value.text().prefix(200))"
        data = value["data"]
    }

    /// `message (code): data`, as far as they are there.
    var description: String {
        message + (givenCode.map { " (\($0))" } ?? "") + (words.map { ": \($0)" } ?? "")
    }

    /// What the data says beyond the message, in one short line.
    private var words: String? {
        if code == MCPErrorCode.urlElicitationRequired {
            let pages = (data?["elicitations"]?.arrayValue ?? []).compactMap { page in
                page["url"]?.stringValue.map { url in
                    "visit \(url)" + (page["message"]?.stringValue.map { " (\($0))" } ?? "")
                }
            }
            if !pages.isEmpty { return HTTPRefusal.line(pages.joined(separator: ", "), upTo: 2_000) }
        }
        // A status of ours has been told.
        guard let data, data != .null, data["http"] == nil else { return nil }
        let isEmpty = data.objectValue?.isEmpty == true || data.arrayValue == []
        let line = isEmpty ? "" : HTTPRefusal.line(data.stringValue ?? data.text(.spaced))
        return line.isEmpty || message.contains(line) ? nil : line
    }
}

/// A tool as a server lists it.
public struct MCPToolDescription: Sendable, Hashable {
    /// The server's name of the tool.
    public let name: String
    /// What it does.
    public let description: String
    /// The JSON Schema of its arguments.
    public let inputSchema: JSONValue
    /// The JSON Schema of its structured results, where the server gives one.
    public let outputSchema: JSONValue?
    /// What the server says of its behaviour; a hint that nothing may rest on.
    public let annotations: JSONValue?

    /// Reads an entry; one that gives no name has the empty one, by which nothing can be called.
    init(_ value: JSONValue) {
        name = value["name"]?.stringValue ?? ""
        outputSchema = value["outputSchema"].flatMap { $0 == .null ? nil : $0 }
        description = value["description"]?.stringValue ?? value["title"]?.stringValue ?? ""
        inputSchema = value["inputSchema"] ?? ["type": "object"]
        annotations = value["annotations"]
    }

    /// Whether description and schema are the same bytes.
    func isSame(as other: MCPToolDescription) -> Bool {
        description.utf8.elementsEqual(other.description.utf8)
            && inputSchema.text().utf8.elementsEqual(other.inputSchema.text().utf8)
    }

    /// The same tool with every text but its name changed.
    func mapped(_ change: (JSONValue) -> JSONValue) -> MCPToolDescription {
        var members: [JSONObject.Member] = [
            .init(key: "name", value: .string(name)),
            .init(key: "description", value: change(.string(description))),
            .init(key: "inputSchema", value: change(inputSchema)),
        ]
        if let outputSchema { members.append(.init(key: "outputSchema", value: change(outputSchema))) }
        if let annotations { members.append(.init(key: "annotations", value: change(annotations))) }
        return MCPToolDescription(.object(JSONObject(members)))
    }
}

/// What a server answered to a call.
struct MCPCallResult: Sendable, Hashable {
    var content: String
    var isError: Bool
    /// The result for programs, where the server gave one.
    var structured: JSONValue?
    /// In what the result is none of the protocol's, in words.
    var remark: String?

    /// Reads a result: texts as they are, other content by its kind, and the structured content where no text says
    /// the same.
    ///
    /// What stands in another shape is the content as it came.
    init(_ value: JSONValue) {
        isError = (value["isError"] ?? value["is_error"]).map { $0.boolValue ?? ($0 == "true") } ?? false
        structured = value["structuredContent"].flatMap { $0 == .null ? JSONValue?.none : $0 }
        // Revision 2024-10-07 had toolResult in the place of content.
        var content = value["content"] ?? value["toolResult"]
        if content == nil, structured == nil {
            let own = ["_meta", "isError", "is_error", "resultType"]
            let rest = value.objectValue.map { JSONObject($0.members.filter { !own.contains($0.key) }) }
            if rest?.isEmpty != true {
                content = rest.map { .object($0) } ?? value
                remark = "the result has no content: what the server gave in its place stands here as it came"
            }
        }
        // Some servers give the text itself, or one part without a list around it.
        let items = content?.arrayValue ?? content.map { $0 == .null ? [] : [$0] } ?? []
        var parts = items.map(MCPCallResult.text)
        if let structured {
            // A plain value travels in an object with the one member "result".
            let plain = structured.objectValue?.count == 1 ? structured["result"]?.plainText : nil
            let isSaid = parts.contains { text in
                plain.map { $0.utf8.elementsEqual(text.utf8) } == true
                    || (try? JSONParser.parse(text)).map { $0.isEquivalent(to: structured) } ?? false
            }
            if !isSaid { parts.append(structured.text(.spaced)) }
        }
        self.content = parts.joined(separator: "\n")
    }

    init(content: String, isError: Bool, structured: JSONValue? = nil, remark: String? = nil) {
        self.content = content
        self.isError = isError
        self.structured = structured
        self.remark = remark
    }

    private static func text(_ item: JSONValue) -> String {
        if let text = item.stringValue { return text }
        return switch item["type"]?.stringValue {
        case "text": item["text"].map { $0.stringValue ?? $0.text(.spaced) } ?? ""
        case "resource":
            item["resource"]?["text"]?.stringValue
                ?? "[resource \(item["resource"]?["uri"]?.stringValue ?? "without URI")]"
        case "resource_link":
            "[link \(item["uri"]?.stringValue ?? "without URI")\(item["name"]?.stringValue.map { " \($0)" } ?? "")]"
        // What is no such content is told as it came.
        case _? where item["data"]?.stringValue == nil:
            item["json"].map { $0.text(.spaced) } ?? item.text(.spaced)
        case let kind?:
            "[\(kind) \(item["mimeType"]?.stringValue ?? ""), \(item["data"]?.stringValue?.utf8.count ?? 0) "
                + "characters of base64]"
        case nil: item.text(.spaced)
        }
    }
}
