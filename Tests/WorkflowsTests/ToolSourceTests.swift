import Agent
import JSON
import Testing
import Tools

@testable import Workflows

private func fault(_ text: String) -> String {
    do {
        _ = try Workflow.parse(text, file: "dir/w.yaml")
        return "no error"
    } catch {
        return error.description
    }
}

@Suite struct CommandSourceTests {
    @Test("a command with everything said")
    func everything() throws {
        let workflow = try Workflow.parse(
            """
            tools:
              - name: t
                description: D
                parameters: {type: object, properties: {a: {type: string}}}
                command:
                  run: [./x.sh, [-n, "{a}"], "{{}}"]
                  stdin: json
                  folder: sub
                  environment: [PATH, A=b=c]
                  seconds: 3
                  output-bytes: 9
                  leading-dash: true
            """, file: "dir/w.yaml")
        let parameters: JSONValue = ["type": "object", "properties": ["a": ["type": "string"]]]
        let settings = CommandSettings(
            body: .program([
                [try ArgumentTemplate("dir/./x.sh")],
                [try ArgumentTemplate("-n"), try ArgumentTemplate("{a}")], [try ArgumentTemplate("{{}}")],
            ]), givesJSON: true, allowsLeadingDash: true, folder: "dir/sub",
            environment: EnvironmentList(["PATH", "A=b=c"]), seconds: 3, outputBytes: 9)
        #expect(
            workflow.tools
                == [.command(ToolDefinition(name: "t", description: "D", parameters: parameters), settings)])
    }

    @Test("a tool of a name and nothing else takes no arguments and is answered by hand")
    func byHand() throws {
        let none: JSONValue = ["type": "object", "properties": [:], "additionalProperties": false]
        #expect(
            try Workflow.parse("tools: [{name: t}]", file: "w.yaml").tools
                == [.byHand(ToolDefinition(name: "t", description: "", parameters: none))])
    }

    @Test(
        "what doesn't go together is named with its place",
        arguments: [
            ("tools: [{description: x}]", "1:9: tools.0: a tool needs one of the keys builtin, name"),
            ("tools: [{name: t, database: x}]", "1:19: database doesn't go with name"),
            ("tools: [{name: t, command: {}}]", "1:28: command needs one of the keys run, shell"),
            (
                "tools: [{name: t, command: {run: [a], shell: b}}]",
                "1:28: command needs only one of the keys run, shell"
            ),
            (
                "tools: [{name: t, command: {runs: [a]}}]",
                "1:29: there is no key \"runs\" here; did you mean run?"
            ),
            ("tools: [{name: t, command: {run: []}}]", "1:34: tools.0.command.run: "),
            ("tools: [{name: t, command: {run: [a, '{x']}}]", "1:38: \"{x\": a { without }"),
            (
                "tools: [{name: t, command: {run: [a, '{x}']}}]",
                "1:38: t has no parameter \"x\"; it has no parameters"
            ),
            (
                "tools: [{name: t, parameters: {properties: {path: {}}}, command: {run: [a, '{paht}']}}]",
                "1:76: t has no parameter \"paht\"; did you mean path?"
            ),
            (
                "tools: [{name: t, parameters: {properties: {a: {}}}, command: {run: ['{a}']}}]",
                "1:70: the first element"
            ),
            ("tools: [{name: t}, {name: t}]", "1:27: another tool is named t too"),
            ("tools: [{name: a b}]", "1:16: tools.0.name: "),
            ("tools: [{name: t, parameters: {type: strin}}]", "1:38: parameters is no JSON Schema"),
            (
                "tools: [{name: t, command: {run: [a], environment: ['A B']}}]",
                "1:53: tools.0.command.environment.0"
            ),
        ])
    func faults(text: String, start: String) {
        #expect(fault(text).hasPrefix("dir/w.yaml:" + start), "\(fault(text))")
    }
}

