import Agent
import JSON

/// Turns the operations of an OpenAPI 3.0 or 3.1 document into tools.
public struct OpenAPICatalogue: Sendable {
    private let document: JSONValue
    /// The address that the caller gave, which goes before every server of the document.
    private let given: String?
    /// The document's own.
    private let server: String?
    private let headers: [HTTPSettings.Field]

    /// A catalogue of the document's operations.
    ///
    /// - Parameters:
    ///   - server: the address that paths follow; the document's first server by default.
    ///   - headers: sent with every request, for example an authorisation.
    /// - Throws: ``OpenAPIError`` when this is no such document, or no server is known.
    public init(
        _ document: JSONValue, server: String? = nil, headers: [HTTPSettings.Field] = []
    ) throws(OpenAPIError) {
        guard let version = document["openapi"]?.plainText, version.hasPrefix("3.") else {
            throw OpenAPIError("this is no OpenAPI 3 document; it begins with \"openapi\": \"3.…\"")
        }
        self.document = document
        self.headers = headers
        if let server {
            given = try OpenAPIServer.address([["url": .string(server)]])
            self.server = given
            return
        }
        given = nil
        do {
            self.server = try OpenAPIServer.address(document["servers"] ?? [])
        } catch {
            let items = (document["paths"]?.objectValue ?? JSONObject()).map(\.value)
            let haveOwn = items.contains { item in
                item["servers"] != nil
                    || item.objectValue?.contains { $0.value["servers"] != nil } ?? false
            }
            guard haveOwn else { throw error }
            self.server = nil
        }
    }

    /// The address that an operation's path follows: its own, its path's or the document's.
    private func address(_ operation: JSONValue, _ item: JSONValue) throws(OpenAPIError) -> String {
        if let given { return given }
        let lists = [operation["servers"], item["servers"]].compactMap(\.self)
        let own = lists.first { $0.arrayValue?.isEmpty == false }
        guard let own else {
            guard let server else { return try OpenAPIServer.address(document["servers"] ?? []) }
            return server
        }
        let address = try OpenAPIServer.address(own)
        // Keys that are given for the document's server are none of another's business.
        let isOurs = server.map { OpenAPIServer.isSameOrigin($0, address) } ?? false
        guard headers.isEmpty || isOurs else {
            throw OpenAPIError(
                "it has the server \(address) of its own, which is not given the headers of this source; "
                    + "take it by a source of its own, with \"server\": \"\(address)\"")
        }
        return address
    }

    /// The tools, in the order of the document; `isTaken` sees each name.
    public func tools(
        where isTaken: (String) -> Bool = { _ in true }
    ) -> (tools: [HTTPTool], faults: [OperationFault]) {
        var tools: [HTTPTool] = []
        var faults: [OperationFault] = []
        for path in document["paths"]?.objectValue ?? JSONObject() {
            let item: JSONValue
            do {
                item = try resolved(path.value)
            } catch {
                faults.append(OperationFault(operation: path.key, error: error))
                continue
            }
            for method in ["get", "put", "post", "delete", "patch", "head", "options"] {
                guard let operation = item[method], operation != .null else { continue }
                let name = OpenAPICatalogue.name(operation, method, path.key)
                guard isTaken(name) else { continue }
                do {
                    tools.append(try tool(name, method, path.key, operation, item))
                } catch {
                    faults.append(OperationFault(operation: name, error: error))
                }
            }
        }
        return (tools, faults)
    }

