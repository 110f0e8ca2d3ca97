import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A proxy of the network on the way to other hosts, as the environment names it for curl, pip and git.
///
/// `HTTPS_PROXY` and `ALL_PROXY` (or in small letters) hold for encrypted connections, `http_proxy` for others; never for
/// loopback, nor for what `NO_PROXY` lists: names with what stands below them, addresses, `*`.
struct ForwardProxy: Sendable, Hashable {
    /// Where the proxy is.
    let origin: Origin
    /// The value of `Proxy-Authorization`, where the address holds a name and a password.
    let authorization: String?

    /// The proxy for a server; `nil` where none stands between.
    /// - Throws: ``WireError`` of kind `address` for a variable that holds no proxy of HTTP.
    init?(to server: Origin, environment: (String) -> String? = ForwardProxy.variable) throws(WireError) {
        // A variable HTTP_PROXY can be set by whoever calls a CGI program; curl reads its small form only.
        let names =
            server.isSecure
            ? ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]
            : ["http_proxy", "all_proxy", "ALL_PROXY"]
        let exceptions = environment("no_proxy") ?? environment("NO_PROXY") ?? ""
        guard !ForwardProxy.isLocal(server.host), !ForwardProxy.isExcepted(server.host, exceptions),
            let name = names.first(where: { environment($0) != nil }), let text = environment(name),
            !text.isEmpty
        else { return nil }
        let bytes = Array(text.utf8)
        let start = bytes.indices.first { bytes[$0...].starts(with: "://".utf8) }.map { $0 + 3 } ?? 0
        let scheme = start == 0 ? "http://" : String(decoding: bytes[..<start], as: UTF8.self)
        let end = bytes[start...].firstIndex(of: UInt8(ascii: "/")) ?? bytes.endIndex
        let at = bytes[start..<end].lastIndex(of: UInt8(ascii: "@"))
        let host = String(decoding: bytes[(at.map { $0 + 1 } ?? start)..<end], as: UTF8.self)
        guard scheme == "http://", let origin = try? Origin(scheme + host) else {
            throw WireError(
                .address,
                "the variable \(name) names no proxy that is spoken to by HTTP; write http://HOST:PORT")
        }
        self.origin = origin
        authorization = at.map {
            "Basic " + Data(ForwardProxy.decoded(bytes[start..<$0])).base64EncodedString()
        }
    }

    static func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

    private static func isLocal(_ host: String) -> Bool {
        let isAddress = host.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }
        return host == "localhost" || host == "::1" || isAddress && host.utf8.starts(with: "127.".utf8)
    }

    private static func isExcepted(_ host: String, _ list: String) -> Bool {
        let host = Array(host.utf8).map(HTTPFields.lower)
        return list.utf8.split(whereSeparator: { ", ".utf8.contains($0) }).contains { entry in
            let name = Array(
                entry.drop { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "*") }.map(HTTPFields.lower))
            if name.isEmpty { return entry.contains(UInt8(ascii: "*")) }
            return host == name || host.reversed().starts(with: ([UInt8(ascii: ".")] + name).reversed())
        }
    }

    private static func decoded(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        var rest = bytes
        while let byte = rest.popFirst() {
            let digits = rest.prefix(2)
            if byte == UInt8(ascii: "%"), digits.count == 2,
                let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
            {
                result.append(value)
                rest = rest.dropFirst(2)
            } else {
                result.append(byte)
            }
        }
        return result
    }
}
