import Foundation
import JSON
import MaskTrials
import Testing

@testable import Masking

/// What the mask is a short cut for: every token's bytes, one after another, through the automaton.
///
/// Inside strings and keys the places between two quotes are not numbered, which is all that sets this walk apart from
/// ``Automaton/follow(_:_:_:)``; a sample of tokens goes through that as well.
struct FullWalk {
    let automaton: Automaton
    private let trie: VocabularyTrie
    private(set) var allowed: TokenSet

    /// The tokens that a matcher can advance by.
    init(_ matcher: Matcher) {
        guard case .schema(let schema) = matcher.cursor else { fatalError("the walk is of schemas only") }
        automaton = schema.automaton
        trie = matcher.vocabulary.trie
        allowed = TokenSet(capacity: matcher.vocabulary.count)
        if !matcher.isFinished { walk(0..<trie.count, schema.configuration, schema.trail) }
        for token in matcher.vocabulary.endOfTurn where matcher.canEnd { allowed.insert(token) }
        if let (token, target) = automaton.transitions.tagTransition(schema.configuration), target >= 0 {
            allowed.insert(token)
        }
    }

    private mutating func mark(_ node: Int) {
        guard let token = trie.token(at: node) else { return }
        allowed.insert(token)
        trie.twins[token]?.forEach { allowed.insert($0) }
    }

    private mutating func walk(_ siblings: Range<Int>, _ configuration: Int32, _ trail: Trail) {
        let here = automaton.configuration(configuration)
        switch here.place {
        case .string:
            var behind = trail
            return walkString(siblings, here, &behind)
        case .key:
            var behind = trail
            return walkKey(siblings, here, KeyCursor(here), automaton.keyText(here.c), &behind)
        default: break
        }
        var node = siblings.lowerBound
        while node < siblings.upperBound {
            let end = Int(trie.nodes[node] & 0xFFFF_FFFF)
            defer { node = end }
            var behind = trail
            let next = automaton.follow(configuration, UInt8(trie.nodes[node] >> 56), &behind)
            guard next >= 0 else { continue }
            mark(node)
            if node + 1 < end { walk(node + 1..<end, next, behind) }
        }
    }

    private mutating func walkString(_ siblings: Range<Int>, _ here: Configuration, _ trail: inout Trail) {
        let spec = automaton.strings.specs[Int(here.a)]
        var node = siblings.lowerBound
        while node < siblings.upperBound {
            let end = Int(trie.nodes[node] & 0xFFFF_FFFF)
            defer { node = end }
            let byte = UInt8(trie.nodes[node] >> 56)
            let next = spec.machine.step(here.b, byte)
            if next == StringMachine.close {
                var behind = trail
                let target = automaton.follow(automaton.intern(here), byte, &behind)
                guard target >= 0 else { continue }
                mark(node)
                if node + 1 < end { walk(node + 1..<end, target, behind) }
                continue
            }
            guard next >= 0 else { continue }
            var inner = here
            inner.b = next
            inner.c = spec.counts ? spec.count(here.c, isBoundary: spec.machine.isBoundary(here.b)) : 0
            guard spec.lives(next, inner.c, automaton.formulas) else { continue }
            mark(node)
            guard node + 1 < end else { continue }
            if automaton.readsText { trail.bytes.append(byte) }
            walkString(node + 1..<end, inner, &trail)
            if automaton.readsText { trail.bytes.removeLast() }
        }
    }

