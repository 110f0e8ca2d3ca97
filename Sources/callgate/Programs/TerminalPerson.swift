import Agent
import Foundation
import JSON
import Schema
import Synchronization
import Terminal
import Tools

/// The person at the terminal of `tools call`: is shown the call that waits and decides it by a line of text.
final class TerminalPerson: Sendable {
    /// The run to which decisions go; set before it begins.
    let control = Mutex<RunControl?>(nil)

    /// Whether somebody can be asked.
    static var isThere: Bool { isatty(STDIN_FILENO) == 1 }

    /// Shows the call that waits and asks; on a thread of its own, as it blocks.
    func decide(_ sink: FoldingSink) {
        Thread.detachNewThread { [self] in
            guard let record = sink.state.waitingCalls.first else { return }
            show(record)
            let decision = record.problems.isEmpty ? ask(record) : Decision.deny(reason: nil)
            let bound = BoundDecision(
                key: record.key, call: record.call, decision: decision, decider: .person)
            control.withLock { $0 }?.send(.decide(bound))
        }
    }

    /// The gate did not take the decision: says why and asks again.
    func refuse(_ reason: String, _ sink: FoldingSink) {
        Notice.print(reason)
        decide(sink)
    }

    /// Asks a server's question, one property after the other.
    static func answer(_ question: Elicitation) async -> ElicitationAnswer {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: answerNow(question)) }
        }
    }

    private static func answerNow(_ question: Elicitation) -> ElicitationAnswer {
        for (number, line) in question.message.splitAt(scalar: "\n").enumerated() {
            Notice.print(number == 0 ? "server \(question.server) asks: \(line)" : "  | \(line)")
        }
        if let url = question.url {
            Notice.print("  it wants you to visit \(url)")
            return line("done? [y]es, [n]o: ")?.first == "y" ? .accept(nil) : .decline
        }
        guard line("answer? [y]es, [n]o: ")?.first == "y" else { return .decline }
        var answer = JSONObject()
        for property in question.schema?["properties"]?.objectValue ?? JSONObject() {
            guard let value = ask(property, required: isRequired(property.key, question)) else {
                return .cancel
            }
            if value != .null { answer[property.key] = value }
        }
        return .accept(.object(answer))
    }

    private static func isRequired(_ key: String, _ question: Elicitation) -> Bool {
        question.schema?["required"]?.arrayValue?.contains(.string(key)) ?? false
    }

    /// Asks for one property until it fits its schema; null where it may be left out and was, `nil` at the end of the
    /// input.
    private static func ask(_ property: JSONObject.Member, required: Bool) -> JSONValue? {
        let schema = try? CompiledSchema(property.value)
        let title = property.value["title"]?.stringValue ?? property.value["description"]?.stringValue
        let choices = property.value["enum"].map { " \($0.text())" } ?? ""
        while true {
            let question = "  \(property.key)\(title.map { " (\($0))" } ?? "")\(choices): "
            guard let text = line(SafeText(question).singleLine) else { return nil }
            if text.isEmpty, !required { return .null }
            let value =
                property.value["type"] == "string"
                ? .string(text) : (try? JSONParser.parse(text)) ?? .string(text)
            let faults = schema?.validate(value) ?? []
            if faults.isEmpty { return value }
            for fault in faults { Notice.print("  \(fault.message)") }
        }
    }

    private func show(_ record: CallRecord) {
        Notice.print("\(record.call.name) \(record.call.arguments.text)")
        for problem in record.problems { Notice.print("  \(problem.kind.rawValue): \(problem.message)") }
        if let ruling = record.ruling { Notice.print("  \(ruling.summary)") }
    }

    private func ask(_ record: CallRecord) -> Decision {
        while true {
            switch Self.line("[a]pprove, [d]eny, [r]espond in its place? ")?.first {
            case "a", "y": return .approve
            case "d", "n", nil:
                let reason = Self.line("reason (may be empty): ") ?? ""
                return .deny(reason: reason.isEmpty ? nil : reason)
            case "r": return .respond(content: Self.line("result: ") ?? "")
            default: continue
            }
        }
    }

    /// Asks for a line.
    ///
    /// What was typed or pasted before the question stood there is no answer to it, nor is what comes sooner than
    /// anybody reads.
    private static func line(_ question: String) -> String? {
        while true {
            tcflush(STDIN_FILENO, TCIFLUSH)
            StandardError.write(question)
            let asked = ContinuousClock.now
            guard let answer = readLine() else { return nil }
            if ContinuousClock.now - asked >= TerminalPerson.soonest { return answer }
            Notice.print("that came sooner than the question can be read; once more")
        }
    }

    /// As on the screen, where what waits must have been drawn for as long.
    private static let soonest = Duration.milliseconds(400)
}

/// What a signal does to a program without a screen: it ends by `exit`, so that the tools it runs end with it.
enum Interrupts {
    private static let isEnding = Mutex(false)

    /// Ends the program with the signal's usual exit code on SIGINT, SIGTERM and SIGHUP, or on others.
    ///
    /// - Parameter last: what is done before; a second signal does not wait for it.
    static func endProgram(
        on numbers: [Int32] = [SIGINT, SIGTERM, SIGHUP], _ last: @escaping @Sendable () -> Void = {}
    ) {
        for number in numbers {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            // The handler holds its source, which would end with this function otherwise.
            source.setEventHandler {
                _ = source
                let isFirst = isEnding.withLock { wasEnding in
                    defer { wasEnding = true }
                    return !wasEnding
                }
                guard isFirst else { exit(128 + number) }
                // Not here: a source that is busy hears of no second signal.
                Thread.detachNewThread {
                    last()
                    exit(128 + number)
                }
            }
            source.activate()
        }
    }
}
