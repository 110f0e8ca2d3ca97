import ChatTemplates
import Foundation
import JSON

/// Answers held against what is read of what a template makes of them.
extension CallConversation {
    /// Whether a template that can be used at all looks for tools or calls.
    public static func knowsTools(_ source: String, clock: TemplateClock) -> Bool {
        let words = Set(source.split { !($0.isASCII && ($0.isLetter || $0.isNumber) || $0 == "_") })
        guard words.contains("tools") || words.contains("tool_calls"),
            let template = try? ChatTemplate(source)
        else { return false }
        return TemplateTraits(probing: template, specialTokens: special, clock: clock).failure == nil
    }

    /// Why an answer is none that a template writes in one turn of the model's; `nil` where it is.
    ///
    /// A template may leave out words before calls, thinking, or calls beside the first, may say words after the calls, or
    /// give them a turn of their own.
    public func reasonToSkip(_ answer: Answer, in turn: [TokenPiece]) -> String? {
        let text = CallConversation.text(of: turn)
        let names = Dictionary(grouping: answer.calls, by: \.name)
        for (name, calls) in names
        where text.split(separator: name, omittingEmptySubsequences: false).count <= calls.count {
            return "calls are left out"
        }
        if let thinking = answer.thinking {
            guard text.contains(thinking) else { return "thinking is left out" }
            if syntax.thinking == nil { return "the prompt closes the thinking" }
        }
        guard let alone = try? self.turn(Answer(words: "Zwords")) else { return nil }
        let told = CallConversation.text(of: alone)
        guard let found = told.range(of: "Zwords", options: .backwards) else { return nil }
        let end = told[found.upperBound...].trimmingCharacters(in: .whitespacesAndNewlines)
        if answer.calls.count > 1, let last = answer.calls.last, !end.isEmpty,
            let name = text.range(of: last.name, options: .backwards), text[..<name.lowerBound].contains(end)
        {
            return "calls have turns of their own"
        }
        guard !answer.words.isEmpty, let call = answer.calls.first else { return nil }
        let thought = Answer(thinking: answer.words, calls: answer.calls)
        if (try? self.turn(thought)) == turn { return "words beside calls are written as thinking" }
        guard let words = text.range(of: answer.words) else { return "words before calls are left out" }
        guard let name = text.range(of: call.name, range: words.upperBound..<text.endIndex) else {
            return "words stand after the calls"
        }
        let link = text[words.upperBound..<name.lowerBound].trimmingCharacters(in: .whitespacesAndNewlines)
        return !end.isEmpty && link.hasPrefix(end) ? "words have a turn of their own" : nil
    }

    private static func text(of turn: [TokenPiece]) -> String {
        turn.map { piece in
            switch piece {
            case .text(let text), .special(let text): text
            }
        }.joined()
    }

    /// What is read of a turn.
    public func read(_ turn: [TokenPiece]) -> ReadResponse {
        var reader = ResponseReader(syntax, schemas: CallConversation.schemas)
        for piece in turn {
            switch piece {
            case .text(let text): reader.append(bytes: text.utf8)
            case .special(let name): reader.append(bytes: [], special: name)
            }
        }
        return reader.response
    }

    /// Whether what was read is the answer, whole and without a fault.
    public static func isSame(_ read: ReadResponse, _ answer: Answer) -> Bool {
        read.fault == nil && read.isWhole && read.text == answer.words
            && read.thinking == answer.thinking ?? "" && read.calls.count == answer.calls.count
            && zip(read.calls, answer.calls).allSatisfy { found, made in
                guard let left = try? JSONParser.parse(found.arguments),
                    let right = try? JSONParser.parse(made.arguments)
                else { return false }
                return found.name == made.name && left.isEquivalent(to: right)
            }
    }
}
