import Debugger
import Foundation
import Terminal

/// A list on a screen: shows it until something is chosen.
@MainActor
enum ChooserProgram {
    /// Shows the list and gives the ID that was chosen; `nil` where the person went away.
    ///
    /// A screen in memory is printed as it was last seen where nothing was chosen.
    static func choose(
        _ title: String, head: [String] = [], _ items: [Chooser.Item], screen choice: ScreenChoice
    ) throws -> String? {
        let wake = try failing(.usage) { try Wake() }
        let screen = try choice.open(wake: wake)
        var chooser = Chooser(
            title: title, head: head, items: items, size: screen.size, settings: SettingsFile.current)
        defer { screen.close() }
        while true {
            let view = chooser.view()
            screen.draw(view.canvas, cursor: view.cursor)
            let effect: Chooser.Effect?
            switch screen.nextEvent(timeout: nil) {
            case .key(let key): effect = chooser.press(key)
            case .mouse(let mouse): effect = chooser.handle(mouse)
            case .resize(let size):
                chooser.resize(to: size)
                effect = nil
            case .exit(let request):
                if choice.keysFile != nil { print(chooser.view().canvas.plainText, terminator: "") }
                try ScreenEnd.asked(request).check()
                return nil
            case .paste, .focus, .wake, nil: effect = nil
            }
            switch effect {
            case .choose(let id): return id
            case .quit: return nil
            case .suspend: screen.suspend()
            case .redraw: screen.draw(Canvas(screen.size), cursor: nil)
            case nil: break
            }
        }
    }
}
