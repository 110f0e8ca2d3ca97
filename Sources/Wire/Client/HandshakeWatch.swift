import NIOCore
import NIOTLS

/// Says of a connection that ends before its encryption stands that this is what it ended in.
///
/// A server without encryption may close what it cannot read before its answer to it is seen.
final class HandshakeWatch: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let origin: Origin
    private var isOver = false

    init(_ origin: Origin) { self.origin = origin }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case TLSUserEvent.handshakeCompleted? = event as? TLSUserEvent { isOver = true }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        let isBreak = !isOver && (error is IOError || error is ChannelError)
        isOver = true
        context.fireErrorCaught(isBreak ? fault : error)
    }

    func channelInactive(context: ChannelHandlerContext) {
        if !isOver { context.fireErrorCaught(fault) }
        isOver = true
        context.fireChannelInactive()
    }

    private var fault: WireError { TLSFault.broken(origin.authority) }
}
