import Foundation
import Testing

private let workflow = """
    tools:
      - name: count
        description: Counts the words of a text.
        parameters: {type: object, properties: {text: {type: string}}, required: [text], additionalProperties: false}
        command: {shell: 'printf %s "$ARG_text" | wc -w'}
      - name: fail
        command: {shell: 'echo broken >&2; exit 4'}
      - name: boss
        description: Asks the boss.
        parameters: {type: object, properties: {question: {type: string}}}
    policy:
      allow: [{tool: count}, {tool: boss}]
      deny: [{tool: count, when: {/text: secret}, reason: no secrets}]
    """

/// `callgate tools` and `callgate init`, as they are run.
@Suite struct ToolsCommandTests {
    private func call(_ name: String, _ arguments: String, _ approve: String) throws -> CommandLineRun {
        let folder = try Folder()
        try folder.write(workflow, to: "w.yaml")
        return try CommandLineRun(
            ["tools", "call", name, "--args", arguments, "--workflow", "w.yaml", "--approve", approve],
            in: folder)
    }

    @Test func aCallPassesTheGateAndPrintsWhatTheToolSaid() throws {
        let run = try call("count", #"{"text": "a b c"}"#, "policy")
        #expect(run.status == 0 && run.output == "3\n", "\(run.output)\(run.errors)")
    }

    /// A file of servers as people have it: each that cannot be used is set aside with the reason.
    @Test func aServerThatCannotBeUsedStopsNoOther() throws {
        let folder = try Folder()
        try folder.write(
            #"""
            while read -r line; do
                id=$(printf '%s' "$line" | sed -n 's/.*"id":\([0-9]*\).*/\1/p')
                case $line in
                *server/discover*) echo '{"jsonrpc":"2.0","id":'"$id"',"error":{"code":-32601,"message":"no"}}' ;;
                *'"initialize"'*)
                    echo '{"jsonrpc":"2.0","id":'"$id"',"result":{"protocolVersion":"2025-06-18","capabilities":{}}}' ;;
                *tools/list*) echo '{"jsonrpc":"2.0","id":'"$id"',"result":{"tools":[{"name":"t"}]}}' ;;
                esac
            done
            """#, to: "server")
        let odd = [
            "nothing": "null", "words": #"{"command": "x", "args": "a b"}"#,
            "dead": #"{"command": "/no/such"}"#,
            "gone": #"{"httpUrl": "not an address"}"#,
            "unset": #"{"command": "/no/${NO_SUCH_VARIABLE_HERE}"}"#,
            "off": #"{"command": "x", "disabled": true}"#,
        ]
        let live = #""live": {"command": "/bin/bash", "args": ["server", 1], "url": null}"#
        let entries = odd.sorted { $0.key < $1.key }.map { "\"\($0.key)\": \($0.value)" }.joined(
            separator: ",")
        try folder.write("{\"mcpServers\": {\(entries),\(live)}}", to: "m.json")
        try folder.write("{\"mcpServers\": {\(entries)}, \"servers\": {\(live)}}", to: "two.json")
        for file in ["m.json", "two.json"] {
            let run = try CommandLineRun(["tools", "list", file], in: folder)
            #expect(run.status == 0 && run.output.contains("t()"), "\(file): \(run.output)\(run.errors)")
            for name in odd.keys {
                #expect(run.output.contains("server \(name)"), "\(file), \(name): \(run.output)")
            }
        }
        try folder.write(
            "{\"mcpServers\": {\(live)}, \"servers\": {\"live\": {\"command\": \"/other\"}}}",
            to: "twice.json")
        let twice = try CommandLineRun(["tools", "list", "twice.json"], in: folder)
        #expect(twice.output.contains("t()") && twice.output.contains("another table has it otherwise"))
        try folder.write("{\"mcpServers\": {\(entries)}}", to: "none.json")
        let none = try CommandLineRun(["tools", "list", "none.json"], in: folder)
        #expect(none.status == 2)
        for name in odd.keys { #expect(none.errors.contains("server \(name)"), "\(name): \(none.errors)") }
    }

    /// What a client's file leaves out is no tool of the catalogue, and a call of it says why.
    @Test func aToolThatTheFileLeavesOutCannotBeCalled() throws {
        let folder = try Folder()
        try folder.write(
            #"""
            while read -r line; do
                id=$(printf '%s' "$line" | sed -n 's/.*"id":\([0-9]*\).*/\1/p')
                case $line in
                *server/discover*) echo '{"jsonrpc":"2.0","id":'"$id"',"error":{"code":-32601,"message":"no"}}' ;;
                *'"initialize"'*)
                    echo '{"jsonrpc":"2.0","id":'"$id"',"result":{"protocolVersion":"2025-06-18","capabilities":{}}}' ;;
                *tools/list*) echo '{"jsonrpc":"2.0","id":'"$id"',"result":{"tools":[{"name":"t"},{"name":"delete_all"}]}}' ;;
                esac
            done
            """#, to: "server")
        try folder.write(
            #"{"mcpServers": {"s": {"command": "/bin/bash", "args": ["server"], "excludeTools": ["delete_all"]}}}"#,
            to: "m.json")
        let list = try CommandLineRun(["tools", "list", "m.json"], in: folder)
        #expect(list.output.contains("delete_all: set aside: the configuration of server s leaves it out"))
        let call = try CommandLineRun(
            ["tools", "call", "delete_all", "--args", "{}", "--workflow", "m.json", "--approve", "all"],
            in: folder)
        #expect(call.status == 1 && call.errors.contains("was set aside"), "\(call.errors)")
    }

    @Test func argumentsThatDoNotMatchNeverRun() throws {
        let run = try call("count", #"{"txt": 1}"#, "all")
        #expect(run.status == 1 && run.output.isEmpty)
        #expect(run.errors.contains("do not match the schema"), "\(run.errors)")
        #expect(try call("nothing", "{}", "all").errors.contains("no tool is named nothing"))
        #expect(try call("count", "{", "all").status == 1)
    }

    @Test func thePolicyRules() throws {
        let denied = try call("count", #"{"text": "the secret"}"#, "all")
        #expect(denied.status == 3 && denied.errors.contains("no secrets"), "\(denied.errors)")
        let asked = try call("fail", "{}", "policy")
        #expect(asked.status == 3 && asked.errors.contains("needs a person"), "\(asked.errors)")
        #expect(try call("count", #"{"text": "a"}"#, "none").status == 3)
    }

    @Test func aToolThatFailsEndsWithCode1() throws {
        let run = try call("fail", "{}", "all")
        #expect(run.status == 1 && run.output == "[standard error]\nbroken\n[exit code 4]\n", "\(run.output)")
    }

    @Test func aToolWithoutABodyNeedsAPerson() throws {
        let refused = try call("boss", "{}", "all")
        #expect(refused.status == 1)
        #expect(
            refused.errors.contains("boss is answered by a person, and nobody is there"), "\(refused.errors)")
        let stopped = try call("boss", "{}", "policy")
        #expect(stopped.status == 3 && stopped.errors.contains("boss has no body: a person answers it"))
    }

    @Test func withoutATerminalNobodyIsAsked() throws {
        let folder = try Folder()
        try folder.write(workflow, to: "w.yaml")
        let run = try CommandLineRun(["tools", "call", "count", "--workflow", "w.yaml"], in: folder)
        #expect(run.status == 2 && run.errors.contains("there is no terminal to ask on"))
    }

    @Test func theListNamesToolsParametersAndOrigin() throws {
        let folder = try Folder()
        try folder.write(workflow, to: "w.yaml")
        let run = try CommandLineRun(["tools", "list", "w.yaml"], in: folder)
        #expect(
            run.output == """
                count(text)
                    command sh
                    Counts the words of a text.
                fail()
                    command sh
                boss(question?)
                    answered by hand
                    Asks the boss.
                3 tools

                """)
        let json = try CommandLineRun(["tools", "list", "w.yaml", "--json"], in: folder)
        try folder.write(json.output, to: "catalogue.json")
        #expect(
            try CommandLineRun(["tools", "lint", "catalogue.json"], in: folder).output.contains(
                "3 tools of a list of tools, "))
    }

    @Test func commandsRunInAWorkflow() throws {
        let folder = try Folder()
        try folder.write(workflow + "\nmodel: {scripted: s.json}\nprompt: go\n", to: "w.yaml")
        try folder.write(
            #"[{"calls": [{"id": "a", "name": "count", "arguments": {"text": "x y"}}]}, {"content": "two"}]"#,
            to: "s.json")
        let run = try CommandLineRun(
            ["run", "w.yaml", "--headless", "--approve", "policy", "--json", "--record", "x.jsonl"],
            in: folder)
        #expect(run.status == 0 && run.output.contains(#""content":"2\n""#), "\(run.output)\(run.errors)")
    }

    @Test func initWritesAWorkflowThatRunsAndOverwritesNothing() throws {
        let folder = try Folder()
        #expect(try CommandLineRun(["init", "mine.yaml"], in: folder).status == 0)
        #expect(try folder.read("workflow.schema.json").contains("Callgate workflow"))
        #expect(try CommandLineRun(["tools", "list", "mine.yaml"], in: folder).status == 0)
        let again = try CommandLineRun(["init", "mine.yaml"], in: folder)
        #expect(again.status == 2 && again.errors.contains("mine.yaml is there already"))
        #expect(try CommandLineRun(["init", "mine.yaml", "--force"], in: folder).status == 0)
    }
}

@Suite struct ParallelTests {
    @Test(.timeLimit(.minutes(20)))
    func callsOfOneRoundRunTogetherAndTheirResultsStayInOrder() throws {
        let folder = try Folder()
        // A ring: each call writes to the next one's pipe and reads its own, so none can end before all have begun.
        for name in ["a", "b", "c"] {
            try #require(mkfifo(folder.url.appendingPathComponent(name).path, 0o600) == 0)
        }
        try folder.write(
            """
            model: {scripted: s.json}
            prompt: go
            parallel: 3
            limits: {tool-seconds: 50}
            policy: {default: allow}
            tools:
              - name: meet
                parameters: {type: object, properties: {mine: {type: string}, next: {type: string}}}
                command: {shell: 'echo "$ARG_mine" > "$ARG_next" & read -r line < "$ARG_mine"; wait; echo "$ARG_mine met $line"'}
            """, to: "w.yaml")
        let calls = zip(["a", "b", "c"], ["b", "c", "a"]).map { mine, next in
            #"{"id": "\#(mine)", "name": "meet", "arguments": {"mine": "\#(mine)", "next": "\#(next)"}}"#
        }
        try folder.write(
            #"[{"calls": [\#(calls.joined(separator: ","))]}, {"content": "done"}]"#, to: "s.json")
        let run = try CommandLineRun(
            ["run", "w.yaml", "--headless", "--approve", "policy", "--json", "--record", "x.jsonl"],
            in: folder)
        #expect(run.status == 0, "\(run.errors)")
        let messages = run.output.split(separator: "\n").filter { $0.contains(#""kind":"tool-message""#) }
        #expect(messages.count == 3, "\(run.output)")
        for (message, text) in zip(messages, ["a met c", "b met a", "c met b"]) {
            #expect(message.contains(text), "\(message)")
        }
    }
}
