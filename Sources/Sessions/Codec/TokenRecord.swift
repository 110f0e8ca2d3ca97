import Agent
import Foundation
import JSON

extension TokenStep {
    /// The step as a field of a `token` event; order and names are the journal's.
    var journalMembers: [(String, JSONValue?)] {
        [
            ("round", .int(round)), ("position", .int(position)), ("token", .int(token)),
            ("text", .bytes(bytes)), ("special", special.map { .string($0) }), ("ms", .double(milliseconds)),
            ("by", chosenBy?.json),
            ("figures", figures?.json), ("allowed", allowed.map(TokenSet.json)),
        ] + distribution.journalMembers
    }

    init(_ fields: inout Fields) throws {
        self.init(
            round: try fields("round").int(), position: try fields("position").int(),
            token: try fields("token").int(), bytes: try fields("text").bytes(),
            special: try fields.optional("special")?.string(),
            distribution: try TokenDistribution(&fields),
            allowed: try fields.optional("allowed").flatMap { [detail = fields.detail] field in
                let words = try TokenSet.words(field)
                return detail == .whole ? words : TokenSet.single(words)
            },
            figures: try fields.optional("figures").map(TokenFigures.init),
            milliseconds: try fields("ms").double(), chosenBy: try fields.optional("by").map(Decider.init))
    }
}

extension TokenFigures {
    var json: JSONValue {
        .record([
            "before": .double(probabilityBefore), "after": .double(probabilityAfter),
            "rejected": .double(rejectedMass), "entropyBefore": .double(entropyBefore),
            "entropyAfter": .double(entropyAfter), "unmaskedChoice": .int(unmaskedChoice),
        ])
    }

    init(_ field: Field) throws {
        self = try field.object { fields in
            TokenFigures(
                probabilityBefore: try fields("before").double(),
                probabilityAfter: try fields("after").double(),
                rejectedMass: try fields("rejected").double(),
                entropyBefore: try fields("entropyBefore").double(),
                entropyAfter: try fields("entropyAfter").double(),
                unmaskedChoice: try fields("unmaskedChoice").int())
        }
    }
}

extension TokenDistribution {
    /// `logits` for a whole vocabulary, `top` and `of` for a part of one, nothing where nothing is known.
    fileprivate var journalMembers: [(String, JSONValue?)] {
        switch self {
        case .full(let logits): [("logits", .base64(HalfPrecision.bytes(of: logits)))]
        case .partial(let candidates, let size):
            [("top", .array(candidates.map(\.json))), ("of", size.map { .int($0) })]
        case .unknown: []
        }
    }

    fileprivate init(_ fields: inout Fields) throws {
        let logits = fields.optional("logits")
        let top = fields.optional("top")
        let size = fields.optional("of")
        if fields.detail == .outline {
            self = .unknown
            return
        }
        switch (logits, top, size) {
        case (let logits?, nil, nil):
            guard let values = HalfPrecision.floats(from: try logits.base64()) else {
                throw logits.fault("these are not whole Float16 values")
            }
            self = .full(values)
        case (nil, let top?, let size):
            self = .partial(try top.list(Candidate.init), vocabularySize: try size?.int())
        case (nil, nil, nil): self = .unknown
        default:
            throw fields.fault("either \"logits\" or \"top\" can be given, and \"of\" belongs to \"top\"")
        }
    }
}

extension TokenDistribution.Candidate {
    /// `[token, text, log-probability]`.
    var json: JSONValue {
        .array([token.map { .int($0) } ?? .null, .bytes(bytes), .double(logProbability)])
    }

    init(_ field: Field) throws {
        let parts = try field.list { $0 }
        guard parts.count == 3 else { throw field.fault("a candidate is [token, text, log-probability]") }
        self.init(
            token: parts[0].value == .null ? nil : try parts[0].int(), bytes: try parts[1].bytes(),
            logProbability: try parts[2].double())
    }
}

