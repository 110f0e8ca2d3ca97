/// The values of keys in a text that cannot be read as JSON: what was cut, lines, YAML, XML, forms, prose.
///
/// What follows a key is taken generously: an open quote or bracket reaches to the text's end, a bare value to the end of
/// its line and over the lines that are indented beneath it. Everything is decided on bytes.
struct LooseMembers {
    /// What stands in a value's place.
    struct Find {
        let range: Range<Int>
        let mark: [UInt8]
    }

    /// The values, in order and without overlaps.
    private(set) var finds: [Find] = []
    /// How often the key stands there and nothing that follows it could be told to be its value.
    private(set) var unread = 0
    private let bytes: [UInt8]
    private let key: [UInt8]

    /// Looks for a key, in letters of either case; `mark` is what shall stand in the place of its values.
    init(_ key: String, in bytes: [UInt8], mark: String) {
        self.bytes = bytes
        self.key = key.utf8.map(LooseMembers.folded)
        guard let first = self.key.first else { return }
        let isWordAlone = bytes.count(where: { $0 > 0x20 }) <= self.key.count
        var (at, lineStart, counted) = (0, 0, 0)
        while at + self.key.count <= bytes.count {
            guard LooseMembers.folded(bytes[at]) == first, isKey(at) else {
                at += 1
                continue
            }
            let end = at + self.key.count
            while counted < at {
                if LooseMembers.isLineEnd(bytes[counted]) { lineStart = counted + 1 }
                counted += 1
            }
            if let find = value(ofKeyAt: at, column: at - lineStart, Array(mark.utf8)) {
                if !find.range.isEmpty { finds.append(find) }
                at = max(end, find.range.upperBound)
            } else {
                // A text that is the word alone is no member.
                if !isWordAlone { unread += 1 }
                at = end
            }
        }
    }

    /// The text with the marks in it.
    var text: String {
        var kept: [UInt8] = []
        var start = 0
        for find in finds {
            kept += bytes[start..<find.range.lowerBound] + find.mark
            start = find.range.upperBound
        }
        return String(decoding: kept + bytes[start...], as: UTF8.self)
    }

