/// What each sequence says: how many literals, how far back, how long a match (RFC 8878, 3.1.1.3.2.1).
enum SequenceField: Hashable {
    case literals
    case offsets
    case matches

    var mostLog: Int { self == .offsets ? 8 : 9 }

    var mostSymbols: Int { self == .literals ? 36 : self == .offsets ? 32 : 53 }

    /// The table that is used where none is given.
    var usual: EntropyTable {
        func times(_ value: Int, _ count: Int) -> [Int] { Array(repeating: value, count: count) }
        return switch self {
        case .literals:
            EntropyTable(
                probabilities: [4, 3] + times(2, 11) + times(1, 3) + times(2, 9) + [3, 2] + times(1, 5)
                    + times(-1, 4), log: 6)
        case .offsets:
            EntropyTable(
                probabilities: times(1, 6) + times(2, 3) + times(1, 15) + times(-1, 5), log: 5)
        case .matches:
            EntropyTable(
                probabilities: [1, 4, 3] + times(2, 6) + times(1, 37) + times(-1, 7), log: 6)
        }
    }

    /// How many bits follow the codes that stand for more than one length, from the first such code on.
    private static let literalBits = [1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]
    private static let matchBits = [1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]

    /// The length that a code and the bits after it stand for.
    func length(_ code: UInt8, _ bits: inout ReversedBits) throws(ImportError) -> Int {
        let (plain, shortest, widths) =
            self == .matches ? (32, 3, SequenceField.matchBits) : (16, 0, SequenceField.literalBits)
        let code = Int(code)
        guard code >= plain else { return code + shortest }
        guard code - plain < widths.count else { throw Zstandard.broken("a length of no code") }
        let width = widths[code - plain]
        return bases[code - plain] + bits.take(width)
    }

    private var bases: [Int] { self == .matches ? SequenceField.matchBases : SequenceField.literalBases }

    private static let literalBases = [
        16, 18, 20, 22, 24, 28, 32, 40, 48, 64, 128, 256, 512, 1_024, 2_048, 4_096, 8_192, 16_384, 32_768,
        65_536,
    ]
    private static let matchBases = [
        35, 37, 39, 41, 43, 47, 51, 59, 67, 83, 99, 131, 259, 515, 1_027, 2_051, 4_099, 8_195, 16_387, 32_771,
        65_539,
    ]
}
