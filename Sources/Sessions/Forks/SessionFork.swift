import Agent
import Foundation
import JSON
import Synchronization

/// A new session that begins as another did, up to a step, and goes another way from there.
///
/// The parent's file is only read. What is changed are events of the new session, with the option as their decider.
public struct SessionFork: Sendable {
    /// What is other than in the parent.
    public enum Change: Sendable, Hashable {
        /// The call with that ID runs with these arguments.
        case arguments(ToolCallID, ByteString)
        /// The model reads this as the result of the call with that ID.
        case result(ToolCallID, String)
        /// The person asked this instead of the last message before the fork.
        case prompt(String)
        /// The model chose this token at the step of the fork, which the mask allowed there.
        case token(Int)

        /// Whether the change takes the place of the event at the fork's step.
        fileprivate var replacesStep: Bool {
            switch self {
            case .prompt, .token: true
            case .arguments, .result: false
            }
        }
    }

    /// What the fork goes on with that is no event: where these are `nil`, it is the workflow's.
    public struct Continuation: Sendable, Hashable {
        /// The seed of the random choices.
        public var seed: UInt64?
        /// The model: `builtin`, or a GGUF file.
        public var model: String?

        /// A continuation of the given parts.
        public init(seed: UInt64? = nil, model: String? = nil) {
            self.seed = seed
            self.model = model
        }
    }

    /// The last step that is the parent's.
    public let step: Int
    /// The new session's events; numbers and times of the prefix are the parent's.
    public let events: [Event]
    /// Calls that were running at the step: in the fork their outcome is unknown.
    public let doubtful: [CallKey]

    /// Reads the parent and prepares the fork.
    ///
    /// - Parameters:
    ///   - step: the last step that is the parent's, or the one whose message or token is another in the fork; by
    ///     default the last at which every change can be made.
    ///   - continuation: the seed and the model that the fork goes on with.
    ///   - name: the new session's name.
    /// - Throws: ``ForkError`` where a change cannot be made there, `JournalError` where the parent cannot be read.
    public init(
        of path: String, at step: Int?, changes: [Change], continuation: Continuation = Continuation(),
        name: String
    ) throws {
        let parent = try Parent(path)
        guard let header = parent.header else { throw ForkError("\(path) has no header") }
        let isToken = changes.contains { if case .token = $0 { true } else { false } }
        let latest = isToken && step != nil ? nil : try changes.map { try parent.latestStep(for: $0) }.min()
        let step = step ?? latest ?? parent.events.count
        guard (1...parent.events.count).contains(step) else {
            throw ForkError("there is no step \(step); \(path) has steps 1 to \(parent.events.count)")
        }
        if let latest, step > latest {
            throw ForkError(
                "at step \(step) it is too late for that change; the last step for it is \(latest)")
        }
        var events = Array(parent.events.prefix(step))
        var forked = header
        forked.id = name
        // It goes on in a run of its own, which has both.
        forked.isAttached = false
        let kept = changes.contains(where: \.replacesStep) ? step - 1 : step
        forked.parent = SessionParent(
            session: header.id, step: kept, hash: kept > 0 ? parent.hashes[kept - 1] : nil,
            seed: continuation.seed, model: continuation.model)
        if let seed = continuation.seed { forked.sampling.seed = seed }
        events[0].body = .sessionStarted(forked)
        for change in changes where change.replacesStep {
            events[step - 1].body = try SessionFork.replacement(of: events[step - 1], change, header)
        }
        var state = RunState(folding: events)
        for change in changes {
            guard let body = try SessionFork.body(of: change, in: state) else { continue }
            let event = Event(number: events.count + 1, time: events[step - 1].time, body: body)
            state.apply(event)
            events.append(event)
        }
        self.step = kept
        self.events = events
        doubtful = state.calls.filter { $0.status == .running }.map(\.key)
    }

    /// Writes the new session to a new file, from which it can be taken up.
    /// - Throws: ``JournalError``, of kind `exists` where a file of that name is there.
    public func write(to path: String) throws {
        try JournalWriter.copy(events, to: path)
    }

