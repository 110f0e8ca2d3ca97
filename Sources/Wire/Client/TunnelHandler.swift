import NIOCore

/// Asks a proxy for a tunnel (RFC 9110, section 9.3.6) and lets nothing else happen on the connection until it stands.
final class TunnelHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// More than a head may have.
    private static let largestHead = 65_536

    private let proxy: ForwardProxy
    private let authority: String
    private var head: [UInt8] = []
    private var isOpen = false

    /// A tunnel through `proxy` to a server, named with its port.
    init(through proxy: ForwardProxy, to origin: Origin) {
        self.proxy = proxy
        let host = origin.host.utf8.contains(UInt8(ascii: ":")) ? "[\(origin.host)]" : origin.host
        authority = "\(host):\(origin.port)"
    }

    func channelActive(context: ChannelHandlerContext) {
        var request = "CONNECT \(authority) HTTP/1.1\r\nHost: \(authority)\r\n"
        if let authorization = proxy.authorization { request += "Proxy-Authorization: \(authorization)\r\n" }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: request + "\r\n")), promise: nil)
        // The handlers after this one learn that the connection is there once it leads to the server.
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if isOpen { return context.fireChannelRead(data) }
        let end = Array("\r\n\r\n".utf8)
        head += unwrapInboundIn(data).readableBytesView
        guard let place = head.indices.first(where: { head[$0...].starts(with: end) }) else {
            if head.count > TunnelHandler.largestHead { refuse(context, "its answer has no end") }
            return
        }
        let line = head.prefix { $0 != UInt8(ascii: "\r") }
        let status = line.split(separator: UInt8(ascii: " ")).dropFirst().first ?? []
        guard status.first == UInt8(ascii: "2"), status.count == 3 else {
            return refuse(context, String(decoding: line.prefix(200), as: UTF8.self))
        }
        isOpen = true
        context.fireChannelActive()
        let rest = head[(place + end.count)...]
        if !rest.isEmpty { context.fireChannelRead(wrapInboundOut(ByteBuffer(bytes: rest))) }
        head = []
    }

    private func refuse(_ context: ChannelHandlerContext, _ reason: String) {
        context.fireErrorCaught(
            WireError(
                .unreachable,
                "the proxy \(proxy.origin.authority) makes no connection to \(authority): \(reason)"))
        context.close(promise: nil)
    }
}
