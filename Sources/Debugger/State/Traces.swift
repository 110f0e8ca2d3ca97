import Agent
import JSON

/// Where the values of a call came from, and the orders in earlier results that may have led to it.
public struct CallTrace: Sendable {
    let key: CallKey
    let arguments: ByteString
    let provenance: [ArgumentProvenance]
    let suspicions: [SuspiciousPassage]
}

/// A search for where a call's values came from: to be run anywhere, and its answer handed back.
public struct TraceRequest: Sendable, Hashable {
    private let state: RunState
    private let record: CallRecord

    init(_ record: CallRecord, in state: RunState) {
        self.state = state
        self.record = record
    }

    var key: CallKey { record.key }

    /// Searches; this costs time in proportion to the conversation.
    public func run() -> CallTrace {
        CallTrace(
            key: record.key, arguments: record.call.arguments, provenance: state.provenance(of: record),
            suspicions: state.suspicions(of: record))
    }

    /// Equality of the call that is asked about.
    public static func == (left: TraceRequest, right: TraceRequest) -> Bool { left.record == right.record }

    /// Feeds the call's key.
    public func hash(into hasher: inout Hasher) { hasher.combine(record.key) }
}

/// What is known of where the values of calls came from, and what is to be found out.
///
/// What a model had read when it asked for a call never changes, so an answer holds for good.
struct Traces: Sendable {
    /// What can be shown of a call now.
    struct Answer: Sendable {
        var found: CallTrace?
        /// One line for the person where nothing is found yet.
        var words: String?
    }

    /// Whether long searches are left to the program.
    var isDeferring = false
    private var known: [CallKey: CallTrace] = [:]
    private var wanted: TraceRequest?
    private var asked: CallKey?

    private static let mostKnown = 256
    /// Bytes of conversation that are searched before a screen is shown, and in the background.
    private static let mostAtOnce = 16 << 10
    private static let most = 32 << 20

    /// Whether a search waits to be asked for.
    var isWanting: Bool { wanted != nil && asked == nil }

    /// The search to be run now, of which one at a time is under way.
    mutating func takeWanted() -> TraceRequest? {
        guard asked == nil, let wanted else { return nil }
        asked = wanted.key
        self.wanted = nil
        return wanted
    }

    mutating func take(_ trace: CallTrace) {
        if asked == trace.key { asked = nil }
        keep(trace)
    }

    /// What is known of a call already.
    func known(_ record: CallRecord) -> CallTrace? {
        known[record.key].flatMap { $0.arguments == record.call.arguments ? $0 : nil }
    }

    /// What can be shown of a call: a short conversation is searched at once.
    mutating func answer(_ record: CallRecord, in state: RunState) -> Answer {
        wanted = nil
        if let trace = known(record) { return Answer(found: trace) }
        if ShownText.isLong(record.call.arguments.text) {
            return Answer(words: "where the values came from is not looked for in arguments of that length")
        }
        if isDeferring {
            let size = Traces.size(state)
            guard size <= Traces.most else {
                return Answer(
                    words: "where the values came from is not looked for in \(size >> 20) MB of conversation")
            }
            if size > Traces.mostAtOnce {
                if asked != record.key { wanted = TraceRequest(record, in: state) }
                return Answer(words: "looking for where the values came from…")
            }
        }
        let trace = TraceRequest(record, in: state).run()
        keep(trace)
        return Answer(found: trace)
    }

    private mutating func keep(_ trace: CallTrace) {
        if known.count >= Traces.mostKnown { known = [:] }
        known[trace.key] = trace
    }

    /// Bytes of the conversation.
    private static func size(_ state: RunState) -> Int {
        state.messages.reduce(0) { sum, message in
            switch message {
            case .system(let text), .user(let text): sum + text.utf8.count
            case .assistant(let answer): sum + answer.content.utf8.count
            case .tool(let result): sum + result.content.utf8.count
            }
        }
    }
}
