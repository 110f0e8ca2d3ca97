import JSON
import Schema

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
    /// `~err`: a result, a check or an end that reports a failure.
    case error
    /// `~status S`: an event of a call that stands so: waiting, running, denied …
    case status(CallRecord.Status)
    /// `~taint SOURCE`: an event of a call with an argument whose value comes from there.
    case taint(Taint)
    /// `~unseen`: an event of a call with an argument that stands nowhere.
    case unseen
    /// `~injected`: an event of a call that follows what reads like an order in a result.
    case injected
    /// `~p<0.2`: a token whose probability before the mask compares so.
    case probability(Comparison)
    /// `~rejected>0.5`: a token at which the masked tokens' raw probability compares so.
    case rejected(Comparison)
    /// `~forced`: a token that was the only allowed one.
    case forced
    /// `~rule RE`: an event of a call that a rule of such a name ruled.
    case rule(ECMAPattern)
    /// `~cmd RE`: an event of a call with a shell command of which a part matches; for an `allow` rule, every part.
    case command(ECMAPattern)
    /// `~count>3`: an event of a call that is so many-th of its tool, denied ones left out.
    case count(Comparison)
    /// `~changed`: an event of a call of a tool whose definition is not the one that was pinned.
    case changed
    /// `~principal RE`: the session is on behalf of such a one.
    case principal(ECMAPattern)
    /// `~round N`: an event of that round.
    case round(Comparison)
    /// `~time>2s`: a response or a call whose time compares so, in milliseconds.
    case time(Comparison)
    /// A bare word: an event with a text that matches.
    case text(ECMAPattern)

    /// A comparison with a number.
    public struct Comparison: Sendable, Hashable {
        /// The ways to compare.
        public enum Order: String, Sendable, Hashable, CaseIterable {
            /// At most.
            case atMost = "<="
            /// At least.
            case atLeast = ">="
            /// Less.
            case less = "<"
            /// More.
            case more = ">"
            /// The same.
            case equal = "="
        }

        /// How to compare.
        public var order: Order
        /// The number.
        public var bound: Double

        func holds(for value: Double) -> Bool {
            switch order {
            case .less: value < bound
            case .more: value > bound
            case .atMost: value <= bound
            case .atLeast: value >= bound
            case .equal: value == bound
            }
        }
    }

    /// Where a value may come from.
    public enum Taint: Sendable, Hashable {
        /// `result`: only from a tool's result, not from the person, the system prompt or the schema.
        case result
        /// `user`: from a message of the person.
        case user
        /// `system`: from the system prompt.
        case system
        /// `schema`: from the tool's schema.
        case schema
        /// Any other word: only from results, and from one of the tool, or the call, of that name.
        case call(String)
    }
}

extension FilterTerm {
    /// Three-valued truth; `nil` where it cannot be decided.
    func evaluate(_ subject: FilterSubject, in state: RunState, reach: FilterReach) -> Bool? {
        switch self {
        case .tool, .argument, .id, .status, .taint, .unseen, .injected, .rule, .command, .count, .changed:
            return Bool?.any(subject.calls(in: state)) { evaluate($0, in: state, reach: reach) }
        case .principal(let pattern):
            return state.header?.principal.map { pattern.decides($0) } ?? false
        case .role(let pattern): return Bool?.any(subject.roles) { pattern.decides($0) }
        case .result(let pattern): return Bool?.any(subject.results) { pattern.decides($0) }
        case .error: return subject.isFailure
        case .probability(let comparison):
            return subject.token?.figures.map { comparison.holds(for: $0.probabilityBefore) } ?? false
        case .rejected(let comparison):
            return subject.token?.figures.map { comparison.holds(for: $0.rejectedMass) } ?? false
        case .forced: return subject.token?.isForced ?? false
        case .round(let comparison): return comparison.holds(for: Double(subject.round ?? state.round))
        case .time(let comparison): return subject.duration.map { comparison.holds(for: $0) } ?? false
        case .text(let pattern):
            let found = Bool?.any(subject.texts) { pattern.decides($0) }
            // What JSON escapes is nevertheless there.
            if found == true || reach.quantifier == .all { return found }
            let inner = Bool?.any(subject.argumentTexts) { pattern.decides($0) }
            return inner == false ? found : inner
        }
    }

