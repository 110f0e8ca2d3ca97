/// E-mail addresses, host names and IP addresses.
enum Hosts {
    // MARK: Addresses

    /// Four numbers from 0 to 255 without leading zeros (RFC 2673, section 3.2).
    static func isIPv4(_ bytes: ArraySlice<UInt8>) -> Bool {
        let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return parts.count == 4
            && parts.allSatisfy { part in
                (1...3).contains(part.count) && part.allSatisfy(\.isDigit)
                    && (part.count == 1 || part.first != UInt8(ascii: "0"))
                    && part.reduce(0) { $0 * 10 + Int($1 - 0x30) } <= 255
            }
    }

    /// Eight groups, of which one run may be left out as `::`, the last two perhaps as IPv4 (RFC 4291, section 2.2).
    static func isIPv6(_ bytes: ArraySlice<UInt8>) -> Bool {
        let parts = bytes.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard (3...9).contains(parts.count) else { return false }
        var groups = 0
        var gaps = 0
        for (index, part) in parts.enumerated() {
            if part.isEmpty {
                // An empty part at an end is one half of a ::.
                if index == 0 {
                    guard parts[1].isEmpty else { return false }
                } else if index == parts.count - 1 {
                    guard parts[index - 1].isEmpty else { return false }
                } else {
                    gaps += 1
                }
            } else if index == parts.count - 1, part.contains(UInt8(ascii: ".")) {
                guard isIPv4(part) else { return false }
                groups += 2
            } else {
                guard part.count <= 4, part.allSatisfy(\.isHexDigit) else { return false }
                groups += 1
            }
        }
        return gaps == 1 ? groups <= 7 : gaps == 0 && groups == 8
    }

    // MARK: Host names

    /// A name of labels (RFC 1123, section 2.1), and with `isInternational` of U-labels (RFC 5890, section 2.3.2.1).
    static func isHostname(_ text: String, isInternational: Bool) -> Bool {
        let dots: [UInt32] = isInternational ? [0x2E, 0x3002, 0xFF0E, 0xFF61] : [0x2E]
        let labels = text.unicodeScalars.map(\.value)
            .split(omittingEmptySubsequences: false) { dots.contains($0) }.map(Array.init)
        var length = labels.count - 1
        var decoded: [[UInt32]] = []
        for label in labels {
            if label.allSatisfy({ $0 < 0x80 }) {
                guard isLabel(label) else { return false }
                if label.starts(with: "xn--".unicodeScalars.map(\.value)) || isPrefixedUpper(label) {
                    guard let inner = decodedLabel(label) else { return false }
                    decoded.append(inner)
                } else {
                    decoded.append(label)
                }
                length += label.count
            } else {
                guard isInternational, InternationalLabel.isValid(label), let ascii = Punycode.encode(label),
                    ascii.count + 4 <= 63
                else { return false }
                decoded.append(label)
                length += ascii.count + 4
            }
        }
        return length <= 253 && InternationalLabel.followBidiRule(decoded)
    }

    private static func isPrefixedUpper(_ label: [UInt32]) -> Bool {
        label.count > 4 && label[0] | 0x20 == 0x78 && label[1] | 0x20 == 0x6E && label[2] == 0x2D
            && label[3] == 0x2D
    }

    /// Letters, digits and hyphens, the latter not at an end; at most 63.
    private static func isLabel(_ label: [UInt32]) -> Bool {
        (1...63).contains(label.count) && label.first != 0x2D && label.last != 0x2D
            && label.allSatisfy { $0 == 0x2D || $0 < 0x80 && (UInt8($0).isLetter || UInt8($0).isDigit) }
    }

    /// The U-label of an A-label; `nil` where it has none.
    private static func decodedLabel(_ label: [UInt32]) -> [UInt32]? {
        let body = label.dropFirst(4).map { (0x41...0x5A).contains($0) ? $0 + 0x20 : $0 }
        guard let decoded = Punycode.decode(body), decoded.contains(where: { $0 >= 0x80 }),
            InternationalLabel.isValid(decoded), Punycode.encode(decoded) == body
        else { return nil }
        return decoded
    }

    // MARK: E-mail

    /// A mailbox (RFC 5321, section 4.1.2; with `isInternational` RFC 6531, section 3.3).
    static func isEmail(_ bytes: [UInt8], isInternational: Bool) -> Bool {
        guard let at = bytes.lastIndex(of: UInt8(ascii: "@")) else { return false }
        let (local, domain) = (bytes[..<at], bytes[(at + 1)...])
        guard (1...64).contains(local.count), isLocalPart(local, isInternational: isInternational) else {
            return false
        }
        if domain.first == UInt8(ascii: "["), domain.last == UInt8(ascii: "]") {
            let literal = domain.dropFirst().dropLast()
            if literal.starts(with: "IPv6:".utf8) { return isIPv6(literal.dropFirst(5)) }
            return isIPv4(literal)
        }
        guard isInternational else {
            return isHostname(String(decoding: domain, as: UTF8.self), isInternational: false)
        }
        // Domains are not held to NFC here: mail software maps them before it looks them up. Bytes are compared, as a
        // character may be a full stop or a hyphen with a mark upon it.
        let (dot, hyphen) = (UInt8(ascii: "."), UInt8(ascii: "-"))
        return domain.split(separator: dot, omittingEmptySubsequences: false).allSatisfy { label in
            !label.isEmpty && label.first != hyphen && label.last != hyphen
                && label.allSatisfy { $0 >= 0x80 || $0.isLetter || $0.isDigit || $0 == hyphen }
        }
    }

    private static func isLocalPart(_ local: ArraySlice<UInt8>, isInternational: Bool) -> Bool {
        if local.count >= 2, local.first == UInt8(ascii: "\""), local.last == UInt8(ascii: "\"") {
            var rest = local.dropFirst().dropLast()
            while let byte = rest.popFirst() {
                switch byte {
                case UInt8(ascii: "\""): return false
                case UInt8(ascii: "\\"):
                    guard let escaped = rest.popFirst(), (0x20...0x7E).contains(escaped) else { return false }
                case 0x20...0x7E: break
                default: guard isInternational, byte >= 0x80 else { return false }
                }
            }
            return true
        }
        return local.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy {
            atom in
            !atom.isEmpty
                && atom.allSatisfy { byte in
                    byte.isLetter || byte.isDigit || "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
                        || (isInternational && byte >= 0x80)
                }
        }
    }
}
