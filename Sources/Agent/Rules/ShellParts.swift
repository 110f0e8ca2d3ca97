/// A shell command line split into everything that it would run, so that a rule can look at each part.
///
/// What cannot be split with certainty (here-documents, loops, a command whose name is computed, an open quote) gives
/// nothing: a rule takes it for undecided, and what is undecided is never allowed.
struct ShellParts {
    private var source: [Character]
    private var position = 0
    private var depth: Int
    /// Each simple command with its words joined by one space, quotes taken off; redirections and assignments are
    /// parts of their own.
    private var parts: [String] = []
    private var words: [String] = []

    private struct Unreadable: Error {}

    private static let wrappers: Set<String> = [
        "sudo", "doas", "env", "nohup", "time", "nice", "exec", "command", "builtin", "xargs", "timeout",
        "stdbuf",
        "setsid", "watch", "ionice",
    ]
    private static let shells: Set<String> = ["sh", "bash", "zsh", "dash", "ksh", "fish"]
    private static let keywords: Set<String> = [
        "if", "then", "else", "elif", "while", "until", "do", "!", "{",
    ]
    private static let closing: Set<String> = ["fi", "done", "}"]
    /// A list, a choice or a definition: their words are no commands.
    private static let unreadable: Set<String> = [
        "for", "case", "select", "function", "coproc", "esac", "[[",
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
        var splitter = ShellParts(source: Array(command), depth: depth)
        try splitter.list()
        return splitter.parts
    }

    private init(source: [Character], depth: Int) {
        self.source = source
        self.depth = depth
    }

    private func peek(_ offset: Int = 0) -> Character? {
        source.indices.contains(position + offset) ? source[position + offset] : nil
    }

    private mutating func list() throws {
        while let character = peek() {
            switch character {
            case " ", "\t": position += 1
            case "\n", "\r", "\r\n", ";", "(", ")":
                if character == ";", peek(1) == ";" { throw Unreadable() }
                position += 1
                try endCommand()
            case "&" where peek(1) == ">":
                position += 1
                try redirection()
            case "&", "|":
                position += 1
                try endCommand()
            case "#": while let next = peek(), !next.isNewline { position += 1 }
            case ">", "<": try redirection()
            case _ where isDescriptor:
                while peek()?.isNumber == true { position += 1 }
                try redirection()
            default: words.append(try word())
            }
        }
        try endCommand()
    }

    /// Whether a number stands here that a redirection follows, as in `2>`.
    private var isDescriptor: Bool {
        var offset = 0
        while peek(offset)?.isNumber == true { offset += 1 }
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
        if isDuplicate, target.allSatisfy({ $0.isNumber || $0 == "-" }) || target == "/dev/null" { return }
        if target != "/dev/null" { parts.append("\(direction) \(target)") }
    }

    /// One word, its quotes taken off; the commands in its substitutions become parts.
    private mutating func word() throws -> String {
        var word = ""
        while let character = peek() {
            switch character {
            case " ", "\t", "\n", "\r", "\r\n", ";", "&", "|", "(", ")", "<", ">": return word
            case "'":
                guard let end = source[(position + 1)...].firstIndex(of: "'") else { throw Unreadable() }
                word += String(source[(position + 1)..<end])
                position = end + 1
            case "\"": word += try quoted()
            case "\\":
                guard let next = peek(1) else { throw Unreadable() }
                if !next.isNewline { word.append(next) }
                position += 2
            case "$", "`": word += try expansion()
            default:
                word.append(character)
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
                if !"$`\"\\\n".contains(next) { text.append("\\") }
                if !next.isNewline { text.append(next) }
                position += 2
            case "$", "`": text += try expansion()
            default:
                text.append(character)
                position += 1
            }
        }
        throw Unreadable()
    }

    private mutating func expansion() throws -> String {
        let start = position
        if peek() == "`" {
            guard let end = source[(position + 1)...].firstIndex(of: "`") else { throw Unreadable() }
            parts += try ShellParts.split(String(source[(position + 1)..<end]), depth: depth + 1)
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
                if source[position..<end].contains(where: { "$`".contains($0) }) { throw Unreadable() }
                position = end + 1
            case "'", "\"": throw Unreadable()
            default: while let next = peek(), next.isLetter || next.isNumber || next == "_" { position += 1 }
            }
        }
        return String(source[start..<position])
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
                while let inner = peek(), inner != "\"" { position += inner == "\\" ? 2 : 1 }
            case "\\": position += 1
            case "(": open += 1
            case ")": open -= 1
            default: break
            }
            position += 1
            if open == 0 { return String(source[start..<position - 1]) }
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
        let name = first.split(separator: "/").last.map(String.init) ?? first
        if ShellParts.wrappers.contains(name) {
            var inner = words.dropFirst()
            while let next = inner.first,
                next.hasPrefix("-") || ShellParts.isAssignment(next) || next.first?.isNumber == true
            {
                inner = inner.dropFirst()
            }
            try add(inner)
        } else if name == "eval" {
            parts += try ShellParts.split(words.dropFirst().joined(separator: " "), depth: depth + 1)
        } else if ShellParts.shells.contains(name) {
            guard let flag = words.firstIndex(where: { $0.hasPrefix("-") && $0.hasSuffix("c") }) else {
                return
            }
            guard words.indices.contains(flag + 1) else { throw Unreadable() }
            parts += try ShellParts.split(words[flag + 1], depth: depth + 1)
        }
    }

    private static func isAssignment(_ word: String) -> Bool {
        guard let equals = word.firstIndex(of: "="), equals != word.startIndex else { return false }
        return word[..<equals].allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
            && !(word.first?.isNumber ?? true)
    }
}
