import Agent
import JSON
import Terminal

/// What tools said, and what the model reads of it, by call ID.
struct ResultsPane {
    /// The session's calls, and where those with a result stand among them.
    let calls: [CallRecord]
    let positions: [Int]
    let width: Int
    var servers = ServerBoard()
    var texts = LongTexts()

    /// Bytes of a result up to which the pane shows all of it.
    private static let mostBytes = 32 << 10

    /// One line a result: sign, ID, tool, ending, time, size.
    func rows(_ visible: Range<Int>) -> [StyledText] {
        let columns = CallsPane.ListColumns(positions.count) { calls[positions[$0]] }
        let (ids, names) = (columns.ids, columns.names)
        return visible.map { row in
            let record = calls[positions[row]]
            let line =
                StyledText("\(record.sign) ", record.statusStyle)
                + StyledText(record.key.id.text, Theme.heading).fitted(to: ids)
                + StyledText(record.call.name).fitted(to: names)
            return line + StyledText(figures(record), record.statusStyle)
        }
    }

    private func figures(_ record: CallRecord) -> String {
        var parts = [record.statusWord]
        if let result = record.result {
            if result.milliseconds != 0 { parts.append(Figure.duration(milliseconds: result.milliseconds)) }
            parts.append(Figure.amount(result.content.utf8.count, "byte"))
        }
        if record.editedResult != nil { parts.append("edited") }
        if record.late != nil { parts.append("late output") }
        if record.result?.problems.isEmpty == false { parts.append("✗ not as promised") }
        return parts.joined(separator: " · ")
    }

    func heading(_ record: CallRecord) -> StyledText {
        StyledText(record.key.id.text, Theme.heading) + StyledText(" · \(record.call.name) · ")
            + StyledText(record.statusWords, record.statusStyle)
    }

    /// What the tool said, and what the model reads where that is something else.
    ///
    /// - Parameter raw: whether texts stand to the byte, JSON and huge ones too.
    func detail(_ record: CallRecord, raw: Bool = false) -> LaidLines {
        var text = TextLines(width: width)
        let read = record.message?.content ?? record.pendingMessage?.content
        if let result = record.result {
            if read != nil, read.map({ ByteString($0) == ByteString(result.content) }) != true {
                text.add("the tool said", Theme.label)
            }
            add(result.content, raw, to: &text)
            for problem in result.problems { text.wrap(SafeText("✗ \(problem)"), Theme.bad) }
            addOffer(record, result, to: &text)
        } else {
            text.add("nothing ran, so there is no result of the tool", Theme.faint)
        }
        addReading(record, raw, to: &text)
        if let late = record.late {
            text.heading("late output, after the call had been given up; the model never reads it")
            add(late.content, raw, to: &text)
        }
        return text.laid
    }

    /// A failed call whose server has ended since: what can be done about it.
    private func addOffer(_ record: CallRecord, _ result: CallResult, to text: inout TextLines) {
        guard result.isError, let server = servers.endedServer(of: record.call.name) else { return }
        text.wrap(
            SafeText(
                "server \(server.name) is not running: O or :restart \(server.name) starts it; L shows its log"
            ),
            Theme.attention)
    }

    private func addReading(_ record: CallRecord, _ raw: Bool, to text: inout TextLines) {
        let isSent = record.message != nil
        guard let read = record.message?.content ?? record.pendingMessage?.content else {
            text.heading("the model reads nothing yet")
            return
        }
        let verb = isSent ? "the model has read" : "the model will read"
        if let result = record.result, ByteString(read) == ByteString(result.content) {
            let isFolded = !raw && (JSONLines.value(read) != nil || read.utf8.count > ResultsPane.mostBytes)
            text.heading("\(verb) this, to the byte")
            if isFolded { text.add("Enter shows the bytes", Theme.faint) }
            return
        }
        text.heading(record.editedResult == nil ? verb : "\(verb), as edited by a person")
        add(read, raw, to: &text)
        if !isSent { text.add("R changes it until the round goes on", Theme.faint) }
    }

    private func add(_ content: String, _ raw: Bool, to text: inout TextLines) {
        if content.isEmpty {
            text.add("(empty)", Theme.faint)
        } else if raw {
            text.add(whole: content, texts)
        } else if let value = JSONLines.value(content) {
            JSONLines(folds: true).add(value, to: &text)
        } else if content.utf8.count > ResultsPane.mostBytes {
            let shown = String(decoding: content.utf8.prefix(ResultsPane.mostBytes / 2), as: UTF8.self)
            text.wrap(SafeText(shown), mode: .characters)
            text.add("… of \(Figure.amount(content.utf8.count, "byte")): Enter shows all", Theme.faint)
        } else {
            text.wrap(SafeText(content), mode: .characters)
        }
    }
}