    /// The event that makes a change in a session that stands so; `nil` where it is made already.
    private static func body(of change: Change, in state: RunState) throws(ForkError) -> EventBody? {
        switch change {
        case .prompt, .token: return nil
        case .arguments(let id, let arguments):
            let record = try call(id, in: state)
            if let objection = state.objection(toEditing: record, arguments: arguments) {
                throw ForkError("call \(id): \(objection)")
            }
            return .decided(
                record.key, .edit(arguments: arguments, mode: .annotate), by: .option("fork --args"))
        case .result(let id, let content):
            let record = try call(id, in: state)
            return record.isResolved
                ? .resultEdited(record.key, content: content)
                : .decided(record.key, .respond(content: content), by: .option("fork --result"))
        }
    }

    /// The event that stands in a step's place.
    private static func replacement(
        of event: Event, _ change: Change, _ header: SessionHeader
    ) throws(ForkError) -> EventBody {
        switch (change, event.body) {
        case (.prompt(let text), .messageAdded(.user)): return .messageAdded(.user(text))
        case (.prompt, _):
            throw ForkError(
                "step \(event.number) is no message of the person; leave --at out to fork at the last one")
        case (.token(let token), .token(let step)):
            guard header.model.kind == "embedded" else {
                throw ForkError(
                    "\(header.model.name) (\(header.model.kind)) cannot go on after a token that it did not choose; "
                        + "only models that decode in process can")
            }
            return .token(try step.choosing(token, among: header.model.vocabulary))
        default:
            throw ForkError("step \(event.number) is no token; choose one at which the model chose a token")
        }
    }

    private static func call(_ id: ToolCallID, in state: RunState) throws(ForkError) -> CallRecord {
        guard let record = state.calls.last(where: { $0.key.id == id }) else {
            throw ForkError("step \(state.step) has no call \(id) yet; choose a later step")
        }
        return record
    }
}

extension JournalWriter {
    /// Writes events that happened elsewhere to a new journal, with their own times.
    /// - Throws: ``JournalError``, of kind `exists` where a file of that name is there.
    public static func copy(_ events: [Event], to path: String) throws {
        let time = Mutex<Int64>(0)
        let writer = try JournalWriter(creating: path, clock: { time.withLock { $0 } })
        defer { writer.close() }
        for event in events {
            time.withLock { $0 = event.time }
            _ = try writer.append(event.body)
        }
    }
}

/// Why a session cannot be forked so.
public struct ForkError: Error, Sendable, Hashable, CustomStringConvertible {
    /// One line: what is wrong, and the step to choose instead.
    public let description: String

    init(_ description: String) { self.description = description }
}

/// The session that a fork comes from.
private struct Parent {
    var events: [Event] = []
    /// The lines' hashes; `nil` in a journal without a chain.
    var hashes: [String?] = []

    var header: SessionHeader? {
        if case .sessionStarted(let header)? = events.first?.body { header } else { nil }
    }

    init(_ path: String) throws(JournalError) {
        var reader = try JournalReader(path: path, verifies: true)
        while let event = try reader.next() {
            events.append(event)
            hashes.append(reader.lastHash)
        }
    }

    /// The last step after which a change can still be made.
    func latestStep(for change: SessionFork.Change) throws(ForkError) -> Int {
        switch change {
        case .token: throw ForkError("another token needs the step at which it is chosen: --at N")
        case .prompt:
            guard
                let index = events.lastIndex(where: {
                    if case .messageAdded(.user) = $0.body { true } else { false }
                })
            else { throw ForkError("the session has no message of the person") }
            return events[index].number
        case .arguments(let id, _):
            // Until the first decision that is about it; what other calls did by then has happened.
            let first = try self.first(["decision", "started", "tool-message"], of: id)
            // Before it the call may not be judged yet, and others may be under way: right after its judgement is best.
            return events.last { $0.number < first && $0.body.name == "judged" && $0.body.callKey?.id == id }?
                .number
                ?? first - 1
        case .result(let id, _): return try first(["tool-message"], of: id) - 1
        }
    }

    /// The number of the first event of such a name in the last round that has the call.
    private func first(_ names: [String], of id: ToolCallID) throws(ForkError) -> Int {
        guard
            let asked = events.last(where: { event in
                if case .responseReceived(_, let response, _) = event.body {
                    response.calls.contains { $0.id == id }
                } else {
                    false
                }
            })
        else { throw ForkError("the session has no call \(id)") }
        return events.first { event in
            event.number > asked.number && names.contains(event.body.name) && event.body.callKey?.id == id
        }?.number ?? events.count + 1
    }
}
