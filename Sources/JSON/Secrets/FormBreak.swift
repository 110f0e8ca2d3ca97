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
            if position == start, form.bytes.count >= FormBreak.shortestBroken { unseen() }
        case .base64: lineEnds(indented: true)
        case .hexadecimal:
            lineEnds(indented: true)
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
            while indented, let byte = next {
                if byte == 0x20 || byte == 0x09 {
                    position += 1
                } else if let end = escapedLetter(among: "t") {
                    position = end
                } else {
                    break
                }
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

    /// Line ends, NUL, escape sequences of terminals and characters without width, raw or as JSON escapes them.
    private mutating func unseen() {
        while let byte = next {
            switch byte {
            case 0x00, 0x0A, 0x0D: position += 1
            case 0x1B:
                guard passSequence(from: position + 1) else { return }
            case 0xE2, 0xEF:
                let rest = Array(text[position...].prefix(3))
                guard FormBreak.widthless.contains(where: { $0.starts(with: rest) }) else { return }
                if rest.count < 3 {
                    isCut = true
                    return
                }
                position += 3
            case UInt8(ascii: "\\"):
                if let end = escapedLetter(among: "nr") {
                    position = end
                } else if let (unit, end) = escapedUnit() {
                    if unit == 0x1B {
                        guard passSequence(from: end) else { return }
                    } else if FormBreak.unseenUnits.contains(unit) {
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

    /// U+200B to U+200D, U+2060 and U+FEFF.
    private static let widthless: [[UInt8]] = [
        [0xE2, 0x80, 0x8B], [0xE2, 0x80, 0x8C], [0xE2, 0x80, 0x8D], [0xE2, 0x81, 0xA0], [0xEF, 0xBB, 0xBF],
    ]
    private static let unseenUnits: Set<UInt32> = [0, 0x0A, 0x0D, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF]

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
        guard text[start] == UInt8(ascii: "[") else { return false }
        let rest = text[(start + 1)...].prefix(32)
        guard let last = rest.firstIndex(where: { !(0x20...0x3F).contains($0) }) else {
            isCut = rest.endIndex == text.count
            return false
        }
        guard (0x40...0x7E).contains(text[last]) else { return false }
        position = last + 1
        return true
    }
}
