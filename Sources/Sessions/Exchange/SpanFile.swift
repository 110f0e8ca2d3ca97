import JSON

/// A document with spans, or with log records of them, in whatever shape a program has written it.
struct SpanFile {
    /// The spans, as OTLP's JSON has them; attributes may be an object.
    private(set) var spans: [JSONValue] = []
    /// The log records.
    private(set) var records: [JSONValue] = []
    /// What showed that these are spans.
    let reason: String

    /// The spans of a document; `nil` for one that has none.
    init?(_ document: JSONValue) {
        if let holder = SpanFile.holder(of: document) {
            reason = holder.reason
            read(holder.value)
        } else if case let traces = document["data"]?.arrayValue ?? [document], !traces.isEmpty,
            traces.allSatisfy({ $0["traceID"] != nil && $0["spans"]?.arrayValue != nil })
        {
            reason = "it is a trace of Jaeger"
            spans = traces.flatMap { $0["spans"]?.arrayValue ?? [] }.map(SpanFile.jaegers)
        } else if document["context"]?["trace_id"] != nil, document["start_time"] != nil {
            reason = "it is a span that OpenTelemetry's console exporter has printed"
            spans = [SpanFile.printed(document)]
        } else {
            return nil
        }
    }

    /// What holds the resources: OTLP's own, or as Tempo answers for a trace.
    private static func holder(of document: JSONValue) -> (value: JSONValue, reason: String)? {
        if document["resource_spans"]?.arrayValue != nil || document["resource_logs"]?.arrayValue != nil {
            return (camel(document), "it has resource_spans or resource_logs")
        }
        if document["resourceSpans"]?.arrayValue != nil { return (document, "it has resourceSpans") }
        if document["resourceLogs"]?.arrayValue != nil { return (document, "it has resourceLogs") }
        let holder = document["trace"] ?? document
        let batches = holder["batches"]?.arrayValue ?? []
        let isTempos = batches.contains {
            $0["scopeSpans"] != nil || $0["instrumentationLibrarySpans"] != nil
        }
        guard let resources = holder["resourceSpans"]?.arrayValue ?? (isTempos ? batches : nil) else {
            return nil
        }
        return (["resourceSpans": .array(resources)], "it is a trace of Tempo")
    }

    private mutating func read(_ holder: JSONValue) {
        for resource in holder["resourceSpans"]?.arrayValue ?? [] {
            let scopes = (resource["scopeSpans"] ?? resource["instrumentationLibrarySpans"])?.arrayValue ?? []
            spans += scopes.flatMap { $0["spans"]?.arrayValue ?? [] }
        }
        for resource in holder["resourceLogs"]?.arrayValue ?? [] {
            let scopes = resource["scopeLogs"]?.arrayValue ?? []
            records += scopes.flatMap { $0["logRecords"]?.arrayValue ?? [] }
        }
    }

    /// Names of protocol buffers as their JSON has them; what somebody said is never a name in OTLP.
    private static func camel(_ value: JSONValue) -> JSONValue {
        switch value {
        case .array(let list): .array(list.map(camel))
        case .object(let object):
            .object(
                JSONObject(object.members.map { .init(key: camel($0.key), value: camel($0.value)) }))
        default: value
        }
    }

    private static func camel(_ name: String) -> String {
        var bytes: [UInt8] = []
        var isNext = false
        for byte in name.utf8 {
            if byte == UInt8(ascii: "_") {
                isNext = true
            } else {
                let isLetter = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                bytes.append(isNext && isLetter ? byte - 0x20 : byte)
                isNext = false
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func span(_ members: [(String, JSONValue?)]) -> JSONValue {
        .object(
            JSONObject(
                members.compactMap { key, value in
                    value.flatMap { $0 == .null ? Optional.none : JSONObject.Member(key: key, value: $0) }
                }))
    }

    /// Nanoseconds of a count of microseconds, or of a time in words.
    private static func nanoseconds(_ value: JSONValue?) -> JSONValue? {
        if let number = value?.intValue {
            let (product, isOver) = number.multipliedReportingOverflow(by: 1_000)
            return isOver ? Optional.none : .string(String(product))
        }
        guard let time = value?.stringValue.flatMap(Document.milliseconds) else { return Optional.none }
        let (product, isOver) = time.multipliedReportingOverflow(by: 1_000_000)
        return isOver ? Optional.none : .string(String(product))
    }

    /// A span of Jaeger's own JSON, whose times are microseconds.
    private static func jaegers(_ span: JSONValue) -> JSONValue {
        let parent = (span["references"]?.arrayValue ?? []).first { $0["refType"] != "FOLLOWS_FROM" }
        let start = span["startTime"]?.intValue
        let length = span["duration"]?.intValue ?? 0
        let end = start.map { $0.addingReportingOverflow(max(0, length)) }
        let tags = members(span["tags"])
        let hasFailed = tags["error"] == true || tags["otel.status_code"] == "ERROR"
        let events = (span["logs"]?.arrayValue ?? []).map { log -> JSONValue in
            let fields = members(log["fields"])
            return ["name": fields["event"] ?? fields["name"] ?? "", "attributes": .object(fields)]
        }
        return self.span([
            ("traceId", span["traceID"]), ("spanId", span["spanID"]),
            ("parentSpanId", parent?["spanID"] ?? span["parentSpanID"]), ("name", span["operationName"]),
            ("startTimeUnixNano", nanoseconds(span["startTime"])),
            (
                "endTimeUnixNano",
                end.flatMap {
                    $0.overflow ? Optional.none : nanoseconds(.number(JSONNumber($0.partialValue)))
                }
            ),
            ("attributes", .object(tags)), ("events", .array(events)),
            ("status", hasFailed ? ["code": 2] : Optional.none),
        ])
    }

    private static func members(_ list: JSONValue?) -> JSONObject {
        var object = JSONObject()
        for member in list?.arrayValue ?? [] {
            guard let key = member["key"]?.stringValue, let value = member["value"] else { continue }
            object[key] = value
        }
        return object
    }

    /// A span as the console exporter of Python prints it.
    private static func printed(_ span: JSONValue) -> JSONValue {
        let hasFailed = span["status"]?["status_code"] == "ERROR"
        return self.span([
            ("traceId", span["context"]?["trace_id"]), ("spanId", span["context"]?["span_id"]),
            ("parentSpanId", span["parent_id"]), ("name", span["name"]),
            ("startTimeUnixNano", nanoseconds(span["start_time"])),
            ("endTimeUnixNano", nanoseconds(span["end_time"])), ("attributes", span["attributes"]),
            ("events", span["events"]), ("status", hasFailed ? ["code": 2] : Optional.none),
        ])
    }
}
