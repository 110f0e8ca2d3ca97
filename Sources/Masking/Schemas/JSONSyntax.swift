/// JSON's own words and bytes (RFC 8259).
enum JSONSyntax {
    static let whiteSpace: [UInt8] = [0x09, 0x0A, 0x0D, 0x20]
    static let valueBytes: [UInt8] =
        (whiteSpace + Array("\"-0123456789[]{fnt".utf8)).sorted()
    static let structuralBytes: [UInt8] = (whiteSpace + Array("\",:}]".utf8)).sorted()
    static let numberBytes: [UInt8] = (whiteSpace + Array("+-.0123456789eE,}]<".utf8)).sorted()
    static let literalWords: [[UInt8]] = [Array("null".utf8), Array("true".utf8), Array("false".utf8)]
}
