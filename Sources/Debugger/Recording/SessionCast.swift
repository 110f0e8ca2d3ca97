import Agent
import JSON
import Sessions
import Terminal

/// A session stepped through on a screen in memory, as an asciicast: what a player of terminal recordings shows.
///
/// The format is asciicast version 2: a header, then one line a step with its time, `o`, and what is written to the
/// terminal. A step writes the rows that it changed.
public struct SessionCast {
    private let journal: IndexedJournal
    private let size: Size
    private let idleLimit: Double

    /// The time that a step is shown for where the session tells no times.
    static let pace = 0.4

    /// A cast of a journal of which nothing has been read yet.
    ///
    /// - Parameters:
    ///   - size: the cells of the screen.
    ///   - idleLimit: the longest time between two steps, in seconds; waiting for a model or a person is cut to it.
    public init(_ journal: IndexedJournal, size: Size, idleLimit: Double) {
        self.journal = journal
        self.size = size
        self.idleLimit = idleLimit
    }

    /// Gives the lines of the cast, each with its line break; one screen is in memory at a time.
    ///
    /// - Returns: what the person should be told of the file.
    /// - Throws: ``JournalError`` for a file that is no journal, and what `body` throws.
    public func write(_ body: (String) throws -> Void) throws -> [String] {
        let piece = try journal.readOn(atMost: .max)
        let events = piece.events
        guard let first = events.first else { return piece.notices }
        try body(header(first))
        let isTimed = events.contains { $0.time != first.time }
        var debugger = Debugger(journal, piece, at: 1, size: size, commands: .standard)
        var (shown, time, last) = ([String](), 0.0, first.time)
        for event in events {
            let waited =
                isTimed ? Double(event.time - last) / 1_000 : event.number == 1 ? 0 : SessionCast.pace
            time += max(0, min(idleLimit, waited))
            last = event.time
            debugger.show(step: event.number)
            let lines = debugger.view().canvas.attributedLines(depth: .palette)
            let output = SessionCast.output(lines, over: shown)
            shown = lines
            guard !output.isEmpty else { continue }
            let moment = Double(Int((time * 1_000).rounded())) / 1_000
            try body(JSONValue.array([SessionCast.number(moment), "o", .string(output)]).text() + "\n")
        }
        return piece.notices
    }

    private func header(_ first: Event) -> String {
        var title = "callgate"
        if case .sessionStarted(let header) = first.body { title = "\(header.workflow) · \(header.id)" }
        let header: JSONValue = [
            "version": 2, "width": SessionCast.number(size.width), "height": SessionCast.number(size.height),
            "timestamp": SessionCast.number(first.time / 1_000),
            "idle_time_limit": SessionCast.number(idleLimit),
            "title": .string(title), "env": ["TERM": "xterm-256color"],
        ]
        return header.text() + "\n"
    }

    private static func number(_ value: some LosslessStringConvertible) -> JSONValue {
        JSONNumber(text: String(value)).map { .number($0) } ?? .null
    }

    /// What turns one screen into another: the first clears the terminal and hides the cursor.
    private static func output(_ lines: [String], over shown: [String]) -> String {
        var output = shown.isEmpty ? "\u{1B}[2J\u{1B}[?25l" : ""
        for (row, line) in lines.enumerated() where shown.element(row) != line {
            output += "\u{1B}[\(row + 1);1H\u{1B}[0m\u{1B}[2K\(line)\u{1B}[0m"
        }
        return output
    }
}
