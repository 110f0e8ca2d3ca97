import Terminal

/// The command line: `:NAME ARGUMENT`, or `:120` for a step.
extension DebuggerState {
    /// Gives the command of a line, or says in one line what is wrong with it.
    mutating func enter(line: String) -> [DebuggerEffect] {
        let line = line.trimmingSpaces
        guard !line.isEmpty else { return [] }
        if history.last != line { history.append(line) }
        let name = String(line.prefix { $0 != " " })
        let argument = String(line.dropFirst(name.count)).trimmingSpaces
        if Int(name) != nil, let command = commands.command(named: "goto") {
            return run(command, argument: name)
        }
        guard let command = commands.command(named: name), command.isOnCommandLine else {
            let names = commandLineNames
            refuse("no command is named '\(name)'" + nearest(to: name, in: names) + "; Tab lists them")
            return []
        }
        switch command.argument {
        case nil where !argument.isEmpty:
            refuse("\(command.name) takes nothing after its name")
            return []
        case let wanted? where argument.isEmpty && !wanted.isOptional:
            refuse("write \(command.usage)")
            return []
        default: return run(command, argument: argument)
        }
    }

    /// The names of all commands that the command line takes, in alphabetical order.
    var commandLineNames: [String] {
        commands.commands.filter(\.isOnCommandLine).flatMap { [$0.name] + $0.aliases }.sorted()
    }

    /// What can stand on the command line: commands whose names begin so, else those that say so, or the words that a
    /// command takes.
    func offers(for line: String) -> [OfferList.Offer] {
        guard let space = line.firstIndex(of: " ") else {
            let all = commands.commands.filter(\.isOnCommandLine).sorted { $0.name < $1.name }
            let begun = all.filter { command in
                ([command.name] + command.aliases).contains { $0.hasPrefix(line) }
            }
            let wanted = line.lowercased()
            let found = begun.isEmpty ? all.filter { $0.speaks(of: wanted) } : begun
            return found.map { offer($0, line) }
        }
        let name = String(line[..<space])
        guard let command = commands.command(named: name), let argument = command.argument else { return [] }
        let begun = String(line[space...]).trimmingSpaces
        let words = (argument.words + argument.more(self)).filter { $0.hasPrefix(begun) }
        return words.map {
            OfferList.Offer(line: "\(name) \($0)", usage: $0, title: "", keys: "")
        }
    }

    private func offer(_ command: Command, _ line: String) -> OfferList.Offer {
        let alias = command.name.hasPrefix(line) ? nil : command.aliases.first { $0.hasPrefix(line) }
        let keys = commands.keys(of: command).map(\.description).joined(separator: " ")
        return OfferList.Offer(
            line: alias ?? command.name, usage: command.usage, title: command.title, keys: keys)
    }

    /// Puts the next or the previous completion into the prompt.
    mutating func complete(by step: Int) -> [DebuggerEffect] {
        guard var prompt = layers.last as? Prompt, case .command = prompt.purpose else { return [] }
        if prompt.completions.isEmpty {
            prompt.typed = prompt.field.text
            prompt.completions = offers(for: prompt.typed).map(\.line)
            prompt.chosen = nil
        }
        let count = prompt.completions.count
        guard count > 0 else {
            refuse("nothing is called so")
            return []
        }
        let next = prompt.chosen.map { ($0 + step + count) % count } ?? (step > 0 ? 0 : count - 1)
        let offered = prompt.completions[next]
        let takesArgument = commands.command(named: offered)?.argument != nil
        prompt.field.replaceAll(with: count == 1 && takesArgument ? offered + " " : offered)
        prompt.chosen = next
        if count == 1 { (prompt.completions, prompt.chosen) = ([], nil) }
        replaceFront(prompt)
        return []
    }

    /// Puts an earlier or a later line of the history into the prompt.
    mutating func recall(by step: Int) -> [DebuggerEffect] {
        guard var prompt = layers.last as? Prompt, case .command = prompt.purpose else { return [] }
        let depth = max(0, min(prompt.historyDepth + step, history.count))
        guard depth != prompt.historyDepth else { return [] }
        prompt.historyDepth = depth
        prompt.field.replaceAll(with: depth == 0 ? "" : history[history.count - depth])
        (prompt.completions, prompt.chosen) = ([], nil)
        replaceFront(prompt)
        return []
    }
}

extension String {
    /// The text without spaces at its ends.
    var trimmingSpaces: String {
        String(String(drop { $0 == " " }).reversed().drop { $0 == " " }.reversed())
    }
}
