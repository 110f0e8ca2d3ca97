import NIOCore
import NIOHTTP1

extension HTTPFields {
    init(_ headers: HTTPHeaders) { self.init(headers.map { Field($0.name, $0.value) }) }

    var headers: HTTPHeaders { HTTPHeaders(all.map { ($0.name, $0.value) }) }
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

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part: InboundOut =
            switch unwrapInboundIn(data) {
            case .head(let head):
                .head(
                    HTTPRequest(
                        method: head.method.rawValue, target: head.uri, fields: HTTPFields(head.headers)))
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
                    HTTPResponseHead(
                        version: .http1_1, status: HTTPResponseStatus(statusCode: head.status),
                        headers: head.fields.headers))
            case .body(let buffer): .body(.byteBuffer(buffer))
            case .end: .end(nil)
            }
        context.write(wrapOutboundOut(part), promise: promise)
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
