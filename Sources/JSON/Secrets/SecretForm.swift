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
        end(in: text, at: position, byte: 0, isCut: isCut)
    }

    /// Whether the form, or an escape of its first letter, may begin with a byte.
    func mayBegin(with byte: UInt8) -> Bool {
        guard let first = bytes.first else { return false }
        if kind == .hexadecimal { return byte == first || byte | 0x20 == first }
        return byte == first || ByteSpelling.escapes.contains(byte)
    }

    private func end(
        in text: UnsafeBufferPointer<UInt8>, at position: Int, byte: Int, isCut: Bool
    ) -> Int? {
        var (position, byte) = (position, byte)
        while byte < bytes.count {
            let pause = byte > 0 ? FormBreak(of: self, after: byte, in: text, at: position) : nil
            if position >= text.count { return isCut && byte >= telling ? text.count : nil }
            // What the cut left incomplete: an escape, or what stands between two letters.
            if isCut, byte >= telling,
                pause?.isCut == true || ByteSpelling.isBegun(in: text, at: position)
            {
                return text.count
            }
            // A backslash may be itself or begin an escape, several may stand for one, and a sign may be the value's own
            // or break it.
            var ways = readings(at: byte, in: text, at: position)
            if let length = pause?.length { ways.append(ByteSpelling.Reading(length: length, count: 0)) }
            for way in ways.dropLast() {
                if let end = end(in: text, at: position + way.length, byte: byte + way.count, isCut: isCut) {
                    return end
                }
            }
            guard let last = ways.last else { return nil }
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
}
