/// The address of one resource: its server, and what is asked of it there (RFC 3986, RFC 9110 section 7.1).
public struct WebAddress: Sendable, Hashable, CustomStringConvertible {
    /// The server, with an empty base path.
    public let origin: Origin
    /// Path and query, as sent.
    public let target: String

    /// Reads an `http` or `https` address; a fragment is left out, since servers are not told of it.
    ///
    /// What is not ASCII is percent-encoded.
    /// - Throws: ``WireError`` of kind `address`.
    public init(_ text: String) throws(WireError) {
        let bytes = Array(text.utf8.prefix { $0 != UInt8(ascii: "#") })
        let slashes = bytes.indices.first { bytes[$0...].starts(with: "://".utf8) } ?? 0
        let start = min(bytes.count, slashes + 3)
        let end = bytes[start...].firstIndex { "/?".utf8.contains($0) } ?? bytes.endIndex
        origin = try Origin(String(decoding: bytes[..<end], as: UTF8.self))
        guard bytes[end...].allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw WireError(.address, "\(origin)… is no address: it has a control character in it")
        }
        let slash = bytes[end...].first == UInt8(ascii: "/") ? "" : "/"
        target =
            slash
            + PercentEncoding.encoded(
                String(decoding: bytes[end...], as: UTF8.self), keeping: PercentEncoding.isOfTarget)
    }

    /// The whole address.
    public var description: String { "\(origin)\(target)" }
}
