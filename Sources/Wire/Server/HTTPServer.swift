import NIOCore
import NIOHTTP1
import NIOPosix

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A server for HTTP/1.1: every connection in a task of its own, every request as a whole, every response as it comes.
///
/// Requests are answered on the thread that serves their connection, so a handler must not block.
///
/// A slow client slows down whoever writes its response; a client that leaves cancels the task that answers it.
public struct HTTPServer: Sendable {
    typealias Connection = NIOAsyncChannel<WirePart<HTTPRequest>, WirePart<HTTPResponse>>

    /// Answers one request.
    public typealias Handler =
        @Sendable (_ request: HTTPRequest, _ body: [UInt8], _ response: HTTPResponder) async throws -> Void

    /// The port that is listened on.
    public let port: Int
    private let listener: NIOAsyncChannel<Connection, Never>
    private let bodyLimit: Int

    /// Listens.
    ///
    /// - Parameters:
    ///   - port: 0 takes one that is free.
    ///   - bodyLimit: the most bytes of a request's body; a larger one is answered by 413.
    /// - Throws: ``WireError`` of kind `address`.
    public init(host: String, port: Int, bodyLimit: Int = 256 << 20) async throws(WireError) {
        do {
            listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .serverChannelOption(.backlog, value: 1_024)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
                .childChannelOption(.socketOption(.so_sndbuf), value: 1 << 18)
                .bind(host: host, port: port) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.configureHTTPServerPipeline(
                            withErrorHandling: true)
                        try channel.pipeline.syncOperations.addHandler(ServerPartHandler())
                        return try Connection(wrappingChannelSynchronously: channel)
                    }
                }
        } catch {
            throw WireError(.address, HTTPServer.sentence(host, port, error))
        }
        self.port = listener.channel.localAddress?.port ?? port
        self.bodyLimit = bodyLimit
    }

    /// Why nothing can listen there, and what to do.
    private static func sentence(_ host: String, _ port: Int, _ error: any Error) -> String {
        let host = host.contains(":") ? "[\(host)]" : host
        let address = "\(host):\(port)"
        switch (error as? IOError)?.errnoCode {
        case EADDRINUSE:
            return
                "another program listens on \(address) already; end it, or choose another port with --listen, "
                + "such as --listen \(host):\(port == 65_535 ? 8_788 : port + 1), or :0 for one that is free"
        case EACCES:
            return
                "listening on \(address) is not permitted to this user; choose a port from 1024 on with --listen"
        case EADDRNOTAVAIL:
            return "\(host) is no address of this machine; choose 127.0.0.1:\(port) with --listen"
        case let code?:
            return
                "\(address) cannot be listened on (\(String(cString: strerror(code)))); choose another with --listen"
        case nil:
            return "\(address) cannot be listened on, since \(host) cannot be resolved to an address; "
                + "choose 127.0.0.1:\(port) with --listen"
        }
    }

    /// Serves until the task is cancelled.
    public func run(_ handle: @escaping Handler) async throws {
        try await listener.executeThenClose { connections in
            try await withThrowingDiscardingTaskGroup { group in
                for try await connection in connections {
                    let executor = LoopExecutor(connection.channel.eventLoop)
                    group.addTask(executorPreference: executor) {
                        await serve(connection, on: executor, handle)
                    }
                }
            }
        }
    }

    private func serve(
        _ connection: Connection, on executor: LoopExecutor, _ handle: @escaping Handler
    ) async {
        // What breaks a connection concerns that connection only, and whoever writes to it is told.
        try? await connection.executeThenClose { inbound, outbound in
            var parts = inbound.makeAsyncIterator()
            while case .head(let request)? = try await parts.next() {
                let responder = HTTPResponder(outbound, on: executor, isHead: request.method == "HEAD")
                if request.fields["expect"]?.lowercased() == "100-continue" {
                    try await outbound.write(.head(HTTPResponse(status: 100, fields: HTTPFields())))
                }
                guard let body = try await collect(&parts) else {
                    try await responder.send(status: 413, text: "the request's body is too large")
                    return
                }
                let task = Task(executorPreference: executor) {
                    try await handle(request, body, responder)
                }
                connection.channel.closeFuture.whenComplete { _ in task.cancel() }
                try await withTaskCancellationHandler {
                    try await task.value
                } onCancel: {
                    task.cancel()
                }
                guard await responder.isFinished else { return }
                if request.fields.isOfLastRequest { return }
            }
        }
    }

    /// The whole body; `nil` for one that is too large.
    private func collect(
        _ parts: inout NIOAsyncChannelInboundStream<WirePart<HTTPRequest>>.AsyncIterator
    ) async throws -> [UInt8]? {
        var body: [UInt8] = []
        while let part = try await parts.next() {
            switch part {
            case .head: return body
            case .body(let buffer):
                guard body.count + buffer.readableBytes <= bodyLimit else { return nil }
                body += buffer.readableBytesView
            case .end: return body
            }
        }
        throw WireError(.cut, "the client left in the middle of its request")
    }
}

/// Where one response is written.
public actor HTTPResponder {
    /// Runs tasks on the thread that serves the connection, and with it the connections that those tasks make.
    ///
    /// Nothing may block there.
    public nonisolated let executor: any TaskExecutor
    private let outbound: NIOAsyncChannelOutboundWriter<WirePart<HTTPResponse>>
    private let isHead: Bool
    /// Whether the response is whole.
    private(set) var isFinished = false

    init(
        _ outbound: NIOAsyncChannelOutboundWriter<WirePart<HTTPResponse>>, on executor: any TaskExecutor,
        isHead: Bool
    ) {
        self.outbound = outbound
        self.executor = executor
        self.isHead = isHead
    }

    /// Sends the head.
    /// - Throws: when the client has left.
    public func begin(_ response: HTTPResponse) async throws {
        try await outbound.write(.head(response))
    }

    /// Sends bytes of the body; suspends while the client does not read.
    /// - Throws: when the client has left.
    public func write(_ bytes: [UInt8]) async throws {
        guard !bytes.isEmpty, !isHead else { return }
        try await outbound.write(.body(ByteBuffer(bytes: bytes)))
    }

    /// Ends the response; without it, the connection is closed in the middle of the response.
    /// - Throws: when the client has left.
    public func finish() async throws {
        try await outbound.write(.end)
        isFinished = true
    }

    /// Sends a whole response.
    /// - Throws: when the client has left.
    public func send(status: Int, type: String = "text/plain; charset=utf-8", text: String) async throws {
        let bytes = Array(text.utf8)
        try await begin(
            HTTPResponse(
                status: status,
                fields: HTTPFields([
                    .init("content-type", type), .init("content-length", String(bytes.count)),
                ])))
        try await write(bytes)
        try await finish()
    }
}
