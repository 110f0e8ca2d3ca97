import ArgumentParser
import Foundation
import Sessions

/// `callgate-bench session`: a long session, to measure the debugger with.
struct SessionBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "session", abstract: "Writes a made-up session of a given length.",
        discussion: """
            Scripts/bench/sessions.sh makes sessions with it and measures 'callgate replay' with them.

            Examples:
              callgate-bench session --events 100000 /tmp/long.jsonl
              callgate-bench session --events 100000 --bytes 1000000000 /tmp/large.jsonl
              callgate-bench session --events 40000 --bytes 1000000000 --shape results /tmp/results.jsonl
            """)

    @Argument(help: "The journal to write; one that is there is replaced.") var output: String
    @Option(help: "How many events.") var events = 100_000
    @Option(help: "About how many bytes; as few as it takes by default.") var bytes: Int?
    @Option(help: "What takes the bytes: tokens (their candidates) or results (what tools answer).")
    var shape = LongSession.Shape.tokens
    @Flag(help: "Without the chain of hashes.") var unsealed = false

    func validate() throws {
        if events < 4 { throw ValidationError("a session has 4 events or more") }
    }

    func run() throws {
        var session = sized(1)
        if let bytes { session = sized(try factor(for: bytes)) }
        guard FileManager.default.createFile(atPath: output, contents: nil),
            let file = FileHandle(forWritingAtPath: output)
        else { throw ValidationError("\(output) cannot be written") }
        var (chain, pending, total) = (JournalChain(), Data(), 0)
        try session.make { event in
            let line = EventCodec.line(event)
            pending.append(contentsOf: unsealed ? line : chain.seal(line))
            guard pending.count > 1 << 22 else { return }
            total += pending.count
            try file.write(contentsOf: pending)
            pending.removeAll(keepingCapacity: true)
        }
        try file.write(contentsOf: pending)
        print("\(output): \(events) events, \(total + pending.count) bytes")
    }

    private func sized(_ factor: Double) -> LongSession {
        LongSession(
            shape: shape, events: events,
            candidates: shape == .tokens ? max(4, Int(4 * factor)) : 0,
            resultBytes: shape == .results ? max(200, Int(200 * factor)) : 200)
    }

    /// How much larger than the smallest its tokens or results must be, told by two small sessions.
    private func factor(for bytes: Int) throws -> Double {
        let sample = min(events, 2_000)
        func size(_ factor: Double) -> Double {
            var (session, sum) = (sized(factor), 0)
            session = LongSession(
                shape: shape, events: sample, candidates: session.candidates,
                resultBytes: session.resultBytes)
            session.make { sum += EventCodec.line($0).count + (unsealed ? 0 : 74) }
            return Double(sum) * Double(events) / Double(sample)
        }
        let (small, large) = (size(1), size(65))
        return max(1, 1 + 64 * (Double(bytes) - small) / (large - small))
    }
}

extension LongSession.Shape: ExpressibleByArgument {}
