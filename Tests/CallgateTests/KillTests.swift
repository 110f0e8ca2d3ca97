import Foundation
import Testing

/// `kill -9` at random moments of runs with a tool that has an effect: nothing is lost and nothing happens twice.
///
/// `CALLGATE_KILLS` says how often; `Scripts/bench/kills.sh` does it 500 times and prints the count.
@Suite struct KillTests {
    @Test func killedRunsLoseAndDoubleNothing() throws {
        let environment = ProcessInfo.processInfo.environment
        let kills = environment["CALLGATE_KILLS"].flatMap(Int.init) ?? 15
        let seed = environment["CALLGATE_SEED"].flatMap(UInt64.init) ?? UInt64.random(in: 1...1_000_000)
        let trial = try KillTrial(seed: seed)
        try trial.run(kills: kills)
        print(trial.summary)
        #expect(trial.faults.isEmpty, "\(trial.summary)\n\(trial.faults.joined(separator: "\n"))")
        #expect(trial.kills == kills && trial.callsDone > 0)
    }
}
