import Schema

extension PatternLibrary {
    /// The test of a `format` (JSON Schema validation, section 7.3); `nil` for one that only annotates.
    ///
    /// Where the pattern is wider than the format (punycode and the length of a mailbox's name are not regular, or not
    /// cheaply), the validator's check decides on the closed string.
    func format(_ name: String) -> StringTest? {
        guard let format = StringFormat(rawValue: name) else { return nil }
        let automaton = automaton("format:" + name) {
            PatternLibrary.source(of: format).flatMap { try? ECMAPattern($0).automaton }
        }
        let isExact: Bool
        switch format {
        case .email, .idnEmail, .hostname, .idnHostname, .regex: isExact = false
        default: isExact = automaton != nil
        }
        return StringTest(source: name, automaton: automaton, exact: isExact ? nil : { format.accepts($0) })
    }

    /// A pattern that every string of a format matches.
    private static func source(of format: StringFormat) -> String? {
        switch format {
        case .date: "^\(day)$"
        case .time: "^\(clock)$"
        case .dateTime: "^\(day)[tT]\(clock)$"
        case .duration: duration
        case .email: "^\(mailbox(letters: "", domain: "\(label)(\\.\(label))*"))$"
        case .idnEmail:
            "^\(mailbox(letters: beyondASCII, domain: "\(anyLabel)(\\.\(anyLabel))*"))$"
        case .hostname: "^(?=.{1,253}$)\(label)(\\.\(label))*$"
        case .idnHostname: "^[A-Za-z0-9.\(beyondASCII)-]+$"
        case .ipv4: "^\(ipv4)$"
        case .ipv6: "^\(ipv6)$"
        case .uuid:
            "^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}$"
        case .uri: "^\(Identifier(letters: "", privateLetters: "").absolute)$"
        case .uriReference: "^\(Identifier(letters: "", privateLetters: "").reference)$"
        case .iri: "^\(Identifier(letters: ucschar, privateLetters: iprivate).absolute)$"
        case .iriReference: "^\(Identifier(letters: ucschar, privateLetters: iprivate).reference)$"
        case .uriTemplate: template
        case .jsonPointer: "^(/([^~/]|~[01])*)*$"
        case .relativeJSONPointer: "^(0|[1-9][0-9]*)(#|(/([^~/]|~[01])*)*)$"
        case .regex: nil
        }
    }

    // MARK: Times (RFC 3339, section 5.6 and appendix A)

    private static let day =
        "([0-9]{4}-(((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01]))|((0[469]|11)-(0[1-9]|[12][0-9]|30))|(02-(0[1-9]|1[0-9]|2[0-8])))|([0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)-02-29)"
    private static let duration =
        "^P(?!$)([0-9]+W|([0-9]+Y([0-9]+M([0-9]+D)?)?|[0-9]+M([0-9]+D)?|[0-9]+D)?(T([0-9]+H([0-9]+M([0-9]+S)?)?|[0-9]+M([0-9]+S)?|[0-9]+S))?)$"

    /// A time of day with its offset.
    ///
    /// A leap second comes at 23:59:60 UTC. At other offsets the mask leaves it out: an automaton would have to remember
    /// every minute of the day for it.
    private static let clock: String = {
        let hour = "([01][0-9]|2[0-3])"
        let fraction = "(\\.[0-9]+)?"
        let usual = "\(hour):[0-5][0-9]:[0-5][0-9]\(fraction)([zZ]|[+-]\(hour):[0-5][0-9])"
        return "(\(usual)|23:59:60\(fraction)([zZ]|[+-]00:00))"
    }()

    // MARK: Hosts and mailboxes

    private static let beyondASCII = "\\x80-\\u{10FFFF}"
    private static let label = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
    private static let anyLabel =
        "[A-Za-z0-9\(beyondASCII)]([A-Za-z0-9\(beyondASCII)-]*[A-Za-z0-9\(beyondASCII)])?"
    private static let octet = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
    private static let ipv4 = "(\(octet)\\.){3}\(octet)"

