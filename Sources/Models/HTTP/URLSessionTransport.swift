import Foundation
import Synchronization

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// HTTP by Foundation's URL loading: streamed, without cookies, caches or anything else on a disk.
///
/// A redirect is not followed: the key would travel to an address that nobody wrote down.
final class URLSessionTransport: HTTPTransport {
    private let session: URLSession
    private let delegate = StreamDelegate()

    init() {
        let configuration = URLSessionConfiguration.ephemeral
        configuration.httpCookieStorage = nil
        configuration.urlCache = nil
        configuration.urlCredentialStorage = nil
        session = URLSession(configuration: configuration, delegate: delegate, delegateQueue: nil)
    }

    deinit { session.invalidateAndCancel() }

    func send(_ request: HTTPRequest) async throws -> HTTPReply {
        var loaded = URLRequest(url: request.url, timeoutInterval: request.silenceSeconds)
        loaded.httpMethod = request.method
        for (name, value) in request.headers { loaded.setValue(value, forHTTPHeaderField: name) }
        if !request.body.isEmpty { loaded.httpBody = Data(request.body) }
        let task = session.dataTask(with: loaded)
        let (body, continuation) = AsyncThrowingStream<[UInt8], any Error>.makeStream()
        continuation.onTermination = { _ in task.cancel() }
        return try await withTaskCancellationHandler {
            try Task.checkCancellation()
            return try await withCheckedThrowingContinuation { head in
                delegate.begin(
                    task.taskIdentifier,
                    StreamDelegate.Exchange(head: head, stream: body, body: continuation))
                task.resume()
            }
        } onCancel: {
            task.cancel()
        }
    }
}

/// Hands what the session reports to whoever waits for it, by the task's number.
private final class StreamDelegate: NSObject, URLSessionDataDelegate {
    struct Exchange {
        /// `nil` once the head has been handed on.
        var head: CheckedContinuation<HTTPReply, any Error>?
        let stream: AsyncThrowingStream<[UInt8], any Error>
        let body: AsyncThrowingStream<[UInt8], any Error>.Continuation
    }

    private let exchanges = Mutex<[Int: Exchange]>([:])

    func begin(_ task: Int, _ exchange: Exchange) { exchanges.withLock { $0[task] = exchange } }

    func urlSession(
        _ session: URLSession, dataTask: URLSessionDataTask, didReceive response: URLResponse,
        completionHandler: @escaping @Sendable (URLSession.ResponseDisposition) -> Void
    ) {
        var headers: [String: String] = [:]
        let reply = response as? HTTPURLResponse
        for (name, value) in reply?.allHeaderFields ?? [:] {
            headers[String(describing: name).lowercased()] = String(describing: value)
        }
        let waiting = exchanges.withLock { exchanges -> Exchange? in
            defer { exchanges[dataTask.taskIdentifier]?.head = nil }
            return exchanges[dataTask.taskIdentifier]
        }
        waiting?.head?.resume(
            returning: HTTPReply(
                status: reply?.statusCode ?? 0, headers: headers,
                body: waiting?.stream ?? .init { $0.finish() }))
        completionHandler(.allow)
    }

    func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
        _ = exchanges.withLock { $0[dataTask.taskIdentifier] }?.body.yield(Array(data))
    }

    func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
        guard let exchange = exchanges.withLock({ $0.removeValue(forKey: task.taskIdentifier) }) else {
            return
        }
        let isCancelled = (error as? URLError)?.code == .cancelled
        let failure: (any Error)? = isCancelled ? CancellationError() : error
        exchange.head?.resume(throwing: failure ?? URLError(.badServerResponse))
        exchange.body.finish(throwing: failure)
    }

    func urlSession(
        _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse,
        newRequest request: URLRequest, completionHandler: @escaping @Sendable (URLRequest?) -> Void
    ) {
        completionHandler(nil)
    }
}
