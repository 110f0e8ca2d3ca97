import Foundation
import Testing

/// Keys that tools are given from the environment, and say again wherever they can: no file and no terminal has them.
@Suite struct ToolKeyTests {
    /// An MCP server of the legacy protocol that repeats its key in every one of its ways to speak.
    private static let server = #"""
        echo "started with $SERVER_KEY" >&2
        while read -r line; do
            case $line in
            *server/discover*) echo '{"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"'"$SERVER_KEY"'"}}' ;;
            *'"initialize"'*) echo '{"jsonrpc":"2.0","id":2,"result":{"protocolVersion":"2025-06-18","capabilities":{}}}' ;;
            *tools/list*)
                echo '{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info","data":"'"$SERVER_KEY"'"}}'
                echo '{"jsonrpc":"2.0","id":3,"result":{"tools":[{"name":"ask","description":"with '"$SERVER_KEY"'","inputSchema":{"type":"object","title":"'"$SERVER_KEY"'"}},{"name":"die","inputSchema":{"type":"object"}}]}}'
                ;;
            *tools/call*'"ask"'*)
                echo '{"jsonrpc":"2.0","id":"q","method":"elicitation/create","params":{"message":"May '"$SERVER_KEY"' go on?","requestedSchema":{"type":"object","properties":{"sure":{"type":"boolean","description":"'"$SERVER_KEY"'"}},"required":["sure"]}}}'
                read -r answer
                case $answer in *'"sure":true'*) said=sure ;; *) said=unsure ;; esac
                echo '{"jsonrpc":"2.0","id":4,"result":{"content":[{"type":"text","text":"'"$said $SERVER_KEY"'"}]}}'
                ;;
            *tools/call*'"die"'*)
                echo "falls over with $SERVER_KEY" >&2
                exit 9
                ;;
            esac
        done
        """#

    private static let secrets = [
        "SERVER_KEY": "mcp-0123456789-secret", "COMMAND_TOKEN": "command-987654-secret",
    ]

    private func write(in folder: Folder) throws {
        try folder.write(ToolKeyTests.server, to: "server.sh")
        try folder.write(
            """
            model: {scripted: s.json}
            prompt: go
            policy: {default: allow}
            tools:
              - mcp: {peer: {command: sh, args: [server.sh], env: {SERVER_KEY: "${SERVER_KEY}"}}}
              - name: print
                command: {shell: 'echo "out $COMMAND_TOKEN"; echo "err $COMMAND_TOKEN" >&2; exit 1', environment: [PATH, COMMAND_TOKEN]}
            """, to: "w.yaml")
        try folder.write(
            """
            [{"calls": [{"id": "1", "name": "ask", "arguments": {}}]},
             {"calls": [{"id": "2", "name": "die", "arguments": {}}, {"id": "3", "name": "print", "arguments": {}}]},
             {"content": "done"}]
            """, to: "s.json")
    }

    private func check(_ folder: Folder) throws {
        let journal = try folder.read("x.jsonl")
        for text in [
            "with [SERVER_KEY]", "out [COMMAND_TOKEN]", "err [COMMAND_TOKEN]", "ended (exit code 9)",
            "whether the call took effect is unknown",
        ] { #expect(journal.contains(text), "\(text): \(journal)") }
        let log = try folder.read("x.jsonl.servers.log")
        #expect(
            log.contains("started with [SERVER_KEY]") && log.contains("falls over with [SERVER_KEY]"),
            "\(log)")
        for secret in ToolKeyTests.secrets.values { #expect(try folder.files(holding: secret) == []) }
    }

    @Test(.timeLimit(.minutes(20)))
    func withoutATerminalTheQuestionIsDeclinedAndNoKeyIsWritten() throws {
        let folder = try Folder()
        try write(in: folder)
        let run = try CommandLineRun(
            ["run", "w.yaml", "--headless", "--approve", "policy", "--record", "x.jsonl"], in: folder,
            environment: ToolKeyTests.secrets)
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.errors.contains("asks \"May [SERVER_KEY] go on?\": declined"), "\(run.errors)")
        #expect(try folder.read("x.jsonl").contains("unsure [SERVER_KEY]"))
        try check(folder)
    }

    @Test(.timeLimit(.minutes(20)))
    func onATerminalTheQuestionIsAnsweredAndNoKeyIsShown() throws {
        let folder = try Folder()
        try write(in: folder)
        let play = try TerminalPlay(
            ["run", "w.yaml", "--record", "x.jsonl"], journal: "x.jsonl", in: folder,
            environment: ToolKeyTests.secrets
        ) { journal, pressed in
            if journal.contains(#""kind":"end""#) { return pressed.contains("L") ? "q" : "L" }
            if journal.contains(#""kind":"finished""#) { return "" }
            // Space chooses, ctrl-s sends; before the question has been there for a moment neither does anything.
            return journal.contains(#""kind":"started""#) ? " \u{13}" : "c"
        }
        guard let play else { return }
        #expect(try folder.read("x.jsonl").contains("\"content\":\"sure [SERVER_KEY]"))
        #expect(play.output.range(of: Data("[SERVER_KEY]".utf8)) != nil)
        try check(folder)
    }
}
