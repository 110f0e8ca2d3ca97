extension HTTPRequest {
    /// Why this head cannot travel; `nil` where it can.
    ///
    /// What writes a head on a connection may refuse one like this and send the body nevertheless, without a head, to
    /// a server that takes it for a request.
    var fault: String? {
        if method.isEmpty || !method.utf8.allSatisfy(HTTPFields.isOfToken) {
            return "the method is no word that HTTP knows"
        }
        if target.isEmpty || !target.utf8.allSatisfy(PercentEncoding.isOfTarget) {
            return "its path has a space, a control character or a letter that is not encoded"
        }
        for field in fields.all {
            if field.name.isEmpty || !field.name.utf8.allSatisfy(HTTPFields.isOfToken) {
                return "a header field's name is no token"
            }
            if !field.value.utf8.allSatisfy(HTTPFields.isOfValue) {
                return "the header field \(field.name) holds a line break or another control character"
            }
        }
        return nil
    }
}

extension HTTPFields {
    /// Whether a text can be the name of a field: a token (RFC 9110, section 5.6.2).
    public static func isName(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy(isOfToken)
    }

    static func isOfToken(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }

    /// Whether a byte can stand in a field's value (RFC 9110, section 5.5).
    static func isOfValue(_ byte: UInt8) -> Bool { byte == 0x09 || byte >= 0x20 && byte != 0x7F }
}
