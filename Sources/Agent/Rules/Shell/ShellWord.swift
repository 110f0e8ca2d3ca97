import JSON

/// One word of a command line, its quotes taken off.
struct ShellWord {
    /// Where it begins in the line, in bytes.
    let offset: Int
    /// The bytes that the program is given, as far as they stand in the line.
    private(set) var bytes: [UInt8] = []
    /// Whether no part of it was quoted, so that a shell may take it for a keyword or an assignment.
    var isBare = true
    /// Whether a shell puts something else in the place of a part: a variable, a file's name.
    var isExpanded = false
    /// Whether it may be no word of the command to some shells, and why.
    var standing = Standing.word

    /// What a word beside a redirection is to some shells, while it is a word to others.
    enum Standing {
        /// A word to all.
        case word
        /// The number of the redirection that follows, of several digits.
        case number
        /// The variable for the number of the redirection that follows: `{name}`.
        case name
    }

    /// Whether some shells take it for the end of the name in the redirection before it, and others for a word.
    var isFileToSome = false
    /// Whether a quote or a backslash keeps a `$` or a backtick in it from the shell, so that it stands there still when
    /// something else expands the text: the trace (`PS4`), a shell that is started (`BASH_ENV`), arithmetic.
    var holdsSleepingExpansion = false
    /// Where the value begins, for an assignment `NAME=value`.
    private(set) var valueStart: Int?
    /// Whether it is an assignment to some shells only: `NAME+=value`, `NAME[0]=value`.
    private(set) var isOddAssignment = false

    init(offset: Int, _ bytes: [UInt8] = []) {
        self.offset = offset
        self.bytes = bytes
    }

    var text: String { String(decoding: bytes, as: UTF8.self) }

    mutating func append(_ byte: UInt8) { bytes.append(byte) }

    mutating func append(_ more: some Sequence<UInt8>) { bytes += more }

    /// Takes an unquoted `=`: the first one may make the word an assignment.
    mutating func appendEquals() {
        if isBare, valueStart == nil, !isOddAssignment, let first = bytes.first, first.startsShellName {
            let isAdding = bytes.last == UInt8(ascii: "+")
            if bytes.allSatisfy(\.isShellNamePart) {
                valueStart = bytes.count + 1
            } else if isAdding && bytes.dropLast().allSatisfy(\.isShellNamePart)
                || bytes.contains(UInt8(ascii: "["))
            {
                isOddAssignment = true
            }
        }
        bytes.append(UInt8(ascii: "="))
    }

    /// Whether it is exactly that bare word.
    func isBare(_ word: StaticString) -> Bool { isBare && bytes.elementsEqual(word.bytes) }

    /// Whether it is exactly these bytes, quoted or not.
    func equals(_ word: StaticString) -> Bool { bytes.elementsEqual(word.bytes) }

    func begins(with start: StaticString) -> Bool { bytes.starts(with: start.bytes) }

    /// Whether the words of the command may begin only after it, for some shell and somewhere: an assignment to be
    /// made first, or a keyword before a command.
    var mayStandBeforeACommand: Bool {
        isBare && ShellPrograms.leading.contains(text) || valueStart != nil || isOddAssignment
            || readsAsAssignment
    }

    /// Whether a bracket stands before its first `=`.
    var namesElement: Bool { bytes.prefix { $0 != UInt8(ascii: "=") }.contains(UInt8(ascii: "[")) }

    /// Whether the bytes would be an assignment to a program that reads its words so, as `env` does.
    var readsAsAssignment: Bool {
        guard let equals = bytes.firstIndex(of: UInt8(ascii: "=")) else { return false }
        return bytes.first?.startsShellName == true && bytes[..<equals].allSatisfy(\.isShellNamePart)
    }

    /// The variable that it gives a value to, to a shell or to a program that reads its words so: `NAME=…`, `NAME+=…`,
    /// `NAME[0]=…`; `nil` for what is no assignment.
    var variable: String? {
        guard bytes.contains(UInt8(ascii: "=")) else { return nil }
        let name = bytes.prefix(while: \.isShellNamePart)
        guard name.first?.startsShellName == true, "=+[".utf8.contains(bytes[name.count]) else { return nil }
        return String(decoding: name, as: UTF8.self)
    }

