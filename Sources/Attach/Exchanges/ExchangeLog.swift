import Wire

/// Everything that goes back for one request, kept until the exchange is over, so that a client which asks again while
/// its calls are held gets the same response from its start, and its provider is asked once.
actor ExchangeLog {
    private enum Ending {
        case whole
        case cut
    }

    private var head: HTTPResponse?
    private var pieces: [[UInt8]] = []
    private var ending: Ending?
    /// How far each client that listens has read.
    private var positions: [Int: Int] = [:]
    private var nextReader = 0
    private var changes = Changes()
    private let onReaders: @Sendable (_ readers: Int, _ isDelivered: Bool) -> Void

    /// Pieces by which the fastest client may lag before the provider is slowed down.
    private static let lag = 64

    /// - Parameter onReaders: is told how many clients listen when that changes, and whether one has read everything.
    init(onReaders: @escaping @Sendable (_ readers: Int, _ isDelivered: Bool) -> Void) {
        self.onReaders = onReaders
    }

    /// Whether a head has been sent, so that nothing but the body can be changed any more.
    var hasBegun: Bool { head != nil }

    /// Whether the response has come to its own end.
    var isWhole: Bool { if case .whole = ending { true } else { false } }

    /// Whether everything has been read by a client.
    private(set) var isDelivered = false

    func begin(_ head: HTTPResponse) {
        self.head = head
        wake()
    }

    /// Adds bytes; suspends while clients listen and all of them are slow.
    func append(_ bytes: [UInt8]) async {
        guard !bytes.isEmpty else { return }
        pieces.append(bytes)
        wake()
        while true {
            let seen = changes.count
            guard let fastest = positions.values.max(), pieces.count - fastest > ExchangeLog.lag else {
                return
            }
            await change(after: seen)
        }
    }

    /// Says that nothing more comes; a response that is cut ends the client's connection in its middle.
    func end(isWhole: Bool) {
        if ending == nil { ending = isWhole ? .whole : .cut }
        wake()
    }

    /// Sends everything from the start on to one client.
    /// - Throws: when the client has left.
    func send(to client: HTTPResponder) async throws {
        let reader = nextReader
        nextReader += 1
        positions[reader] = 0
        onReaders(positions.count, isDelivered)
        defer {
            positions[reader] = nil
            onReaders(positions.count, isDelivered)
            wake()
        }
        try await withTaskCancellationHandler {
            try await follow(client, reader)
        } onCancel: {
            Task { await self.wake() }
        }
    }

    private func follow(_ client: HTTPResponder, _ reader: Int) async throws {
        while head == nil, ending == nil {
            let seen = changes.count
            try Task.checkCancellation()
            await change(after: seen)
        }
        guard let head else { return }
        try await client.begin(head)
        var position = 0
        while true {
            let seen = changes.count
            try Task.checkCancellation()
            if position < pieces.count {
                let next =
                    position + 1 == pieces.count ? pieces[position] : pieces[position...].flatMap { $0 }
                position = pieces.count
                try await client.write(next)
                positions[reader] = position
                wake()
            } else if let ending {
                if case .whole = ending {
                    try await client.finish()
                    isDelivered = true
                }
                return
            } else {
                await change(after: seen)
            }
        }
    }

    private func change(after seen: Int) async {
        await withCheckedContinuation { changes.resume($0, after: seen) }
    }

    private func wake() { changes.happen() }
}
