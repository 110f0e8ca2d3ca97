import Agent
import Foundation
import JSON
import Testing

@testable import Sessions

/// Random hostile texts in every place of a session: the pages have no element beyond ours.
///
/// `Scripts/fuzz/markup.sh` has a real HTML parser read 10,000 of them.
@Suite struct HostileMarkupTests {
    private static let pieces = [
        "<script>", "</pre>", "<img src=x onerror=alert(1)>",
        "\u{D4E}<meta http-equiv=refresh content=0>\u{D4E}",
        "\u{301}<b>\u{301}", "\u{D4E}", "\u{301}", "<", ">", "&", "\"", "'", "&lt;", "-->", "<!--", "]]>",
        "```", "~~~", "`\u{301}``",
        "[a](javascript:x)", "![a](http://x/)", "\\", "\u{2028}", "\u{0}", "\u{1B}[0m", "<svg/onload=x>",
        "http://x.example/a",
        "www.x.example", "<a href='x'>", "* x", "- x", "1. x", "# x", "> x", "| a | b |", "\r", "\n", "\t",
        "    x", "---", "===",
        "</title>", "<style>", "é", "e\u{301}", "🧑‍🚀", " ", "a@b.example", "&#60;b&#62;", "#", "ok 1", "not ok",
        "# SKIP", "...",
    ]

    static func text(_ random: inout SeededGenerator) -> String {
        (0..<(1 + Int.random(in: 0..<6, using: &random))).map { _ in
            pieces.randomElement(using: &random) ?? ""
        }.joined()
    }

    static func session(_ random: inout SeededGenerator) -> [Event] {
        let texts = (0..<8).map { _ in text(&random) }
        let key = CallKey(round: 1, id: ToolCallID(texts[0] + "x"))
        let call = ToolCall(id: key.id, name: texts[1], arguments: ByteString(texts[2]))
        let header = SessionHeader(
            id: texts[3], workflow: texts[4], model: ModelInfo(name: texts[5], kind: "k"), catalogue: [],
            sampling: SamplingSettings(), limits: Limits(), policy: Policy())
        let bodies: [EventBody] = [
            .sessionStarted(header), .messageAdded(.system(texts[6])), .messageAdded(.user(texts[7])),
            .requestSent(RequestRecord(round: 1, text: texts[0])),
            .responseReceived(
                round: 1, ModelResponse(content: texts[1], calls: [call], finishReason: .toolCalls),
                milliseconds: 1),
            .callJudged(
                key, problems: [CallProblem(kind: .invalid, message: texts[2])],
                ruling: Ruling(effect: .ask, rule: texts[3], reason: texts[4])),
            .decided(key, .deny(reason: texts[5]), by: .user(name: texts[6], id: 1)),
            .toolMessage(key, content: texts[7], isError: true), .marked(texts[0]),
            .requestRetried(round: 1, attempt: 1, reason: texts[1], delayMilliseconds: 1),
            .runFinished(.failed(texts[2])),
        ]
        return bodies.enumerated().map { Event(number: $0.offset + 1, time: 0, body: $0.element) }
    }

    private static let ours: Set<String> = [
        "html", "head", "meta", "title", "style", "body", "h1", "h2", "small", "p", "pre", "b", "details",
        "summary", "table", "tr",
        "th", "td", "span", "code", "s",
    ]

    @Test func aPageForABrowserHasNoElementBeyondOurs() {
        var random = SeededGenerator(seed: 41)
        var tags = 0
        for number in 0..<2_000 {
            let page = SessionExport(HostileMarkupTests.session(&random), as: .html).text
            let scalars = Array(page.unicodeScalars)
            var metas = 0
            for (index, scalar) in scalars.enumerated() where scalar == "<" {
                let name = String(
                    String.UnicodeScalarView(scalars[(index + 1)...].prefix { $0 != ">" && $0 != " " }))
                if name == "!doctype" { continue }
                let bare = name.hasPrefix("/") ? String(name.dropFirst()) : name
                if bare == "meta" { metas += 1 }
                #expect(HostileMarkupTests.ours.contains(bare), "session \(number): <\(name)")
                tags += 1
            }
            #expect(metas == 3, "session \(number)")
        }
        print("2000 pages, \(tags) tags, all ours (seed 41)")
    }

    /// Writes pages for readers of others, where `CALLGATE_MARKUP_FOLDER` names a folder: `Scripts/fuzz/markup.sh`.
    @Test func pagesForAnotherReader() throws {
        let variables = ProcessInfo.processInfo.environment
        guard let folder = variables["CALLGATE_MARKUP_FOLDER"] else { return }
        var random = SeededGenerator(seed: 44)
        for number in 0..<(variables["CALLGATE_MARKUP_PAGES"].flatMap { Int($0) } ?? 1_250) {
            let events = HostileMarkupTests.session(&random)
            for (format, ending) in [(SessionExport.Format.html, "html"), (.markdown, "md")] {
                try Data(SessionExport(events, as: format).text.utf8)
                    .write(to: URL(fileURLWithPath: "\(folder)/\(number).\(ending)"))
            }
        }
    }

    /// Outside of fences and of our own marks every mark of Markdown stands after a backslash.
    @Test func aPageOfMarkdownHasNoMarkBeyondOurs() {
        var random = SeededGenerator(seed: 42)
        for number in 0..<2_000 {
            let text = HostileMarkupTests.text(&random)
            let escaped = Array(PlainText.line(text).escapedForMarkdown.unicodeScalars)
            var index = 0
            while index < escaped.count {
                if escaped[index] == "\\" {
                    index += 2
                    continue
                }
                if escaped[index] == "&" {
                    let entity = ["&#32;", "&#9;"].first { escaped[index...].starts(with: $0.unicodeScalars) }
                    #expect(entity != nil, "text \(number): \(text.debugDescription)")
                    index += entity?.unicodeScalars.count ?? 1
                    continue
                }
                #expect(
                    !"`*_[]<>#|~!@".unicodeScalars.contains(escaped[index]),
                    "text \(number): \(text.debugDescription)")
                index += 1
            }
            let first = escaped.first
            #expect(first != " " && first != "-" && first != "+" && first != "=", "text \(number)")
        }
    }

    @Test func reportsOfBuildServersStayWhole() throws {
        var random = SeededGenerator(seed: 43)
        for number in 0..<300 {
            var report = CheckReport()
            for _ in 0..<3 {
                report.entries.append(
                    .init(
                        name: HostileMarkupTests.text(&random), faults: [HostileMarkupTests.text(&random)],
                        seconds: 0.1))
            }
            let xml = Array(report.junit.unicodeScalars)
            #expect(xml.filter { $0 == "<" }.count == 2 + 3 * 4 + 3, "report \(number)")
            for line in report.tap.split(separator: "\n", omittingEmptySubsequences: false).dropFirst(2) {
                let isOurs = line.isEmpty || line.hasPrefix("not ok ") || line.hasPrefix("  ")
                #expect(isOurs, "report \(number): \(line)")
            }
            #expect(report.tap.unicodeScalars.filter { $0 == "\n" }.count == 2 + 3 * 5, "report \(number)")
        }
    }
}
