import JSON

/// Reads a command line byte by byte, as far as dash, bash and zsh read it alike, into everything that it would run.
///
/// The grammar is that of POSIX.1-2024, Shell Command Language, section 2.10, less whatever shells disagree on. The
/// first byte at which another reading is possible ends the reading with a ``ShellDoubt``.
struct ShellParser {
    let source: [UInt8]
    let certainty: ShellCertainty
    let depth: Int
    var position = 0
    var parts = ShellParts()
    var words: [ShellWord] = []
    /// Whether a compound command has just ended, after which only an operator may stand.
    private var isAfterGroup = false
    private var nesting = 0
    /// Where the last command begins to shells that do not know `&>`.
    private var otherStart: Int?
    /// Whether the next word is the file of zsh's `>!`.
    var isForcedFile = false
    /// Whether a redirection stands before the command's words: a shell need not take the first for a keyword then.
    var beginsWithRedirection = false
    /// Whether any stands with it: zsh runs a program of its own where there is nothing else.
    var isRedirected = false

    static let deepest = 8
    static let longest = ReadingLimits.shellLine

    init(_ source: [UInt8], certainty: ShellCertainty, depth: Int) {
        self.source = source
        self.certainty = certainty
        self.depth = depth
    }

    /// The parts of a line.
    static func parts(
        of line: [UInt8], certainty: ShellCertainty, depth: Int = 0
    ) throws(ShellDoubt) -> ShellParts {
        if depth > deepest { throw ShellDoubt(at: 0, "commands within commands, too deep") }
        if line.count > longest { throw ShellDoubt(at: longest, "the line is longer than \(longest) bytes") }
        if let place = line.firstIndex(of: 0) {
            throw ShellDoubt(at: place, "a NUL, which some shells leave out and others end at")
        }
        var parser = ShellParser(line, certainty: certainty, depth: depth)
        try parser.list(closing: nil)
        return parser.parts
    }

    var isStrict: Bool { certainty == .words }

    func peek(_ offset: Int = 0) -> UInt8? {
        position + offset < source.count ? source[position + offset] : nil
    }

    func peek(_ offset: Int = 0, is scalar: Unicode.Scalar) -> Bool {
        peek(offset) == UInt8(ascii: scalar)
    }

    var isBeforeRedirection: Bool { peek(is: "<") || peek(is: ">") }

    func doubt(_ reason: String, at place: Int? = nil) -> ShellDoubt {
        ShellDoubt(at: place ?? position, reason)
    }

    /// Commands and operators, up to the parenthesis that closes them, or to the end.
    mutating func list(closing: UInt8?) throws(ShellDoubt) {
        nesting += 1
        defer { nesting -= 1 }
        if nesting > ShellParser.deepest { throw doubt("parentheses within parentheses, too deep") }
        while let byte = peek() {
            switch byte {
            case 0x20, 0x09: position += 1
            case 0x0A:
                position += 1
                try endCommand()
            case UInt8(ascii: "\\") where peek(1) == 0x0A: position += 2
            case UInt8(ascii: ";"), UInt8(ascii: "&"), UInt8(ascii: "|"): try separator(byte)
            case UInt8(ascii: "("): try group()
            case UInt8(ascii: ")"):
                guard closing == byte else { throw doubt("a closing parenthesis without its opening one") }
                try endCommand()
                position += 1
                return
            case UInt8(ascii: "#"):
                if isStrict { throw doubt("a comment") }
                while let next = peek(), next != 0x0A { position += 1 }
            case UInt8(ascii: "<"), UInt8(ascii: ">"): try redirection()
            case _ where byte.isShellDigit && (peek(1, is: "<") || peek(1, is: ">")):
                if peek(2, is: "(") { throw doubt("a number glued to a process substitution") }
                position += 1
                try redirection()
            default:
                if isAfterGroup { throw doubt("a word after a parenthesis") }
                let start = position
                var word = try word()
                if isBeforeRedirection, word.standingBeforeRedirection != .word {
                    if isStrict {
                        throw doubt(
                            "a number of several digits before a redirection, which shells read differently",
                            at: start)
                    }
                    try take(word.standingBeforeRedirection, for: &word)
                }
                word.isFileToSome = word.isFileToSome || isForcedFile
                isForcedFile = false
                words.append(word)
            }
        }
        guard closing == nil else { throw doubt("a parenthesis that is not closed") }
        try endCommand()
    }

