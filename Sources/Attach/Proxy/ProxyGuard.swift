import Wire

/// Who may use the proxy: programs on this machine, and no page in a browser that happens to reach it.
struct ProxyGuard: Sendable {
    /// The header that carries the token where the proxy listens to other machines.
    static let tokenField = "x-callgate-token"

    let host: String
    let port: Int
    /// What every request must carry; `nil` on loopback.
    let token: String?

    /// Why a request is not served; `nil` where it is.
    func objection(to request: HTTPRequest) -> String? {
        if let origin = request.fields["origin"], !ProxyGuard.isLoopback(ProxyGuard.host(of: origin)) {
            return "requests from web pages are not served (Origin: \(origin))"
        }
        if let token {
            let given = request.fields[ProxyGuard.tokenField] ?? ""
            return ProxyGuard.isSame(given, token)
                ? nil : "the header \(ProxyGuard.tokenField) does not carry the token"
        }
        // A name that an attacker lets point to this machine is no name of this machine.
        let named = request.fields["host"].map { ProxyGuard.host(of: $0) } ?? ""
        guard ProxyGuard.isLoopback(named) else {
            return "the proxy is reached under \(named.isEmpty ? "no name" : named); use 127.0.0.1:\(port)"
        }
        return nil
    }

    /// Whether a host is this machine whatever a name service says.
    static func isLoopback(_ host: String) -> Bool {
        let bytes = host.lowercased()
        return bytes == "localhost" || bytes == "::1"
            || bytes.utf8.starts(with: "127.".utf8) && isAddress(bytes)
    }

    private static func isAddress(_ text: String) -> Bool {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { UInt8(String(decoding: $0, as: UTF8.self)) != nil }
    }

    /// The host in `Host` or `Origin`.
    private static func host(of value: String) -> String {
        var rest = Substring(value)
        for scheme in ["http://", "https://"] where rest.hasPrefix(scheme) {
            rest = rest.dropFirst(scheme.count)
        }
        if rest.first == "[" { return String(rest.dropFirst().prefix { $0 != "]" }) }
        return String(rest.prefix { $0 != ":" && $0 != "/" })
    }

    /// Compares in a time that does not tell where two texts differ.
    private static func isSame(_ a: String, _ b: String) -> Bool {
        a.utf8.count == b.utf8.count && zip(a.utf8, b.utf8).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
