import Agent
import Foundation
import JSON

/// A session as one page for a browser: no script, nothing fetched, every text escaped.
enum HTMLPage {
    private static let style = """
        body { font: 15px/1.5 system-ui, sans-serif; max-width: 62em; margin: 2em auto; padding: 0 1em; color: #1a1a1a;
        background: #fff } h2 { margin: 1.6em 0 .3em; font-size: 1.1em; border-bottom: 1px solid #bbb }
        pre { background: #f3f3f3; padding: .6em; white-space: pre-wrap; overflow-wrap: anywhere; margin: .3em 0 }
        .tokens span { font-family: ui-monospace, monospace; border-bottom: 3px solid #999; white-space: pre-wrap }
        .tokens .unsure { border-color: #c60 } .tokens .masked { border-color: #b00; border-style: double }
        .tokens .forced { border-bottom-style: dotted } .decision { font-weight: 600 }
        table { border-collapse: collapse; font-size: .85em } td, th { border: 1px solid #ccc; padding: .1em .5em;
        text-align: left } td.out { color: #b00; text-decoration: line-through } summary { cursor: pointer }
        @media (prefers-color-scheme: dark) { body { background: #16181c; color: #ddd } pre { background: #23262b } }
        """

    static func text(_ events: [Event]) -> String {
        var body: [String] = []
        var tokens: [(number: Int, step: TokenStep)] = []
        var vocabulary: VocabularyRecord?
        var title = "Session"
        for event in events {
            if case .sessionStarted(let header) = event.body {
                vocabulary = header.model.vocabulary
                title = "Session \(header.id)"
            }
            if case .token(let step) = event.body {
                tokens.append((event.number, step))
                continue
            }
            if !tokens.isEmpty {
                body.append(self.tokens(tokens, vocabulary))
                tokens = []
            }
            body += section(of: event)
        }
        if !tokens.isEmpty { body.append(self.tokens(tokens, vocabulary)) }
        return """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(escaped(title))</title>
            <style>\(style)</style>
            </head>
            <body>
            <h1>\(escaped(title))</h1>
            \(body.joined(separator: "\n"))
            </body>
            </html>

            """
    }

    private static func section(of event: Event) -> [String] {
        let summary = SessionPrinter.summary(of: event, length: 400)
        switch event.body {
        case .sessionStarted(let header):
            return [
                "<p>Workflow \(escaped(header.workflow)), model \(escaped(header.model.name)), "
                    + "\(AuditTrail.time(event.time))</p>"
            ] + (header.parent.map { ["<p>Origin: \(escaped($0.sentence))</p>"] } ?? [])
        case .messageAdded(.system(let text)): return [heading("System", event), pre(text)]
        case .messageAdded(.user(let text)): return [heading("User", event), pre(text)]
        case .requestSent(let record): return [heading("Round \(record.round)", event)]
        case .responseReceived(_, let response, _):
            return (response.content.isEmpty ? [] : [pre(response.content)])
                + response.calls.map { call in
                    "<p>asks for <b>\(escaped(call.name))</b> as \(escaped(call.id.text))</p>\(pre(call.arguments.text))"
                }
        case .decided(let key, let decision, let decider):
            let head =
                "<p class=\"decision\">\(escaped(key.id.text)): \(decision.name) by \(escaped(decider.summary))</p>"
            switch decision {
            case .approve, .deny(nil): return [head]
            case .edit(let arguments, _): return [head, pre(arguments.text)]
            case .deny(let text?), .respond(let text), .refuse(let text): return [head, pre(text)]
            }
        case .callFinished(let key, let result):
            return [
                "<p>result of \(escaped(key.id.text)): \(escaped(result.ending.rawValue)), "
                    + "\(SessionExport.duration(result.milliseconds)) (step \(event.number))</p>",
                pre(result.content),
            ]
        case .resultEdited(let key, let content):
            return ["<p>the model reads instead, for \(escaped(key.id.text))</p>", pre(content)]
        case .runFinished(let outcome): return [heading("End: \(outcome.name)", event), pre(outcome.text)]
        case .toolMessage, .callStarted: return []
        default: return ["<p>\(escaped(summary)) (step \(event.number))</p>"]
        }
    }

    private static func heading(_ text: String, _ event: Event) -> String {
        "<h2 id=\"step-\(event.number)\">\(escaped(text)) <small>step \(event.number)</small></h2>"
    }

