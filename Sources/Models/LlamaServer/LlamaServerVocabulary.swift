import Agent
import ChatTemplates
import Formats
import Foundation
import Transformer

/// The vocabulary of a llama-server's model, and texts as its tokens.
struct LlamaServerVocabulary: Sendable {
    /// The entries, by token ID.
    let record: VocabularyRecord
    /// The tokenizer of the GGUF file beside the server; `nil` where the server is asked.
    let tokenizer: Tokenizer?
    /// Tokens of control, by name.
    let special: [String: Int]

    /// Names of tokens that a prompt or a turn of this kind may need.
    private static let names = [
        "<|im_start|>", "<|im_end|>", "<|endoftext|>", "<tool_call>", "</tool_call>", "<tools>", "</tools>",
        "<tool_response>", "</tool_response>", "<|begin_of_text|>", "<|start_header_id|>",
        "<|end_header_id|>",
        "<|eot_id|>", "<|eom_id|>", "<s>", "</s>", "[INST]", "[/INST]", "[TOOL_CALLS]", "[AVAILABLE_TOOLS]",
        "[/AVAILABLE_TOOLS]", "[TOOL_RESULTS]", "[/TOOL_RESULTS]",
    ]
    private static let ends = ["<|im_end|>", "<|endoftext|>", "<|eot_id|>", "<|eom_id|>"]
    /// More than any vocabulary in use has.
    private static let largest = 1 << 19

    /// The vocabulary of a GGUF file.
    /// - Throws: ``ModelError`` when it cannot be read.
    init(file path: String) throws(Agent.ModelError) {
        do {
            let tokenizer = try Tokenizer(try GGUFFile(path))
            self.init(EmbeddedVocabulary.record(of: tokenizer.vocabulary), tokenizer)
        } catch {
            throw Agent.ModelError("\(path): \(error)")
        }
    }

    /// The vocabulary as the server tells it: every token's bytes from one distribution over all of it, and the
    /// control tokens by asking which texts are one.
    init(_ server: LlamaServer, _ properties: LlamaServer.Properties) async throws {
        let count = properties.vocabularySize ?? LlamaServerVocabulary.largest
        let decoy = try await server.tokenize("a", isSpecial: false).last
        let all = try await server.candidates(after: [0], count: count, decoy: decoy)
        var tokens: [String: Int] = [:]
        let named = [properties.endOfText, properties.beginningOfText].compactMap { $0 }
        let spelledByTemplate = SpecialTokenNames.candidates(in: properties.chatTemplate ?? "").sorted()
            .prefix(200)
        for name in LlamaServerVocabulary.names + named + spelledByTemplate where tokens[name] == nil {
            let spelled = try await server.tokenize(name, isSpecial: true)
            if spelled.count == 1 { tokens[name] = spelled[0] }
        }
        let ends = (LlamaServerVocabulary.ends + [properties.endOfText].compactMap { $0 }).compactMap {
            tokens[$0]
        }
        do {
            self.init(
                try LlamaServerVocabulary.record(
                    all, expected: properties.vocabularySize, special: tokens, ends: ends), nil)
        } catch {
            throw AttemptFailure(reason: error.description, isTransient: false)
        }
    }

    init(_ record: VocabularyRecord, _ tokenizer: Tokenizer? = nil) {
        self.record = record
        self.tokenizer = tokenizer
        var special: [String: Int] = [:]
        for (token, entry) in record.entries.enumerated() {
            if case .special(let name) = entry, special[name] == nil { special[name] = token }
        }
        self.special = special
    }

    /// A vocabulary from the tokens of one whole distribution.
    static func record(
        _ all: [LlamaServer.Candidate], expected: Int?, special: [String: Int], ends: [Int]
    ) throws(StreamFault) -> VocabularyRecord {
        guard let last = all.map(\.token).max(), last < largest, expected.map({ $0 == all.count }) ?? true,
            last == all.count - 1
        else {
            throw StreamFault(
                "the server named \(all.count) tokens of a vocabulary of \(expected.map(String.init) ?? "unknown size"); "
                    + "name the GGUF file as vocabulary")
        }
        var entries = [VocabularyRecord.Entry](repeating: .unused, count: all.count)
        for candidate in all {
            entries[candidate.token] =
                candidate.bytes.isEmpty ? .special("<token \(candidate.token)>") : .bytes(candidate.bytes)
        }
        for (name, token) in special where entries.indices.contains(token) { entries[token] = .special(name) }
        let ends = Set(ends.filter { entries.indices.contains($0) }).sorted()
        guard !ends.isEmpty else {
            throw StreamFault("the server names no token that ends a turn; name the GGUF file as vocabulary")
        }
        return VocabularyRecord(entries: entries, endTokens: ends)
    }

    /// The text in pieces in none of which a server can see a special token.
    ///
    /// Servers take names that were added to a vocabulary for tokens wherever they are spelled, also where they are asked
    /// not to.
    func harmless(_ text: String) -> [String] {
        let scalars = Array(text.unicodeScalars)
        let names = special.keys.map { Array($0.unicodeScalars) }.filter { $0.count > 1 }
        let firsts = Set(names.compactMap(\.first))
        var pieces: [String] = []
        var start = 0
        for (position, scalar) in scalars.enumerated() where firsts.contains(scalar) {
            guard names.contains(where: { scalars[position...].starts(with: $0) }) else { continue }
            pieces.append(String(String.UnicodeScalarView(scalars[start...position])))
            start = position + 1
        }
        if start < scalars.count { pieces.append(String(String.UnicodeScalarView(scalars[start...]))) }
        return pieces
    }

    /// A token that is plain letters, to give the server something harmless to choose.
    var decoy: Int? {
        record.entries.firstIndex { entry in
            if case .bytes(let bytes) = entry {
                !bytes.isEmpty && bytes.allSatisfy { (0x61...0x7A).contains($0) }
            } else {
                false
            }
        }
    }
}