    private func evaluate(
        _ record: CallRecord, in state: RunState, reach: FilterReach
    ) -> Bool? {
        switch self {
        case .tool(let pattern):
            guard reach.isWide else { return pattern.decides(record.call.name) }
            return Bool?.any(ToolNameReadings.all(of: record.call.name)) { pattern.decides($0) }
        case .id(let pattern): return pattern.decides(record.key.id.text)
        case .status(let status): return record.status == status
        case .rule(let pattern): return Bool?.any(record.rules) { pattern.decides($0) }
        case .argument(let pointer, let pattern):
            guard let arguments = try? JSONParser.parse(record.call.arguments.text) else { return nil }
            let found = ArgumentReadings(of: arguments, at: pointer)
            if found.doubt != nil, reach.allows { return nil }
            if found.isCut { return nil }
            let texts = found.values.flatMap { $0.readings(asDoubles: reach.isWide) }
            if texts.isEmpty { return false }
            return switch reach.quantifier {
            case .any: Bool?.any(texts) { pattern.decides($0) }
            case .all: Bool?.any(texts) { pattern.decides($0).map(!) }.map(!)
            }
        case .count(let comparison): return comparison.holds(for: Double(state.count(upTo: record)))
        case .command(let pattern):
            guard let arguments = try? JSONParser.parse(record.call.arguments.text) else { return nil }
            let reading = ShellReading(of: arguments, shell: state.shell(of: record))
            return reading.isEmpty ? false : reading.matches(pattern, reach)
        case .injected: return !state.suspicions(of: record).isEmpty
        case .changed: return state.drift(of: record) != nil
        case .unseen, .taint:
            guard (try? JSONParser.parse(record.call.arguments.text)) != nil else { return nil }
            return state.provenance(of: record).contains { matches($0, in: state) }
        default: return false
        }
    }

    private func matches(_ argument: ArgumentProvenance, in state: RunState) -> Bool {
        guard case .taint(let taint) = self else { return argument.isUnseen }
        switch taint {
        case .result: return argument.comesFromResultOnly
        case .user: return argument.sources.contains { if case .user = $0 { true } else { false } }
        case .system: return argument.sources.contains(.system)
        case .schema: return argument.sources.contains { if case .catalogue = $0 { true } else { false } }
        case .call(let name):
            return argument.comesFromResultOnly
                && argument.sources.contains { source in
                    guard case .result(let key, _) = source else { return false }
                    let names = [key.id.text, state.call(key)?.call.name ?? ""]
                    return names.contains { $0.utf8.elementsEqual(name.utf8) }
                }
        }
    }
}

extension Bool? {
    /// Whether something holds for one of the elements: undecided only where none is certain and one is undecided.
    static func any<Element>(_ elements: some Sequence<Element>, _ holds: (Element) -> Bool?) -> Bool? {
        var result: Bool? = false
        for element in elements {
            let one = holds(element)
            if one == true { return true }
            if one == nil { result = nil }
        }
        return result
    }
}

extension RunState {
    /// The how-manieth call of its tool one is, those left out that were denied or could not run.
    fileprivate func count(upTo record: CallRecord) -> Int {
        let end = calls.firstIndex { $0.key == record.key } ?? calls.endIndex
        let name = record.call.name
        return 1
            + calls[..<end].count { call in
                call.call.name.utf8.elementsEqual(name.utf8) && call.status != .denied
                    && call.status != .refused
            }
    }
}

extension ECMAPattern {
    /// Whether a match stands in `text`; `nil` where that cannot be decided within the pattern's budget.
    func decides(_ text: String) -> Bool? { try? matches(text) }
}

extension CallRecord {
    /// The names of the rules that had a say.
    fileprivate var rules: [String] {
        var names = [ruling?.rule].compactMap { $0 }
        if case .rule(let name) = decider, !names.contains(name) { names.append(name) }
        return names
    }
}
