import Foundation
import Synchronization

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// An answer to a request.
struct HTTPAnswer: Sendable, Hashable {
    var status: Int
    var contentType: String
    var body: CappedBytes
    /// Where a redirect that was not followed leads.
    var redirect: String?
}

/// Makes single requests; nothing is kept between them, no cookie, no cache, no password.
final class HTTPClient: NSObject, URLSessionDataDelegate {
    private struct Exchange {
        let origin: URL?
        let waiter: CheckedContinuation<HTTPAnswer, any Error>
        var answer: HTTPAnswer
        var redirects = 0
    }

    static let shared = HTTPClient()
    private static let maximumRedirects = 5
    private let exchanges = Mutex<[Int: Exchange]>([:])

    private func session() -> URLSession {
        let configuration = URLSessionConfiguration.ephemeral
        configuration.httpCookieStorage = nil
        configuration.urlCache = nil
        configuration.urlCredentialStorage = nil
        configuration.timeoutIntervalForRequest = 86_400
        return URLSession(configuration: configuration, delegate: self, delegateQueue: nil)
    }

    private let shared = Mutex<URLSession?>(nil)

    /// Makes a request and gives the answer's first `limit` bytes; cancelling the task ends it.
    /// - Throws: `URLError`.
    func send(_ request: URLRequest, limit: Int) async throws -> HTTPAnswer {
        let task = shared.withLock { shared in
            let session = shared ?? session()
            shared = session
            return session.dataTask(with: request)
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { waiter in
                let empty = HTTPAnswer(status: 0, contentType: "", body: CappedBytes(limit: limit))
                exchanges.withLock {
                    $0[task.taskIdentifier] = Exchange(origin: request.url, waiter: waiter, answer: empty)
                }
                task.resume()
            }
        } onCancel: {
            task.cancel()
        }
    }

    func urlSession(
        _ session: URLSession, dataTask: URLSessionDataTask, didReceive response: URLResponse,
        completionHandler: @escaping (URLSession.ResponseDisposition) -> Void
    ) {
        if let response = response as? HTTPURLResponse {
            exchanges.withLock { exchanges in
                exchanges[dataTask.taskIdentifier]?.answer.status = response.statusCode
                exchanges[dataTask.taskIdentifier]?.answer.contentType =
                    response.value(forHTTPHeaderField: "Content-Type") ?? ""
            }
        }
        completionHandler(.allow)
    }

    func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
        exchanges.withLock { $0[dataTask.taskIdentifier]?.answer.body.append(Array(data)) }
    }

    /// A redirect is followed only to the same server and only where it asks for nothing but reading: the headers may
    /// hold keys, and what was approved is a call of this address.
    func urlSession(
        _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse,
        newRequest request: URLRequest, completionHandler: @escaping (URLRequest?) -> Void
    ) {
        let method = task.originalRequest?.httpMethod ?? ""
        let isFollowed = exchanges.withLock { exchanges in
            guard var exchange = exchanges[task.taskIdentifier] else { return false }
            defer { exchanges[task.taskIdentifier] = exchange }
            exchange.redirects += 1
            let (from, to) = (exchange.origin, request.url)
            let isSame = from?.scheme == to?.scheme && from?.host == to?.host && from?.port == to?.port
            if isSame, ["GET", "HEAD"].contains(method), exchange.redirects <= HTTPClient.maximumRedirects {
                return true
            }
            exchange.answer.status = response.statusCode
            exchange.answer.redirect = to?.absoluteString ?? "another address"
            return false
        }
        completionHandler(isFollowed ? request : nil)
    }

    func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
        guard let exchange = exchanges.withLock({ $0.removeValue(forKey: task.taskIdentifier) }) else {
            return
        }
        if let error {
            exchange.waiter.resume(throwing: error)
        } else {
            exchange.waiter.resume(returning: exchange.answer)
        }
    }
}