    private static func pre(_ text: String) -> String {
        "<pre>\(PlainText.lines(text).map(\.escapedForMarkup).joined(separator: "\n"))</pre>"
    }

    // MARK: the mask

    /// The response as its tokens, and a table of those at which there was something to choose.
    private static func tokens(_ tokens: [(number: Int, step: TokenStep)], _ vocabulary: VocabularyRecord?)
        -> String
    {
        let spans = tokens.map { number, step -> String in
            var classes: [String] = []
            if let figures = step.figures {
                if figures.probabilityBefore < 0.5 { classes.append("unsure") }
                if figures.rejectedMass > 0.01 { classes.append("masked") }
            }
            if step.isForced { classes.append("forced") }
            let title = "step \(number): \(figures(of: step))"
            return "<span class=\"\(classes.joined(separator: " "))\" title=\"\(escaped(title))\">"
                + "\(escaped(name(step)))</span>"
        }
        let rows = tokens.filter { stands(out: $0.step) }.map { number, step in
            "<tr><td>\(number)</td><td>\(escaped(name(step)))</td><td>\(escaped(figures(of: step)))</td>"
                + "<td>\(candidates(of: step, vocabulary))</td></tr>"
        }
        let table =
            rows.isEmpty
            ? ""
            : "<details><summary>\(rows.count) tokens with a choice, or with the mask against the model</summary>"
                + "<table><tr><th>step</th><th>token</th><th>figures</th><th>most probable before the mask</th></tr>"
                + rows.joined(separator: "\n") + "</table></details>"
        return "<p class=\"tokens\">\(spans.joined())</p>\n\(table)"
    }

    private static func stands(out step: TokenStep) -> Bool {
        guard let figures = step.figures else { return false }
        return figures.probabilityBefore < 0.9 || figures.rejectedMass > 0.01
    }

    private static func figures(of step: TokenStep) -> String {
        var parts: [String] = []
        if let figures = step.figures {
            parts.append("p \(SessionPrinter.percent(figures.probabilityBefore))")
            parts.append("after the mask \(SessionPrinter.percent(figures.probabilityAfter))")
            parts.append("rejected \(SessionPrinter.percent(figures.rejectedMass))")
        }
        if let count = step.allowedCount { parts.append(count == 1 ? "forced" : "\(count) allowed") }
        return parts.joined(separator: ", ")
    }

    /// The five most probable tokens; those that the mask took are struck out.
    private static func candidates(of step: TokenStep, _ vocabulary: VocabularyRecord?) -> String {
        switch step.distribution {
        case .unknown: return ""
        case .partial(let candidates, _):
            return candidates.sorted { $0.logProbability > $1.logProbability }.prefix(5).map { candidate in
                let text = String(decoding: candidate.bytes, as: UTF8.self)
                return entry(text, exp(candidate.logProbability), candidate.token.map(step.allows) ?? true)
            }.joined(separator: " ")
        case .full(let logits):
            let largest = Double(logits.max() ?? 0)
            let sum = logits.reduce(0.0) { $0 + exp(Double($1) - largest) }
            let best = logits.indices.sorted { logits[$0] > logits[$1] }.prefix(5)
            return best.map { token in
                entry(name(token, vocabulary), exp(Double(logits[token]) - largest) / sum, step.allows(token))
            }.joined(separator: " ")
        }
    }

    private static func entry(_ text: String, _ probability: Double, _ isAllowed: Bool) -> String {
        let label = "\(escaped(text)) \(SessionPrinter.percent(probability))"
        return isAllowed ? "<code>\(label)</code>" : "<code><s>\(label)</s> masked</code>"
    }

    private static func name(_ step: TokenStep) -> String {
        step.special ?? String(decoding: step.bytes, as: UTF8.self)
    }

    private static func name(_ token: Int, _ vocabulary: VocabularyRecord?) -> String {
        guard let entries = vocabulary?.entries, entries.indices.contains(token) else { return "\(token)" }
        switch entries[token] {
        case .bytes(let bytes): return String(decoding: bytes, as: UTF8.self)
        case .special(let name): return name
        case .unused: return "\(token)"
        }
    }

    private static func escaped(_ text: String) -> String { PlainText.line(text).escapedForMarkup }
}
