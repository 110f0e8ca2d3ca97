/// Where a server is: scheme, host, port and the path before every target.
public struct Origin: Sendable, Hashable, CustomStringConvertible {
    /// Whether the connection is encrypted.
    public let isSecure: Bool
    /// A name or an address, without brackets.
    public let host: String
    /// The port.
    public let port: Int
    /// What stands before every target: empty, or a path that begins with `/` and does not end with one.
    public let basePath: String

    /// Reads a base URL: `http://127.0.0.1:8080/v1`.
    /// - Throws: ``WireError`` of kind `address` for anything else.
    public init(_ text: String) throws(WireError) {
        func refuse(_ reason: String) -> WireError {
            WireError(
                .address,
                "\(text) is no address of a server (\(reason)); write https://host or http://host:port")
        }
        let rest: Substring
        if text.hasPrefix("https://") {
            (isSecure, rest) = (true, text.dropFirst(8))
        } else if text.hasPrefix("http://") {
            (isSecure, rest) = (false, text.dropFirst(7))
        } else {
            throw refuse("it begins with neither http:// nor https://")
        }
        if rest.contains(where: { $0 == "?" || $0 == "#" }) { throw refuse("it has a query") }
        let authority = rest.prefix { $0 != "/" }
        if authority.contains("@") {
            throw refuse("it has a user in it; put keys into the client's own settings")
        }
        let name: Substring
        var tail: Substring
        if authority.first == "[" {
            guard let end = authority.firstIndex(of: "]") else { throw refuse("the bracket is not closed") }
            name = authority[authority.index(after: authority.startIndex)..<end]
            tail = authority[authority.index(after: end)...]
        } else {
            name = authority.prefix { $0 != ":" }
            tail = authority.dropFirst(name.count)
        }
        guard !name.isEmpty else { throw refuse("it has no host") }
        host = String(name)
        if tail.first == ":" {
            tail = tail.dropFirst()
            guard let number = Int(tail), (1...65_535).contains(number) else {
                throw refuse("the port is no number up to 65535")
            }
            port = number
        } else if tail.isEmpty {
            port = isSecure ? 443 : 80
        } else {
            throw refuse("the host is not followed by a port")
        }
        var path = String(rest.dropFirst(authority.count))
        while path.hasSuffix("/") { path.removeLast() }
        basePath = path
    }

    /// The value of the `Host` field for this server.
    public var authority: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == (isSecure ? 443 : 80) ? name : "\(name):\(port)"
    }

    /// The base URL.
    public var description: String { "\(isSecure ? "https" : "http")://\(authority)\(basePath)" }
}
