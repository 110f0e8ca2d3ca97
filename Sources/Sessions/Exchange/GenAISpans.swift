import Agent
import Foundation
import JSON

/// Spans of OpenTelemetry's semantic conventions for generative AI, in the JSON encoding of OTLP.
///
/// A request is a span with `gen_ai.operation.name` chat, and has the whole conversation so far in
/// `gen_ai.input.messages`; a call is a span execute_tool. Spans of one `gen_ai.conversation.id`, of one invoke_agent
/// span, or else of one trace, in that order, make a conversation.
enum GenAISpans {
    static func read(_ documents: [Document]) throws(ImportError) -> [ImportedConversation] {
        var spans: [Span] = []
        var left: [String] = []
        var given: [(span: JSONValue, place: String)] = []
        var records: [JSONValue] = []
        for document in documents {
            guard let file = SpanFile(document.value) else {
                throw ImportError("\(document.place)expected an object with \"resourceSpans\"")
            }
            for span in file.spans { given.append((span, document.place)) }
            records += file.records
        }
        let logs = SpanLogs(records)
        left += logs.left
        let known = Set(given.map { SpanLogs.key(of: $0.span) })
        given += logs.spans(besides: known).map { ($0, "") }
        for (span, place) in given {
            guard let read = Span(logs.joined(to: span)) else {
                left.append("\(place)a span without traceId, spanId or startTimeUnixNano")
                continue
            }
            spans.append(read)
        }
        guard spans.contains(where: { $0.operation != nil }) else {
            throw ImportError(
                "no span has the attribute gen_ai.operation.name of OpenTelemetry's conventions for generative AI"
            )
        }
        let byID = Dictionary(spans.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        var order: [String] = []
        var conversations: [String: SpanConversation] = [:]
        for span in inOrder(spans) {
            let key = conversationKey(of: span, byID)
            if conversations[key] == nil { order.append(key) }
            conversations[key, default: SpanConversation()].take(span)
        }
        let all = order.compactMap { conversations[$0]?.finished() }
        let spoken = all.filter { !$0.items.isEmpty }
        guard var first = spoken.first else { throw ImportError("the spans hold no request to a model") }
        // What stands in conversations without a word is lost all the same, and said with the first.
        for line in left + all.filter(\.items.isEmpty).flatMap(\.losses.lines) { first.losses.add(line) }
        return [first] + spoken.dropFirst()
    }

    /// The spans in the order in which they began; those that began together, or without a time, stay where the file has
    /// them.
    private static func inOrder(_ spans: [Span]) -> [Span] {
        var last: Int64 = 0
        let starts = spans.map { span -> Int64 in
            if span.start > 0 { last = span.start }
            return last
        }
        return spans.indices.sorted { (starts[$0], $0) < (starts[$1], $1) }.map { spans[$0] }
    }

    private static func conversationKey(of span: Span, _ byID: [String: Span]) -> String {
        var (current, steps): (Span?, Int) = (span, 0)
        while let at = current, steps < 1_000 {
            if let id = at.text("gen_ai.conversation.id") { return "conversation \(id)" }
            if at.operation == "invoke_agent" { return "agent \(at.id)" }
            current = at.parent.flatMap { byID[$0] }
            steps += 1
        }
        return "trace \(span.trace)"
    }
}

/// One span, its attributes as plain JSON.
struct Span {
    let trace: String
    let id: String
    let parent: String?
    let name: String
    /// Nanoseconds since 1970.
    private let startTime: Int64
    private let endTime: Int64
    let hasFailed: Bool
    let attributes: [String: JSONValue]
    /// Why values of its attributes are not read, each in words.
    let unread: [String]

    init?(_ span: JSONValue) {
        guard let trace = span["traceId"]?.stringValue, let id = span["spanId"]?.stringValue,
            let start = Span.nanoseconds(span["startTimeUnixNano"])
        else { return nil }
        self.trace = trace
        self.id = id
        startTime = start
        parent = span["parentSpanId"]?.stringValue.flatMap { $0.isEmpty ? nil : $0 }
        name = span["name"]?.stringValue ?? ""
        endTime = max(start, Span.nanoseconds(span["endTimeUnixNano"]) ?? start)
        let status = span["status"]?["code"]
        hasFailed = status?.intValue == 2 || status?.stringValue == "STATUS_CODE_ERROR"
        var unread: [String] = []
        var attributes = Span.members(span["attributes"], &unread)
        // The content may be kept on an event of the span instead.
        let events = (span["events"]?.arrayValue ?? []).map { event in
            (name: event["name"]?.stringValue ?? "", attributes: Span.members(event["attributes"], &unread))
        }
        for event in events where event.name == "gen_ai.client.inference.operation.details" {
            attributes.merge(event.attributes) { own, _ in own }
        }
        attributes.merge(OlderSpanMessages(attributes, events: events).translated) { own, _ in own }
        self.attributes = attributes
        self.unread = unread
    }

    /// Milliseconds since 1970.
    var start: Int64 { startTime / 1_000_000 }
    var end: Int64 { endTime / 1_000_000 }
    /// How many milliseconds it took.
    var milliseconds: Double { Double(endTime - startTime) / 1_000_000 }

    var operation: String? { text("gen_ai.operation.name") }

    func text(_ key: String) -> String? { attributes[key]?.stringValue }

    func number(_ key: String) -> Int? { attributes[key]?.intValue ?? text(key).flatMap { Int($0) } }

    /// A structured attribute, which most exporters write as JSON text.
    func structure(_ key: String) -> JSONValue? {
        guard let value = attributes[key] else { return nil }
        guard let text = value.stringValue else { return value }
        return (try? JSONParser.parse(text)) ?? value
    }

    /// The attributes of a list of keys and values, or of an object whose members they are.
    private static func members(_ list: JSONValue?, _ unread: inout [String]) -> [String: JSONValue] {
        var members: [String: JSONValue] = [:]
        for member in list?.objectValue?.members ?? [] { members[member.key] = member.value }
        for member in list?.arrayValue ?? [] {
            guard let key = member["key"]?.stringValue, let value = member["value"] else { continue }
            members[key] = plain(value, &unread)
        }
        return members
    }

    /// The value inside of an `AnyValue`; integers stand there as text.
    private static func plain(_ value: JSONValue, _ unread: inout [String]) -> JSONValue {
        if let text = value["stringValue"] { return text }
        if let truth = value["boolValue"] { return truth }
        if let number = value["intValue"] {
            return number.stringValue.flatMap { JSONNumber(text: $0) }.map { .number($0) } ?? number
        }
        if let number = value["doubleValue"] { return number }
        if let values = value["arrayValue"] {
            return .array((values["values"]?.arrayValue ?? []).map { plain($0, &unread) })
        }
        if let members = value["kvlistValue"] {
            return .object(
                JSONObject(
                    (members["values"]?.arrayValue ?? []).compactMap { member in
                        guard let key = member["key"]?.stringValue, let value = member["value"] else {
                            return nil
                        }
                        return JSONObject.Member(key: key, value: plain(value, &unread))
                    }))
        }
        if let reason = value[ProtobufSpans.notRead]?.stringValue {
            unread.append("a value of a span's attribute, \(reason)")
            return .string("not read: \(reason)")
        }
        return .null
    }

    private static func nanoseconds(_ value: JSONValue?) -> Int64? {
        (value?.stringValue ?? value?.numberValue?.text).flatMap { Int64($0) }.map { max(0, $0) }
    }
}
