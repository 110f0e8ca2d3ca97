/// URIs, IRIs, their templates, UUIDs and JSON pointers.
enum Identifiers {
    // MARK: URIs

    /// A URI or, with `mayBeRelative`, a reference (RFC 3986, appendix A); with `isInternational` an IRI (RFC 3987).
    static func isURI(_ text: String, mayBeRelative: Bool, isInternational: Bool) -> Bool {
        let parts = URIReference(text)
        if parts.scheme == nil {
            guard mayBeRelative else { return false }
            // A relative path's first segment has no colon, which would look like a scheme.
            let segment = parts.path.utf8.prefix { $0 != UInt8(ascii: "/") }
            if parts.authority == nil, segment.contains(UInt8(ascii: ":")) { return false }
        }
        func isMade(of extra: String, _ text: String, allowsPrivate: Bool = false) -> Bool {
            hasOnly(extra, text, isInternational: isInternational, allowsPrivate: allowsPrivate)
        }
        if let authority = parts.authority, !isAuthority(authority, isMade: { isMade(of: $0, $1) }) {
            return false
        }
        return isMade(of: ":@/", parts.path)
            && (parts.query.map { isMade(of: ":@/?", $0, allowsPrivate: true) } ?? true)
            && (parts.fragment.map { isMade(of: ":@/?", $0) } ?? true)
    }

    private static func isAuthority(_ text: String, isMade: (String, String) -> Bool) -> Bool {
        var host = text[...]
        if let at = host.firstIndex(of: "@") {
            guard isMade(":", String(host[..<at])) else { return false }
            host = host[host.index(after: at)...]
        }
        var port: Substring = ""
        if host.hasPrefix("[") {
            guard let end = host.firstIndex(of: "]") else { return false }
            let literal = host[host.index(after: host.startIndex)..<end]
            port = host[host.index(after: end)...]
            guard port.isEmpty || port.hasPrefix(":") else { return false }
            port = port.dropFirst()
            let bytes = Array(literal.utf8)
            if bytes.first.map({ $0 | 0x20 }) == UInt8(ascii: "v") {
                let version = bytes.dropFirst().prefix(while: \.isHexDigit)
                let address = bytes[version.endIndex...]
                guard !version.isEmpty, address.first == UInt8(ascii: "."), address.count > 1,
                    !address.contains(UInt8(ascii: "%")),
                    hasOnly(
                        ":", String(decoding: address, as: UTF8.self), isInternational: false,
                        allowsPrivate: false)
                else { return false }
            } else if !Hosts.isIPv6(bytes[...]) {
                return false
            }
        } else {
            if let colon = host.firstIndex(of: ":") {
                port = host[host.index(after: colon)...]
                host = host[..<colon]
            }
            guard isMade("", String(host)) else { return false }
        }
        return port.utf8.allSatisfy(\.isDigit)
    }

    /// Whether a text has only unreserved characters, sub-delimiters, percent-encodings and those of `extra`.
    private static func hasOnly(
        _ extra: String, _ text: String, isInternational: Bool, allowsPrivate: Bool
    ) -> Bool {
        guard text.hasWellFormedPercentEscapes else { return false }
        return text.unicodeScalars.allSatisfy { scalar in
            switch scalar.value {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: return true
            case 0..<0x80:
                return "-._~!$&'()*+,;=%".unicodeScalars.contains(scalar)
                    || extra.unicodeScalars.contains(scalar)
            case 0xE000...0xF8FF, 0xF0000...0x10FFFF:
                return isInternational && allowsPrivate && scalar.value & 0xFFFE != 0xFFFE
            case 0xA0..<0xFDD0, 0xFDF0..<0xFFF0, 0x10000..<0xE0000, 0xE1000..<0xF0000:
                return isInternational && scalar.value & 0xFFFE != 0xFFFE
            default: return false
            }
        }
    }

    /// A template (RFC 6570, section 2).
    static func isURITemplate(_ text: String) -> Bool {
        var rest = Array(text.unicodeScalars)[...]
        while let scalar = rest.popFirst() {
            switch scalar {
            case "{":
                guard let end = rest.firstIndex(of: "}"), isExpression(rest[..<end]) else { return false }
                rest = rest[(end + 1)...]
            case "%":
                guard rest.count >= 2, rest.prefix(2).allSatisfy(\.properties.isASCIIHexDigit) else {
                    return false
                }
                rest = rest.dropFirst(2)
            case "}", "\"", "<", ">", "\\", "^", "`", "|", " ": return false
            default: if scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) { return false }
            }
        }
        return true
    }

    private static func isExpression(_ scalars: ArraySlice<Unicode.Scalar>) -> Bool {
        var rest = scalars
        if let first = rest.first, "+#./;?&=,!@|".unicodeScalars.contains(first) { rest = rest.dropFirst() }
        return rest.split(separator: ",", omittingEmptySubsequences: false).allSatisfy { part in
            var name = part
            if name.last == "*" {
                name = name.dropLast()
            } else if let colon = name.firstIndex(of: ":") {
                let digits = name[(colon + 1)...]
                guard (1...4).contains(digits.count), digits.first != "0",
                    digits.allSatisfy({ ("0"..."9").contains($0) })
                else { return false }
                name = name[..<colon]
            }
            return name.split(separator: ".", omittingEmptySubsequences: false).allSatisfy(isVariableName)
        }
    }

    private static func isVariableName(_ scalars: ArraySlice<Unicode.Scalar>) -> Bool {
        var rest = scalars
        guard !rest.isEmpty else { return false }
        while let scalar = rest.popFirst() {
            if scalar == "%" {
                guard rest.count >= 2, rest.prefix(2).allSatisfy(\.properties.isASCIIHexDigit) else {
                    return false
                }
                rest = rest.dropFirst(2)
            } else if !(scalar == "_"
                || scalar.isASCII && (UInt8(scalar.value).isLetter || UInt8(scalar.value).isDigit))
            {
                return false
            }
        }
        return true
    }

    // MARK: UUIDs and pointers

    /// Hexadecimal digits in groups of 8, 4, 4, 4 and 12 (RFC 4122, section 3).
    static func isUUID(_ bytes: [UInt8]) -> Bool {
        bytes.count == 36
            && bytes.enumerated().allSatisfy { index, byte in
                [8, 13, 18, 23].contains(index) ? byte == UInt8(ascii: "-") : byte.isHexDigit
            }
    }

    /// A pointer in its plain form (RFC 6901, section 3).
    static func isJSONPointer(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard bytes.first ?? UInt8(ascii: "/") == UInt8(ascii: "/") else { return false }
        var rest = bytes
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "~") else { continue }
            guard let digit = rest.popFirst(), digit == UInt8(ascii: "0") || digit == UInt8(ascii: "1") else {
                return false
            }
        }
        return true
    }

    /// A number of levels up, and from there a pointer or `#` (draft-bhutton-relative-json-pointer-00).
    static func isRelativeJSONPointer(_ bytes: [UInt8]) -> Bool {
        let digits = bytes.prefix(while: \.isDigit)
        guard !digits.isEmpty, digits.count == 1 || digits.first != UInt8(ascii: "0") else { return false }
        let rest = bytes[digits.endIndex...]
        return rest.elementsEqual("#".utf8) || isJSONPointer(rest)
    }
}

extension String {
    /// Whether every `%` is followed by two hexadecimal digits.
    fileprivate var hasWellFormedPercentEscapes: Bool {
        var rest = Array(utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else { continue }
            guard rest.count >= 2, rest.prefix(2).allSatisfy(\.isHexDigit) else { return false }
        }
        return true
    }
}
