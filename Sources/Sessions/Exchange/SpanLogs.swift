import JSON

/// Log records of OTLP that tell what models were asked and answered, an event each, by the spans that they name.
struct SpanLogs {
    private var bySpan: [String: [JSONValue]] = [:]
    private var order: [String] = []
    /// What is not read, in words.
    private(set) var left: [String] = []

    init(_ records: [JSONValue]) {
        for record in records {
            let told = (record["attributes"]?.arrayValue ?? []).first { $0["key"] == "event.name" }
            let name = (record["eventName"] ?? told?["value"]?["stringValue"])?.stringValue
            guard let name, name.hasPrefix("gen_ai.") else {
                left.append("a log record that is no event gen_ai.…")
                continue
            }
            guard record["traceId"]?.stringValue?.isEmpty == false else {
                left.append("a log record without traceId")
                continue
            }
            var attributes = record["attributes"]?.arrayValue ?? []
            if let body = record["body"] { attributes.append(["key": "body", "value": body]) }
            let time = record["timeUnixNano"].flatMap { $0 == "0" || $0 == 0 ? Optional.none : $0 }
            let event: JSONValue = [
                "name": .string(name), "attributes": .array(attributes),
                "timeUnixNano": time ?? record["observedTimeUnixNano"] ?? "0",
                "traceId": record["traceId"] ?? "", "spanId": record["spanId"] ?? "",
            ]
            let key = SpanLogs.key(of: record)
            if bySpan[key] == nil { order.append(key) }
            bySpan[key, default: []].append(event)
        }
    }

    /// What tells a span apart from others.
    static func key(of span: JSONValue) -> String {
        "\(span["traceId"]?.stringValue ?? "") \(span["spanId"]?.stringValue ?? "")"
    }

    /// The span with the events that records tell of it.
    func joined(to span: JSONValue) -> JSONValue {
        guard let events = bySpan[SpanLogs.key(of: span)], var object = span.objectValue else { return span }
        object["events"] = .array((span["events"]?.arrayValue ?? []) + events)
        return .object(object)
    }

    /// Spans that records name and no file has: each begins with its first event and ends with its last.
    func spans(besides known: Set<String>) -> [JSONValue] {
        order.filter { !known.contains($0) }.compactMap { key in
            guard let events = bySpan[key], let first = events.first, let last = events.last else {
                return nil
            }
            return [
                "traceId": first["traceId"] ?? "", "spanId": first["spanId"] ?? "",
                "startTimeUnixNano": first["timeUnixNano"] ?? "0",
                "endTimeUnixNano": last["timeUnixNano"] ?? "0",
            ]
        }
    }
}
