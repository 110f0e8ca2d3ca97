import Terminal

/// Every command, with the keys that lead to it.
struct CommandTable: Sendable {
    let commands: [Command]
    /// The keys of each command, by name, as bound now.
    private let keys: [String: [Key]]
    private let bindings: [Command.Place: [Key: Int]]

    /// The commands of the debugger as they come.
    static let standard = CommandTable(
        commands: DecisionCommands.all + StepCommands.all + LookCommands.all + BreakpointCommands.all
            + ShownFilterCommands.all + RuleCommands.all + ForkCommands.all
            + MaskCommands.all + ServerCommands.all
            + SessionCommands.all + SettingCommands.all + MoveCommands.all + LayerCommands.all, keys: [:])

    private init(commands: [Command], keys changed: [String: [Key]]) {
        self.commands = commands
        var keys: [String: [Key]] = [:]
        var bindings: [Command.Place: [Key: Int]] = [:]
        for (index, command) in commands.enumerated() {
            let bound = changed[command.name] ?? command.keys
            keys[command.name] = bound
            for place in command.places {
                for key in bound { bindings[place, default: [:]][key] = bindings[place]?[key] ?? index }
            }
        }
        self.keys = keys
        self.bindings = bindings
    }

    /// The table with other keys for the named commands; each of them loses the keys that it had.
    /// - Throws: ``KeyBindingError`` for an unknown name or key, or a key that two commands of one place would have.
    func binding(_ names: [String: [String]]) throws(KeyBindingError) -> CommandTable {
        var changed: [String: [Key]] = [:]
        for (name, keyNames) in names.sorted(by: { $0.key < $1.key }) {
            guard commands.contains(where: { $0.name == name }) else {
                throw KeyBindingError(
                    "no command is named \(name)" + nearest(to: name, in: commands.map(\.name)), name)
            }
            changed[name] = []
            for keyName in keyNames {
                guard let key = Key(keyName) else {
                    throw KeyBindingError(
                        "\(name): no key is named \(keyName); write a, A, ctrl-r, f5, pgup or space", name)
                }
                changed[name]?.append(key)
            }
        }
        let table = CommandTable(commands: commands, keys: changed)
        if let clash = table.clashes.first {
            let blamed = names.keys.sorted().first { clash.split(separator: " ").contains(Substring($0)) }
            throw KeyBindingError(clash, blamed)
        }
        return table
    }

    /// Keys that lead to two commands in one place, in words.
    var clashes: [String] {
        var owners: [Command.Place: [Key: String]] = [:]
        var found: [String] = []
        for command in commands {
            for place in command.places {
                // A pane's own keys would hide those of all panes.
                let rivals: [Command.Place] =
                    switch place {
                    case .panes: [.panes] + Pane.allCases.map { .pane($0) }
                    case .pane: [place, .panes]
                    case .layer: [place]
                    }
                for key in keys(of: command) {
                    for rival in rivals {
                        if let owner = owners[rival]?[key], owner != command.name {
                            found.append("the key \(key) is bound to both \(owner) and \(command.name)")
                        }
                    }
                    owners[place, default: [:]][key] = command.name
                }
            }
        }
        return found
    }

    /// The keys that lead to a command.
    func keys(of command: Command) -> [Key] { keys[command.name] ?? [] }

    /// The command that a key leads to in a place.
    func command(for key: Key, in place: Command.Place) -> Command? {
        bindings[place]?[key].map { commands[$0] }
    }

    /// The places in which a key means something.
    func places(of key: Key) -> [Command.Place] {
        let all = [.panes] + Pane.allCases.map { Command.Place.pane($0) }
        return all.filter { command(for: key, in: $0) != nil }
    }

    /// The command of that name, or of that alias.
    func command(named name: String) -> Command? {
        commands.first { $0.name == name } ?? commands.first { $0.aliases.contains(name) }
    }

    /// The places that a key is looked up in, the first one first.
    func places(in state: DebuggerState) -> [Command.Place] {
        if let kind = state.frontKind { return [.layer(kind)] }
        let panes: [Command.Place] = [.pane(state.focus.pane), .panes]
        return state.search == nil ? panes : [.layer(.searching)] + panes
    }
}

/// Key bindings that cannot be used.
public struct KeyBindingError: Error, Sendable, Hashable, CustomStringConvertible {
    /// One line: which binding, and what to write instead.
    public let description: String
    /// The command whose binding it is, where it is one command's.
    let command: String?

    init(_ description: String, _ command: String? = nil) {
        self.description = description
        self.command = command
    }
}

/// ` (did you mean NAME?)` where one of the names is near, else nothing.
func nearest(to word: String, in names: [String]) -> String {
    let ranked = names.map { ($0, editDistance(word, $0)) }.min { $0.1 < $1.1 }
    guard let (name, distance) = ranked, distance <= max(1, min(word.count, name.count) / 2) else {
        return ""
    }
    return " (did you mean \(name)?)"
}

/// The fewest insertions, deletions and replacements between two words (Levenshtein).
func editDistance(_ a: String, _ b: String) -> Int {
    let (a, b) = (Array(a.utf8.prefix(100)), Array(b.utf8.prefix(100)))
    var row = Array(0...b.count)
    for (i, left) in a.enumerated() {
        var diagonal = row[0]
        row[0] = i + 1
        for (j, right) in b.enumerated() {
            let above = row[j + 1]
            row[j + 1] = min(above + 1, row[j] + 1, diagonal + (left == right ? 0 : 1))
            diagonal = above
        }
    }
    return row[b.count]
}
