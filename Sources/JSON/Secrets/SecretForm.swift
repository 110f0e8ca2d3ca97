/// One form in which a value comes back, as bytes that a text holds one after the other, each as itself or escaped.
struct SecretForm: Sendable, Hashable {
    /// How the bytes go on from one to the next.
    enum Kind: Sendable, Hashable {
        /// The value itself; a soft line break of quoted-printable may stand anywhere.
        case plain
        /// Base64, which is broken into lines anywhere.
        case base64
        /// Hexadecimal digits of either case, with breaks and separators between the pairs.
        case hexadecimal
    }

    let kind: Kind
    let bytes: [UInt8]
    /// How many of the bytes tell four bytes of the value: so many at the end of a text that was cut are the value.
    let telling: Int

    /// Where the form ends that begins at a place; `nil` where it does not stand there.
    ///
    /// - Parameter isCut: whether the text may end in the midst of it, once enough of it stands there.
    func end(in text: UnsafeBufferPointer<UInt8>, at position: Int, isCut: Bool) -> Int? {
        mayBegin(with: text[position]) ? end(in: text, at: position, byte: 0, isCut: isCut) : nil
    }

    private func mayBegin(with byte: UInt8) -> Bool {
        guard let first = bytes.first else { return false }
        if kind == .hexadecimal { return byte == first || byte | 0x20 == first }
        return byte == first || ByteSpelling.escapes.contains(byte)
    }

    private func end(
        in text: UnsafeBufferPointer<UInt8>, at position: Int, byte: Int, isCut: Bool
    ) -> Int? {
        var (position, byte) = (position, byte)
        while byte < bytes.count {
            if byte > 0 { position = skipBreaks(in: text, at: position, after: byte) }
            if position >= text.count { return isCut && byte >= telling ? text.count : nil }
            // An escape that the cut left incomplete.
            if isCut, byte >= telling, ByteSpelling.isBegun(in: text, at: position) { return text.count }
            let readings = readings(at: byte, in: text, at: position)
            // A backslash may be itself or begin an escape, and several may stand for one.
            for reading in readings.dropLast() {
                if let end = end(
                    in: text, at: position + reading.length, byte: byte + reading.count, isCut: isCut)
                {
                    return end
                }
            }
            guard let last = readings.last else { return nil }
            position += last.length
            byte += last.count
        }
        return isCut ? nil : position
    }

    private func readings(
        at byte: Int, in text: UnsafeBufferPointer<UInt8>, at position: Int
    ) -> [ByteSpelling.Reading] {
        if kind == .hexadecimal {
            let digit = ByteSpelling.digit(text[position])
            return digit != nil && digit == ByteSpelling.digit(bytes[byte])
                ? [ByteSpelling.Reading(length: 1, count: 1)] : []
        }
        return ByteSpelling.readings(of: bytes, at: byte, in: text, at: position)
    }

    /// Passes over what breaks the form into lines or pairs.
    private func skipBreaks(in text: UnsafeBufferPointer<UInt8>, at position: Int, after count: Int) -> Int {
        var position = position
        if kind == .plain {
            // `=` and a line end.
            guard position + 1 < text.count, text[position] == UInt8(ascii: "="),
                text[position + 1] == 0x0A || text[position + 1] == 0x0D
            else { return position }
            position += 2
            return position < text.count && text[position] == 0x0A && text[position - 1] == 0x0D
                ? position + 1 : position
        }
        var separators = 0
        while position < text.count {
            switch text[position] {
            case 0x0A, 0x0D: position += 1
            case UInt8(ascii: "\\"):
                // The same, escaped: `\n`, `\\r\\n`.
                guard let letter = text[position...].firstIndex(where: { $0 != UInt8(ascii: "\\") }),
                    letter - position <= 16, "nr".utf8.contains(text[letter])
                else { return position }
                position = letter + 1
            case UInt8(ascii: ":"), UInt8(ascii: "-"), UInt8(ascii: " "):
                guard kind == .hexadecimal, count % 2 == 0, separators < 2 else { return position }
                separators += 1
                position += 1
            default: return position
            }
        }
        return position
    }
}
