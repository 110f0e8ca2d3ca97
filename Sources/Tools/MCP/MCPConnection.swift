import Agent
import Foundation
import JSON
import Synchronization
import Wire

/// A session over a transport: performs what the session asks for.
final class MCPConnection: Sendable {
    private struct State {
        var session: MCPSession
        var transport: (any MCPTransport)?
        var opening: CheckedContinuation<[MCPToolDescription], any Error>?
        var calls: [Int: CheckedContinuation<MCPCallResult, any Error>] = [:]
        var deadlines: [Int: ToolDeadline] = [:]
        var asking: [MCPSession.Question: Task<Void, Never>] = [:]
        var nextCall = 1
        var endReason: String?
        /// How the server is started once more, where it ends at the probe.
        var launch: ProcessLaunch?
        /// Whether the server knows the session no longer; calls that run may get their results yet.
        var isForgotten = false
        /// Whether the end is ours.
        var isClosing = false
    }

    private let name: String
    private let host: any MCPHost
    /// What the server was given and what it may say again; nobody is told.
    private let secrets: EnvironmentSecrets
    private let state: Mutex<State>

    /// How long a server may leave the probe unanswered, and how long it may take to list its tools.
    private static let probeTime = Duration.seconds(5)
    private static let openingTime = Duration.seconds(60)

    init(name: String, host: any MCPHost, secrets: EnvironmentSecrets = EnvironmentSecrets()) {
        self.name = name
        self.host = host
        self.secrets = secrets
        state = Mutex(State(session: MCPSession(server: name)))
    }

    /// Whether calls can be sent.
    var isOpen: Bool { state.withLock { $0.transport != nil && $0.endReason == nil && !$0.isForgotten } }

    /// The era and version, once they are known.
    var dialect: (MCPEra, String)? {
        state.withLock { state in state.session.era.map { ($0, state.session.version) } }
    }

    private var report: @Sendable (MCPReport) -> Void { { [weak self] in self?.take($0) } }

