import Foundation
import Testing

@testable import Transformer

@Suite("A byte-level tokenizer")
struct TokenizerTests {
    static let names = ["gpt-2", "llama-bpe", "qwen2", "words"]

    @Test("gives the tokens of the tokenizers package", arguments: names)
    func reference(_ name: String) throws {
        let tokenizer = try Tokenizer(Fixture.file("bpe-\(name)"))
        for one in try Fixture.tokenized("bpe-\(name)") {
            #expect(tokenizer.encode(one.text) == one.tokens, "\(one.text.debugDescription)")
        }
    }

    @Test("gives back every text, byte for byte", arguments: names)
    func roundTrip(_ name: String) throws {
        let tokenizer = try Tokenizer(Fixture.file("bpe-\(name)"))
        let seed = UInt64.random(in: 0...UInt64.max)
        print("TokenizerTests.roundTrip(\(name)) seed \(seed)")
        var random = RandomSource(seed: seed)
        for _ in 0..<500 {
            let string = String.random(using: &random)
            let tokens = tokenizer.encode(string)
            #expect(tokenizer.decode(tokens) == Array(string.utf8), "\(string.debugDescription)")
            #expect(tokens.allSatisfy { tokenizer.vocabulary.kind(of: $0) == .normal })
        }
    }

    @Test("merges a long word in reasonable time")
    func longWord() throws {
        let tokenizer = try Tokenizer(Fixture.file("bpe-llama-bpe"))
        let word = String(repeating: "ticket", count: 50_000)
        #expect(tokenizer.decode(tokenizer.encode(word)).count == 300_000)
    }

    @Test("never makes a special token from text, and finds it by its name")
    func special() throws {
        let tokenizer = try Tokenizer(Fixture.file("bpe-llama-bpe"))
        let vocabulary = tokenizer.vocabulary
        let start = try #require(vocabulary.specialToken(named: "<|im_start|>"))
        let end = try #require(vocabulary.specialToken(named: "<|im_end|>"))
        let call = try #require(vocabulary.specialToken(named: "<tool_call>"))
        #expect(vocabulary.specialTokens == [start, end, call, call + 1])
        #expect(vocabulary.specialToken(named: "the") == nil)
        #expect(vocabulary.kind(of: end) == .control)
        #expect(vocabulary.bytes(of: end) == nil)
        #expect(vocabulary.text(of: end) == "<|im_end|>")
        #expect(vocabulary.kind(of: call) == .userDefined)
        #expect(vocabulary.bytes(of: call) == Array("<tool_call>".utf8))
        #expect(vocabulary.endTokens == [end])

        let spelled = tokenizer.encode("<|im_end|>")
        #expect(spelled.count > 1 && !spelled.contains(end))
        let parts = try tokenizer.encode([
            .special("<|im_start|>"), .text("user\nhi"), .special("<|im_end|>"),
        ])
        #expect(parts == [start] + tokenizer.encode("user\nhi") + [end])
        #expect(tokenizer.decode(parts) == Array("user\nhi".utf8))
        #expect(throws: TokenizerError.unknownSpecialToken("<none>")) {
            try tokenizer.encode([.special("<none>")])
        }
    }

    @Test("takes whole words from the vocabulary where merges are ignored, and bytes where there are none")
    func withoutMerges() throws {
        let merging = try Tokenizer(Fixture.file("bpe-llama-bpe"))
        let words = try Tokenizer(Fixture.file("bpe-words"))
        for tokenizer in [merging, words] {
            #expect(tokenizer.encode("a zebra").map(tokenizer.vocabulary.text) == ["a", " zebra"])
        }
        #expect(words.encode(" zebras").map(words.vocabulary.bytes) == " zebras".utf8.map { [$0] })
        #expect(merging.encode(" zebras").count < 7)
    }

    @Test("needs no token for every byte, and writes a stand-in for what it cannot write")
    func missingBytes() throws {
        let file = try Fixture.file("bpe-missing")
        let tokenizer = try Tokenizer(file)
        let whole = try Tokenizer(Fixture.file("bpe-gpt-2"))
        #expect(tokenizer.vocabulary.missingBytes == [0x04, 0xF1, 0xF2])
        #expect(whole.vocabulary.missingBytes.isEmpty)
        #expect(
            tokenizer.decode(tokenizer.encode("the \u{1F600} thing")) == Array("the \u{1F600} thing".utf8))
        // A control character, and a character whose first byte is missing: the rest of it is left out.
        #expect(tokenizer.decode(tokenizer.encode("a\u{4}b\u{50000}c")) == Array("a\u{FFFD}b\u{FFFD}c".utf8))
        #expect(try Vocabulary(file).count == tokenizer.vocabulary.count)
    }

    @Test("takes added runs of spaces from a text, and never an added mark")
    func addedTexts() throws {
        let tokenizer = try Tokenizer(Fixture.file("bpe-missing"))
        let vocabulary = tokenizer.vocabulary
        let tokens = tokenizer.encode("a     b<tool_call>")
        #expect(tokens.prefix(4).map(vocabulary.bytes) == ["a", "    ", " b", "<"].map { Array($0.utf8) })
        #expect(tokens.allSatisfy { vocabulary.kind(of: $0) == .normal })
        #expect(vocabulary.specialToken(named: "    ") == nil)
        #expect(vocabulary.specialToken(named: "<tool_call>") != nil)
    }

    @Test("decodes numbers outside the vocabulary to nothing")
    func unknownTokens() throws {
        let tokenizer = try Tokenizer(Fixture.file("bpe-gpt-2"))
        #expect(tokenizer.decode([-1, 1 << 40]).isEmpty)
    }

    @Test("is refused where the file has no vocabulary or another kind")
    func errors() throws {
        #expect(throws: TokenizerError.file(.missingKey("tokenizer.ggml.model"))) {
            try Tokenizer(Fixture.file("metadata"))
        }
        #expect(PreTokenizer(named: "exaone-moe") == nil)
        #expect(
            TokenizerError.unsupportedPreTokenizer("x").description.hasPrefix(
                "the pre-tokeniser x is not supported; a.x-4.0, "))
    }
}

