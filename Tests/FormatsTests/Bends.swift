import Agent
import Formats
import JSON

/// One event of a stream, before it is framed.
struct BentEvent {
    var name: String?
    /// `nil` for `[DONE]`.
    var value: JSONValue?
}

/// What must become of a bent stream.
enum Outcome: Equatable {
    /// The response, whole.
    case response
    /// The response, but for the IDs of its calls, which the server did not give.
    case withoutIDs
    /// One sentence that names the bend: it holds this text.
    case sentence(String)
}

/// A way in which servers bend a stream.
struct Bend: Sendable {
    let name: String
    let formats: Set<WireFormat>
    /// Whether the stream is none without its mark of the end.
    var needsMark: Bool { name == "no reason of the end, but the mark" || name == "events after the end" }
    /// Bends the events; `nil` where the response has nothing to bend so.
    let bend: @Sendable (inout [BentEvent], inout SplitMix) -> Outcome?

    init(
        _ name: String, _ formats: Set<WireFormat> = Set(WireFormat.allCases),
        _ bend: @escaping @Sendable (inout [BentEvent], inout SplitMix) -> Outcome?
    ) {
        self.name = name
        self.formats = formats
        self.bend = bend
    }
}

extension JSONValue {
    /// The value with the one at a place changed; members that are not there are added where `change` gives one.
    mutating func change(_ path: [String], _ change: (JSONValue?) -> JSONValue?) {
        guard let key = path.first else {
            self = change(self) ?? .null
            return
        }
        let rest = Array(path.dropFirst())
        switch self {
        case .object(var object):
            if rest.isEmpty {
                object[key] = change(object[key])
            } else if var inner = object[key] {
                inner.change(rest, change)
                object[key] = inner
            }
            self = .object(object)
        case .array(var elements):
            guard let index = Int(key), elements.indices.contains(index) else { return }
            if rest.isEmpty {
                elements[index] = change(elements[index]) ?? .null
            } else {
                elements[index].change(rest, change)
            }
            self = .array(elements)
        default: return
        }
    }

    /// Every object of the value with members added that no format knows.
    func withUnknownMembers(_ random: inout SplitMix) -> JSONValue {
        switch self {
        case .object(var object):
            for member in object where !["arguments", "input", "args"].contains(member.key) {
                object[member.key] = member.value.withUnknownMembers(&random)
            }
            if random.chance(0.4) { object["x_unknown"] = ["a": [1, .null]] }
            if random.chance(0.2) { object["x_null"] = .null }
            return .object(object)
        case .array(let elements): return .array(elements.map { $0.withUnknownMembers(&random) })
        default: return self
        }
    }
}

extension Bend {
    static let all: [Bend] = general + chat + responses + messages + others

    private static let general: [Bend] = [
        Bend("nothing") { _, _ in .response },
        Bend("unknown members everywhere") { events, random in
            for place in events.indices {
                events[place].value = events[place].value?.withUnknownMembers(&random)
            }
            return .response
        },
        Bend("unknown events between") { events, random in
            for _ in 0..<3 {
                events.insert(
                    BentEvent(name: nil, value: ["x": "y"]),
                    at: Int.random(in: 0..<events.count, using: &random))
            }
            return .response
        },
        Bend("an error in place of all") { events, random in
            events = [BentEvent(name: nil, value: error(&random))]
            return .sentence("the model is loading")
        },
        Bend("an error in the middle") { events, random in
            let place = Int.random(in: 0..<max(1, events.count - 1), using: &random)
            events =
                Array(events.prefix(place)) + [
                    BentEvent(name: random.chance(0.3) ? "error" : nil, value: error(&random))
                ]
            return .sentence("the model is loading")
        },
        Bend("events after the end", [.chatCompletions, .responses, .messages, .ollama]) { events, _ in
            events += events.prefix(2)
            return .response
        },
    ]

    private static func error(_ random: inout SplitMix) -> JSONValue {
        let text: JSONValue = "the model is loading"
        let shapes: [JSONValue] = [
            ["error": ["message": text]], ["error": text],
            ["error": ["message": text, "type": "invalid", "code": .null]],
            ["error": ["code": 503, "message": text, "status": "UNAVAILABLE"]], ["detail": text],
            ["detail": [["loc": ["body"], "msg": text, "type": "x"]]], ["errors": [["message": text]]],
            ["object": "error", "message": text, "code": 400],
            ["type": "error", "error": ["type": "x", "message": text]],
            ["message": text, "code": 5], ["error": ["error": ["message": text]]],
            ["success": false, "msg": text],
        ]
        return shapes.randomElement(using: &random) ?? .null
    }
}
