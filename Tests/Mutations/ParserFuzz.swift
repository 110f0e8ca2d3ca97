import Foundation

/// Gives a parser damaged inputs: it may refuse them, and must neither end the program nor take long.
public enum ParserFuzz {
    /// What became of a run.
    public struct Outcome: Sendable {
        /// How many inputs were given.
        public let count: Int
        /// How many of them the parser took.
        public let accepted: Int
        /// The longest time for one input, in seconds.
        public let slowest: Double
        /// The input that took it.
        public let slowestInput: [UInt8]
    }

    /// 2,000 inputs, or as many as `CALLGATE_FUZZ` says; `CALLGATE_SEED` is the seed.
    ///
    /// - Parameter parse: says whether the input was taken.
    public static func run(
        _ name: String, corpus: [[UInt8]], largest: Int = 1 << 16, parse: ([UInt8]) -> Bool
    ) -> Outcome {
        let variables = ProcessInfo.processInfo.environment
        let count = variables["CALLGATE_FUZZ"].flatMap { Int($0) } ?? 2_000
        let seed = variables["CALLGATE_SEED"].flatMap { UInt64($0) } ?? 11
        var mutator = Mutator(seed: seed)
        var pool = corpus.map { Array($0.prefix(largest)) }
        var (accepted, slowest, slowestInput) = (0, 0.0, [UInt8]())
        for _ in 0..<count {
            guard let base = pool.randomElement(using: &mutator),
                let other = pool.randomElement(using: &mutator)
            else { break }
            let input = Array(mutator.mutate(base, with: other).prefix(largest))
            let started = DispatchTime.now().uptimeNanoseconds
            let isTaken = parse(input)
            let seconds = Double(DispatchTime.now().uptimeNanoseconds - started) / 1e9
            if seconds > slowest { (slowest, slowestInput) = (seconds, input) }
            // What is taken although it was damaged is a beginning that leads further.
            if isTaken {
                accepted += 1
                if pool.count < 64 {
                    pool.append(input)
                } else if let place = (corpus.count..<pool.count).randomElement(using: &mutator) {
                    pool[place] = input
                }
            }
        }
        let rounded = Double(Int(slowest * 1_000)) / 1_000
        print(
            "\(name): \(count) damaged inputs (seed \(seed)), \(accepted) taken, the slowest in \(rounded) s")
        return Outcome(count: count, accepted: accepted, slowest: slowest, slowestInput: slowestInput)
    }
}
