import ArgumentParser

/// Measures the parts of Callgate that must be fast or right.
@main
struct CallgateBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "callgate-bench", abstract: "Measures the mask engine.",
        subcommands: [MaskBench.self, MaskBenchExplain.self, MaskBenchHostile.self])
}
