import Compression
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A client for HTTP/1.1 that takes a response as it comes: who reads slowly slows down the server.
public struct HTTPClient: Sendable {
    typealias Connection = NIOAsyncChannel<WirePart<HTTPResponse>, WirePart<HTTPRequest>>

    /// How long to wait.
    public struct TimeLimits: Sendable, Hashable {
        /// Seconds for a connection to be made.
        public var connecting: Int
        /// Seconds for which whoever reads waits in vain, before the head and between two pieces of the body.
        public var silence: Int

        /// The given limits.
        public init(connecting: Int = 20, silence: Int = 900) {
            self.connecting = connecting
            self.silence = silence
        }
    }

    private let limits: TimeLimits
    private let security: TrustedCertificates

    /// A client with the given limits.
    ///
    /// It trusts the system's certificates, or those of the file that `SSL_CERT_FILE` names, as curl and OpenSSL do; they
    /// are read with the first connection that needs them. Where the environment names a proxy of the network
    /// (``ForwardProxy``), connections to other hosts go through it.
    public init(limits: TimeLimits = TimeLimits()) {
        self.limits = limits
        security = TrustedCertificates.shared
    }

    /// Sends a request and hands the response to `use` while it comes; the connection is closed once `use` returns.
    ///
    /// - Throws: ``WireError`` for a fault of the connection, or what `use` threw. Cancelling the task ends the
    ///   connection at once.
    public func send<Result: Sendable>(
        _ request: HTTPRequest, body: [UInt8], to origin: Origin,
        _ use: @Sendable (HTTPResponse, inout HTTPResponseBody) async throws -> Result
    ) async throws -> Result {
        var request = request
        request.fields["host"] = origin.authority
        if !body.isEmpty || request.fields["content-length"] != nil {
            request.fields["content-length"] = String(body.count)
        }
        if let fault = request.fault {
            throw WireError(.address, "no request was sent to \(origin.authority): \(fault)")
        }
        let watch = SilenceWatch(seconds: limits.silence, authority: origin.authority)
        let connection = try await connect(to: origin, watch)
        return try await connection.executeThenClose { [request] inbound, outbound in
            watch.begin()
            do {
                try await outbound.write(.head(request))
                if !body.isEmpty { try await outbound.write(.body(ByteBuffer(bytes: body))) }
                try await outbound.write(.end)
            } catch let error where !(error is CancellationError) {
                // Who closes before all has been sent may have answered nevertheless; what is read next tells.
            }
            var parts = inbound.makeAsyncIterator()
            let first: WirePart<HTTPResponse>?
            do {
                first = try await parts.next()
            } catch {
                try Task.checkCancellation()
                throw HTTPClient.fault(error, origin)
            }
            watch.end()
            guard case .head(let response)? = first else {
                try Task.checkCancellation()
                throw WireError(.cut, "\(origin.authority) closed the connection without an answer")
            }
            var reader = HTTPResponseBody(
                parts: parts, origin: origin, channel: connection.channel, watch: watch)
            return try await use(response, &reader)
        }
    }

    private func connect(to origin: Origin, _ watch: SilenceWatch) async throws(WireError) -> Connection {
        let security = origin.isSecure ? try security.context() : nil
        let proxy = try ForwardProxy(to: origin)
        let place = proxy?.origin ?? origin
        // Where a server answers from, what it asks for stays on its thread.
        let group: any EventLoopGroup =
            MultiThreadedEventLoopGroup.currentEventLoop ?? MultiThreadedEventLoopGroup.singleton
        do {
            let bootstrap = ClientBootstrap(group: group)
                .connectTimeout(.seconds(Int64(limits.connecting)))
                .channelOption(.tcpOption(.tcp_nodelay), value: 1)
                // The system would buffer tens of megabytes before a slow reader slows down the server.
                .channelOption(.socketOption(.so_rcvbuf), value: 1 << 18)
            let initialise: @Sendable (any Channel) -> EventLoopFuture<Connection> = { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let proxy {
                        try pipeline.addHandler(TunnelHandler(through: proxy, to: origin))
                    }
                    if let security {
                        let name = HTTPClient.address(origin.host) == nil ? origin.host : nil
                        try pipeline.addHandler(
                            NIOSSLClientHandler(context: security, serverHostname: name))
                        try pipeline.addHandler(HandshakeWatch(origin))
                    }
                    try pipeline.addHTTPClientHandlers()
                    try pipeline.addHandler(ClientPartHandler())
                    try pipeline.addHandler(SilenceHandler(watch))
                    return try Connection(wrappingChannelSynchronously: channel)
                }
            }
            // An address needs no name service, whose threads would be waited for.
            if let address = HTTPClient.address(place.host, place.port) {
                return try await bootstrap.connect(to: address, channelInitializer: initialise)
            }
            return try await bootstrap.connect(
                host: place.host, port: place.port, channelInitializer: initialise)
        } catch {
            throw HTTPClient.unreachable(place, error)
        }
    }

    private static func unreachable(_ origin: Origin, _ error: any Error) -> WireError {
        let kind: WireError.Kind
        let failure = error as? NIOConnectionError
        let faults = failure?.connectionErrors.map(\.error) ?? [error]
        let codes = faults.compactMap { ($0 as? IOError)?.errnoCode }
        if codes.contains(ECONNREFUSED) {
            kind = .refused
        } else if let failure, failure.connectionErrors.isEmpty, failure.dnsAError != nil {
            kind = .unknownHost
        } else {
            kind = .unreachable
        }
        return WireError(kind, "\(origin.authority) cannot be reached: \(words(error))")
    }

    private static func address(_ host: String, _ port: Int = 0) -> SocketAddress? {
        try? SocketAddress(ipAddress: host, port: port)
    }

    static func fault(_ error: any Error, _ origin: Origin) -> any Error {
        switch error {
        case is CancellationError, is WireError: error
        case HTTPParserError.invalidEOFState:
            WireError(.cut, "the connection to \(origin.authority) ended in the middle of a response")
        case is HTTPParserError:
            WireError(
                .malformed,
                "\(origin.authority) answered with what is no HTTP (\(error))"
                    + (origin.isSecure ? "" : "; write https:// in the url if it speaks TLS"))
        default:
            TLSFault.error(error, origin)
                ?? WireError(.cut, "the connection to \(origin.authority) broke: \(words(error))")
        }
    }

    private static func words(_ error: any Error) -> String {
        let failure = error as? NIOConnectionError
        guard let first = failure == nil ? error : failure?.connectionErrors.first?.error else {
            return failure?.dnsAError == nil ? "\(error)" : "there is no host of that name"
        }
        guard let code = (first as? IOError)?.errnoCode else { return "\(first)" }
        return String(cString: strerror(code)).lowercased()
    }
}

