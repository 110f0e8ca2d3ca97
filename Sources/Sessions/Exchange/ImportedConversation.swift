import Agent
import JSON

/// A conversation of another program, before it becomes a session's events.
struct ImportedConversation {
    enum Item {
        case system(String)
        case user(String)
        case assistant(
            content: String, calls: [ToolCall], finish: FinishReason?, usage: Usage?,
            thinking: Thinking? = nil, tokens: [TokenStep] = [])
        case result(ToolCallID, content: String, isError: Bool)
        /// A person let the call not run; the model read this in the place of a result.
        case refused(ToolCallID, content: String)
        /// A request failed and was made again.
        case retry(attempt: Int, reason: String, delay: Int)
        /// Something that happened and that the model has not read.
        case mark(String)
    }

    /// Where a conversation came from that did not begin by itself; conversations of a file are numbered from 0.
    enum Origin {
        /// It leaves another one after some of its items.
        case branch(of: Int, items: Int)
        /// It goes on after a compaction of another one.
        case compaction(of: Int)
        /// The call of that ID, of some conversation of the file, spawned it.
        case call(String)
    }

    var model = "unknown"
    var catalogue: [ToolDefinition] = []
    /// What was said, when, and how many milliseconds it had taken then.
    var items: [(item: Item, time: Int64, lasting: Double)] = []
    var losses = Losses()
    var origin: Origin?
    /// Why the provider gave no response, where the conversation ends by that.
    var failure: String?

    /// The year 5138: times of files are kept within what can be reckoned with and shown.
    private static let latest: Int64 = 100_000_000_000_000

    mutating func add(_ item: Item, at time: Int64 = 0, lasting: Double = 0) {
        let lasting = max(0, min(lasting, Double(ImportedConversation.latest)))
        items.append((item, max(0, min(time, ImportedConversation.latest)), lasting))
    }

    /// The conversation as the events of a session that ran so.
    mutating func session(name: String, kind: String, parent: SessionParent?) -> ImportedSession {
        var builder = EventBuilder()
        var header = SessionHeader(
            id: name, workflow: "imported", model: ModelInfo(name: model, kind: kind), catalogue: catalogue,
            sampling: SamplingSettings(), limits: Limits(), policy: Policy(), parent: parent)
        header.isImported = true
        builder.add(
            .sessionStarted(header),
            at: items.first.map { max(0, $0.time - Int64(bounded: $0.lasting)) } ?? 0)
        var steps: [Int] = []
        for (item, time, lasting) in items {
            builder.add(item, at: time, lasting: lasting, &losses)
            steps.append(builder.events.count)
        }
        if let failure {
            builder.add(.runFinished(.failed(failure)), at: items.last?.time ?? 0)
        } else if case .assistant(let content, let calls, _, _, _, _)? = items.last?.item, calls.isEmpty {
            builder.add(.runFinished(.answered(content)), at: items.last?.time ?? 0)
        }
        for key in builder.open {
            losses.add("the result of call \(key.id), which is not in the file")
        }
        return ImportedSession(events: builder.events, steps: steps)
    }
}

/// The events of an imported conversation, and where each of its items ended.
struct ImportedSession {
    var events: [Event]
    /// For each item the number of its last event.
    var steps: [Int]

    /// The step at which a call began; `nil` for a call of another conversation.
    func step(of call: String) -> Int? {
        events.first { event in
            if case .responseReceived(_, let response, _) = event.body {
                return response.calls.contains { $0.id.text.utf8.elementsEqual(call.utf8) }
            }
            return false
        }?.number
    }
}

/// What a format cannot say, or this program does not read, each with how often it was met.
public struct Losses: Sendable, Hashable {
    private var counts: [(what: String, count: Int)] = []
    private var places: [[UInt8]: Int] = [:]

    init(_ always: [String] = []) { for what in always { add(what) } }

    mutating func add(_ what: String) {
        if let place = places[Array(what.utf8)] {
            counts[place].count += 1
        } else {
            places[Array(what.utf8)] = counts.count
            counts.append((what, 1))
        }
    }

