import Agent
import Formats
import Foundation
import JSON
import Sessions
import Synchronization
import Wire

@testable import Attach

/// A provider that answers in turn, and keeps what it was asked.
final class ScriptedProvider: Sendable {
    let requests = Mutex<[(request: HTTPRequest, body: [UInt8])]>([])
    private let turns: [ModelResponse]
    private let server: HTTPServer
    private let serving: Task<Void, any Error>

    init(_ turns: [ModelResponse]) async throws {
        self.turns = turns
        let server = try await HTTPServer(host: "127.0.0.1", port: 0)
        self.server = server
        let shared = Shared()
        serving = Task { try await server.run { try await shared.provider?.answer($0, $1, $2) } }
        shared.set(self)
    }

    var origin: Origin { get throws { try Origin("http://127.0.0.1:\(server.port)") } }

    func stop() { serving.cancel() }

    private func answer(_ request: HTTPRequest, _ body: [UInt8], _ response: HTTPResponder) async throws {
        let number = requests.withLock { all in
            all.append((request, body))
            return all.count - 1
        }
        guard let endpoint = ModelEndpoint(method: request.method, path: request.target) else {
            return try await response.send(status: 200, type: "application/json", text: "{\"passed\":true}")
        }
        let turn = turns[min(number, turns.count - 1)]
        let identity = ResponseIdentity(id: "resp_\(number)", model: "scripted", created: 1_700_000_000)
        let isStreamed = try WireRequest(endpoint, body: body).isStreamed
        guard isStreamed else {
            let text = ResponseWriter.whole(turn, in: endpoint.format, identity: identity).text()
            return try await response.send(status: 200, type: "application/json", text: text)
        }
        try await response.begin(
            HTTPResponse(status: 200, fields: HTTPFields([.init("content-type", "text/event-stream")])))
        for frame in ResponseWriter.stream(of: turn, in: endpoint.format, identity: identity) {
            try await response.write(frame)
        }
        try await response.finish()
    }

    private final class Shared: Sendable {
        private let box = Mutex(Weak())

        var provider: ScriptedProvider? { box.withLock { $0.provider } }

        func set(_ provider: ScriptedProvider) { box.withLock { $0.provider = provider } }
    }

    private struct Weak { weak var provider: ScriptedProvider? }
}

/// A provider that answers as it is told, by the number of the request, from 0.
final class FreeProvider: Sendable {
    typealias Answer = @Sendable (Int, [UInt8], HTTPResponder) async throws -> Void

    let origin: Origin
    private let seen: Seen
    private let serving: Task<Void, any Error>

    private final class Seen: Sendable {
        let bodies = Mutex<[String]>([])
    }

    init(_ answer: @escaping Answer) async throws {
        let server = try await HTTPServer(host: "127.0.0.1", port: 0)
        origin = try Origin("http://127.0.0.1:\(server.port)")
        let seen = Seen()
        self.seen = seen
        serving = Task {
            try await server.run { _, body, response in
                let number = seen.bodies.withLock { all in
                    all.append(String(decoding: body, as: UTF8.self))
                    return all.count - 1
                }
                try await answer(number, body, response)
            }
        }
    }

    /// A provider of Messages whose model asks for one call, and is done whatever comes of it.
    static func asksForTheDate() async throws -> FreeProvider {
        try await FreeProvider { number, _, response in
            try await stream(
                number == 0 ? asking(bash("a", "date")) : done, id: "msg_\(number)", to: response)
        }
    }

    /// The bodies of the requests so far.
    var bodies: [String] { seen.bodies.withLock { $0 } }

    func stop() { serving.cancel() }

    /// Streams a response of Messages.
    static func stream(
        _ answer: ModelResponse, id: String, _ format: WireFormat = .messages, to response: HTTPResponder
    ) async throws {
        try await response.begin(
            HTTPResponse(status: 200, fields: HTTPFields([.init("content-type", "text/event-stream")])))
        let identity = ResponseIdentity(id: id, model: "m", created: 1_700_000_000)
        for frame in ResponseWriter.stream(of: answer, in: format, identity: identity) {
            try await response.write(frame)
        }
        try await response.finish()
    }
}