    /// Starts or reaches the server and lists its tools.
    /// - Throws: ``MCPError`` when it cannot be used.
    func open(_ transport: MCPServerSettings.Transport) async throws -> [MCPToolDescription] {
        let made: any MCPTransport
        switch transport {
        case .stdio(let launch):
            state.withLock { $0.launch = launch }
            do { made = try StdioTransport(launch, report: report) } catch {
                // The program or its folder may have been named by a variable.
                throw MCPError(secrets.hiding(in: "server \(name): \(error)"))
            }
        case .http(let address, let headers):
            do {
                made = HTTPTransport(address: try WebAddress(address), headers: headers, report: report)
            } catch {
                throw MCPError(secrets.hiding(in: "server \(name): \(error)"))
            }
        }
        state.withLock { $0.transport = made }
        let watch = Task {
            try await Task.sleep(for: MCPConnection.probeTime)
            run { $0.probeTimedOut() }
            try await Task.sleep(for: MCPConnection.openingTime - MCPConnection.probeTime)
            let reason = "did not list its tools within \(MCPConnection.openingTime)"
            run { $0.close(reason) }
        }
        defer { watch.cancel() }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let reason = state.withLock { state in
                    if state.endReason == nil { state.opening = continuation }
                    return state.endReason
                }
                if let reason { continuation.resume(throwing: MCPError(reason)) } else { run { $0.start() } }
            }
        } onCancel: {
            close()
        }
    }

    /// Calls a tool and waits for its result.
    /// - Throws: `ToolFailure` where the server gave an error or died, ``MCPSessionGone`` where it did not read the call,
    ///   `CancellationError` when the task was cancelled.
    func call(_ tool: String, _ arguments: JSONValue, headers: [String: String]) async throws -> MCPCallResult
    {
        let call = state.withLock { state in
            state.deadlines[state.nextCall] = ToolDeadline.current
            state.nextCall += 1
            return state.nextCall - 1
        }
        defer {
            let isLast = state.withLock { state in
                state.deadlines[call] = nil
                return state.isForgotten && state.deadlines.isEmpty
            }
            // Nothing is asked of the server in this session any more.
            if isLast { close() }
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                state.withLock { $0.calls[call] = continuation }
                if Task.isCancelled { return cancel(call) }
                run { $0.call(call, name: tool, arguments: arguments, headers: headers) }
            }
        } onCancel: {
            cancel(call)
        }
    }

    /// Ends the conversation.
    func close() {
        state.withLock { $0.isClosing = true }
        run { $0.close("was closed") }
    }

    private func cancel(_ call: Int) {
        // The continuation is there before the call is sent, so one of the two cancellations meets it.
        guard let waiting = state.withLock({ $0.calls.removeValue(forKey: call) }) else { return }
        run { $0.cancel(call) }
        waiting.resume(throwing: CancellationError())
    }

    private func take(_ report: MCPReport) {
        switch report {
        case .message(let bytes): run { $0.receive(bytes) }
        case .whole(let bytes): run { $0.receive(bytes, isWhole: true) }
        case .stuck(let bytes): run { $0.giveUpLine(bytes) }
        case .log(let line):
            host.log(server: name, secrets.hiding(in: line), .output)
            run { $0.overhear(line) }
        case .ended(let reason): run { $0.close(reason) }
        case .died(let reason): startAgain(after: reason)
        case .forgotten(let request): run { $0.forget(request) }
        }
    }

    /// Starts a server once more that has ended at the probe; any other end is one.
    private func startAgain(after reason: String) {
        let launch = state.withLock { state -> ProcessLaunch? in
            guard case .probing = state.session.phase else { return nil }
            defer { state.launch = nil }
            return state.launch
        }
        guard let launch else { return run { $0.close(reason) } }
        do {
            let transport = try StdioTransport(launch, report: report)
            let isOver = state.withLock { state in
                state.transport = transport
                return state.endReason != nil
            }
            if isOver { return transport.stop() }
        } catch {
            return run { $0.close(reason) }
        }
        host.log(server: name, "ended before it was initialized, and is started once more", .note)
        run { $0.startedAgain() }
    }

    private func run(_ step: (inout MCPSession) -> [MCPSession.Action]) {
        for action in state.withLock({ step(&$0.session) }) { perform(secrets.hiding(in: action)) }
    }

    private func perform(_ action: MCPSession.Action) {
        switch action {
        case .send(let message): state.withLock { $0.transport }?.send(message)
        case .settled(let era, let version):
            state.withLock { $0.transport }?.settle(era, version: version)
            host.log(server: name, "speaks MCP \(version) (\(era.rawValue))", .opened)
        case .tools(let tools): takeOpening()?.resume(returning: tools)
        case .finished(let call, let result): takeCall(call)?.resume(returning: result)
        case .failed(let call, let reason): takeCall(call)?.resume(throwing: ToolFailure(reason))
        case .forgotten(let call):
            let isNews = state.withLock { state in
                defer { state.isForgotten = true }
                return !state.isForgotten
            }
            if isNews { host.log(server: name, "no longer knows the session; a new one is begun", .note) }
            takeCall(call)?.resume(throwing: MCPSessionGone())
        case .ask(let question, let elicitation): ask(question, elicitation)
        case .withdraw(let question): state.withLock { $0.asking.removeValue(forKey: question) }?.cancel()
        case .wait(let call, let milliseconds):
            Task {
                try await Task.sleep(for: .milliseconds(milliseconds))
                run { $0.resume(call) }
            }
        case .doubt(let request, let said, let milliseconds):
            Task {
                try await Task.sleep(for: .milliseconds(milliseconds))
                run { $0.giveUp(request, said) }
            }
        case .unfinished(let lines, let milliseconds):
            Task {
                try await Task.sleep(for: .milliseconds(milliseconds))
                run { $0.giveUpLines(since: lines) }
            }
        case .log(let line): host.log(server: name, line, .note)
        case .unusable(let reason):
            let (transport, isOurs) = state.withLock { state in
                state.endReason = "server \(name) \(reason)"
                return (state.transport, state.isClosing)
            }
            transport?.stop()
            takeOpening()?.resume(throwing: MCPError("server \(name) \(reason)"))
            host.log(server: name, reason, isOurs ? .note : .ended)
        }
    }

    private func takeOpening() -> CheckedContinuation<[MCPToolDescription], any Error>? {
        state.withLock { state in
            defer { state.opening = nil }
            return state.opening
        }
    }

    private func takeCall(_ call: Int) -> CheckedContinuation<MCPCallResult, any Error>? {
        state.withLock { $0.calls.removeValue(forKey: call) }
    }

    /// Asks the person; which of several calls a legacy server asks for is not known, so all their clocks stand still.
    private func ask(_ question: MCPSession.Question, _ elicitation: Elicitation) {
        let deadlines = state.withLock { Array($0.deadlines.values) }
        for deadline in deadlines { deadline.pause() }
        let task = Task {
            let answer = await host.answer(elicitation)
            for deadline in deadlines { deadline.resume() }
            state.withLock { $0.asking[question] = nil }
            run { $0.answer(question, answer) }
        }
        state.withLock { $0.asking[question] = task }
    }
}

/// The server no longer knows the session and did not read a call.
struct MCPSessionGone: Error {}

extension EnvironmentSecrets {
    /// What goes to the person, the model and the journal, cleaned; what goes to the server as it is.
    fileprivate func hiding(in action: MCPSession.Action) -> MCPSession.Action {
        switch action {
        case .tools(let tools): .tools(tools.map { $0.mapped { hiding(in: $0) } })
        case .finished(let call, let result):
            .finished(
                call: call,
                MCPCallResult(
                    content: hiding(in: result.content), isError: result.isError,
                    structured: result.structured.map { hiding(in: $0) }, remark: result.remark))
        case .failed(let call, let reason): .failed(call: call, hiding(in: reason))
        case .ask(let question, let elicitation): .ask(question, elicitation.mapped { hiding(in: $0) })
        case .doubt(let request, let said, let milliseconds):
            .doubt(request: request, said: hiding(in: said), milliseconds: milliseconds)
        case .log(let line): .log(hiding(in: line))
        case .unusable(let reason): .unusable(hiding(in: reason))
        case .send, .settled, .withdraw, .wait, .unfinished, .forgotten: action
        }
    }
}
