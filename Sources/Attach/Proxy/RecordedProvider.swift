import Agent
import Formats
import Sessions
import Wire

/// Answers in a provider's place, offline, with the responses of a recorded session, in whatever format it is asked.
public struct RecordedProvider: Sendable {
    private let responses: [ModelResponse]
    private let name: String
    private let server: HTTPServer

    /// Reads the session and listens on a free port of loopback.
    /// - Throws: `JournalError`, ``AttachError`` for a session without responses, or `WireError`.
    public init(journal: String) async throws {
        responses = try Journal(path: journal, upToDamage: true).events.compactMap { event in
            if case .responseReceived(_, let response, _) = event.body { response } else { nil }
        }
        guard !responses.isEmpty else { throw AttachError("\(journal) holds no response to answer with") }
        name = journal
        server = try await HTTPServer(host: "127.0.0.1", port: 0)
    }

    /// Where it listens.
    /// - Throws: `WireError`, which a port of loopback never causes.
    public var origin: Origin { get throws(WireError) { try Origin("http://127.0.0.1:\(server.port)") } }

    /// Serves until the task is cancelled.
    public func run() async throws { try await server.run { try await answer($0, $1, $2) } }

    /// Answers with the response that comes after as many answers as the request holds.
    private func answer(_ request: HTTPRequest, _ body: [UInt8], _ response: HTTPResponder) async throws {
        guard let endpoint = ModelEndpoint(method: request.method, path: request.target) else {
            return try await refuse(404, "a recorded session answers models' requests alone", nil, response)
        }
        let asked = try AgentRequest(endpoint, body: body)
        let answers = asked.dialogue.count { if case .assistant = $0 { true } else { false } }
        guard answers < responses.count else {
            let words = "\(name) holds \(responses.count) responses, and the request goes on after them"
            return try await refuse(404, words, endpoint.format, response)
        }
        let told = responses[answers]
        let identity = ResponseIdentity(id: "recorded-\(answers + 1)", model: asked.reading.model, created: 0)
        guard asked.reading.isStreamed else {
            let text = ResponseWriter.whole(told, in: endpoint.format, identity: identity).text()
            return try await response.send(status: 200, type: "application/json", text: text)
        }
        let type = endpoint.format == .ollama ? "application/x-ndjson" : "text/event-stream"
        try await response.begin(HTTPResponse(status: 200, fields: HTTPFields([.init("content-type", type)])))
        for frame in ResponseWriter.stream(of: told, in: endpoint.format, identity: identity) {
            try await response.write(frame)
        }
        try await response.finish()
    }

    private func refuse(
        _ status: Int, _ words: String, _ format: WireFormat?, _ response: HTTPResponder
    ) async throws {
        let fault = ProxyFault(status: status, message: words)
        try await response.begin(fault.head(format))
        try await response.write(fault.body(format))
        try await response.finish()
    }
}
