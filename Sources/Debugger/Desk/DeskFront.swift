import Terminal

/// What stands in front of the list of sessions, and takes the keys.
enum DeskFront: Sendable {
    /// Nothing.
    case none
    /// The question whether to quit while calls wait.
    case quitting
    /// The keys and commands, from that line on.
    case help(Scroll)
    /// A command that is being typed.
    case command(TextField)
    /// Why a command was not followed.
    case refusal(String)
}

/// What can be done at the list of sessions: one table for keys, hints, help and the command line.
struct DeskCommand: Sendable {
    /// What it is.
    enum Action: Sendable {
        case open
        case move(Int)
        case page(Int)
        case first
        case last
        case longestWaiting
        case help
        case commandLine
        case suspend
        case redraw
        case quit
    }

    let action: Action
    let keys: [Key]
    /// How the keys are told.
    let shown: String
    /// Its name on the command line.
    let name: String?
    /// What it does, for the help; the hints have the beginning of it up to a semicolon.
    let title: String
    var isHint = false

    static let all: [DeskCommand] = [
        DeskCommand(
            action: .open, keys: [.enter, .right], shown: "Enter", name: "open",
            title: "open; shows the four panes of the session", isHint: true),
        DeskCommand(
            action: .move(1), keys: [.down, .character("j")], shown: "j", name: nil,
            title: "next; the session below, or a line further"),
        DeskCommand(
            action: .move(-1), keys: [.up, .character("k")], shown: "k", name: nil,
            title: "previous; the session above, or a line back"),
        DeskCommand(
            action: .page(1), keys: [.pageDown, .space], shown: "PgDn", name: nil, title: "a page further"),
        DeskCommand(action: .page(-1), keys: [.pageUp], shown: "PgUp", name: nil, title: "a page back"),
        DeskCommand(
            action: .first, keys: [.character("g"), .home], shown: "g", name: nil, title: "to the beginning"),
        DeskCommand(
            action: .last, keys: [.character("G"), .end], shown: "G", name: nil, title: "to the end"),
        DeskCommand(
            action: .longestWaiting, keys: [.character("W")], shown: "W", name: "waiting",
            title: "longest waiting; opens the session whose call has waited longest", isHint: true),
        DeskCommand(
            action: .help, keys: [.character("?"), Key(.function(1))], shown: "?", name: "help",
            title: "help; this text", isHint: true),
        DeskCommand(
            action: .commandLine, keys: [.character(":")], shown: ":", name: nil,
            title: "command; takes one by its name", isHint: true),
        DeskCommand(
            action: .suspend, keys: [.control("z")], shown: "^Z", name: nil,
            title: "back to the shell for a while"),
        DeskCommand(
            action: .redraw, keys: [.control("l")], shown: "^L", name: "redraw",
            title: "paints the screen anew"),
        DeskCommand(
            action: .quit, keys: [.character("q"), .escape, .control("c")], shown: "q", name: "quit",
            title: "quit; Esc as well. Calls that wait are denied, which is asked before", isHint: true),
    ]

    /// The command that a word of the command line names, or begins.
    static func named(_ word: String) -> DeskCommand? {
        guard !word.isEmpty else { return nil }
        let exact = all.first { $0.name == word }
        return exact ?? all.first { $0.name?.hasPrefix(word) == true }
    }
}

/// What the keys do at the list of sessions.
extension SessionDesk {
    mutating func pressInList(_ key: Key) -> [DeskEffect] {
        switch front {
        case .quitting:
            front = .none
            if key == .character("y") { return [.quit] }
            // Any other key leaves the question, and does nothing else.
            return []
        case .help(var scroll):
            switch key {
            case .escape, .enter, .character("q"), .character("?"), .control("c"): front = .none
            case .down, .character("j"): scroll.move(by: 1); front = .help(scroll)
            case .up, .character("k"): scroll.move(by: -1); front = .help(scroll)
            case .pageDown, .space: scroll.move(byPages: 1); front = .help(scroll)
            case .pageUp: scroll.move(byPages: -1); front = .help(scroll)
            case .home, .character("g"): scroll.move(toEnd: false); front = .help(scroll)
            case .end, .character("G"): scroll.move(toEnd: true); front = .help(scroll)
            default: break
            }
            return []
        case .command(var field):
            switch key {
            case .escape, .control("c"): front = .none
            case .enter: return follow(field.text)
            default:
                if field.text.isEmpty, key == .backspace {
                    front = .none
                } else {
                    _ = field.handle(key)
                    front = .command(field)
                }
            }
            return []
        case .none, .refusal:
            front = .none
            guard let command = DeskCommand.all.first(where: { $0.keys.contains(key) }) else { return [] }
            return perform(command.action)
        }
    }

    /// Follows a line of the command line.
    private mutating func follow(_ line: String) -> [DeskEffect] {
        front = .none
        let word = line.split(separator: " ").first.map(String.init) ?? ""
        guard !word.isEmpty else { return [] }
        guard let command = DeskCommand.named(word) else {
            let names = DeskCommand.all.compactMap(\.name).joined(separator: ", ")
            front = .refusal("there is no command \(word); there are \(names)")
            return []
        }
        return perform(command.action)
    }

    private mutating func perform(_ action: DeskCommand.Action) -> [DeskEffect] {
        switch action {
        case .open: openSelected()
        case .move(let rows): move(by: rows)
        case .page(let pages): move(by: pages * max(1, list.page - 1))
        case .first: move(by: -.max / 2)
        case .last: move(by: .max / 2)
        case .longestWaiting: showLongestWaiting()
        case .help: front = .help(Scroll())
        case .commandLine: front = .command(TextField())
        case .suspend: return [.suspend]
        case .redraw: return [.redraw]
        case .quit:
            guard rows.contains(where: { !$0.waiting.isEmpty }) else { return [.quit] }
            front = .quitting
        }
        return []
    }

    /// What the mouse does at the list.
    mutating func handle(_ mouse: Mouse) {
        switch mouse.action {
        case .wheelUp: move(by: -3)
        case .wheelDown: move(by: 3)
        case .press(.left):
            let row = mouse.point.y - 2 + list.offset
            guard mouse.point.y >= 2, list.visible.contains(row), rows.indices.contains(row) else { return }
            if rows[row].journal == selected { openSelected() } else { selected = rows[row].journal }
        default: break
        }
    }
}
