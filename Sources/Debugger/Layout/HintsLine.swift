import Terminal

/// The bottom line: a prompt, what was told last, or the keys that work here now.
enum HintsLine {
    /// The hints at a width, cut between two of them; help stays.
    static func hints(_ state: DebuggerState, width: Int) -> StyledText {
        let table = state.commands
        let places = state.commands.places(in: state)
        var line = StyledText(" ")
        let help = state.layers.isEmpty ? table.command(named: "help").map { hint($0, table) } : nil
        let room = width - (help.map { $0.width + 2 } ?? 0)
        for command in ordered(table.commands, state) where command.name != "help" && command.hint != nil {
            guard command.places.contains(where: places.contains), let key = table.keys(of: command).first,
                table.leads(key, to: command, in: places)
            else { continue }
            guard command.availability(state).isHinted else { continue }
            let shown = hint(command, table)
            if line.width + shown.width + 2 > room { continue }
            line = line + shown + StyledText("  ")
        }
        if let help { line = line + help }
        return line
    }

    /// What can be decided comes first, then what is special here.
    private static func ordered(_ commands: [Command], _ state: DebuggerState) -> [Command] {
        let special: (Command) -> Bool = { command in
            command.places.contains { if case .panes = $0 { false } else { true } }
        }
        let decide = commands.filter { $0.group == .decide }
        let rest = commands.filter { $0.group != .decide }
        return decide + rest.filter(special) + rest.filter { !special($0) }
    }

    private static func hint(_ command: Command, _ table: CommandTable) -> StyledText {
        let key = table.keys(of: command).first?.description ?? ":\(command.name)"
        return StyledText(key, Theme.key)
            + StyledText(" \(command.hint ?? command.name)")
    }
}

extension CommandTable {
    /// Whether a key means that command in the first of the places in which it means anything.
    func leads(_ key: Key, to command: Command, in places: [Command.Place]) -> Bool {
        for place in places {
            if let found = self.command(for: key, in: place) { return found.name == command.name }
        }
        return false
    }
}
