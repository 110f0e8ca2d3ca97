import JSON
import Masking

/// Random hostile schemas through the mask, each held to bounds on time and memory.
public struct HostileTrial {
    /// What each schema is held to.
    public struct Bounds: Sendable {
        /// Nanoseconds from the schema to the first mask.
        public var compilation = 1_000_000_000
        /// Nanoseconds of a mask and an advance.
        public var step = 5_000_000
        /// Megabytes of the whole process.
        public var memory = 500.0
        /// Tokens that are written of each schema.
        public var tokens = 8

        /// One second, five milliseconds, 500 MB.
        public init() {}
    }

    /// The figures so far.
    public struct Tally: Sendable {
        /// Schemas that became a mask.
        public var compiled = 0
        /// Schemas refused with a reason.
        public var refused = 0
        /// Tokens written.
        public var steps = 0
        /// Nanoseconds of the slowest compilation and step.
        public var slowestCompilation = 0, slowestStep = 0
        /// Which schemas those are.
        public var slowestCompiled = "", slowestStepped = ""
        /// What was over a bound, a line each.
        public var excesses: [String] = []
    }

    private let vocabulary: Vocabulary
    private let bounds: Bounds
    private let seed: UInt64
    private var engine: MaskEngine
    /// The figures so far.
    public private(set) var tally = Tally()

    /// A trial over a vocabulary.
    public init(vocabulary: Vocabulary, seed: UInt64, bounds: Bounds = Bounds()) {
        self.vocabulary = vocabulary
        self.seed = seed
        self.bounds = bounds
        engine = MaskEngine(vocabulary: vocabulary)
    }

    /// Tries the schema of that number.
    public mutating func run(_ number: Int) {
        // As a server does that has served many catalogues, patterns are shared for a while.
        if number % 50 == 49 { engine = MaskEngine(vocabulary: vocabulary) }
        let (kind, schema) = HostileMaker.schema(number, seed: seed)
        let name = "\(number) (\(kind.rawValue))"
        var random = SeededGenerator(seed: UInt64(number))
        let begun = ProcessorTime.now
        guard var matcher = try? engine.matcher(for: Grammar(schema: schema)) else {
            tally.refused += 1
            return note(compilation: ProcessorTime.now - begun, name)
        }
        var mask = matcher.allowed()
        note(compilation: ProcessorTime.now - begun, name)
        tally.compiled += 1
        for step in 0..<bounds.tokens {
            guard let token = choose(mask, &random) else { break }
            let begun = ProcessorTime.now
            do {
                try matcher.advance(token)
            } catch {
                tally.excesses.append(
                    "\(name), step \(step): token \(token) is in the mask and refused: \(error)")
                return
            }
            mask = matcher.allowed()
            let time = ProcessorTime.now - begun
            tally.steps += 1
            if time > tally.slowestStep { (tally.slowestStep, tally.slowestStepped) = (time, name) }
            if time > bounds.step {
                tally.excesses.append("\(name), step \(step): \(time / 1_000) µs")
            }
        }
        if let memory = ProcessMemory.now, memory > bounds.memory {
            tally.excesses.append("\(name): \(Int(memory)) MB")
            engine = MaskEngine(vocabulary: vocabulary)
        }
    }

    private mutating func note(compilation: Int, _ name: String) {
        if compilation > tally.slowestCompilation {
            (tally.slowestCompilation, tally.slowestCompiled) = (compilation, name)
        }
        if compilation > bounds.compilation {
            tally.excesses.append("\(name), compilation: \(compilation / 1_000) µs")
        }
    }

    /// A token of the mask; short ones and those of the syntax lead deeper than text does.
    private func choose(_ mask: TokenSet, _ random: inout SeededGenerator) -> Int? {
        let choices = Array(mask.filter { !vocabulary.endOfTurn.contains($0) })
        let tried = (0..<12).compactMap { _ in choices.randomElement(using: &random) }
        return tried.min { vocabulary.bytes(of: $0).count < vocabulary.bytes(of: $1).count }
    }
}
