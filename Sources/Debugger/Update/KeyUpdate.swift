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
            if let command = commands.command(for: key, in: place) { return run(command) }
        }
        switch layers.last {
        case .prompt(var prompt):
            guard prompt.field.handle(key) else { return [] }
            prompt.completions = []
            layers[layers.count - 1] = .prompt(prompt)
        case .editor(var editor):
            guard editor.field.handle(key) else { return [] }
            editor.fault = nil
            layers[layers.count - 1] = .editor(editor)
        case .question(var form):
            guard form.handle(key) else {
                refuse("the key \(key) does nothing here: \(keyNames(of: .question))")
                return []
            }
            layers[layers.count - 1] = .question(form)
        case .review: refuse("choose what the model is told: \(keyNames(of: .review))")
        case .rule: refuse("choose what becomes of the rule: \(keyNames(of: .rule))")
        case .confirmation: refuse("press y for yes, n for no")
        case .document, nil:
            if key != .escape { refuse("the key \(key) does nothing here; ? shows all keys") }
        }
        return []
    }

    /// Puts pasted text where text is being written, and nowhere else: pasted letters are no commands.
    mutating func paste(_ text: String) {
        if let objection = questionObjection { return refuse(objection) }
        switch layers.last {
        case .question(var form) where form.paste(text): layers[layers.count - 1] = .question(form)
        case .prompt(var prompt):
            prompt.field.insert(text)
            prompt.completions = []
            layers[layers.count - 1] = .prompt(prompt)
        case .editor(var editor):
            editor.field.insert(text)
            editor.fault = nil
            layers[layers.count - 1] = .editor(editor)
        default: refuse("nothing was done with the pasted text: no text is being written")
        }
    }

    /// Gives a command, or says why it cannot be given now.
    mutating func run(_ command: Command, argument: String = "") -> [DebuggerEffect] {
        if let objection = command.availability(self).objection {
            refuse(objection)
            return []
        }
        return command.perform(&self, argument)
    }

    private func keyNames(of kind: LayerKind) -> String {
        commands.commands.filter { $0.places == [.layer(kind)] }.compactMap { command in
            command.hint.map { "\(commands.keys(of: command).first?.description ?? "") \($0)" }
        }.joined(separator: ", ")
    }
}
