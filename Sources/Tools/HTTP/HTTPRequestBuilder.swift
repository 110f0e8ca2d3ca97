import Agent
import Foundation
import JSON
import Wire

/// Makes the request of a call; no argument can become anything but a value of its own place.
struct HTTPRequestBuilder {
    let settings: HTTPSettings
    let call: ToolCall
    let arguments: JSONValue
    /// The variables that the settings may name.
    let environment: [String: String]

    /// The request.
    /// - Throws: `ToolFailure` in words for the model.
    func request() throws -> CallRequest {
        for name in settings.variables where environment[name] == nil {
            throw ToolFailure("the environment has no variable \(name); no request was made")
        }
        let text = try address()
        guard let address = try? WebAddress(text) else {
            throw ToolFailure("the arguments make no address that could be asked; no request was made")
        }
        var request = CallRequest(method: settings.method, address: address)
        for field in settings.headers {
            guard let value = header(field) else { continue }
            guard value.utf8.allSatisfy({ (0x20...0x7E).contains($0) || $0 == 0x09 }) else {
                throw ToolFailure(
                    "the header \(field.name) can only hold printable ASCII; no request was made")
            }
            request.fields[field.name] = value
        }
        if let (body, type) = try body() {
            request.body = Array(body.utf8)
            if request.fields["Content-Type"] == nil { request.fields["Content-Type"] = type }
        }
        return request
    }

    private func address() throws -> String {
        var address = try path()
        var separator = address.holdsByte(of: "?") ? "&" : "?"
        for field in settings.query {
            for (name, value) in try pairs(of: field) {
                address += separator + name + "=" + value
                separator = "&"
            }
        }
        return address
    }

    /// The address up to the query.
    ///
    /// A segment made of arguments may not be empty, `.` or `..`, which would lead to
    /// another place than the template's.
    private func path() throws -> String {
        var address = ""
        var segment = ""
        var isMade = false
        var isPath = true
        func endSegment() throws {
            if isMade, ["", ".", ".."].contains(HTTPRequestBuilder.dotted(segment)) {
                throw ToolFailure(
                    "an argument makes the path lead elsewhere (\"\(segment)\"); no request was made")
            }
            segment = ""
            isMade = false
        }
        for piece in settings.url.pieces {
            switch piece {
            case .text(let text):
                for scalar in text.unicodeScalars {
                    // A browser's URL, and some servers, take a backslash for a slash.
                    if isPath, scalar == "/" || scalar == "?" || scalar == "\\" {
                        try endSegment()
                    } else {
                        segment.unicodeScalars.append(scalar)
                    }
                    if scalar == "?" { isPath = false }
                }
                address += text
            case .argument(let pointer):
                guard let value = arguments[pointer], value != .null else {
                    throw ToolFailure("the address needs \(pointer), which is absent; no request was made")
                }
                let text =
                    HTTPRequestBuilder.joined(value, settings.pathStyle) { PercentEncoding.encoded($0) }
                    ?? PercentEncoding.encoded(value.plainText)
                segment += text
                isMade = isPath
                address += text
            case .variable(let name):
                address += PercentEncoding.encoded(environment[name] ?? "")
            }
        }
        if isPath { try endSegment() }
        return address
    }

    /// A segment with its dots decoded, however they are written.
    private static func dotted(_ segment: String) -> String {
        var bytes: [UInt8] = []
        for byte in segment.utf8 {
            bytes.append(byte)
            let tail = bytes.suffix(3).loweredASCII
            if tail.elementsEqual("%2e".utf8) { bytes.replaceSubrange((bytes.count - 3)..., with: ".".utf8) }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func body() throws -> (String, String)? {
        let json = "application/json"
        switch settings.body {
        case .none: return nil
        case .arguments: return (call.arguments.text, json)
        case .argument(let pointer): return arguments[pointer].map { ($0.text(), json) }
        case .json(let template): return template.value(arguments).map { ($0.text(), json) }
        case .form(let fields):
            let pairs = fields.flatMap { field in
                values(field.value).map {
                    PercentEncoding.encoded(field.name) + "=" + PercentEncoding.encoded($0)
                }
            }
            return (pairs.joined(separator: "&"), "application/x-www-form-urlencoded")
        }
    }

    /// A parameter of the query as what stands before and after its `=`, encoded.
    private func pairs(of field: HTTPSettings.Field) throws -> [(name: String, value: String)] {
        let name = PercentEncoding.encoded(field.name)
        if let whole = field.value.whole, let value = arguments[whole], value != .null {
            if let text = HTTPRequestBuilder.joined(value, field.style, { PercentEncoding.encoded($0) }) {
                return [(name, text)]
            }
            if field.style == .bracketed, let object = value.objectValue {
                return object.map { member in
                    (
                        name + PercentEncoding.encoded("[\(member.key)]"),
                        PercentEncoding.encoded(member.value.plainText)
                    )
                }
            }
            if case .spread(let names) = field.style, let object = value.objectValue {
                return try object.map { member in
                    guard names.contains(where: { $0.utf8.elementsEqual(member.key.utf8) }),
                        !settings.query.contains(where: { $0.name.utf8.elementsEqual(member.key.utf8) })
                    else {
                        throw ToolFailure(
                            "\(field.name) has no member \(member.key) that could be a parameter of the query; "
                                + "no request was made")
                    }
                    return (
                        PercentEncoding.encoded(member.key), PercentEncoding.encoded(member.value.plainText)
                    )
                }
            }
            if field.style == .json { return [(name, PercentEncoding.encoded(value.text()))] }
        }
        return values(field.value).map { (name, PercentEncoding.encoded($0)) }
    }

    /// A header's value.
    private func header(_ field: HTTPSettings.Field) -> String? {
        if let whole = field.value.whole, let value = arguments[whole], value != .null {
            if let text = HTTPRequestBuilder.joined(value, field.style, { $0 }) { return text }
            if field.style == .json { return value.text() }
        }
        return field.value.text(arguments, environment: environment)
    }

    /// A list or an object as one text; `nil` for anything else, and where the style is another.
    private static func joined(
        _ value: JSONValue, _ style: HTTPSettings.Style, _ encode: (String) -> String
    ) -> String? {
        guard case .joined(let separator) = style else { return nil }
        let parts =
            value.arrayValue?.map(\.plainText) ?? value.objectValue?.flatMap { [$0.key, $0.value.plainText] }
        return parts?.map(encode).joined(separator: separator)
    }

    /// A field's values: one, none where an argument is absent, or one for each element of an array that fills it.
    private func values(_ template: ArgumentTemplate) -> [String] {
        if let whole = template.whole, let elements = arguments[whole]?.arrayValue {
            return elements.map(\.plainText)
        }
        return template.text(arguments, environment: environment).map { [$0] } ?? []
    }
}
