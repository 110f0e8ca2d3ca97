import Compression

extension HTTPFields {
    /// The codings of the body in the order in which they were applied, in lower case, joined by `, `; `nil` for a body that is
    /// in none.
    ///
    /// All fields of the name are one list (RFC 9110, section 5.3). Words that servers write there and that are no coding, such
    /// as a charset, change nothing of the body; clients pass over them.
    public var contentCoding: String? {
        let codings = values(of: "content-encoding").flatMap { $0.utf8.split(separator: UInt8(ascii: ",")) }
            .map { name in
                String(decoding: name.filter { $0 != 0x20 && $0 != 0x09 }, as: UTF8.self).lowercased()
            }
            .filter { !$0.isEmpty && !HTTPFields.meaningless.contains($0) }
        return codings.isEmpty ? nil : codings.joined(separator: ", ")
    }

    private static let meaningless: Set<String> = [
        "identity", "none", "plain", "text", "binary", "7bit", "8bit", "utf-8", "utf8", "ascii", "us-ascii",
        "iso-8859-1", "aws-chunked",
    ]
}

extension WireError {
    /// What keeps a compressed body from being read.
    public init(_ fault: CompressionFault) {
        let kind: Kind =
            switch fault {
            case .damaged: .malformed
            case .cut: .cut
            case .beyondLimit: .tooLarge
            }
        self.init(kind, "the body cannot be read: \(fault)")
    }
}
