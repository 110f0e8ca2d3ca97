import JSON

/// Traces in OTLP's protobuf encoding, as the JSON encoding has them.
///
/// `opentelemetry/proto/collector/trace/v1/trace_service.proto` and what it imports, version 1; wire types as in
/// <https://protobuf.dev/programming-guides/encoding/>.
enum ProtobufSpans {
    /// Values within values; of deeper ones there stands that they are not read.
    private static let deepest = 32

    /// What stands in the place of a value that is not read: a member that OTLP does not have.
    static let notRead = "notRead"

    /// The document; `nil` where the bytes are no such message.
    static func document(_ bytes: [UInt8]) -> JSONValue? {
        guard let resources = fields(bytes[...])?.filter({ $0.number == 1 }), !resources.isEmpty else {
            return nil
        }
        var found: [JSONValue] = []
        for resource in resources {
            guard let bytes = resource.bytes, let inner = fields(bytes) else { return nil }
            var scopes: [JSONValue] = []
            for scope in inner where scope.number == 2 {
                guard let bytes = scope.bytes, let members = fields(bytes) else { return nil }
                var spans: [JSONValue] = []
                for span in members where span.number == 2 {
                    guard let bytes = span.bytes, let read = self.span(bytes) else { return nil }
                    spans.append(read)
                }
                scopes.append(["spans": .array(spans)])
            }
            found.append(["scopeSpans": .array(scopes)])
        }
        return ["resourceSpans": .array(found)]
    }

    private struct Field {
        let number: Int
        var value: UInt64 = 0
        var bytes: ArraySlice<UInt8>?

        var text: JSONValue { .string(String(decoding: bytes ?? [], as: UTF8.self)) }
        var hex: JSONValue {
            .string(
                (bytes ?? []).map { byte in
                    let digits = String(byte, radix: 16)
                    return digits.utf8.count == 1 ? "0" + digits : digits
                }.joined())
        }
    }

    /// The fields of a message; `nil` where it is cut or broken.
    private static func fields(_ bytes: ArraySlice<UInt8>) -> [Field]? {
        var at = bytes.startIndex
        func varint() -> UInt64? {
            var value: UInt64 = 0
            for shift in stride(from: UInt64(0), to: 64, by: 7) {
                guard at < bytes.endIndex else { return nil }
                let byte = bytes[at]
                at += 1
                value |= UInt64(byte & 0x7F) << shift
                if byte < 0x80 { return value }
            }
            return nil
        }
        var found: [Field] = []
        while at < bytes.endIndex {
            guard let tag = varint(), tag >> 3 > 0, tag >> 3 < 1 << 29 else { return nil }
            var field = Field(number: Int(tag >> 3))
            switch tag & 7 {
            case 0:
                guard let value = varint() else { return nil }
                field.value = value
            case 1, 5:
                let width = tag & 7 == 1 ? 8 : 4
                guard at + width <= bytes.endIndex else { return nil }
                field.value = (0..<width).reduce(0) { $0 | UInt64(bytes[at + $1]) << UInt64(8 * $1) }
                at += width
            case 2:
                guard let size = varint(), size <= UInt64(bytes.endIndex - at) else { return nil }
                field.bytes = bytes[at..<at + Int(size)]
                at += Int(size)
            default: return nil
            }
            found.append(field)
        }
        return found
    }

    private static func span(_ bytes: ArraySlice<UInt8>) -> JSONValue? {
        guard let members = fields(bytes) else { return nil }
        var span = JSONObject()
        var attributes: [JSONValue] = []
        var events: [JSONValue] = []
        for field in members {
            switch field.number {
            case 1: span["traceId"] = field.hex
            case 2: span["spanId"] = field.hex
            case 4: if field.bytes?.isEmpty == false { span["parentSpanId"] = field.hex }
            case 5: span["name"] = field.text
            case 7: span["startTimeUnixNano"] = .string(String(field.value))
            case 8: span["endTimeUnixNano"] = .string(String(field.value))
            case 9: attributes.append(attribute(field.bytes ?? [], depth: 0))
            case 11: events.append(event(field.bytes ?? []))
            default: break
            }
        }
        span["attributes"] = .array(attributes)
        span["events"] = .array(events)
        return .object(span)
    }

    private static func event(_ bytes: ArraySlice<UInt8>) -> JSONValue {
        var event = JSONObject()
        var attributes: [JSONValue] = []
        for field in fields(bytes) ?? [] {
            switch field.number {
            case 1: event["timeUnixNano"] = .string(String(field.value))
            case 2: event["name"] = field.text
            case 3: attributes.append(attribute(field.bytes ?? [], depth: 0))
            default: break
            }
        }
        event["attributes"] = .array(attributes)
        return .object(event)
    }

    private static func attribute(_ bytes: ArraySlice<UInt8>, depth: Int) -> JSONValue {
        var attribute = JSONObject()
        for field in fields(bytes) ?? [] {
            if field.number == 1 { attribute["key"] = field.text }
            if field.number == 2 { attribute["value"] = value(field.bytes ?? [], depth: depth) }
        }
        return .object(attribute)
    }

    private static func value(_ bytes: ArraySlice<UInt8>, depth: Int) -> JSONValue {
        guard depth < deepest else { return [notRead: .string("nested deeper than \(deepest)")] }
        guard let field = fields(bytes)?.last else { return [:] }
        switch field.number {
        case 1: return ["stringValue": field.text]
        case 2: return ["boolValue": .bool(field.value != 0)]
        case 3: return ["intValue": .string(String(Int64(bitPattern: field.value)))]
        case 4:
            let number = JSONNumber(text: "\(Double(bitPattern: field.value))")
            return ["doubleValue": number.map { .number($0) } ?? .null]
        case 5:
            let values = (fields(field.bytes ?? []) ?? []).map { value($0.bytes ?? [], depth: depth + 1) }
            return ["arrayValue": ["values": .array(values)]]
        case 6:
            let values = (fields(field.bytes ?? []) ?? []).map { attribute($0.bytes ?? [], depth: depth + 1) }
            return ["kvlistValue": ["values": .array(values)]]
        default: return ["bytesValue": field.hex]
        }
    }
}
