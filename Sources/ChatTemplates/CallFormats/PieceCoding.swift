/// A piece as data: its text, or `{"token": "<tool_call>"}`, or `{"part": "arguments"}`.
extension CallSyntax.Piece: Codable {
    private enum Key: String, CodingKey {
        case token
        case part
    }

    private static let parts: [(name: String, piece: CallSyntax.Piece)] = [
        ("name", .name), ("identifier", .identifier), ("number", .number), ("key", .key),
        ("arguments", .arguments),
    ]

    /// Writes the piece.
    public func encode(to encoder: any Encoder) throws {
        if case .text(let text) = self {
            var container = encoder.singleValueContainer()
            try container.encode(text)
            return
        }
        var container = encoder.container(keyedBy: Key.self)
        if case .token(let name) = self {
            try container.encode(name, forKey: .token)
        } else {
            let part = CallSyntax.Piece.parts.first { $0.piece == self }
            try container.encode(part?.name ?? "", forKey: .part)
        }
    }

    /// Reads a piece.
    /// - Throws: `DecodingError` for what is none.
    public init(from decoder: any Decoder) throws {
        if let text = try? decoder.singleValueContainer().decode(String.self) {
            self = .text(text)
            return
        }
        let container = try decoder.container(keyedBy: Key.self)
        if let name = try container.decodeIfPresent(String.self, forKey: .token) {
            self = .token(name)
            return
        }
        let name = try container.decode(String.self, forKey: .part)
        guard let part = CallSyntax.Piece.parts.first(where: { $0.name == name }) else {
            throw DecodingError.dataCorruptedError(
                forKey: .part, in: container, debugDescription: "no part of a call is called \(name)")
        }
        self = part.piece
    }
}
