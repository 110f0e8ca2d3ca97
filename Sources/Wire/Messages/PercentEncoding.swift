/// Percent-encoding (RFC 3986, section 2.1): each byte that may not stand where it is goes as `%` and two digits.
public enum PercentEncoding {
    /// The text with every byte encoded that `isKept` does not keep.
    public static func encoded(_ text: some StringProtocol, keeping isKept: (UInt8) -> Bool = isUnreserved)
        -> String
    {
        var result = ""
        for byte in text.utf8 {
            if isKept(byte) {
                result.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                result += "%" + (digits.utf8.count == 1 ? "0" : "") + digits
            }
        }
        return result
    }

    /// Letters, digits, `-`, `.`, `_` and `~` (section 2.3), which mean the same everywhere.
    public static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "-._~".utf8.contains(byte)
        }
    }

    /// What may stand in a path as it is (section 3.3), its slashes among it; no `%`, which would begin an encoding.
    public static func isOfPath(_ byte: UInt8) -> Bool {
        isUnreserved(byte) || "!$&'()*+,;=:@/".utf8.contains(byte)
    }

    /// What can travel in the target of a request: everything that is printable in ASCII but the space.
    public static func isOfTarget(_ byte: UInt8) -> Bool { (0x21...0x7E).contains(byte) }
}

extension Origin {
    /// The target of a request for a path below this address; what may not stand in a path is percent-encoded.
    public func target(_ path: String, query: String? = nil) -> String {
        basePath + "/" + PercentEncoding.encoded(path, keeping: PercentEncoding.isOfPath)
            + (query.map { "?" + PercentEncoding.encoded($0, keeping: PercentEncoding.isOfTarget) } ?? "")
    }
}
