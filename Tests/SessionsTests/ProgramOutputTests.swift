import Agent
import Foundation
import JSON
import Testing

@testable import Sessions

/// What Claude Code and Codex print, and files of their older versions: read as what they are, or named.
@Suite struct ProgramOutputTests {
    private func told(_ session: [Event]) -> [String] {
        RunState(folding: session).messages.flatMap { message -> [String] in
            switch message {
            case .system(let text), .user(let text): return ["\(message.role): \(text)"]
            case .tool(let result): return ["\(result.name) gave: \(result.content)"]
            case .assistant(let answer):
                return (answer.thinking.map { ["thought: \($0.text)"] } ?? []) + [
                    "assistant: \(answer.content)"
                ]
                    + answer.calls.map { "\($0.name) \($0.arguments.text)" }
            }
        }
    }

    private func imported(_ lines: [String], separator: String = "\n") throws -> SessionImport {
        try SessionImport(Array(lines.joined(separator: separator).utf8), name: "x")
    }

    private static let stream = [
        #"{"type":"system","subtype":"init","session_id":"s","cwd":"/x","tools":["Bash","Task"],"mcp_servers":[],"model":"claude-x","permissionMode":"default","uuid":"u0"}"#,
        #"{"type":"user","message":{"role":"user","content":"look"},"session_id":"s","parent_tool_use_id":null,"isReplay":true}"#,
        #"{"type":"stream_event","event":{"type":"message_start"},"session_id":"s","parent_tool_use_id":null}"#,
        #"{"type":"assistant","message":{"id":"m1","role":"assistant","model":"claude-x","content":[{"type":"thinking","thinking":"hm","signature":"z"}],"stop_reason":null,"usage":{"input_tokens":3,"output_tokens":1}},"session_id":"s","parent_tool_use_id":null,"uuid":"u1"}"#,
        #"{"type":"assistant","message":{"id":"m1","role":"assistant","model":"claude-x","content":[{"type":"tool_use","id":"c1","name":"Task","input":{"prompt":"dig"}}],"stop_reason":null,"usage":{"input_tokens":3,"output_tokens":9}},"session_id":"s","parent_tool_use_id":null,"uuid":"u2"}"#,
        #"{"type":"user","message":{"role":"user","content":"dig"},"session_id":"s","parent_tool_use_id":"c1","uuid":"u3"}"#,
        #"{"type":"assistant","message":{"id":"m2","role":"assistant","model":"claude-y","content":[{"type":"text","text":"dug"}],"stop_reason":null},"session_id":"s","parent_tool_use_id":"c1","uuid":"u4"}"#,
        #"{"type":"user","message":{"role":"user","content":[{"type":"tool_result","tool_use_id":"c1","content":"dug"}]},"session_id":"s","parent_tool_use_id":null,"uuid":"u5"}"#,
        #"{"type":"assistant","message":{"id":"m3","role":"assistant","model":"claude-x","content":[{"type":"text","text":"done"}],"stop_reason":null},"session_id":"s","parent_tool_use_id":null,"uuid":"u6"}"#,
        #"{"type":"result","subtype":"success","is_error":false,"duration_ms":5,"num_turns":2,"result":"done","session_id":"s","total_cost_usd":0.25,"permission_denials":[]}"#,
    ]

