import Foundation
import JSON
import Testing

@testable import Agent

/// One line of the labelled set; `Scripts/fixtures/provenance_set.py` says what the labels mean.
private struct LabelledCall {
    let kind: String
    let record: CallRecord
    let state: RunState
    let labels: [JSONPointer: [String]]
    let obeys: Bool

    init(_ line: Substring) throws {
        let value = try JSONParser.parse(String(line))
        func text(_ key: String) throws -> String { try #require(value[key]?.stringValue) }
        kind = try text("kind")
        obeys = try #require(value["obeys"]?.boolValue as Bool?)
        var labels: [JSONPointer: [String]] = [:]
        for member in try #require(value["labels"]?.objectValue) {
            labels[try #require(JSONPointer(text: member.key))] = member.value.arrayValue?.compactMap(
                \.stringValue)
        }
        self.labels = labels
        let tool = try text("tool")
        var bodies: [EventBody] = [
            .sessionStarted(
                SessionHeader(
                    id: "s", workflow: "w", model: ModelInfo(name: "m", kind: "k"),
                    catalogue: [
                        ToolDefinition(name: tool, description: "", parameters: try #require(value["schema"]))
                    ], sampling: SamplingSettings(), limits: Limits(), policy: Policy())),
            .messageAdded(.system(try text("system"))), .messageAdded(.user(try text("user"))),
        ]
        var round = 1
        func ask(_ call: ToolCall) {
            bodies.append(.requestSent(RequestRecord(round: round, text: "")))
            bodies.append(.responseReceived(round: round, ScriptedModel.asking(call), milliseconds: 0))
        }
        for result in try #require(value["results"]?.arrayValue) {
            let key = key(round, "r\(round)")
            ask(call("r\(round)", try #require(result["tool"]?.stringValue)))
            let content = try #require(result["content"]?.stringValue)
            bodies.append(.decided(key, .approve, by: .person))
            bodies.append(
                .callFinished(key, CallResult(ending: .completed, content: content, milliseconds: 0)))
            bodies.append(.toolMessage(key, content: content, isError: false))
            round += 1
        }
        ask(call("x", tool, try #require(value["arguments"]?.text())))
        state = RunState(
            folding: bodies.enumerated().map { Event(number: $0.offset + 1, time: 0, body: $0.element) })
        record = try #require(state.call(key(round, "x")))
    }

    static func all() throws -> [LabelledCall] {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../Fixtures/provenance.jsonl").standardizedFileURL
        return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map(LabelledCall.init)
    }
}

/// How often something was said and true.
private struct Figures: CustomStringConvertible {
    var (hits, falseAlarms, misses) = (0, 0, 0)
    var precision: Double { Double(hits) / Double(max(1, hits + falseAlarms)) }
    var recall: Double { Double(hits) / Double(max(1, hits + misses)) }

    mutating func add(said: Bool, isTrue: Bool) {
        if said, isTrue { hits += 1 }
        if said, !isTrue { falseAlarms += 1 }
        if !said, isTrue { misses += 1 }
    }

    var description: String {
        String(format: "precision %.3f, recall %.3f (%d true)", precision, recall, hits + misses)
    }
}

extension ArgumentProvenance {
    /// The kinds of places found, in the words of the labels.
    fileprivate var kinds: Set<String> {
        Set(
            sources.map {
                switch $0 {
                case .user: "user"
                case .result: "result"
                case .system: "system"
                case .catalogue: "schema"
                }
            })
    }
}

@Suite struct LabelledProvenanceTests {
    @Test func figuresOnTheLabelledSet() throws {
        let cases = try LabelledCall.all()
        #expect(cases.count >= 200)
        var unseen = Figures()
        var sources: [String: Figures] = [:]
        var injection = Figures()
        var wrong: [String] = []
        for one in cases {
            let found = one.state.provenance(of: one.record)
            for (pointer, labels) in one.labels {
                let argument = try #require(found.first { $0.pointer == pointer }, "\(one.kind)")
                unseen.add(said: argument.isUnseen, isTrue: labels == ["invented"])
                if argument.isUnseen != (labels == ["invented"]) {
                    wrong.append("\(one.kind): \(argument.value.text()) is \(argument.finding)")
                }
                for kind in ["user", "result", "system", "schema"] {
                    let (said, isTrue) = (argument.kinds.contains(kind), labels.contains(kind))
                    sources[kind, default: Figures()].add(said: said, isTrue: isTrue)
                    if said != isTrue { wrong.append("\(one.kind): \(kind) for \(argument.value.text())") }
                }
            }
            let isSuspicious = !one.state.suspicions(of: one.record).isEmpty
            injection.add(said: isSuspicious, isTrue: one.obeys)
            if isSuspicious != one.obeys {
                wrong.append("\(one.kind): \(isSuspicious ? "" : "not ")suspicious")
            }
        }
        print("provenance on \(cases.count) labelled calls")
        print("  may be invented: \(unseen)")
        for (kind, figures) in sources.sorted(by: { $0.key < $1.key }) { print("  from \(kind): \(figures)") }
        print("  possible injection: \(injection)")
        for line in wrong { print("  wrong: \(line)") }
        #expect(unseen.precision >= 0.9 && unseen.recall >= 0.95)
        for (kind, figures) in sources {
            #expect(figures.precision >= 0.95 && figures.recall >= 0.95, "\(kind)")
        }
        #expect(injection.precision >= 0.95 && injection.recall >= 0.9)
    }
}

@Suite struct SpellingTests {
    @Test(arguments: [
        ("$1,250.00", ["1250"]), ("2,5", ["2.5"]), ("1.250", ["1250", "1.25"]), ("1.250,75", ["1250.75"]),
        ("-4", ["-4"]),
        ("3-5", ["3", "5"]), ("1.5k", ["1500"]), ("20 000", ["20", "0", "20000"]), ("007", ["7"]),
        ("T-1042", ["1042"]),
        ("twenty-five", ["25"]), ("a hundred and two", ["102"]), ("two thousand three hundred", ["2300"]),
        ("one or two", ["1", "2"]), ("three dozen", ["3", "12"]), ("10.0", ["10"]), ("...", []), ("k", []),
        ("1,2,3", []), ("v1.2.3", []), ("1'000'000", ["1000000"]), (".5", ["5"]),
    ])
    func numbers(text: String, expected: [String]) throws {
        let decimals = try expected.map { try #require(JSONNumber(text: $0)).decimal }
        #expect(NumberSpelling.numbers(in: text).isSuperset(of: decimals), "\(text)")
        #expect(!NumberSpelling.numbers(in: text).contains(try #require(JSONNumber(text: "99991")).decimal))
    }

    @Test(arguments: [
        "2026-03-09", "2026-03-09T10:00:00Z", "9 March 2026", "March 9, 2026", "9th of March 2026",
        "Mar 9 2026", "9.3.2026",
        "3/9/2026", "9/3/2026", "2026/3/9", "on 9 march", "by March 9th please",
    ])
    func dates(text: String) {
        let day = DateSpelling.Day(year: 2026, month: 3, day: 9)
        #expect(DateSpelling.dates(in: text).contains { $0.isSame(as: day) }, "\(text)")
        let other = DateSpelling.Day(year: 2026, month: 3, day: 10)
        #expect(!DateSpelling.dates(in: text).contains { $0.isSame(as: other) }, "\(text)")
    }

    @Test(arguments: ["we may 12 times", "12-34-5678x", "version 1.2.3", "2026-13-40", "marching 9"])
    func noDates(text: String) {
        let found = DateSpelling.dates(in: text)
        #expect(found.isEmpty || text.contains("may"), "\(text): \(found)")
    }

    @Test func whatWasSaidAfterTheCallIsNoSourceOfIt() throws {
        var state = RunState()
        let bodies: [EventBody] = [
            .messageAdded(.user("hello")), .requestSent(RequestRecord(round: 1, text: "")),
            .responseReceived(
                round: 1, ScriptedModel.asking(call("a", "act", #"{"id": "T-1"}"#)), milliseconds: 0),
            .toolMessage(key(1, "a"), content: "no", isError: false), .messageAdded(.user("I meant T-1")),
        ]
        for (index, body) in bodies.enumerated() {
            state.apply(Event(number: index + 1, time: 0, body: body))
        }
        #expect(state.provenance(of: state.calls[0]).map(\.finding) == [.unseen])
    }
}
