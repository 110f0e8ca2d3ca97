import NIOCore
import NIOHTTP1

extension HTTPFields {
    init(_ headers: HTTPHeaders) { self.init(headers.map { Field($0.name, $0.value) }) }

    var headers: HTTPHeaders { HTTPHeaders(all.map { ($0.name, $0.value) }) }

    /// Whether a request of these fields is the last of its connection: its client says so, or asks to go on in another
    /// protocol, after which nothing more is read as HTTP.
    var isOfLastRequest: Bool { words(of: "connection").contains("close") || self["upgrade"] != nil }
}

/// What travels through a connection of ours: one message after the other.
enum WirePart<Head: Sendable>: Sendable {
    case head(Head)
    case body(ByteBuffer)
    case end
}

/// Turns the parts that NIO's HTTP codecs know into ours, on a server's connection.
final class ServerPartHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = WirePart<HTTPRequest>
    typealias OutboundIn = WirePart<HTTPResponse>
    typealias OutboundOut = HTTPServerResponsePart

    /// The version of the request that is being answered: requests come one after the other.
    private var version = HTTPVersion.http1_1
    /// Whether its connection ends with the answer.
    private var isLast = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part: InboundOut =
            switch unwrapInboundIn(data) {
            case .head(let head): .head(request(head))
            case .body(let buffer): .body(buffer)
            case .end: .end
            }
        context.fireChannelRead(wrapInboundOut(part))
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let part: OutboundOut =
            switch unwrapOutboundIn(data) {
            case .head(let head):
                .head(response(head))
            case .body(let buffer): .body(.byteBuffer(buffer))
            case .end: .end(nil)
            }
        context.write(wrapOutboundOut(part), promise: promise)
    }

    private func request(_ head: HTTPRequestHead) -> HTTPRequest {
        var fields = HTTPFields(head.headers)
        version = head.version
        // Without a length, a body ends with the connection for a client of HTTP/1.0.
        if version == .http1_0 {
            fields = HTTPFields(fields.all + [.init("connection", "close")])
            fields["expect"] = nil
        }
        isLast = fields.isOfLastRequest
        return HTTPRequest(method: head.method.rawValue, target: head.uri, fields: fields)
    }

    private func response(_ head: HTTPResponse) -> HTTPResponseHead {
        var head = head
        if isLast, head.status >= 200 { head.fields["connection"] = "close" }
        if version == .http1_0 { head.fields["transfer-encoding"] = nil }
        return HTTPResponseHead(
            version: version == .http1_0 ? .http1_0 : .http1_1,
            status: HTTPResponseStatus(statusCode: head.status), headers: head.fields.headers)
    }
}

/// The same on a client's connection.
final class ClientPartHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias InboundOut = WirePart<HTTPResponse>
    typealias OutboundIn = WirePart<HTTPRequest>
    typealias OutboundOut = HTTPClientRequestPart

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part: InboundOut =
            switch unwrapInboundIn(data) {
            case .head(let head):
                .head(HTTPResponse(status: Int(head.status.code), fields: HTTPFields(head.headers)))
            case .body(let buffer): .body(buffer)
            case .end: .end
            }
        context.fireChannelRead(wrapInboundOut(part))
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let part: OutboundOut =
            switch unwrapOutboundIn(data) {
            case .head(let head):
                .head(
                    HTTPRequestHead(
                        version: .http1_1, method: HTTPMethod(rawValue: head.method), uri: head.target,
                        headers: head.fields.headers))
            case .body(let buffer): .body(.byteBuffer(buffer))
            case .end: .end(nil)
            }
        context.write(wrapOutboundOut(part), promise: promise)
    }
}
