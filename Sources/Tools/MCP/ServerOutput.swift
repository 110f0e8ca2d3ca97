import Foundation
import JSON
import Synchronization

/// What a server that was started here writes and does, as reports.
///
/// Its end is reported at once. What it leaves unfinished is looked at again after a while, so that nobody waits for a
/// line that does not end, or for a server that has closed what it is spoken to by.
final class ServerOutput: Sendable {
    private struct State {
        var output = LineFramer(endsAtReturns: true)
        var errors = LineFramer(maximumLength: ReadingLimits.logLine)
        var hasOverflown = false
        var lastWords: [String] = []
        /// How many pieces of output have come, and whether somebody looks after a while whether more have.
        var pieces = 0
        var isWatched = false
        var hasEnded = false
    }

    private let state = Mutex(State())
    private let report: @Sendable (MCPReport) -> Void

    /// How long a whole message may wait for its line's end, in seconds.
    private static let wholePatience = 1.0
    /// How long a line may stand still in its midst.
    private static let linePatience = 5.0
    /// How long a server may live on behind a pipe that it has closed.
    private static let closedPatience = 1.0

    init(_ report: @escaping @Sendable (MCPReport) -> Void) { self.report = report }

    func take(_ event: ChildProcess.Report) {
        for found in state.withLock({ ServerOutput.reports(of: event, &$0) }) { report(found) }
        switch event {
        case .output: watch()
        case .closed(let side):
            // One that ends closes its pipes first, and what it said at its end tells more.
            look(after: ServerOutput.closedPatience) { $0.hasEnded ? nil : .ended(side.sentence) }
        case .errors, .ended: break
        }
    }

    private static func reports(of event: ChildProcess.Report, _ state: inout State) -> [MCPReport] {
        switch event {
        case .output(let bytes):
            state.pieces += 1
            let messages = state.output.append(bytes).map { MCPReport.message($0) }
            guard state.output.hasOverflown, !state.hasOverflown else { return messages }
            state.hasOverflown = true
            return messages + [
                .ended("sent a line of more than \(ReadingLimits.serverMessage) bytes, and was given up")
            ]
        case .errors(let bytes):
            let lines = state.errors.append(bytes).map { String(decoding: $0, as: UTF8.self) }
            state.lastWords = (state.lastWords + lines).suffix(3)
            return lines.map { .log($0) }
        case .closed: return []
        case .ended(let end):
            state.hasEnded = true
            let rest = String(decoding: state.errors.finish(), as: UTF8.self)
            if !rest.isEmpty { state.lastWords.append(rest) }
            let words = state.lastWords.isEmpty ? "" : ": " + state.lastWords.joined(separator: " / ")
            // A last message needs no end of its line.
            let last = state.output.finish()
            return (last.isEmpty ? [] : [.message(last)]) + [.died("ended (\(end))\(words)")]
        }
    }

    /// Looks at a line that has begun, after a while and once more after a longer one.
    private func watch() {
        let pieces = state.withLock { state -> Int? in
            guard !state.isWatched, !state.output.rest.isEmpty, !state.hasEnded else { return nil }
            state.isWatched = true
            return state.pieces
        }
        guard let pieces else { return }
        look(after: ServerOutput.wholePatience) { state in
            guard state.pieces == pieces, (try? JSONParser.parse(state.output.rest)) != nil else {
                return nil
            }
            return .message(state.output.finish())
        }
        look(after: ServerOutput.linePatience) { [self] state in
            state.isWatched = false
            guard state.pieces == pieces else {
                Task { watch() }
                return nil
            }
            return state.output.rest.isEmpty ? nil : .stuck(state.output.finish())
        }
    }

    private func look(after seconds: Double, _ look: @escaping @Sendable (inout State) -> MCPReport?) {
        DispatchQueue.global().asyncAfter(deadline: .now() + seconds) { [self] in
            if let found = state.withLock({ look(&$0) }) { report(found) }
        }
    }
}

extension ChildProcess.Side {
    /// What a server did that closed it, as what follows its name.
    fileprivate var sentence: String {
        switch self {
        case .output: "closed its standard output and runs on: it can answer nothing any more"
        case .input: "closed its standard input and runs on: it reads no request any more"
        }
    }
}
