import Dispatch
import JSON

/// Runs calls on threads of their own, so that a tool that blocks keeps nobody else from running.
struct ToolRunner: Sendable {
    let tools: [ByteString: any Tool]
    let limits: Limits

    init(tools: [any Tool], limits: Limits) {
        self.tools = Dictionary(
            tools.map { (ByteString($0.definition.name), $0) }, uniquingKeysWith: { first, _ in first })
        self.limits = limits
    }

    /// The seconds that a call of that tool may take.
    func seconds(for name: String) -> Int { tools[ByteString(name)]?.timeLimit ?? limits.toolSeconds }

    /// Whether a person answers the calls of that tool.
    func isByHand(_ name: String) -> Bool { tools[ByteString(name)]?.isByHand ?? false }

    /// Starts a call; its end, or the end of its time, is posted to `control`.
    ///
    /// A tool that ignores cancellation runs on; what it says later arrives as a second end of the same call.
    func start(_ record: CallRecord, arguments: JSONValue, control: RunControl) -> RunningCall {
        var call = record.call
        call.arguments = record.effectiveArguments
        let key = record.key
        guard let tool = tools[ByteString(call.name)] else {
            let result = CallResult(
                ending: .failed, content: "no tool named \(call.name) is here", milliseconds: 0)
            control.post(.ended(key, result))
            return RunningCall(tool: Task {}, deadline: nil, started: .now)
        }
        let started = ContinuousClock.now
        let limits = limits
        let deadline = ToolDeadline(seconds: seconds(for: call.name)) { control.post(.timedOut(key)) }
        let running = Task(executorPreference: BlockingExecutor.shared) { [call] in
            let result = await ToolDeadline.$current.withValue(deadline) {
                await ToolRunner.run(tool, call, arguments: arguments, limits: limits) {
                    started.millisecondsSince - deadline.pausedMilliseconds
                }
            }
            control.post(.ended(key, result))
        }
        return RunningCall(tool: running, deadline: deadline, started: started)
    }

    private static func run(
        _ tool: any Tool, _ call: ToolCall, arguments: JSONValue, limits: Limits,
        elapsed: @Sendable () -> Double
    ) async -> CallResult {
        // A failure can be as long as an answer.
        func result(
            _ ending: CallResult.Ending, _ content: String, problems: [String] = []
        ) -> CallResult {
            let size = content.utf8.count
            let milliseconds = elapsed()
            guard size > limits.resultBytes else {
                return CallResult(
                    ending: ending, content: content, milliseconds: milliseconds, problems: problems)
            }
            let text = "the tool answered with \(size) bytes; at most \(limits.resultBytes) are accepted."
            return CallResult(ending: .oversized, content: text, milliseconds: milliseconds)
        }
        do {
            let output = try await tool.run(call, arguments: arguments)
            guard output.callID == call.id else {
                let error = PairingError(tool: call.name, expected: call.id, found: output.callID)
                return result(.mispaired, error.description)
            }
            return result(
                output.isError ? .failed : .completed, output.content, problems: output.problems)
        } catch let recorded as RecordedEnding {
            return recorded.result
        } catch let failure as ToolFailure {
            return result(.failed, failure.description)
        } catch is CancellationError {
            return result(.cancelled, "cancelled")
        } catch {
            return result(.failed, String(describing: error))
        }
    }
}

/// A call under way.
struct RunningCall: Sendable {
    let tool: Task<Void, Never>
    let deadline: ToolDeadline?
    let started: ContinuousClock.Instant

    /// Milliseconds of the call so far, without those in which a person decided something for it.
    var milliseconds: Double { started.millisecondsSince - (deadline?.pausedMilliseconds ?? 0) }

    /// Asks the tool to stop, and stops watching the clock.
    func cancel() {
        tool.cancel()
        deadline?.cancel()
    }
}

/// An executor whose threads may block: Swift's own pool has one thread a core and must not.
private final class BlockingExecutor: TaskExecutor {
    static let shared = BlockingExecutor()
    private let queue = DispatchQueue(label: "callgate.tools", attributes: .concurrent)

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let executor = asUnownedTaskExecutor()
        queue.async { job.runSynchronously(on: executor) }
    }
}

extension ContinuousClock.Instant {
    /// Milliseconds from this instant to now.
    var millisecondsSince: Double { (ContinuousClock.now - self).milliseconds }
}
