import Agent
import Foundation
import Models
import Sessions
import Synchronization
import Workflows

/// One call through the loop: a script asks for it where a model would, and the gate is the same.
struct CallProgram {
    let workflow: Workflow
    let toolbox: Toolbox
    /// The definitions that somebody trusted; `nil` where nothing is pinned.
    let pins: DefinitionPins?
    let approval: Approval
    /// Where a journal is written, if one is.
    let journal: String?

    /// Takes the call through the gate and runs it.
    /// - Throws: ``Failure`` when the run ended before the call did.
    func run(_ call: ToolCall) throws -> CallRecord {
        let script = ScriptedModel(
            name: "tools call",
            responses: [
                ModelResponse(content: "", calls: [call], finishReason: .toolCalls),
                ModelResponse(content: "", calls: [], finishReason: .stop),
            ])
        let sink = try sink()
        let person = TerminalPerson()
        let folding = FoldingSink(sink: sink)
        let control = RunControl(
            startsHeld: false,
            onStatus: { status in if status == .waiting { person.decide(folding) } },
            onRefusal: { person.refuse($0, folding) })
        person.control.withLock { $0 = control }
        var limits = workflow.limits
        limits.rounds = 2
        let tools = toolbox.tools
        var header = SessionHeader(
            id: "tools-call", workflow: workflow.name, model: ModelInfo(name: "tools call", kind: "scripted"),
            catalogue: toolbox.definitions(pinned: pins), sampling: workflow.sampling, limits: limits,
            policy: workflow.policy)
        header.catalogueNotes = toolbox.notes
        let loop = try failing(.usage) {
            try Loop(
                model: script, tools: tools, header: header, system: nil, control: control, sink: folding,
                approval: approval)
        }
        let outcome = Blocking.wait { await loop.run(prompt: "call \(call.name)") }
        sink?.close()
        guard let record = folding.state.calls.first, record.isResolved else {
            switch outcome {
            case .policy(let reason), .stopped(let reason): throw Failure(.stopped, reason)
            default: throw Failure(.failed, outcome.text)
            }
        }
        return record
    }

    private func sink() throws -> JournalWriter? {
        guard let journal else { return nil }
        return try failing(.usage) { try JournalWriter(creating: journal, observer: { _ in }) }
    }
}

/// Numbers events and folds them, and hands them to a journal where there is one.
final class FoldingSink: EventSink {
    private let sink: JournalWriter?
    private let folded = Mutex((state: RunState(), count: 0))

    init(sink: JournalWriter?) { self.sink = sink }

    /// The fold of all events so far.
    var state: RunState { folded.withLock { $0.state } }

    func append(_ body: EventBody) throws -> Event {
        try folded.withLock { folded in
            let event =
                try sink?.append(body)
                ?? Event(number: folded.count + 1, time: JournalWriter.systemClock(), body: body)
            folded.count += 1
            folded.state.apply(event)
            return event
        }
    }
}
