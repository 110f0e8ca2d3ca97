import Agent
import Formats
import Wire

/// A request beside a conversation: a title, a summary, a check of the quota.
///
/// It offers no tools, so that nothing can wait in it; the conversation's journal keeps one line of it.
struct SideRequest: Sendable {
    let client: HTTPClient
    let upstreams: Upstreams
    let endpoint: ModelEndpoint
    let session: AttachedSession

    func serve(_ request: HTTPRequest, _ body: [UInt8], _ response: HTTPResponder) async throws {
        let (origin, target) = try upstreams.place(of: request, format: endpoint.format)
        let sent = HTTPRequest(
            method: request.method, target: target, fields: Upstreams.fields(of: request, reading: .stream))
        let words: String
        do {
            words = try await answer(sent, body, origin, response)
        } catch let error as ProxyError {
            let fault = ProxyFault(status: 424, message: error.description)
            try await response.begin(fault.head(endpoint.format))
            try await response.write(fault.body(endpoint.format))
            try await response.finish()
            words = error.description
        }
        try? await session.mark("side request: \(words.prefix(200))")
    }

    /// Passes on the answer; its words, or what came of it, for the journal.
    /// - Throws: ``ProxyError`` before anything has left, for what cannot be passed on.
    private func answer(
        _ sent: HTTPRequest, _ body: [UInt8], _ origin: Origin, _ response: HTTPResponder
    ) async throws -> String {
        let format = endpoint.format
        return try await client.send(sent, body: body, to: origin) { head, body in
            guard (200..<300).contains(head.status) else {
                let other = try await OtherAnswer(
                    HTTPResponse(status: head.status, fields: head.fields.endToEnd), &body, format)
                try await response.begin(other.head)
                try await response.write(other.body)
                try await response.finish()
                return String(decoding: other.text.prefix(300), as: UTF8.self)
            }
            if let fault = OtherAnswer.charsetFault(head) { throw fault }
            let isEvents = head.mediaType == "text/event-stream"
            let begun = HTTPResponse(status: head.status, fields: head.fields.endToEnd).decoded
            try await response.begin(isEvents ? begun.withoutLength : begun)
            var words = ""
            let gated = try await CallFreeStream(format: format).relay(head.fields, &body, response) {
                pieces in
                for case .text(let text) in pieces where words.utf8.count < 300 { words += text }
            }
            // A call where no tool was offered is nothing that a person could decide: the response ends before it.
            if gated.isHolding { return words + " (cut before a call that no tool was offered for)" }
            guard gated.isRefused, !gated.hasPassedError, let fault = gated.fault else {
                try await response.finish()
                return words
            }
            // What was not streamed is cut, since its client knows how long it was to be.
            if isEvents {
                try await response.write(
                    format.errorEvent(
                        "callgate: \(fault.description)", status: 424, kind: "invalid_request_error"))
                try await response.finish()
            }
            return words + " (\(fault.description))"
        }
    }
}