    /// The operation's own ID, or its method and path, in the characters that a tool's name may have.
    private static func name(_ operation: JSONValue, _ method: String, _ path: String) -> String {
        let source = operation["operationId"]?.stringValue ?? "\(method)_\(path)"
        var name = ""
        for scalar in source.unicodeScalars {
            let isPlain =
                scalar.isASCII
                && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || scalar == "-")
            if isPlain {
                name.unicodeScalars.append(scalar)
            } else if name.last != "_", !name.isEmpty {
                name += "_"
            }
        }
        while name.last == "_" { name.removeLast() }
        return String(name.prefix(128))
    }

    private func tool(
        _ name: String, _ method: String, _ path: String, _ operation: JSONValue, _ item: JSONValue
    ) throws(OpenAPIError) -> HTTPTool {
        var schemas = OpenAPISchemas(document: document)
        var properties = JSONObject()
        var required: [JSONValue] = []
        var settings = HTTPSettings(
            method: method.uppercased(), url: ArgumentTemplate(pieces: []), headers: headers)
        settings.pathStyle = .joined(",")
        var inPath: [ByteString: String] = [:]
        for parameter in try parameters(operation["parameters"], item["parameters"]) {
            guard let given = parameter["name"]?.stringValue, let place = parameter["in"]?.stringValue else {
                continue
            }
            if place == "cookie" {
                guard parameter["required"]?.boolValue != true else {
                    throw OpenAPIError("it needs the cookie \(given), and cookies are not sent")
                }
                continue
            }
            // A key that the workflow gives is none of the model's business.
            if place == "header", headers.contains(where: { $0.name.lowercased() == given.lowercased() }) {
                continue
            }
            let style = try OpenAPIStyle(parameter, named: given, in: place, of: document).style
            let argument = properties.contains(key: given) || given == "body" ? "\(given)_\(place)" : given
            var schema = try schemas.converted(
                parameter["schema"] ?? parameter["content"]?.objectValue?.members.first?.value["schema"]
                    ?? [:])
            if let words = parameter["description"], schema["description"] == nil,
                var object = schema.objectValue
            {
                object["description"] = words
                schema = .object(object)
            }
            properties[argument] = schema
            if place == "path" || parameter["required"]?.boolValue == true {
                required.append(.string(argument))
            }
            let field = HTTPSettings.Field(
                name: given, value: ArgumentTemplate(pieces: [.argument(JSONPointer([argument]))]),
                style: style)
            switch place {
            case "query": settings.query.append(field)
            case "header":
                if let message = HTTPSettings.fault(inHeaderNamed: given) {
                    throw OpenAPIError("operation \(name): \(message)")
                }
                settings.headers.append(field)
            default: inPath[ByteString(given)] = argument
            }
        }
        settings.url = try url(path, after: try address(operation, item), inPath)
        if let given = operation["requestBody"], given != .null {
            let body = try resolved(given)
            guard let content = OpenAPICatalogue.json(body["content"]) else {
                throw OpenAPIError("operation \(name) takes no JSON body; leave it out")
            }
            properties["body"] = try schemas.converted(content["schema"] ?? [:])
            if body["required"]?.boolValue == true { required.append("body") }
            settings.body = .argument(JSONPointer(["body"]))
        }
        var parameters = JSONObject([
            .init(key: "type", value: "object"), .init(key: "properties", value: .object(properties)),
        ])
        if !required.isEmpty { parameters["required"] = .array(required) }
        parameters["additionalProperties"] = false
        if let definitions = try schemas.definitions() { parameters["$defs"] = definitions }
        let words = [operation["summary"], operation["description"]].compactMap { $0?.stringValue }
        return HTTPTool(
            definition: ToolDefinition(
                name: name,
                description: words.isEmpty ? "\(settings.method) \(path)" : words.joined(separator: "\n"),
                parameters: .object(parameters)),
            settings: settings)
    }

    /// The path's parameters and the operation's own, of which the latter win.
    private func parameters(_ own: JSONValue?, _ shared: JSONValue?) throws(OpenAPIError) -> [JSONValue] {
        var parameters: [JSONValue] = []
        for parameter in (own?.arrayValue ?? []) + (shared?.arrayValue ?? []) {
            let parameter = try resolved(parameter)
            let isThere = parameters.contains {
                $0["name"] == parameter["name"] && $0["in"] == parameter["in"]
            }
            if !isThere { parameters.append(parameter) }
        }
        return parameters
    }

    private func url(
        _ path: String, after server: String, _ names: [ByteString: String]
    ) throws(OpenAPIError) -> ArgumentTemplate {
        var pieces: [ArgumentTemplate.Piece] = []
        var text = server
        var rest = path[...]
        while let start = rest.firstIndex(of: "{"), let end = rest[start...].firstIndex(of: "}") {
            let name = String(rest[rest.index(after: start)..<end])
            guard let argument = names[ByteString(name)] else {
                throw OpenAPIError("the path \(path) names {\(name)}, which is no parameter of the path")
            }
            pieces.append(.text(text + rest[..<start]))
            pieces.append(.argument(JSONPointer([argument])))
            text = ""
            rest = rest[rest.index(after: end)...]
        }
        text += rest
        if !text.isEmpty { pieces.append(.text(text)) }
        return ArgumentTemplate(pieces: pieces)
    }

    private static func json(_ content: JSONValue?) -> JSONValue? {
        let kinds = content?.objectValue?.members ?? []
        return kinds.first { $0.key.hasPrefix("application/json") }?.value
            ?? kinds.first { $0.key.hasSuffix("+json") || $0.key == "*/*" }?.value
    }

    /// Follows a `$ref` to another place of the document.
    private func resolved(_ value: JSONValue) throws(OpenAPIError) -> JSONValue {
        var value = value
        for _ in 0..<16 {
            guard let reference = value["$ref"]?.stringValue else { return value }
            guard let target = OpenAPISchemas.target(reference, in: document) else {
                throw OpenAPIError("the reference \(reference) leads nowhere in the document")
            }
            value = target
        }
        throw OpenAPIError("the reference \(value["$ref"]?.stringValue ?? "") leads in a circle")
    }
}

/// An operation that cannot become a tool.
public struct OperationFault: Sendable, Hashable {
    /// The name that the tool would have, or the path.
    public let operation: String
    /// Why.
    public let error: OpenAPIError
}

/// Why an OpenAPI document cannot be used.
public struct OpenAPIError: Error, Sendable, Hashable, CustomStringConvertible {
    /// One line.
    public let description: String

    init(_ description: String) { self.description = description }
}
