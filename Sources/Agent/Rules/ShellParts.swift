/// A shell command line split into everything that it would run, so that a rule can look at each part.
///
/// What cannot be split with certainty (here-documents, loops, a command whose name is computed, an open quote) gives
/// nothing: a rule takes it for undecided, and what is undecided is never allowed.
struct ShellParts {
    /// Unicode scalars, not characters: a combining mark behind a quote or a semicolon, or a line feed behind a
    /// carriage return, is one character to Swift and two things to a shell.
    private var source: [Unicode.Scalar]
    private var position = 0
    private var depth: Int
    /// Each simple command with its words joined by one space, quotes taken off; redirections and assignments are
    /// parts of their own.
    private var parts: [String] = []
    private var words: [String] = []

    private struct Unreadable: Error {}

    private static let wrappers: Set<String> = [
        "sudo", "doas", "env", "nohup", "time", "nice", "exec", "command", "builtin", "xargs", "timeout",
        "stdbuf", "setsid", "ionice", "busybox", "toybox", "chroot", "strace", "ltrace", "unshare", "chrt",
        "taskset", "systemd-run", "pkexec", "unbuffer",
    ]
    /// What puts its words together and has a shell run them.
    private static let joining: Set<String> = ["eval"]
    /// What has a shell run one of its words, or the words themselves.
    private static let scripted: Set<String> = [
        "watch", "su", "runuser", "script", "flock", "parallel", "ssh", "trap",
    ]
    private static let executing: Set<String> = ["-exec", "-execdir", "-ok", "-okdir"]
    private static let shells: Set<String> = ["sh", "bash", "zsh", "dash", "ksh", "fish"]
    private static let keywords: Set<String> = [
        "if", "then", "else", "elif", "while", "until", "do", "!", "{",
    ]
    private static let closing: Set<String> = ["fi", "done", "}"]
    /// A list, a choice or a definition: their words are no commands.
    private static let unreadable: Set<String> = [
        "for", "case", "select", "function", "coproc", "esac", "[[", "alias",
    ]

    /// The parts of a command line, in the order written; `nil` where they are not certain.
    static func parts(of command: String) -> [String]? {
        try? split(command, depth: 0)
    }

    /// The parts of a command that is given as its words, and run without a shell.
    static func parts(ofWords words: [String]) -> [String]? {
        var splitter = ShellParts(source: [], depth: 0)
        splitter.words = words
        do { try splitter.endCommand(isPlain: true) } catch { return nil }
        return splitter.parts
    }

    private static func split(_ command: String, depth: Int) throws -> [String] {
        guard depth < 8 else { throw Unreadable() }
        var splitter = ShellParts(source: Array(command.unicodeScalars), depth: depth)
        try splitter.list()
        return splitter.parts
    }

    private init(source: [Unicode.Scalar], depth: Int) {
        self.source = source
        self.depth = depth
    }

    private func peek(_ offset: Int = 0) -> Unicode.Scalar? {
        source.indices.contains(position + offset) ? source[position + offset] : nil
    }

    private func text(_ start: Int, _ end: Int) -> String {
        var text = ""
        text.unicodeScalars.append(contentsOf: source[start..<end])
        return text
    }

    private mutating func list() throws {
        while let character = peek() {
            switch character {
            case " ", "\t": position += 1
            case "\n", "\r", ";", "(", ")":
                if character == ";", peek(1) == ";" { throw Unreadable() }
                position += 1
                try endCommand()
            case "&" where peek(1) == ">":
                position += 1
                try redirection()
            case "&", "|":
                position += 1
                try endCommand()
            case "#": while let next = peek(), next != "\n" { position += 1 }
            case ">", "<": try redirection()
            case _ where isDescriptor:
                while peek()?.isDigit == true { position += 1 }
                try redirection()
            default: words.append(try word())
            }
        }
        try endCommand()
    }

    /// Whether a number stands here that a redirection follows, as in `2>`.
    private var isDescriptor: Bool {
        var offset = 0
        while peek(offset)?.isDigit == true { offset += 1 }
        return offset > 0 && (peek(offset) == ">" || peek(offset) == "<")
    }

