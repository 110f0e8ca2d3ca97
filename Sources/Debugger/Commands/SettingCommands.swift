import Terminal

/// Changing what the person has chosen, for this session; the file of settings keeps it for all.
enum SettingCommands {
    static let all: [Command] = [
        Command(
            "theme", title: "how everything looks; the names are tried on as they are gone through",
            group: .settings,
            argument: .init(
                name: "NAME", isOptional: true, more: { $0.settings.palettes.map(\.name) })
        ) { state, argument in
            if argument.isEmpty {
                state.layers.append(Prompt(.command, text: "theme "))
                return []
            }
            return state.set("theme", to: argument)
        },
        Command(
            "set",
            title: "a setting for this session: layout.columns 60, keys.approve f5, colours.good green",
            group: .settings, argument: .init(name: "NAME VALUE", more: { $0.settableNames })
        ) { state, argument in
            let words = argument.split(separator: " ", maxSplits: 1).map(String.init)
            guard words.count == 2 else {
                let now = state.settings.value(at: words[0])?.text() ?? "as it comes"
                state.say("\(words[0]) is \(now); write :set \(words[0]) VALUE")
                return []
            }
            return state.set(words[0], to: words[1].trimmingSpaces)
        },
        Command(
            "skip", title: "leave a lesson of the tutor out", group: .settings,
            availability: {
                $0.tutor == nil ? .absent("there is no tutor here; callgate tutor has one") : .ready
            }
        ) { state, _ in
            state.tutor?.skip()
            return []
        },
        Command(
            "settings", title: "everything that can be set, with what it is now", group: .settings
        ) { state, _ in
            state.open(SettingsDocument())
            return []
        },
    ]
}

extension DebuggerState {
    /// Changes a setting, or says why it cannot be.
    fileprivate mutating func set(_ name: String, to text: String) -> [DebuggerEffect] {
        do {
            let changed = try settings.changing(name, to: text)
            commands = try CommandTable.standard.binding(changed.keys)
            settings = changed
            say("\(name) is \(text) for this session; callgate config set \(name) '\(text)' keeps it")
        } catch {
            refuse("\(error)")
        }
        return []
    }

    /// The names that `:set` takes: those of the schema, each command and each meaning by its own.
    fileprivate var settableNames: [String] {
        Settings.entries.map(\.path).filter { !$0.contains("NAME") }
            + commands.commands.map { "keys.\($0.name)" }
    }

    /// The theme to draw with: while a name is on the command line, that one is tried on.
    var shownPalette: Palette {
        guard let prompt = layers.last as? Prompt, case .command = prompt.purpose,
            prompt.field.text.hasPrefix("theme ")
        else { return settings.palette }
        let name = String(prompt.field.text.dropFirst("theme ".count)).trimmingSpaces
        return settings.palettes.first { $0.name == name } ?? settings.palette
    }
}
