import Debugger
import Foundation
import Terminal

/// Where the debugger shows itself: the terminal, or a screen in memory that a file of keys plays on.
struct ScreenChoice {
    let keysFile: String?
    let size: ScreenSize?
    /// What the command offers to those who have no terminal, such as an option of its own; `nil` where it offers nothing.
    var withoutTerminal: String?

    /// Opens the screen.
    /// - Throws: ``Failure`` when there is no terminal or the keys cannot be read.
    @MainActor
    func open(wake: Wake) throws -> any Screen {
        guard let keysFile else {
            do {
                return try CursesScreen(wake: wake, mouse: SettingsFile.current.mouse)
            } catch {
                guard case .notATerminal = error, let withoutTerminal else {
                    throw Failure(.usage, "\(error)")
                }
                throw Failure(.usage, "\(error), or use \(withoutTerminal)")
            }
        }
        let script = try failing(.usage) {
            guard let text = try? String(contentsOfFile: keysFile, encoding: .utf8) else {
                throw Failure(.usage, "\(keysFile) cannot be read")
            }
            do {
                return try Script(text)
            } catch {
                throw Failure(.usage, "\(keysFile): \(error)")
            }
        }
        return MemoryScreen(size?.size ?? Size(120, 40), script: script, wake: wake)
    }
}
