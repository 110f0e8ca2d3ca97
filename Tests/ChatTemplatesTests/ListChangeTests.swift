import CallTemplates
import ChatTemplates
import Testing

/// What llama.cpp's engine lets a template do, and transformers' sandbox does not.
@Suite struct ListChangeTests {
    private func text(_ source: String, as dialect: ChatTemplate.Dialect = .llamaCpp) throws -> String {
        var context = TemplateContext()
        context.set("given", to: ["a", "b", "c"])
        context.set("people", to: [["name": "Ann"], ["name": "Bo"]])
        return try ChatTemplate(source, dialect: dialect).render(context, clock: Fixtures.clock).text
    }

    /// What an argument takes off a list is not there when the rest of the call is done.
    @Test(arguments: ["{% set x = [1, 2, 3] %}", "{% set ns = namespace(x=[1, 2, 3]) %}"])
    func anArgumentMayChangeTheSameList(start: String) throws {
        let list = start.contains("namespace") ? "ns.x" : "x"
        #expect(try text("\(start){% set _ = \(list).append(\(list).pop(0)) %}{{ \(list) }}") == "[2, 3, 1]")
    }

    @Test(arguments: [
        ("{% set l = [] %}{% set _ = l.append('x') %}{{ l }}", "['x']"),
        // A loop, a condition and a macro change the list of the names around them.
        (
            "{% set l = [] %}{% for i in given %}{% set _ = l.append(i) %}{% endfor %}{{ l | join('-') }}",
            "a-b-c"
        ),
        (
            "{% set l = [1] %}{% macro m(x) %}{% if l.append(x) %}{% endif %}{% endmacro %}{{ m(2) }}{{ l }}",
            "[1, 2]"
        ),
        (
            "{% set n = namespace(l=[]) %}{% for i in given %}{% set _ = n.l.append(i) %}{% endfor %}{{ n.l }}",
            "['a', 'b', 'c']"
        ),
        ("{{ given.append('d') }}{{ given | length }}", "None4"),
        ("{{ given.pop() }}{{ given.pop(0) }}{{ given }}", "ca['b']"),
        ("{{ given.pop(-2) }}{{ given }}", "b['a', 'c']"),
        (
            "{% set n = namespace(l=given) %}{{ n.l.pop(0) }}{{ n.l }}",
            "a['b', 'c']"
        ),
        // Each level is a list of its own.
        ("{% set l = [] %}{% set _ = l.append(l) %}{% set _ = l.append(1) %}{{ l }}", "[[], 1]"),
        // What a filter yields is written as JSON.
        ("{{ people | map(attribute='name') | tojson }}", "[\"Ann\", \"Bo\"]"),
        ("{{ people[0].keys() | tojson }}{{ range(2) | tojson }}", "[\"name\"][0, 1]"),
    ])
    func whatLlamaCppLetsThroughIsRendered(source: String, expected: String) throws {
        #expect(try text(source) == expected)
        #expect(throws: TemplateError.self) { try text(source, as: .transformers) }
    }

    @Test(arguments: [
        "{{ given.pop(3) }}", "{{ [].pop() }}", "{{ given.pop('a') }}", "{{ given.append() }}",
        "{{ given.extend([1]) }}", "{{ given.clear() }}", "{{ people[0].update({'a': 1}) }}",
        "{{ people[0].pop('name') }}",
        "{{ [1].append(2) }}", "{{ 'text'.append('x') }}", "{{ people[0].name.pop() }}",
    ])
    func noOtherChangeIsMade(source: String) {
        for dialect in [ChatTemplate.Dialect.llamaCpp, .transformers] {
            #expect(throws: TemplateError.self) { try text(source, as: dialect) }
        }
    }

    /// A list that is put into itself again and again grows as fast as anything can.
    @Test(arguments: [
        "{% set l = [1] %}{% for i in range(9999) %}{% set _ = l.append(l) %}{% endfor %}",
        "{% set l = [] %}{% for i in range(99999) %}{% for j in range(99999) %}{% set _ = l.append(i) %}{% endfor %}{% endfor %}",
        "{% set l = [] %}{% for i in range(9999) %}{% set m = [l] %}{% set _ = l.append(m) %}{% endfor %}",
    ])
    func aListThatGrowsWithoutEndIsStopped(source: String) {
        do {
            _ = try text(source)
            Issue.record("rendered")
        } catch {
            #expect((error as? TemplateError)?.kind == .limit, "\(error)")
        }
    }

    @Test func whoeverOpensATemplateIsToldThatTransformersRefusesIt() throws {
        let source = try #require(CallTemplate.all.first { $0.style.contains("a list remembers") }).source
        let traits = TemplateTraits(
            probing: try ChatTemplate(source), specialTokens: [:], clock: Fixtures.clock)
        #expect(traits.calls == .own && traits.results == .own)
        #expect(traits.findings.contains { $0.hasPrefix("transformers refuses this template") })
        let strict = TemplateTraits(
            probing: try ChatTemplate(source, dialect: .transformers), specialTokens: [:],
            clock: Fixtures.clock)
        #expect(strict.calls != .own && strict.refusalByTransformers == nil)
    }
}
