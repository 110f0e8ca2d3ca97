/// Sets of bytes in words.
public enum ByteWords {
    /// A byte as a person reads it.
    static func show(_ byte: UInt8) -> String {
        (0x20...0x7E).contains(byte)
            ? String(Unicode.Scalar(byte)) : "0x" + String(byte, radix: 16, uppercase: true)
    }

    /// The bytes of a set, runs of them as ranges: `" 0–9 {`.
    public static func words(_ contains: (UInt8) -> Bool) -> [String] {
        var parts: [String] = []
        var first = 0
        while first < 256 {
            guard contains(UInt8(first)) else {
                first += 1
                continue
            }
            var last = first
            while last < 255, contains(UInt8(last + 1)), isPlain(last + 1) == isPlain(first) { last += 1 }
            switch last - first {
            case 0: parts.append(name(first))
            case 1: parts += [name(first), name(last)]
            default: parts.append("\(name(first))–\(name(last))")
            }
            first = last + 1
        }
        return parts
    }

    private static func isPlain(_ byte: Int) -> Bool { (0x21...0x7E).contains(byte) }

    private static func name(_ byte: Int) -> String {
        switch byte {
        case 0x09: "⇥"
        case 0x0A: "⏎"
        case 0x20: "␣"
        case 0x21...0x7E: String(UnicodeScalar(UInt8(byte)))
        default: "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }
    }
}
