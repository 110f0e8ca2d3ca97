import Agent
import Foundation
import JSON
import Synchronization
import Testing

@testable import Tools

/// A server that dies, and one that is started again: what is told, and that no call runs twice.
@Suite struct MCPServerTests {
    /// A legacy server that counts its starts and its calls in files: `good` answers, `die` ends it, `hang` never ends.
    private static let script = #"""
        echo start >>"$FOLDER/starts"
        while read -r line; do
            id=$(printf '%s' "$line" | sed -n 's/.*"id":\([0-9]*\).*/\1/p')
            case $line in
            *server/discover*) echo '{"jsonrpc":"2.0","id":'"$id"',"error":{"code":-32601,"message":"no"}}' ;;
            *'"initialize"'*)
                echo '{"jsonrpc":"2.0","id":'"$id"',"result":{"protocolVersion":"2025-06-18","capabilities":{}}}'
                ;;
            *tools/list*)
                echo '{"jsonrpc":"2.0","id":'"$id"',"result":{"tools":[{"name":"good"},{"name":"die"},{"name":"hang"}]}}'
                ;;
            *'"die"'*)
                echo die >>"$FOLDER/calls"
                echo "out of luck" >&2
                exit 7
                ;;
            *'"hang"'*) echo hang >>"$FOLDER/calls" ;;
            *'"good"'*)
                echo good >>"$FOLDER/calls"
                echo '{"jsonrpc":"2.0","id":'"$id"',"result":{"content":[{"type":"text","text":"fine"}]}}'
                ;;
            esac
        done
        """#

    private let folder: URL
    private let recorder = MCPRecorder()
    private let server: MCPServer

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "callgate-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let environment = EnvironmentList.usual.environment().merging(["FOLDER": folder.path]) { $1 }
        let launch = ProcessLaunch(
            program: "sh", arguments: ["-c", MCPServerTests.script], environment: environment)
        server = MCPServer(MCPServerSettings(name: "s", transport: .stdio(launch)), host: recorder)
    }

    private func lines(of file: String) -> [String] {
        let text = try? String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8)
        return (text ?? "").split(separator: "\n").map(String.init)
    }

    private func call(_ tools: [MCPTool], _ name: String) async throws -> String {
        let tool = try #require(tools.first { $0.serverName == name })
        let call = ToolCall(id: ToolCallID("1"), name: name, arguments: ByteString("{}"))
        return try await tool.run(call, arguments: [:]).content
    }

    @Test(.timeLimit(.minutes(20)))
    func aCallThatKillsItsServerFailsOnceAndTheServerIsStartedWhenItIsAskedFor() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let tools = try await server.tools()
        let failure = await #expect(throws: ToolFailure.self) { try await call(tools, "die") }
        let reason = try #require(failure).description
        #expect(reason.contains("server s ended (exit code 7): out of luck"), "\(reason)")
        #expect(reason.contains("whether the call took effect is unknown"), "\(reason)")
        #expect(lines(of: "starts").count == 1 && lines(of: "calls") == ["die"])
        #expect(recorder.lines(.ended) == ["ended (exit code 7): out of luck"])
        #expect(recorder.lines(.output) == ["out of luck"])

        try await server.restart()
        #expect(lines(of: "starts").count == 2 && recorder.count(.opened) == 2)
        #expect(try await call(tools, "good") == "fine")
        #expect(lines(of: "calls") == ["die", "good"])
        await server.close()
        // An end that we have brought about is no news of the server's.
        #expect(recorder.count(.ended) == 1)
    }

    @Test(.timeLimit(.minutes(20)))
    func theNextCallStartsADeadServerAsWell() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let tools = try await server.tools()
        await #expect(throws: ToolFailure.self) { try await call(tools, "die") }
        #expect(try await call(tools, "good") == "fine")
        #expect(lines(of: "starts").count == 2 && lines(of: "calls") == ["die", "good"])
        await server.close()
    }

    @Test(.timeLimit(.minutes(20)))
    func aRestartEndsTheCallThatRunsAndRepeatsNothing() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let tools = try await server.tools()
        let hanging = Task { try await call(tools, "hang") }
        while lines(of: "calls").isEmpty { await Task.yield() }
        try await server.restart()
        let failure = await #expect(throws: ToolFailure.self) { try await hanging.value }
        #expect(try #require(failure).description.contains("whether the call took effect is unknown"))
        #expect(try await call(tools, "good") == "fine")
        #expect(lines(of: "calls") == ["hang", "good"] && lines(of: "starts").count == 2)
        await server.close()
    }

    @Test(
        "a server that ends at the probe is started once more, with initialize first",
        .timeLimit(.minutes(20)))
    func probe() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        func launch(_ script: String) -> MCPServerSettings {
            let environment = EnvironmentList.usual.environment().merging(["FOLDER": folder.path]) { $1 }
            let launch = ProcessLaunch(program: "sh", arguments: ["-c", script], environment: environment)
            return MCPServerSettings(name: "s", transport: .stdio(launch))
        }
        let strict = MCPServerTests.script.replacing(
            "*server/discover*)", with: "*server/discover*) exit 1; :")
        let good = MCPServer(launch(strict), host: recorder)
        let tools = try await good.tools()
        #expect(try await call(tools, "good") == "fine")
        #expect(lines(of: "starts").count == 2)
        await good.close()
        // One that ends whatever it is asked is not started without an end, and its last words are told.
        let bad = MCPServer(
            launch("echo start >>\"$FOLDER/starts\"; echo no key >&2; exit 1"), host: recorder)
        let error = await #expect(throws: MCPError.self) { try await bad.tools() }
        #expect(error?.description == "server s ended (exit code 1): no key")
        #expect(lines(of: "starts").count <= 4)
    }

    @Test func aServerThatCannotBeStartedSaysSo() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let launch = ProcessLaunch(program: "callgate-no-such-program")
        let none = MCPServer(MCPServerSettings(name: "s", transport: .stdio(launch)), host: recorder)
        await #expect(throws: MCPError.self) { try await none.restart() }
    }
}
