import Foundation
import Testing

@testable import Transformer

@Suite("A sampler")
struct SamplerTests {
    private func mask(_ tokens: [Int], of count: Int) -> AllowedTokens {
        var words = [UInt64](repeating: 0, count: (count + 63) / 64)
        for token in tokens { words[token / 64] |= 1 << UInt64(token % 64) }
        return AllowedTokens(words: words, count: count)
    }

    @Test("that is greedy takes the likeliest allowed token, the lowest of equals")
    func greedy() throws {
        var sampler = Sampler(.greedy)
        let logits: [Float] = [1, 5, 3, 5, 3]
        #expect(try sampler.sample(logits: logits, allowed: .all(5)).token == 1)
        #expect(try sampler.sample(logits: logits, allowed: mask([2, 3, 4], of: 5)).token == 3)
        #expect(try sampler.sample(logits: logits, allowed: mask([4, 2], of: 5)).token == 2)
        #expect(sampler.random.drawn == 0)
    }

    @Test("knows probability, rejected mass and entropy before and after the mask")
    func figures() throws {
        var sampler = Sampler(.greedy)
        // Probabilities 1/2, 1/4, 1/8, 1/8.
        let logits = [8.0, 4, 2, 2].map { Float(log($0 as Double)) }
        let choice = try sampler.sample(logits: logits, allowed: mask([1, 2, 3], of: 4))
        #expect(choice.token == 1)
        #expect(abs(choice.probabilityBefore - 0.25) < 1e-7)
        #expect(abs(choice.probabilityAfter - 0.5) < 1e-7)
        #expect(abs(choice.rejectedMass - 0.5) < 1e-7)
        #expect(abs(choice.entropyBefore - 1.75) < 1e-7)
        #expect(abs(choice.entropyAfter - 1.5) < 1e-7)
        #expect(choice.distribution.allowedCount == 3)
        #expect(choice.probabilityDrawn == 1)

        let forced = try sampler.sample(logits: logits, allowed: mask([3], of: 4))
        #expect(forced.probabilityAfter == 1 && forced.entropyAfter == 0)
        let free = try sampler.sample(logits: logits, allowed: .all(4))
        #expect(free.rejectedMass == 0 && free.probabilityAfter == free.probabilityBefore)
    }

    @Test("keeps small and extreme numbers apart")
    func extremes() throws {
        var sampler = Sampler(.greedy)
        let choice = try sampler.sample(logits: [0, -60, -.infinity], allowed: mask([0, 2], of: 3))
        #expect(abs(choice.rejectedMass - exp(-60)) < 1e-30)
        let huge = try sampler.sample(logits: [3e4, 3e4, -3e38], allowed: mask([1, 2], of: 3))
        #expect(huge.token == 1 && huge.probabilityAfter == 1)
        #expect(abs(huge.probabilityBefore - 0.5) < 1e-9)
    }

