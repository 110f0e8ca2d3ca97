import Agent
import JSON
import Testing

@testable import Sessions

/// Logs of mcpsnoop: calls of tools between a client and its servers.
@Suite struct ProtocolLogTests {
    private func line(
        _ seq: Int, _ direction: String, _ raw: String?, session: String = "s", more: String = ""
    ) -> String {
        let body = raw.map { #","raw":\#($0)"# } ?? ""
        return
            #"{"session_id":"\#(session)","server_label":"files","seq":\#(seq),"ts":"2026-11-29T07:00:0\#(seq)Z","direction":"\#(direction)","transport":"stdio"\#(body)\#(more)}"#
    }

    private func imported(_ lines: [String]) throws -> SessionImport {
        try SessionImport(Array(lines.joined(separator: "\n").utf8), name: "x")
    }

    private func call(_ id: String, _ name: String, _ arguments: String) -> String {
        #"{"jsonrpc":"2.0","id":\#(id),"method":"tools/call","params":{"name":"\#(name)","arguments":\#(arguments)}}"#
    }

    @Test("calls and results are paired by their IDs, with times, and the tools are the catalogue")
    func calls() throws {
        let imported = try imported([
            line(0, "meta", #"{"command":["files"]}"#),
            line(1, "c2s", #"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#),
            line(
                2, "s2c",
                #"{"jsonrpc":"2.0","id":1,"result":{"tools":[{"name":"read","description":"d","inputSchema":{"type":"object"}}]}}"#
            ),
            line(3, "c2s", call("2", "read", #"{"path":"a"}"#)),
            line(4, "c2s", call(#""2""#, "read", #"{"path":"b"}"#)),
            line(5, "stderr", nil, more: #","text":"noise""#),
            line(6, "s2c", #"{"jsonrpc":"2.0","id":"2","error":{"code":-32602,"message":"no b"}}"#),
            line(
                7, "s2c",
                #"{"jsonrpc":"2.0","id":2,"result":{"content":[{"type":"text","text":"A"},{"type":"image","data":"x"}],"isError":false}}"#
            ),
        ])
        #expect(imported.format == .mcpsnoop && imported.sessions.count == 1)
        let state = RunState(folding: imported.sessions[0])
        #expect(state.header?.catalogue.map(\.name) == ["read"])
        #expect(state.calls.map { $0.call.arguments.text } == [#"{"path":"a"}"#, #"{"path":"b"}"#])
        #expect(state.calls.map { $0.result?.ending } == [.completed, .failed])
        #expect(state.calls.map { $0.result?.content } == ["A", "error -32602: no b"])
        #expect(state.calls.map { $0.result?.milliseconds } == [4_000, 2_000])
        for loss in [
            "a content part of type image", "a line that a server wrote to standard error",
            "how the server was started",
            "what the model was told and said: the log is of its tools only",
        ] { #expect(imported.losses.lines.contains(loss), "\(loss) of \(imported.losses.lines)") }
    }

    @Test(
        "each session of a log is one, clients of one proxy keep their IDs apart, a call may have no answer")
    func sessions() throws {
        let answer = #"{"jsonrpc":"2.0","id":1,"result":{"content":[],"structuredContent":{"n":1}}}"#
        let imported = try imported([
            line(1, "c2s", call("1", "one", "{}"), more: #","conn_id":"a""#),
            line(2, "c2s", call("1", "two", "{}"), more: #","conn_id":"b""#),
            line(3, "c2s", call("1", "three", "{}"), session: "t"),
            line(4, "s2c", answer, more: #","conn_id":"b""#),
            line(5, "c2s", #"{"jsonrpc":"2.0","id":9,"method":"resources/read","params":{}}"#),
        ])
        let states = imported.sessions.map(RunState.init(folding:))
        #expect(states.map { $0.calls.map(\.call.name) } == [["one", "two"], ["three"]])
        #expect(states[0].calls.map { $0.result?.content } == [nil, #"{"n":1}"#])
        #expect(imported.losses.lines.contains("resources/read"))
        #expect(imported.losses.lines.contains { $0.hasPrefix("the result of call call_1") })
    }
}
