/// Reads the words of one command into what it runs: itself, and what it starts by its words.
struct ShellCommandReader {
    let certainty: ShellCertainty
    let depth: Int
    private(set) var parts = ShellParts()
    /// How many commands the one that is read stands in, as `nice` stands in `env nice ls`.
    private var nesting = 0

    private static let mostWords = 64

    init(certainty: ShellCertainty, depth: Int) {
        self.certainty = certainty
        self.depth = depth
    }

    private var isStrict: Bool { certainty == .words }

    /// Takes a command.
    ///
    /// In the place of a program a keyword is one to a shell (`time ! ls`) and a program's name to a program
    /// (`nice ! ls`), and an assignment likewise: for denials both are read.
    mutating func add(_ command: ArraySlice<ShellWord>) throws(ShellDoubt) {
        nesting += 1
        defer { nesting -= 1 }
        if nesting > ShellParser.deepest, let first = command.first {
            throw ShellDoubt(at: first.offset, "commands that run commands, too deep")
        }
        var words = command
        try addReading(words)
        while !isStrict, let first = words.first, first.mayStandBeforeACommand {
            if first.holdsSleepingExpansion || first.setsWhatIsEvaluatedLater {
                throw ShellDoubt(
                    at: first.offset, "an assignment of a text that something may expand later")
            }
            words = words.dropFirst()
            try addReading(words)
        }
    }

    private mutating func addReading(_ words: ArraySlice<ShellWord>) throws(ShellDoubt) {
        guard let first = words.first else { return }
        let name = first.programName
        if isStrict ? !first.isPlainName : first.isExpanded && !first.equals("[") || first.bytes.isEmpty {
            throw ShellDoubt(at: first.offset, "a program whose name is not plain")
        }
        if first.begins(with: "="), first.bytes.count > 1 {
            throw ShellDoubt(at: first.offset, "a program's path, as zsh looks it up")
        }
        if first.isBare, ShellPrograms.unreadable.contains(first.text) || isStrict && isKeyword(first) {
            throw ShellDoubt(at: first.offset, "the keyword \(first.text)")
        }
        // To zsh these are modifiers, quoted as well.
        if ["noglob", "nocorrect", "-"].contains(first.text) {
            throw ShellDoubt(at: first.offset, "the modifier \(first.text) of zsh")
        }
        parts.append(words)
        if !isStrict, first.text != name, !name.isEmpty {
            parts.append([ShellWord(offset: first.offset, Array(name.utf8))] + words.dropFirst())
        }
        try check(name, words)
        try addRun(by: name, words)
        if parts.isTooLarge { throw ShellDoubt(at: first.offset, "more than can be looked at") }
    }

    private func isKeyword(_ word: ShellWord) -> Bool { ShellPrograms.keywords.contains(word.text) }

