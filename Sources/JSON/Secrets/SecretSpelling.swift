/// A value that must not be shown, and every spelling in which it comes back: as it is, percent-encoded, escaped for
/// JSON (once or more often), HTML, C or quoted-printable, in hexadecimal, and in base64 at any place of a longer text, also
/// of what was in base64, percent-encoded or escaped for JSON before.
public struct SecretSpelling: Sendable, Hashable {
    /// The value's bytes.
    public let bytes: [UInt8]
    /// The forms that may begin with each byte: there are many, and most places of a text begin none.
    private let beginning: [[SecretForm]]

    /// A value this short stands in too many texts by chance, and so do so few of its first bytes.
    public static let shortest = 4

    /// The spellings of a value.
    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
        var forms = [SecretForm(kind: .plain, bytes: bytes, telling: SecretSpelling.shortest)]
        if bytes.count >= SecretSpelling.shortest {
            let digits = Array("0123456789abcdef".utf8)
            forms.append(
                SecretForm(
                    kind: .hexadecimal,
                    bytes: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] },
                    telling: 2 * SecretSpelling.shortest))
            for form in SecretSpelling.inBase64(bytes) where !forms.contains(form) { forms.append(form) }
        }
        beginning = (UInt8.min...UInt8.max).map { byte in forms.filter { $0.mayBegin(with: byte) } }
    }

    /// The most bytes that a spelling has: an escape for each byte, within two texts, and a break after it.
    public var longest: Int { (12 + FormBreak.longest) * bytes.count }

    /// Where the value stands in the text, from a position on.
    public func range(in text: UnsafeBufferPointer<UInt8>, from start: Int = 0) -> Range<Int>? {
        guard start < text.count else { return nil }
        for position in start..<text.count {
            if let length = length(in: text, at: position) { return position..<position + length }
        }
        return nil
    }

    /// Whether the value stands anywhere in the bytes.
    public func isIn(_ text: some Sequence<UInt8>) -> Bool {
        Array(text).withUnsafeBufferPointer { range(in: $0) != nil }
    }

    /// How many bytes its spelling at that place takes; `nil` where it does not stand there.
    public func length(in text: UnsafeBufferPointer<UInt8>, at position: Int) -> Int? {
        for form in beginning[Int(text[position])] {
            if let end = form.end(in: text, at: position, isCut: false) { return end - position }
        }
        return nil
    }

    /// Where, at the end of the text, the value begins and is cut off; `nil` where what stands there tells fewer than
    /// ``shortest`` bytes of it.
    public func beginning(atTheEndOf text: UnsafeBufferPointer<UInt8>) -> Int? {
        let first = max(0, text.count - longest)
        return (first..<text.count).first { position in
            beginning[Int(text[position])].contains { $0.end(in: text, at: position, isCut: true) != nil }
        }
    }

    /// What base64 makes of the value, and of what other encodings make of it.
    private static func inBase64(_ bytes: [UInt8]) -> [SecretForm] {
        let json = Array(
            JSONValue.string(String(decoding: bytes, as: UTF8.self)).text().utf8.dropFirst().dropLast())
        let plain = (0..<3).flatMap { base64(bytes, shift: $0) }
        let twice = plain.flatMap { form in
            (0..<3).flatMap { base64(form.bytes, shift: $0, telling: form.telling) }
        }
        // RFC 3986 leaves four signs as they are, and many programs slashes.
        let texts = [percent(bytes, keeping: "-._~"), percent(bytes, keeping: "-._~/"), json]
        return plain + texts.flatMap { text in (0..<3).flatMap { base64(text, shift: $0) } } + twice
    }

    private static func percent(_ bytes: [UInt8], keeping signs: String) -> [UInt8] {
        let digits = Array("0123456789ABCDEF".utf8)
        return bytes.flatMap { byte -> [UInt8] in
            let isPlain =
                (48...57).contains(byte) || (97...122).contains(byte | 0x20) || signs.utf8.contains(byte)
            return isPlain ? [byte] : [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
    }

    /// What of the value is the same in base64 whatever stands before and after it, in both alphabets.
    ///
    /// - Parameter known: how many of the bytes tell ``shortest`` bytes of the value.
    private static func base64(
        _ bytes: [UInt8], shift: Int, telling known: Int = SecretSpelling.shortest
    ) -> [SecretForm] {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".utf8)
        let padded = [UInt8](repeating: 0, count: shift) + bytes
        // The first letters hold bits of what stands before, the last of what follows.
        let first = (shift * 8 + 5) / 6
        let last = padded.count * 8 / 6
        guard last - first >= SecretSpelling.shortest else { return [] }
        // So many letters hold all bits of the first bytes.
        let telling = min((known + shift) * 8 + 5, padded.count * 8) / 6 - first
        return ["+/", "-_"].map { tail in
            let alphabet = letters + Array(tail.utf8)
            let form = (first..<last).map { index in
                let bit = index * 6
                let high = UInt16(padded[bit / 8]) << 8
                let low = bit / 8 + 1 < padded.count ? UInt16(padded[bit / 8 + 1]) : 0
                return alphabet[Int((high | low) >> UInt16(10 - bit % 8) & 63)]
            }
            return SecretForm(kind: .base64, bytes: form, telling: telling)
        }
    }
}
