import Formats
import Synchronization
import Wire

/// The signs of life that a client gets while its calls wait, so that it neither gives up nor asks again.
final class Hold: Sendable {
    private struct State {
        var keepAlive: KeepAlive
        var sent = 0
        var isOpened = false
        var task: Task<Void, Never>?
    }

    /// Seconds between two signs of life.
    ///
    /// Bound to a task, since what passes to the byte can be held against what was sent only where no machine is so slow
    /// that signs of life come between.
    @TaskLocal static var pause = 10
    /// Claude Code gives up a stream of pings after 600 s: before that the first call's block is opened, where no other
    /// block is.
    private static let signsBeforeOpening = 24

    private let firstCall: WireFrame?
    private let state: Mutex<State>

    /// - Parameters:
    ///   - head: the head of a response that has not begun; it begins with the first sign.
    ///   - opensCall: says whether the first call's beginning may leave, since whatever is decided can follow it.
    init(
        _ stream: GatedStream, in log: ExchangeLog, head: HTTPResponse?,
        opensCall: @escaping @Sendable () async -> Bool
    ) {
        firstCall = stream.hasOpenBlock ? nil : stream.firstHeld
        state = Mutex(State(keepAlive: stream.keepAlive))
        let task = Task { [self] in
            while true {
                do { try await Task.sleep(for: .seconds(Hold.pause)) } catch { return }
                if Task.isCancelled { return }
                if var head, await !log.hasBegun {
                    head.fields["content-length"] = nil
                    await log.begin(head)
                }
                let mayOpen =
                    state.withLock { $0.sent == Hold.signsBeforeOpening } ? await opensCall() : false
                await log.append(next(opening: mayOpen))
            }
        }
        state.withLock { $0.task = task }
    }

    /// Whether the first call's beginning has left.
    var isOpened: Bool { state.withLock { $0.isOpened } }

    private func next(opening mayOpen: Bool) -> [UInt8] {
        state.withLock { state in
            state.sent += 1
            guard mayOpen, let firstCall else { return state.keepAlive.bytes }
            state.isOpened = true
            state.keepAlive.see(firstCall)
            return firstCall.bytes
        }
    }

    func stop() { state.withLock { $0.task }?.cancel() }

    /// Returns once no further sign can follow.
    func end() async {
        let task = state.withLock { $0.task }
        task?.cancel()
        await task?.value
    }
}
