import ArgumentParser
import Terminal

/// How a program with a screen came to its end.
enum ScreenEnd {
    /// The person left, or another program takes its place.
    case quit
    /// The screen asked for it.
    case asked(ScreenEvent.ExitRequest)

    /// Says what a shell is to see of it.
    ///
    /// Nothing ends the program here, so that what was printed is still written.
    /// - Throws: ``Failure`` where a script of keys is stuck, `ExitCode` for a signal or a hang-up.
    func check() throws {
        guard case .asked(let request) = self else { return }
        if case .stuckScript(let text) = request {
            throw Failure(
                .failed, "the keys wait for '\(text)', which the screen did not show; it is printed as it was"
            )
        }
        if request.status != 0 { throw ExitCode(request.status) }
    }
}