    @Test func theStreamThatClaudeCodePrintsIsReadAsItsConversation() throws {
        let lines = ProgramOutputTests.stream
        for imported in [try imported(lines), try imported(["[" + lines.joined(separator: ",") + "]"])] {
            #expect(imported.format == .claudeCode && imported.reason.contains("stream-json"))
            #expect(imported.sessions.count == 2)
            #expect(
                told(imported.sessions[0]) == [
                    "user: look", "thought: hm", "assistant: ", #"Task {"prompt":"dig"}"#, "Task gave: dug",
                    "assistant: done",
                ])
            #expect(told(imported.sessions[1]) == ["user: dig", "assistant: dug"])
            let header = RunState(folding: imported.sessions[1]).header
            #expect(header?.parent?.relation == .call && header?.parent?.call?.text == "c1")
            let losses = imported.losses.lines.joined(separator: "\n")
            for words in ["0.25 USD", "no times", "schemas of the tools (2)", "stream_event"] {
                #expect(losses.contains(words), "\(losses)")
            }
            #expect(!losses.contains("the prompt"))
        }
        // As it is printed without --replay-user-messages, and by versions that gave lines no uuid.
        let old = lines.enumerated().filter { $0.offset != 1 }.map {
            $0.element.replacing(/,"uuid":"u\d"/, with: "")
        }
        let bare = try imported(old)
        #expect(told(bare.sessions[0]).first == "thought: hm")
        #expect(bare.losses.lines.contains { $0.hasPrefix("the prompt") })
    }

    @Test func aStreamThatEndsByAnErrorOrACompactionSaysSo() throws {
        let failed = try imported(
            Array(ProgramOutputTests.stream[..<2]) + [
                #"{"type":"result","subtype":"error_max_turns","is_error":false,"session_id":"s","total_cost_usd":0}"#
            ])
        #expect(
            RunState(folding: failed.sessions[0]).outcome == .failed("the run ended by error_max_turns"))
        var lines = ProgramOutputTests.stream
        lines.insert(
            #"{"type":"system","subtype":"compact_boundary","compact_metadata":{"trigger":"auto","pre_tokens":900},"session_id":"s"}"#,
            at: 8)
        let compacted = try imported(lines)
        #expect(compacted.sessions.count == 3)
        #expect(told(compacted.sessions[1]) == ["assistant: done"])
        #expect(RunState(folding: compacted.sessions[1]).header?.parent?.relation == .compaction)
    }

    @Test func theResultAloneIsNamedWithTheWayToTheWhole() {
        let error = #expect(throws: ImportError.self) { try imported([ProgramOutputTests.stream[9]]) }
        #expect(error?.description.contains("--output-format stream-json") == true, "\(error as Any)")
    }

    private static let items = [
        #"{"type":"message","role":"user","content":[{"type":"input_text","text":"look"}]}"#,
        #"{"record_type":"state"}"#, #"{"type":"reasoning","summary":[{"type":"summary_text","text":"hm"}]}"#,
        #"{"type":"function_call","name":"shell","arguments":"{\"command\":[\"ls\"]}","call_id":"c1"}"#,
        #"{"type":"function_call_output","call_id":"c1","output":"{\"output\":\"a\",\"metadata\":{\"exit_code\":0}}"}"#,
        #"{"type":"message","role":"assistant","content":[{"type":"output_text","text":"done"}]}"#,
    ]

    @Test func oldRolloutsWithoutPayloadsAreRolloutsOfCodex() throws {
        let head =
            #"{"id":"t","timestamp":"2025-06-01T10:00:00.000Z","instructions":"Be brief.","git":{"branch":"m"}}"#
        let items = ProgramOutputTests.items
        let whole =
            #"{"session":{"id":"t","timestamp":"2025-05-01T10:00:00.000Z","instructions":"Be brief."},"items":["#
            + items.filter { !$0.contains("record_type") }.joined(separator: ",") + "]}"
        for imported in [try imported([head] + items), try imported([whole])] {
            #expect(imported.format == .codex, "\(imported.reason)")
            let said = told(imported.sessions[0])
            #expect(said.first == "system: Be brief." && said.contains("user: look"))
            #expect(said.contains("thought: hm") && said.contains(#"shell {"command":["ls"]}"#))
            #expect(said.last == "assistant: done")
        }
    }

    @Test(arguments: [
        [
            #"{"type":"thread.started","thread_id":"0199-a"}"#, #"{"type":"turn.started"}"#,
            #"{"type":"item.completed","item":{"id":"item_0","type":"command_execution","command":"ls","aggregated_output":"","exit_code":0,"status":"completed"}}"#,
            #"{"type":"item.completed","item":{"id":"item_1","type":"agent_message","text":"done"}}"#,
            #"{"type":"turn.completed","usage":{"input_tokens":1,"output_tokens":2}}"#,
        ],
        [
            #"{"model":"o4","workdir":"/x"}"#, #"{"prompt":"look"}"#,
            #"{"id":"0","msg":{"type":"task_started"}}"#,
            #"{"id":"0","msg":{"type":"session_configured","session_id":"0199-a"}}"#,
            #"{"id":"0","msg":{"type":"agent_message","message":"done"}}"#,
        ],
    ])
    func whatCodexExecPrintsIsNamedWithTheWayToTheWhole(lines: [String]) {
        let error = #expect(throws: ImportError.self) { try imported(lines) }
        #expect(error?.description.hasPrefix("this is what codex exec --json prints") == true)
        #expect(error?.description.contains("the thread 0199-a") == true, "\(error as Any)")
        #expect(error?.description.contains("callgate import codex") == true)
    }
}
