import Formats
import JSON
import Wire

/// A response that its client asked for before, in the background, and fetches now.
///
/// It belongs to no request under way, so that nobody could decide its calls: it passes where it has none.
struct FetchedResponse: Sendable {
    let client: HTTPClient
    let upstreams: Upstreams
    let format: WireFormat

    private static let words =
        "the response that was fetched asks for calls, which can be held only where it is asked for; "
        + "turn the client's background mode off"

    /// Passes the response on.
    /// - Returns: what is to be said instead; nothing has left then.
    func serve(
        _ request: HTTPRequest, _ body: [UInt8], _ response: HTTPResponder
    ) async throws -> ProxyFault? {
        do {
            let (origin, target) = try upstreams.place(of: request, format: format)
            let sent = HTTPRequest(
                method: request.method, target: target,
                fields: Upstreams.fields(of: request, reading: .stream))
            try await client.send(sent, body: body, to: origin) { head, body in
                let head = HTTPResponse(status: head.status, fields: head.fields.endToEnd)
                if !(200..<300).contains(head.status) {
                    let other = try await OtherAnswer(head, &body, format)
                    try await FetchedResponse.send(other.head, other.body, response)
                } else if head.mediaType == "text/event-stream" {
                    try await stream(head, &body, response)
                } else {
                    try await whole(head, &body, response)
                }
            }
        } catch let error as ProxyError {
            return ProxyFault(status: 424, message: error.description)
        } catch let error as WireError where error.isBeforeConnecting {
            return ProxyFault(status: 502, message: error.description, isTransient: true)
        }
        return nil
    }

    private func whole(
        _ head: HTTPResponse, _ body: inout HTTPResponseBody, _ response: HTTPResponder
    ) async throws {
        if let fault = OtherAnswer.charsetFault(head) { throw fault }
        let coded = try await body.collect(upTo: ReadingLimits.serverAnswer)
        var decoding = try ResponseDecoding(head.fields)
        let text = try decoding.take(coded, keeps: false)
        try decoding.finish()
        guard format.holdsNoCall(text) else { throw ProxyError(FetchedResponse.words) }
        try await FetchedResponse.send(head, coded, response)
    }

    private func stream(
        _ head: HTTPResponse, _ body: inout HTTPResponseBody, _ response: HTTPResponder
    ) async throws {
        if let fault = OtherAnswer.charsetFault(head) { throw fault }
        try await response.begin(head.decoded.withoutLength)
        let gated = try await CallFreeStream(format: format).relay(head.fields, &body, response)
        if gated.isHolding || gated.isRefused, !gated.hasPassedError {
            try await response.write(
                format.errorEvent(
                    "callgate: \(FetchedResponse.words)", status: 424, kind: "invalid_request_error"))
        }
        try await response.finish()
    }

    private static func send(
        _ head: HTTPResponse, _ body: [UInt8], _ response: HTTPResponder
    ) async throws {
        try await response.begin(head)
        try await response.write(body)
        try await response.finish()
    }
}
