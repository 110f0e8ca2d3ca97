import ArgumentParser

/// `callgate-bench`: measures the parts of Callgate that must be fast or right.
@main
struct CallgateBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "callgate-bench",
        abstract: "Measures the models, the mask engine, long sessions and the proxy.",
        subcommands: [
            ModelBench.self, CallsBench.self, SpeedBench.self, GreedyBench.self, MaskBench.self,
            MaskBenchExplain.self, MaskBenchHostile.self, MaskBenchGrammars.self, SessionBench.self,
            AttachBench.self,
        ])
}
