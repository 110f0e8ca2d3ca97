import NIOCore
import Synchronization

/// Since when somebody waits for a server to say something.
///
/// The time in which nobody reads, for example while a person holds a run, is not the server's silence.
final class SilenceWatch: Sendable {
    let limit: TimeAmount
    let seconds: Int
    let authority: String
    private let beginning = Mutex<NIODeadline?>(nil)

    init(seconds: Int, authority: String) {
        self.seconds = seconds
        self.authority = authority
        limit = .seconds(Int64(seconds))
    }

    /// Somebody waits from now on.
    func begin() { beginning.withLock { $0 = .now() } }

    /// Nobody waits any more.
    func end() { beginning.withLock { $0 = nil } }

    /// The other side has said something.
    func heard() { beginning.withLock { if $0 != nil { $0 = .now() } } }

    /// How much longer the silence may last; `nil` while nobody waits.
    var rest: TimeAmount? { beginning.withLock { $0 }.map { $0 + limit - .now() } }
}

/// Closes a connection whose other side is silent for too long, with an error that says so.
final class SilenceHandler: ChannelInboundHandler {
    typealias InboundIn = WirePart<HTTPResponse>
    typealias InboundOut = WirePart<HTTPResponse>

    private let watch: SilenceWatch
    private var check: Scheduled<Void>?

    init(_ watch: SilenceWatch) { self.watch = watch }

    func channelActive(context: ChannelHandlerContext) {
        schedule(after: watch.limit, context)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        check?.cancel()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // What waits to be read is no silence, however long the reader takes.
        watch.heard()
        context.fireChannelRead(data)
    }

    private func schedule(after time: TimeAmount, _ context: ChannelHandlerContext) {
        let context = NIOLoopBound(context, eventLoop: context.eventLoop)
        let handler = NIOLoopBound(self, eventLoop: context.value.eventLoop)
        check = context.value.eventLoop.scheduleTask(in: time) { handler.value.look(context.value) }
    }

    private func look(_ context: ChannelHandlerContext) {
        // While nobody waits, it is enough to look again soon after somebody may have begun to.
        guard let rest = watch.rest else {
            return schedule(after: .nanoseconds(watch.limit.nanoseconds / 4), context)
        }
        guard rest.nanoseconds <= 0 else { return schedule(after: rest, context) }
        context.fireErrorCaught(
            WireError(.timedOut, "\(watch.authority) has sent nothing for \(watch.seconds) seconds"))
        context.close(promise: nil)
    }
}
