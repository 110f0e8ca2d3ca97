import Foundation
import Testing

/// Streams that are closed or full, pipes that nobody reads, files of all kinds: a message and an exit code each time.
@Suite struct OutputTests {
    private let folder: Folder

    init() throws {
        folder = try Folder()
        try folder.write(OutputTests.workflow, to: "w.yaml")
        try folder.write(
            #"[{"calls": [{"id": "c1", "name": "act", "arguments": {"id": "one"}}]}, {"content": "done"}]"#,
            to: "script.json")
    }

    private static let workflow = #"""
        name: output
        model: {scripted: script.json}
        prompt: go
        tools:
          - name: act
            description: Acts.
            parameters: {type: object, properties: {id: {type: string}}, required: [id]}
            command: {shell: 'echo "$ARG_id"', folder: .}
        policy: {default: allow}
        """#

    private func shell(_ line: String) throws -> CommandLineRun {
        try CommandLineRun(
            program: "/bin/sh", ["-c", line], in: folder,
            environment: ["CALLGATE": try CommandLineRun.program().path])
    }

    @Test(arguments: [
        ("run w.yaml --headless --approve all --record s/1.jsonl 2>/dev/full", 0),
        ("run w.yaml --headless --approve all --record s/2.jsonl 2>&-", 0),
        ("run w.yaml --headless --approve all --record s/3.jsonl >/dev/full", 1),
        ("run w.yaml --headless --approve all --record s/4.jsonl --json >/dev/full", 1),
        ("run w.yaml --headless --approve all --record s/5.jsonl >&-", 1),
        ("run w.yaml --headless --approve all --record s/6.jsonl --json >&- 2>&-", 1),
        ("audit s/0.jsonl >/dev/full", 1), ("replay s/0.jsonl --print >/dev/full", 1),
        ("grep '~tool act' s/0.jsonl >/dev/full", 1), ("tools list w.yaml >/dev/full", 1),
        ("export s/0.jsonl >/dev/full", 1), ("--help >/dev/full", 1), ("--version >&-", 1),
        ("replay s/0.jsonl --at 3 >/dev/full", 1), ("check s/0.jsonl >/dev/full", 1),
        ("export s/0.jsonl --output /dev/full", 2), ("check s/0.jsonl --junit /dev/full", 2),
        ("audit s/0.jsonl 2>/dev/full", 0), ("audit none.jsonl 2>/dev/full", 2), ("audit none.jsonl 2>&-", 2),
        ("run w.yaml --headless --approve all <&- >&- 2>&- --record s/7.jsonl", 1),
    ])
    func whatCannotBeWrittenIsALineAndAnExitCode(arguments: String, code: Int32) throws {
        _ = try CommandLineRun(
            ["run", "w.yaml", "--headless", "--approve", "all", "--record", "s/0.jsonl"], in: folder)
        let run = try shell("\"$CALLGATE\" \(arguments)")
        #expect(run.status == code, "\(arguments): \(run.status) \(run.errors)")
        if code == 1, !arguments.contains("2>") {
            #expect(run.errors.contains("standard output cannot be written"), "\(arguments): \(run.errors)")
        }
        // What ran is in the journal to its end all the same, where the fault was in what is only shown.
        if arguments.contains("2>"), code == 0, arguments.hasPrefix("run") {
            let name = try #require(arguments.split(separator: " ").first { $0.hasPrefix("s/") })
            #expect(try folder.read(String(name)).contains(#""kind":"end""#))
        }
    }

    /// The processes of a group that still run; one that has ended and that nobody waits for is none.
    private static func living(in group: Int32) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.filter { name in
            guard name.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
                let stat = try? String(contentsOfFile: "/proc/\(name)/stat", encoding: .utf8),
                let end = stat.lastIndex(of: ")")
            else { return false }
            // State, parent, group.
            let fields = stat[stat.index(after: end)...].split(separator: " ")
            return fields.count > 2 && fields[2] == "\(group)" && fields[0] != "Z" && fields[0] != "X"
        }
    }

    /// A pipe that nobody reads any more ends the program with a line, and the tools with it.
    @Test func toolsEndWithTheProgramHoweverItEnds() throws {
        try folder.write(
            OutputTests.workflow.replacing(
                #"echo "$ARG_id""#, with: "echo $$ > tool.pid; while :; do date >> ticks; sleep 0.05; done"),
            to: "w.yaml")
        for (index, way) in ["head", "kill -9", "kill -TERM", "kill -ABRT"].enumerated() {
            try? FileManager.default.removeItem(at: folder.url.appendingPathComponent("tool.pid"))
            let begin = "\"$CALLGATE\" run w.yaml --headless --approve all --record s/\(index).jsonl"
            let wait = "n=0; while [ ! -s tool.pid ] && [ $n -lt 1200 ]; do sleep 0.05; n=$((n + 1)); done"
            // A mark is written after the tool began: the pipe is broken by then.
            let line =
                way == "head"
                ? "mkfifo p 2>/dev/null; \(begin) --json >p 2>e & exec 3<p; \(wait); exec 3<&-; "
                    + "\"$CALLGATE\" approve s --list >/dev/null; kill -TERM $!; wait $!; true"
                : "\(begin) >o 2>e & \(wait); \(way) $!; wait $! 2>/dev/null; true"
            _ = try shell(line)
            let group = try #require(
                Int32(try folder.read("tool.pid").trimmingCharacters(in: .whitespacesAndNewlines)))
            var isGone = false
            for _ in 0..<600 where !isGone {
                isGone = OutputTests.living(in: group).isEmpty
                usleep(50_000)
            }
            #expect(isGone, "after \(way) the tool's group \(group) is still there")
            if !isGone { kill(-group, SIGKILL) }
        }
    }

    @Test func exportsKeepLinksDevicesAndModesAndNewFilesArePrivate() throws {
        _ = try CommandLineRun(
            ["run", "w.yaml", "--headless", "--approve", "all", "--record", "s/0.jsonl"], in: folder)
        let run = try shell(
            """
            set -e
            umask 0; echo old > real; chmod 604 real; ln -s real link; mkfifo pipe
            "$CALLGATE" export s/0.jsonl --output link
            "$CALLGATE" export s/0.jsonl --output new
            "$CALLGATE" export s/0.jsonl --output /dev/null
            cat pipe > got & "$CALLGATE" export s/0.jsonl --output pipe; wait
            "$CALLGATE" check s/0.jsonl --tap report >/dev/null
            stat -c '%n %F %a' link real new pipe report; stat -c '%F' /dev/null; wc -c < got
            """)
        #expect(run.status == 0, "\(run.errors)")
        let lines = run.output.split(separator: "\n").map(String.init)
        #expect(
            lines.prefix(6) == [
                "link symbolic link 777", "real regular file 604", "new regular file 600", "pipe fifo 666",
                "report regular file 600", "character special file",
            ])
        #expect(lines.last.flatMap { Int($0) } ?? 0 > 100)
    }

    /// Nothing that a server, a model or a file wrote reaches the terminal as itself, on whatever way the program ends.
    @Test func standardErrorIsAsSafeAsTheScreen() throws {
        let evil = "\u{1B}]0;x\u{7}\u{202E}\u{9B}31m\r"
        let name = "e\u{1B}[31m\u{202E}.jsonl"
        try folder.write("{\"n\":1,\"kind\":\"session\",\"journal\":\"\(evil)\"}\n", to: name)
        try folder.write("{\"n\":1,\"kind\":\"session\",\"journal\":\"1.0\",\"\u{1B}x\":1}\n", to: "b.jsonl")
        try folder.write("name: \"x\\e]0;y\\a\\u202E\"\nnonsense: 1\n", to: "bad.yaml")
        try folder.write(#"[{"nonsense\u001b[31m": 1}]"#, to: "script.json")
        try folder.write("#!/bin/sh\nprintf 'last \\033]0;x\\007 words\\n' >&2; exit 3\n", to: "server")
        try folder.write(#"{"mcpServers": {"s": {"command": "/bin/sh", "args": ["server"]}}}"#, to: "m.json")
        try folder.write("name: m\nmodel: {scripted: script.json}\ntools: [{mcp: m.json}]\n", to: "m.yaml")
        let ways = [
            ["audit", name], ["replay", name, "--print"], ["grep", "~err", name], ["export", name],
            ["check", name],
            ["diff", name, name], ["fork", name], ["provenance", name], ["audit", "b.jsonl"],
            ["validate", "bad.yaml"],
            ["run", "bad.yaml", "--headless", "--approve", "all"],
            ["run", "w.yaml", "--headless", "--approve", "all"],
            ["tools", "list", "m.yaml"], ["run", "no\u{1B}[31mthing.yaml", "--headless", "--approve", "all"],
            ["no\u{1B}[31mcommand"], ["grep", "~no\u{1B}[31m", "."], ["import", name],
            ["approve", "no\u{1B}[31m", "--list"],
            ["rules", "try", "no\u{1B}[31m", "."], ["export", name, "--format", "no\u{1B}[31m"],
            ["grep", "~err", "."],
        ]
        for arguments in ways {
            let run = try CommandLineRun(arguments, in: folder)
            for text in [run.errors, run.output] {
                let odd = text.unicodeScalars.first {
                    ($0.value < 0x20 && $0 != "\n" && $0 != "\t") || (0x7F...0x9F).contains($0.value)
                        || $0.value == 0x202E
                }
                #expect(odd == nil, "\(arguments): \(text.debugDescription)")
            }
        }
    }

    @Test func aServersLogIsPrivateAndHoldsNoControls() throws {
        try folder.write(
            """
            #!/usr/bin/env python3
            import json, sys
            sys.stderr.write("a \\x1b[31m line\\n"); sys.stderr.flush()
            for line in sys.stdin:
                m = json.loads(line)
                if "id" not in m: continue
                if m["method"] == "initialize":
                    r = {"protocolVersion": "2025-06-18", "capabilities": {"tools": {}}, "serverInfo": {"name": "s", "version": "1"}}
                elif m["method"] == "tools/list":
                    r = {"tools": [{"name": "act", "description": "x", "inputSchema": {"type": "object"}}]}
                elif m["method"] == "tools/call":
                    r = {"content": [{"type": "text", "text": "ok"}]}
                else:
                    print(json.dumps({"jsonrpc": "2.0", "id": m["id"], "error": {"code": -32601, "message": "no"}}), flush=True); continue
                print(json.dumps({"jsonrpc": "2.0", "id": m["id"], "result": r}), flush=True)
            """, to: "server.py")
        try folder.write(
            #"{"mcpServers": {"s": {"command": "python3", "args": ["server.py"]}}}"#, to: "m.json")
        try folder.write(
            "name: m\nmodel: {scripted: script.json}\nprompt: go\ntools: [{mcp: m.json}]\npolicy: {default: allow}\n",
            to: "m.yaml")
        let run = try CommandLineRun(
            ["run", "m.yaml", "--headless", "--approve", "all", "--record", "s/m.jsonl"], in: folder)
        #expect(run.status == 0, "\(run.errors)")
        let log = try folder.read("s/m.jsonl.servers.log")
        #expect(log.contains("a ‹ESC›[31m line") && !log.contains("\u{1B}"))
        let path = folder.url.appendingPathComponent("s/m.jsonl.servers.log").path
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }

    /// A session is never lost to what is made of it.
    @Test func whatIsReadIsNotWrittenOver() throws {
        _ = try CommandLineRun(
            ["run", "w.yaml", "--headless", "--approve", "all", "--record", "s/0.jsonl"], in: folder)
        let run = try shell(
            """
            ln -s 0.jsonl s/link; ln s/0.jsonl s/twin; cksum < s/0.jsonl > before
            for target in s/0.jsonl s/link s/twin; do
                    "$CALLGATE" export s/0.jsonl --output $target; echo $?
                    "$CALLGATE" export s/0.jsonl --format asciinema --output $target; echo $?
                    "$CALLGATE" check s/0.jsonl --junit $target >/dev/null; echo $?
                    "$CALLGATE" check s/0.jsonl --tap $target >/dev/null; echo $?
            done
            cksum < s/0.jsonl | cmp - before && echo same
            """)
        #expect(run.output == String(repeating: "2\n", count: 12) + "same\n", "\(run.output)\(run.errors)")
        #expect(run.errors.contains("is s/0.jsonl itself, which is read; name another file to write"))
    }
}
