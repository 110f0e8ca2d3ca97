// swift-tools-version: 6.1
import PackageDescription

// Numeric and automaton code, and what looks at every byte of a stream, is unusable without optimisation, in debug
// builds and their tests too.
let optimised: [SwiftSetting] = [.unsafeFlags(["-O"], .when(configuration: .debug))]
// A third of a mask went into the run-time checks of exclusive access. The engine's tables are private, its callers hold no
// part of one while they ask for another, and it stays on one thread; the compiler's own checks remain.
let unchecked: [SwiftSetting] = [.unsafeFlags(["-enforce-exclusivity=unchecked"])]

let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let nio = ["NIOCore", "NIOHTTP1", "NIOPosix", "NIOTLS"].map {
    Target.Dependency.product(name: $0, package: "swift-nio")
}
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

let package = Package(
    name: "callgate",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "callgate", targets: ["callgate"]),
        .executable(name: "callgate-bench", targets: ["callgate-bench"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        .executableTarget(
            name: "callgate",
            dependencies: [
                "Agent", "Attach", "Debugger", "Formats", "JSON", "Masking", "Models", "Schema", "Sessions",
                "Terminal", "Wire",
                "Tools", "Transformer",
                "Workflows", arguments,
            ],
            resources: [.copy("Resources/support-desk.gguf"), .copy("Resources/support-desk.yaml")]),
        .executableTarget(
            name: "callgate-bench",
            dependencies: [
                "Agent", "JSON", "MaskTrials", "Masking", "Models", "Schema", "Sessions", "Tools",
                "Transformer", "Wire", arguments,
            ],
            resources: [.copy("Resources/held-out.jsonl")], swiftSettings: optimised),

        .target(
            name: "Debugger", dependencies: ["Agent", "JSON", "Masking", "Schema", "Sessions", "Terminal"]),
        .target(name: "Workflows", dependencies: ["Agent", "JSON", "Schema", "Tools", yams]),
        .target(
            name: "Sessions",
            dependencies: [
                "Agent", "ChatTemplates", "Compression", "Formats", "JSON", "Masking", "Schema",
            ],
            swiftSettings: optimised),
        .target(
            name: "Models",
            dependencies: ["Agent", "ChatTemplates", "Formats", "JSON", "Masking", "Transformer", "Wire"]),
        .target(
            name: "Attach",
            dependencies: ["Agent", "Compression", "Formats", "JSON", "Schema", "Sessions", "Wire"]),
        .target(name: "Wire", dependencies: ["Compression"] + nio + [nioSSL], swiftSettings: optimised),
        .target(name: "Formats", dependencies: ["Agent", "JSON"], swiftSettings: optimised),
        .target(name: "Tools", dependencies: ["Agent", "CProcesses", "JSON", "Wire", grdb]),
        .target(name: "CProcesses"),
        .target(name: "Agent", dependencies: ["ChatTemplates", "JSON", "Masking", "Schema"]),
        .target(name: "MaskTrials", dependencies: ["JSON", "Masking"], swiftSettings: optimised),
        .target(
            name: "Masking", dependencies: ["ChatTemplates", "JSON", "Schema"], exclude: ["README.md"],
            swiftSettings: optimised + unchecked),
        .target(name: "Transformer", dependencies: ["CKernels"], swiftSettings: optimised),
        .target(name: "CKernels", cSettings: [.unsafeFlags(["-O3"])]),
        .target(name: "Schema", dependencies: ["JSON"], swiftSettings: optimised),
        .target(name: "ChatTemplates", dependencies: ["JSON"], swiftSettings: optimised),
        .target(name: "JSON", swiftSettings: optimised),
        .target(name: "Compression", swiftSettings: optimised),
        .target(name: "Terminal", dependencies: ["CNcurses"], swiftSettings: optimised),
        .target(name: "CNcurses", linkerSettings: [.linkedLibrary("ncursesw")]),

        .testTarget(
            name: "AttachTests",
            dependencies: ["Agent", "Attach", "Compression", "Formats", "JSON", "Sessions", "Wire"]),
        .testTarget(name: "AgentTests", dependencies: ["Agent", "JSON", "Schema"]),
        .testTarget(
            name: "ChatTemplatesTests", dependencies: ["CallTemplates", "ChatTemplates", "JSON"],
            exclude: ["Fixtures"], swiftSettings: optimised),
        .testTarget(name: "FormatsTests", dependencies: ["Agent", "Formats", "JSON"]),
        .testTarget(name: "CompressionTests", dependencies: ["Compression"]),
        .testTarget(name: "JSONTests", dependencies: ["JSON"]),
        .target(
            name: "CallTemplates", dependencies: ["ChatTemplates", "JSON"], path: "Tests/CallTemplates"),
        .target(name: "LocalServer", path: "Tests/LocalServer"),
        .target(name: "Mutations", path: "Tests/Mutations"),
        .testTarget(
            name: "CallgateTests", dependencies: ["callgate", "LocalServer"], exclude: ["Screens"]),
        .testTarget(
            name: "DebuggerTests",
            dependencies: ["Agent", "Debugger", "JSON", "Masking", "Sessions", "Terminal"],
            exclude: ["Screens"]),
        .testTarget(
            name: "MaskingTests",
            dependencies: ["CallTemplates", "ChatTemplates", "JSON", "MaskTrials", "Masking", "Schema"],
            swiftSettings: optimised),
        .testTarget(
            name: "ModelsTests",
            dependencies: [
                "Agent", "CallTemplates", "ChatTemplates", "Formats", "JSON", "LocalServer", "Masking",
                "Models", "Sessions", "Tools", "Transformer",
            ]),
        .testTarget(name: "SchemaTests", dependencies: ["JSON", "Mutations", "Schema"]),
        .testTarget(
            name: "SessionsTests",
            dependencies: ["Agent", "ChatTemplates", "JSON", "Mutations", "Schema", "Sessions"]),
        .executableTarget(name: "TerminalTrial", dependencies: ["Terminal"], path: "Tests/TerminalTrial"),
        .testTarget(name: "TerminalTests", dependencies: ["CNcurses", "Terminal", "TerminalTrial"]),
        .testTarget(
            name: "ToolsTests",
            dependencies: [
                "Agent", "Attach", "Debugger", "Formats", "JSON", "LocalServer", "Models", "Mutations",
                "Schema", "Sessions", "Terminal", "Tools", "Wire",
            ]),
        .testTarget(
            name: "TransformerTests", dependencies: ["Mutations", "Transformer"], exclude: ["Fixtures"]),
        .testTarget(
            name: "WireTests",
            dependencies: ["Wire", .product(name: "NIOEmbedded", package: "swift-nio")]),
        .testTarget(
            name: "WorkflowsTests",
            dependencies: ["Agent", "JSON", "Mutations", "Schema", "Tools", "Workflows"]),
    ]
)