    private mutating func walkKey(
        _ siblings: Range<Int>, _ here: Configuration, _ cursor: KeyCursor, _ text: [UInt8],
        _ trail: inout Trail
    ) {
        let context = automaton.transitions.keys.context(of: here)
        var node = siblings.lowerBound
        while node < siblings.upperBound {
            let end = Int(trie.nodes[node] & 0xFFFF_FFFF)
            defer { node = end }
            let byte = UInt8(trie.nodes[node] >> 56)
            switch cursor.step(byte, context) {
            case .dead: continue
            case .close:
                var place = here
                place.c = automaton.intern(keyText: text)
                place.a = cursor.machine
                place.b = cursor.node
                place.extra = Int32(bitPattern: cursor.mode)
                var behind = trail
                let target = automaton.follow(automaton.intern(place), byte, &behind)
                guard target >= 0 else { continue }
                mark(node)
                if node + 1 < end { walk(node + 1..<end, target, behind) }
            case .next(let next, let gained):
                mark(node)
                guard node + 1 < end else { continue }
                var longer = text
                switch gained {
                case .nothing: break
                case .byte(let byte): longer.append(byte)
                case .scalar(let scalar): longer.append(contentsOf: ByteExpressions.utf8(scalar))
                }
                if automaton.readsText { trail.bytes.append(byte) }
                walkKey(node + 1..<end, here, next, longer, &trail)
                if automaton.readsText { trail.bytes.removeLast() }
            }
        }
    }
}

/// Tokens that complete something and then go on, and everything else that the fast paths may lose.
@Suite("Mask: the mask is what the automaton allows", .serialized)
struct FullWalkTests {
    /// What became of some walks.
    struct Tally {
        var walks = 0
        var steps = 0
        var differences: [String] = []
    }

    /// Walks through a schema, comparing at every step.
    static func compare(
        _ schema: JSONValue, _ name: String, _ engine: MaskEngine, _ along: [Int]?, steps: Int,
        _ random: inout SeededGenerator, _ tally: inout Tally
    ) {
        guard var here = try? engine.matcher(for: Grammar(schema: schema)) else { return }
        let vocabulary = engine.vocabulary
        tally.walks += 1
        for step in 0..<steps {
            let mask = here.allowed()
            let full = FullWalk(here).allowed
            tally.steps += 1
            for _ in 0..<100 {
                let token = Int.random(in: 0..<vocabulary.count, using: &random)
                if (here.following(token) != nil) != full.contains(token) {
                    tally.differences.append("\(name), step \(step): token \(token) through the automaton")
                }
            }
            if mask != full, tally.differences.count < 40 {
                func show(_ set: TokenSet) -> String {
                    set.prefix(5).map {
                        String(decoding: vocabulary.bytes(of: $0), as: UTF8.self).debugDescription
                    }
                    .joined(separator: " ")
                }
                tally.differences.append(
                    "\(name), step \(step): lost \(show(full.subtracting(mask))), "
                        + "gained \(show(mask.subtracting(full))): \(schema.text().prefix(600))")
                return
            }
            var token = along.flatMap { $0.indices.contains(step) ? $0[step] : nil }
            if along == nil {
                let choices = Array(full.filter { !vocabulary.endOfTurn.contains($0) })
                // Short tokens, and those that close and go on, lead through more of a schema than text does.
                let tried = (0..<24).compactMap { _ in choices.randomElement(using: &random) }
                token =
                    step % 3 == 2
                    ? tried.first
                    : tried.min { rank(vocabulary.bytes(of: $0)) < rank(vocabulary.bytes(of: $1)) }
            }
            guard let token, (try? here.advance(token)) != nil else { return }
        }
    }

    private static func rank(_ bytes: ArraySlice<UInt8>) -> Int {
        bytes.contains { "\"}],:".utf8.contains($0) } ? bytes.count : bytes.count + 6
    }

    /// How many walks: `CALLGATE_MASK_WALKS` asks for more.
    static let walks = ProcessInfo.processInfo.environment["CALLGATE_MASK_WALKS"].flatMap { Int($0) } ?? 1_000

    static let seed = ProcessInfo.processInfo.environment["CALLGATE_MASK_SEED"].flatMap { UInt64($0) } ?? 1

