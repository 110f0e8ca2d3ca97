import Debugger
import Foundation
import JSON
import Terminal

/// Where the debugger shows itself: the terminal, or a screen in memory that a file of keys plays on.
struct ScreenChoice {
    let keysFile: String?
    let size: ScreenSize?

    /// Opens the screen.
    /// - Throws: ``Failure`` when there is no terminal or the keys cannot be read.
    @MainActor
    func open(wake: Wake) throws -> any Screen {
        guard let keysFile else {
            return try failing(.usage) { try CursesScreen(wake: wake, mouse: SettingsFile.current.mouse) }
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
