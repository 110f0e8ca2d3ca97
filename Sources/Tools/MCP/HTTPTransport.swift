import Foundation
import JSON
import Synchronization

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// A server at an address, spoken to by Streamable HTTP: each message is a POST, and a request's answer is its body,
/// as JSON or as an event stream.
final class HTTPTransport: NSObject, MCPTransport, URLSessionDataDelegate {
    private struct State {
        var era: MCPEra?
        var version: String?
        var session: String?
        var posts: [Int: Post] = [:]
        var isStopped = false
    }

    private struct Post {
        let task: URLSessionDataTask
        let request: Int?
        let finished: @Sendable () -> Void
        var status = 0
        var isStream = false
        var isJSON = false
        var parser = EventStreamParser()
        var body: [UInt8] = []
        var redirect: String?
        /// Whether more came than is read.
        var hasOverflown = false
        /// Whether an answer to the request has been seen.
        var isAnswered = false
    }

    private let url: URL
    private let headers: [String: String]
    private let report: @Sendable (MCPReport) -> Void
    private let state = Mutex(State())
    private let queue: AsyncStream<MCPMessage>.Continuation

    /// A transport to that address.
    init(url: URL, headers: [String: String], report: @escaping @Sendable (MCPReport) -> Void) {
        self.url = url
        self.headers = headers
        self.report = report
        let (messages, queue) = AsyncStream<MCPMessage>.makeStream()
        self.queue = queue
        super.init()
        let configuration = URLSessionConfiguration.ephemeral
        configuration.httpCookieStorage = nil
        configuration.urlCache = nil
        // Calls have deadlines of their own, and a person may be asked meanwhile.
        configuration.timeoutIntervalForRequest = 86_400
        let session = URLSession(configuration: configuration, delegate: self, delegateQueue: nil)
        Task { [self] in
            for await message in messages {
                // What follows a notification may rely on its having arrived; requests overtake each other freely.
                await withCheckedContinuation { (sent: CheckedContinuation<Void, Never>) in
                    let isRequest = message.id != nil
                    post(message, session) { if !isRequest { sent.resume() } }
                    if isRequest { sent.resume() }
                }
            }
            session.invalidateAndCancel()
        }
    }

    func send(_ message: MCPMessage) {
        if let cancelled = message.cancels, abort(cancelled) { return }
        queue.yield(message)
    }

    func settle(_ era: MCPEra, version: String) {
        state.withLock {
            $0.era = era
            $0.version = version
        }
    }

    func stop() {
        let tasks = state.withLock { state in
            state.isStopped = true
            return state.posts.values.map(\.task)
        }
        for task in tasks { task.cancel() }
        queue.finish()
    }

    /// In the modern era the end of a request's POST is its cancellation; before it the message says so.
    private func abort(_ request: Int) -> Bool {
        let (isModern, task) = state.withLock { state in
            (state.era == .modern, state.posts.values.first { $0.request == request }?.task)
        }
        if isModern { task?.cancel() }
        return isModern
    }

    private func post(
        _ message: MCPMessage, _ session: URLSession, finished: @escaping @Sendable () -> Void
    ) {
        var request = URLRequest(url: url)
        request.httpMethod = "POST"
        request.httpBody = Data(message.value.text().utf8)
        let (version, id) = state.withLock { ($0.version, $0.session) }
        var all = headers
        all["Content-Type"] = "application/json"
        all["Accept"] = "application/json, text/event-stream"
        if let id, message.method != "initialize" { all["Mcp-Session-Id"] = id }
        if let version, message.method != "initialize" { all["MCP-Protocol-Version"] = version }
        all.merge(message.headers) { $1 }
        for (name, value) in all { request.setValue(value, forHTTPHeaderField: name) }
        let task = session.dataTask(with: request)
        state.withLock {
            $0.posts[task.taskIdentifier] = Post(task: task, request: message.id, finished: finished)
        }
        task.resume()
    }

    // MARK: URLSessionDataDelegate

    func urlSession(
        _ session: URLSession, dataTask: URLSessionDataTask, didReceive response: URLResponse,
        completionHandler: @escaping (URLSession.ResponseDisposition) -> Void
    ) {
        if let response = response as? HTTPURLResponse {
            let kind = (response.value(forHTTPHeaderField: "Content-Type") ?? "").lowercased()
            let id = response.value(forHTTPHeaderField: "Mcp-Session-Id")
            state.withLock { state in
                if let id { state.session = id }
                state.posts[dataTask.taskIdentifier]?.status = response.statusCode
                state.posts[dataTask.taskIdentifier]?.isStream = kind.hasPrefix("text/event-stream")
                state.posts[dataTask.taskIdentifier]?.isJSON = kind.hasPrefix("application/json")
            }
        }
        completionHandler(.allow)
    }

