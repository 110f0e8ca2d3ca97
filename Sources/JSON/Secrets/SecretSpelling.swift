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
            let texts = EncodedTexts(of: bytes)
            for form in texts.inHexadecimal + texts.inBase64 where !forms.contains(form) {
                forms.append(form)
            }
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
}
