/// What other encodings make of a value before it goes into base64 or hexadecimal.
struct EncodedTexts {
    private let bytes: [UInt8]
    /// Each text, and how many of its bytes tell ``SecretSpelling/shortest`` bytes of the value.
    private let texts: [(bytes: [UInt8], telling: Int)]

    init(of bytes: [UInt8]) {
        self.bytes = bytes
        let few = SecretSpelling.shortest
        let text = String(decoding: bytes, as: UTF8.self)
        let json = EncodedTexts.json(text)
        let lower = EncodedTexts.hexadecimal(bytes, "0123456789abcdef")
        let percents = ["-._~", "-._~/"].flatMap { signs in
            // RFC 3986 leaves four signs as they are, and many programs slashes.
            ["0123456789ABCDEF", "0123456789abcdef"].map { EncodedTexts.percent(bytes, keeping: signs, $0) }
        }
        let twice = percents.prefix(1).map { EncodedTexts.percent($0, keeping: "-._~", "0123456789ABCDEF") }
        let escaped = [
            json, EncodedTexts.json(String(decoding: json, as: UTF8.self)),
            // As PHP, Go and .NET write it.
            EncodedTexts.escaping("/", in: json) { _ in "\\/" },
            EncodedTexts.escaping("<>&", in: json) { "\\u00" + EncodedTexts.pair($0, "0123456789abcdef") },
            EncodedTexts.escaping("<>&+'`", in: json) {
                "\\u00" + EncodedTexts.pair($0, "0123456789ABCDEF")
            },
        ]
        let pages = [["&quot;", "&#39;"], ["&#34;", "&#x27;"], ["&quot;", "'"]].map { quotes in
            EncodedTexts.escaping("&<>\"'", in: bytes) { byte in
                switch byte {
                case UInt8(ascii: "&"): "&amp;"
                case UInt8(ascii: "<"): "&lt;"
                case UInt8(ascii: ">"): "&gt;"
                case UInt8(ascii: "\""): quotes[0]
                default: quotes[1]
                }
            }
        }
        texts =
            (percents + twice + escaped + pages).map { ($0, few) }
            + [
                (lower, 2 * few), (EncodedTexts.hexadecimal(bytes, "0123456789ABCDEF"), 2 * few),
                (text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }, 2 * few),
            ]
    }

    /// What hexadecimal makes of the value, of its texts and of its base64.
    var inHexadecimal: [SecretForm] {
        let own = [(bytes: bytes, telling: SecretSpelling.shortest)] + texts
        let plain = EncodedTexts.base64OfEachPlace(bytes).map { (bytes: $0.bytes, telling: $0.telling) }
        return (own + plain).map { text in
            SecretForm(
                kind: .hexadecimal, bytes: EncodedTexts.hexadecimal(text.bytes, "0123456789abcdef"),
                telling: 2 * text.telling)
        }
    }

    /// What base64 makes of the value, of its texts and of its base64.
    var inBase64: [SecretForm] {
        let plain = EncodedTexts.base64OfEachPlace(bytes)
        let twice = plain.flatMap { EncodedTexts.base64OfEachPlace($0.bytes, telling: $0.telling) }
        return plain + texts.flatMap { EncodedTexts.base64OfEachPlace($0.bytes, telling: $0.telling) } + twice
    }

    private static func base64OfEachPlace(
        _ bytes: [UInt8], telling known: Int = SecretSpelling.shortest
    ) -> [SecretForm] {
        (0..<3).flatMap { base64(bytes, shift: $0, telling: known) }
    }

    private static func json(_ text: String) -> [UInt8] {
        Array(JSONValue.string(text).text().utf8.dropFirst().dropLast())
    }

    private static func escaping(
        _ signs: String, in bytes: [UInt8], _ replacement: (UInt8) -> String
    ) -> [UInt8] {
        bytes.flatMap { signs.utf8.contains($0) ? Array(replacement($0).utf8) : [$0] }
    }

    private static func pair(_ byte: UInt8, _ digits: String) -> String {
        String(decoding: hexadecimal([byte], digits), as: UTF8.self)
    }

    private static func hexadecimal(_ bytes: [UInt8], _ digits: String) -> [UInt8] {
        let digits = Array(digits.utf8)
        return bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    }

    private static func percent(_ bytes: [UInt8], keeping signs: String, _ digits: String) -> [UInt8] {
        bytes.flatMap { byte -> [UInt8] in
            let isPlain =
                (48...57).contains(byte) || (97...122).contains(byte | 0x20) || signs.utf8.contains(byte)
            return isPlain ? [byte] : [UInt8(ascii: "%")] + hexadecimal([byte], digits)
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
