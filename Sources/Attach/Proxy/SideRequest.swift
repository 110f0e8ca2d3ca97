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
        let format = endpoint.format
        let words = try await client.send(sent, body: body, to: origin) { head, body in
            var decoding = try ResponseDecoding(head.fields["content-encoding"])
            try await response.begin(
                HTTPResponse(status: head.status, fields: head.fields.endToEnd).decoded)
            var gated = GatedStream(format, isStreamed: true)
            var words = ""
            var hasFailed = !(200..<300).contains(head.status)
            while let coded = try await body.next() {
                let bytes = try decoding.take(coded, keeps: false)
                guard !hasFailed else {
                    try await response.write(bytes)
                    continue
                }
                let output = gated.take(bytes)
                for case .text(let text) in output.pieces where words.utf8.count < 300 { words += text }
                try await response.write(output.passed)
                // A call where no tool was offered is nothing that a person could decide: the response ends before it.
                if gated.isHolding { return words + " (cut before a call that no tool was offered for)" }
                hasFailed = gated.fault != nil
            }
            try decoding.finish()
            try await response.write(gated.finish().passed)
            try await response.finish()
            return words
        }
        try? await session.mark("side request: \(words.prefix(200))")
    }
}
