import Terminal

/// Moving within a pane or a text.
enum MoveCommands {
    private static let places: [Command.Place] = [
        .panes, .layer(.document), .layer(.review), .layer(.rule),
    ]

    static let all: [Command] = [
        move("up", "one row up", [.up, .character("k")]) { $0.move(rows: -1) },
        move("down", "one row down", [.down, .character("j")]) { $0.move(rows: 1) },
        move("page-up", "one page up; in calls and results, of the details", [.pageUp, .control("b")]) {
            $0.move(pages: -1)
        },
        move(
            "page-down", "one page down; in calls and results, of the details",
            [.pageDown, .control("f"), .character(" ")]
        ) {
            $0.move(pages: 1)
        },
        move(
            "top", "to the first row; in calls and results, of the details",
            [.home, Key(.home, .control)]
        ) {
            $0.move(toEnd: false)
        },
        move(
            "bottom", "to the last row; in calls and results, of the details",
            [.end, Key(.end, .control)]
        ) {
            $0.move(toEnd: true)
        },
    ]

    private static func move(
        _ name: String, _ title: String, _ keys: [Key],
        _ change: @escaping @Sendable (inout DebuggerState) -> Void
    ) -> Command {
        Command(name, title: title, group: .move, places: places, keys: keys) { state, _ in
            change(&state)
            return []
        }
    }
}
