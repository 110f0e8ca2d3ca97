import Foundation
import JSON
import MaskTrials
import Testing

@testable import Masking

/// Whatever is written by following the mask is valid, by readers that know nothing of the mask.
@Suite("Mask: random walks end in valid instances")
struct WalkTests {
    /// Schemas with keywords that only the closed value decides.
    static func lateSchema(_ random: inout SeededGenerator) -> JSONValue {
        func inner() -> JSONValue { SmallWorldTests.schema(1, &random) }
        let properties: JSONValue = .object(
            JSONObject([.init(key: "a", value: inner()), .init(key: "b", value: inner())]))
        switch Int.random(in: 0..<5, using: &random) {
        case 0:
            return [
                "type": "object", "anyOf": [["properties": properties, "required": ["a"]], inner()],
                "unevaluatedProperties": false,
            ]
        case 1:
            return [
                "type": "object", "if": ["properties": ["a": inner()], "required": ["a"]],
                "then": ["properties": properties], "unevaluatedProperties": inner(),
            ]
        case 2:
            return [
                "type": "array", "anyOf": [["prefixItems": [inner(), inner()]], ["contains": inner()]],
                "unevaluatedItems": inner(),
            ]
        case 3:
            return [
                "type": "object", "allOf": [["properties": properties], inner()],
                "unevaluatedProperties": ["type": "string", "pattern": "^(a|b)\\\\b(?<!b)"],
            ]
        default:
            return ["not": ["type": "object", "properties": properties, "unevaluatedProperties": false]]
        }
    }

    /// A text that follows the mask, if the walk comes to an end.
    static func walk(
        _ start: Matcher, _ vocabulary: Vocabulary, _ random: inout SeededGenerator
    ) throws -> [UInt8]? {
        var here = start
        var text: [UInt8] = []
        for step in 0..<80 {
            let mask = here.allowed()
            if here.canEnd, step > 25 || Int.random(in: 0..<3, using: &random) == 0 { break }
            let choices = mask.filter { $0 != SmallWorld.end }
            // Ends of values first, every now and then, so that walks come to an end.
            let ends = choices.filter {
                ["}", "]", "\""].contains(String(decoding: vocabulary.bytes(of: $0), as: UTF8.self))
            }
            let pool = step > 12 && !ends.isEmpty && Bool.random(using: &random) ? ends : choices
            guard let token = pool.randomElement(using: &random) else { break }
            try here.advance(token)
            text += vocabulary.bytes(of: token)
        }
        return here.canEnd ? text : nil
    }

    @Test("python jsonschema accepts every walk")
    func python() throws {
        let script = """
            import json, sys
            try:
                import jsonschema
            except ImportError:
                print("absent"); sys.exit()
            class TooLong(Exception):
                pass
            def number(text):
                # Python reads these as binary floats, which are other numbers.
                small = float(text) == 0 and any(digit in "123456789" for digit in text.lower().split("e")[0])
                if len(text) > 15 or abs(float(text)) > 1e15 or small:
                    raise TooLong
                return float(text)
            skipped = 0
            for line in sys.stdin:
                try:
                    case = json.loads(line, parse_float=number)
                except TooLong:
                    skipped += 1
                    continue
                if not jsonschema.Draft202012Validator(case["schema"]).is_valid(case["instance"]):
                    print(line.strip())
            print("python left out", skipped, "walks with numbers that it would round", file=sys.stderr)
            print("done")
            """
        let vocabulary = try SmallWorld.vocabulary()
        let engine = MaskEngine(vocabulary: vocabulary)
        var lines: [String] = []
        var walks = 0
        for seed in UInt64(1)...40 {
            var random = SeededGenerator(seed: seed &+ 5_000)
            for turn in 0..<30 {
                let schema = turn % 2 == 0 ? SmallWorldTests.schema(2, &random) : Self.lateSchema(&random)
                let options = GrammarOptions(whiteSpace: .compact)
                guard let start = try? engine.matcher(for: Grammar(schema: schema, options: options)) else {
                    continue
                }
                for _ in 0..<4 {
                    walks += 1
                    guard let text = try Self.walk(start, vocabulary, &random) else { continue }
                    lines.append(
                        "{\"seed\":\(seed),\"schema\":\(schema.text()),\"instance\":"
                            + String(decoding: text, as: UTF8.self) + "}")
                }
            }
        }
        #expect(lines.count * 2 > walks, "\(lines.count) of \(walks) walks came to an end")
        let input = FileManager.default.temporaryDirectory
            .appendingPathComponent("walks-\(ProcessInfo.processInfo.processIdentifier).jsonl")
        try (lines.joined(separator: "\n") + "\n").write(to: input, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: input) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c", script]
        process.standardInput = try FileHandle(forReadingFrom: input)
        let output = Pipe()
        process.standardOutput = output
        do {
            try process.run()
        } catch {
            print("skipped: no python3 (\(error))")
            return
        }
        let answer = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        if answer.hasPrefix("absent") || process.terminationStatus == 127 {
            print("skipped: python3 has no jsonschema")
            return
        }
        print("python jsonschema read \(lines.count) walks of \(walks)")
        #expect(answer == "done\n", "refused: \(answer)")
    }

    @Test("the engine's own verdict on closed values agrees with the mask", arguments: 1...10)
    func closedValues(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed &+ 9_000)
        let engine = MaskEngine(vocabulary: try SmallWorld.vocabulary())
        for turn in 0..<60 {
            let schema = turn % 2 == 0 ? SmallWorldTests.schema(2, &random) : Self.lateSchema(&random)
            let options = GrammarOptions(whiteSpace: .compact)
            guard let start = try? engine.matcher(for: Grammar(schema: schema, options: options)) else {
                continue
            }
            for value in SmallWorldTests.values {
                var here = start
                let isWritten = (try? here.advance(bytes: value.text().utf8)) != nil && here.canEnd
                #expect(
                    isWritten == (start.automaton?.closed.evaluate(0, value) != nil),
                    "seed \(seed), schema \(turn): \(schema.text()) on \(value.text())")
            }
        }
    }
}