    /// Whether what it assigns is expanded, run or loaded later, and cannot be told from it.
    var setsWhatIsEvaluatedLater: Bool {
        guard let variable else { return false }
        return ShellPrograms.loading.contains(variable)
            || ShellPrograms.isEvaluatedLater(variable) && (isExpanded || holdsSleepingExpansion)
            || ShellPrograms.isInteger(variable) && !assignsFigure
    }

    /// Whether the value that it assigns is a plain number.
    private var assignsFigure: Bool {
        guard !isExpanded, let sign = bytes.firstIndex(of: UInt8(ascii: "=")) else { return false }
        return bytes[(sign + 1)...].allSatisfy(\.isShellDigit)
    }

    /// Whether zsh computes a subscript in it that is no plain number: `$path[x]`.
    var computesSubscript: Bool {
        guard isExpanded else { return false }
        var rest = bytes[...]
        while let dollar = rest.firstIndex(of: UInt8(ascii: "$")) {
            let whole = rest[(dollar + 1)...]
            rest = whole.drop { "+#=~^{".utf8.contains($0) }
            let hasFlag = rest.startIndex > whole.startIndex
            // A name, or one of the parameters that are a sign: `$@[x]`, `$#[x]`.
            var name = rest.prefix(while: \.isShellNamePart)
            if name.isEmpty { name = rest.prefix(1).prefix { "?@*#$!-".utf8.contains($0) } }
            rest = rest.dropFirst(name.count)
            guard !name.isEmpty || hasFlag, rest.first == UInt8(ascii: "[") else {
                // The sign may be the dollar of another variable: `$$x[y]`.
                rest = whole
                continue
            }
            let inner = rest.dropFirst().prefix { $0 != UInt8(ascii: "]") }
            if !inner.allSatisfy({ $0.isShellDigit || "-,@*".utf8.contains($0) }) { return true }
        }
        return false
    }

    /// Whether `printf` computes some of its words by it: conversions of numbers, and widths that are given as words.
    var asksForNumbers: Bool {
        var rest = bytes[...]
        // To zsh `\u0025` is a percent sign before it is read as one.
        if ["\\u", "\\U"].contains(where: { text.utf8.contains($0.utf8) }) { return true }
        while let percent = rest.firstIndex(of: UInt8(ascii: "%")) {
            rest = rest[(percent + 1)...].drop { $0.isShellDigit || "-+ #.'".utf8.contains($0) }
            guard let conversion = rest.first else { return false }
            if !"sbcq%".utf8.contains(conversion) { return true }
            rest = rest.dropFirst()
        }
        return false
    }

    /// A number as people write it.
    var isFigure: Bool {
        let digits = bytes.first.map { "+-".utf8.contains($0) } ?? false ? bytes.dropFirst() : bytes[...]
        return digits.first?.isShellDigit == true
            && digits.allSatisfy { $0.isShellDigit || $0 == UInt8(ascii: ".") }
    }

    /// Whether zsh expands it a second time: a text in the subscript of a variable.
    var holdsExpandedSubscript: Bool {
        isExpanded && holdsSleepingExpansion && bytes.contains(UInt8(ascii: "["))
    }

    /// What it may be to a redirection directly after it: its number `11`, and to bash its name `{name}`.
    var standingBeforeRedirection: Standing {
        if bytes.isEmpty { return .word }
        if bytes.allSatisfy(\.isShellDigit) { return .number }
        guard bytes.first == UInt8(ascii: "{"), bytes.last == UInt8(ascii: "}"), bytes.count > 2 else {
            return .word
        }
        // An element of an array as well: `{name[0]}`.
        let name = bytes[1..<bytes.count - 1].prefix { $0 != UInt8(ascii: "[") }
        return name.first?.startsShellName == true && name.allSatisfy(\.isShellNamePart) ? .name : .word
    }

