import Agent
import Foundation
import JSON
import LocalServer
import Testing

@testable import Tools

/// The table of limits, walked: what goes beyond a bound is given up with a message, and nothing grows without end.
@Suite struct LimitTests {
    @Test func linesOfServersEndAtTheirBound() {
        var framer = LineFramer(maximumLength: 1_000)
        for _ in 0..<100 { #expect(framer.append([UInt8](repeating: 0x61, count: 99)).isEmpty) }
        #expect(framer.hasOverflown)
        #expect(framer.finish().count <= 1_000)
        #expect(LineFramer().maximumLength == ReadingLimits.serverMessage)
    }

    @Test func eventsOfServersEndAtTheirBound() {
        let piece = [UInt8](repeating: 0x61, count: 1 << 20)
        for start in ["data: ", "data: x\ndata: ", ": ", "no-field"] {
            var parser = EventStreamParser()
            _ = parser.append(Array(start.utf8))
            for _ in 0..<20 { _ = parser.append(piece) }
            #expect(parser.hasOverflown, "\(start)")
            #expect(parser.append(Array("\n\ndata: y\n\n".utf8)).isEmpty)
        }
        // Many lines of one event that does not end.
        var parser = EventStreamParser()
        for _ in 0..<40 { _ = parser.append(Array("data: ".utf8) + piece.prefix(500_000) + [0x0A]) }
        #expect(parser.hasOverflown)
    }

    @Test func outputsAreKeptUpToTheirBound() {
        var bytes = CappedBytes(limit: 10)
        for _ in 0..<1_000 { bytes.append([UInt8](repeating: 0x61, count: 1_000)) }
        #expect(bytes.bytes.count == 10 && bytes.count == 1_000_000)
        #expect(bytes.text(hiding: EnvironmentSecrets()).hasSuffix("[cut: 10 of 1000000 bytes are shown]"))
    }

    @Test func nestingEndsAtItsBound() {
        let deep = String(repeating: "[", count: ReadingLimits.depth + 1)
        #expect(throws: JSONError.self) {
            try JSONParser.parse(deep + String(repeating: "]", count: ReadingLimits.depth + 1))
        }
    }

    @Test func commandLinesEndAtTheirBound() {
        let long = String(repeating: "ls; ", count: ReadingLimits.shellLine / 4 + 1)
        #expect(throws: ShellDoubt.self) { try ShellReading(line: long).proved() }
        #expect(throws: ShellDoubt.self) {
            try ShellReading(line: String(repeating: "(", count: 100)).started()
        }
        let nested = (0..<8).reduce("x") { inner, _ in
            "sh -c '\(inner.replacingOccurrences(of: "'", with: "'\\''"))'"
        }
        withKnownIssue("lines nested in lines are proved however deep they are", isIntermittent: true) {
            #expect(throws: ShellDoubt.self) {
                try ShellReading(line: String(nested.prefix(60_000))).proved()
            }
        }
    }

    /// The note's input: a server that sends `data: ` and then bytes without an end.
    @Test func aServerThatSendsWithoutAnEndIsGivenUp() async throws {
        let script = "printf '%s\\n' started >&2; while :; do head -c 1048576 /dev/zero | tr '\\0' 0; done"
        let server = MCPServer(
            MCPServerSettings(
                name: "s",
                transport: .stdio(
                    ProcessLaunch(
                        program: "/bin/bash", arguments: ["-c", script],
                        environment: ["PATH": "/usr/bin:/bin"]))),
            host: MCPRecorder())
        let error = await #expect(throws: MCPError.self) { _ = try await server.tools() }
        #expect(
            error?.description.contains("more than \(ReadingLimits.serverMessage) bytes") == true,
            "\(error as Any)")
    }

    /// The page of the docs names each figure of the table.
    @Test func theDocsNameTheLimits() throws {
        let page = try String(
            contentsOf: URL(fileURLWithPath: #filePath).deletingLastPathComponent()
                .deletingLastPathComponent()
                .deletingLastPathComponent().appendingPathComponent("docs/limits.md"), encoding: .utf8)
        for (what, value) in [
            ("message of an MCP server", ReadingLimits.serverMessage),
            ("standard error", ReadingLimits.logLine),
            ("stream", ReadingLimits.streamEvent), ("error's body", ReadingLimits.errorBody),
            ("decision", ReadingLimits.document),
            ("shell command", ReadingLimits.shellLine),
            ("imported file unfold", ReadingLimits.unpacked),
        ] {
            let figure = value >= 1 << 20 ? "\(value >> 20) MiB" : "\(value >> 10) KiB"
            #expect(
                page.split(separator: "\n").contains { $0.contains(what) && $0.contains(figure) },
                "\(what): \(figure)")
        }
        #expect(
            page.contains("| \(ReadingLimits.questions) |") && page.contains("\(ReadingLimits.depth) levels"))
    }
}
