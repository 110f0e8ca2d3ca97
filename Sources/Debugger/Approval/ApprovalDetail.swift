import Agent
import JSON
import Sessions
import Terminal

/// All that whoever decides a call must see of it.
enum ApprovalDetail {
    /// The lines, and how many of them must have been seen before an approval.
    static func lines(_ call: QueuedCall, width: Int) -> (lines: LaidLines, argumentLines: LeadingLines) {
        let record = call.waiting.record
        var text = TextLines(width: width)
        if record.status == .unknown {
            text.wrap(
                SafeText(
                    "! in doubt: it had begun when the run broke off, and nobody knows whether it took effect. "
                        + "Approving it runs it once more."), Theme.attention)
        }
        let isLong = ShownText.isLong(record.call.arguments.text)
        var argumentLines = ArgumentLines.add(
            record.call.arguments, provenance: isLong ? [] : call.state.provenance(of: record), LongTexts(),
            to: &text)
        LookAlikeLines.add(LookAlikeLines.warnings(record.call), to: &text)
        DriftLines.add(record, in: call.state, to: &text)
        for passage in isLong ? [] : call.state.suspicions(of: record) {
            text.wrap(
                SafeText(
                    "! may follow text in the result of \(passage.call.id) that \(passage.reason): \(passage.text)"
                ),
                Theme.attention)
        }
        argumentLines.add(upTo: text.laid.count)
        for problem in record.problems {
            text.wrap(SafeText("✗ \(problem.kind.rawValue): \(problem.message)"), Theme.bad)
        }
        if let ran = record.ranArguments, ran != record.call.arguments {
            text.add("it had begun with other arguments: - as asked, + as it ran", Theme.label)
            if isLong || ShownText.isLong(ran.text) {
                text.add("too long to be compared here", Theme.faint)
            } else {
                for line in LineDifference.between(prettyJSON(record.call.arguments), prettyJSON(ran)) {
                    text.add(line)
                }
            }
        }
        text.blank()
        if let ruling = record.ruling { text.field("rule", ruling.sentence) }
        text.field("session", "\(call.session), step \(call.state.step)")
        if let header = call.state.header {
            text.field("workflow", "\(header.workflow) · \(header.model.name)")
            if let principal = header.principal { text.field("for", principal) }
        }
        if let prompt = prompt(call.state) { text.field("asked", prompt) }
        text.field("journal", call.journal)
        text.wrap(
            SafeText(call.waiting.hash.description), label: StyledText("sha-256", Theme.label), margin: 10,
            mode: .characters)
        return (text.laid, argumentLines)
    }

    /// The lines of an edit before it is sent.
    static func review(_ layer: ApprovalLayer, width: Int) -> [StyledText] {
        guard case .review(let arguments, let difference) = layer.kind else { return [] }
        let record = layer.call.waiting.record
        var text = TextLines(width: width)
        text.wrap(SafeText("\(record.key.id) · \(record.call.name) · \(layer.call.session)"), Theme.heading)
        text.add("- as the model asked, + as it will run", Theme.label)
        text.blank()
        for line in difference { text.add(line) }
        var edited = record.call
        edited.arguments = arguments
        LookAlikeLines.add(LookAlikeLines.warnings(edited), to: &text)
        text.blank()
        text.wrap(SafeText("What shall the model be told?"), Theme.heading)
        text.field(
            "annotate", "its own call unchanged; the result, after a note that a reviewer replaced the call")
        text.field("rewrite", "its call rewritten, as if it had asked so itself")
        text.field("silent", "its own call unchanged, and the result without a word")
        return text.lines
    }

    private static func prompt(_ state: RunState) -> String? {
        for message in state.messages.reversed() { if case .user(let text) = message { return text } }
        return nil
    }
}

/// The letters of a call that look like others.
public enum LookAlikeLines {
    /// One line for each word with such a letter: in the tool's name, the ID, and each key and text of the arguments.
    public static func warnings(_ call: ToolCall) -> [String] {
        var texts = [call.name, call.id.text]
        if let value = try? JSONParser.parse(call.arguments.text) {
            collect(value, into: &texts)
        } else {
            texts.append(call.arguments.text)
        }
        var seen: Set<LookAlikes.Finding> = []
        return texts.flatMap { LookAlikes.find(in: $0) }.filter { seen.insert($0).inserted }
            .map { "! look-alike: \($0.sentence)" }
    }

    /// Words that are named one by one.
    private static let most = 200

    static func add(_ warnings: [String], to text: inout TextLines) {
        for warning in warnings.prefix(most) { text.wrap(SafeText(warning), Theme.attention) }
        if warnings.count > most {
            text.wrap(
                SafeText("! look-alike: \(Figure.count(warnings.count - most)) more such words"),
                Theme.attention)
        }
    }

    private static func collect(_ value: JSONValue, into texts: inout [String]) {
        switch value {
        case .string(let text): texts.append(text)
        case .array(let elements): for element in elements { collect(element, into: &texts) }
        case .object(let object):
            for member in object {
                texts.append(member.key)
                collect(member.value, into: &texts)
            }
        default: break
        }
    }
}
