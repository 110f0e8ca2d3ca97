/// The bytes of a reply as they come, and an end to the waiting for more of them.
///
/// A server may keep its connection open after the last word of a response; nobody waits for what will not come.
struct Arrivals {
    private enum Arrival: Sendable {
        case bytes([UInt8])
        case end
        case failed(any Error)
    }

    private let pump: Task<Void, Never>
    private let queue: AsyncStream<Arrival>.Continuation
    private var arrivals: AsyncStream<Arrival>.AsyncIterator
    private var isGivenUp = false

    /// Arrivals of a body, which is read from now on.
    init(_ body: AsyncThrowingStream<[UInt8], any Error>) {
        let (stream, queue) = AsyncStream<Arrival>.makeStream()
        self.queue = queue
        arrivals = stream.makeAsyncIterator()
        pump = Task {
            do {
                for try await bytes in body { queue.yield(.bytes(bytes)) }
                queue.yield(.end)
            } catch {
                queue.yield(.failed(error))
            }
        }
    }

    /// The next bytes; `nil` at the end, or once waiting for them has been given up.
    /// - Throws: `CancellationError`, or ``BrokenConnection`` with the transport's own error.
    mutating func next() async throws -> [UInt8]? {
        let arrival = await arrivals.next()
        // A stream that is abandoned for a cancellation ends like one that is over.
        try Task.checkCancellation()
        switch arrival {
        case .bytes(let bytes): return bytes
        case .end, nil: return nil
        case .failed(let error): throw error is CancellationError ? error : BrokenConnection(error: error)
        }
    }

    /// Waits no longer than that for what may still come; said again, it changes nothing.
    mutating func giveUp(after pause: Duration) {
        guard !isGivenUp else { return }
        isGivenUp = true
        Task { [queue] in
            try? await Task.sleep(for: pause)
            queue.yield(.end)
        }
    }

    /// Closes the connection.
    func close() {
        pump.cancel()
        queue.finish()
    }
}

/// A connection that broke, told apart from what whoever observes may throw.
struct BrokenConnection: Error {
    let error: any Error
}
