import JSON

/// Puts a server's lines together to messages: usually one line is one message, and some servers spread one over several.
struct MessagePieces: Sendable {
    /// What a line came to.
    enum Outcome: Sendable, Hashable {
        /// A message is complete.
        case message(JSONValue)
        /// The line may go on.
        case unfinished
        /// The line is no part of a message.
        case noise(String)
        /// The line is a header of LSP's framing.
        case headers
    }

    private var begun: [UInt8] = []
    private static let mostBytes = 1 << 20
    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// Takes a line, or the whole body of an answer.
    mutating func append(_ given: [UInt8]) -> Outcome {
        let line = given.starts(with: MessagePieces.byteOrderMark) ? Array(given.dropFirst(3)) : given
        if let value = try? JSONParser.parse(line), value.objectValue != nil || value.arrayValue != nil {
            begun = []
            return .message(value)
        }
        if line.starts(with: Array("Content-Length:".utf8)) { return .headers }
        let first = line.first { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }
        guard !begun.isEmpty || first == UInt8(ascii: "{") else { return .noise(MessagePieces.shown(line)) }
        begun += line + [UInt8(ascii: "\n")]
        let last = line.last { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }
        if last == UInt8(ascii: "}"), let value = try? JSONParser.parse(begun) {
            begun = []
            return .message(value)
        }
        guard begun.count <= MessagePieces.mostBytes else {
            defer { begun = [] }
            return .noise(MessagePieces.shown(begun))
        }
        return .unfinished
    }

    private static func shown(_ bytes: [UInt8]) -> String {
        String(decoding: bytes.prefix(200), as: UTF8.self)
    }
}
