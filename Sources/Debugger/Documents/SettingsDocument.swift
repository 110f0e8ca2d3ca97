import JSON
import Terminal

/// Everything that can be set, with what it is now.
struct SettingsDocument: Document {
    func title(_ state: DebuggerState) -> String { "settings" }

    func lines(_ state: DebuggerState, width: Int) -> LaidLines {
        var text = TextLines(width: width)
        text.wrap(
            SafeText(
                ":set NAME VALUE changes one for this session; 'callgate config set NAME VALUE' writes it into the "
                    + "file of settings, 'callgate config path' says where that is."))
        text.heading("what can be set")
        for entry in Settings.entries where !entry.path.contains("colours.") {
            let value = state.settings.value(at: entry.path)
            text.wrap(
                SafeText(entry.about), label: StyledText(entry.path, Theme.key), margin: min(26, width / 3))
            if let value { text.wrap(SafeText("now: \(value.text())"), margin: min(26, width / 3)) }
        }
        text.heading("meanings that have a colour: colours.NAME")
        for role in Role.allCases {
            let look = state.settings.value(at: "colours.\(role.name)")
            text.add(
                TextLines.space(2) + StyledText(role.name, role.style).fitted(to: 20)
                    + StyledText(look?.text() ?? "as in the theme", Theme.faint))
        }
        text.heading("keys bound anew: keys.COMMAND")
        if state.settings.keys.isEmpty { text.add("none", Theme.faint) }
        for (name, keys) in state.settings.keys.sorted(by: { $0.key < $1.key }) {
            text.field(name, keys.joined(separator: " "))
        }
        return text.laid
    }
}
