import Synchronization
import Wire

/// The exchanges that are under way, or whose response may be asked for again.
final class ExchangeBoard: Sendable {
    private let exchanges = Mutex<[Exchange]>([])
    /// Seconds for which a response is kept that its client lost.
    private static let keeping = 120

    func add(_ exchange: Exchange) { exchanges.withLock { $0.append(exchange) } }

    /// The exchange that a request asks for again.
    func repeated(by request: HTTPRequest, body: [UInt8], identity: ClientIdentity) -> Exchange? {
        exchanges.withLock { all in
            all.first { $0.isRepeated(by: request, body: body, identity: identity) }
        }
    }

    /// Forgets an exchange that is over: at once where its client has all of it, else after a while.
    func remove(_ exchange: Exchange) async {
        if await !exchange.log.isDelivered, await exchange.log.isWhole {
            try? await Task.sleep(for: .seconds(exchange.isRead ? 1 : ExchangeBoard.keeping))
        }
        exchanges.withLock { $0.removeAll { $0 === exchange } }
    }
}