/// The body of a response, piece by piece.
public struct HTTPResponseBody {
    private var parts: NIOAsyncChannelInboundStream<WirePart<HTTPResponse>>.AsyncIterator
    private let origin: Origin
    private let channel: any Channel
    private let watch: SilenceWatch
    private var isOver = false
    private var decoder: ContentDecoder?

    init(
        parts: NIOAsyncChannelInboundStream<WirePart<HTTPResponse>>.AsyncIterator, origin: Origin,
        channel: any Channel, watch: SilenceWatch
    ) {
        self.parts = parts
        self.origin = origin
        self.channel = channel
        self.watch = watch
    }

    /// Closes the connection after that time, whatever comes until then; the body then ends as one that is cut.
    public func close(after time: Duration) {
        let channel = channel
        let nanoseconds = Int64(time / .nanoseconds(1))
        _ = channel.eventLoop.scheduleTask(in: .nanoseconds(nanoseconds)) { channel.close(promise: nil) }
    }

    /// Decodes what comes from here on by the head's content encoding: some servers compress unasked.
    ///
    /// - Parameter limit: the most bytes that may come out of it.
    /// - Throws: ``WireError`` for an encoding that is not known here.
    public mutating func decode(by fields: HTTPFields, upTo limit: Int) throws(WireError) {
        guard let coding = fields.contentCoding else { return }
        guard let decoder = ContentDecoder(coding, limit: limit) else {
            throw WireError(
                .coding,
                "\(origin.authority) answers in the content encoding \(coding), for which it was not asked and which "
                    + "is not read; let it answer without, or in gzip")
        }
        self.decoder = decoder
    }

    /// The next bytes, decoded where ``decode(by:upTo:)`` said so; `nil` at the end of the body.
    /// - Throws: ``WireError``, of kind `cut` where the connection ended before the body did.
    public mutating func next() async throws -> [UInt8]? {
        while let bytes = try await nextCoded() {
            guard decoder != nil else { return bytes }
            do throws(CompressionFault) {
                let decoded = try decoder?.take(bytes) ?? []
                if !decoded.isEmpty { return decoded }
            } catch {
                throw WireError(error)
            }
        }
        do throws(CompressionFault) { try decoder?.finish() } catch { throw WireError(error) }
        return nil
    }

    private mutating func nextCoded() async throws -> [UInt8]? {
        if isOver { return nil }
        watch.begin()
        defer { watch.end() }
        let part: WirePart<HTTPResponse>?
        do {
            part = try await parts.next()
        } catch {
            throw HTTPClient.fault(error, origin)
        }
        switch part {
        case .body(let buffer): return Array(buffer.readableBytesView)
        case .end:
            isOver = true
            return nil
        case .head, nil:
            try Task.checkCancellation()
            throw WireError(.cut, "the connection to \(origin.authority) ended in the middle of a response")
        }
    }

    /// All bytes that are left.
    /// - Throws: ``WireError``, of kind `tooLarge` for more than `limit` bytes.
    public mutating func collect(upTo limit: Int) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        while let piece = try await next() {
            bytes += piece
            guard bytes.count <= limit else {
                throw WireError(.tooLarge, "\(origin.authority) answered with more than \(limit >> 20) MiB")
            }
        }
        return bytes
    }
}
