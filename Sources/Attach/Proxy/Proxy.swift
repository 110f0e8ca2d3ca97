import Agent
import Compression
import Formats
import JSON
import Wire

/// Stands between agents and their models: passes everything on, and holds the calls.
public final class Proxy: Sendable {
    /// The port that is listened on.
    public var port: Int { server.port }
    private let server: HTTPServer
    private let settings: ProxySettings
    private let client: HTTPClient
    private let upstreams: Upstreams
    private let ledger: CallLedger
    private let book: SessionBook
    private let exchanges = ExchangeBoard()
    private let watcher: any ProxyWatcher

    /// Listens, and opens the folder of the journals.
    /// - Throws: ``AttachError`` or `WireError`, one line each.
    public init(_ settings: ProxySettings, watcher: any ProxyWatcher) async throws {
        guard ProxyGuard.isLoopback(settings.host) || settings.token != nil else {
            throw AttachError(
                "\(settings.host) can be reached by other machines; give a token with --token, or listen on 127.0.0.1"
            )
        }
        self.settings = settings
        self.watcher = watcher
        upstreams = Upstreams(only: settings.upstream)
        ledger = try CallLedger(folder: settings.folder)
        client = HTTPClient()
        book = SessionBook(settings: settings, ledger: ledger, watcher: watcher)
        server = try await HTTPServer(
            host: settings.host, port: settings.port, bodyLimit: ReadingLimits.requestBody)
    }

    /// Serves until the task is cancelled.
    public func run() async throws {
        let isLocal = ProxyGuard.isLoopback(settings.host)
        let gate = ProxyGuard(host: settings.host, port: port, token: isLocal ? nil : settings.token)
        var failure: (any Error)?
        do {
            try await server.run { [self] request, body, response in
                if let reason = gate.objection(to: request) {
                    return try await refuse(ProxyFault(status: 403, message: reason), nil, response)
                }
                try await serve(request, body, response)
            }
        } catch {
            failure = error
        }
        await book.close()
        ledger.close()
        if let failure { throw failure }
    }

    /// Ends what is under way, as a person who leaves wants it.
    ///
    /// Calls that wait are denied, their clients get that answer, and the sessions' ends are stored. Requests that come later are
    /// turned away. ``run()`` is to be cancelled after it.
    public func leave() async { await book.leave() }

    private func serve(_ request: HTTPRequest, _ body: [UInt8], _ response: HTTPResponder) async throws {
        let (request, identity) = identify(request)
        // Other protocols may be passed over, such as the h2c that Java's client asks for: the answer is in HTTP/1.1.
        if request.fields.words(of: "upgrade").contains("websocket") {
            // The client then takes the same over plain HTTP.
            let fault = ProxyFault(
                status: 426, message: "WebSockets are not served; the client goes on over HTTP")
            return try await refuse(fault, nil, response)
        }
        if let format = ModelEndpoint.formatFetched(method: request.method, path: request.target) {
            let fetched = FetchedResponse(client: client, upstreams: upstreams, format: format)
            if let fault = try await fetched.serve(request, body, response) {
                try await refuse(fault, format, response)
            }
            return
        }
        guard let endpoint = ModelEndpoint(method: request.method, path: request.target) else {
            return try await PassThrough(client: client, upstreams: upstreams).serve(request, body, response)
        }
        if let pending = exchanges.repeated(by: request, body: body, identity: identity) {
            return try await pending.log.send(to: response)
        }
        let reading: AgentRequest
        do {
            reading = try await Proxy.read(endpoint, request, body)
            try reading.checkThatCallsCanBeHeld()
        } catch let fault as ProxyFault {
            return try await refuse(fault, endpoint.format, response)
        } catch {
            return try await refuse(ProxyFault(status: 400, message: "\(error)"), endpoint.format, response)
        }
        if !reading.hasTools, let session = await book.session(named: identity) {
            let side = SideRequest(client: client, upstreams: upstreams, endpoint: endpoint, session: session)
            return try await side.serve(request, body, response)
        }
        let exchange = Exchange(request: request, body: body, identity: identity)
        let claim: SessionBook.Claim
        do {
            claim = try await book.claim(reading, for: exchange)
        } catch let fault as ProxyFault {
            return try await refuse(fault, endpoint.format, response)
        }
        exchanges.add(exchange)
        let run = ExchangeRun(
            exchange: exchange, endpoint: endpoint, request: reading, known: claim.known,
            session: claim.session, client: client, upstreams: upstreams)
        exchange.start(
            on: response.executor, onLost: { await claim.session.abandon(.clientLeft) }
        ) { [exchanges, book] in
            let answer = await run.run()
            await book.release(claim.session, answer: answer)
            Task { await exchanges.remove(exchange) }
        }
        try await exchange.log.send(to: response)
    }

    /// Reads a request; a long one takes milliseconds, for which the streams of the same thread would wait.
    private static func read(
        _ endpoint: ModelEndpoint, _ request: HTTPRequest, _ body: [UInt8]
    ) async throws -> AgentRequest {
        let isLong = body.count > 1 << 16 || request.fields["content-encoding"] != nil
        return try await withTaskExecutorPreference(isLong ? globalConcurrentExecutor : nil) {
            try AgentRequest(endpoint, body: text(of: request, body))
        }
    }

    /// A request's body, decoded.
    private static func text(of request: HTTPRequest, _ body: [UInt8]) throws -> [UInt8] {
        guard let coding = request.fields["content-encoding"], coding.lowercased() != "identity" else {
            return body
        }
        let text: [UInt8]?
        do {
            text = try ContentDecoder.bytes(of: body, in: coding, limit: ReadingLimits.requestBody)
        } catch {
            throw ProxyFault(
                status: error == .beyondLimit ? 413 : 400, message: "the request cannot be read: \(error)")
        }
        guard let text else {
            let reason =
                "requests in the content encoding \(coding) cannot be read; turn compression off in the client"
            throw ProxyFault(status: 415, message: reason)
        }
        return text
    }

    /// Reads who asks; `/session/NAME` before the path names the conversation for clients that can send no header.
    private func identify(_ request: HTTPRequest) -> (HTTPRequest, ClientIdentity) {
        var request = request
        let parts = request.target.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: true)
        if parts.count == 3, parts[0] == "session" {
            request.fields[ClientIdentity.sessionField] = String(parts[1])
            request.target = "/" + parts[2]
        }
        return (request, ClientIdentity(request.fields))
    }

    private func refuse(_ fault: ProxyFault, _ format: WireFormat?, _ response: HTTPResponder) async throws {
        watcher.notice("answered \(fault.status): \(fault.message)")
        try await response.begin(fault.head(format))
        try await response.write(fault.body(format))
        try await response.finish()
    }
}
