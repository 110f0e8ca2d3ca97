import Agent
import Formats
import Foundation
import JSON
import Wire

/// A server of models: its address, the key for it, and how patient we are with it.
struct Endpoint: Sendable {
    /// How a key travels.
    enum KeyHeader: Sendable {
        /// `Authorization: Bearer KEY`.
        case bearer
        /// The header of that name.
        case named(String)
    }

    /// How long a server may take for what nobody needs: the rest of an error, the end of a connection.
    static let patience = Duration.seconds(5)

    let base: Origin
    let key: APIKey?
    let keyHeader: KeyHeader
    let silenceSeconds: Double
    let retries: Retries
    let pause: @Sendable (Duration) async throws -> Void
    private let client: HTTPClient

    init(
        base: String, key: APIKey?, keyHeader: KeyHeader = .bearer, silenceSeconds: Double,
        connection: ModelConnection
    ) throws(ModelError) {
        do {
            self.base = try Origin(base)
        } catch {
            throw ModelError(error.description)
        }
        self.key = key
        self.keyHeader = keyHeader
        self.silenceSeconds = silenceSeconds
        client = HTTPClient(limits: HTTPClient.TimeLimits(silence: max(1, Int(silenceSeconds.rounded(.up)))))
        retries = connection.retries
        pause = connection.pause
    }

    /// The host and port, for the person to read.
    var name: String { base.authority }

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
                    throw ModelError("\(name): \(failure.reason)\(retries.refusal(of: failure))\(tries)")
                }
                try await observe(
                    .retry(attempt: number, reason: "\(name): \(failure.reason)", delayMilliseconds: delay))
                try await pause(.milliseconds(delay))
                number += 1
            }
        }
    }

    /// Posts a JSON body, or gets where there is none, and hands the body of a success to `use` while it comes.
    ///
    /// A redirect is not followed: the key would travel to an address that nobody wrote down.
    /// - Throws: ``AttemptFailure``, cleaned of the key, or what `use` threw.
    func open<Result: Sendable>(
        _ path: String, query: String? = nil, _ body: JSONValue?,
        headers: [(name: String, value: String)] = [],
        _ use: @Sendable (inout HTTPResponseBody) async throws -> Result
    ) async throws -> Result {
        var fields = HTTPFields(headers.map { HTTPFields.Field($0.name, $0.value) })
        fields["Accept"] = "application/json, text/event-stream, application/x-ndjson"
        // Without the field a server may choose any coding (RFC 9110, section 12.5.3).
        fields["Accept-Encoding"] = "identity"
        if body != nil { fields["Content-Type"] = "application/json" }
        if let key {
            switch keyHeader {
            case .bearer: fields["Authorization"] = "Bearer " + key.secret
            case .named(let header): fields[header] = key.secret
            }
        }
        let request = HTTPRequest(
            method: body == nil ? "GET" : "POST",
            target: base.target(path, query: query), fields: fields)
        do {
            return try await client.send(request, body: body.map { Array($0.text().utf8) } ?? [], to: base) {
                response, body in
                guard (200..<300).contains(response.status) else {
                    // In an encoding that is not read the status is all that is known.
                    let isDecoded =
                        (try? body.decode(by: response.fields, upTo: ReadingLimits.serverAnswer)) != nil
                    throw await failure(response, &body, isDecoded: isDecoded)
                }
                guard response.status != 204, response.status != 205 else {
                    throw AttemptFailure(
                        reason:
                            "HTTP \(response.status): the answer has no body; is the url that of a model's API?",
                        isTransient: false)
                }
                try body.decode(by: response.fields, upTo: ReadingLimits.serverAnswer)
                return try await use(&body)
            }
        } catch let error as WireError {
            throw failure(error)
        }
    }

    /// Posts a JSON body, or gets where there is none, and reads the whole reply as JSON.
    /// - Throws: ``AttemptFailure``.
    func json(_ path: String, _ body: JSONValue?, largest: Int = ReadingLimits.serverAnswer) async throws
        -> JSONValue
    {
        let bytes = try await open(path, body) { body in
            do {
                return try await body.collect(upTo: largest)
            } catch let error as WireError where error.kind == .tooLarge {
                throw AttemptFailure(
                    reason: "\(path) answered with more than \(ReadingLimits.figure(largest))",
                    isTransient: false)
            }
        }
        do {
            return try JSONParser.parse(bytes)
        } catch {
            throw AttemptFailure(reason: "\(path) answered with no JSON: \(error)", isTransient: false)
        }
    }

    /// What a broken connection amounts to.
    func failure(_ error: WireError) -> AttemptFailure {
        let (reason, isTransient): (String, Bool) =
            switch error.kind {
            case .refused: ("no server answers there; is it running?", false)
            case .unknownHost: ("there is no host of that name", false)
            case .address, .insecure: (error.description, false)
            // The same would come again.
            case .coding, .malformed, .tooLarge: ("the answer cannot be read: \(error)", false)
            case .timedOut: ("the server has been silent for \(Int(silenceSeconds)) seconds", true)
            case .cut: ("the connection was lost: \(error)", true)
            case .unreachable: ("the connection failed: \(error)", true)
            }
        return AttemptFailure(reason: scrub(reason), isTransient: isTransient)
    }

    /// What a reply of another status amounts to.
    private func failure(
        _ response: HTTPResponse, _ body: inout HTTPResponseBody, isDecoded: Bool
    ) async -> any Error {
        var isDecoded = isDecoded
        var bytes: [UInt8] = []
        // A reason that comes drop by drop is not waited for: the status is known.
        body.close(after: Endpoint.patience)
        do {
            while bytes.count < ReadingLimits.errorBody, let piece = try await body.next() { bytes += piece }
        } catch is CancellationError {
            return CancellationError()
        } catch let error as WireError where error.kind == .malformed && response.fields.contentCoding != nil
        {
            isDecoded = false
        } catch {
            // The status alone says enough.
        }
        let refused = RefusedAnswer(
            status: response.status, fields: response.fields,
            body: Array(bytes.prefix(ReadingLimits.errorBody)), isDecoded: isDecoded)
        return refused.failure(key: key, scrub: scrub)
    }

    /// The text without the key.
    func scrub(_ text: String) -> String { key.map { $0.scrub(text) } ?? text }
}

/// The pause that a server asks for (RFC 9110, section 10.2.3, and the header in milliseconds beside it).
enum RetryAfter {
    static func milliseconds(_ headers: HTTPFields, now: Date) -> Int? {
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

/// How patient adapters are with their servers.
public struct ModelConnection: Sendable {
    let retries: Retries
    let pause: @Sendable (Duration) async throws -> Void

    /// - Parameters:
    ///   - retries: when a failed attempt is made again; jitter of a random seed by default.
    ///   - pause: waits between two attempts.
    public init(
        retries: Retries = Retries(seed: .random(in: .min ... .max)),
        pause: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        self.retries = retries
        self.pause = pause
    }
}
