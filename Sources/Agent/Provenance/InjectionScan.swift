import JSON

/// A passage of a tool's result that reads like an instruction to the model.
public struct SuspiciousPassage: Sendable, Hashable {
    /// The call whose result holds it.
    public var call: CallKey
    /// The passage, cut to a line.
    public var text: String
    /// What makes it suspicious.
    public var reason: String
}

extension RunState {
    /// The passages in earlier results that may have led the model to this call.
    ///
    /// A passage counts when it reads like an instruction and either names the call's tool or holds one of its
    /// argument values that no person wrote; results are data, and data gives no orders.
    public func suspicions(of record: CallRecord) -> [SuspiciousPassage] {
        let tainted = provenance(of: record).filter(\.comesFromResultOnly)
        return calls.filter { $0.key.round < record.key.round }.flatMap { call -> [SuspiciousPassage] in
            guard let message = call.message, case .approve? = call.decision.map(\.asRun) else { return [] }
            return InjectionScan.passages(in: message.content).filter { passage in
                passage.text.containsWord(record.call.name, ignoringCase: true)
                    || tainted.contains { argument in
                        let value = argument.value.stringValue ?? argument.value.text()
                        return passage.text.containsWord(value, ignoringCase: true)
                    }
            }.map { SuspiciousPassage(call: call.key, text: $0.text, reason: $0.reason) }
        }
    }
}

extension Decision {
    /// `approve` for every decision after which a tool's own words reach the model.
    fileprivate var asRun: Decision {
        if case .edit = self { .approve } else { self }
    }
}

/// Finds sentences that give orders to a model.
enum InjectionScan {
    private static let orders: [(phrase: String, reason: String)] =
        [
            ("ignore previous", "asks to ignore instructions"), ("ignore all", "asks to ignore instructions"),
            ("ignore the above", "asks to ignore instructions"),
            ("ignore your", "asks to ignore instructions"),
            ("disregard", "asks to ignore instructions"), ("forget your", "asks to ignore instructions"),
            ("new instructions", "claims to give instructions"),
            ("system prompt", "speaks of the system prompt"),
            ("you are now", "claims to give a role"), ("as an ai", "addresses a model"),
            ("assistant must", "gives an order to the assistant"),
            ("assistant should", "gives an order to the assistant"),
            ("you must", "gives an order"), ("you should now", "gives an order"),
            ("do not tell", "asks for secrecy"),
            ("don't tell", "asks for secrecy"), ("without telling", "asks for secrecy"),
            ("call the function", "asks for a call"), ("call the tool", "asks for a call"),
            ("use the tool", "asks for a call"),
            ("you are an ai", "addresses a model"), ("<tool_call>", "imitates a call"),
        ] + imitations.map { ($0, "imitates a message") }
    private static let imitations = ["<|im_start|>", "[inst]", "system:", "assistant:", "### instruction"]
    private static let verbs: Set<String> = [
        "please", "send", "notify", "forward", "email", "delete", "transfer", "create", "run", "execute",
        "call", "reply",
        "tell", "grant", "approve", "close", "update", "mail", "copy", "post", "upload", "add", "write",
        "share",
    ]

    /// The sentences of `text` that read like orders, each with the reason.
    static func passages(in text: String) -> [(text: String, reason: String)] {
        var followsMarker = false
        return sentences(of: text).compactMap { sentence in
            let lowered = sentence.lowercased()
            defer { followsMarker = imitations.contains { lowered.contains($0) } }
            if let order = orders.first(where: { lowered.contains($0.phrase) }) {
                return (sentence, order.reason)
            }
            // What stands after the mark of a message is the message.
            if followsMarker { return (sentence, "imitates a message") }
            // "Important: send …", "If you read this, send …" begin with their order all the same.
            let clauses = lowered.split { $0 == ":" || $0 == "," }.map(\.description.words)
            guard clauses.prefix(2).contains(where: { verbs.contains($0.first ?? "") && $0.count > 1 }) else {
                return nil
            }
            return (sentence, "begins with an order")
        }
    }

    /// The sentences of a text, or of every string in it when it is JSON.
    private static func sentences(of text: String) -> [String] {
        let texts = (try? JSONParser.parse(text))?.leaves.compactMap(\.value.stringValue) ?? [text]
        return texts.flatMap(split).map { String($0.drop { $0 == " " }.prefix(200)) }.filter { !$0.isEmpty }
    }

    /// A point ends a sentence only before white space: an address has points inside.
    private static func split(_ text: String) -> [Substring] {
        var sentences: [Substring] = []
        var start = text.startIndex
        for index in text.indices {
            let next = text.index(after: index)
            let ends =
                switch text[index] {
                case "\n", "\r\n", "!", "?", ";": true
                case ".": next == text.endIndex || text[next].isWhitespace
                default: false
                }
            guard ends else { continue }
            sentences.append(text[start..<index])
            start = next
        }
        return sentences + [text[start...]]
    }
}
