import Agent
import JSON
import Synchronization

/// A tool that is a program: each call runs it once, in a process group that is gone when the call is over.
public struct CommandTool: Tool {
    /// What the model is told of the tool.
    public let definition: ToolDefinition
    /// How the program is run.
    public let settings: CommandSettings

    /// A tool of that program.
    public init(definition: ToolDefinition, settings: CommandSettings) {
        self.definition = definition
        self.settings = settings
    }

    /// The workflow's own limit for this tool.
    public var timeLimit: Int? { settings.seconds }

    /// Runs the program and waits for its end; a cancelled task ends the whole group first.
    /// - Throws: `ToolFailure` when it could not be started, `CancellationError` when it was cancelled.
    public func run(_ call: ToolCall, arguments: JSONValue) async throws -> ToolOutput {
        let launch = try settings.launch(arguments)
        let input = settings.givesJSON ? Array(call.arguments.text.utf8) : []
        let run = CommandRun(limit: settings.outputBytes)
        let ended = try await run.result(of: launch, input: input)
        try Task.checkCancellation()
        let secrets = settings.environment.secrets()
        return ToolOutput(
            callID: call.id, content: ended.text(hiding: secrets), isError: ended.end != .exited(0))
    }
}

/// What a program printed and how it ended.
struct CommandResult: Sendable, Hashable {
    var output: CappedBytes
    var errors: CappedBytes
    var end: ProcessEnd

    /// What the model reads: the output alone where all went well and nothing else was said; otherwise the standard
    /// error and the exit code stand below it under their names.
    func text(hiding secrets: EnvironmentSecrets) -> String {
        let output = output.text(hiding: secrets)
        if end == .exited(0), errors.isEmpty, !output.isEmpty { return output }
        var parts: [String] = output.isEmpty ? [] : [output]
        if !errors.isEmpty { parts.append("[standard error]\n\(errors.text(hiding: secrets))") }
        parts.append("[\(end)]")
        return parts.map(\.withoutLastLineFeed).joined(separator: "\n")
    }
}

/// Bytes of which only the first are kept.
struct CappedBytes: Sendable, Hashable {
    let limit: Int
    private(set) var bytes: [UInt8] = []
    private(set) var count = 0

    init(limit: Int) { self.limit = limit }

    var isEmpty: Bool { count == 0 }

    mutating func append(_ more: [UInt8]) {
        count += more.count
        bytes += more.prefix(max(0, limit - bytes.count))
    }

    /// The bytes as text, and a line that says what was left out.
    ///
    /// What must not be shown is taken out first: the end may cut a value in two.
    func text(hiding secrets: EnvironmentSecrets) -> String {
        let isCut = count > bytes.count
        let text = String(decoding: secrets.hiding(in: bytes, isCut: isCut), as: UTF8.self)
        return isCut ? text + "\n[cut: \(bytes.count) of \(count) bytes are shown]" : text
    }
}

/// One run of a program.
private final class CommandRun: Sendable {
    private struct State {
        var result: CommandResult
        var waiter: CheckedContinuation<Void, Never>?
        var isOver = false
    }

    private let state: Mutex<State>

    init(limit: Int) {
        let nothing = CappedBytes(limit: limit)
        state = Mutex(State(result: CommandResult(output: nothing, errors: nothing, end: .exited(0))))
    }

    func result(of launch: ProcessLaunch, input: [UInt8]) async throws -> CommandResult {
        let process: ChildProcess
        do {
            process = try ChildProcess(launch) { self.take($0) }
        } catch {
            throw ToolFailure(error.description)
        }
        process.write(input)
        process.closeInput()
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if !state.isOver { state.waiter = continuation }
                    return state.isOver
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            process.stop()
        }
        return state.withLock { $0.result }
    }

    private func take(_ report: ChildProcess.Report) {
        let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
            switch report {
            case .output(let bytes): state.result.output.append(bytes)
            case .errors(let bytes): state.result.errors.append(bytes)
            case .closed: break
            case .ended(let end):
                state.result.end = end
                state.isOver = true
                defer { state.waiter = nil }
                return state.waiter
            }
            return nil
        }
        waiter?.resume()
    }
}
