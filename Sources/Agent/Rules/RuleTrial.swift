/// What a policy would have said of the calls of a recorded session: a dry run, nothing is decided by it.
public struct RuleTrial: Sendable {
    /// One call, what the policy says of it, and what became of it then.
    public struct Verdict: Sendable {
        /// The step at which the model asked for the call.
        public let step: Int
        /// What the policy says.
        public let ruling: Ruling
        /// What is wrong with the arguments, as the gate checks them.
        let faults: [CallProblem]
        /// The rule's condition, where it has one.
        public let condition: Filter?
        /// Where the arguments came from.
        public let provenance: [ArgumentProvenance]
        /// The call, as it stood at the session's end.
        public internal(set) var record: CallRecord

        /// Why the gate refuses the call although the rules let it run; `nil` where they do not, or nothing is wrong.
        public var refusal: String? {
            let problems = faults + (faults.isEmpty ? record.problems : [])
            return ruling.effect == .allow && !problems.isEmpty ? CallProblem.refusal(problems) : nil
        }

        /// Whether the call was denied or changed then, and would now run without anybody asked.
        public var wouldLeak: Bool {
            guard ruling.effect == .allow, refusal == nil else { return false }
            switch record.decision {
            case .deny, .edit, .respond: return true
            case .approve, .refuse, nil: return false
            }
        }

        /// Whether the call ran then, and would now be denied.
        public var wouldBeStopped: Bool { ruling.effect == .deny && record.ranArguments != nil }
    }

    /// The rules under trial.
    public let policy: Policy
    /// The calls, in the order asked.
    public private(set) var verdicts: [Verdict] = []

    private var positions: [CallKey: Int] = [:]
    /// What checks calls as the gate does, for the catalogue of the session.
    private var checker: CallChecker?

    /// A trial of a policy on no call yet.
    public init(_ policy: Policy) { self.policy = policy }

    /// Takes the next event of a session into account; `state` is the fold up to and including it.
    public mutating func add(_ event: Event, in state: RunState) {
        // A catalogue that no gate could use judges nothing but what can be read.
        if checker == nil, let header = state.header {
            checker =
                (try? CallChecker(catalogue: header.catalogue, notes: header.catalogueNotes))
                ?? (try? CallChecker(catalogue: []))
        }
        if case .responseReceived(let round, let response, _) = event.body {
            for call in response.calls {
                let key = CallKey(round: round, id: call.id)
                guard let record = state.call(key) else { continue }
                let ruling = policy.ruling(for: record, in: state)
                let faults = checker?.problemsIfKnown(name: call.name, arguments: call.arguments) ?? []
                positions[key] = verdicts.count
                verdicts.append(
                    Verdict(
                        step: event.number, ruling: ruling, faults: faults,
                        condition: policy.rules.first { $0.name == ruling.rule }?.condition,
                        provenance: state.provenance(of: record), record: record))
            }
        } else if let key = event.body.callKey, let position = positions[key], let record = state.call(key) {
            verdicts[position].record = record
        }
    }
}
