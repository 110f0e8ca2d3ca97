/// What may stand between two letters of a form without ending it: line ends and the indentation after them, separators of
/// pairs, and in a plain value what nobody sees.
struct FormBreak {
    /// How many bytes it takes; `nil` where nothing breaks the form there.
    private(set) var length: Int?
    /// Whether the text ends in the midst of it.
    private(set) var isCut = false

    private let text: UnsafeBufferPointer<UInt8>
    private let start: Int
    private var position: Int

    /// Values shorter than this are looked for in one piece: too many words and numbers hold their letters.
    private static let shortestBroken = 8
    /// A longer break ends the form.
    static let longest = 64

    /// What stands at a place after so many letters of a form.
    init(of form: SecretForm, after count: Int, in text: UnsafeBufferPointer<UInt8>, at start: Int) {
        self.text = text
        self.start = start
        position = start
        switch form.kind {
        case .plain:
            softLineEnd()
            if position == start, form.bytes.count >= FormBreak.shortestBroken {
                // A space of the value's own is no indentation.
                let isSpace = count < form.bytes.count && [0x20, 0x09].contains(form.bytes[count])
                unseen(indented: !isSpace)
            }
        case .base64:
            softLineEnd()
            lineEnds(indented: true)
            unseen(indented: true)
        case .hexadecimal:
            lineEnds(indented: true)
            unseen(indented: true)
            if count.isMultiple(of: 2) { separators() }
        }
        if position > start { length = position - start }
    }

    private var next: UInt8? { position < min(text.count, start + FormBreak.longest) ? text[position] : nil }

    /// `=` and a line end, of quoted-printable.
    private mutating func softLineEnd() {
        guard next == UInt8(ascii: "="), position + 1 < text.count,
            text[position + 1] == 0x0A || text[position + 1] == 0x0D
        else { return }
        position +=
            text[position + 1] == 0x0D && position + 2 < text.count && text[position + 2] == 0x0A ? 3 : 2
    }

    /// Line ends, raw or escaped (`\n`, `\\r\\n`), and the spaces after them.
    private mutating func lineEnds(indented: Bool) {
        while let byte = next {
            if byte == 0x0A || byte == 0x0D {
                position += 1
            } else if let end = escapedLetter(among: "nr") {
                position = end
            } else {
                return
            }
            if indented { indentation() }
        }
    }

    private mutating func indentation() {
        while let byte = next {
            if byte == 0x20 || byte == 0x09 {
                position += 1
            } else if let end = escapedLetter(among: "t") {
                position = end
            } else {
                return
            }
        }
    }

    /// Where an escape ends of one of the letters, after one backslash or more.
    private func escapedLetter(among letters: String) -> Int? {
        guard next == UInt8(ascii: "\\"),
            let letter = text[position...].prefix(17).firstIndex(where: { $0 != UInt8(ascii: "\\") }),
            letters.utf8.contains(text[letter])
        else { return nil }
        return letter + 1
    }

    /// Between the pairs of a fingerprint, a dump or a list: `:`, `-`, `, 0x`.
    private mutating func separators() {
        var left = 3
        while left > 0, let byte = next, ":-,;_ ".utf8.contains(byte) {
            (position, left) = (position + 1, left - 1)
        }
        guard let byte = next, byte == UInt8(ascii: "0") || byte == UInt8(ascii: "\\") else { return }
        guard position + 1 < text.count else {
            isCut = true
            return
        }
        if text[position + 1] | 0x20 == UInt8(ascii: "x") { position += 2 }
    }

    /// Line ends, NUL, escape sequences of terminals and characters without width, raw or as JSON, HTML and addresses escape
    /// them.
    private mutating func unseen(indented: Bool) {
        while let byte = next {
            switch byte {
            case 0x00: position += 1
            case 0x0A, 0x0D:
                position += 1
                if indented { indentation() }
            case 0x1B:
                guard passSequence(from: position + 1) else { return }
            case 0xC2 where position + 1 < text.count && text[position + 1] == 0x9B:
                guard passControl(from: position + 2) else { return }
            case UInt8(ascii: "&"), UInt8(ascii: "<"), UInt8(ascii: "%"):
                let mark = UnseenMark(in: text, at: position)
                isCut = isCut || mark.isCut
                guard let length = mark.length else { return }
                position += length
            case 0xC2...:
                guard let length = widthless() else { return }
                position += length
            case UInt8(ascii: "\\"):
                if let end = escapedLetter(among: "nr") {
                    position = end
                } else if let (unit, end) = escapedUnit() {
                    if unit == 0x1B {
                        guard passSequence(from: end) else { return }
                    } else if [0, 0x0A, 0x0D].contains(unit) || FormBreak.isWidthless(unit) {
                        position = end
                    } else {
                        return
                    }
                } else {
                    return
                }
            default: return
            }
        }
    }