    @Test("never takes what the mask forbids, the surplus of the logits, or -inf")
    func neverForbidden() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("SamplerTests.neverForbidden seed \(seed)")
        var random = RandomSource(seed: seed)
        for round in 0..<2000 {
            let count = Int.random(in: 1...200, using: &random)
            let surplus = Int.random(in: 0...70, using: &random)
            let logits = (0..<count + surplus).map { _ in
                Int.random(in: 0..<10, using: &random) == 0
                    ? -Float.infinity : Float.random(in: -30...30, using: &random)
            }
            // Words may be too few, or have bits beyond the vocabulary.
            let words = (0..<Int.random(in: 0...5, using: &random)).map { _ in random.next() & random.next() }
            let allowed = AllowedTokens(words: words, count: count)
            let settings = try SamplerSettings(
                temperature: [0, 1e-300, 0.5, 1, 50].randomElement(using: &random)!,
                topP: [1, 0.9, 0.3, 1e-9].randomElement(using: &random)!, seed: random.next())
            var sampler = Sampler(settings)
            let possible = (0..<count).contains {
                $0 / 64 < words.count && words[$0 / 64] >> UInt64($0 % 64) & 1 == 1 && logits[$0] > -.infinity
            }
            guard possible else {
                #expect(throws: SamplingError.nothingAllowed, "round \(round)") {
                    try sampler.sample(logits: logits, allowed: allowed)
                }
                continue
            }
            let choice = try sampler.sample(logits: logits, allowed: allowed)
            let token = choice.token
            #expect(token < count && words[token / 64] >> UInt64(token % 64) & 1 == 1, "round \(round)")
            #expect(logits[token] > -.infinity)
            #expect(choice.probabilityAfter >= choice.probabilityBefore)
            #expect(choice.probabilityDrawn > 0 && choice.probabilityDrawn <= 1)
            #expect((0...1.0000001).contains(choice.rejectedMass))
        }
    }

    @Test("draws in proportion to the masked softmax at its temperature", arguments: [0.5, 1, 2])
    func proportions(_ temperature: Double) throws {
        let logits: [Float] = [2, 1, 0, -1, 3, 0.5]
        let allowed = mask([0, 1, 2, 3, 5], of: 6)
        let weights = logits.enumerated().map { allowed.contains($0) ? exp(Double($1) / temperature) : 0 }
        let total = weights.reduce(0, +)
        var sampler = Sampler(try SamplerSettings(temperature: temperature, seed: 20_240_501))
        var counts = [Int](repeating: 0, count: 6)
        let draws = 50_000
        for _ in 0..<draws {
            let choice = try sampler.sample(logits: logits, allowed: allowed)
            counts[choice.token] += 1
            #expect(abs(choice.probabilityDrawn - weights[choice.token] / total) < 1e-12)
        }
        var chiSquare = 0.0
        for (count, weight) in zip(counts, weights) where weight > 0 {
            let expected = Double(draws) * weight / total
            chiSquare += (Double(count) - expected) * (Double(count) - expected) / expected
        }
        #expect(counts[4] == 0)
        // Four degrees of freedom: 18.47 is passed by chance once in a thousand seeds.
        #expect(chiSquare < 18.47)
    }

    @Test("draws with top-p from the fewest likeliest tokens that reach it")
    func nucleus() throws {
        // Probabilities 0.4, 0.3, 0.2, 0.1, in another order.
        let logits = [0.2, 0.4, 0.1, 0.3].map { Float(log($0 as Double)) }
        for (topP, expected) in [
            (0.39, [1]), (0.41, [1, 3]), (0.69, [1, 3]), (0.71, [0, 1, 3]), (1.0, [0, 1, 2, 3]),
        ] {
            var sampler = Sampler(try SamplerSettings(temperature: 1, topP: topP, seed: 1))
            var seen: Set<Int> = []
            for _ in 0..<2000 { seen.insert(try sampler.sample(logits: logits, allowed: .all(4)).token) }
            #expect(seen.sorted() == expected, "top-p \(topP)")
        }
    }

    @Test("gives the same tokens for a seed, also from the middle on")
    func reproducible() throws {
        let settings = try SamplerSettings(temperature: 1, topP: 0.95, seed: 42)
        let logits = (0..<100).map { Float(sin(Double($0))) * 3 }
        func run(_ sampler: Sampler, _ count: Int) throws -> [Int] {
            var sampler = sampler
            return try (0..<count).map { _ in try sampler.sample(logits: logits, allowed: .all(100)).token }
        }
        let whole = try run(Sampler(settings), 50)
        #expect(try run(Sampler(settings), 50) == whole)
        #expect(try run(Sampler(settings, drawn: 20), 30) == Array(whole[20...]))
        let other = try run(Sampler(SamplerSettings(temperature: 1, topP: 0.95, seed: 43)), 50)
        #expect(other != whole)
    }

    @Test("refuses logits that are no numbers, empty masks and senseless settings")
    func errors() throws {
        var sampler = Sampler(.greedy)
        #expect(throws: SamplingError.nothingAllowed) {
            try sampler.sample(logits: [1, 2], allowed: mask([], of: 2))
        }
        #expect(throws: SamplingError.nothingAllowed) { try sampler.sample(logits: [], allowed: .all(5)) }
        #expect(throws: SamplingError.nothingAllowed) {
            try sampler.sample(logits: [-.infinity], allowed: .all(1))
        }
        #expect(throws: SamplingError.notANumber(token: 1)) {
            try sampler.sample(logits: [1, .nan], allowed: .all(1))
        }
        #expect(throws: SamplingError.notANumber(token: 0)) {
            try sampler.sample(logits: [.infinity], allowed: .all(1))
        }
        for (temperature, topP) in [(-1.0, 1.0), (.nan, 1), (.infinity, 1), (1, 0), (1, 1.5), (1, .nan)] {
            #expect(throws: SamplingError.self) {
                try SamplerSettings(temperature: temperature, topP: topP, seed: 0)
            }
        }
    }

    @Test("draws the numbers of SplitMix64")
    func splitMix() {
        // The first outputs for the seed 1234567, as published with the algorithm's reference code.
        var random = RandomSource(seed: 1_234_567)
        let numbers = (0..<3).map { _ in random.next() }
        #expect(numbers == [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423])
        var later = RandomSource(seed: 1_234_567, drawn: 2)
        #expect(later.next() == numbers[2])
    }
}
