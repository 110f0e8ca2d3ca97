import JSON

/// Where the value of one argument came from.
public struct ArgumentProvenance: Sendable, Hashable {
    /// Where the value stands in the arguments.
    public var pointer: JSONPointer
    /// The value.
    public var value: JSONValue
    /// What was found.
    public var finding: Finding

    /// What a search for a value can find.
    public enum Finding: Sendable, Hashable {
        /// The value stands word for word in these places.
        case found([ProvenanceSource])
        /// The value stands there in another spelling: a number, a date or letters of other case.
        case variant([ProvenanceSource])
        /// A text of the model's own making; these of its names and numbers stand nowhere.
        case composed(unseenWords: [String])
        /// The value stands nowhere: it may be invented.
        case unseen
        /// A value too common to trace: `true`, `false`, `null`, empty text or an empty container.
        case trivial
    }

    /// The places that the value was found in.
    public var sources: [ProvenanceSource] {
        switch finding {
        case .found(let sources), .variant(let sources): sources
        case .composed, .unseen, .trivial: []
        }
    }

    /// Whether the value, or a name or number in it, stands nowhere in what the model had read.
    public var isUnseen: Bool {
        switch finding {
        case .unseen: true
        case .composed(let words): !words.isEmpty
        default: false
        }
    }

    /// One line: where the value comes from; `nil` for a value too common to trace.
    public var summary: String? {
        switch finding {
        case .found(let sources): "from " + sources.map(\.summary).joined(separator: ", ")
        case .variant(let sources):
            "from " + sources.map(\.summary).joined(separator: ", ") + ", in another spelling"
        case .composed(let words) where words.isEmpty: "the model's own words"
        case .composed(let words): "the model's own words; not seen before: " + words.joined(separator: ", ")
        case .unseen: "not seen before: may be invented"
        case .trivial: nil
        }
    }

    /// Whether the value stands in a tool's result and nowhere that a person or the workflow wrote.
    public var comesFromResultOnly: Bool {
        !sources.isEmpty && sources.allSatisfy { if case .result = $0 { true } else { false } }
    }
}

/// A place that a model has read.
public enum ProvenanceSource: Sendable, Hashable {
    /// The message at that position of the conversation, written by the person.
    case user(message: Int)
    /// The result of that call; the pointer says where, when the result is JSON.
    case result(CallKey, JSONPointer?)
    /// The system prompt.
    case system
    /// An enumeration, constant, default or example of the tool's schema, at that pointer.
    case catalogue(JSONPointer)

    /// A short mark for the screen: `user`, `result of call_2 at /tickets/0/id`.
    public var summary: String {
        switch self {
        case .user: "your message"
        case .result(let key, let pointer?) where !pointer.tokens.isEmpty: "result of \(key.id) at \(pointer)"
        case .result(let key, _): "result of \(key.id)"
        case .system: "the system prompt"
        case .catalogue(let pointer): "the schema at \(pointer)"
        }
    }
}

extension RunState {
    /// Traces each leaf of a call's arguments to what the model had read when it asked for the call.
    ///
    /// Nothing is traced in arguments that are no JSON. Cost: the size of the conversation for each leaf.
    public func provenance(of record: CallRecord) -> [ArgumentProvenance] {
        guard let arguments = try? JSONParser.parse(record.call.arguments.text) else { return [] }
        let reading = ReadText(state: self, before: record)
        return arguments.leaves.map { leaf in
            ArgumentProvenance(
                pointer: leaf.pointer, value: leaf.value, finding: reading.find(leaf.value, at: leaf.pointer))
        }
    }
}
