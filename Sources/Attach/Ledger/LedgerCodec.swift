import Agent
import JSON

/// What stands in the ledger's file, one line each.
enum LedgerLine: Sendable, Hashable {
    /// What is remembered of a call of the session in that journal.
    case call(LedgerEntry, journal: String)
    /// What passed in the session in that journal without its client.
    case interlude(Interlude, journal: String)
    /// Where a conversation stands: by whom it is led, and what its client has sent so far.
    case place(SessionPlace, journal: String)

    /// The line, its line feed included.
    var bytes: [UInt8] {
        let value: JSONValue
        switch self {
        case .call(let entry, let journal):
            value = ["journal": .string(journal), "call": LedgerLine.json(entry)]
        case .interlude(let interlude, let journal):
            value = ["journal": .string(journal), "between": LedgerLine.json(interlude)]
        case .place(let place, let journal):
            var object = JSONObject()
            object["journal"] = .string(journal)
            if let key = place.key { object["key"] = .string(key) }
            object["seen"] = LedgerLine.json(place.seen)
            if let response = place.response { object["response"] = .string(response) }
            if !place.answered.isEmpty { object["answered"] = LedgerLine.json(place.answered) }
            value = .object(object)
        }
        return Array((value.text() + "\n").utf8)
    }

    /// Reads a line; `nil` for one that was cut by a crash or comes from a later version.
    init?(_ bytes: [UInt8]) {
        guard let value = try? JSONParser.parse(bytes), let journal = value["journal"]?.stringValue else {
            return nil
        }
        if let call = value["call"] {
            guard let entry = LedgerLine.entry(call) else { return nil }
            self = .call(entry, journal: journal)
            return
        }
        if let between = value["between"] {
            guard let interlude = LedgerLine.interlude(between) else { return nil }
            self = .interlude(interlude, journal: journal)
            return
        }
        guard let seen = value["seen"] else { return nil }
        self = .place(
            SessionPlace(
                key: value["key"]?.stringValue, seen: LedgerLine.prints(seen),
                response: value["response"]?.stringValue,
                answered: value["answered"].map(LedgerLine.prints) ?? []), journal: journal)
    }

    private static func json(_ prints: [Fingerprint]) -> JSONValue {
        .array(prints.map { .string(String($0.value, radix: 16)) })
    }

    private static func prints(_ value: JSONValue) -> [Fingerprint] {
        (value.arrayValue ?? []).compactMap { $0.stringValue.flatMap { UInt64($0, radix: 16) } }
            .map(Fingerprint.init(value:))
    }

    private static func json(_ interlude: Interlude) -> JSONValue {
        var object = JSONObject()
        object["turns"] = .number(JSONNumber(interlude.turns))
        object["sum"] = .string(String(interlude.sum.value, radix: 16))
        object["answers"] = .number(JSONNumber(interlude.answers))
        object["previous"] = interlude.previous.map { .string($0) }
        object["items"] = .string(interlude.items)
        return .object(object)
    }

    private static func interlude(_ value: JSONValue) -> Interlude? {
        guard let turns = value["turns"]?.intValue, let answers = value["answers"]?.intValue,
            let sum = value["sum"]?.stringValue.flatMap({ UInt64($0, radix: 16) }),
            let items = value["items"]?.stringValue
        else { return nil }
        return Interlude(
            turns: turns, sum: Fingerprint(value: sum), answers: answers,
            previous: value["previous"]?.stringValue, items: items)
    }

    private static func json(_ entry: LedgerEntry) -> JSONValue {
        func form(_ form: LedgerEntry.Form) -> JSONValue {
            var object = JSONObject()
            object["name"] = .string(form.name)
            object["arguments"] = .string(form.arguments.text)
            object["item"] = form.item.map { .string($0) }
            return .object(object)
        }
        let result: JSONValue =
            switch entry.result {
            case .unchanged: .null
            case .prefixed(let note): ["note": .string(note)]
            case .replaced(let text, let isError): ["text": .string(text), "error": .bool(isError)]
            }
        return [
            "id": .string(entry.id.text), "written": form(entry.written), "sent": form(entry.sent),
            "restore": .bool(entry.restoresCall), "result": result,
        ]
    }

    private static func entry(_ value: JSONValue) -> LedgerEntry? {
        func form(_ value: JSONValue?) -> LedgerEntry.Form? {
            guard let name = value?["name"]?.stringValue, let arguments = value?["arguments"]?.stringValue
            else { return nil }
            return LedgerEntry.Form(
                name: name, arguments: ByteString(arguments), item: value?["item"]?.stringValue)
        }
        guard let id = value["id"]?.stringValue, let written = form(value["written"]),
            let sent = form(value["sent"]),
            let restores = value["restore"]?.boolValue
        else { return nil }
        let result: LedgerEntry.Result =
            if let note = value["result"]?["note"]?.stringValue {
                .prefixed(note)
            } else if let text = value["result"]?["text"]?.stringValue {
                .replaced(text, isError: value["result"]?["error"]?.boolValue ?? false)
            } else {
                .unchanged
            }
        return LedgerEntry(
            id: ToolCallID(id), written: written, sent: sent, restoresCall: restores, result: result)
    }
}

/// Where a conversation stands, as its client's requests tell it.
struct SessionPlace: Sendable, Hashable {
    /// The client's own name for the conversation; `nil` where it gives none.
    var key: String?
    /// The messages of its last request, instructions left out.
    var seen: [Fingerprint]
    /// The ID of the provider's last response, where one came and the provider keeps the conversation.
    var response: String?
    /// The messages up to that response, itself included.
    var answered: [Fingerprint] = []

    /// The whole dialogue of a request, also where it carries only what is new since that response.
    func prints(of request: AgentRequest) -> [Fingerprint] {
        guard let response, request.reading.previousResponse == response else { return request.prints }
        return answered + request.prints
    }
}
