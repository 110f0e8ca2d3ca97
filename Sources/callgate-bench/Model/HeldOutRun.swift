import Agent
import Foundation
import JSON
import Models
import Synchronization
import Tools

/// One held-out prompt through the real loop.
struct HeldOutRun {
    let item: HeldOutItem
    let model: EmbeddedModel

    func result() async throws -> HeldOutResult {
        let tools = try SupportDesk(world: item.world).tools
        let sink = MemorySink()
        let header = SessionHeader(
            id: "held-out", workflow: "held-out", model: await model.info, catalogue: tools.map(\.definition),
            sampling: SamplingSettings(), limits: Limits(), policy: Policy())
        let loop = try Loop(
            model: model, tools: tools, header: header, system: HeldOutRun.system,
            control: RunControl(startsHeld: false), sink: sink, approval: .all)
        let outcome = await loop.run(prompt: item.prompt)
        let state = await loop.state
        let rounds = Dictionary(grouping: state.calls, by: \.key.round).sorted { $0.key < $1.key }.map {
            $0.value.map(\.call)
        }
        var answer = ""
        if case .answered(let text) = outcome { answer = text }
        let rightTools = rounds.map { $0.map(\.name) } == item.rounds.map { $0.map(\.name) }
        return HeldOutResult(
            item: item, calls: rounds, answer: answer.isEmpty ? "(\(outcome.name): \(outcome.text))" : answer,
            rightTools: rightTools, rightArguments: rightTools && haveRightArguments(rounds),
            rightAnswer: item.mentions.allSatisfy(answer.hasWord)
                && !item.omits.contains(where: answer.hasWord)
                && !answer.isEmpty,
            tokens: state.tokens, milliseconds: state.activeMilliseconds)
    }

    private func haveRightArguments(_ rounds: [[ToolCall]]) -> Bool {
        zip(rounds, item.rounds).allSatisfy { calls, expected in
            zip(calls, expected).allSatisfy { call, wanted in
                (try? JSONParser.parse(call.arguments.text))?.isEquivalent(to: wanted.arguments) ?? false
            }
        }
    }

    private static let system = """
        You are the support desk assistant. Use the functions to look things up; never guess. A ticket without comments \
        is not making progress.
        """
}

/// Numbers events and forgets them: nothing is replayed here.
private final class MemorySink: EventSink {
    private let count = Mutex(0)

    func append(_ body: EventBody) throws -> Event {
        let number = count.withLock { count in
            count += 1
            return count
        }
        return Event(number: number, time: 0, body: body)
    }
}

extension String {
    /// Whether `word` stands here with neither a letter, a digit nor a hyphen touching it.
    fileprivate func hasWord(_ word: String) -> Bool {
        func joins(_ scalar: Unicode.Scalar) -> Bool {
            scalar == "-" || scalar == "_" || scalar.properties.isAlphabetic
                || scalar.properties.numericType != nil
        }
        let text = Array(unicodeScalars)
        let needle = Array(word.unicodeScalars)
        guard !needle.isEmpty, needle.count <= text.count else { return false }
        return (0...(text.count - needle.count)).contains { start in
            let end = start + needle.count
            return text[start..<end].elementsEqual(needle) && (start == 0 || !joins(text[start - 1]))
                && (end == text.count || !joins(text[end]))
        }
    }
}