/// A set of tokens as a journal keeps it: whichever is shorter of its bits in base64 and its runs.
///
/// Runs are lengths that alternate between tokens left out and tokens in the set, the first being left out.
enum TokenSet {
    static func json(_ words: [UInt64]) -> JSONValue {
        let bits = Data(words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) } })
            .base64EncodedString()
        let runs = runs(of: words)
        let runsLength = runs.reduce(2) { $0 + String($1).utf8.count + 1 }
        let count = JSONValue.int(words.count)
        return runsLength <= bits.utf8.count
            ? ["words": count, "runs": .array(runs.map { .int($0) })]
            : ["words": count, "bits": .string(bits)]
    }

    static func words(_ field: Field) throws -> [UInt64] {
        try field.object { fields in
            let count = try fields("words").int()
            guard (0...maximumWords).contains(count) else {
                throw fields.fault("\(count) words are not between 0 and \(maximumWords)")
            }
            switch (fields.optional("runs"), fields.optional("bits")) {
            case (let runs?, nil): return try words(from: runs, count: count)
            case (nil, let bits?):
                let bytes = try bits.base64()
                guard bytes.count == count * 8 else {
                    throw bits.fault("these are not \(count) words of 8 bytes")
                }
                return (0..<count).map { word in
                    (0..<8).reduce(0) { $0 | UInt64(bytes[word * 8 + $1]) << ($1 * 8) }
                }
            default: throw fields.fault("exactly one of \"runs\" and \"bits\" must be given")
            }
        }
    }

    /// The set without the zeros after its one token; `nil` for a set of none or several.
    static func single(_ words: [UInt64]) -> [UInt64]? {
        guard words.reduce(0, { $0 + $1.nonzeroBitCount }) == 1 else { return nil }
        return words.lastIndex { $0 != 0 }.map { Array(words[...$0]) }
    }

    /// A vocabulary of 2^26 tokens; a hostile journal cannot ask for more memory than that.
    private static let maximumWords = 1 << 20

    private static func runs(of words: [UInt64]) -> [Int] {
        var runs: [Int] = []
        var (length, isIn) = (0, false)
        for word in words {
            var position = 0
            while position < 64 {
                let rest = (isIn ? ~word : word) >> UInt64(position)
                let same = min(rest.trailingZeroBitCount, 64 - position)
                length += same
                position += same
                guard position < 64 else { break }
                runs.append(length)
                (length, isIn) = (0, !isIn)
            }
        }
        if isIn { runs.append(length) }
        return runs
    }

    private static func words(from runs: Field, count: Int) throws -> [UInt64] {
        var words = [UInt64](repeating: 0, count: count)
        var position = 0
        for (index, run) in try runs.list({ try $0.int() }).enumerated() {
            guard run >= 0, run <= count * 64 - position else {
                throw runs.fault("the runs do not fit into \(count) words")
            }
            if index % 2 == 1 {
                for token in position..<position + run { words[token >> 6] |= 1 << UInt64(token & 63) }
            }
            position += run
        }
        return words
    }
}

/// Logits as IEEE 754 half-precision numbers, little-endian.
enum HalfPrecision {
    static func rounded(_ value: Float) -> Float {
        let largest = Float(Float16.greatestFiniteMagnitude)
        return Float(Float16(value.isFinite ? max(-largest, min(largest, value)) : value))
    }

    static func bytes(of values: [Float]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(values.count * 2)
        for value in values {
            let bits = Float16(rounded(value)).bitPattern
            bytes.append(UInt8(truncatingIfNeeded: bits))
            bytes.append(UInt8(truncatingIfNeeded: bits >> 8))
        }
        return bytes
    }

    static func floats(from bytes: [UInt8]) -> [Float]? {
        guard bytes.count.isMultiple(of: 2) else { return nil }
        return stride(from: 0, to: bytes.count, by: 2).map {
            Float(Float16(bitPattern: UInt16(bytes[$0]) | UInt16(bytes[$0 + 1]) << 8))
        }
    }
}