    private mutating func separator(_ byte: UInt8) throws(ShellDoubt) {
        switch (byte, peek(1)) {
        case (UInt8(ascii: "&"), UInt8(ascii: "&")), (UInt8(ascii: "|"), UInt8(ascii: "|")): position += 2
        case (UInt8(ascii: "&"), UInt8(ascii: ">")):
            if isStrict { throw doubt("&>, which only some shells take for a redirection") }
            // A background job and a redirection, or one redirection: both are read.
            // A digit before it is its number to zsh.
            if let last = words.last, last.isBare, last.bytes.allSatisfy(\.isShellDigit), position > 0,
                source[position - 1].isShellDigit
            {
                words[words.count - 1].standing = .number
            }
            position += 1
            try addReadings(from: otherStart ?? 0)
            otherStart = words.count
            return
        case (UInt8(ascii: "|"), UInt8(ascii: "&")):
            if isStrict { throw doubt("|&, which only some shells know") }
            position += 2
        case (UInt8(ascii: ";"), UInt8(ascii: ";")), (UInt8(ascii: ";"), UInt8(ascii: "&")),
            (UInt8(ascii: ";"), UInt8(ascii: "|")):
            throw doubt("an operator of case")
        default: position += 1
        }
        try endCommand()
    }

    /// A command list in parentheses, which runs in a shell of its own.
    private mutating func group() throws(ShellDoubt) {
        // After a redirection zsh may take what stands in it for a pattern's qualifiers, some of which run commands.
        guard words.allSatisfy({ $0.isBare && ShellPrograms.leading.contains($0.text) }), !isAfterGroup,
            !isRedirected, !isStrict || words.isEmpty
        else {
            throw doubt("a parenthesis within a command: a function, an array or a pattern")
        }
        if peek(1, is: "(") { throw doubt("arithmetic in parentheses") }
        words = []
        position += 1
        try list(closing: UInt8(ascii: ")"))
        isAfterGroup = true
    }

    /// Reads the commands of a substitution in the midst of another command.
    mutating func nested(closing: UInt8) throws(ShellDoubt) {
        let outer = words
        let (wasAfterGroup, outerStart, beganWithRedirection, wasRedirected, wasForcedFile) = (
            isAfterGroup, otherStart, beginsWithRedirection, isRedirected, isForcedFile
        )
        beginCommand()
        try list(closing: closing)
        words = outer
        (isAfterGroup, otherStart, beginsWithRedirection, isRedirected, isForcedFile) = (
            wasAfterGroup, outerStart, beganWithRedirection, wasRedirected, wasForcedFile
        )
    }

    /// Ends a simple command: its words become a part, and what it runs becomes more.
    private mutating func endCommand() throws(ShellDoubt) {
        defer { beginCommand() }
        try addReadings(from: 0)
        if let otherStart { try addReadings(from: otherStart) }
    }

    private mutating func beginCommand() {
        words = []
        isAfterGroup = false
        otherStart = nil
        (beginsWithRedirection, isRedirected, isForcedFile) = (false, false, false)
    }

    /// A command with and without the words that belong to its redirections for some shells only.
    private mutating func addReadings(from start: Int) throws(ShellDoubt) {
        let command = words[start...]
        let isRedirectedFirst = beginsWithRedirection || start > 0
        try add(command, isRedirectedFirst)
        // A shell may read the one as a word and the other as its redirection's: each choice of kinds is a reading.
        var readings = [command]
        let kinds: [(ShellWord) -> Bool] = [
            { $0.mayNumber(byDigits: 1..<2) }, { $0.mayNumber(byDigits: 2..<10) },
            { $0.mayNumber(byDigits: 10..<Int.max) }, { $0.standing == .number && !$0.isBare },
            { $0.standing == .name }, { $0.isFileToSome },
        ]
        for isOfKind in kinds where command.contains(where: isOfKind) {
            readings += readings.map { $0.filter { !isOfKind($0) }[...] }
        }
        for reading in readings.dropFirst() { try add(reading, true) }
    }