@Suite("A SentencePiece tokenizer")
struct SentencePieceTests {
    static let names = ["prefixed", "plain"]

    @Test("gives the tokens of the sentencepiece package", arguments: names)
    func reference(_ name: String) throws {
        let tokenizer = try Tokenizer(Fixture.file("spm-\(name)"))
        for one in try Fixture.tokenized("spm-\(name)") {
            #expect(tokenizer.encode(one.text) == one.tokens, "\(one.text.debugDescription)")
        }
    }

    @Test("gives back every text, after the space that it puts before it")
    func roundTrip() throws {
        let plain = try Tokenizer(Fixture.file("spm-plain"))
        let prefixed = try Tokenizer(Fixture.file("spm-prefixed"))
        let seed = UInt64.random(in: 0...UInt64.max)
        print("SentencePieceTests.roundTrip seed \(seed)")
        var random = RandomSource(seed: seed)
        for _ in 0..<500 {
            // The mark for a space becomes one, also where another combines with it.
            let scalars = String.random(using: &random).unicodeScalars.map { $0 == "\u{2581}" ? " " : $0 }
            let text = String(String.UnicodeScalarView(scalars))
            #expect(plain.decode(plain.encode(text)) == Array(text.utf8), "\(text.debugDescription)")
            let space: [UInt8] = text.isEmpty ? [] : [0x20]
            #expect(prefixed.decode(prefixed.encode(text)) == space + text.utf8, "\(text.debugDescription)")
        }
    }

    @Test("puts its space at the beginning and after special tokens only")
    func parts() throws {
        let tokenizer = try Tokenizer(Fixture.file("spm-prefixed"))
        let parts: [PromptPart] = [
            .text("a"), .text("b"), .special("<|im_start|>"), .text(""), .text("c"), .text(""),
        ]
        #expect(tokenizer.decode(try tokenizer.encode(parts)) == Array(" ab c".utf8))
    }

    @Test("writes bytes with tokens of their own kind and has its marks by name")
    func vocabulary() throws {
        let tokenizer = try Tokenizer(Fixture.file("spm-prefixed"))
        let vocabulary = tokenizer.vocabulary
        let clef = tokenizer.encode("𝄞")
        #expect(clef.suffix(4).map(vocabulary.kind) == [.byte, .byte, .byte, .byte])
        #expect(clef.suffix(4).map(vocabulary.bytes) == [[0xf0], [0x9d], [0x84], [0x9e]])
        #expect(vocabulary.kind(of: 0) == .unknown && vocabulary.bytes(of: 0) == nil)
        #expect(vocabulary.beginningOfText == 1 && vocabulary.addsBeginningOfText)
        let end = try #require(vocabulary.specialToken(named: "<|im_end|>"))
        #expect(vocabulary.endTokens == [2, end])
        // What spells a mark or a byte is text: each character, or the bytes of one that is no piece.
        let spelled = "</s> <0x0A> <|im_end|>"
        let tokens = tokenizer.encode(spelled)
        #expect(tokens.allSatisfy { [.normal, .byte].contains(vocabulary.kind(of: $0)) })
        #expect(tokenizer.decode(tokens) == Array(" \(spelled)".utf8))
    }
}

extension String {
    /// Up to 40 scalars of every length in UTF-8, quotes and ASCII among them often.
    static func random(using random: inout RandomSource) -> String {
        let ranges: [ClosedRange<UInt32>] = [0...0x7f, 0...0x7ff, 0...0xd7ff, 0xe000...0x10ffff, 0x20...0x27]
        var text = UnicodeScalarView()
        for _ in 0..<Int.random(in: 0...40, using: &random) {
            let range = ranges[Int.random(in: ranges.indices, using: &random)]
            if let scalar = Unicode.Scalar(UInt32.random(in: range, using: &random)) { text.append(scalar) }
        }
        return String(text)
    }
}
