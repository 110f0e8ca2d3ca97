/// Damages bytes in the ways in which files and streams come damaged, repeatably by its seed (SplitMix64).
public struct Mutator: RandomNumberGenerator {
    private var state: UInt64

    /// A mutator of that seed.
    public init(seed: UInt64) { state = seed }

    /// The next random number.
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    private static let pieces: [[UInt8]] =
        [
            "{", "}", "[", "]", "\"", "\\", ":", ",", "\n", "\r\n", "\0", "null", "true", "-1", "1e999",
            "9223372036854775808",
            "18446744073709551615", "0.1", "\u{301}", "\u{2028}", "\u{FFFF}", "\\u0000", "\\ud800",
            "\"$ref\"", "#/", "~", "data: ",
            "event: x\n", "id\":", "\"method\":", "\"n\":", "\"kind\":", "\"hash\":", "&a ", "*a", "<<: ",
            "- ", "!!binary ", "? ",
            "{\"a\":", "[[[[[[[[", "\"\"", " ", "\t", "\u{FEFF}", "(?:a*)*b", "^(a|a)*$", "{1,1000}",
        ].map { Array($0.utf8) } + [
            [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xFF, 0xFF, 0xFF, 0x7F],
        ]

    /// The bytes with one to four damages; `other` lends pieces.
    public mutating func mutate(_ bytes: [UInt8], with other: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &self) {
            let place = Int.random(in: 0...bytes.count, using: &self)
            switch Int.random(in: 0..<8, using: &self) {
            case 0: if place < bytes.count { bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &self) }
            case 1: if place < bytes.count { bytes[place] = UInt8.random(in: 0...255, using: &self) }
            case 2:
                bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...16, using: &self)))
            case 3: bytes.removeSubrange(place...)
            case 4: bytes.insert(contentsOf: Mutator.pieces.randomElement(using: &self) ?? [], at: place)
            case 5:
                let end = min(bytes.count, place + Int.random(in: 1...64, using: &self))
                bytes.insert(contentsOf: Array(bytes[place..<end]), at: place)
            case 6:
                let start = Int.random(in: 0...other.count, using: &self)
                bytes.insert(contentsOf: other[start..<min(other.count, start + 64)], at: place)
            default:
                let piece = Mutator.pieces.randomElement(using: &self) ?? []
                let end = min(bytes.count, place + piece.count)
                bytes.replaceSubrange(place..<end, with: piece)
            }
        }
        return bytes
    }
}
