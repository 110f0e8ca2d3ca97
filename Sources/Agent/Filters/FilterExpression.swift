import JSON
import Schema

/// A condition on an event, in the style of mitmproxy's filter expressions.
///
/// One language serves breakpoints, the intercept filter, searches and assertions; see ``FilterParser`` for its
/// grammar.
public indirect enum FilterExpression: Sendable, Hashable {
    /// One condition.
    case term(FilterTerm)
    /// Not.
    case not(FilterExpression)
    /// Both.
    case and(FilterExpression, FilterExpression)
    /// Either, or both.
    case or(FilterExpression, FilterExpression)

    /// Whether an event meets the condition; `state` is the fold up to and including the event.
    public func matches(_ event: Event, in state: RunState) -> Bool {
        switch self {
        case .term(let term): term.matches(event, in: state)
        case .not(let inner): !inner.matches(event, in: state)
        case .and(let left, let right): left.matches(event, in: state) && right.matches(event, in: state)
        case .or(let left, let right): left.matches(event, in: state) || right.matches(event, in: state)
        }
    }
}

/// One condition of a filter expression.
public enum FilterTerm: Sendable, Hashable {
    /// `~tool RE`: an event of a call whose tool's name matches.
    case tool(ECMAPattern)
    /// `~arg PATH=RE`: an event of a call whose argument at that pointer matches.
    case argument(JSONPointer, ECMAPattern)
    /// `~id RE`: an event of a call whose ID matches.
    case id(ECMAPattern)
    /// `~role RE`: a message of that role.
    case role(ECMAPattern)
    /// `~res RE`: a result whose text matches.
    case result(ECMAPattern)
    /// `~err`: a result or an end that reports a failure.
    case error
    /// `~status S`: an event of a call that stands so: waiting, running, denied …
    case status(String)
    /// `~taint SOURCE`: an event of a call with an argument that stands only in that source: `result`, or a tool's name.
    case taint(String)
    /// `~unseen`: an event of a call with an argument that stands nowhere.
    case unseen
    /// `~p<0.2`: a token whose probability before the mask compares so.
    case probability(Comparison)
    /// `~rejected>0.5`: a token at which the masked tokens' raw probability compares so.
    case rejected(Comparison)
    /// `~forced`: a token that was the only allowed one.
    case forced
    /// `~rule NAME`: an event of a call that this rule ruled.
    case rule(ECMAPattern)
    /// `~round N`: an event of that round.
    case round(Int)
    /// `~time>2s`: a response or a call whose time compares so, in milliseconds.
    case time(Comparison)
    /// A bare word: an event with a text that matches.
    case text(ECMAPattern)

    /// A comparison with a number.
    public struct Comparison: Sendable, Hashable {
        /// The operator: `<` or `>`.
        public var isLess: Bool
        /// The number.
        public var bound: Double

        func holds(for value: Double) -> Bool { isLess ? value < bound : value > bound }
    }
}

extension FilterTerm {
    /// Whether an event meets the condition; `state` is the fold up to and including the event.
    func matches(_ event: Event, in state: RunState) -> Bool {
        switch self {
        case .tool, .argument, .id, .status, .taint, .unseen, .rule:
            event.body.calls(in: state).contains { matches($0, in: state) }
        case .role(let pattern): event.body.roles.contains { pattern.decides($0) }
        case .result(let pattern): event.body.resultText.map { pattern.decides($0) } ?? false
        case .error: event.body.isFailure
        case .probability(let comparison):
            event.body.token?.figures.map { comparison.holds(for: $0.probabilityBefore) } ?? false
        case .rejected(let comparison):
            event.body.token?.figures.map { comparison.holds(for: $0.rejectedMass) } ?? false
        case .forced: event.body.token?.isForced ?? false
        case .round(let round): state.round == round
        case .time(let comparison): event.body.duration.map { comparison.holds(for: $0) } ?? false
        case .text(let pattern): event.body.texts.contains { pattern.decides($0) }
        }
    }

    private func matches(_ record: CallRecord, in state: RunState) -> Bool {
        switch self {
        case .tool(let pattern): return pattern.decides(record.call.name)
        case .id(let pattern): return pattern.decides(record.key.id.text)
        case .status(let status): return record.status.rawValue == status
        case .rule(let pattern): return record.ruling?.rule.map { pattern.decides($0) } ?? false
        case .argument(let pointer, let pattern):
            guard let value = (try? JSONParser.parse(record.call.arguments.text))?[pointer] else {
                return false
            }
            return pattern.decides(value.stringValue ?? value.text())
        case .unseen: return state.provenance(of: record).contains(where: \.isUnseen)
        case .taint(let source):
            return state.provenance(of: record).contains { argument in
                argument.comesFromResultOnly
                    && (source == "result"
                        || argument.sources.contains {
                            guard case .result(let key, _) = $0 else { return false }
                            return state.call(key)?.call.name.utf8.elementsEqual(source.utf8) ?? false
                        })
            }
        default: return false
        }
    }
}

extension ECMAPattern {
    /// Whether a match stands in `text`; a pattern that cannot be decided within its budget matches nothing.
    fileprivate func decides(_ text: String) -> Bool { (try? matches(text)) ?? false }
}

extension EventBody {
    fileprivate var token: TokenStep? { if case .token(let step) = self { step } else { nil } }

    /// The calls that the event is about.
    fileprivate func calls(in state: RunState) -> [CallRecord] {
        switch self {
        case .responseReceived(let round, let response, _):
            response.calls.compactMap { state.call(CallKey(round: round, id: $0.id)) }
        case .callJudged(let key, _, _), .decided(let key, _, _), .callStarted(let key, _),
            .callFinished(let key, _),
            .callLate(let key, _), .resultEdited(let key, _), .toolMessage(let key, _, _):
            state.call(key).map { [$0] } ?? []
        default: []
        }
    }

    fileprivate var roles: [String] {
        switch self {
        case .messageAdded(let message): [message.role]
        case .responseReceived: ["assistant"]
        case .toolMessage: ["tool"]
        default: []
        }
    }

    fileprivate var resultText: String? {
        switch self {
        case .callFinished(_, let result), .callLate(_, let result): result.content
        case .resultEdited(_, let content), .toolMessage(_, let content, _): content
        default: nil
        }
    }

    fileprivate var isFailure: Bool {
        switch self {
        case .callFinished(_, let result): result.isError
        case .toolMessage(_, _, let isError): isError
        case .requestRetried: true
        case .callJudged(_, let problems, _): !problems.isEmpty
        case .runFinished(let outcome): outcome.name != "answered"
        default: false
        }
    }

    fileprivate var duration: Double? {
        switch self {
        case .responseReceived(_, _, let milliseconds): milliseconds
        case .callFinished(_, let result), .callLate(_, let result): result.milliseconds
        default: nil
        }
    }

    fileprivate var texts: [String] {
        switch self {
        case .messageAdded(.system(let text)), .messageAdded(.user(let text)), .marked(let text): [text]
        case .responseReceived(_, let response, _):
            [response.content] + response.calls.flatMap { [$0.name, $0.arguments.text] }
        case .runFinished(let outcome): [outcome.text]
        default: resultText.map { [$0] } ?? []
        }
    }
}
