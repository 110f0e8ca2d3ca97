import NIOSSL
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The certificates that make a server's name believable, read once, when the first connection needs them.
///
/// A program that speaks to loopback only never needs them, and may run where there are none.
final class TrustedCertificates: Sendable {
    static let shared = TrustedCertificates()

    private let read = Mutex<NIOSSLContext?>(nil)

    /// What encrypts a client's connections.
    /// - Throws: ``WireError`` of kind `address` where no certificate can be read.
    func context() throws(WireError) -> NIOSSLContext {
        let found = read.withLock { read -> Result<NIOSSLContext, WireError> in
            if let read { return .success(read) }
            return TrustedCertificates.load().map {
                read = $0
                return $0
            }
        }
        return try found.get()
    }

    private static func load() -> Result<NIOSSLContext, WireError> {
        var configuration = TLSConfiguration.makeClientConfiguration()
        let named = getenv("SSL_CERT_FILE").map { String(cString: $0) }
        if let named, !named.isEmpty { configuration.trustRoots = .file(named) }
        do {
            return .success(try NIOSSLContext(configuration: configuration))
        } catch {
            let place =
                named.map { "the certificates in \($0) (SSL_CERT_FILE)" } ?? "the system's certificates"
            return .failure(WireError(.address, "\(place) cannot be read: \(error)"))
        }
    }
}
