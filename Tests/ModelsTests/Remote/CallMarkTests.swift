import Agent
import Formats
import Foundation
import JSON
import LocalServer
import Masking
import Synchronization
import Testing
import Transformer

@testable import Models

/// What a stream's steps tell of its calls, and the vocabulary that a workflow names for a server.
@Suite struct CallMarkTests {
    @Test(arguments: [
        CallMark.begins(tool: "get_ticket"), .begins(tool: "a > b: c"), .goesOn(number: 3, tool: "x: y>"),
        .words, .thinking,
    ])
    func aMarkIsReadBackFromItsName(mark: CallMark) { #expect(CallMark(name: mark.name) == mark) }

    @Test(arguments: [
        "<|im_end|>", "<tool_call>", "<think>", "<back to call 0: a>", "<back to call x: a>", "",
    ])
    func otherControlTokensAreNoMarks(name: String) { #expect(CallMark(name: name) == nil) }

    private func steps(_ pieces: [ResponsePiece]) -> [TokenStep] {
        var counter = StepCounter(round: 1)
        let steps = pieces.flatMap { counter.steps(for: $0) }
        #expect(steps.map(\.position) == Array(steps.indices))
        return steps
    }

    /// Arguments by call, as whoever reads the journal puts them together.
    private func arguments(_ steps: [TokenStep]) -> [String] {
        var calls: [[UInt8]] = []
        var current: Int?
        for step in steps {
            switch step.special.flatMap(CallMark.init) {
            case .begins:
                calls.append([])
                current = calls.count - 1
            case .goesOn(let number, _): current = number - 1
            case .words, .thinking: current = nil
            case nil: if let current { calls[current] += step.bytes }
            }
        }
        return calls.map { String(decoding: $0, as: UTF8.self) }
    }

    @Test(arguments: RecordedStream.all) func theStepsTellEveryCallsArguments(stream: RecordedStream) throws {
        for size in [stream.bytes.count, 1, 7] {
            var reader = stream.reader()
            var pieces: [ResponsePiece] = []
            for start in stride(from: 0, to: stream.bytes.count, by: size) {
                let bytes = stream.bytes[start..<min(start + size, stream.bytes.count)]
                pieces += try reader.take(bytes).flatMap(\.pieces)
            }
            let written = arguments(steps(pieces)).map { $0.isEmpty ? "{}" : $0 }
            #expect(written == stream.response.calls.map(\.arguments.text), "\(stream), cut into \(size)")
        }
    }

    @Test func callsThatTakeTurnsAreMarked() throws {
        var reader = RecordedStream.openAICalls.reader()
        let steps = steps(try reader.take(RecordedStream.openAICalls.bytes).flatMap(\.pieces))
        #expect(
            steps.compactMap(\.special) == [
                "<call get_ticket>", "<call get_comments>", "<back to call 1: get_ticket>",
                "<back to call 2: get_comments>",
            ])
    }

    @Test func wordsAfterACallOrAThoughtAreSetOff() {
        let steps = steps([
            .thinking("t"), .text("a"), .call(number: 1, id: "", name: "x"), .arguments(number: 1, "{}"),
            .text("b"), .text("c"),
        ])
        #expect(
            steps.map(\.special) == [
                "<thinking>", nil, "<words>", nil, "<call x>", nil, "<words>", nil, nil,
            ])
    }

    @Test func theVocabularyThatAWorkflowNamesIsInTheHeader() async throws {
        let tokens = ["{", "}", "\"", "id", "é"].enumerated().map { index, text in
            "\(Data(text.utf8).base64EncodedString()) \(index + (index > 1 ? 1 : 0))"
        }
        let url = FileManager.default.temporaryDirectory.appendingPathComponent(
            "\(UUID().uuidString).tiktoken")
        defer { try? FileManager.default.removeItem(at: url) }
        try Data(tokens.joined(separator: "\n").utf8).write(to: url)
        let record = try VocabularyRecord(file: url.path)
        #expect(record.endTokens == [2] && record.entries.count == 6)
        #expect(record.entries[5] == .bytes(Array("é".utf8)) && record.entries[0] == .bytes([0x7B]))
        let settings = RemoteSettings(url: "http://127.0.0.1:1", model: "m", vocabulary: record)
        for model in [
            try RemoteModel(.chatCompletions, settings, connection: ModelConnection()),
            try RemoteModel(.ollama, settings, connection: ModelConnection()),
        ] {
            #expect(model.info.vocabulary == record && model.info.turnStyle == nil)
        }
        let weights = try VocabularyRecord(file: EmbeddedModelTests.path)
        #expect(await EmbeddedModelTests.vocabulary() == weights)
        let fault = #expect(throws: Agent.ModelError.self) {
            try VocabularyRecord(file: "/nowhere/v.tiktoken")
        }
        #expect(fault?.description == "/nowhere/v.tiktoken, named as vocabulary, cannot be read")
    }
}

extension EmbeddedModelTests {
    fileprivate static func vocabulary() async -> VocabularyRecord? {
        try? await EmbeddedModel(path: path).info.vocabulary
    }
}

/// How many candidates a draw needs.
@Suite struct CandidateCoverageTests {
    @Test func theBoundHoldsWhateverIsLeftOut() {
        let base = UInt64.random(in: 0 ... .max)
        print("seeds from \(base)")
        var negligible = 0
        for seed in base..<(base &+ 400) {
            var random = RandomSource(seed: seed)
            let size = 40 + Int(random.next() % 60)
            let spread = 0.5 + Double(random.next() % 100) / 8
            let logits = (0..<size).map { _ in Double(random.next() % 10_000) / 10_000 * spread }
            let total = log(logits.reduce(0) { $0 + exp($1) })
            let order = (0..<size).sorted { (-logits[$0], $0) < (-logits[$1], $1) }
            let all = order.map {
                LlamaServer.Candidate(token: $0, bytes: [65], logProbability: logits[$0] - total)
            }
            let allowed = TokenSet((0..<size).filter { _ in random.next() % 3 == 0 }, capacity: size)
            let temperature = [0.2, 0.7, 1, 1.5, 3][Int(random.next() % 5)]
            let count = 1 + Int(random.next() % UInt64(size))
            let coverage = CandidateCoverage(
                Array(all.prefix(count)), allowed: allowed, temperature: temperature)
            func weight(_ candidates: some Sequence<LlamaServer.Candidate>) -> Double {
                candidates.filter { allowed.contains($0.token) }
                    .reduce(0) { $0 + exp($1.logProbability / temperature) }
            }
            let (kept, left) = (weight(all.prefix(count)), weight(all.dropFirst(count)))
            let share = kept + left > 0 ? left / (kept + left) : 0
            #expect(coverage.leftOut >= share - 1e-9, "seed \(seed)")
            #expect((0...1).contains(coverage.leftOut), "seed \(seed)")
            if count == size || left == 0 && allowed.allSatisfy({ id in order.prefix(count).contains(id) }) {
                #expect(coverage.leftOut == 0, "seed \(seed)")
            }
            if coverage.leftOut <= CandidateCoverage.negligible { negligible += 1 }
        }
        #expect(negligible > 0)
    }
}