    private mutating func redirection() throws {
        let direction = peek() ?? ">"
        position += 1
        if direction == "<", peek() == "<" { throw Unreadable() }
        if peek() == "(" {
            // Process substitution runs what it holds.
            position += 1
            parts += try ShellParts.split(try balanced(), depth: depth + 1)
            return
        }
        let isDuplicate = peek() == "&"
        if peek() == ">" || peek() == "|" || peek() == "&" { position += 1 }
        while peek() == " " || peek() == "\t" { position += 1 }
        let target = try word()
        if target.isEmpty { throw Unreadable() }
        if isDuplicate, target.unicodeScalars.allSatisfy({ $0.isDigit || $0 == "-" }) || target == "/dev/null"
        {
            return
        }
        if target != "/dev/null" { parts.append("\(direction) \(target)") }
    }

    /// One word, its quotes taken off; the commands in its substitutions become parts.
    private mutating func word() throws -> String {
        var word = ""
        while let character = peek() {
            switch character {
            case " ", "\t", "\n", "\r", ";", "&", "|", "(", ")", "<", ">": return word
            case "'":
                guard let end = source[(position + 1)...].firstIndex(of: "'") else { throw Unreadable() }
                word += text(position + 1, end)
                position = end + 1
            case "\"": word += try quoted()
            case "\\":
                guard let next = peek(1) else { throw Unreadable() }
                if next != "\n" { word.unicodeScalars.append(next) }
                position += 2
            case "$", "`": word += try expansion()
            default:
                word.unicodeScalars.append(character)
                position += 1
            }
        }
        return word
    }

    private mutating func quoted() throws -> String {
        position += 1
        var text = ""
        while let character = peek() {
            switch character {
            case "\"":
                position += 1
                return text
            case "\\":
                guard let next = peek(1) else { throw Unreadable() }
                if !"$`\"\\\n".unicodeScalars.contains(next) { text.append("\\") }
                if next != "\n" { text.unicodeScalars.append(next) }
                position += 2
            case "$", "`": text += try expansion()
            default:
                text.unicodeScalars.append(character)
                position += 1
            }
        }
        throw Unreadable()
    }

    private mutating func expansion() throws -> String {
        let start = position
        if peek() == "`" {
            guard let end = source[(position + 1)...].firstIndex(of: "`") else { throw Unreadable() }
            parts += try ShellParts.split(text(position + 1, end), depth: depth + 1)
            position = end + 1
        } else {
            position += 1
            switch peek() {
            case "(":
                if peek(1) == "(" { throw Unreadable() }
                position += 1
                parts += try ShellParts.split(try balanced(), depth: depth + 1)
            case "{":
                guard let end = source[position...].firstIndex(of: "}") else { throw Unreadable() }
                // Inside the braces a default can hold a substitution of its own.
                // and `${x@P}` runs what the value of x holds.
                if source[position..<end].contains(where: { "$`@'\"\\".unicodeScalars.contains($0) }) {
                    throw Unreadable()
                }
                position = end + 1
            case "'", "\"": throw Unreadable()
            default: while let next = peek(), next.isWordPart { position += 1 }
            }
        }
        return text(start, position)
    }

    /// What stands up to the parenthesis that closes the one before; quotes may hide others.
    private mutating func balanced() throws -> String {
        let start = position
        var open = 1
        while let character = peek() {
            switch character {
            case "'":
                guard let end = source[(position + 1)...].firstIndex(of: "'") else { throw Unreadable() }
                position = end
            case "\"":
                position += 1
                // A substitution in quotes has quotes of its own.
                while let inner = peek(), inner != "\"" {
                    if inner == "`" || inner == "$" && peek(1) == "(" { throw Unreadable() }
                    position += inner == "\\" ? 2 : 1
                }
            case "\\": position += 1
            // What looks like the closing parenthesis may stand in a comment.
            case "#" where position == start || !(source[position - 1].isWordPart): throw Unreadable()
            case "(": open += 1
            case ")": open -= 1
            default: break
            }
            position += 1
            if open == 0 { return text(start, position - 1) }
        }
        throw Unreadable()
    }

    /// Ends a simple command: its words become a part, and what it wraps becomes more.
    private mutating func endCommand(isPlain: Bool = false) throws {
        defer { words = [] }
        if !isPlain {
            while let first = words.first, ShellParts.keywords.contains(first) { words.removeFirst() }
            if let first = words.first, ShellParts.closing.contains(first) { words.removeFirst() }
        }
        while let first = words.first, ShellParts.isAssignment(first), !isPlain {
            parts.append(first)
            words.removeFirst()
        }
        try add(words[...])
    }

