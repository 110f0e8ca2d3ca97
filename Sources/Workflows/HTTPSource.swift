import Agent
import JSON
import Tools

/// An OpenAPI document whose operations become tools.
public struct OpenAPISource: Sendable, Hashable {
    /// The document's path.
    public var path: String
    /// The address that its paths follow; `nil` is the document's own.
    public var server: String?
    /// Headers for every request.
    public var headers: [HTTPSettings.Field]
    /// The operations that are taken, where `*` stands for any characters; `nil` is all of them.
    public var tools: [String]?

    /// A source of the given parts.
    public init(
        path: String, server: String? = nil, headers: [HTTPSettings.Field] = [], tools: [String]? = nil
    ) {
        self.path = path
        self.server = server
        self.headers = headers
        self.tools = tools
    }

    /// Reads the document's text, YAML or JSON, and makes the tools.
    /// - Throws: ``WorkflowError`` where the text is no document, `OpenAPIError` where it cannot be used.
    public func open(_ text: String) throws -> (tools: [HTTPTool], faults: [OperationFault]) {
        let document = try LocatedDocument(text, file: path).value
        let catalogue = try OpenAPICatalogue(document, server: server, headers: headers)
        return catalogue.tools { name in tools?.contains { Policy.glob($0, matches: name) } ?? true }
    }
}

extension ToolSourceReader {
    func openAPI(_ tool: JSONValue, at place: JSONPointer) throws(WorkflowError) -> OpenAPISource {
        OpenAPISource(
            path: path(tool["openapi"]?.stringValue ?? ""), server: tool["server"]?.stringValue,
            headers: try headers(tool["headers"], nil, at: place.appending("headers")),
            tools: tool["tools"]?.arrayValue?.compactMap(\.stringValue))
    }

    func request(
        _ http: JSONValue, _ definition: ToolDefinition, at place: JSONPointer
    ) throws(WorkflowError) -> HTTPSettings {
        let url = try template(http["url"]?.stringValue ?? "", definition, at: place.appending("url"))
        if let message = HTTPSettings.fault(in: url) { throw fault(at: place.appending("url"), message) }
        var settings = HTTPSettings(method: http["method"]?.stringValue ?? "GET", url: url)
        settings.query = try fields(http["query"], definition, at: place.appending("query"))
        settings.headers = try headers(http["headers"], definition, at: place.appending("headers"))
        settings.seconds = http["seconds"]?.intValue
        if let bytes = http["output-bytes"]?.intValue { settings.outputBytes = bytes }
        switch http["body"] {
        case nil: break
        case "arguments": settings.body = .arguments
        case let body?:
            let inner = place.appending("body")
            do {
                settings.body = .json(
                    try JSONTemplate(body) { (template) throws(TemplateError) in
                        if let message = stranger(in: template, definition) { throw TemplateError(message) }
                    })
            } catch {
                throw fault(at: inner, error.description)
            }
        }
        if let form = http["form"] {
            settings.body = .form(try fields(form, definition, at: place.appending("form")))
        }
        return settings
    }

    private func headers(
        _ value: JSONValue?, _ definition: ToolDefinition?, at place: JSONPointer
    ) throws(WorkflowError) -> [HTTPSettings.Field] {
        let fields = try fields(value, definition, at: place)
        for field in fields {
            if let message = HTTPSettings.fault(inHeaderNamed: field.name) {
                throw fault(at: place.appending(field.name), message)
            }
        }
        return fields
    }

    /// Named templates; those of headers and queries may use variables of the environment, and where `definition` is
    /// `nil` nothing else.
    private func fields(
        _ value: JSONValue?, _ definition: ToolDefinition?, at place: JSONPointer
    ) throws(WorkflowError) -> [HTTPSettings.Field] {
        var fields: [HTTPSettings.Field] = []
        for member in value?.objectValue ?? JSONObject() {
            let inner = place.appending(member.key)
            let template: ArgumentTemplate
            do {
                template = try ArgumentTemplate(member.value.stringValue ?? "", variables: true)
            } catch {
                throw fault(at: inner, error.description)
            }
            if definition == nil, !template.pointers.isEmpty {
                throw fault(at: inner, "here only variables of the environment can stand: ${NAME}")
            }
            if let definition, let message = stranger(in: template, definition) {
                throw fault(at: inner, message)
            }
            fields.append(HTTPSettings.Field(name: member.key, value: template))
        }
        return fields
    }
}
