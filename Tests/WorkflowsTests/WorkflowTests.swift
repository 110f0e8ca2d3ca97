import Agent
import Foundation
import JSON
import Schema
import Testing

@testable import Workflows

@Suite struct WorkflowTests {
    private func fault(_ text: String, file: String = "w.yaml") -> String {
        do {
            _ = try Workflow.parse(text, file: file)
            return "no error"
        } catch {
            return error.description
        }
    }

    @Test("the template is a workflow with every key of the format")
    func template() throws {
        let workflow = try Workflow.parse(Workflow.template, file: "demo/support.yaml")
        let system =
            "You are the support desk assistant. Use the functions to look things up; never guess. "
            + "A ticket without comments is not making progress."
        let outside = Rule(
            name: "nobody-outside", effect: .deny, tool: "notify_user",
            arguments: [
                ArgumentCondition(pointer: JSONPointer(["user"]), pattern: try ECMAPattern("@"))
            ], reason: "only people of this desk can be notified")
        let invented = Rule(
            name: "no-invented-tickets", effect: .deny, tool: "*",
            condition: try Filter("~arg ticket_id=. & ~unseen"))
        #expect(
            workflow
                == Workflow(
                    name: "support-desk", tools: [.supportDesk(database: "demo/support-desk.sqlite")],
                    policy: Policy(
                        rules: [outside, invented, Rule(name: "reading", effect: .allow, tool: "get_*")]),
                    system: system, prompt: "which high-priority tickets is Maya not making progress on?",
                    principal: "support-desk"))
        let keys = Workflow.schema["properties"]?.objectValue?.keys ?? []
        for key in keys { #expect(Workflow.template.contains("\n\(key):"), "\(key)") }
    }

    @Test("every value of the file arrives, in YAML and in JSON")
    func everyValue() throws {
        let yaml = """
            name: n
            model: {embedded: models/m.gguf}
            tools: []
            policy: {default: deny, ask: [{tool: a, when: {/x/0: "^1", "": y}}, {tool: a}]}
            limits: {rounds: 1, tokens: 2, response-tokens: 3, seconds: 4, tool-seconds: 5, result-bytes: 6}
            parallel: 7
            sampling: {temperature: 0.7, top-p: 0.9, seed: 9007199254740993}
            mask: {keys: schema, spaces: any}
            system: no
            prompt: |
              two
              lines
            edit-mode: silent
            """
        let json = """
            {"name": "n", "model": {"embedded": "models/m.gguf"}, "tools": [],
            \t"policy": {"default": "deny", "ask": [{"tool": "a", "when": {"/x/0": "^1", "": "y"}}, {"tool": "a"}]},
            "limits": {"rounds": 1, "tokens": 2, "response-tokens": 3, "seconds": 4, "tool-seconds": 5,
              "result-bytes": 6}, "parallel": 7,
            "sampling": {"temperature": 0.7, "top-p": 0.9, "seed": 9007199254740993},
            "mask": {"keys": "schema", "spaces": "any"}, "system": "no",
            "prompt": "two\\nlines\\n", "edit-mode": "silent"}
            """
        let expected = Workflow(
            name: "n", model: .gguf(path: "/home/me/models/m.gguf"), tools: [],
            policy: Policy(
                rules: [
                    Rule(
                        name: "ask a", effect: .ask, tool: "a",
                        arguments: [
                            ArgumentCondition(
                                pointer: JSONPointer(["x", "0"]), pattern: try ECMAPattern("^1")),
                            ArgumentCondition(pointer: JSONPointer(), pattern: try ECMAPattern("y")),
                        ]), Rule(name: "ask a 2", effect: .ask, tool: "a"),
                ], fallback: .deny),
            limits: Limits(
                rounds: 1, tokens: 2, responseTokens: 3, seconds: 4, toolSeconds: 5, resultBytes: 6,
                parallelCalls: 7),
            sampling: SamplingSettings(
                temperature: 0.7, topP: 0.9, seed: 9_007_199_254_740_993,
                mask: MaskSettings(keys: .schema, spaces: .any)),
            system: "no", prompt: "two\nlines\n", editMode: .silent)
        #expect(try Workflow.parse(yaml, file: "/home/me/w.yaml") == expected)
        #expect(try Workflow.parse(json, file: "/home/me/w.json") == expected)
    }

    @Test("an empty mapping is a workflow of defaults, named after its file")
    func defaults() throws {
        let workflow = try Workflow.parse("{}", file: "some/where/my-desk.yaml")
        #expect(workflow == Workflow(name: "my-desk"))
        #expect(workflow.model == .builtin)
        #expect(workflow.policy.fallback == .ask)
        #expect(workflow.editMode == .annotate)
    }

    @Test("paths are relative to the file, absolute ones stay")
    func paths() throws {
        func model(_ path: String, in file: String) throws -> ModelSource {
            try Workflow.parse("model: {scripted: \(path)}", file: file).model
        }
        #expect(try model("r.json", in: "w.yaml") == .scripted(path: "r.json"))
        #expect(try model("r.json", in: "a/b/w.yaml") == .scripted(path: "a/b/r.json"))
        #expect(try model("/r.json", in: "a/b/w.yaml") == .scripted(path: "/r.json"))
    }

