import JSON
import Synchronization
import Wire

/// A server at an address, spoken to by Streamable HTTP: each message is a POST, and a request's answer is its body,
/// as JSON or as an event stream.
final class HTTPTransport: MCPTransport {
    private struct State {
        var era: MCPEra?
        var version: String?
        var session: String?
        /// The messages that are on their way, by a number of their own.
        var posts: [Int: (request: Int?, task: Task<Void, Never>)] = [:]
        var postCount = 0
        var isStopped = false
    }

    /// A message on its way, and what has come back.
    fileprivate struct Post {
        let request: Int?
        /// The session in which it was sent.
        let session: String?
        var status = 0
        var fields = HTTPFields()
        var isStream = false
        var parser = EventStreamParser()
        var body: [UInt8] = []
        /// Whether the address is that of the transport that Streamable HTTP has replaced.
        var isOld = false
        /// Whether more came than is read.
        var hasOverflown = false
        /// Whether an answer to the request has been seen.
        var isAnswered = false
    }

    private let address: WebAddress
    private let headers: [String: String]
    private let report: @Sendable (MCPReport) -> Void
    private let state = Mutex(State())
    private let queue: AsyncStream<MCPMessage>.Continuation
    /// Calls have deadlines of their own, and a person may be asked meanwhile.
    private let client = HTTPClient(limits: HTTPClient.TimeLimits(silence: 86_400))

