import Terminal

extension DebuggerState {
    /// Does what a key means here: a command of the table, or a letter in a text.
    mutating func press(_ key: Key) -> [DebuggerEffect] {
        messages.dismiss()
        if let objection = questionObjection {
            refuse(objection)
            return []
        }
        for place in commands.places(in: self) {
            if let command = commands.command(for: key, in: place) { return run(command, by: key) }
        }
        if var layer = layers.last, layer.handle(key) {
            replaceFront(layer)
            return []
        }
        refuse(objection(toDead: key))
        return []
    }

    /// Puts pasted text where text is being written, and nowhere else: pasted letters are no commands.
    mutating func paste(_ text: String) {
        if let objection = questionObjection { return refuse(objection) }
        if var layer = layers.last, layer.paste(text) { return replaceFront(layer) }
        refuse("nothing was done with the pasted text: no text is being written")
    }

    /// Gives a command, or says why it cannot be given now.
    mutating func run(_ command: Command, argument: String = "", by key: Key? = nil) -> [DebuggerEffect] {
        if let objection = command.availability(self).objection {
            refuse(objection)
            return []
        }
        if command.isOnCommandLine, command.group != .move {
            messages.note(
                command: ":\(command.name)\(argument.isEmpty ? "" : " \(argument)")",
                by: key?.description, step: timeline.step)
        }
        return command.perform(&self, argument)
    }

    /// Why a key does nothing here, and where it would do something.
    private func objection(toDead key: Key) -> String {
        if let kind = frontKind {
            let names = keyNames(of: kind)
            return "the key \(key) does nothing in \(kind.words)" + (names.isEmpty ? "" : ": \(names)")
        }
        let elsewhere = commands.places(of: key)
        for case .pane(let pane) in elsewhere {
            guard let command = commands.command(for: key, in: .pane(pane)) else { continue }
            return "the key \(key) works in the \(pane.name) pane (\(pane.digit)): \(command.title)"
        }
        return "the key \(key) does nothing here; ? shows all keys"
    }

    private func keyNames(of kind: LayerKind) -> String {
        commands.commands.filter { $0.places.contains(.layer(kind)) && $0.availability(self) == .ready }
            .compactMap { command in
                command.hint.map { "\(commands.keys(of: command).first?.description ?? "") \($0)" }
            }.joined(separator: ", ")
    }
}
