import Agent
import JSON
import Synchronization
import Terminal

/// Remembers what long texts came to, so that a key costs what is new on the screen.
///
/// A text's rows, its pretty form and its look-alikes depend on nothing but the text and the width.
final class LongTexts: Sendable {
    private enum Answer: Sendable {
        case laid(LongText)
        case pretty(String?)
        case warnings([String])
    }

    private enum Question: Sendable, Hashable {
        case laid(width: Int, LongText.Look)
        case pretty
        case warnings(name: ByteString)
    }

    private struct Entry: Sendable {
        let text: ByteString
        let question: Question
        let answer: Answer
    }

    private let entries = Mutex<[Entry]>([])

    /// The panes, a text over them, and what each is made of.
    private static let most = 10

    /// The rows of a text.
    func laid(_ text: String, width: Int, _ look: LongText.Look) -> LongText {
        let answer = answer(ByteString(text), .laid(width: width, look)) {
            .laid(LongText(text, width: width, look: look))
        }
        if case .laid(let laid) = answer { return laid }
        return LongText(text, width: width, look: look)
    }

    /// A text as pretty JSON; `nil` where it is none.
    func pretty(_ text: ByteString) -> String? {
        let answer = answer(text, .pretty) { .pretty((try? JSONParser.parse(text.text))?.text(.pretty)) }
        if case .pretty(let pretty) = answer { return pretty }
        return nil
    }

    /// What is to be said of letters in a call that look like others.
    func lookAlikes(_ call: ToolCall) -> [String] {
        let answer = answer(call.arguments, .warnings(name: ByteString(call.name))) {
            .warnings(LookAlikeLines.warnings(call))
        }
        if case .warnings(let warnings) = answer { return warnings }
        return []
    }

    private func answer(_ text: ByteString, _ question: Question, _ find: () -> Answer) -> Answer {
        let known = entries.withLock { entries -> Answer? in
            guard let index = entries.firstIndex(where: { $0.question == question && $0.text == text }) else {
                return nil
            }
            let entry = entries.remove(at: index)
            entries.append(entry)
            return entry.answer
        }
        if let known { return known }
        let found = find()
        entries.withLock { entries in
            if entries.count >= LongTexts.most { entries.removeFirst() }
            entries.append(Entry(text: text, question: question, answer: found))
        }
        return found
    }
}