    /// What evaluates its words in one shell or another runs more than can be read from them.
    private func check(_ name: String, _ words: ArraySlice<ShellWord>) throws(ShellDoubt) {
        let rest = words.dropFirst()
        let offset = words.first?.offset ?? 0
        if ShellPrograms.evaluators.contains(name) {
            throw ShellDoubt(at: offset, "\(name), which evaluates its words")
        }
        if ShellPrograms.filling.contains(name), isStrict {
            throw ShellDoubt(at: offset, "\(name), after which a variable may hold anything")
        }
        if ShellPrograms.assigning.contains(name),
            let word = rest.first(where: { $0.holdsSleepingExpansion || $0.setsWhatIsEvaluatedLater })
        {
            throw ShellDoubt(
                at: word.offset, "an assignment of a text that something may expand later")
        }
        if ShellPrograms.naming.contains(name) {
            // Where numbers are asked for, a name stands for what its variable holds, which is computed again.
            let isComputed = name == "printf" && rest.first?.asksForNumbers ?? false
            let evaluated = rest.first { word in
                if isComputed, word.offset != rest.first?.offset, !word.isFigure { return true }
                return name == "printf"
                    ? word.begins(with: "-v") || word.isExpanded && word.offset == rest.first?.offset
                        // The numbers that a format asks for are arithmetic to zsh.
                        || word.holdsSleepingExpansion && word.bytes.contains(UInt8(ascii: "["))
                    : word.mayHoldSubscript(isStrict)
                        || word.isExpanded && ShellPrograms.naming(name, expanded: word, among: rest)
                        || ShellPrograms.isEvaluatedLater(word.text)
                        || ShellPrograms.loading.contains(word.text)
            }
            if let evaluated {
                throw ShellDoubt(at: evaluated.offset, "a word that \(name) may evaluate")
            }
        }
        if name == "test" || name == "[",
            let word = zip(rest, rest.dropFirst()).first(where: {
                $0.equals("-t") && !$1.isFigure && !$1.equals("]")
            })?.1
        {
            throw ShellDoubt(at: word.offset, "the number of a file that \(name) may compute")
        }
        if isStrict, ShellPrograms.assigning.contains(name) || name == "unset",
            let word = rest.first(where: { ShellPrograms.decidesNames($0.variable ?? $0.text) })
        {
            throw ShellDoubt(at: word.offset, "a variable by which programs are found")
        }
        if ["setopt", "unsetopt", "shopt"].contains(name) {
            throw ShellDoubt(at: offset, "\(name), after which the rest may be read otherwise")
        }
        if name == "set" { try checkSet(rest) }
        if name == "export" || name == "readonly",
            let option = rest.first(where: { $0.isSign && !["-p", "-n"].contains($0.text) })
        {
            throw ShellDoubt(at: option.offset, "an option of \(name) that changes what a value means")
        }
        if ShellPrograms.counting.contains(name),
            let word = rest.first(where: { !$0.bytes.allSatisfy(\.isShellDigit) })
        {
            throw ShellDoubt(at: word.offset, "a number that \(name) may compute")
        }
        if ShellPrograms.strangeShells.contains(name) {
            throw ShellDoubt(at: offset, "\(name), which reads lines in its own way")
        }
    }

    /// Options of `set` that change how the rest of the line is read, or set arrays by name.
    private func checkSet(_ words: ArraySlice<ShellWord>) throws(ShellDoubt) {
        var before: ShellWord?
        for word in words {
            if word.equals("--") { return }
            if word.equals("+") || word.equals("-") || word.isExpanded
                || !ShellPrograms.keepsReading(word, after: before)
            {
                throw ShellDoubt(at: word.offset, "a word of set after which the rest may be read otherwise")
            }
            // After the first that is no option all are parameters.
            if !word.isSign, before.map({ !$0.takesName }) ?? true { return }
            before = word
        }
    }

    /// What a command runs that its words hold.
    private mutating func addRun(by name: String, _ words: ArraySlice<ShellWord>) throws(ShellDoubt) {
        let rest = words.dropFirst()
        if ShellPrograms.isShell(name) {
            try addScript(words)
        } else if name == "find" {
            try addFound(rest)
        } else if ShellPrograms.wrappers.contains(name) {
            if name == "env", let split = rest.first(where: { $0.splitsItsValue }) {
                throw ShellDoubt(at: split.offset, "env -S, which splits its value")
            }
            try addWrapped(by: name, rest)
        } else if ShellPrograms.runners.contains(name) || ShellPrograms.isLoader(name) {
            if isStrict {
                throw ShellDoubt(
                    at: words.first?.offset ?? 0, "\(name), which runs what its words or its input say")
            }
            if name == "eval" {
                try addEvaluated(rest)
            } else {
                try addAny(rest)
            }
        } else if !isStrict, ShellPrograms.launchers.contains(name) {
            try addAny(rest, whereCertain: true)
        } else if !isStrict, ShellPrograms.dispatchers.contains(name),
            let place = rest.firstIndex(where: { ShellPrograms.dispatches.contains($0.text) })
        {
            try addAny(rest[(place + 1)...], whereCertain: true)
        }
        if !isStrict, ShellPrograms.dispatchers.contains(name) {
            // `-c alias.x='!touch'`: a line of the shell's.
            for word in rest where word.bytes.contains(UInt8(ascii: "!")) {
                for value in word.optionValues { try addText(value.bytes, at: word) }
            }
        }
    }