    @Test("an unknown key is named with its place and the known key that it is near to")
    func unknownKeys() {
        #expect(
            fault("name: x\nmodle: {}\n") == "w.yaml:2:1: there is no key \"modle\" here; did you mean model?"
        )
        #expect(
            fault("policy:\n  allow:\n    - toll: x\n")
                == "w.yaml:3:7: there is no key \"toll\" here; did you mean tool?")
        #expect(
            fault("limits: {seconds: 1, result-byte: 2}")
                == "w.yaml:1:22: there is no key \"result-byte\" here; did you mean result-bytes?")
        #expect(
            fault("model:\n  vertex: x\n")
                == "w.yaml:2:3: there is no key \"vertex\" here; there are embedded, scripted, openai, anthropic, "
                + "openai-responses, gemini, ollama, llama-server")
        #expect(
            fault("{\n  \"nam\": 1\n}", file: "w.json")
                == "w.json:2:3: there is no key \"nam\" here; did you mean name?")
    }

    @Test(
        "a wrong value is named with its place and itself",
        arguments: [
            ("limits:\n  rounds: 0\n", "w.yaml:2:11: limits.rounds: ", "; found 0"),
            ("limits:\n  rounds: many\n", "w.yaml:2:11: limits.rounds: ", "; found \"many\""),
            ("sampling: {top-p: 1.5}", "w.yaml:1:19: sampling.top-p: ", "; found 1.5"),
            ("policy: {default: maybe}", "w.yaml:1:19: policy.default: ", "; found \"maybe\""),
            ("edit-mode: loud", "w.yaml:1:12: edit-mode: ", "; found \"loud\""),
            ("name: 2024", "w.yaml:1:7: name: ", "; found 2024, which must stand in quotes to be text"),
            ("tools:\n  - builtin: zoo\n", "w.yaml:2:14: tools.0.builtin: ", "; found \"zoo\""),
            ("tools:\n  - database: x\n", "w.yaml:2:5: tools.0: ", ""),
            ("model: {embedded: a, scripted: b}", "w.yaml:1:8: model: ", ""),
            ("prompt:\n", "w.yaml:1:8: prompt: ", "; nothing is given here"),
            ("- a\n", "w.yaml:1:1: the workflow: ", ""),
        ])
    func wrongValues(text: String, start: String, end: String) {
        let message = fault(text)
        #expect(message.hasPrefix(start) && message.hasSuffix(end), "\(message)")
        #expect(!message.contains("\n"))
    }

    @Test("of several faults the first in the file is named")
    func firstFault() {
        #expect(fault("edit-mode: loud\nlimits: {rounds: 0}\n").hasPrefix("w.yaml:1:12: edit-mode"))
        #expect(fault("limits: {rounds: 0}\nedit-mode: loud\n").hasPrefix("w.yaml:1:18: limits.rounds"))
    }

    @Test("rules: a place that is no pointer, a pattern that is no pattern, a name given twice")
    func rules() {
        #expect(
            fault("policy: {deny: [{when: {user: x}}]}")
                == "w.yaml:1:25: \"user\" is no JSON Pointer; write the argument's place as \"/user\"")
        let pattern = fault("policy: {deny: [{when: {/user: '(a'}}]}")
        #expect(pattern.hasPrefix("w.yaml:1:32: \"(a\" is no regular expression: "), "\(pattern)")
        #expect(
            fault("policy:\n  deny: [{name: r}]\n  allow: [{name: r}]\n")
                == "w.yaml:3:18: another rule is named \"r\" too; give each its own name")
    }

    @Test(
        "text that is no YAML and no JSON is named with line and column",
        arguments: [
            ("name: [a\nb: c\n", "w.yaml:2:"), ("name: a\n\tb: c\n", "w.yaml:2:1: this is no YAML: "),
            ("name: a\nname: b\n", "w.yaml:1:1: the mapping that begins here has a key twice: name"),
            ("", "w.yaml:1:1: the file is empty"), ("a: *b\n", "w.yaml:1:4: this is no YAML: "),
            ("{\"name\": \"a\",\n \"prompt\" \"b\"}", "w.yaml:2:11: ':' must follow the key"),
        ])
    func syntax(text: String, start: String) {
        #expect(fault(text).hasPrefix(start), "\(fault(text))")
    }

    @Test("aliases that stand for a huge document end in an error")
    func laughs() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...9 {
            let aliases = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(aliases)]\n"
        }
        #expect(fault(text).hasSuffix("the document has more than 100000 values"))
    }

    @Test("the checked-in schema is the one that validates")
    func checkedInSchema() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let text = try String(
            contentsOf: root.appendingPathComponent("docs/workflow.schema.json"), encoding: .utf8)
        #expect(text == Workflow.schema.text(.pretty) + "\n")
    }
}
