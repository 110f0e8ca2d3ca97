import Debugger
import Foundation
import JSON
import Terminal

/// Where the debugger shows itself: the terminal, or a screen in memory that a file of keys plays on.
struct ScreenChoice {
    let keysFile: String?
    let size: ScreenSize?
    /// What serves where there is no terminal, for the person to read.
    var instead: String?

    /// Opens the screen.
    /// - Throws: ``Failure`` when there is no terminal or the keys cannot be read.
    @MainActor
    func open(wake: Wake) throws -> any Screen {
        guard let keysFile else {
            do {
                return try CursesScreen(wake: wake, mouse: SettingsFile.current.mouse)
            } catch {
                var instead = ""
                if case .notATerminal = error, let words = self.instead {
                    instead = "; without one, \(words)"
                }
                throw Failure(.usage, "\(error)\(instead)")
            }
        }
        let script = try failing(.usage) {
            let text = try BoundedFile.text(keysFile)
            do {
                return try Script(text)
            } catch {
                throw Failure(.usage, "\(keysFile): \(error)")
            }
        }
        return MemoryScreen(size?.size ?? Size(120, 40), script: script, wake: wake)
    }
}