    private static func folded(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte + 0x20 : byte
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch folded(byte) {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), 0x5F, 0x80...:
            true
        default: false
        }
    }

    private static func isQuote(_ byte: UInt8) -> Bool { byte == 0x22 || byte == 0x27 || byte == 0x60 }

    private static func isLineEnd(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }

    private func starts(_ at: Int, _ text: String) -> Bool {
        at + text.utf8.count <= bytes.count
            && zip(bytes[at...], text.utf8).allSatisfy { Self.folded($0) == $1 }
    }

    /// Whether the key stands there as a word of its own; the letter of an escape before it (`\nemail`) is none of it.
    private func isKey(_ at: Int) -> Bool {
        guard zip(bytes[at...], key).allSatisfy({ Self.folded($0) == $1 }) else { return false }
        let end = at + key.count
        let isEscaped = at > 1 && bytes[at - 2] == 0x5C && [0x6E, 0x72, 0x74].contains(bytes[at - 1])
        let isPercent = at > 2 && bytes[at - 3] == 0x25
        let begins = at == 0 || !Self.isWord(bytes[at - 1]) || isEscaped || isPercent
        return begins && (end == bytes.count || !Self.isWord(bytes[end]))
    }

    /// What follows the key, empty where that is nothing; `nil` where no value can be told.
    private func value(ofKeyAt place: Int, column: Int, _ mark: [UInt8]) -> Find? {
        var at = place + key.count
        if isTag(place, "</") || isTag(place, "&lt;/") { return Find(range: at..<at, mark: []) }
        for (open, close) in [("<", ">"), ("&lt;", "&gt;")] where isTag(place, open) {
            return element(from: at, open: open, close: close, mark)
        }
        var isQuoted = false
        // What closes around a key: quotes and their escapes, brackets, emphasis.
        while at < bytes.count {
            if Self.isQuote(bytes[at]) { isQuoted = true }
            if Self.isQuote(bytes[at]) || [0x5C, 0x5D, 0x29, 0x2A, 0x20, 0x09].contains(bytes[at]) {
                at += 1
            } else if starts(at, "%5d") || starts(at, "%22") {
                at += 3
            } else if starts(at, "&quot;") {
                at += 6
            } else {
                break
            }
        }
        if isQuoted { at = skippingSpace(at, overLines: true) }
        let isPair: Bool
        if starts(at, "=>") || starts(at, ":=") {
            (isPair, at) = (false, at + 2)
        } else if starts(at, "%3d") || starts(at, "%3a") {
            (isPair, at) = (true, at + 3)
        } else if at < bytes.count, bytes[at] == 0x3D || bytes[at] == 0x3A {
            (isPair, at) = (bytes[at] == 0x3D, at + 1)
        } else if at < bytes.count, bytes[at] == 0x7C {
            (isPair, at) = (false, at + 1)
        } else {
            return nil
        }
        while at < bytes.count, bytes[at] == 0x2A { at += 1 }
        return value(from: at, isQuoted: isQuoted, isPair: isPair, indent: column, mark)
    }

    private func value(from start: Int, isQuoted: Bool, isPair: Bool, indent: Int, _ mark: [UInt8]) -> Find? {
        var at = skippingSpace(start, overLines: false)
        let beyond = skippingSpace(at, overLines: true)
        // JSON may go on in the next line; a list of YAML begins there with a hyphen.
        if beyond < bytes.count, beyond > at, isQuoted, bytes[beyond] != 0x2D { at = beyond }
        guard at < bytes.count else { return isPair ? Find(range: at..<at, mark: []) : nil }
        var quote = at
        while quote < bytes.count, quote < at + 2, "bBuUrRfF".utf8.contains(bytes[quote]) { quote += 1 }
        if !startsQuote(quote) { quote = at }
        if startsQuote(quote) {
            let (open, close) = quoted(from: quote)
            return Find(range: open..<close, mark: mark)
        }
        if [0x7B, 0x5B].contains(bytes[at]) {
            let end = bracketed(from: at)
            let quotes = isQuoted ? [0x22] as [UInt8] : []
            return Find(range: at..<end, mark: quotes + mark + quotes)
        }
        var end = at
        while end < bytes.count, !Self.isLineEnd(bytes[end]) {
            if isQuoted, [0x2C, 0x7D, 0x5D].contains(bytes[end]) { break }
            if isPair, bytes[end] == 0x26 { break }
            if isPair, LooseMembers.isSeparator(bytes[end]) {
                let word = skippingSeparators(end)
                if beginsPair(from: word) { break }
                end = word
                continue
            }
            end += 1
        }
        if !isPair, !isQuoted || end == at { end = block(from: end, indent: indent) }
        while end > at, bytes[end - 1] <= 0x20 { end -= 1 }
        if end == at { return isPair || isQuoted ? Find(range: at..<at, mark: []) : nil }
        let quotes = isQuoted ? [0x22] as [UInt8] : []
        return Find(range: at..<end, mark: quotes + mark + quotes)
    }

    private func skippingSpace(_ start: Int, overLines: Bool) -> Int {
        var at = start
        while at < bytes.count,
            bytes[at] == 0x20 || bytes[at] == 0x09 || overLines && Self.isLineEnd(bytes[at])
        {
            at += 1
        }
        return at
    }

    private func startsQuote(_ start: Int) -> Bool {
        var at = start
        while at < bytes.count, bytes[at] == 0x5C { at += 1 }
        return at < bytes.count && Self.isQuote(bytes[at])
    }

    /// Where a quoted text begins and ends; quotes within JSON within JSON bear as many backslashes as they are deep.
    private func quoted(from start: Int) -> (open: Int, close: Int) {
        var open = start
        while bytes[open] == 0x5C { open += 1 }
        let (level, quote) = (open - start, bytes[open])
        let isTriple =
            level == 0 && open + 2 < bytes.count && bytes[open + 1] == quote && bytes[open + 2] == quote
        open += isTriple ? 3 : 1
        var (at, run) = (open, 0)
        while at < bytes.count {
            if bytes[at] == 0x5C {
                run += 1
            } else {
                if bytes[at] == quote, run % (2 * (level + 1)) == level {
                    if !isTriple { return (open, at - level) }
                    if at + 2 < bytes.count, bytes[at + 1] == quote, bytes[at + 2] == quote {
                        return (open, at)
                    }
                    if at + 2 == bytes.count { return (open, at) }
                }
                run = 0
            }
            at += 1
        }
        return (open, bytes.count)
    }

    /// Where the bracket that opens there is closed, or the text's end.
    private func bracketed(from start: Int) -> Int {
        var (at, depth) = (start, 0)
        while at < bytes.count {
            switch bytes[at] {
            case 0x22, 0x27, 0x5C:
                var open = at
                while open < bytes.count, bytes[open] == 0x5C { open += 1 }
                guard open < bytes.count, Self.isQuote(bytes[open]) else {
                    at = open
                    continue
                }
                let (_, close) = quoted(from: at)
                at = min(close + (open - at) + 1, bytes.count)
                continue
            case 0x7B, 0x5B: depth += 1
            case 0x7D, 0x5D:
                depth -= 1
                if depth == 0 { return at + 1 }
            default: break
            }
            at += 1
        }
        return bytes.count
    }

    /// What separates pairs: `a=1 b=1`, `a=1; b=1`.
    private static func isSeparator(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x2C, 0x3B].contains(byte) }

    private func skippingSeparators(_ start: Int) -> Int {
        var at = start
        while at < bytes.count, Self.isSeparator(bytes[at]) { at += 1 }
        return at
    }

    /// Whether a pair begins there.
    private func beginsPair(from word: Int) -> Bool {
        var at = word
        while at < bytes.count, Self.isWord(bytes[at]) || bytes[at] == 0x2D || bytes[at] == 0x2E { at += 1 }
        return at > word && at < bytes.count && bytes[at] == 0x3D
    }

    /// The end of the lines beneath that belong to a value of YAML: deeper ones, and those of a list.
    private func block(from lineEnd: Int, indent: Int) -> Int {
        var (end, at) = (lineEnd, lineEnd)
        while at < bytes.count {
            while at < bytes.count, Self.isLineEnd(bytes[at]) { at += 1 }
            let text = skippingSpace(at, overLines: false)
            guard text < bytes.count else { break }
            if Self.isLineEnd(bytes[text]) {
                at = text
                continue
            }
            let isItem = text - at == indent && starts(text, "- ")
            guard text - at > indent || isItem else { break }
            at = text
            while at < bytes.count, !Self.isLineEnd(bytes[at]) { at += 1 }
            end = at
        }
        return end
    }

    /// Whether the key is an element's name: `<key`, `<prefix:key`.
    private func isTag(_ place: Int, _ open: String) -> Bool {
        var at = place
        if at > 0, bytes[at - 1] == 0x3A {
            at -= 1
            while at > 0, Self.isWord(bytes[at - 1]) || bytes[at - 1] == 0x2D { at -= 1 }
        }
        return at >= open.utf8.count && starts(at - open.utf8.count, open)
    }

    /// What an element holds, to its end tag; its attributes, where it has no more than those.
    private func element(from start: Int, open: String, close: String, _ mark: [UInt8]) -> Find {
        var at = start
        while at < bytes.count, !starts(at, close) { at += 1 }
        let attributes = skippingSpace(start, overLines: true)
        if at == bytes.count || bytes[at - 1] == 0x2F {
            // With the space before it, so that the name stays one.
            return Find(range: attributes..<at, mark: at > attributes ? mark : [])
        }
        let content = at + close.utf8.count
        var end = content
        while end < bytes.count {
            if starts(end, open + "/") {
                var name = end + open.utf8.count + 1
                while name + key.count < bytes.count, Self.isWord(bytes[name]), !isKey(name) { name += 1 }
                if name < bytes.count, bytes[name] == 0x3A { name += 1 }
                if name + key.count <= bytes.count, isKey(name) { break }
            }
            end += 1
        }
        if attributes < at { return Find(range: attributes..<end, mark: mark) }
        return Find(range: content..<end, mark: end > content ? mark : [])
    }
}
