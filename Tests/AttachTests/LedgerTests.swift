import Agent
import Foundation
import Formats
import JSON
import Testing

@testable import Attach

/// A folder of its own for one test, removed with it.
final class TemporaryFolder {
    let path = NSTemporaryDirectory() + "callgate-attach-\(UUID().uuidString)"

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

private func entry(_ id: String, result: LedgerEntry.Result, restores: Bool = true) -> LedgerEntry {
    LedgerEntry(
        id: ToolCallID(id), written: .init(name: "Bash", arguments: ByteString("{\"command\": \"rm\"}")),
        sent: .init(name: "denied_by_reviewer", arguments: ByteString("{\"callgate_reviewer\":\"kept\"}")),
        restoresCall: restores, result: result)
}

private func restored(_ path: String, _ body: String, _ entries: [LedgerEntry]) throws -> String {
    let endpoint = try #require(ModelEndpoint(method: "POST", path: path))
    let request = try AgentRequest(endpoint, body: Array(body.utf8))
    return String(decoding: Restoration(entries: entries).body(of: request), as: UTF8.self)
}

@Suite("The ledger of calls, and what the model reads by it")
struct LedgerTests {
    @Test(
        "A denied call of each format is restored, and the client's error gives way to the reviewer's words",
        arguments: [
            (
                "/v1/messages",
                #"{"m" : 1, "messages":[{"role":"assistant","content":[{"type":"thinking","signature":"=="},{"type":"tool_use","id":"a","name":"denied_by_reviewer","input":{"callgate_reviewer" : "kept"}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"a","content":"No such tool","is_error":true}]}]}"#,
                #"{"m" : 1, "messages":[{"role":"assistant","content":[{"type":"thinking","signature":"=="},{"type":"tool_use","id":"a","name":"Bash","input":{"command": "rm"}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"a","content":"no","is_error":true}]}]}"#
            ),
            (
                "/v1/chat/completions",
                #"{"messages":[{"role":"assistant","tool_calls":[{"id":"a","function":{"name":"denied_by_reviewer","arguments":"{\"callgate_reviewer\":\"kept\"}"}}]},{"role":"tool","tool_call_id":"a","content":[{"type":"text","text":"what?"}]}]}"#,
                #"{"messages":[{"role":"assistant","tool_calls":[{"id":"a","function":{"name":"Bash","arguments":"{\"command\": \"rm\"}"}}]},{"role":"tool","tool_call_id":"a","content":"no"}]}"#
            ),
            (
                "/v1/responses",
                #"{"input":[{"type":"function_call","call_id":"a","id":"fc","name":"denied_by_reviewer","arguments":"{\"callgate_reviewer\":\"kept\"}"},{"type":"function_call_output","call_id":"a","output":"unsupported call"}]}"#,
                #"{"input":[{"type":"function_call","call_id":"a","id":"fc","name":"Bash","arguments":"{\"command\": \"rm\"}"},{"type":"function_call_output","call_id":"a","output":"no"}]}"#
            ),
            (
                "/v1beta/models/m:generateContent",
                #"{"contents":[{"role":"model","parts":[{"functionCall":{"id":"a","name":"denied_by_reviewer","args":{"callgate_reviewer":"kept"}},"thoughtSignature":"x"}]},{"parts":[{"functionResponse":{"id":"a","name":"denied_by_reviewer","response":{"error":"?"}}}]}]}"#,
                #"{"contents":[{"role":"model","parts":[{"functionCall":{"id":"a","name":"Bash","args":{"command": "rm"}},"thoughtSignature":"x"}]},{"parts":[{"functionResponse":{"id":"a","name":"Bash","response":{"error":"no"}}}]}]}"#
            ),
            (
                "/v1internal:generateContent",
                #"{"model":"g","request":{"contents":[{"role":"model","parts":[{"functionCall":{"id":"a","name":"denied_by_reviewer","args":{"callgate_reviewer":"kept"}}}]},{"parts":[{"functionResponse":{"id":"a","name":"denied_by_reviewer","response":{"error":"?"}}}]}]}}"#,
                #"{"model":"g","request":{"contents":[{"role":"model","parts":[{"functionCall":{"id":"a","name":"Bash","args":{"command": "rm"}}}]},{"parts":[{"functionResponse":{"id":"a","name":"Bash","response":{"error":"no"}}}]}]}}"#
            ),
            (
                "/api/chat",
                #"{"messages":[{"role":"assistant","tool_calls":[{"function":{"name":"denied_by_reviewer","arguments":{"callgate_reviewer":"kept"}}}]},{"role":"tool","tool_name":"denied_by_reviewer","content":"?"}]}"#,
                #"{"messages":[{"role":"assistant","tool_calls":[{"function":{"name":"Bash","arguments":{"command": "rm"}}}]},{"role":"tool","tool_name":"Bash","content":"no"}]}"#
            ),
        ])
    func denied(path: String, body: String, wanted: String) throws {
        let id = path == "/api/chat" ? "call_1" : "a"
        let entries = [entry(id, result: .replaced("no", isError: true))]
        #expect(try restored(path, body, entries) == wanted)
        // The same again, whatever else the client adds.
        #expect(try restored(path, body, entries) == wanted)
    }

