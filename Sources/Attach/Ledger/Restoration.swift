import Agent
import Formats
import JSON

/// Writes a request so that the model reads the truth: its own calls as it wrote them, and the reviewers' words in the
/// place of the errors by which a client answered what it could not run.
///
/// The same ledger gives the same bytes in every later request, so that a provider's prompt cache holds.
struct Restoration {
    let entries: [LedgerEntry]

    /// The body of the request as it travels on.
    func body(of request: AgentRequest) -> [UInt8] {
        guard !entries.isEmpty else { return request.body }
        var splices = ByteSplices()
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

    private func restore(_ call: CallInHistory, _ entry: LedgerEntry, _ splices: inout ByteSplices) {
        if !entry.sent.name.utf8.elementsEqual(entry.written.name.utf8) {
            splices.replace(call.nameRange, withString: entry.written.name)
        }
        guard let range = call.argumentsRange, entry.sent.arguments != entry.written.arguments else { return }
        if call.isText {
            splices.replace(range, withString: entry.written.arguments.text)
        } else {
            splices.replace(range, with: Array(entry.written.arguments.text.utf8))
        }
    }

    private func change(_ result: ResultInHistory, _ entry: LedgerEntry, _ splices: inout ByteSplices) {
        if !entry.sent.name.utf8.elementsEqual(entry.written.name.utf8) {
            result.rename(to: entry.written.name, in: &splices)
        }
        switch entry.result {
        case .unchanged: break
        case .prefixed(let note): result.prefix(note, in: &splices)
        case .replaced(let text, let isError): result.replace(by: text, isError: isError, in: &splices)
        }
    }
}