/// A person who decides calls by a table, and everything that a proxy told.
final class TablePerson: ProxyWatcher {
    struct State {
        var sessions: [String: AttachedSession] = [:]
        var events: [String: [Event]] = [:]
        var folds: [String: RunState] = [:]
        var order: [String] = []
    }

    let state = Mutex(State())
    private let decide: @Sendable (CallRecord) -> Decision?

    private let breakpoints: [Filter]

    init(breakpoints: [Filter] = [], _ decide: @escaping @Sendable (CallRecord) -> Decision?) {
        self.breakpoints = breakpoints
        self.decide = decide
    }

    func opened(_ summary: SessionSummary, past: String?) {
        summary.session.control.setBreakpoints(breakpoints)
        state.withLock { state in
            state.sessions[summary.journal] = summary.session
            state.order.append(summary.journal)
        }
    }

    func happened(_ event: Event, in journal: String) {
        let (record, session) = state.withLock { state -> (CallRecord?, AttachedSession?) in
            state.events[journal, default: []].append(event)
            state.folds[journal, default: RunState()].apply(event)
            guard case .callJudged(let key, _, let ruling) = event.body, ruling.effect == .ask else {
                return (nil, nil)
            }
            return (state.folds[journal]?.call(key), state.sessions[journal])
        }
        guard let record, let session, let decision = decide(record) else { return }
        session.control.send(
            .decide(BoundDecision(key: record.key, call: record.call, decision: decision, decider: .person)))
    }

    func does(_ status: RunStatus, in journal: String) {}
    func refused(_ reason: String, in journal: String) {}
    func notice(_ text: String) {}

    var journals: [String] { state.withLock { $0.order } }

    func fold(_ journal: String) -> RunState { state.withLock { $0.folds[journal] ?? RunState() } }
}

/// A proxy between a scripted provider and whoever asks it, for the length of a test.
func withProxy<Result: Sendable>(
    _ provider: ScriptedProvider, folder: TemporaryFolder, person: TablePerson, holdLimit: Int? = nil,
    _ body: (Origin) async throws -> Result
) async throws -> Result {
    try await withProxy(at: try provider.origin, folder: folder, person: person, holdLimit: holdLimit) {
        origin, _ in
        try await body(origin)
    }
}

/// The same between any provider and whoever asks it; the body may end the proxy itself.
func withProxy<Result: Sendable>(
    at provider: Origin, folder: TemporaryFolder, person: TablePerson, holdLimit: Int? = nil,
    denial: DenialWay = .auto, approval: AttachApproval = .person,
    _ body: (Origin, Proxy) async throws -> Result
) async throws -> Result {
    let settings = ProxySettings(
        upstream: provider, folder: folder.path,
        gate: GateSettings(approval: approval, holdLimit: holdLimit, denial: denial))
    let proxy = try await Proxy(settings, watcher: person)
    let serving = Task { try await proxy.run() }
    do {
        let result = try await body(try Origin("http://127.0.0.1:\(proxy.port)"), proxy)
        serving.cancel()
        _ = await serving.result
        return result
    } catch {
        serving.cancel()
        throw error
    }
}

/// Posts a body and gives back the status and the whole answer.
func post(
    _ path: String, _ body: JSONValue, to origin: Origin, fields: [HTTPFields.Field] = []
) async throws -> (status: Int, bytes: [UInt8]) {
    try await post(path, bytes: body.text(), to: origin, fields: fields)
}

/// The same of a body that need not be JSON.
func post(
    _ path: String, bytes text: String, to origin: Origin, fields: [HTTPFields.Field] = []
) async throws -> (status: Int, bytes: [UInt8]) {
    let request = HTTPRequest(
        method: "POST", target: path,
        fields: HTTPFields(
            [.init("content-type", "application/json"), .init("x-api-key", "sk-made-up")] + fields))
    return try await HTTPClient().send(request, body: Array(text.utf8), to: origin) { head, body in
        (head.status, try await body.collect(upTo: 1 << 24))
    }
}