    /// Whether it is `!2`, which after an `&` is the end of zsh's `&!` and the number of the redirection that follows.
    var isNumberAfterBang: Bool {
        begins(with: "!") && bytes.count > 1 && bytes.dropFirst().allSatisfy(\.isShellDigit)
    }

    /// Whether it names an element of an array by what has to be computed: `{name[x]}`.
    var computesElement: Bool {
        guard let open = bytes.firstIndex(of: UInt8(ascii: "[")) else { return false }
        return !bytes[(open + 1)...].allSatisfy { $0.isShellDigit || $0 == 0x5D || $0 == 0x7D }
    }

    /// Whether it is, bare and of so many digits, the number of the redirection that follows, for some shells: dash takes
    /// one digit, bash what an integer holds.
    func mayNumber(byDigits digits: Range<Int>) -> Bool {
        standing == .number && isBare && digits.contains(bytes.count)
    }

    /// Whether it is options of one letter each: `-eu`, `+x`.
    var isSign: Bool {
        bytes.count > 1 && [UInt8(ascii: "-"), UInt8(ascii: "+")].contains(bytes[0])
            && bytes[1] != UInt8(ascii: "-")
    }

    /// Whether it is options of `set` of which one takes the next word for its name: `-euo`, `-oe`.
    var takesName: Bool { isSign && bytes.contains(UInt8(ascii: "o")) }

    /// Whether it is the path of something open, not of a script: `/dev/stdin`, `/proc/self/fd/0`.
    var isStream: Bool {
        let parts = bytes.split(separator: UInt8(ascii: "/"))
        let isOutside = bytes.first == UInt8(ascii: "/") || parts.contains { $0.elementsEqual("..".utf8) }
        return isOutside && parts.contains { $0.elementsEqual("dev".utf8) || $0.elementsEqual("proc".utf8) }
    }

    /// A number with or without a unit of time, as `timeout` wants it.
    var isAmount: Bool {
        var rest = bytes[...]
        if let last = rest.last, "smhd".utf8.contains(last) { rest = rest.dropLast() }
        return rest.first?.isShellDigit == true
            && rest.allSatisfy { $0.isShellDigit || $0 == UInt8(ascii: ".") }
    }

    /// The last component of the path, in lower case: what is run on a disk that takes `ENV` for `env`.
    var programName: String {
        let name = bytes.split(separator: UInt8(ascii: "/")).last.map(Array.init) ?? bytes
        return String(decoding: name.loweredASCII, as: UTF8.self)
    }

    /// Whether the name of a program can be told from it by any shell.
    var isPlainName: Bool {
        guard !isExpanded, let first = bytes.first, first != UInt8(ascii: "%") else { return false }
        if equals("[") { return true }
        return !equals("-")
            && bytes.allSatisfy { $0.isShellNamePart || "./-+@%:,".utf8.contains($0) }
    }

    /// Whether a shell could evaluate a subscript in it, and run the substitutions of that.
    func mayHoldSubscript(_ isStrict: Bool) -> Bool {
        if isStrict, isExpanded || bytes.contains(where: { "$`".utf8.contains($0) }) { return true }
        return !equals("[") && bytes.contains(UInt8(ascii: "["))
    }
}

extension StaticString {
    fileprivate var bytes: UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: utf8Start, count: utf8CodeUnitCount)
    }
}

extension UInt8 {
    var isShellDigit: Bool { (48...57).contains(self) }
    var startsShellName: Bool { self == 95 || (65...90).contains(self) || (97...122).contains(self) }
    var isShellNamePart: Bool { startsShellName || isShellDigit }
    var beginsShellExpansion: Bool { self == UInt8(ascii: "$") || self == UInt8(ascii: "`") }
    var isShellBlank: Bool { self == 0x20 || self == 0x09 }
    /// Whether it ends a word.
    var endsShellWord: Bool { isShellBlank || self == 0x0A || ";&|()<>".utf8.contains(self) }
}
