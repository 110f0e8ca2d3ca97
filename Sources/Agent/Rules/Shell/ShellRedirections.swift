extension ShellParser {
    /// A redirection, from its sign on: its file becomes a part.
    mutating func redirection() throws(ShellDoubt) {
        let start = position
        let sign = Unicode.Scalar(source[position])
        position += 1
        isRedirected = true
        if words.allSatisfy({ $0.isBare && ShellPrograms.leading.contains($0.text) }) {
            beginsWithRedirection = true
        }
        if sign == "<", peek(is: "<") { throw doubt("a here-document or a here-string", at: start) }
        if peek(is: "(") { return try processSubstitution(from: start) }
        let isDuplicate = peek(is: "&")
        if isDuplicate || sign == ">" && (peek(is: ">") || peek(is: "|")) {
            position += 1
        } else if sign == "<", peek(is: ">") {
            if isStrict { throw doubt("<>, which opens a file for both", at: start) }
            position += 1
            parts.append("> ", try target().bytes)
            return
        }
        if peek(is: "&") { throw doubt("an odd redirection", at: start) }
        if isDuplicate, !isStrict, peek(is: "-"), let next = peek(1), !next.endsShellWord {
            // To bash `>&-` ends there, and a word of the command follows; to others the file's name goes on.
            position += 1
            if peek(is: "#") { throw doubt("a comment to some shells, and a file's name to others") }
            var word = try fileName()
            word.isFileToSome = true
            if isBeforeRedirection { try take(word.standingBeforeRedirection, for: &word) }
            words.append(word)
            parts.append("\(sign) ", [UInt8(ascii: "-")] + word.bytes)
            return
        }
        let target = try target()
        if isStrict, sign == "<", peek(is: ">") { throw doubt("a range of numbers to zsh", at: start) }
        if isDuplicate, target.isBare,
            target.bytes.allSatisfy({ $0.isShellDigit || $0 == UInt8(ascii: "-") }),
            target.bytes.count == 1
        {
            return
        }
        if isDuplicate, isStrict { throw doubt("a redirection that shells read differently", at: start) }
        if isDuplicate { try checkDuplicate(target, at: start) }
        if !target.equals("/dev/null") { parts.append("\(sign) ", target.bytes) }
        if sign == ">", !isStrict, target.begins(with: "!") { try addForced(target) }
    }

    /// To zsh `>!` is a sign of its own: the rest of the word is the file, or the next word, which is one of the command's to
    /// other shells.
    private mutating func addForced(_ target: ShellWord) throws(ShellDoubt) {
        guard target.equals("!") else {
            parts.append("> ", Array(target.bytes.dropFirst()))
            return
        }
        let end = position
        while peek()?.isShellBlank == true { position += 1 }
        if let next = peek(), !next.endsShellWord {
            parts.append("> ", try fileName().bytes)
            isForcedFile = true
        }
        position = end
    }

    private mutating func target() throws(ShellDoubt) -> ShellWord {
        while peek()?.isShellBlank == true { position += 1 }
        let start = position
        guard let next = peek(), !next.endsShellWord, next != UInt8(ascii: "#") else {
            throw doubt("a redirection without a file")
        }
        let word = try fileName()
        guard !word.bytes.isEmpty else { throw doubt("a redirection without a file", at: start) }
        if isStrict, word.isExpanded || word.begins(with: "!") || word.bytes.contains(0x0A) {
            throw doubt("a redirection to a name that is not plain", at: start)
        }
        return word
    }

    /// The word of a redirection, which is none of the command's: one that goes on with a process substitution is a doubt.
    private mutating func fileName() throws(ShellDoubt) -> ShellWord {
        let word = try word()
        if peek(is: "(") { throw doubt("a redirection whose file goes on with a parenthesis") }
        if isBeforeRedirection, peek(1, is: "(") {
            throw doubt("a redirection whose file goes on with a process substitution")
        }
        return word
    }

    /// What stands after `>&` or `<&` and is neither a number nor a dash.
    ///
    /// Bash expands the file of `>&` a second time, so that a quoted substitution in it runs; and after a digit some
    /// shells take the rest for more of a file's name and others for a fault.
    private func checkDuplicate(_ target: ShellWord, at start: Int) throws(ShellDoubt) {
        if target.isExpanded || target.holdsSleepingExpansion {
            throw doubt("a file of >& that is expanded twice", at: start)
        }
        if target.bytes.first?.isShellDigit == true, !target.bytes.allSatisfy(\.isShellDigit) {
            throw doubt("a number glued to a word after >& or <&", at: start)
        }
    }

    private mutating func processSubstitution(from start: Int) throws(ShellDoubt) {
        if isStrict { throw doubt("a process substitution", at: start) }
        position += 1
        try nested(closing: UInt8(ascii: ")"))
        if let next = peek(), !next.endsShellWord || next == UInt8(ascii: "(") {
            throw doubt("a word that goes on after a process substitution")
        }
        // What stands directly before it is the beginning of the same word.
        let isGlued = start > 0 && !source[start - 1].endsShellWord
        if !isGlued, start > 1, source[start - 2] == UInt8(ascii: "\\") {
            throw doubt("a process substitution after a backslash", at: start)
        }
        let before = isGlued ? words.popLast() : nil
        var word = ShellWord(
            offset: before?.offset ?? start, (before?.bytes ?? []) + source[start..<position])
        word.isExpanded = true
        words.append(word)
    }

    /// What a word is to the redirection after it; the element of an array is computed.
    func take(
        _ standing: ShellWord.Standing, for word: inout ShellWord
    ) throws(ShellDoubt) {
        if standing == .name, word.computesElement {
            throw doubt("an element of an array for a redirection's number", at: word.offset)
        }
        word.standing = standing
    }
}
