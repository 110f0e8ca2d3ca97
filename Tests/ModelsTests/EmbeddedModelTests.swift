import Agent
import Foundation
import JSON
import Synchronization
import Testing
@testable import Tools

@testable import Models

/// The embedded model itself: whatever it samples, the mask keeps its calls well formed.
@Suite struct EmbeddedModelTests {
    static let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../Sources/callgate/Resources/support-desk.gguf").standardizedFileURL.path

    private func request(_ prompt: String, temperature: Double, seed: UInt64) throws -> ModelRequest {
        ModelRequest(
            round: 1, messages: [.system("You are the support desk assistant."), .user(prompt)],
            catalogue: SupportDeskCatalogue.definitions,
            sampling: SamplingSettings(temperature: temperature, seed: seed), maximumTokens: 300)
    }

    private func decode(_ model: EmbeddedModel, _ request: ModelRequest) async throws -> (
        ModelResponse, [TokenStep]
    ) {
        let steps = Mutex<[TokenStep]>([])
        let response = try await model.respond(to: request) { event in
            if case .token(let step) = event { steps.withLock { $0.append(step) } }
        }
        return (response, steps.withLock { $0 })
    }

    @Test func whateverIsSampledEveryCallMatchesItsSchema() async throws {
        let model = try EmbeddedModel(path: EmbeddedModelTests.path)
        let checker = try CallChecker(catalogue: SupportDeskCatalogue.definitions)
        let base = UInt64.random(in: 0..<1_000_000)
        print("seeds from \(base)")
        var calls = 0
        for seed in base..<base + 40 {
            // Far above 1, the model's own wishes hardly count and the mask does the work.
            let (response, steps) = try await decode(
                model, try request("look up T-1042", temperature: 3, seed: seed))
            for step in steps { #expect(step.allows(step.token), "seed \(seed)") }
            for call in response.calls {
                calls += 1
                let problems = checker.problems(name: call.name, arguments: call.arguments)
                #expect(problems.isEmpty, "seed \(seed): \(call) \(problems)")
            }
        }
        print("\(calls) calls")
    }

    /// A response that is gone on with is the response, bit for bit, wherever it is cut; sampled ones draw on.
    @Test(arguments: [0.0, 1.5])
    func aResponseGoesOnWhereverItIsCut(temperature: Double) async throws {
        let model = try EmbeddedModel(path: EmbeddedModelTests.path)
        let seed = UInt64.random(in: 0..<1_000_000)
        print("seed \(seed)")
        var request = try request("look up T-1042", temperature: temperature, seed: seed)
        let (whole, steps) = try await decode(model, request)
        for cut in Set([1, 2, steps.count / 2, steps.count - 1, steps.count]) {
            request.continuing = steps.prefix(cut).map(\.token)
            let (response, rest) = try await decode(model, request)
            #expect(response == whole, "cut at \(cut)")
            #expect(rest.map(\.token) == steps.dropFirst(cut).map(\.token))
            #expect(rest.map(\.distribution) == steps.dropFirst(cut).map(\.distribution))
            #expect(rest.map(\.position) == steps.dropFirst(cut).map(\.position))
        }
    }

    /// What the mask would not have let through is no beginning of a response.
    @Test func aBeginningThatTheMaskForbidsIsRefused() async throws {
        let model = try EmbeddedModel(path: EmbeddedModelTests.path)
        var request = try request("look up T-1042", temperature: 0, seed: 0)
        let (_, steps) = try await decode(model, request)
        let step = try #require(steps.first { $0.isForced })
        let other = try #require((0..<600).first { !step.allows($0) })
        request.continuing = steps.prefix(step.position).map(\.token) + [other]
        let forbidden = request
        await #expect(throws: (any Error).self) { _ = try await decode(model, forbidden) }
    }

    @Test func theSameSeedGivesTheSameTokens() async throws {
        let model = try EmbeddedModel(path: EmbeddedModelTests.path)
        let request = try request("list Maya's high-priority tickets", temperature: 1, seed: 7)
        let (first, steps) = try await decode(model, request)
        let (second, again) = try await decode(model, request)
        #expect(first == second)
        #expect(steps.map(\.token) == again.map(\.token))
    }

    @Test func figuresAreThoseOfTheLogits() async throws {
        let model = try EmbeddedModel(path: EmbeddedModelTests.path)
        let (_, steps) = try await decode(model, try request("hello", temperature: 0, seed: 0))
        let step = try #require(steps.first)
        guard case .full(let logits) = step.distribution, let figures = step.figures else {
            Issue.record("the embedded model gives the whole distribution")
            return
        }
        let highest = Double(logits.max() ?? 0)
        let weights = logits.map { exp(Double($0) - highest) }
        let total = weights.reduce(0, +)
        let rejected = weights.indices.filter { !step.allows($0) }.map { weights[$0] }.reduce(0, +)
        #expect(abs(figures.probabilityBefore - weights[step.token] / total) < 1e-6)
        #expect(abs(figures.rejectedMass - rejected / total) < 1e-6)
    }

    @Test func aFileThatIsNoModelIsRefusedInOneLine() {
        let error = #expect(throws: ModelError.self) { try EmbeddedModel(path: #filePath) }
        #expect(error?.description.contains("EmbeddedModelTests.swift") == true)
    }
}
