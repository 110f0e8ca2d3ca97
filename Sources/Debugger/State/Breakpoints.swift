import Agent

/// The steps of a session that match an expression, found once and kept as the session grows.
struct FilterMatches: Sendable {
    let filter: Filter
    /// In ascending order.
    private(set) var steps: [Int] = []
    private var state = RunState()
    private var scanned = 0

    init(_ filter: Filter) { self.filter = filter }

    /// Sessions up to this length are looked through as a whole, so that it can be said how many matches there are.
    static let mostAtOnce = 10_000

    /// The nearest match in a long session, looked for from a step on rather than from the beginning.
    func nearest(in log: EventLog, from step: Int, forward: Bool) -> Int? {
        forward
            ? matches(in: log, step + 1..<log.count + 1, onlyFirst: true).first
            : stride(from: step - 1, through: 1, by: -log.stride).lazy
                .compactMap { end in
                    matches(in: log, max(1, end - log.stride + 1)..<end + 1, onlyFirst: false).last
                }.first
    }

    private func matches(in log: EventLog, _ range: Range<Int>, onlyFirst: Bool) -> [Int] {
        var (state, found) = (log.state(at: range.lowerBound - 1), [Int]())
        for step in range {
            guard let event = log.outline(step) else { break }
            state.apply(event)
            guard filter.matches(event, in: state) else { continue }
            found.append(step)
            if onlyFirst { break }
        }
        return found
    }

    /// Takes the events in that have come since the last time.
    mutating func extend(_ log: EventLog) {
        while scanned < log.count, let event = log.outline(scanned + 1) {
            state.apply(event)
            scanned += 1
            if filter.matches(event, in: state) { steps.append(scanned) }
        }
    }

    /// The first match after `step`.
    func next(after step: Int) -> Int? {
        let index = steps.firstIndex(above: step)
        return index < steps.count ? steps[index] : nil
    }

    /// The last match before `step`.
    func previous(before step: Int) -> Int? {
        let index = steps.firstIndex(above: step - 1)
        return index > 0 ? steps[index - 1] : nil
    }
}

/// Where a run or a replay stops because the person said so: expressions, numbered as in gdb.
struct Breakpoints: Sendable {
    struct Breakpoint: Sendable {
        let number: Int
        var isEnabled = true
        var matches: FilterMatches
    }

    private(set) var all: [Breakpoint] = []
    private var lastNumber = 0

    /// The expressions that hold a live run.
    var enabled: [Filter] { all.filter(\.isEnabled).map(\.matches.filter) }

    /// Adds one, and returns its number; an expression that is there already is enabled again.
    mutating func add(_ filter: Filter, _ log: EventLog) -> Int {
        if let index = all.firstIndex(where: { $0.matches.filter == filter }) {
            all[index].isEnabled = true
            return all[index].number
        }
        lastNumber += 1
        var matches = FilterMatches(filter)
        matches.extend(log)
        all.append(Breakpoint(number: lastNumber, matches: matches))
        return lastNumber
    }

    /// Removes the one of that number, or all of them; `false` where there is none.
    mutating func remove(_ number: Int?) -> Bool {
        let before = all.count
        all.removeAll { number == nil || $0.number == number }
        return all.count < before
    }

    /// Switches one on or off; `nil` where there is none of that number.
    mutating func toggle(_ number: Int) -> Bool? {
        guard let index = all.firstIndex(where: { $0.number == number }) else { return nil }
        all[index].isEnabled.toggle()
        return all[index].isEnabled
    }

    mutating func extend(_ log: EventLog) {
        for index in all.indices { all[index].matches.extend(log) }
    }

    /// The nearest match of an enabled breakpoint after a step.
    func next(after step: Int) -> Int? {
        all.filter(\.isEnabled).compactMap { $0.matches.next(after: step) }.min()
    }

    /// The nearest match of an enabled breakpoint before a step.
    func previous(before step: Int) -> Int? {
        all.filter(\.isEnabled).compactMap { $0.matches.previous(before: step) }.max()
    }

    /// The enabled breakpoint that a step matches.
    func hit(at step: Int) -> Breakpoint? {
        all.first { $0.isEnabled && $0.matches.next(after: step - 1) == step }
    }
}