    private mutating func add(
        _ command: ArraySlice<ShellWord>, _ isRedirectedFirst: Bool
    ) throws(ShellDoubt) {
        var rest = command
        if isStrict {
            if let first = rest.first, first.isBare, ShellPrograms.keywords.contains(first.text) {
                throw doubt("the keyword \(first.text)", at: first.offset)
            }
        } else if !isRedirectedFirst {
            while let first = rest.first, first.isBare, ShellPrograms.leading.contains(first.text) {
                rest = rest.dropFirst()
            }
            if let first = rest.first, first.isBare, ShellPrograms.closing.contains(first.text) {
                rest = rest.dropFirst()
            }
        }
        while let first = rest.first, first.valueStart != nil || first.isOddAssignment {
            if isStrict, first.isExpanded || first.isOddAssignment {
                throw doubt("an assignment whose value is not certain", at: first.offset)
            }
            if first.isOddAssignment, first.isExpanded, first.namesElement {
                throw doubt(
                    "an element of an array, or a pattern of file names to some shells", at: first.offset)
            }
            if first.holdsSleepingExpansion || first.setsWhatIsEvaluatedLater {
                throw doubt("an assignment of a text that something may expand later", at: first.offset)
            }
            parts.append(first.bytes)
            // What is an assignment to one shell is a program's name to another.
            if first.isOddAssignment { parts.append(rest) }
            rest = rest.dropFirst()
        }
        try addProgramOfNone(command)
        var reader = ShellCommandReader(certainty: certainty, depth: depth)
        try reader.add(rest)
        if !isStrict { try addWordsOfZsh(rest, to: &reader) }
        parts.append(reader.parts)
    }

    /// What zsh takes for more than a word: a brace that closes wherever it stands, `&!`, which is an operator, and an
    /// assignment of a positional parameter (`1=x`).
    private func addWordsOfZsh(
        _ words: ArraySlice<ShellWord>, to reader: inout ShellCommandReader
    ) throws(ShellDoubt) {
        let isBrace: (ShellWord) -> Bool = { $0.isBare && ($0.equals("}") || $0.equals("{")) }
        if words.contains(where: isBrace) {
            for segment in words.split(whereSeparator: isBrace) {
                let isKeyword: (ShellWord) -> Bool = {
                    $0.isBare && (ShellPrograms.leading.contains($0.text) || $0.equals("always"))
                }
                let command = segment.drop(while: isKeyword)
                if command.count < words.count { try reader.add(command) }
                try addClosed(command, to: &reader)
            }
        } else {
            try addClosed(words, to: &reader)
        }
        let rest = words.drop { word in
            // A name of digits, or with letters beyond ASCII.
            let sign = word.bytes.drop { $0.isShellNamePart || $0 >= 0x80 }
            return sign.count < word.bytes.count
                && (sign.starts(with: "=".utf8) || sign.starts(with: "+=".utf8))
        }
        if rest.count < words.count, !rest.isEmpty { try reader.add(rest) }
        guard let first = words.first, first.begins(with: "!"), first.bytes.count > 1 else { return }
        var program = ShellWord(offset: first.offset, Array(first.bytes.dropFirst()))
        program.isExpanded = first.isExpanded
        try reader.add([program] + words.dropFirst())
        // After `&!` an assignment, or the number of a redirection.
        if first.isNumberAfterBang || first.bytes.contains(UInt8(ascii: "=")) {
            try reader.add(words.dropFirst())
        }
    }

    /// A command without the brace at the end of its last word, which closes to zsh.
    private func addClosed(
        _ command: ArraySlice<ShellWord>, to reader: inout ShellCommandReader
    ) throws(ShellDoubt) {
        guard let last = command.last, last.isBare, last.bytes.last == UInt8(ascii: "}"),
            last.bytes.count(where: { $0 == UInt8(ascii: "}") })
                > last.bytes.count(where: { $0 == UInt8(ascii: "{") })
        else { return }
        var bare = ShellWord(offset: last.offset, Array(last.bytes.dropLast()))
        bare.isExpanded = last.isExpanded
        try reader.add(command.dropLast() + (bare.bytes.isEmpty ? [] : [bare]))
    }

    /// What zsh runs where redirections have no program, unless told otherwise (`NULLCMD`).
    private mutating func addProgramOfNone(_ command: ArraySlice<ShellWord>) throws(ShellDoubt) {
        let isBare = command.allSatisfy {
            $0.valueStart != nil || $0.isOddAssignment || $0.equals("time") || $0.equals("!")
                || $0.isNumberAfterBang
        }
        guard isRedirected, !isAfterGroup, isBare || beginsWithRedirection else { return }
        if isStrict {
            guard isBare else { return }
            throw doubt("a redirection without a program, for which zsh runs one of its own")
        }
        for program in ["cat", "more"] { parts.append(Array(program.utf8)) }
    }
}
