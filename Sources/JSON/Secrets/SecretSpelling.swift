/// A value that must not be shown, and every spelling in which it comes back: as it is, percent-encoded, escaped for
/// JSON (once or more often), HTML or quoted-printable, in hexadecimal, and in base64 at any place of a longer text.
public struct SecretSpelling: Sendable, Hashable {
    /// The value's bytes.
    public let bytes: [UInt8]
    /// Spellings that do not go byte by byte.
    private let encoded: [[UInt8]]

    /// A value this short stands in too many texts by chance, and so do so few of its first bytes.
    public static let shortest = 4

    /// The spellings of a value.
    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
        var encoded: [[UInt8]] = []
        if bytes.count >= 2 * SecretSpelling.shortest {
            encoded += [false, true].map { SecretSpelling.hexadecimal(bytes, upper: $0) }
            for shift in 0..<3 { encoded += SecretSpelling.base64(bytes, shift: shift) }
        }
        self.encoded = encoded
    }

    /// The most bytes that a spelling has: an escape of six for each byte, within two texts.
    public var longest: Int { 8 * bytes.count }

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
        if let end = end(in: text, at: position, byte: 0, partial: nil) { return end - position }
        return encoded.first { form in
            form.count <= text.count - position && form[0] == text[position]
                && text[position..<position + form.count].elementsEqual(form)
        }?.count
    }

    /// Where, at the end of the text, the value begins and is cut off; `nil` where fewer than ``shortest`` bytes of it
    /// stand there.
    public func beginning(atTheEndOf text: UnsafeBufferPointer<UInt8>) -> Int? {
        let first = max(0, text.count - longest)
        return (first..<text.count).first { position in
            end(in: text, at: position, byte: 0, partial: SecretSpelling.shortest) != nil
                || encoded.contains { form in
                    let rest = text.count - position
                    return rest >= 2 * SecretSpelling.shortest && rest < form.count
                        && form.starts(with: text[position...])
                }
        }
    }

    /// Follows the value byte by byte; with `partial` the end of the text will do after so many.
    private func end(
        in text: UnsafeBufferPointer<UInt8>, at position: Int, byte: Int, partial: Int?
    ) -> Int? {
        var (position, byte) = (position, byte)
        while byte < bytes.count {
            if position >= text.count { return partial.map { byte >= $0 } ?? false ? position : nil }
            let (plain, escaped) = ByteSpelling.lengths(of: bytes[byte], in: text, at: position)
            let choices = escaped + [plain].compactMap { $0 }
            if choices.count > 1 {
                // A backslash may be itself or begin an escape, and several may stand for one.
                for choice in choices.dropLast() {
                    if let end = end(in: text, at: position + choice, byte: byte + 1, partial: partial) {
                        return end
                    }
                }
            }
            if let length = choices.last {
                position += length
            } else {
                // An escape that the cut left incomplete.
                guard let partial, byte >= partial,
                    ByteSpelling.mayBegin(bytes[byte], in: text, at: position)
                else { return nil }
                return text.count
            }
            byte += 1
        }
        return partial == nil ? position : nil
    }

    private static func hexadecimal(_ bytes: [UInt8], upper: Bool) -> [UInt8] {
        let digits = Array((upper ? "0123456789ABCDEF" : "0123456789abcdef").utf8)
        return bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    }

    /// What of the value is the same in base64 whatever stands before and after it, in both alphabets.
    private static func base64(_ bytes: [UInt8], shift: Int) -> [[UInt8]] {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".utf8)
        let padded = [UInt8](repeating: 0, count: shift) + bytes
        // The first letters hold bits of what stands before, the last of what follows.
        let first = (shift * 8 + 5) / 6
        let last = padded.count * 8 / 6
        guard last - first >= SecretSpelling.shortest else { return [] }
        return ["+/", "-_"].map { tail in
            let alphabet = letters + Array(tail.utf8)
            return (first..<last).map { index in
                let bit = index * 6
                let high = UInt16(padded[bit / 8]) << 8
                let low = bit / 8 + 1 < padded.count ? UInt16(padded[bit / 8 + 1]) : 0
                return alphabet[Int((high | low) >> UInt16(10 - bit % 8) & 63)]
            }
        }
    }
}
