import JSON
import Schema

/// What the command lines of a call run, as far as that is certain: for rules and for searches.
public struct ShellReading: Sendable, Hashable {
    /// The command lines, or the words of commands that run without a shell.
    private let commands: [Command]
    /// The name of the shell that reads them, where the tool says it.
    private let shell: String?
    /// Why it is not certain which of the arguments the tool takes for its command; `nil` where it is.
    private let doubt: String?

    private enum Command: Sendable, Hashable {
        case line(String)
        case words([String])
        /// What the tool might make of words, or of a value that is no text, for a shell.
        case joined(String)
        /// A text that the tool might hand to a shell, though it is no line by itself: only a rule that denies looks at it.
        case perhapsLine(String)
        /// More commands than are looked at.
        case tooMany
    }

    /// One command line.
    /// - Parameter shell: the name of the program that reads it; `nil` takes it for one of sh, dash, bash, ksh, zsh.
    public init(line: String, shell: String? = nil) {
        commands = [.line(line)]
        self.shell = shell
        doubt = nil
    }

    /// One command that is given as its words.
    public init(words: [String]) {
        commands = [.words(words)]
        shell = nil
        doubt = nil
    }

    /// Whether there is any command.
    public var isEmpty: Bool { commands.isEmpty }

    /// Each program that starts, with the words that it is given, the assignments, and the files of redirections.
    /// - Throws: ``ShellDoubt`` at the first byte that shells may read otherwise.
    public func proved() throws(ShellDoubt) -> [String] {
        if let doubt { throw ShellDoubt(at: 0, doubt) }
        return try parts(.words)
    }

    /// Each program that may start, by the widest reading.
    /// - Throws: ``ShellDoubt`` where any program might start.
    public func started() throws(ShellDoubt) -> [String] { try parts(.starts) }

    private func parts(_ certainty: ShellCertainty) throws(ShellDoubt) -> [String] {
        if let shell, ShellPrograms.strangeShells.contains(shell) {
            throw ShellDoubt(at: 0, "the tool's shell is \(shell), which reads lines in its own way")
        }
        var parts: [String] = []
        for command in commands {
            switch command {
            case .tooMany: throw ShellDoubt(at: 0, ShellReading.excess)
            case .joined(let line) where certainty == .words:
                parts += try ShellParser.parts(of: Array(line.utf8), certainty: certainty).texts
            case .joined(let line), .perhapsLine(let line):
                guard certainty == .starts else { continue }
                // What cannot be read of a text that need not be a line is no doubt about all the rest.
                let read = try? ShellParser.parts(of: Array(line.utf8), certainty: certainty)
                parts += read?.texts ?? ShellReading.possible(Array(line.utf8))
            case .line(let line):
                parts += try ShellParser.parts(of: Array(line.utf8), certainty: certainty).texts
            case .words(let words):
                var reader = ShellCommandReader(certainty: certainty, depth: 0)
                if words.contains(where: { $0.utf8.contains(0) }) {
                    throw ShellDoubt(at: 0, "a NUL in a word, at which the program's word ends")
                }
                let words = words.map { text in
                    var word = ShellWord(offset: 0, Array(text.utf8))
                    word.isBare = false
                    word.holdsSleepingExpansion = text.utf8.contains(where: \.beginsShellExpansion)
                    return word
                }
                try reader.add(words[...])
                parts += reader.parts.texts
            }
        }
        return parts
    }

    /// Every text that some program could be started with, however the line is read: each run of words, at whatever
    /// word it begins, with quotes and backslashes taken off.
    var possible: [String] {
        commands.flatMap { command -> [String] in
            let text: [UInt8] =
                switch command {
                case .line(let line), .joined(let line), .perhapsLine(let line): Array(line.utf8)
                case .words(let words): Array(words.joined(separator: " ").utf8)
                case .tooMany: []
                }
            return ShellReading.possible(text)
        }
    }

    private static func possible(_ text: [UInt8]) -> [String] {
        let bare = text.prefix(ShellParser.longest).filter { !"'\"\\".utf8.contains($0) }
        let runs = bare.split { ";&|()<>`${}\n\r".utf8.contains($0) }
        var texts: [String] = []
        var room = 1 << 20
        for run in runs {
            var start = run.startIndex
            while start < run.endIndex, room > 0 {
                let rest = run[start...].drop { $0.isShellBlank }
                if !rest.isEmpty { texts.append(String(decoding: rest, as: UTF8.self)) }
                room -= rest.count
                let end = rest.firstIndex { $0.isShellBlank || $0 == UInt8(ascii: "=") } ?? run.endIndex
                start = min(run.endIndex, end + 1)
            }
        }
        return texts
    }
}

extension ShellReading {
    /// The column of a doubt, and what stands there, for a person.
    public func sentence(of doubt: ShellDoubt) -> String {
        guard case .line(let line)? = commands.first, commands.count == 1, self.doubt == nil else {
            return doubt.reason
        }
        return "column \(doubt.column(in: line)) of the command: \(doubt.reason)"
    }
}