    /// One line each: what was left out, and how often where that is more than once.
    public var lines: [String] {
        counts.map { PlainText.line($0.what) + ($0.count > 1 ? " (\($0.count) times)" : "") }
    }

    /// Equality of the lines.
    public static func == (left: Losses, right: Losses) -> Bool { left.lines == right.lines }

    /// Feeds the lines.
    public func hash(into hasher: inout Hasher) { hasher.combine(lines) }
}

/// Numbers the events of an imported conversation and pairs its results with its calls.
private struct EventBuilder {
    private(set) var events: [Event] = []
    /// Calls without a result so far, of the current round.
    private(set) var open: [CallKey] = []
    private var calls: [CallKey: ToolCall] = [:]
    private var round = 0
    /// The latest time so far.
    private var latest: Int64 = 0
    /// When the model had asked for the calls of now.
    private var asked: Int64 = 0

    mutating func add(_ body: EventBody, at time: Int64) {
        latest = max(latest, time)
        events.append(
            Event(number: events.count + 1, time: time, body: body.recorded(vocabulary: nil)))
    }

    mutating func add(
        _ item: ImportedConversation.Item, at time: Int64, lasting: Double, _ losses: inout Losses
    ) {
        switch item {
        case .system(let text): add(.messageAdded(.system(text)), at: time)
        case .user(let text): add(.messageAdded(.user(text)), at: time)
        case .mark(let text): add(.marked(text), at: time)
        case .retry(let attempt, let reason, let delay):
            add(
                .requestRetried(
                    round: round + 1, attempt: attempt, reason: reason, delayMilliseconds: delay), at: time)
        case .assistant(let content, let calls, let finish, let usage, let thinking, let tokens):
            round += 1
            // A clock of its own may have timed it, but nothing begins or comes before what it follows from.
            let time = time > 0 ? max(time, latest) : time
            let start = begin(of: time, lasting: lasting, after: latest)
            add(
                .requestSent(RequestRecord(round: round, text: "", promptTokens: usage?.promptTokens)),
                at: start)
            for var step in tokens {
                step.round = round
                add(.token(step), at: time)
            }
            let response = ModelResponse(
                content: content, calls: calls, finishReason: finish ?? (calls.isEmpty ? .stop : .toolCalls),
                usage: usage, thinking: thinking)
            add(.responseReceived(round: round, response, milliseconds: lasting), at: time)
            asked = time
            for call in calls {
                let key = CallKey(round: round, id: call.id)
                self.calls[key] = call
                open.append(key)
            }
        case .result(let id, let content, let isError):
            guard let key = close(id, &losses) else { return }
            let arguments = calls[key]?.arguments ?? ByteString("")
            add(
                .callStarted(key, arguments: arguments), at: begin(of: time, lasting: lasting, after: asked))
            let ending: CallResult.Ending = isError ? .failed : .completed
            add(
                .callFinished(key, CallResult(ending: ending, content: content, milliseconds: lasting)),
                at: time)
            add(.toolMessage(key, content: content, isError: isError), at: time)
        case .refused(let id, let content):
            guard let key = close(id, &losses) else { return }
            add(.decided(key, .deny(reason: nil), by: .person), at: time)
            add(.toolMessage(key, content: content, isError: true), at: time)
        }
    }

    /// The call that something stands in the place of a result for.
    private mutating func close(_ id: ToolCallID, _ losses: inout Losses) -> CallKey? {
        guard let index = open.lastIndex(where: { $0.id == id }) else {
            losses.add("a result for call \(id), which no message before it asks for")
            return nil
        }
        return open.remove(at: index)
    }

    /// When something began that ended at a time; no earlier than what it follows from, where that is known.
    private func begin(of time: Int64, lasting: Double, after earliest: Int64) -> Int64 {
        min(max(time - Int64(bounded: lasting), earliest), time)
    }
}