    static func shared(_ path: String) -> URL? {
        var folder = URL(fileURLWithPath: #filePath)
        for _ in 0..<4 { folder.deleteLastPathComponent() }
        let found = folder.appendingPathComponent("shared/\(path)")
        return FileManager.default.fileExists(atPath: found.path) ? found : nil
    }

    @Test("random walks over random schemas: mask and full walk are equal at every step")
    func randomSchemas() throws {
        let vocabulary = try Self.vocabulary()
        let seed = Self.seed
        var maker = SchemaMaker(seed: seed)
        var tally = Tally()
        var engine = MaskEngine(vocabulary: vocabulary)
        for turn in 0..<Self.walks / 2 {
            if turn % 50 == 49 { engine = MaskEngine(vocabulary: vocabulary) }
            let schema = maker.schema()
            Self.compare(
                schema, "seed \(seed), schema \(turn)", engine, nil, steps: 6, &maker.random, &tally)
        }
        print(
            "\(tally.walks) walks, \(tally.steps) masks of \(vocabulary.count) tokens, \(tally.differences.count) differ"
        )
        #expect(tally.differences.isEmpty, "\(tally.differences.joined(separator: "\n"))")
        #expect(tally.walks * 3 > Self.walks)
    }

    @Test("walks over MaskBench: mask and full walk are equal at every step")
    func maskBench() throws {
        guard let folder = Self.shared("maskbench") else {
            print("skipped: no ../shared/maskbench beside the repository")
            return
        }
        let vocabulary = try Self.vocabulary()
        let seed = Self.seed
        var random = SeededGenerator(seed: seed)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { $0.hasSuffix(".json") }.sorted()
        var tally = Tally()
        var engine = MaskEngine(vocabulary: vocabulary)
        for turn in 0..<Self.walks / 2 {
            if turn % 50 == 49 { engine = MaskEngine(vocabulary: vocabulary) }
            // Every file in turn; in the tests, two of five.
            let name = names[
                turn * (Self.walks < 2 * names.count ? max(1, 2 * names.count / Self.walks) : 1) % names.count
            ]
            let bytes = Array(try Data(contentsOf: folder.appendingPathComponent(name)))
            guard let document = try? JSONParser.parse(bytes), let schema = document["schema"] else {
                continue
            }
            let tests = document["tests"]?.arrayValue ?? []
            let instance = turn % 2 == 0 ? tests.randomElement(using: &random)?["data"] : nil
            let along = instance.flatMap { vocabulary.tokenize($0.text(.spaced).utf8) }
            Self.compare(
                schema, "\(name), turn \(turn)", engine, along, steps: along == nil ? 6 : 12, &random, &tally)
        }
        print(
            "\(tally.walks) walks, \(tally.steps) masks of \(vocabulary.count) tokens, \(tally.differences.count) differ"
        )
        #expect(tally.differences.isEmpty, "\(tally.differences.joined(separator: "\n"))")
    }

    /// The 131k vocabulary where it is at hand, else the small world's.
    static func vocabulary() throws -> Vocabulary {
        guard let file = shared("vocab/tekken-131k.tiktoken") else {
            print("no ../shared/vocab beside the repository: a small vocabulary instead")
            return try SmallWorld.vocabulary()
        }
        return try Vocabulary.tiktoken(contentsOf: file)
    }

    @Test(
        "a token that completes a pattern without anchors and then closes the string is allowed",
        arguments: [
            "@", "/$", "base64,", "base64,$", "^base64,", "[0-9]{3}", "x|y", "\\.$", "a.c", "[a-z0-9_-]{162}",
        ])
    func patternsThatTokensComplete(pattern: String) throws {
        let vocabulary = try Self.vocabulary()
        let schema: JSONValue = [
            "type": "object", "properties": ["image": ["type": "string", "pattern": .string(pattern)]],
            "required": ["image"],
        ]
        var compared = 0
        for text in ["", "base64", "a", "12", "ab", "base64,"] {
            var here = try MaskEngine(vocabulary: vocabulary).matcher(for: Grammar(schema: schema))
            guard (try? here.advance(bytes: "{\"image\": \"\(text)".utf8)) != nil else { continue }
            let mask = here.allowed()
            let full = FullWalk(here).allowed
            #expect(mask == full, "\(pattern) behind \(text): \(full.subtracting(mask).count) lost")
            compared += 1
        }
        #expect(compared > 0)
    }

    @Test(
        "an escape may spell any character of a text whose length is bounded",
        arguments: [
            (#"{"type":"string","format":"date","maxLength":10}"#, #""2\u003025-01-31""#, true),
            (#"{"type":"string","format":"date","maxLength":10}"#, #""\u0032025-01-31""#, true),
            (#"{"type":"string","pattern":"^[a-z]{2,3}$","maxLength":2}"#, #""ab\u0063""#, false),
            (#"{"type":"string","pattern":"^[a-z]{3}$","maxLength":3}"#, #""ab\u0063""#, true),
            (#"{"type":"string","pattern":"^ab?\n*c$","maxLength":2}"#, #""a\n""#, false),
            (#"{"type":"string","pattern":"^ab?\n*c$","maxLength":3}"#, #""a\nc""#, true),
        ])
    func escapesUnderBounds(schema: String, text: String, isTaken: Bool) throws {
        var here = try MaskEngine(vocabulary: try Self.vocabulary())
            .matcher(for: Grammar(schema: JSONParser.parse(schema)))
        var taken = true
        for byte in text.utf8 where taken {
            #expect(here.allowed() == FullWalk(here).allowed)
            taken = (try? here.advance(bytes: [byte])) != nil
        }
        #expect(taken == isTaken)
    }

    @Test(
        "what must not match is masked as the automaton has it",
        arguments: [
            #"{"type":"string","not":{"pattern":"x"}}"#,
            #"{"type":"string","not":{"pattern":"(a+)*$"}}"#,
            #"{"type":"string","oneOf":[{"pattern":"((a|a)+)*$"},{"pattern":"é"}]}"#,
            #"{"type":"string","oneOf":[{"pattern":"((a|a)+)*$"},{"enum":["a","b"]}]}"#,
            #"{"type":"string","maxLength":4,"not":{"pattern":"x"}}"#,
            #"{"type":"string","maxLength":9,"minLength":5,"not":{"pattern":"^abc$"}}"#,
            #"{"type":"string","maxLength":7,"anyOf":[{"pattern":"^ab"},{"pattern":"c$"}]}"#,
            #"{"type":"string","maxLength":6,"not":{"pattern":"^(a*)\\1b$"}}"#,
            #"{"type":"string","anyOf":[{"maxLength":4},{"pattern":"^ab"}],"maxLength":30}"#,
        ])
    func refusedPatterns(schema: String) throws {
        guard
            var here = try? MaskEngine(vocabulary: try Self.vocabulary())
                .matcher(for: Grammar(schema: JSONParser.parse(schema)))
        else { return }
        for byte in "\"abc".utf8 {
            #expect(here.allowed() == FullWalk(here).allowed)
            guard (try? here.advance(bytes: [byte])) != nil else { return }
        }
    }

    @Test(
        "text that a pattern takes by the group is taken as the automaton has it",
        arguments: [
            "^[^/]+$", "^\\S+$", "^.*\\.txt$", "^[^\\x00-\\x7F]+$", "^[\\u00e0-\\u07ff]*$",
            "^[\\u4e00-\\u9fff ]{2,5}$",
            "^\\w+( \\w+)*$", "^(\\S+\\s+){0,49}\\S+$", "^[\\u0000-\\uffff]{1,3}$", "^([^é]|é{2})*$",
        ])
    func groupsOfText(pattern: String) throws {
        let vocabulary = try Self.vocabulary()
        let schema: JSONValue = ["type": "string", "pattern": .string(pattern)]
        var here = try MaskEngine(vocabulary: vocabulary).matcher(for: Grammar(schema: schema))
        for text in ["\"", "é", "中", "ab", " "] {
            guard (try? here.advance(bytes: text.utf8)) != nil else { continue }
            let mask = here.allowed()
            let full = FullWalk(here).allowed
            #expect(mask == full, "after \(text): \(full.subtracting(mask).count) lost")
        }
    }
}
