import ArgumentParser

/// `callgate-bench`: measures the parts of Callgate that must be fast or right.
@main
struct CallgateBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "callgate-bench",
        abstract: "Measures the models, the mask engine and long sessions.",
        subcommands: [
            ModelBench.self, CallsBench.self, SpeedBench.self, MaskBench.self, MaskBenchExplain.self,
            MaskBenchHostile.self,
            SessionBench.self,
        ])
}