@Suite struct ServerAndRequestSourceTests {
    @Test("MCP servers, from a file beside the workflow or in it")
    func servers() throws {
        let workflow = try Workflow.parse(
            """
            tools:
              - {mcp: mcp.json, servers: [time], tools: [get_*], prefix: true}
              - mcp:
                  here: {command: run-me, args: [-x], cwd: /tmp}
                  there: {url: "https://h/mcp", headers: {A: b}}
                  off: {command: no, disabled: true}
            """, file: "dir/w.yaml")
        #expect(
            workflow.tools.first
                == .mcp(
                    MCPSource(place: .file("dir/mcp.json"), servers: ["time"], tools: ["get_*"], prefix: true)
                ))
        guard case .mcp(let source)? = workflow.tools.last, case .inline(let servers, _) = source.place else {
            Issue.record("no servers")
            return
        }
        #expect(servers.map(\.name) == ["here", "there"])
        #expect(servers[1].transport == .http(url: "https://h/mcp", headers: ["A": "b"]))
        guard case .stdio(let launch) = servers[0].transport else {
            Issue.record("not over stdio")
            return
        }
        #expect(launch.program == "run-me" && launch.arguments == ["-x"] && launch.folder == "/tmp")
    }

    @Test("a request with everything said")
    func request() throws {
        let workflow = try Workflow.parse(
            """
            tools:
              - name: t
                parameters: {type: object, properties: {a: {type: string}}}
                http:
                  method: POST
                  url: https://h/x/{a}
                  query: {q: "{a}", key: "${KEY}"}
                  headers: {X: "v{a}"}
                  body: {in: ["{a}", 1]}
                  seconds: 3
                  output-bytes: 9
              - {openapi: spec.json, server: "http://h", tools: [get*], headers: {A: "${KEY}"}}
            """, file: "dir/w.yaml")
        guard case .http(_, let settings)? = workflow.tools.first else {
            Issue.record("no request")
            return
        }
        #expect(settings.method == "POST" && settings.url.source == "https://h/x/{a}")
        #expect(
            settings.query.map(\.value.source) == ["{a}", "${KEY}"]
                && settings.query[1].value.variables == ["KEY"])
        #expect(settings.headers.map(\.value.source) == ["v{a}"])
        #expect(settings.seconds == 3 && settings.outputBytes == 9)
        #expect(
            workflow.tools.last
                == .openAPI(
                    OpenAPISource(
                        path: "dir/spec.json", server: "http://h",
                        headers: [.init(name: "A", value: try ArgumentTemplate("${KEY}", variables: true))],
                        tools: ["get*"])))
    }

    @Test(
        "what cannot be used is named with its place",
        arguments: [
            ("tools: [{mcp: {a: {}}}]", "1:15: server a needs a \"command\" or a \"url\""),
            ("tools: [{mcp: {a: {command: x}}, servers: [b]}]", "1:44: there is no server b under mcp"),
            (
                "tools: [{mcp: {a: {command: '${CALLGATE_NO_SUCH}'}}}]",
                "1:15: server a: \"command\" names the variable"
            ),
            ("tools: [{mcp: {a: {url: 'ftp://x'}}}]", "1:15: server a: \"url\" is no address"),
            ("tools: [{name: t, http: {url: 'http://{x}/'}}]", "1:31: t has no parameter \"x\""),
            (
                "tools: [{name: t, parameters: {properties: {x: {}}}, http: {url: 'http://{x}/'}}]",
                "1:66: an argument cannot be part of the host"
            ),
            (
                "tools: [{name: t, http: {url: 'http://h', body: {a: '{x}'}}}]",
                "1:49: t has no parameter \"x\""
            ),
            (
                "tools: [{name: t, http: {url: 'http://h', body: {}, form: {}}}]",
                "1:25: http needs only one of the keys"
            ),
            (
                "tools: [{name: t, http: {url: 'http://h'}, command: {run: [a]}}]",
                "1:19: a tool is a command or a request"
            ),
            ("tools: [{openapi: x, headers: {A: '{b}'}}]", "1:35: here only variables of the environment"),
        ])
    func faults(text: String, start: String) {
        #expect(fault(text).hasPrefix("dir/w.yaml:" + start), "\(fault(text))")
    }
}
