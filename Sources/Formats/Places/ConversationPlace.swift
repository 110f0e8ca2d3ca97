import JSON

/// Where in the bytes of a request the conversation stands, so that something can be told at a place in it.
public struct ConversationPlace: Sendable {
    /// The value that holds the conversation.
    private let holder: JSONPlace?
    /// The numbers of the elements with which the model's answers begin.
    private let answers: [Int]

    init(_ format: WireFormat, in root: JSONPlace) {
        let holder = root[ConversationPlace.key(in: format)]
        self.holder = holder
        var answers: [Int] = []
        var isWithin = false
        for (number, element) in (holder?.elements ?? []).enumerated() {
            let isAnswer = ConversationPlace.isAnswer(element, format)
            // What the model wrote in a row is one answer where its parts are elements of their own.
            if isAnswer, !(isWithin && format == .responses) { answers.append(number) }
            isWithin = isAnswer
        }
        self.answers = answers
    }

    /// The member of a request that holds the conversation.
    public static func key(in format: WireFormat) -> String {
        switch format {
        case .messages, .chatCompletions, .ollama: "messages"
        case .responses: "input"
        case .gemini: "contents"
        }
    }

    /// Whether something can be told in it.
    public var isOpen: Bool {
        holder.map { $0.elements != nil || $0.string != nil || $0.members != nil } ?? false
    }

    /// How many answers of the model stand in it.
    public var answerCount: Int { answers.count }

    /// Tells something before an answer of the model, or at the end where it has no such answer.
    /// - Parameters:
    ///   - items: elements of the conversation, as JSON texts with commas between.
    ///   - number: the answer's number, from 0.
    public func insert(_ items: String, beforeAnswer number: Int, in splices: inout ByteSplices) {
        guard let holder else { return }
        if let elements = holder.elements {
            if answers.indices.contains(number) {
                let start = elements[answers[number]].range.lowerBound
                splices.replace(start..<start, with: Array((items + ",").utf8))
            } else {
                let end = elements.last?.range.upperBound ?? holder.range.lowerBound + 1
                splices.replace(end..<end, with: Array(((elements.isEmpty ? "" : ",") + items).utf8))
            }
        } else if let text = holder.string {
            let words: JSONValue = ["role": "user", "content": .string(text)]
            splices.replace(holder.range, with: Array("[\(words.text()),\(items)]".utf8))
        } else if holder.members != nil {
            let range = holder.range
            splices.replace(range.lowerBound..<range.lowerBound, with: [UInt8(ascii: "[")])
            splices.replace(range.upperBound..<range.upperBound, with: Array(",\(items)]".utf8))
        }
    }

    private static func isAnswer(_ element: JSONPlace, _ format: WireFormat) -> Bool {
        switch format {
        case .messages, .chatCompletions, .ollama: return element["role"]?.string == "assistant"
        case .gemini: return element["role"]?.string == "model"
        case .responses:
            let type = element["type"]?.string ?? "message"
            return type == "message" ? element["role"]?.string == "assistant" : ResponsesRoom.isModels(type)
        }
    }
}
