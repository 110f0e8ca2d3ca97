extension ShellParser {
    /// One word, its quotes taken off; the commands in its substitutions become parts.
    mutating func word() throws(ShellDoubt) -> ShellWord {
        var word = ShellWord(offset: position)
        while let byte = peek(), !byte.endsShellWord {
            switch byte {
            case UInt8(ascii: "'"):
                guard let end = source[(position + 1)...].firstIndex(of: byte) else {
                    throw doubt("a quote that is not closed")
                }
                word.append(source[position + 1..<end])
                word.isBare = false
                if source[position + 1..<end].contains(where: \.beginsShellExpansion) {
                    word.holdsSleepingExpansion = true
                }
                position = end + 1
            case UInt8(ascii: "\""): try quoted(&word)
            case UInt8(ascii: "\\"): try escaped(&word)
            case UInt8(ascii: "$"), UInt8(ascii: "`"): try expansion(&word)
            default: try bare(byte, &word)
            }
        }
        if word.holdsExpandedSubscript || word.computesSubscript {
            throw doubt("a subscript whose text zsh expands", at: word.offset)
        }
        return word
    }

    /// A byte that is not quoted.
    private mutating func bare(_ byte: UInt8, _ word: inout ShellWord) throws(ShellDoubt) {
        let isFirst = position == word.offset
        switch byte {
        case UInt8(ascii: "="):
            if isStrict, isFirst { throw doubt("a word that begins with =, which zsh expands") }
            if isFirst, let next = peek(1), !next.endsShellWord, next != byte { word.isExpanded = true }
            word.appendEquals()
        case UInt8(ascii: "*"), UInt8(ascii: "?"):
            // With a beginning of its own no file's name can turn into an option.
            let start = word.bytes.first
            guard
                !isStrict || start?.isShellNamePart == true || start == UInt8(ascii: ".")
                    || start == UInt8(ascii: "/")
            else { throw doubt("a pattern of file names that may begin with anything") }
            word.isExpanded = true
            word.append(byte)
        case UInt8(ascii: "["), UInt8(ascii: "]"):
            let isAlone = isFirst && (peek(1)?.endsShellWord ?? true)
            if isStrict, !isAlone { throw doubt("a bracket, which may be a pattern of file names") }
            if !isAlone { word.isExpanded = true }
            word.append(byte)
        case UInt8(ascii: "{"), UInt8(ascii: "}"): try brace(byte, &word)
        case UInt8(ascii: "~"):
            if isStrict, isFirst, !(peek(1, is: "/") || peek(1)?.endsShellWord ?? true) {
                throw doubt("the home of somebody")
            }
            if isStrict, word.bytes.contains(where: { "=:".utf8.contains($0) }) {
                throw doubt("a tilde after = or :, which only some shells expand")
            }
            if isFirst { word.isExpanded = true }
            word.append(byte)
        case UInt8(ascii: "^"):
            if isStrict, isFirst { throw doubt("a word that begins with ^") }
            word.append(byte)
        case UInt8(ascii: "#"):
            if isStrict, isFirst { throw doubt("a comment") }
            word.append(byte)
        case 0x21...0x7E: word.append(byte)
        case 0x0D:
            if isStrict { throw doubt("a carriage return, which is a letter to a shell") }
            word.append(byte)
            position += 1
            if let next = peek(), next != 0x0A { throw doubt("a carriage return within a line") }
            return
        case 0x80...:
            if isStrict { throw doubt("a letter beyond ASCII outside of quotes") }
            word.append(byte)
        default: throw doubt("a control character")
        }
        position += 1
    }

    /// Braces that no shell expands: `{}`, `@{1}`; a comma or two dots make a list of words.
    private mutating func brace(_ byte: UInt8, _ word: inout ShellWord) throws(ShellDoubt) {
        guard isStrict else {
            if position != word.offset || !(peek(1)?.endsShellWord ?? true) { word.isExpanded = true }
            word.append(byte)
            return
        }
        let isCommon = position == word.offset || word.bytes.last == UInt8(ascii: "@")
        guard byte == UInt8(ascii: "{"), isCommon else {
            throw doubt("a brace, which may be a list of words")
        }
        var end = 1
        while let inner = peek(end), inner.isShellNamePart || inner == UInt8(ascii: "-") { end += 1 }
        guard peek(end, is: "}"), end == 1 || word.bytes.last == UInt8(ascii: "@") else {
            throw doubt("a brace, which may be a list of words")
        }
        word.append(source[position...position + end])
        position += end
    }

    private mutating func escaped(_ word: inout ShellWord) throws(ShellDoubt) {
        guard let next = peek(1) else { throw doubt("a backslash at the end") }
        if next == 0x0A {
            if isStrict { throw doubt("a word that goes on in the next line") }
        } else {
            if isStrict, !(0x20...0x7E).contains(next) {
                throw doubt("a backslash before no printable letter")
            }
            word.isBare = false
            word.append(next)
            if next.beginsShellExpansion { word.holdsSleepingExpansion = true }
        }
        position += 2
    }

    private mutating func quoted(_ word: inout ShellWord) throws(ShellDoubt) {
        let start = position
        word.isBare = false
        position += 1
        while let byte = peek() {
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                return
            case UInt8(ascii: "\\"):
                guard let next = peek(1) else { throw doubt("a quote that is not closed", at: start) }
                if next == 0x0A, isStrict { throw doubt("a line that goes on within quotes") }
                if !"$`\"\\\n".utf8.contains(next) { word.append(byte) }
                if next != 0x0A { word.append(next) }
                if next.beginsShellExpansion { word.holdsSleepingExpansion = true }
                position += 2
            case UInt8(ascii: "$"), UInt8(ascii: "`"): try expansion(&word)
            default:
                word.append(byte)
                position += 1
            }
        }
        throw doubt("a quote that is not closed", at: start)
    }

    /// A variable or a substitution: its words are not known, the commands in it are.
    private mutating func expansion(_ word: inout ShellWord) throws(ShellDoubt) {
        let start = position
        if isStrict {
            throw doubt(peek(is: "`") || peek(1, is: "(") ? "a substitution" : "a variable or an odd quote")
        }
        word.isExpanded = true
        if peek(is: "`") {
            try backticks()
        } else {
            position += 1
            // A line that goes on between the `$` and what it expands.
            while peek(is: "\\"), peek(1) == 0x0A { position += 2 }
            switch peek() {
            case UInt8(ascii: "("):
                if peek(1, is: "(") { throw doubt("arithmetic", at: start) }
                position += 1
                try nested(closing: UInt8(ascii: ")"))
            case UInt8(ascii: "{"): try variable()
            case UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "["):
                throw doubt("a quote or an expression of some shells", at: start)
            case let next? where "?@*#$!-".utf8.contains(next) || next.isShellDigit: position += 1
            case let next? where "~^=+".utf8.contains(next):
                throw doubt("a flag of zsh's, by which a variable's text becomes a pattern", at: start)
            default: while peek()?.isShellNamePart == true { position += 1 }
            }
        }
        word.append(source[start..<position])
    }

    /// `${NAME}`; with anything more it may hold substitutions of its own, or run what the variable holds.
    private mutating func variable() throws(ShellDoubt) {
        let start = position
        position += 1
        while peek()?.isShellNamePart == true { position += 1 }
        guard position > start + 1, peek(is: "}") else { throw doubt("a variable's operator", at: start) }
        position += 1
    }

    private mutating func backticks() throws(ShellDoubt) {
        let start = position + 1
        guard let end = source[start...].firstIndex(of: UInt8(ascii: "`")) else {
            throw doubt("a backtick that is not closed")
        }
        // A backslash in there is taken off before the commands are read.
        if let backslash = source[start..<end].firstIndex(of: UInt8(ascii: "\\")) {
            throw doubt("a backslash within backticks", at: backslash)
        }
        do {
            parts.append(
                try ShellParser.parts(of: Array(source[start..<end]), certainty: certainty, depth: depth + 1))
        } catch {
            throw doubt(error.reason, at: start + error.offset)
        }
        position = end + 1
    }
}