extension ShellReading {
    private static let excess = "more commands than are looked at"

    /// The arguments that name a shell command: its text, or its words.
    init(of arguments: JSONValue, shell: String?) {
        self.shell = shell
        var doubt: String?
        let (inner, isCut) = ArgumentReadings.objects(of: arguments)
        guard !isCut else {
            (commands, self.doubt) = ([.tooMany], ShellReading.excess)
            return
        }
        let objects = inner.compactMap(\.objectValue)
        if arguments.objectValue == nil, !objects.isEmpty { doubt = "arguments that are no object" }
        func values(_ key: String) -> [JSONValue] {
            objects.flatMap { object -> [JSONValue] in
                let members = ArgumentReadings.members(of: object, like: key)
                doubt = doubt ?? ArgumentReadings.doubt(members, key)
                return members.map(\.value)
            }
        }
        let lines = ["commands", "cmds", "scripts"].flatMap(values).flatMap { $0.arrayValue ?? [$0] }
        let keys = [
            "command", "cmd", "script", "shell", "argv", "command_line", "commandline", "cmdline",
            "executable",
            "program",
        ]
        let named = keys.flatMap(values) + lines
        let beside = ["args", "arguments"].flatMap(values)
        guard named.count * (beside.count + 1) <= ArgumentReadings.most else {
            (commands, self.doubt) = ([.tooMany], ShellReading.excess)
            return
        }
        if !named.isEmpty, objects.contains(where: ShellReading.setsVariables) {
            doubt = doubt ?? "variables beside a command, which may change what it runs"
        }
        if beside.contains(where: { $0.objectValue?.isEmpty == false }) {
            doubt = doubt ?? "words of a command that are no list"
        }
        commands = named.flatMap { value -> [Command] in
            if let line = value.stringValue {
                return [.line(line)] + ShellReading.further(line, beside: beside)
            }
            return ShellReading.commands(of: value, forShell: shell != nil)
        }
        self.doubt = doubt
    }

    /// Whether arguments give variables: `env`, `envVars`, `extra_env`, `environment_variables`.
    private static func setsVariables(_ object: JSONObject) -> Bool {
        object.contains { member in
            let key = member.key.utf8.loweredASCII
            let isNamed = ["env", "variables"].contains { key.contains($0.utf8) }
            switch member.value {
            case .object(let inner): return isNamed && !inner.isEmpty
            case .array(let inner): return isNamed && !inner.isEmpty
            default: return false
            }
        }
    }

    /// What a value that is no text may be to the tool: words, or the line that a shell is given.
    ///
    /// - Parameter isForShell: whether the tool hands its arguments to a shell, as JSON where they are no texts.
    private static func commands(of value: JSONValue, forShell isForShell: Bool) -> [Command] {
        let texts = value.arrayValue?.map(word) ?? []
        if isForShell { return [.line(value.text())] + (texts.isEmpty ? [] : [.words(texts)]) }
        return
            (texts.isEmpty
            ? [.joined(value.text())] : [.words(texts), .joined(texts.joined(separator: " "))])
            + value.innerTexts.prefix(ArgumentReadings.most).map(Command.perhapsLine)
    }

    /// A program and its words beside it: `{"command": "env", "args": ["touch", "x"]}`.
    private static func further(_ program: String, beside values: [JSONValue]) -> [Command] {
        values.flatMap { value -> [Command] in
            guard let words = value.arrayValue.map({ [program] + $0.map(word) }) else {
                return value.stringValue.map { [.line("\(program) \($0)")] } ?? []
            }
            return [.words(words), .joined(words.joined(separator: " "))]
        }
    }

    private static func word(_ value: JSONValue) -> String { value.stringValue ?? value.text() }

    /// Whether the parts match; `nil` where that is not certain.
    func matches(_ pattern: ECMAPattern, _ reach: FilterReach) -> Bool? {
        // "Every part matches" must be proved whoever asks, and so must all that lets a call run.
        let mustProve = reach.allows || reach.quantifier == .all
        guard let parts = try? mustProve ? proved() : started() else {
            guard !mustProve else { return nil }
            return Bool?.any(possible) { pattern.decides($0) } == true ? true : nil
        }
        return switch reach.quantifier {
        case .any: Bool?.any(parts) { pattern.decides($0) }
        case .all: Bool?.any(parts) { pattern.decides($0).map(!) }.map(!)
        }
    }
}

extension RunState {
    /// The shell that reads the command lines of a call, where its tool says so.
    func shell(of record: CallRecord) -> String? {
        header?.catalogue.first { $0.name.utf8.elementsEqual(record.call.name.utf8) }?.shell
    }

    /// Why the command line of a call is not certain enough for a rule to allow it; `nil` where it is proved, or
    /// there is none.
    public func shellDoubt(of record: CallRecord) -> String? {
        guard let arguments = try? JSONParser.parse(record.call.arguments.text) else { return nil }
        let reading = ShellReading(of: arguments, shell: shell(of: record))
        do {
            _ = try reading.proved()
            return nil
        } catch {
            return reading.sentence(of: error)
        }
    }
}
