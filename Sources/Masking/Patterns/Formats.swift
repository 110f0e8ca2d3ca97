import Schema

extension PatternLibrary {
    /// The test of a `format` (JSON Schema validation, section 7.3); `nil` for one that only annotates.
    func format(_ name: String) -> StringTest? {
        if name == "regex" {
            return StringTest(
                source: name, automaton: nil, exact: { (try? ECMAPattern($0, isStrict: true)) != nil })
        }
        guard let source = PatternLibrary.sources[name] else { return nil }
        let built = automaton("format:" + name) { try? ECMAPattern(source).automaton }
        return built.map { StringTest(source: name, automaton: $0, exact: nil) }
    }

    private static let day =
        "((?!0000)[0-9]{4}-(((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01]))|((0[469]|11)-(0[1-9]|[12][0-9]|30))|(02-(0[1-9]|1[0-9]|2[0-8])))|([0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)-02-29)"
    private static let clock =
        "(([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\\.[0-9]+)?([zZ]|[+-]([01][0-9]|2[0-3]):[0-5][0-9]))"
    private static let octet = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
    private static let label = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
    private static let address: String = {
        let ipv4 = "(\(octet)\\.){3}\(octet)"
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
    private static let uriCharacter = "([A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})"
    private static let uriTail = "(\\?(\(uriCharacter)|[/?])*)?(#(\(uriCharacter)|[/?])*)?"
    private static let authority =
        "(([A-Za-z0-9._~!$&'()*+,;=:-]|%[0-9A-Fa-f]{2})*@)?(\\[(\(address)|v[0-9A-Fa-f]+\\.[A-Za-z0-9._~!$&'()*+,;=:-]+)\\]|([A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*)(:[0-9]*)?"
    private static let hierarchy =
        "(//\(authority)(/\(uriCharacter)*)*|/(\(uriCharacter)+(/\(uriCharacter)*)*)?|\(uriCharacter)+(/\(uriCharacter)*)*|)"

    private static let sources: [String: String] = [
        "date": "^\(day)$",
        "time": "^\(clock)$",
        "date-time": "^\(day)[tT]\(clock)$",
        "duration":
            "^P(?!$)([0-9]+W|([0-9]+Y([0-9]+M([0-9]+D)?)?|[0-9]+M([0-9]+D)?|[0-9]+D)?(T([0-9]+H([0-9]+M([0-9]+S)?)?|[0-9]+M([0-9]+S)?|[0-9]+S))?)$",
        "email":
            "^([A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*|\"([^\"\\\\]|\\\\.)*\")@(\(label)(\\.\(label))*|\\[[^\\[\\]]+\\])$",
        "hostname": "^(?=.{1,253}$)\(label)(\\.\(label))*$",
        "ipv4": "^(\(octet)\\.){3}\(octet)$",
        "ipv6": "^\(address)$",
        "uuid": "^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}$",
        "uri": "^[A-Za-z][A-Za-z0-9+.-]*:\(hierarchy)\(uriTail)$",
        "uri-reference":
            "^([A-Za-z][A-Za-z0-9+.-]*:\(hierarchy)\(uriTail)|(//\(authority)(/\(uriCharacter)*)*|/(\(uriCharacter)+(/\(uriCharacter)*)*)?|([A-Za-z0-9._~!$&'()*+,;=@-]|%[0-9A-Fa-f]{2})+(/\(uriCharacter)*)*|)\(uriTail))$",
        "json-pointer": "^(/([^~/]|~[01])*)*$",
        "relative-json-pointer": "^(0|[1-9][0-9]*)(#|(/([^~/]|~[01])*)*)$",
    ]
}
