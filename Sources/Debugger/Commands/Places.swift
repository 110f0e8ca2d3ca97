import Agent

/// The places in a session that a person can name: a step, a time, a mark, a match.
extension DebuggerState {
    /// Goes to a place, or says what places there are.
    mutating func go(toPlace place: String) -> [DebuggerEffect] {
        if let number = Int(place) {
            return go(toStep: number, isRelative: place.first.map { "+-".contains($0) } ?? false)
        }
        if let milliseconds = DebuggerState.milliseconds(place) {
            go(toTime: milliseconds)
        } else if let first = place.first, "~!(".contains(first) {
            if let command = commands.command(named: "find") { return run(command, argument: place) }
        } else {
            go(toMark: place)
        }
        return []
    }

    private mutating func go(toStep number: Int, isRelative: Bool) -> [DebuggerEffect] {
        let step = isRelative ? timeline.step.addingReportingOverflow(number).partialValue : number
        guard (1...max(1, timeline.log.count)).contains(step) else {
            let soFar = timeline.readShare.map { " so far: \(Int($0 * 100)) % of the file is read" } ?? ""
            refuse("there is no step \(step); the session has steps 1 to \(timeline.log.count)\(soFar)")
            return []
        }
        go(to: step)
        return []
    }

    /// `1.5s`, `90ms` or `2m` since the session's start, in milliseconds; `nil` for anything else.
    static func milliseconds(_ text: String) -> Double? {
        for (unit, factor) in [("ms", 1.0), ("s", 1_000), ("m", 60_000)] where text.hasSuffix(unit) {
            guard let number = Double(text.dropLast(unit.count)), number >= 0, number < 1e12 else { continue }
            return number * factor
        }
        return nil
    }

    /// Goes to the first step at or after a time.
    private mutating func go(toTime milliseconds: Double) {
        var (low, high) = (1, timeline.log.count + 1)
        while low < high {
            let middle = (low + high) / 2
            let elapsed = timeline.elapsed(at: middle) ?? .max
            if Double(elapsed) < milliseconds { low = middle + 1 } else { high = middle }
        }
        guard low <= timeline.log.count else {
            let last = Double(timeline.elapsed(at: timeline.log.count) ?? 0)
            refuse("the session ends after \(Figure.duration(milliseconds: last))")
            return
        }
        go(to: low)
    }

    /// Goes to the next mark whose note holds a text, round the end.
    private mutating func go(toMark text: String) {
        let marks = timeline.log.index.stops.compactMap { step -> (step: Int, note: String)? in
            guard case .marked(let note)? = timeline.log[step]?.body else { return nil }
            return (step, note)
        }
        let found = marks.filter { $0.note.lowercased().contains(text.lowercased()) }
        guard let target = found.first(where: { $0.step > timeline.step }) ?? found.first else {
            let names = marks.prefix(5).map { "'\($0.note)'" }.joined(separator: ", ")
            refuse(
                "'\(text)' is no step, no time (1.5s) and no mark; "
                    + (marks.isEmpty ? "the session has no marks" : "there are \(names)"))
            return
        }
        go(to: target.step)
        say("mark '\(target.note)'")
    }
}
