import Agent
import Foundation
import JSON
import Wire

/// How an HTTP tool makes its request.
public struct HTTPSettings: Sendable, Hashable {
    /// A named value: a parameter of the query or a form, or a header.
    public struct Field: Sendable, Hashable {
        /// The name.
        public var name: String
        /// The value; the field is left out where it names an absent argument.
        public var value: ArgumentTemplate
        /// How a list or an object that fills it is written.
        public var style: Style

        /// A field of the given parts.
        public init(name: String, value: ArgumentTemplate, style: Style = .repeated) {
            self.name = name
            self.value = value
            self.style = style
        }
    }

    /// How a list or an object is written in a place for text (OpenAPI 3.1, "Style Values").
    public enum Style: Sendable, Hashable {
        /// A list as one field for each element, anything else as its text or its JSON.
        case repeated
        /// All as one value, between whose parts that text stands; an object's keys are parts as well.
        case joined(String)
        /// An object as one field for each member, named `name[key]`.
        case bracketed
        /// An object as one field for each member, named by its key; no others than those names are.
        case spread([String])
        /// Any value as its JSON.
        case json
    }

    /// What the request carries.
    public enum Body: Sendable, Hashable {
        /// Nothing.
        case none
        /// The arguments as the JSON text that was approved.
        case arguments
        /// The argument at that place, as JSON; nothing where it is absent.
        case argument(JSONPointer)
        /// JSON with templates in its strings.
        case json(JSONTemplate)
        /// A form (`application/x-www-form-urlencoded`).
        case form([Field])
    }

    /// The method, in capitals.
    public var method: String
    /// The address up to the query.
    public var url: ArgumentTemplate
    /// The query's parameters.
    public var query: [Field]
    /// The headers.
    public var headers: [Field]
    /// How lists and objects are written in the path.
    public var pathStyle = Style.repeated
    /// The body.
    public var body: Body
    /// The seconds after which it is given up; `nil` is the run's own limit.
    public var seconds: Int?
    /// The most bytes kept of the answer.
    public var outputBytes: Int

    /// Settings of the given values.
    public init(
        method: String = "GET", url: ArgumentTemplate, query: [Field] = [], headers: [Field] = [],
        body: Body = .none, seconds: Int? = nil, outputBytes: Int = 65_536
    ) {
        self.method = method
        self.url = url
        self.query = query
        self.headers = headers
        self.body = body
        self.seconds = seconds
        self.outputBytes = outputBytes
    }

    /// What is wrong with a URL template, in words; nothing where it can be used.
    ///
    /// An argument may stand in the path and in what follows it, never in the scheme, the host or the port.
    public static func fault(in url: ArgumentTemplate) -> String? {
        guard case .text(let start)? = url.pieces.first,
            let scheme = ["https://", "http://"].first(where: {
                start.utf8.prefix($0.utf8.count).loweredASCII
                    .elementsEqual($0.utf8)
            })
        else { return "an address begins with http:// or https://" }
        let rest = start.utf8.dropFirst(scheme.utf8.count)
        guard
            let host = rest.firstIndex(where: { "/?#".utf8.contains($0) })
                ?? (url.pieces.count == 1 ? rest.endIndex : nil)
        else { return "an argument cannot be part of the host; the first one stands after a /" }
        if host == rest.startIndex { return "the address names no host" }
        if rest[..<host].contains(UInt8(ascii: "@")) {
            return "a name and a password don't belong in an address; use a header"
        }
        // A backslash ends the host to some readers of addresses and not to others.
        if let odd = rest[..<host].first(where: {
            !(0x21...0x7E).contains($0) || "\\<>\"`^{|}".utf8.contains($0)
        }) {
            return "the host holds the byte \(odd), which no host has; write an international name as xn--…"
        }
        if url.pieces.contains(where: {
            if case .text(let text) = $0 { text.holdsByte(of: "#") } else { false }
        }) {
            return "an address that is requested has no fragment (#)"
        }
        return nil
    }

    /// What is wrong with the name of a header, in words; nothing where it can be used.
    public static func fault(inHeaderNamed name: String) -> String? {
        HTTPFields.isName(name)
            ? nil : "no header can be named \"\(name)\"; write letters, digits and - only"
    }

    /// The variables of the environment that the request uses.
    var variables: [String] {
        (url.variables + (query + headers).flatMap(\.value.variables))
    }
}

/// JSON in whose strings arguments stand; the result is written as JSON, so no value can end its string.
public struct JSONTemplate: Sendable, Hashable {
    indirect enum Node: Sendable, Hashable {
        case value(JSONValue)
        case text(ArgumentTemplate)
        case array([Node])
        case object([Member])
    }

    struct Member: Sendable, Hashable {
        let key: String
        let node: Node
    }

    let root: Node

    /// Reads a template; `check` sees each string's template.
    /// - Throws: what `check` throws, and ``TemplateError``.
    public init(_ value: JSONValue, check: (ArgumentTemplate) throws(TemplateError) -> Void)
        throws(TemplateError)
    {
        root = try JSONTemplate.node(value, check)
    }

    private static func node(
        _ value: JSONValue, _ check: (ArgumentTemplate) throws(TemplateError) -> Void
    ) throws(TemplateError) -> Node {
        switch value {
        case .string(let text):
            let template = try ArgumentTemplate(text)
            try check(template)
            return .text(template)
        case .array(let elements):
            var nodes: [Node] = []
            for element in elements { nodes.append(try node(element, check)) }
            return .array(nodes)
        case .object(let object):
            var members: [Member] = []
            for member in object {
                members.append(Member(key: member.key, node: try node(member.value, check)))
            }
            return .object(members)
        default: return .value(value)
        }
    }

    /// The JSON with each argument in its place: a string that is nothing but `{name}` becomes the argument itself, of
    /// whatever type; members and elements that name an absent argument are left out.
    func value(_ arguments: JSONValue) -> JSONValue? { JSONTemplate.value(root, arguments) }

    private static func value(_ node: Node, _ arguments: JSONValue) -> JSONValue? {
        switch node {
        case .value(let value): return value
        case .text(let template):
            if let whole = template.whole { return arguments[whole] }
            return template.text(arguments).map { .string($0) }
        case .array(let nodes): return .array(nodes.compactMap { value($0, arguments) })
        case .object(let members):
            return .object(
                JSONObject(
                    members.compactMap { member in
                        value(member.node, arguments).map { .init(key: member.key, value: $0) }
                    }))
        }
    }
}