    private mutating func add(_ words: ArraySlice<String>) throws {
        guard let first = words.first else { return }
        let isComputed = first.isEmpty || first.contains { "$`*?[{~".contains($0) } && first != "["
        if isComputed || ShellParts.unreadable.contains(first) { throw Unreadable() }
        parts.append(words.joined(separator: " "))
        try addRun(by: ShellParts.name(first), words)
    }

    private static func name(_ word: String) -> String {
        word.split(separator: "/").last.map(String.init) ?? word
    }

    /// What a command runs that its words hold.
    private mutating func addRun(by name: String, _ words: ArraySlice<String>) throws {
        let rest = words.dropFirst()
        if ShellParts.wrappers.contains(name) {
            try addWrapped(rest)
        } else if ShellParts.shells.contains(name) {
            try addScript(of: rest)
        } else if ShellParts.joining.contains(name) {
            parts += try ShellParts.split(rest.joined(separator: " "), depth: depth + 1)
        } else if ShellParts.scripted.contains(name) {
            for word in rest
            where word.unicodeScalars.contains(where: { " \t\n;&|`$(<>".unicodeScalars.contains($0) }) {
                parts += try ShellParts.split(word, depth: depth + 1)
            }
            try addWrapped(rest)
        } else if name == "find" {
            for (index, word) in rest.enumerated() where ShellParts.executing.contains(word) {
                try add(rest.dropFirst(index + 1).prefix { $0 != ";" && $0 != "+" })
            }
        }
    }

    /// What stands behind a wrapper's own words.
    ///
    /// A word behind an option may be its value or the command: both are
    /// parts, so that neither reading is missed.
    private mutating func addWrapped(_ words: ArraySlice<String>) throws {
        var inner = words
        while let next = inner.first {
            if ShellParts.isAssignment(next) || ShellParts.isAmount(next) {
                inner = inner.dropFirst()
            } else if next.hasPrefix("-") {
                // `env -S` splits its value as a shell would.
                if next.hasPrefix("-S") || next.hasPrefix("--split") { throw Unreadable() }
                inner = inner.dropFirst()
                let mayTakeValue = next != "--" && !next.contains("=")
                if mayTakeValue, inner.count > 1, let value = inner.first, !value.hasPrefix("-"),
                    !ShellParts.isAmount(value)
                {
                    try addWrapped(inner.dropFirst())
                }
            } else {
                return try add(inner)
            }
        }
    }

    /// The text behind a shell's `-c`, alone or among other letters.
    private mutating func addScript(of words: ArraySlice<String>) throws {
        if words.contains(where: { $0.hasPrefix("--command") || $0.hasPrefix("--init-command") }) {
            throw Unreadable()
        }
        guard
            let flag = words.firstIndex(where: { word in
                word.hasPrefix("-") && !word.hasPrefix("--") && word.contains("c")
            })
        else { return }
        guard let script = words[(flag + 1)...].first, !script.hasPrefix("-"), !script.hasPrefix("+") else {
            throw Unreadable()
        }
        parts += try ShellParts.split(script, depth: depth + 1)
    }

    /// A number, with or without a unit of time, as `timeout 5s` has it.
    private static func isAmount(_ word: String) -> Bool {
        var rest = Substring(word)
        if let last = rest.last, "smhd".contains(last) { rest = rest.dropLast() }
        return !rest.isEmpty && rest.unicodeScalars.allSatisfy { $0.isDigit || $0 == "." }
    }

    private static func isAssignment(_ word: String) -> Bool {
        guard let equals = word.firstIndex(of: "="), equals != word.startIndex else { return false }
        return word[..<equals].allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
            && !(word.first?.isNumber ?? true)
    }
}

extension Unicode.Scalar {
    fileprivate var isDigit: Bool { ("0"..."9").contains(self) }
    /// Whether it can stand in the name of a variable.
    fileprivate var isWordPart: Bool {
        isDigit || self == "_" || ("a"..."z").contains(self) || ("A"..."Z").contains(self)
    }
}
