import Agent
import Formats
import Foundation
import JSON

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// A server of models: its address, the key for it, and how patient we are with it.
struct Endpoint: Sendable {
    /// How a key travels.
    enum KeyHeader: Sendable {
        /// `Authorization: Bearer KEY`.
        case bearer
        /// The header of that name.
        case named(String)
    }

    let base: URL
    let key: APIKey?
    let keyHeader: KeyHeader
    let silenceSeconds: Double
    let transport: any HTTPTransport
    let retries: Retries
    let pause: @Sendable (Duration) async throws -> Void

    /// The largest error body that is looked at.
    private static let largestError = 65_536

    init(
        base: String, key: APIKey?, keyHeader: KeyHeader = .bearer, silenceSeconds: Double,
        connection: ModelConnection
    ) throws(ModelError) {
        let trimmed = base.utf8.last == UInt8(ascii: "/") ? String(base.unicodeScalars.dropLast()) : base
        guard let url = URL(string: trimmed), let scheme = url.scheme?.lowercased(),
            scheme == "http" || scheme == "https", url.host?.isEmpty == false
        else {
            throw ModelError(
                "\(base) is no address of a server; write it as http://HOST:PORT or https://HOST")
        }
        guard url.user == nil, url.password == nil, url.query == nil, url.fragment == nil else {
            throw ModelError(
                "the model's url has a user, a query or a fragment; leave them out: keys come from the environment"
            )
        }
        self.base = url
        self.key = key
        self.keyHeader = keyHeader
        self.silenceSeconds = silenceSeconds
        transport = connection.transport
        retries = connection.retries
        pause = connection.pause
    }

    /// The host and port, for the person to read.
    var name: String { (base.host ?? "") + (base.port.map { ":\($0)" } ?? "") }

    /// Runs `attempt` until it succeeds, cannot succeed, or has been tried often enough.
    /// - Throws: ``ModelError``, `CancellationError`, or what `observe` threw.
    func retrying<Result: Sendable>(
        _ observe: @Sendable (DecodeEvent) async throws -> Void,
        attempt: @Sendable () async throws -> Result
    ) async throws -> Result {
        var number = 1
        while true {
            do {
                return try await attempt()
            } catch let failure as AttemptFailure {
                guard failure.isTransient,
                    let delay = retries.delay(after: number, retryAfter: failure.retryAfter)
                else {
                    let tries = number > 1 ? " (after \(number) attempts)" : ""
                    throw ModelError("\(name): \(failure.reason)\(tries)")
                }
                try await observe(
                    .retry(attempt: number, reason: "\(name): \(failure.reason)", delayMilliseconds: delay))
                try await pause(.milliseconds(delay))
                number += 1
            }
        }
    }

    /// Posts a JSON body and returns the reply of a success.
    /// - Throws: ``AttemptFailure``, cleaned of the key.
    func open(
        _ path: String, query: String? = nil, _ body: JSONValue?,
        headers: [(name: String, value: String)] = []
    ) async throws -> HTTPReply {
        var all = headers
        all.append(("Accept", "application/json, text/event-stream, application/x-ndjson"))
        if body != nil { all.append(("Content-Type", "application/json")) }
        if let key {
            switch keyHeader {
            case .bearer: all.append(("Authorization", "Bearer " + key.secret))
            case .named(let header): all.append((header, key.secret))
            }
        }
        let request = HTTPRequest(
            method: body == nil ? "GET" : "POST", url: address(path, query: query), headers: all,
            body: body.map { Array($0.text().utf8) } ?? [], silenceSeconds: silenceSeconds)
        let reply: HTTPReply
        do {
            reply = try await transport.send(request)
        } catch {
            throw failure(error)
        }
        guard (200..<300).contains(reply.status) else { throw await failure(reply) }
        return reply
    }

    private func address(_ path: String, query: String?) -> URL {
        let url = base.appendingPathComponent(path)
        guard let query, var parts = URLComponents(url: url, resolvingAgainstBaseURL: false) else {
            return url
        }
        parts.query = query
        return parts.url ?? url
    }