    @Test("A note stands before a result of text, of blocks and of none, and every other byte stays")
    func notes() throws {
        let entries = [
            LedgerEntry(
                id: ToolCallID("a"),
                written: .init(name: "Bash", arguments: ByteString("{\"command\":\"x\"}")),
                sent: .init(name: "Bash", arguments: ByteString("{\"command\":\"y\"}")), restoresCall: true,
                result: .prefixed("Note."))
        ]
        let call =
            #"{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"Bash","input":{ "command" : "y" }}]}"#
        let back =
            #"{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"Bash","input":{"command":"x"}}]}"#
        for (result, wanted) in [
            (#""content":"it\u0065m""#, #""content":"Note.\nit\u0065m""#),
            (
                #""content":[{"type":"image"}]"#,
                #""content":[{"type":"text","text":"Note."},{"type":"image"}]"#
            ),
            (#""content":[]"#, #""content":[{"type":"text","text":"Note."}]"#),
        ] {
            let tail = #"{"role":"user","content":[{"type":"tool_result","tool_use_id":"a",@}]}"#
            let body = "{\"messages\":[\(call),\(tail.replacing("@", with: result))]}"
            let read = "{\"messages\":[\(back),\(tail.replacing("@", with: wanted))]}"
            #expect(try restored("/v1/messages", body, entries) == read)
        }
    }

    @Test("Only the call as its client got it is restored: another call of the same ID stays")
    func otherCall() throws {
        let body =
            #"{"messages":[{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"Bash","input":{}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"a","content":"fine"}]}]}"#
        #expect(
            try restored("/v1/messages", body, [entry("a", result: .replaced("no", isError: true))]) == body)
    }

    @Test("A result of a conversation that the provider keeps is found without its call")
    func storedConversation() throws {
        let body =
            #"{"previous_response_id":"r","input":[{"type":"function_call_output","call_id":"a","output":"unsupported call"}]}"#
        let read =
            #"{"previous_response_id":"r","input":[{"type":"function_call_output","call_id":"a","output":"no"}]}"#
        #expect(
            try restored("/v1/responses", body, [entry("a", result: .replaced("no", isError: true))]) == read)
    }