    /// What stands after a wrapper's own words.
    ///
    /// A word after an option may be its value or the command: both are parts, so that neither reading is missed.
    private mutating func addWrapped(
        by name: String, _ words: ArraySlice<ShellWord>
    ) throws(ShellDoubt) {
        var open: Set<Int> = [words.startIndex]
        var starts: Set<Int> = []
        var isAfterAssignment = false
        for index in words.indices where open.contains(index) {
            let word = words[index]
            let isAssignment = !word.begins(with: "-") && word.bytes.contains(UInt8(ascii: "="))
            defer { isAfterAssignment = isAfterAssignment || isAssignment }
            if word.isExpanded { throw ShellDoubt(at: word.offset, "a word of \(name) that is not certain") }
            if word.holdsSleepingExpansion, word.bytes.contains(UInt8(ascii: "=")) {
                throw ShellDoubt(
                    at: word.offset, "an assignment of a text that something may expand later")
            }
            // Bash takes such a variable for a function.
            if word.setsWhatIsEvaluatedLater || word.begins(with: "BASH_FUNC_") {
                throw ShellDoubt(at: word.offset, "a variable from which shells load or run what it says")
            }
            if word.readsAsAssignment, ["env", "sudo", "doas"].contains(name) {
                parts.append(word.bytes)
                open.insert(index + 1)
            } else if isAssignment, ["env", "sudo", "doas"].contains(name) {
                // These take any word with = for a variable, whatever stands before it.
                if isStrict {
                    throw ShellDoubt(at: word.offset, "a word of \(name) with = that no shell assigns")
                }
                starts.insert(index)
                open.insert(index + 1)
            } else if word.begins(with: "-") {
                if isAfterAssignment {
                    // After an assignment no option stands: it is the program, or with = another assignment.
                    if isStrict {
                        throw ShellDoubt(at: word.offset, "a dash after an assignment of \(name)")
                    }
                    starts.insert(index)
                }
                let isOption = index == words.startIndex && word.equals("-p") || word.equals("--")
                // To bash, whose time has no other options, and to dash, whose exec has none, it is the program.
                if name == "exec" || name == "time" && !isOption {
                    if isStrict {
                        throw ShellDoubt(at: word.offset, "an option of \(name) that not every shell has")
                    }
                    starts.insert(index)
                }
                if isStrict, ["sudo", "doas"].contains(name), word.opensShell {
                    throw ShellDoubt(at: word.offset, "an option of \(name) that opens a shell")
                }
                open.insert(index + 1)
                if word.equals("--") {
                    starts.insert(index + 1)
                } else if !word.bytes.contains(UInt8(ascii: "=")) {
                    open.insert(index + 2)
                }
            } else if name == "timeout" {
                if isStrict, !word.isAmount {
                    throw ShellDoubt(at: word.offset, "timeout without a plain time")
                }
                starts.insert(index + 1)
            } else {
                starts.insert(index)
            }
        }
        for start in starts.sorted() where start < words.endIndex { try addPlain(words[start...], of: name) }
    }

    /// The command of a wrapper, which is found by its name and not by the shell.
    private mutating func addPlain(_ words: ArraySlice<ShellWord>, of name: String) throws(ShellDoubt) {
        if isStrict, let first = words.first, first.begins(with: "-") || isKeyword(first) {
            throw ShellDoubt(at: first.offset, "a word that \(name) may read otherwise")
        }
        try add(words)
    }

    /// Every word may be where a command begins, and any word may be a command line of its own.
    ///
    /// - Parameter isLenient: whether a word that is not certain is passed over: programs that mostly do other things.
    private mutating func addAny(
        _ words: ArraySlice<ShellWord>, whereCertain isLenient: Bool = false
    ) throws(ShellDoubt) {
        if words.count > ShellCommandReader.mostWords, let first = words.first {
            throw ShellDoubt(at: first.offset, "more words than can be looked at")
        }
        for start in words.indices {
            let word = words[start]
            if word.isExpanded {
                if isLenient { continue }
                throw ShellDoubt(at: word.offset, "a command or a value, which is not certain")
            }
            // A trap's word is a line without those that follow it.
            if !isLenient, start + 1 < words.endIndex { parts.append(words[start...start]) }
            for head in [word] + word.optionValues {
                try addBegun(by: ArraySlice([head] + words[start...].dropFirst()))
            }
        }
    }