    /// How many bytes the character takes that begins here, where nobody sees it.
    private mutating func widthless() -> Int? {
        var decoder = UTF8()
        var rest = text[position...].prefix(4).makeIterator()
        if case .scalarValue(let scalar) = decoder.decode(&rest) {
            return FormBreak.isWidthless(scalar.value) ? UTF8.width(scalar) : nil
        }
        let lead = text[position]
        let length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2
        if position + length > text.count, text[(position + 1)...].allSatisfy({ $0 & 0xC0 == 0x80 }) {
            isCut = true
        }
        return nil
    }

    /// Whether a scalar takes no room of its own: marks that combine, selectors, tags, joiners, directions.
    static func isWidthless(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0xAD, 0x0300...0x036F, 0x061C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B...0x180F, 0x1AB0...0x1AFF,
            0x1DC0...0x1DFF, 0x200B...0x200F, 0x202A...0x202E, 0x2060...0x206F, 0x20D0...0x20FF, 0x3164,
            0xFE00...0xFE0F, 0xFE20...0xFE2F, 0xFEFF, 0xFFA0, 0xFFF9...0xFFFB, 0xE0000...0xE0FFF:
            true
        default: false
        }
    }

    /// `\u001b` or `\x1b`, after one backslash or more.
    private func escapedUnit() -> (unit: UInt32, end: Int)? {
        guard let letter = text[position...].prefix(17).firstIndex(where: { $0 != UInt8(ascii: "\\") }) else {
            return nil
        }
        let count = text[letter] == UInt8(ascii: "u") ? 4 : text[letter] == UInt8(ascii: "x") ? 2 : 0
        guard count > 0, letter + 1 + count <= text.count else { return nil }
        var unit: UInt32 = 0
        for byte in text[(letter + 1)...letter + count] {
            guard let digit = ByteSpelling.digit(byte) else { return nil }
            unit = unit << 4 | UInt32(digit)
        }
        return (unit, letter + 1 + count)
    }

    /// Passes over a sequence's `[…m`; false where it is none, or none yet.
    private mutating func passSequence(from start: Int) -> Bool {
        guard start < text.count else {
            isCut = true
            return false
        }
        switch text[start] {
        case UInt8(ascii: "["): return passControl(from: start + 1)
        case UInt8(ascii: "]"), UInt8(ascii: "P"), UInt8(ascii: "X"), UInt8(ascii: "^"), UInt8(ascii: "_"):
            return passText(from: start + 1)
        case 0x20...0x2F:
            // Intermediates and one final byte: `ESC ( B`.
            guard let last = text[start...].prefix(4).firstIndex(where: { !(0x20...0x2F).contains($0) })
            else {
                isCut = isCut || text.count - start < 4
                return false
            }
            guard (0x30...0x7E).contains(text[last]) else { return false }
            position = last + 1
            return true
        default: return false
        }
    }

    /// Passes over a text for the terminal, such as a link's address, up to its end: BEL, or ESC and a backslash.
    private mutating func passText(from start: Int) -> Bool {
        let rest = text[start...].prefix(FormBreak.longest)
        guard let end = rest.firstIndex(where: { $0 == 0x07 || $0 == 0x1B }) else {
            isCut = isCut || rest.endIndex == text.count
            return false
        }
        if text[end] == 0x07 {
            position = end + 1
            return true
        }
        guard end + 1 < text.count else {
            isCut = true
            return false
        }
        guard text[end + 1] == UInt8(ascii: "\\") else { return false }
        position = end + 2
        return true
    }

    /// Passes over what follows the introducer of a control sequence: `…m`.
    private mutating func passControl(from start: Int) -> Bool {
        let rest = text[start...].prefix(32)
        guard let last = rest.firstIndex(where: { !(0x20...0x3F).contains($0) }) else {
            isCut = isCut || rest.endIndex == text.count
            return false
        }
        guard (0x40...0x7E).contains(text[last]) else { return false }
        position = last + 1
        return true
    }
}
