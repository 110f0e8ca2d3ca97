import Agent
import Foundation
import Synchronization
import Terminal

/// How far the model is before its first token, on standard error: one line that is written over on a terminal, and a line
/// every few seconds elsewhere.
final class ProgressMeter: Sendable {
    private struct State {
        /// Whether a line stands on the terminal that the next one writes over.
        var isOpen = false
        var lastLine = ContinuousClock.now
    }

    private let state = Mutex(State())
    private let isTerminal = isatty(STDERR_FILENO) == 1

    /// What is waited for less than this shows nothing where lines stay.
    private static let interval = Duration.seconds(2)

    /// Shows a status, or ends what was shown.
    func show(_ status: RunStatus) {
        state.withLock { state in
            guard case .progressing(let progress) = status else {
                if state.isOpen { write("\r\u{1B}[K") }
                state.isOpen = false
                state.lastLine = .now
                return
            }
            if isTerminal {
                write("\r\(ScreenedText.line(progress.summary))\u{1B}[K")
                state.isOpen = true
            } else if ContinuousClock.now - state.lastLine >= Self.interval {
                write(ScreenedText.line(progress.summary) + "\n")
                state.lastLine = .now
            }
        }
    }

    private func write(_ text: String) { StandardError.write(text) }
}
