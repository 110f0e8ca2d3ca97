import Agent
import Testing

@testable import Workflows

/// A rule is put into a workflow file as a careful person would: nothing else changes.
@Suite struct RuleInsertionTests {
    private func rule(_ effect: Effect = .deny) throws -> Rule {
        Rule(
            name: "no \"mail\"", effect: effect, tool: "*",
            condition: try Filter("~tool ^notify_user$ & ~unseen"),
            reason: "nobody: asked #1")
    }

    private static let written = #"""
            - name: "no \"mail\""
              when: "~tool ^notify_user$ & ~unseen"
              reason: "nobody: asked #1"
        """#

    @Test func itComesLastInItsListAndCommentsStay() throws {
        let text = """
            name: x   # a comment
            policy:
              # what never runs
              deny:
                - tool: shell   # dangerous
                  reason: no

                # the rest
              allow:
                - {tool: "get_*"}
            prompt: go
            """
        let after = try Workflow.adding(try rule(), to: text, file: "w.yaml")
        #expect(
            after
                == """
                name: x   # a comment
                policy:
                  # what never runs
                  deny:
                    - tool: shell   # dangerous
                      reason: no
                \(RuleInsertionTests.written)

                    # the rest
                  allow:
                    - {tool: "get_*"}
                prompt: go
                """)
    }

    /// However the policy is written, the file with the rule is the file, but for the rule.
    @Test(arguments: [
        "", "name: x\n", "name: x", "policy:\n  default: deny\n", "policy: {}\n",
        "policy: {default: allow}\n",
        "policy:\n  deny: []\n", "policy:\n  deny: [{tool: a}]   # b\nname: x\n",
        "policy:\n  deny:\n  - tool: a\n",
        "policy: {allow: [{tool: \"x[\"}], deny: [{tool: a}, {tool: 'b}'}]}\n",
        "policy:\n    ask:\n      - tool: a\n",
        "{\"name\": \"x\"}", "{\"policy\": {\"deny\": [{\"tool\": \"a\"}]}, \"name\": \"x\"}",
        "{\n  \"policy\": {\n    \"allow\": []\n  }\n}\n",
        "policy:\n  deny:\n    - tool: a\n      when:\n        /x: b\n# end\n",
        "policy:\n  deny: # none\nname: x\n",
    ])
    func theWorkflowIsTheSameButForTheRule(text: String) throws {
        let before = try? Workflow.parse(text, file: "w.yaml")
        for effect in Effect.allCases {
            let rule = try rule(effect)
            guard let before else {
                #expect(throws: (any Error).self) { try Workflow.adding(rule, to: text, file: "w.yaml") }
                return
            }
            let after = try Workflow.adding(rule, to: text, file: "w.yaml")
            var workflow = try Workflow.parse(after, file: "w.yaml")
            #expect(workflow.policy.rules.filter { $0.effect == effect }.last == rule, "\(after)")
            workflow.policy.rules.removeAll { $0 == rule }
            #expect(workflow == before, "\(after)")
            // Every line that was there is there still, in order.
            var rest = after[...]
            for line in text.split(separator: "\n") where !line.contains("{") && !line.contains("[") {
                let found = try #require(rest.range(of: line), "\(line) is gone")
                rest = rest[found.upperBound...]
            }
            #expect(throws: RuleInsertionError.self) { try Workflow.adding(rule, to: after, file: "w.yaml") }
        }
    }

    @Test func whatCannotBeAddedToIsSaidWithTheLineToWrite() throws {
        let text = "policy: &p\n  deny: &d\n    - tool: a\n"
        #expect(throws: (any Error).self) { try Workflow.adding(try rule(), to: text, file: "w.yaml") }
        do {
            _ = try Workflow.adding(try rule(), to: "policy:\n  deny: &d\n    - tool: a\n", file: "w.yaml")
        } catch {
            #expect("\(error)".contains("write under policy, deny: {"), "\(error)")
        }
    }
}