    func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
        let (events, isTooLong) = state.withLock { state -> ([[UInt8]], Bool) in
            guard var post = state.posts[dataTask.taskIdentifier] else { return ([], false) }
            defer { state.posts[dataTask.taskIdentifier] = post }
            guard post.isStream, post.status < 300 else {
                post.body += data.prefix(ReadingLimits.serverMessage + 1 - post.body.count)
                post.hasOverflown = post.body.count > ReadingLimits.serverMessage
                return ([], post.hasOverflown)
            }
            let events = post.parser.append(Array(data)).filter { !$0.isEmpty }
            if events.contains(where: { HTTPTransport.answers($0, post.request) }) { post.isAnswered = true }
            post.hasOverflown = post.parser.hasOverflown
            return (events, post.hasOverflown)
        }
        if isTooLong { dataTask.cancel() }
        for event in events { report(.message(event)) }
    }

    /// No redirect is followed: the headers that open this server are none of another's business.
    func urlSession(
        _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse,
        newRequest request: URLRequest, completionHandler: @escaping (URLRequest?) -> Void
    ) {
        let place = request.url?.absoluteString ?? "another address"
        state.withLock {
            $0.posts[task.taskIdentifier]?.redirect = place
            $0.posts[task.taskIdentifier]?.status = response.statusCode
        }
        completionHandler(nil)
    }

    func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
        let (post, isSettled, isStopped) = state.withLock { state in
            (state.posts.removeValue(forKey: task.taskIdentifier), state.era != nil, state.isStopped)
        }
        guard let post else { return }
        defer { post.finished() }
        if isStopped { return }
        if post.hasOverflown {
            return fail(
                post,
                "the server sent a message of more than \(ReadingLimits.serverMessage) bytes and was given up; "
                    + "whether the call took effect is unknown")
        }
        if let error {
            guard isSettled else {
                return report(.ended("cannot be reached: \(error.localizedDescription)"))
            }
            guard (error as? URLError)?.code == .cannotConnectToHost else {
                return fail(
                    post,
                    "the connection was lost: \(error.localizedDescription); whether the call took effect is unknown"
                )
            }
            // A request that was sent on a connection which then broke is sent anew by the system, so that it may have run.
            fail(post, "the server takes no connection any more; whether the call took effect is unknown")
            // Calls that still run may get their results yet; the next one to meet nobody ends the conversation.
            if state.withLock({ $0.posts.isEmpty }) { report(.ended("takes no connection any more")) }
            return
        }
        finish(post)
    }

    private func finish(_ post: Post) {
        var post = post
        let isGood = (200..<300).contains(post.status)
        // What the body is tells more than what its header says.
        if isGood, !post.isStream, !post.isJSON { report(eventsIn: &post) }
        if post.isJSON || isGood && !post.isStream, let value = try? JSONParser.parse(post.body),
            value.objectValue != nil || value.arrayValue != nil, let request = post.request
        {
            // A server that refuses a request before it has read its ID answers with null or a word of its own.
            if let fault = value["error"], fault != .null,
                value["id"].flatMap(MCPSession.number) != request
            {
                report(.message(HTTPTransport.fault(request, fault)))
            } else {
                report(.message(post.body))
            }
            return
        }
        guard (200..<300).contains(post.status) else {
            let place =
                post.redirect.map { ", to \($0); if that is the server, name it in the configuration" } ?? ""
            if post.status == 404, state.withLock({ $0.session }) != nil {
                return report(.ended("no longer knows the session (HTTP 404)"))
            }
            return fail(post, "the server answered with HTTP \(post.status)\(place)")
        }
        if !post.isAnswered {
            fail(post, "the server ended its answer (HTTP \(post.status)) without a result")
        }
    }

    /// Reads an event stream that came under another type's name.
    private func report(eventsIn post: inout Post) {
        let beginnings = ["data:", "event:", "id:", ":"]
        guard beginnings.contains(where: { post.body.starts(with: Array($0.utf8)) }) else { return }
        for event in post.parser.append(post.body + Array("\n\n".utf8)) where !event.isEmpty {
            if HTTPTransport.answers(event, post.request) { post.isAnswered = true }
            report(.message(event))
        }
    }

    /// Answers a request in the server's place, with an error.
    private func fail(_ post: Post, _ reason: String) {
        guard let request = post.request else { return report(.log(reason)) }
        if post.isAnswered { return }
        let code = JSONValue.number(JSONNumber(post.status == 404 ? MCPErrorCode.methodNotFound : -32000))
        report(.message(HTTPTransport.fault(request, ["code": code, "message": .string(reason)])))
    }

    private static func fault(_ request: Int, _ fault: JSONValue) -> [UInt8] {
        let value: JSONValue = ["jsonrpc": "2.0", "id": .number(JSONNumber(request)), "error": fault]
        return Array(value.text().utf8)
    }

    private static func answers(_ event: [UInt8], _ request: Int?) -> Bool {
        guard let request, let value = try? JSONParser.parse(event) else { return false }
        return value["method"] == nil && value["id"].flatMap(MCPSession.number) == request
    }
}
