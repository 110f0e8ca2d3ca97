import Agent
import Formats
import Synchronization
import Wire

/// One request to a provider and everything that goes back for it, to whoever asked.
final class Exchange: Sendable {
    private struct State {
        var isHeld = false
        var readers = 0
        var hasBeenRead = false
        var isDelivered = false
        var isOver = false
        var grace: Task<Void, Never>?
        var task: Task<Void, Never>?
        var onLost: (@Sendable () async -> Void)?
    }

    /// The request as its client sent it.
    let request: HTTPRequest
    let body: [UInt8]
    let identity: ClientIdentity
    let log: ExchangeLog
    private let state: Mutex<State>

    /// Seconds for which a response goes on without a client, which may come back for it.
    private static let grace = (streaming: 15, held: 300)

    init(request: HTTPRequest, body: [UInt8], identity: ClientIdentity) {
        self.request = request
        self.body = body
        self.identity = identity
        let readers = ReaderBox()
        log = ExchangeLog { readers.exchange?.readersChanged($0, isDelivered: $1) }
        state = Mutex(State())
        readers.set(self)
    }

    /// Whether a request is the same one sent again: while its calls are held, or since its client lost the response.
    func isRepeated(by request: HTTPRequest, body: [UInt8], identity: ClientIdentity) -> Bool {
        let mayJoin = state.withLock { state in
            state.isHeld || state.hasBeenRead && state.readers == 0 && !state.isDelivered
        }
        guard mayJoin, identity == self.identity, request.target == self.request.target, body == self.body
        else {
            return false
        }
        return ["authorization", "x-api-key", "x-goog-api-key"].allSatisfy {
            request.fields[$0] == self.request.fields[$0]
        }
    }

    /// Whether nobody listens any more.
    var isDeserted: Bool { state.withLock { $0.hasBeenRead && $0.readers == 0 } }

    /// Whether nobody listens any more, for whoever has another request of the same client: that its client has closed the
    /// connection on which calls are held may be noticed a moment after it.
    /// - Parameter end: until when it is waited for.
    func waitUntilLeft(until end: ContinuousClock.Instant) async -> Bool {
        while !isDeserted {
            guard state.withLock({ $0.isHeld }), ContinuousClock.now < end else { return false }
            do { try await Task.sleep(for: .milliseconds(5)) } catch { return isDeserted }
        }
        return true
    }

    /// Whether somebody listens.
    var isRead: Bool { state.withLock { $0.readers > 0 } }

    /// Starts, on the thread of the client's connection; `onLost` is called once its client has been gone for too long.
    func start(
        on executor: any TaskExecutor, onLost: @escaping @Sendable () async -> Void,
        _ work: @escaping @Sendable () async -> Void
    ) {
        state.withLock { state in
            state.onLost = onLost
            state.task = Task(executorPreference: executor) { [weak self] in
                await work()
                self?.state.withLock { $0.isOver = true }
            }
        }
    }

    /// Returns once the work is over.
    func untilOver() async { await state.withLock { $0.task }?.value }

    /// Says that calls wait, or do not wait any more.
    func setHeld(_ isHeld: Bool) { state.withLock { $0.isHeld = isHeld } }

    /// Gives up at once: nobody will come back.
    func lose() async {
        let (task, onLost) = state.withLock { state in (state.isHeld ? nil : state.task, state.onLost) }
        await onLost?()
        task?.cancel()
    }

    /// Ends whatever it waits for.
    func cancel() { state.withLock { $0.task }?.cancel() }

    /// Returns once its client has all of it, or has left; at the latest at `end`.
    func deliver(until end: ContinuousClock.Instant) async {
        while ContinuousClock.now < end, !isDeserted, await !log.isDelivered {
            try? await Task.sleep(for: .milliseconds(10))
        }
    }

    /// Returns once the work is over; at the latest at `end`, since a client that does not read may hold it up.
    func finish(until end: ContinuousClock.Instant) async {
        while ContinuousClock.now < end, !state.withLock({ $0.isOver }) {
            try? await Task.sleep(for: .milliseconds(10))
        }
    }

    private func readersChanged(_ count: Int, isDelivered: Bool) {
        state.withLock { state in
            state.readers = count
            state.isDelivered = isDelivered
            if count > 0 { state.hasBeenRead = true }
            state.grace?.cancel()
            state.grace = nil
            guard count == 0 else { return }
            let seconds = state.isHeld ? Exchange.grace.held : Exchange.grace.streaming
            state.grace = Task { [weak self] in
                do { try await Task.sleep(for: .seconds(seconds)) } catch { return }
                await self?.lose()
            }
        }
    }
}

/// Lets a log tell its exchange of its readers; the exchange outlives it.
private final class ReaderBox: Sendable {
    private struct Weak { weak var exchange: Exchange? }
    private let held = Mutex(Weak())

    var exchange: Exchange? { held.withLock { $0.exchange } }

    func set(_ exchange: Exchange) { held.withLock { $0.exchange = exchange } }
}
