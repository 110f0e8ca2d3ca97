import Foundation
import JSON
import MaskTrials
import Testing

@testable import Masking

/// Grammars under trial: what they accept, and their masks beside a walk of every token.
enum GrammarTrial {
    static func start(
        _ text: String, _ notation: GrammarNotation, _ vocabulary: Vocabulary? = nil
    ) throws -> Matcher {
        let options = GrammarOptions(whiteSpace: .any())
        let grammar = try TextGrammar(text, notation: notation, options: options)
        let engine = MaskEngine(vocabulary: try vocabulary ?? SmallWorld.vocabulary())
        return try engine.matcher(for: Grammar(text: grammar))
    }

    /// Whether a text follows a grammar to its end.
    static func accepts(_ start: Matcher, _ text: String) -> Bool {
        var here = start
        return (try? here.advance(bytes: text.utf8)) != nil && here.canEnd
    }

    /// Whether some text that begins so follows a grammar.
    static func begins(_ start: Matcher, _ text: String) -> Bool {
        var here = start
        return (try? here.advance(bytes: text.utf8)) != nil
    }

    /// Follows the mask at random and holds it against every token at every step.
    /// - Returns: the steps taken, and the text where it came to an end.
    static func walk(
        _ start: Matcher, steps: Int, _ random: inout SeededGenerator, _ note: String
    ) throws -> (steps: Int, text: [UInt8]?) {
        var here = start
        var text: [UInt8] = []
        for step in 0..<steps {
            let mask = here.allowed()
            for token in 0..<here.vocabulary.count {
                let follows = here.following(token) != nil
                if mask.contains(token) != follows {
                    Issue.record(
                        "\(note): token \(token) \(here.vocabulary[token]) after \(String(decoding: text, as: UTF8.self)): mask \(mask.contains(token)), walk \(follows)"
                    )
                    return (step, nil)
                }
                let reasons = here.explain(token).reasons
                if follows != reasons.isEmpty {
                    Issue.record(
                        "\(note): token \(token) has \(reasons.count) reasons, and follows: \(follows)")
                    return (step, nil)
                }
            }
            #expect((here.deadEnd != nil) == (mask.isEmpty && !here.canEnd), "\(note)")
            if here.canEnd, step > steps / 2 || Int.random(in: 0..<4, using: &random) == 0 {
                return (step, text)
            }
            let ends = here.vocabulary.endOfTurn
            guard let token = mask.filter({ !ends.contains($0) }).randomElement(using: &random) else {
                return (step, nil)
            }
            try here.advance(token)
            text += here.vocabulary.bytes(of: token)
        }
        return (steps, here.canEnd ? text : nil)
    }
}

/// Files of llama.cpp's source, where `Scripts/peers` has unpacked it.
enum LlamaSource {
    static let folder: URL? = {
        let environment = ProcessInfo.processInfo.environment
        let cache =
            environment["CALLGATE_PEERS"].map { URL(filePath: $0) }
            ?? URL.homeDirectory.appending(path: ".cache/callgate-peers")
        let found = try? FileManager.default.contentsOfDirectory(at: cache, includingPropertiesForKeys: nil)
        return found?.filter {
            $0.lastPathComponent.hasPrefix("llama_cpp_python-") && $0.pathExtension != "gz"
        }
        .map { $0.appending(path: "vendor/llama.cpp") }
        .first { FileManager.default.fileExists(atPath: $0.appending(path: "grammars").path) }
    }()

    static func text(_ path: String) throws -> String {
        let folder = try #require(folder)
        return try String(contentsOf: folder.appending(path: path), encoding: .utf8)
    }
}