    /// RFC 5321, section 4.1.2; `letters` may stand in a name beside ASCII's.
    private static func mailbox(letters: String, domain: String) -> String {
        let atom = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~\(letters)-]+"
        let quoted = "\"([ !#-\\[\\]-~\(letters)]|\\\\[ -~])*\""
        return "(\(atom)(\\.\(atom))*|\(quoted))@(\(domain)|\\[(\(ipv4)|IPv6:\(ipv6))\\])"
    }

    fileprivate static let ipv6: String = {
        let group = "[0-9A-Fa-f]{1,4}"
        var forms = ["(\(group):){6}(\(group):\(group)|\(ipv4))"]
        forms.append("::(\(group):){5}(\(group):\(group)|\(ipv4))")
        for before in 1...5 {
            let head = before == 1 ? "(\(group))?" : "((\(group):){0,\(before - 1)}\(group))?"
            forms.append("\(head)::(\(group):){\(5 - before)}(\(group):\(group)|\(ipv4))")
        }
        forms.append("((\(group):){0,5}\(group))?::\(group)")
        forms.append("((\(group):){0,6}\(group))?::")
        return "(" + forms.joined(separator: "|") + ")"
    }()

    // MARK: Identifiers

    /// RFC 3987, section 2.2.
    private static let ucschar =
        "\\u{A0}-\\u{D7FF}\\u{F900}-\\u{FDCF}\\u{FDF0}-\\u{FFEF}"
        + (0x1...0xE).map { plane in
            let first = plane == 0xE ? "E1000" : String(plane, radix: 16) + "0000"
            return "\\u{\(first)}-\\u{\(String(plane, radix: 16))FFFD}"
        }.joined()
    private static let iprivate =
        "\\u{E000}-\\u{F8FF}\\u{F0000}-\\u{FFFFD}\\u{100000}-\\u{10FFFD}"

    /// RFC 6570, section 2.
    private static let template: String = {
        let name = "([A-Za-z0-9_]|%[0-9A-Fa-f]{2})+"
        let variable = "\(name)(\\.\(name))*(\\*|:[1-9][0-9]{0,3})?"
        let literal = "[^\\x00-\\x20\"<>\\\\^`{|}%\\x7F-\\x9F]|%[0-9A-Fa-f]{2}"
        return "^(\(literal)|\\{[+#./;?&=,!@|]?\(variable)(,\(variable))*\\})*$"
    }()
}

/// The patterns of URIs (RFC 3986, appendix A) and, with letters beyond ASCII, of IRIs (RFC 3987, section 2.2).
private struct Identifier {
    /// What may stand everywhere, and in queries only, as the inside of a class.
    let letters: String
    let privateLetters: String

    /// With a scheme.
    var absolute: String { "[A-Za-z][A-Za-z0-9+.-]*:\(hierarchy(inFirstSegment: ":"))\(tail)" }
    /// With or without one.
    var reference: String { "(\(absolute)|\(hierarchy(inFirstSegment: ""))\(tail))" }

    /// Characters, and those of `extra`.
    private func characters(_ extra: String) -> String {
        "([A-Za-z0-9._~!$&'()*+,;=\(extra)\(letters)-]|%[0-9A-Fa-f]{2})"
    }

    private var tail: String {
        "(\\?\(characters(":@/?\(privateLetters)"))*)?(#\(characters(":@/?"))*)?"
    }

    private var authority: String {
        let future = "[vV][0-9A-Fa-f]+\\.[A-Za-z0-9._~!$&'()*+,;=:-]+"
        let host = "(\\[(\(PatternLibrary.ipv6)|\(future))\\]|\(characters(""))*)"
        return "(\(characters(":"))*@)?\(host)(:[0-9]*)?"
    }

    private func hierarchy(inFirstSegment colon: String) -> String {
        let segment = characters(":@")
        let first = characters("@" + colon)
        return
            "(//\(authority)(/\(segment)*)*|/(\(segment)+(/\(segment)*)*)?|\(first)+(/\(segment)*)*|)"
    }
}
