import Agent
import Formats
import JSON

/// Writes a request so that the model reads the truth: its own calls as it wrote them, and the reviewers' words in the
/// place of the errors by which a client answered what it could not run.
///
/// The same ledger gives the same bytes in every later request, so that a provider's prompt cache holds.
struct Restoration {
    let entries: [LedgerEntry]
    var interludes: [Interlude] = []

    /// The body of the request as it travels on.
    func body(of request: AgentRequest) -> [UInt8] {
        guard !entries.isEmpty || !interludes.isEmpty else { return request.body }
        var splices = ByteSplices()
        insert(in: request, &splices)
        // An ID may come again in a later round, so a result belongs to the last call of that ID before it.
        var latest: [String: LedgerEntry] = [:]
        var used: Set<Int> = []
        let asked = Set(request.places.calls.map(\.id))
        for item in request.places.items {
            switch item {
            case .call(let call):
                let matches = entries.indices.filter { entries[$0].isAbout(call) }
                let match = matches.first { !used.contains($0) } ?? matches.last
                latest[call.id] = match.map { entries[$0] }
                guard let match else { continue }
                used.insert(match)
                if entries[match].restoresCall { restore(call, entries[match], &splices) }
            case .result(let result):
                // A conversation that the provider keeps carries results without their calls.
                let stored = asked.contains(result.id) ? nil : entries.last { $0.id.text == result.id }
                if let entry = latest[result.id] ?? stored { change(result, entry, &splices) }
            }
        }
        return splices.applied(to: request.body)
    }

    /// Tells at their places what passed without the client.
    private func insert(in request: AgentRequest, _ splices: inout ByteSplices) {
        var told: [Int: [String]] = [:]
        for interlude in interludes where interlude.isPart(of: request) {
            told[interlude.answers, default: []].append(interlude.items)
        }
        for (answers, items) in told {
            request.places.conversation.insert(
                items.joined(separator: ","), beforeAnswer: answers, in: &splices)
        }
    }

    private func restore(_ call: CallInHistory, _ entry: LedgerEntry, _ splices: inout ByteSplices) {
        if let item = entry.replacedItem { return call.replace(byItem: item, in: &splices) }
        if !entry.sent.name.utf8.elementsEqual(entry.written.name.utf8) {
            call.rename(to: entry.written.name, in: &splices)
        }
        guard entry.sent.arguments != entry.written.arguments else { return }
        call.setArguments(entry.written.arguments.text, in: &splices)
    }

    private func change(_ result: ResultInHistory, _ entry: LedgerEntry, _ splices: inout ByteSplices) {
        if !entry.sent.name.utf8.elementsEqual(entry.written.name.utf8) {
            result.rename(to: entry.written.name, in: &splices)
        }
        switch entry.result {
        case .unchanged: break
        case .prefixed(let note): result.prefix(note, in: &splices)
        case .replaced(let text, let isError):
            if entry.restoresCall, let item = entry.replacedItem {
                result.replace(by: text, isError: isError, answering: item, in: &splices)
            } else {
                result.replace(by: text, isError: isError, in: &splices)
            }
        }
    }
}
