import Foundation
import Testing

@testable import Transformer

@Suite("A pre-tokeniser")
struct PreTokenizerTests {
    private static let recorded: [String: [[String]]] = {
        let data = (try? Fixture.bytes("pre-tokenizers.json")).map { Data($0) } ?? Data()
        return (try? JSONSerialization.jsonObject(with: data) as? [String: [[String]]]) ?? [:]
    }()

    @Test("makes the pieces of the models' own expressions")
    func reference() throws {
        try #require(!Self.recorded.isEmpty)
        var count = 0
        for (name, cases) in Self.recorded {
            let preTokenizer = try #require(PreTokenizer(named: name))
            for pieces in cases {
                let text = pieces.joined()
                let found = preTokenizer.pieces(of: ScannedText(text)).map {
                    String(decoding: Array(text.utf8)[$0], as: UTF8.self)
                }
                // Compared as bytes, since equality of strings is looser.
                #expect(found.map { Array($0.utf8) } == pieces.map { Array($0.utf8) }, "\(name): \(found)")
                count += 1
            }
        }
        print("\(count) texts by \(Self.recorded.count) pre-tokenisers")
    }

    @Test("leaves no gap in any text", arguments: PreTokenizer.names)
    func complete(_ name: String) throws {
        let preTokenizer = try #require(PreTokenizer(named: name))
        let seed = UInt64.random(in: 0...UInt64.max)
        print("PreTokenizerTests.complete(\(name)) seed \(seed)")
        var random = RandomSource(seed: seed)
        for _ in 0..<60 {
            let text = String.random(using: &random)
            var end = 0
            for piece in preTokenizer.pieces(of: ScannedText(text)) {
                #expect(piece.lowerBound == end && !piece.isEmpty)
                end = piece.upperBound
            }
            #expect(end == text.utf8.count)
        }
    }

    @Test("takes time that grows with a long run, not with its square", arguments: PreTokenizer.names)
    func longRuns(_ name: String) throws {
        let preTokenizer = try #require(PreTokenizer(named: name))
        for unit in [" ", "\n", "a", "A", "1", "!", "字", "e\u{301}", "\t "] {
            let text = String(repeating: unit, count: 20_000) + "x"
            let pieces = preTokenizer.pieces(of: ScannedText(text))
            #expect(pieces.last?.upperBound == text.utf8.count)
        }
    }
}
