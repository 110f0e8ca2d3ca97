// swift-tools-version: 6.1
import PackageDescription

let package = Package(
    name: "callgate",
    platforms: [.macOS(.v15)],
    targets: [
        .target(name: "JSON", swiftSettings: [.unsafeFlags(["-O"], .when(configuration: .debug))]),
        .testTarget(name: "JSONTests", dependencies: ["JSON"]),
    ]
)