    /// A transport to that address.
    init(
        address: WebAddress, headers: [String: String], report: @escaping @Sendable (MCPReport) -> Void
    ) {
        self.address = address
        self.headers = headers
        self.report = report
        let (messages, queue) = AsyncStream<MCPMessage>.makeStream()
        self.queue = queue
        Task { [self] in
            for await message in messages {
                // What follows a notification may rely on its having arrived; requests overtake each other freely.
                let sent = post(message)
                if message.id == nil { await sent?.value }
            }
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

    /// Sends a message in a task of its own; `nil` once the conversation has been stopped.
    private func post(_ message: MCPMessage) -> Task<Void, Never>? {
        state.withLock { state in
            guard !state.isStopped else { return nil }
            state.postCount += 1
            let number = state.postCount
            let task = Task { [self] in await exchange(message, number) }
            state.posts[number] = (message.id, task)
            return task
        }
    }

    private func fields(for message: MCPMessage) -> HTTPFields {
        let (version, id) = state.withLock { ($0.version, $0.session) }
        var fields = HTTPFields(headers.map { HTTPFields.Field($0.key, $0.value) })
        fields["Content-Type"] = "application/json"
        fields["Accept"] = "application/json, text/event-stream"
        if let id, message.method != "initialize" { fields["Mcp-Session-Id"] = id }
        if let version, message.method != "initialize" { fields["MCP-Protocol-Version"] = version }
        for (name, value) in message.headers { fields[name] = value }
        return fields
    }

    private func exchange(_ message: MCPMessage, _ number: Int) async {
        let head = HTTPRequest(method: "POST", target: address.target, fields: fields(for: message))
        let post = Mutex(Post(request: message.id, session: head.fields["Mcp-Session-Id"]))
        let outcome: Result<Void, any Error>
        do {
            try await client.send(head, body: Array(message.value.text().utf8), to: address.origin) {
                [self] response, body in
                begin(response, post)
                // Some servers, and what stands before them, compress unasked. A stream may be long.
                let isStream = post.withLock(\.isStream)
                try body.decode(
                    by: response.fields, upTo: isStream ? 1 << 30 : ReadingLimits.serverMessage + 1)
                while let piece = try await body.next() {
                    let (events, isTooLong) = post.withLock { post in (post.take(piece), post.hasOverflown) }
                    for event in events { report(.whole(event)) }
                    if isTooLong { return }
                }
            }
            outcome = .success(())
        } catch {
            outcome = .failure(error)
        }
        // Those of before answer so to what they are not spoken to by; what they are is seen where they are read.
        if message.method == "initialize", [400, 404, 405].contains(post.withLock(\.status)),
            await isOldServer()
        {
            post.withLock { $0.isOld = true }
        }
        end(post.withLock { $0 }, number, outcome)
    }

    private func begin(_ response: HTTPResponse, _ post: borrowing Mutex<Post>) {
        if let id = response.fields["Mcp-Session-Id"] { state.withLock { $0.session = id } }
        post.withLock { post in
            post.status = response.status
            post.isStream = response.mediaType == "text/event-stream"
            // No redirect is followed: the headers that open this server are none of another's business.
            post.fields = response.fields
        }
    }

    /// Whether a GET of the address begins a stream of events that names an endpoint, as revision 2024-11-05 has it.
    private func isOldServer() async -> Bool {
        var fields = HTTPFields(headers.map { HTTPFields.Field($0.key, $0.value) })
        fields["Accept"] = "text/event-stream"
        let head = HTTPRequest(method: "GET", target: address.target, fields: fields)
        let limits = HTTPClient.TimeLimits(connecting: 5, silence: 5)
        let isOld = try? await HTTPClient(limits: limits).send(head, body: [], to: address.origin) {
            response, body in
            guard response.status == 200, response.mediaType == "text/event-stream" else { return false }
            body.close(after: .seconds(5))
            var bytes: [UInt8] = []
            while bytes.count < 4_096, let piece = try await body.next() {
                bytes += piece
                if String(decoding: bytes, as: UTF8.self).contains(/event: ?endpoint/) { return true }
            }
            return false
        }
        return isOld ?? false
    }

    private func end(_ post: Post, _ number: Int, _ outcome: Result<Void, any Error>) {
        let (isSettled, isStopped) = state.withLock { state in
            state.posts[number] = nil
            return (state.era != nil, state.isStopped)
        }
        if isStopped { return }
        if post.hasOverflown {
            return fail(
                post,
                "the server sent a message of more than \(ReadingLimits.serverMessage) bytes and was given up; "
                    + "whether the call took effect is unknown")
        }
        guard case .failure(let error) = outcome else { return finish(post) }
        guard isSettled else { return report(.ended("cannot be reached: \(error)")) }
        guard let fault = error as? WireError, fault.isBeforeConnecting else {
            return fail(
                post, "the connection was lost: \(error); whether the call took effect is unknown")
        }
        // What could not be asked says nothing of the server.
        if fault.kind == .address { return fail(post, "\(fault)") }
        fail(post, "the server takes no connection any more; the call was not sent")
        // Calls that still run may get their results yet; the next one to meet nobody ends the conversation.
        if state.withLock({ $0.posts.isEmpty }) { report(.ended("takes no connection any more")) }
    }

    private func finish(_ post: Post) {
        var post = post
        let isGood = (200..<300).contains(post.status)
        if isGood { report(eventsIn: &post) }
        let refusal = HTTPRefusal(status: post.status, fields: post.fields, body: post.body)
        guard let request = post.request else {
            if !isGood { report(.log(refusal.sentence)) }
            return
        }
        if post.isAnswered { return }
        let value = MessagePieces.value(post.body)
        let isAnswer = value.map(post.answers) ?? false
        // The request was not read, unless the body answers it otherwise than by what SDKs say of an unknown session.
        let isUnknownSession = value?["error"]?["code"]?.intValue == -32001
        if post.status == 404, post.session != nil, !isAnswer || isUnknownSession {
            return report(.forgotten(request))
        }
        if isAnswer { return report(.whole(post.body)) }
        // A server that refuses a request before it has read its ID answers with null or a word of its own.
        if let value, let fault = value["error"], fault != .null,
            isGood || value["jsonrpc"] != nil || fault["code"]?.intValue != nil
        {
            return report(.whole(HTTPTransport.fault(request, fault, refusal.authentication)))
        }
        if post.isOld {
            return fail(
                post,
                "the server speaks the transport HTTP+SSE of 2024, which Streamable HTTP has replaced; "
                    + "name its address for Streamable HTTP, which often ends in /mcp")
        }
        guard isGood else { return fail(post, refusal.sentence) }
        fail(post, explanation(for: request, post, value))
    }

    /// Why a 2xx body is not the answer to the request, and what to do.
    private func explanation(for request: Int, _ post: Post, _ value: JSONValue?) -> String {
        let place = "see whether this is the address of its MCP endpoint"
        if let value {
            let isMessage = value["method"] != nil || value["jsonrpc"] != nil || value.arrayValue != nil
            if isMessage { report(.whole(post.body)) }
            if value["result"] != nil {
                return "the server answered under the ID \((value["id"] ?? .null).text()), "
                    + "but was asked under \(request)"
            }
            if !isMessage {
                let words = HTTPRefusal.line(value.text(.spaced))
                return "the server answered HTTP \(post.status) with what is no message: \(words); \(place)"
            }
        }
        switch MessagePieces.whole(post.body).last {
        case .broken(_, let said): return "the server \(said)"
        case .noise(let text) where post.body.contains { $0 > 0x20 }:
            return "the server answered with what is no message: \(text); \(place)"
        default: return "the server ended its answer (HTTP \(post.status)) without a result"
        }
    }

    /// Reads what a stream ends with where no empty line ends it, and a stream under another type's name.
    ///
    /// What a body is tells more than what its header says.
    private func report(eventsIn post: inout Post) {
        let beginnings = ["data:", "event:", "id:", ":"]
        guard
            post.isStream
                || beginnings.contains(where: { post.body.starts(with: Array($0.utf8)) })
        else { return }
        for event in post.parser.append(post.body + Array("\n\n".utf8)) where !event.isEmpty {
            if post.answers(event) { post.isAnswered = true }
            report(.whole(event))
        }
    }

    /// Answers a request in the server's place, with an error.
    private func fail(_ post: Post, _ reason: String) {
        guard let request = post.request else { return report(.log(reason)) }
        if post.isAnswered { return }
        // No code, for no server has given one; what the status means for a request is the session's affair.
        let status = JSONValue.number(JSONNumber(post.status))
        report(.whole(HTTPTransport.fault(request, ["message": .string(reason), "data": ["http": status]])))
    }

    private static func fault(_ request: Int, _ given: JSONValue, _ more: String? = nil) -> [UInt8] {
        var fault = given
        if let more, var object = given.objectValue, let message = given["message"]?.stringValue,
            !message.contains(more)
        {
            object["message"] = .string("\(message): \(more)")
            fault = .object(object)
        }
        let value: JSONValue = ["jsonrpc": "2.0", "id": .number(JSONNumber(request)), "error": fault]
        return Array(value.text().utf8)
    }

}

extension HTTPTransport.Post {
    /// Takes bytes of the body; the events that are whole with them.
    fileprivate mutating func take(_ bytes: [UInt8]) -> [[UInt8]] {
        guard isStream, status < 300 else {
            body += bytes.prefix(ReadingLimits.serverMessage + 1 - body.count)
            hasOverflown = body.count > ReadingLimits.serverMessage
            return []
        }
        let events = parser.append(bytes).filter { !$0.isEmpty }
        if events.contains(where: answers) { isAnswered = true }
        hasOverflown = parser.hasOverflown
        return events
    }

    /// Whether a message is the answer to the request.
    fileprivate func answers(_ event: [UInt8]) -> Bool {
        MessagePieces.value(event).map(answers) ?? false
    }

    /// Whether a message, or one of a list, is the answer to the request.
    fileprivate func answers(_ value: JSONValue) -> Bool {
        if let batch = value.arrayValue { return batch.contains(where: answers) }
        guard let request, value["id"].flatMap(MCPSession.number) == request else { return false }
        return value["result"] != nil || value["error"] != nil || value["method"] == nil && value.isAnswer
    }
}