    /// Posts a JSON body, or gets where there is none, and reads the whole reply as JSON.
    /// - Throws: ``AttemptFailure``.
    func json(_ path: String, _ body: JSONValue?, largest: Int = 1 << 28) async throws -> JSONValue {
        let reply = try await open(path, body)
        var bytes: [UInt8] = []
        do {
            for try await piece in reply.body {
                bytes += piece
                guard bytes.count <= largest else {
                    throw AttemptFailure(
                        reason: "\(path) answered with more than \(largest) bytes", isTransient: false)
                }
            }
        } catch let failure as AttemptFailure {
            throw failure
        } catch {
            throw failure(error)
        }
        do {
            return try JSONParser.parse(bytes)
        } catch {
            throw AttemptFailure(reason: "\(path) answered with no JSON: \(error)", isTransient: false)
        }
    }

    /// What a broken connection amounts to.
    func failure(_ error: any Error) -> any Error {
        if error is CancellationError || error is AttemptFailure { return error }
        let code = (error as? URLError)?.code
        let (reason, isTransient): (String, Bool) =
            switch code {
            case .cannotConnectToHost: ("no server answers there; is it running?", false)
            case .cannotFindHost, .dnsLookupFailed: ("there is no host of that name", false)
            case .timedOut: ("the server has been silent for \(Int(silenceSeconds)) seconds", true)
            case .networkConnectionLost: ("the connection was lost", true)
            default: ("the connection failed: \((error as NSError).localizedDescription)", true)
            }
        return AttemptFailure(reason: scrub(reason), isTransient: isTransient)
    }

    /// What a reply of another status amounts to.
    private func failure(_ reply: HTTPReply) async -> any Error {
        var bytes: [UInt8] = []
        do {
            for try await piece in reply.body {
                bytes += piece
                if bytes.count >= Endpoint.largestError { break }
            }
        } catch is CancellationError {
            return CancellationError()
        } catch {
            // The status alone says enough.
        }
        let text = String(decoding: bytes.prefix(Endpoint.largestError), as: UTF8.self)
        let error = (try? JSONParser.parse(text)).flatMap { ProviderError($0) }
        // Cleaned before it is cut: half a key is a key's half.
        let message = scrub(error?.message ?? text)
        var reason = "HTTP \(reply.status)"
        let line = String(
            String.UnicodeScalarView(
                message.unicodeScalars.map { $0 == "\n" || $0 == "\r" ? " " : $0 }.prefix(400)))
        if (300..<400).contains(reply.status) {
            reason +=
                ": the server redirects to \(reply.headers["location"] ?? "another address"); write that as the url"
        } else if !line.isEmpty {
            reason += ": " + line
        }
        if reply.status == 401 || reply.status == 403 {
            reason += key.map { "; is \($0.variable) the right key?" } ?? "; the workflow names no key"
        }
        let isSpent = error?.isSpent ?? false
        let isTransient =
            [408, 409, 425, 429].contains(reply.status) || (reply.status >= 500 && reply.status != 501)
        return AttemptFailure(
            reason: scrub(reason), isTransient: isTransient && !isSpent,
            retryAfter: RetryAfter.milliseconds(reply.headers, now: Date()))
    }

    /// The text without the key.
    func scrub(_ text: String) -> String { key.map { $0.scrub(text) } ?? text }
}

/// The pause that a server asks for (RFC 9110, section 10.2.3, and the header in milliseconds beside it).
enum RetryAfter {
    static func milliseconds(_ headers: [String: String], now: Date) -> Int? {
        if let text = headers["retry-after-ms"], let value = Double(text), value >= 0, value < 1e9 {
            return Int(value)
        }
        guard let text = headers["retry-after"]?.trimmingCharacters(in: .whitespaces) else { return nil }
        if let seconds = Double(text) { return seconds >= 0 && seconds < 1e6 ? Int(seconds * 1_000) : nil }
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = TimeZone(secondsFromGMT: 0)
        format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss zzz"
        return format.date(from: text).map { max(0, Int($0.timeIntervalSince(now) * 1_000)) }
    }
}

/// How adapters reach their servers: the real network, or what a test gives.
public struct ModelConnection: Sendable {
    let transport: any HTTPTransport
    let retries: Retries
    let pause: @Sendable (Duration) async throws -> Void

    /// The network.
    /// - Parameter retries: when a failed attempt is made again; jitter of a random seed by default.
    public init(
        retries: Retries = Retries(seed: .random(in: .min ... .max)),
        pause: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        self.init(transport: URLSessionTransport(), retries: retries, pause: pause)
    }

    init(
        transport: any HTTPTransport, retries: Retries,
        pause: @escaping @Sendable (Duration) async throws -> Void
    ) {
        self.transport = transport
        self.retries = retries
        self.pause = pause
    }
}
