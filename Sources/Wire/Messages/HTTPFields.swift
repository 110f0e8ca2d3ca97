/// The header fields of a message, in the order and spelling in which they came.
public struct HTTPFields: Sendable, Hashable {
    /// One field.
    public struct Field: Sendable, Hashable {
        /// The name as written.
        public var name: String
        /// The value, without white space around it.
        public var value: String

        /// A field of the given parts.
        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// All fields in order.
    public private(set) var all: [Field]

    /// The given fields.
    public init(_ fields: [Field] = []) { all = fields }

    /// The value of the first field of that name; setting replaces all of them, or removes them with `nil`.
    public subscript(name: String) -> String? {
        get { all.first { HTTPFields.isSame($0.name, name) }?.value }
        set {
            let place = all.firstIndex { HTTPFields.isSame($0.name, name) } ?? all.endIndex
            all.removeAll { HTTPFields.isSame($0.name, name) }
            if let newValue { all.insert(Field(name, newValue), at: min(place, all.endIndex)) }
        }
    }

    /// The values of all fields of that name.
    public func values(of name: String) -> [String] {
        all.filter { HTTPFields.isSame($0.name, name) }.map(\.value)
    }

    /// The fields without those that belong to one connection only (RFC 9110, section 7.6.1).
    public var endToEnd: HTTPFields {
        let named = values(of: "connection").flatMap { $0.split(separator: ",") }.map(HTTPFields.trimmed)
        let hop =
            [
                "connection", "keep-alive", "proxy-connection", "te", "trailer",
                "transfer-encoding", "upgrade",
            ] + named
        return HTTPFields(all.filter { field in !hop.contains { HTTPFields.isSame($0, field.name) } })
    }

    /// The words of all fields of that name, which are one list, in lower case (RFC 9110, section 5.6.1).
    public func words(of name: String) -> [String] {
        values(of: name).flatMap { $0.utf8.split(separator: UInt8(ascii: ",")) }.map { word in
            String(decoding: word.filter { $0 != 0x20 && $0 != 0x09 }.map(HTTPFields.lower), as: UTF8.self)
        }
    }

    /// Field names are compared by their ASCII letters, whatever their case.
    static func isSame(_ a: String, _ b: String) -> Bool {
        a.utf8.count == b.utf8.count && zip(a.utf8, b.utf8).allSatisfy { lower($0) == lower($1) }
    }

    static func lower(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }

    private static func trimmed(_ text: Substring) -> String {
        String(text.drop { $0 == " " || $0 == "\t" }.prefix { $0 != " " && $0 != "\t" })
    }
}

/// A request without its body.
public struct HTTPRequest: Sendable, Hashable {
    /// The method, in capitals.
    public var method: String
    /// The path with its query, as sent.
    public var target: String
    /// The header fields.
    public var fields: HTTPFields

    /// A request of the given parts.
    public init(method: String, target: String, fields: HTTPFields) {
        self.method = method
        self.target = target
        self.fields = fields
    }

    /// The target up to its query.
    public var path: String { String(target.prefix { $0 != "?" && $0 != "#" }) }
}

/// The beginning of a response.
public struct HTTPResponse: Sendable, Hashable {
    /// The status code.
    public var status: Int
    /// The header fields.
    public var fields: HTTPFields

    /// A response of the given parts.
    public init(status: Int, fields: HTTPFields) {
        self.status = status
        self.fields = fields
    }

    /// The value of `content-type` up to its parameters, in lower case.
    public var mediaType: String {
        let value = fields["content-type"] ?? ""
        return String(value.prefix { $0 != ";" && $0 != " " }).lowercased()
    }
}
