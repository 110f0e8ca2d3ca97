/// Why a connection or a message on it could not be used.
public struct WireError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of fault it is.
    public enum Kind: Sendable, Hashable {
        /// An address that cannot be used.
        case address
        /// There is no host of that name.
        case unknownHost
        /// The host is there, and nobody takes a connection at the port.
        case refused
        /// No connection could be made, for another reason.
        case unreachable
        /// No encrypted connection was agreed on: a certificate that is not trusted, or a server without encryption.
        case insecure
        /// Nothing came for too long.
        case timedOut
        /// The message was larger than it may be.
        case tooLarge
        /// The connection ended before the message did.
        case cut
        /// The other side wrote what is no HTTP.
        case malformed
        /// The body is in a content coding that is not read.
        case coding
    }

    /// What kind of fault it is.
    public let kind: Kind
    /// Whether no connection was made, so that nothing can have been sent.
    public var isBeforeConnecting: Bool {
        [.address, .unknownHost, .refused, .unreachable, .insecure].contains(kind)
    }
    /// One line: what failed, where, and what to do.
    public let description: String

    /// An error of the given parts.
    public init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }
}
