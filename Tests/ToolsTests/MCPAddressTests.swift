import Agent
import Foundation
import JSON
import LocalServer
import Testing

@testable import Tools

/// A server at an address that goes away and comes back.
@Suite struct MCPAddressTests {
    /// A legacy server with one tool.
    @Sendable private static func answer(_ request: LocalServer.Request, _ number: Int) -> LocalServer.Reply {
        guard let message = try? JSONParser.parse(request.body), let id = message["id"] else {
            return LocalServer.Reply(status: 202, "")
        }
        let reply: JSONValue =
            switch message["method"]?.stringValue {
            case "initialize": ["result": ["protocolVersion": "2025-06-18", "capabilities": [:]], "id": id]
            case "tools/list": ["result": ["tools": [["name": "good"]]], "id": id]
            case "tools/call": ["result": ["content": [["type": "text", "text": "fine"]]], "id": id]
            default: ["error": ["code": -32601, "message": "no"], "id": id]
            }
        return LocalServer.Reply(
            headers: ["Content-Type": "application/json"], reply.text())
    }

    @Test(.timeLimit(.minutes(20)))
    func aServerThatTakesNoConnectionIsToldAsEndedAndReachedAgainWhenItIsBack() async throws {
        let first = try LocalServer(MCPAddressTests.answer)
        let recorder = MCPRecorder()
        let settings = MCPServerSettings(name: "s", transport: .http(url: first.url + "/mcp", headers: [:]))
        let server = MCPServer(settings, host: recorder)
        let tool = try #require(try await server.tools().first)
        let call = ToolCall(id: ToolCallID("1"), name: "good", arguments: ByteString("{}"))
        #expect(try await tool.run(call, arguments: [:]).content == "fine")

        first.stop()
        let failure = await #expect(throws: ToolFailure.self) { try await tool.run(call, arguments: [:]) }
        let reason = try #require(failure).description
        #expect(
            reason.contains("takes no connection any more; the call was not sent"),
            "\(reason)")
        while recorder.count(.ended) == 0 { await Task.yield() }
        #expect(recorder.lines(.ended) == ["takes no connection any more"])
        await #expect(throws: MCPError.self) { try await server.restart() }

        let second = try LocalServer(port: first.port, MCPAddressTests.answer)
        try await server.restart()
        #expect(recorder.count(.opened) == 2)
        #expect(try await tool.run(call, arguments: [:]).content == "fine")
        #expect(second.requests.count(where: { $0.text.contains("tools/call") }) == 1)
        await server.close()
    }
}
