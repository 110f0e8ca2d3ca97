import JSON
import Wire

/// An HTTP answer that holds no message, told in one sentence: its status, its body's own words, and what to do.
struct HTTPRefusal: Sendable {
    let status: Int
    let fields: HTTPFields
    let body: [UInt8]
    private static let mostCharacters = 200

    /// `the server answered with HTTP 403: Forbidden; …`.
    var sentence: String {
        let words = [HTTPRefusal.words(of: body), told].compactMap(\.self)
        let said = words.isEmpty ? "" : ": " + words.joined(separator: "; ")
        return "the server answered with HTTP \(status)\(said)\(remedy)"
    }

    /// What the header says of a key that is missing or refused, where the body doesn't say it.
    private var told: String? {
        guard let words = authentication, !String(decoding: body, as: UTF8.self).contains(words) else {
            return nil
        }
        return words
    }

    /// The `error_description` of a refused key (RFC 6750, section 3).
    var authentication: String? {
        for value in fields.values(of: "www-authenticate") {
            if let match = value.firstMatch(of: /error_description="([^"]*)"/), !match.1.isEmpty {
                return HTTPRefusal.line(String(match.1))
            }
        }
        return nil
    }

    private var remedy: String {
        switch status {
        case 300..<400:
            ", to \(fields["location"] ?? "another address"); if that is the server, name it in the configuration"
        case 401: "; it wants a key, which the configuration gives in \"headers\""
        case 403: "; see whether the key in the configuration's \"headers\" may do this"
        case 404, 405: "; see whether this is the address of its MCP endpoint, which often ends in /mcp"
        case 413: "; the message is too long for it: pass less"
        case 408, 429, 503:
            fields["retry-after"].flatMap { Int($0) }.map { "; call again after \($0) s" }
                ?? "; call again later"
        case 500...: "; the fault is the server's: see its log"
        default: "; see its log, and whether this is the address of its MCP endpoint"
        }
    }

    /// The words of a body: what a member of JSON says that is made for people, or the text itself without its tags.
    static func words(of body: [UInt8]) -> String? {
        let text: String
        if let value = try? JSONParser.parse(body) {
            let isEmpty = value == .null || value.objectValue?.isEmpty == true || value.arrayValue == []
            text = words(in: value, depth: 0) ?? (isEmpty ? "" : value.text(.spaced))
        } else {
            text = withoutTags(String(decoding: body.prefix(8_192), as: UTF8.self))
        }
        let words = line(text)
        return words.isEmpty ? nil : words
    }

    private static func words(in value: JSONValue, depth: Int) -> String? {
        if let text = value.stringValue { return text.isEmpty ? nil : text }
        guard depth < 4 else { return nil }
        if let list = value.arrayValue { return list.first.flatMap { words(in: $0, depth: depth + 1) } }
        let keys = ["error_description", "message", "detail", "error", "title", "msg", "errors", "reason"]
        return keys.lazy.compactMap { key in value[key].flatMap { words(in: $0, depth: depth + 1) } }.first
    }

    private static func withoutTags(_ text: String) -> String {
        guard text.utf8.first(where: { $0 > 0x20 }) == UInt8(ascii: "<") else { return text }
        if let title = text.firstMatch(of: /(?i)<title[^>]*>([^<]+)/) { return String(title.1) }
        return text.replacing(/<[^>]*>/, with: " ")
    }

    /// The beginning of a text, on one line.
    static func line(_ text: String, upTo most: Int = mostCharacters) -> String {
        let words = text.unicodeScalars.prefix(4 * most)
            .split { $0.value <= 0x20 || $0.value == 0x7F }.map { String($0) }
        let line = words.joined(separator: " ")
        return line.count > most ? line.prefix(most) + "…" : line
    }
}
