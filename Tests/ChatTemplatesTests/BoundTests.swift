import ChatTemplates
import Foundation
import JSON
import Testing

/// A template comes from a stranger: whatever it does ends soon, with one line that says where.
@Suite struct BoundTests {
    private func failure(_ source: String) -> TemplateError? {
        do throws(TemplateError) {
            let context = TemplateContext(messages: [["role": "user", "content": "x"]])
            let limits = RenderLimits(steps: 500_000)
            _ = try ChatTemplate(source).render(context, clock: Fixtures.clock, limits: limits)
            return nil
        } catch {
            return error
        }
    }

    @Test func bombsAreStopped() {
        let nested = { (text: String, count: Int) in String(repeating: text, count: count) }
        let bombs = [
            "{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}",
            "{% for a in range(100000) %}{{ 'x' * 100000 }}{% endfor %}",
            "{{ 'x' * 1000000000000 }}", "{{ [1] * 1000000000000 }}", "{{ 'x'.center(1000000000) }}",
            "{{ '%1000000000d' % 1 }}", "{{ '{:>1000000000}'.format(1) }}", "{{ 'a' | indent(1000000000) }}",
            "{% macro f(x) %}{{ f(x) }}{% endmacro %}{{ f(1) }}",
            "{% macro f(x) %}{{ f(x + x) }}{{ f(x + x) }}{% endmacro %}{{ f('ab') }}",
            "{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}",
            "{% set ns = namespace(a=[]) %}{% for i in range(99999) %}{% set ns.a = [ns.a, ns.a] %}{% endfor %}{{ ns.a }}",
            "{% set ns = namespace(a='x') %}{% for i in range(60) %}{% set ns.a = ns.a ~ ns.a %}{% endfor %}",
            "{% set ns = namespace(a='x') %}{% for i in range(60) %}{% set ns.a = ns.a | replace('x', 'xx') %}{% endfor %}",
            "{% for i in range(100000) %}{{ ('a' * 100000).find('b') }}{% endfor %}",
            "{{ ('a' * 1000000).replace('', 'bbbbbbbbbbbbbbbbbbbbbbbbbbbbb') }}",
            "{{ " + nested("(", 10_000) + "1" + nested(")", 10_000) + " }}",
            "{{ " + nested("[", 10_000), "{{ 1" + nested(" + 1", 100_000) + " }}",
            "{{ a" + nested(".a", 100_000) + " }}",
            "{{ 1" + nested(" | string", 100_000) + " }}", "{{ " + nested("not ", 100_000) + "1 }}",
            "{{ " + nested("-", 100_000) + "1 }}", nested("{% if 1 %}", 10_000),
            "{{ 1" + nested(" if 1 else 1", 100_000) + " }}",
            "{{ ('a' * 500000 + 'b') in ('a' * 1000000) }}{% for i in range(1000) %}{{ ('a' * 500000 + 'b') in ('a' * 1000000) }}{% endfor %}",
        ]
        let started = ContinuousClock.now
        for bomb in bombs {
            let error = failure(bomb)
            #expect(
                error?.kind == .limit || error?.kind == .syntax || error?.kind == .runtime,
                "\(bomb.prefix(80))")
            #expect(error?.message.contains("\n") == false)
        }
        print("\(bombs.count) bombs stopped in \(ContinuousClock.now - started)")
    }

    @Test func randomChangesOfTemplatesNeverDoMoreThanFail() throws {
        var generator = SeededGenerator(seed: 11)
        let sources =
            MarkTests.own
            + (try Fixtures.peers.prefix(20).map { try String(contentsOf: $0, encoding: .utf8) })
        let pieces = [
            "{{", "}}", "{%", "%}", "if", "for", "(", ")", "[", "'", "|", "-", "{#", "endif", "\\", "loop",
            "1",
        ]
        var (failed, rendered) = (0, 0)
        for _ in 0..<600 {
            var scalars = Array(sources[Int.random(in: 0..<sources.count, using: &generator)].unicodeScalars)
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let place = Int.random(in: 0..<scalars.count, using: &generator)
                let end = min(scalars.count, place + Int.random(in: 0...6, using: &generator))
                let piece = pieces[Int.random(in: 0..<pieces.count, using: &generator)]
                scalars.replaceSubrange(place..<end, with: Array(piece.unicodeScalars))
            }
            if failure(String(String.UnicodeScalarView(scalars))) == nil {
                rendered += 1
            } else {
                failed += 1
            }
        }
        print("600 changed templates, seed 11: \(failed) failed, \(rendered) rendered")
    }

    @Test(arguments: [
        ("a\n{{ 1 / 0 }}", 2, 6, "divided by zero"), ("{% if x %}\n\n{% foo %}", 3, 4, "'foo' is no tag"),
        ("x\n  {% for a in b %}", 2, 6, "no 'endfor'"),
        ("{{ raise_exception('No role ' ~ 1) }}", 1, 4, "No role 1"),
        ("{{ 'a' + 1 }}", 1, 8, "str and int"), ("\n\n {{ missing.x.y }}", 3, 12, "'missing' is undefined"),
        ("{{ messages[0].content.foo.bar }}", 1, 27, "no attribute 'foo'"), ("{{ 'abc }}", 1, 4, "no end"),
        ("{{ x | frob }}", 1, 8, "no filter 'frob'"), ("a {{ b", 1, 3, "no }}"),
    ])
    func anErrorNamesItsPlace(source: String, line: Int, column: Int, words: String) {
        let error = failure(source)
        #expect(
            error?.line == line && error?.message.contains(words) == true,
            "\(error.map { "\($0)" } ?? "none")")
        #expect(error?.column == column, "\(error.map { "\($0)" } ?? "none")")
    }
}
