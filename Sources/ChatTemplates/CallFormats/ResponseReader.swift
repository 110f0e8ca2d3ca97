import JSON

/// What a response says, as far as it has come.
public struct ReadResponse: Sendable, Hashable {
    /// A call.
    public struct Call: Sendable, Hashable {
        /// The tool's name.
        public var name: String
        /// The arguments as JSON text: the model's own bytes where it wrote JSON.
        public var arguments: String

        /// A call of that tool.
        public init(name: String, arguments: String) {
            self.name = name
            self.arguments = arguments
        }
    }

    /// The thinking.
    public var thinking = ""
    /// The words.
    public var text = ""
    /// The calls that are whole.
    public var calls: [Call] = []
    /// Whether a call has begun, whole or not.
    public var hasBegunCall = false
    /// Whether what has come can be a whole turn: nothing has begun that has not ended.
    public var isWhole = true
    /// Why what has come cannot be read, in one line; `nil` where it can.
    public var fault: String?
}

/// Reads a model's response piece by piece, by the way in which its template writes turns.
///
/// A special token counts only as the token: its name spelled out is words.
public struct ResponseReader: Sendable {
    private let syntax: CallSyntax
    private let schemas: [String: JSONValue]
    private let isInsideThinking: Bool
    private var units: [ReadUnit] = []

    /// A reader before the first token.
    /// - Parameter schemas: the JSON Schemas of the tools' arguments by name; they tell a text `1` from the number.
    public init(_ syntax: CallSyntax, schemas: [String: JSONValue]) {
        self.init(syntax, schemas: schemas, isInside: syntax.thinking?.isOpen ?? false)
    }

    init(_ syntax: CallSyntax, schemas: [String: JSONValue], isInside: Bool) {
        self.syntax = syntax
        self.schemas = schemas
        isInsideThinking = isInside
    }

    /// Takes one more token into account.
    /// - Parameter special: its name where it is a special token, which has no bytes.
    public mutating func append(bytes: some Sequence<UInt8>, special: String? = nil) {
        if let special { units.append(.token(special)) } else { units += bytes.map { .byte($0) } }
    }

    mutating func append(_ text: UnitText) {
        for piece in text.pieces() {
            switch piece {
            case .token(let name): units.append(.token(name))
            case .text(let text): units += text.utf8.map { .byte($0) }
            default: break
            }
        }
    }

    /// What has come so far.
    public var response: ReadResponse {
        var response = ReadResponse()
        var cursor = ReadCursor(units[...], syntax: syntax, schemas: schemas)
        if let thinking = syntax.thinking {
            if !isInsideThinking, thinking.mayOnlyEnd, cursor.takeAfterSpace(thinking.end) {
                cursor.skipSpace()
            } else if isInsideThinking || !thinking.begin.isEmpty && cursor.takeAfterSpace(thinking.begin) {
                guard let text = cursor.text(upTo: thinking.end) else {
                    response.thinking = cursor.takeAll().trimmedText
                    response.isWhole = false
                    return response
                }
                response.thinking = text.trimmedText
                cursor.skipSpace()
            }
        }
        let start = cursor
        // Where nothing marks a call, a text that is marked is looked for first.
        let isMarked = !syntax.callBegin.allSatisfy(\.isBlank)
        let textBegin = syntax.textBegin.startTrimmed
        if isMarked || textBegin.isEmpty || !cursor.takeAfterSpace(textBegin) {
            cursor = start
            if cursor.takeAfterSpace(syntax.callBegin.startTrimmed), isMarked || cursor.isAtCall {
                cursor.readCalls(into: &response)
                return response
            }
            cursor = start
            if textBegin.isEmpty {
                _ = cursor.take(syntax.textBegin)
            } else {
                _ = cursor.takeAfterSpace(textBegin)
            }
        }
        let text = cursor.textBeforeCall(&response)
        response.text = text
        return response
    }
}

/// One byte, or one special token, of a response.
enum ReadUnit: Hashable {
    case byte(UInt8)
    case token(String)
}

extension ArraySlice<ReadUnit> {
    /// The text, tokens by their names.
    var text: String {
        String(
            decoding: flatMap { unit -> [UInt8] in
                switch unit {
                case .byte(let byte): [byte]
                case .token(let name): Array(name.utf8)
                }
            }, as: UTF8.self)
    }

    var trimmedText: String {
        var rest = self[...]
        while let first = rest.first, first.isBlank { rest.removeFirst() }
        while let last = rest.last, last.isBlank { rest.removeLast() }
        return rest.text
    }

    /// Whether there are no tokens in it.
    var isPlain: Bool { allSatisfy { if case .byte = $0 { true } else { false } } }
}

extension ReadUnit {
    var isBlank: Bool {
        if case .byte(let byte) = self { byte == 0x20 || (0x09...0x0D).contains(byte) } else { false }
    }
}

extension [CallSyntax.Piece] {
    /// Without white space at the start.
    var startTrimmed: [CallSyntax.Piece] {
        guard case .text(let text)? = first else { return self }
        let rest = String(text.drop { $0.isWhitespace })
        return (rest.isEmpty ? [] : [.text(rest)]) + dropFirst()
    }
}
