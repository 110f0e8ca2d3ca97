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
