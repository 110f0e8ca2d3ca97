/// The formats of JSON Schema, each with its check (2020-12 validation, section 7.3).
package enum StringFormat: String, Sendable, Hashable, CaseIterable {
    case dateTime = "date-time"
    case date, time, duration
    case email
    case idnEmail = "idn-email"
    case hostname
    case idnHostname = "idn-hostname"
    case ipv4, ipv6
    case uri
    case uriReference = "uri-reference"
    case iri
    case iriReference = "iri-reference"
    case uuid
    case uriTemplate = "uri-template"
    case jsonPointer = "json-pointer"
    case relativeJSONPointer = "relative-json-pointer"
    case regex

    /// Whether a text is of the format.
    package func accepts(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return switch self {
        case .dateTime: Timestamps.isDateTime(bytes)
        case .date: Timestamps.isDate(bytes[...])
        case .time: Timestamps.isTime(bytes[...])
        case .duration: Timestamps.isDuration(bytes)
        case .email: Hosts.isEmail(bytes, isInternational: false)
        case .idnEmail: Hosts.isEmail(bytes, isInternational: true)
        case .hostname: Hosts.isHostname(text, isInternational: false)
        case .idnHostname: Hosts.isHostname(text, isInternational: true)
        case .ipv4: Hosts.isIPv4(bytes[...])
        case .ipv6: Hosts.isIPv6(bytes[...])
        case .uri: Identifiers.isURI(text, mayBeRelative: false, isInternational: false)
        case .uriReference: Identifiers.isURI(text, mayBeRelative: true, isInternational: false)
        case .iri: Identifiers.isURI(text, mayBeRelative: false, isInternational: true)
        case .iriReference: Identifiers.isURI(text, mayBeRelative: true, isInternational: true)
        case .uuid: Identifiers.isUUID(bytes)
        case .uriTemplate: Identifiers.isURITemplate(text)
        case .jsonPointer: Identifiers.isJSONPointer(bytes[...])
        case .relativeJSONPointer: Identifiers.isRelativeJSONPointer(bytes)
        case .regex: (try? ECMAPattern(text, isStrict: true)) != nil
        }
    }

    /// What a text of the format is, with an example, to follow "must be".
    package var inWords: String {
        switch self {
        case .dateTime: "a date and time such as 2025-01-31T09:30:00Z"
        case .date: "a date such as 2025-01-31"
        case .time: "a time with its offset such as 09:30:00Z"
        case .duration: "a duration such as P1DT12H"
        case .email, .idnEmail: "an e-mail address"
        case .hostname, .idnHostname: "a host name"
        case .ipv4: "an IPv4 address such as 192.0.2.1"
        case .ipv6: "an IPv6 address such as 2001:db8::1"
        case .uri: "a URI such as https://example.com/a"
        case .uriReference: "a URI or a relative reference"
        case .iri: "an IRI such as https://example.com/é"
        case .iriReference: "an IRI or a relative reference"
        case .uuid: "a UUID such as 123e4567-e89b-12d3-a456-426614174000"
        case .uriTemplate: "a URI template such as /a/{b}"
        case .jsonPointer: "a JSON pointer such as /a/0"
        case .relativeJSONPointer: "a relative JSON pointer such as 1/a"
        case .regex: "a regular expression"
        }
    }
}
