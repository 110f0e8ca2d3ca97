import Mutations
import Testing

@testable import Workflows

@Suite struct WorkflowParserFuzzTests {
    @Test func damagedWorkflowsAreReadOrRefused() {
        let texts = [
            Workflow.template,
            """
            name: x
            model: {scripted: s.json}
            tools:
              - name: act
                description: Acts.
                parameters: {type: object, properties: {id: {type: string, pattern: "^T-[0-9]+$"}}, required: [id]}
                command: {run: [echo, "{id}", ["--flag", "{id}"]], folder: ., seconds: 3}
              - {name: ask, http: {method: GET, url: "https://h/{id}", headers: {A: "${KEY}"}}}
            policy:
              default: ask
              deny: [{tool: act, when: "~cmd ^rm & !~taint result", reason: no}]
              allow: [{tool: "*", when: {/id: "^T-"}}]
            """,
        ]
        let outcome = ParserFuzz.run("workflows", corpus: texts.map { Array($0.utf8) }) { bytes in
            (try? Workflow.parse(String(decoding: bytes, as: UTF8.self), file: "w.yaml")) != nil
        }
        #expect(outcome.slowest < 10)
    }
}
