import Agent

/// Where in a session things happened: step numbers in ascending order, so that a jump is a search by halving.
struct StepIndex: Sendable {
    /// What a person steps by.
    enum Landmark: Sendable {
        /// Every event.
        case event
        /// A call arrives, is decided or ends.
        case call
        /// A request leaves, or the run ends.
        case round
        /// A call waits for a person, a mark, or the end: where `continue` stops.
        case stop
    }

    private(set) var tokens: [Int] = []
    private(set) var calls: [Int] = []
    private(set) var rounds: [Int] = []
    private(set) var stops: [Int] = []
    private(set) var requests: [Int] = []
    /// The steps at which each call is spoken of.
    private(set) var ofCall: [CallKey: [Int]] = [:]

    mutating func note(_ body: EventBody, step: Int) {
        if let key = body.callKey { ofCall[key, default: []].append(step) }
        switch body {
        case .token: tokens.append(step)
        case .requestSent:
            rounds.append(step)
            requests.append(step)
        case .callJudged(_, _, let ruling):
            calls.append(step)
            if ruling.effect == .ask { stops.append(step) }
        case .decided, .callFinished: calls.append(step)
        case .marked, .ruleAdded, .sessionResumed: stops.append(step)
        case .runFinished:
            calls.append(step)
            rounds.append(step)
            stops.append(step)
        default: break
        }
    }

    /// The first step of that kind after `step`; `nil` where there is none.
    func next(_ landmark: Landmark, after step: Int, count: Int) -> Int? {
        guard let steps = steps(landmark) else { return step < count ? step + 1 : nil }
        let index = steps.firstIndex(above: step)
        return index < steps.count ? steps[index] : nil
    }

    /// The last step of that kind before `step`; `nil` where there is none.
    func previous(_ landmark: Landmark, before step: Int) -> Int? {
        guard let steps = steps(landmark) else { return step > 1 ? step - 1 : nil }
        let index = steps.firstIndex(above: step - 1)
        return index > 0 ? steps[index - 1] : nil
    }

    /// The position in ``tokens`` of the last token at or before `step`.
    func tokenPosition(at step: Int) -> Int? {
        let index = tokens.firstIndex(above: step)
        return index > 0 ? index - 1 : nil
    }

    private func steps(_ landmark: Landmark) -> [Int]? {
        switch landmark {
        case .event: nil
        case .call: calls
        case .round: rounds
        case .stop: stops
        }
    }
}

extension [Int] {
    /// In ascending numbers, the first index whose number is greater than `value`.
    func firstIndex(above value: Int) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle] > value { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

extension EventBody {
    /// The call that the event is about.
    var callKey: CallKey? {
        switch self {
        case .callJudged(let key, _, _), .decided(let key, _, _), .callStarted(let key, _),
            .callFinished(let key, _), .callLate(let key, _), .resultEdited(let key, _),
            .toolMessage(let key, _, _):
            key
        default: nil
        }
    }
}