    @Test("Free text, calls of an own type and tools in a namespace are restored as their model wrote them")
    func itemsOfResponses() throws {
        func restored(_ call: String, _ output: String, _ entry: LedgerEntry) throws -> String {
            try AttachTests.restored("/v1/responses", "{\"input\":[\(call),\(output)]}", [entry])
        }
        func entry(
            _ name: String, _ arguments: String, sent: LedgerEntry.Form, item: String? = nil,
            result: LedgerEntry.Result = .replaced("no", isError: true)
        ) -> LedgerEntry {
            LedgerEntry(
                id: ToolCallID("a"),
                written: .init(name: name, arguments: ByteString(arguments), item: item), sent: sent,
                restoresCall: true, result: result)
        }
        let kept = LedgerEntry.Form(
            name: "denied_by_reviewer", arguments: ByteString(#"{"callgate_reviewer":"w"}"#))
        let custom = entry("exec", #"{"input":"rm \"x\"\n"}"#, sent: kept)
        #expect(
            try restored(
                #"{"type":"custom_tool_call","call_id":"a","name":"denied_by_reviewer","input":"{\"callgate_reviewer\":\"w\"}"}"#,
                #"{"type":"custom_tool_call_output","call_id":"a","output":[{"type":"input_text","text":"?"}]}"#,
                custom)
                == #"{"input":[{"type":"custom_tool_call","call_id":"a","name":"exec","input":"rm \"x\"\n"},{"type":"custom_tool_call_output","call_id":"a","output":"no"}]}"#
        )
        let edited = entry(
            "exec", #"{"input":"rm"}"#,
            sent: .init(name: "exec", arguments: ByteString(#"{ "input": "ls" }"#)),
            result: .prefixed("Note."))
        #expect(
            try restored(
                #"{"type":"custom_tool_call","call_id":"a","name":"exec","input":"ls"}"#,
                #"{"type":"custom_tool_call_output","call_id":"a","output":[{"type":"input_text","text":"x"}]}"#,
                edited)
                == #"{"input":[{"type":"custom_tool_call","call_id":"a","name":"exec","input":"rm"},{"type":"custom_tool_call_output","call_id":"a","output":[{"type":"input_text","text":"Note."},{"type":"input_text","text":"x"}]}]}"#
        )
        let spaced = entry("crew.spawn", #"{"n":1}"#, sent: kept)
        #expect(
            try restored(
                #"{"type":"function_call","call_id":"a","namespace":"crew","name":"denied_by_reviewer","arguments":"{\"callgate_reviewer\":\"w\"}"}"#,
                #"{"type":"function_call_output","call_id":"a","output":"unsupported"}"#, spaced)
                == #"{"input":[{"type":"function_call","call_id":"a","namespace":"crew","name":"spawn","arguments":"{\"n\":1}"},{"type":"function_call_output","call_id":"a","output":"no"}]}"#
        )
        for (item, output) in [
            (
                #"{"type":"local_shell_call","call_id":"a","status":"completed","action":{"type":"exec","command":["rm"]}}"#,
                #"{"type":"function_call_output","call_id":"a","output":"no"}"#
            ),
            (
                #"{"type":"shell_call","call_id":"a","action":{"commands":["rm"]}}"#,
                #"{"type":"shell_call_output","call_id":"a","output":[{"stdout":"","stderr":"no","outcome":{"type":"exit","exit_code":1}}]}"#
            ),
            (
                #"{"type":"apply_patch_call","call_id":"a","operation":{"type":"delete_file","path":"x"}}"#,
                #"{"type":"apply_patch_call_output","call_id":"a","status":"failed","output":"no"}"#
            ),
        ] {
            #expect(
                try restored(
                    #"{"type":"function_call","call_id":"a","name":"denied_by_reviewer","arguments":"{\"callgate_reviewer\": \"w\"}","status":"completed"}"#,
                    #"{"type":"function_call_output","call_id":"a","output":"unsupported"}"#,
                    entry("shell", "{}", sent: kept, item: item)) == "{\"input\":[\(item),\(output)]}")
        }
    }

    @Test("What passed without the client stands in every later request at its place, in the same bytes")
    func interludes() throws {
        let endpoint = try #require(ModelEndpoint(method: "POST", path: "/v1/chat/completions"))
        func request(_ messages: String) throws -> AgentRequest {
            try AgentRequest(endpoint, body: Array("{\"messages\":[\(messages)]}".utf8))
        }
        func told(_ messages: String, _ interludes: [Interlude]) throws -> String {
            String(
                decoding: Restoration(entries: [], interludes: interludes).body(of: try request(messages)),
                as: UTF8.self)
        }
        let go = #"{"role":"user","content":"go"}"#
        let answer = AssistantMessage(
            content: "", calls: [ToolCall(id: ToolCallID("a"), name: "rm", arguments: ByteString("{}"))])
        let result = ToolMessage(callID: ToolCallID("a"), name: "rm", content: "no", isError: true)
        let interlude = try #require(
            Interlude([.assistant(answer), .tool(result)], after: try request(go)))
        let items =
            #"{"role":"assistant","content":null,"tool_calls":[{"id":"a","type":"function","function":{"name":"rm","arguments":"{}"}}]},{"role":"tool","tool_call_id":"a","content":"no"}"#
        #expect(try told(go, [interlude]) == "{\"messages\":[\(go),\(items)]}")
        let rest = #"{"role":"assistant","content":"fine"}, {"role":"user","content":"more"}"#
        #expect(try told("\(go), \(rest)", [interlude]) == "{\"messages\":[\(go), \(items),\(rest)]}")
        #expect(
            try told("\(go),\(rest)", [interlude, interlude])
                == "{\"messages\":[\(go),\(items),\(items),\(rest)]}")
        let other = #"{"role":"user","content":"something else"}"#
        #expect(try told("\(other),\(rest)", [interlude]) == "{\"messages\":[\(other),\(rest)]}")
    }

    @Test("Half a surrogate pair in a request changes nothing of it")
    func loneSurrogates() throws {
        let body =
            #"{"messages":[{"role":"user","content":"cut \ud83d here, whole \ud83d\ude00, \\ud83d text"}]}"#
        #expect(try restored("/v1/messages", body, [entry("a", result: .unchanged)]) == body)
    }

    @Test("What is remembered is there after a restart, up to a line that a crash has cut")
    func restart() throws {
        let folder = TemporaryFolder()
        let entries = [
            entry("a", result: .replaced("no", isError: true)), entry("b", result: .prefixed("Note.")),
            entry("c", result: .unchanged, restores: false),
        ]
        let place = SessionPlace(key: "claude:1", seen: [Fingerprint(.user("x"))], response: "resp_1")
        let interlude = Interlude(
            turns: 2, sum: Fingerprint(.user("y")), answers: 1, previous: nil, items: "{\"role\":\"x\"}")
        do {
            let ledger = try CallLedger(folder: folder.path)
            #expect(!FileManager.default.fileExists(atPath: folder.path))
            try ledger.prepare()
            #expect(throws: AttachError.self) { try CallLedger(folder: folder.path) }
            for entry in entries { try ledger.remember(entry, in: "j") }
            try ledger.remember(interlude, in: "j")
            ledger.remember(place, in: "j")
        }
        let file = folder.path + "/" + CallLedger.fileName
        var bytes = try #require(FileManager.default.contents(atPath: file))
        bytes.append(contentsOf: "{\"journal\":\"j\",\"call\":{\"id\":\"d\"".utf8)
        try bytes.write(to: URL(fileURLWithPath: file))
        let ledger = try CallLedger(folder: folder.path)
        #expect(ledger.entries(in: "j") == entries)
        #expect(ledger.places == ["j": place])
        #expect(ledger.interludes(in: "j") == [interlude])
        try ledger.remember(entry("e", result: .unchanged), in: "j")
        #expect(ledger.entries(in: "j").count == 4)
    }
}