    /// What a command is that may begin with the first of the words.
    private mutating func addBegun(by words: ArraySlice<ShellWord>) throws(ShellDoubt) {
        guard let word = words.first else { return }
        parts.append(words)
        let name = word.programName
        if word.text != name, !name.isEmpty {
            parts.append([ShellWord(offset: word.offset, Array(name.utf8))] + words.dropFirst())
        }
        if word.holdsCommands { try addText(word.bytes, at: word) }
        if ShellPrograms.isShell(name) { try addScript(words) }
        if name == "find" { try addFound(words.dropFirst()) }
        if name == "env", let split = words.first(where: { $0.splitsItsValue }) {
            throw ShellDoubt(at: split.offset, "env -S, which splits its value")
        }
    }

    /// The line that `eval` makes of its words, for some shells without a first `--`.
    private mutating func addEvaluated(_ words: ArraySlice<ShellWord>) throws(ShellDoubt) {
        // What the shell puts in the place of a word is read again, as commands.
        if let word = words.first(where: \.isExpanded) {
            throw ShellDoubt(at: word.offset, "a word of eval that is not certain")
        }
        try addText(Array(words.map(\.bytes).joined(separator: [0x20])), at: words.first)
        if let first = words.first, first.equals("--") { try addEvaluated(words.dropFirst()) }
    }

    private mutating func addText(_ text: [UInt8], at word: ShellWord?) throws(ShellDoubt) {
        do {
            parts.append(try ShellParser.parts(of: text, certainty: certainty, depth: depth + 1))
        } catch {
            throw ShellDoubt(at: word?.offset ?? 0, error.reason)
        }
    }

    /// The text after a shell's `-c`.
    private mutating func addScript(_ words: ArraySlice<ShellWord>) throws(ShellDoubt) {
        let offset = words.first?.offset ?? 0
        guard let first = words.dropFirst().first else {
            throw ShellDoubt(at: offset, "a shell that reads its input")
        }
        if !first.begins(with: "-"), !first.begins(with: "+"), !first.isExpanded {
            if first.isStream { throw ShellDoubt(at: first.offset, "a shell that reads its input") }
            // A script: to a rule that allows it is a word of the shell, to one that denies a program.
            if !isStrict { try addAny(words.dropFirst().prefix(1), whereCertain: true) }
            if !isStrict { parts.append(words.dropFirst()) }
            return
        }
        guard first.isScriptFlag, let script = words.dropFirst(2).first, !script.isExpanded,
            !script.begins(with: "-"), !script.begins(with: "+")
        else {
            throw ShellDoubt(at: first.offset, "an option of a shell that is not a plain -c")
        }
        try addText(script.bytes, at: script)
    }

    /// The commands of `find`.
    private mutating func addFound(_ words: ArraySlice<ShellWord>) throws(ShellDoubt) {
        let isRunning = words.contains { ShellPrograms.executing.contains($0.text) }
        for (index, word) in zip(words.indices, words) {
            // It may be `-exec` itself, unless it is the value of an option.
            let isValue = index > words.startIndex && ShellPrograms.valued.contains(words[index - 1].text)
            if word.isExpanded, !isStrict, isRunning || !isValue {
                throw ShellDoubt(at: word.offset, "a word of find that is not certain")
            }
            guard ShellPrograms.executing.contains(word.text) else { continue }
            let rest = words[(index + 1)...]
            // A plus ends the command after the names of files alone.
            let end = rest.indices.first { place in
                rest[place].equals(";") || rest[place].equals("+") && words[place - 1].equals("{}")
            }
            let command = rest[..<(end ?? rest.endIndex)]
            let name = command.first?.programName ?? ""
            let isRunner = ShellPrograms.isShell(name) || ShellPrograms.wrappers.contains(name)
            if isStrict, isRunner || command.first?.bytes.contains(UInt8(ascii: "{")) ?? false {
                throw ShellDoubt(at: word.offset, "find, which puts names of files into a command line")
            }
            try isStrict ? add(command) : addAny(command)
        }
    }
}
