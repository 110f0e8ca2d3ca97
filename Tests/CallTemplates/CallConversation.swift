import ChatTemplates
import JSON

/// A template with what was learnt from it, and conversations that it renders.
public struct CallConversation: Sendable {
    /// The template.
    public let template: ChatTemplate
    /// What it makes of conversations.
    public let traits: TemplateTraits
    /// How it writes turns.
    public let syntax: CallSyntax
    private let names: SpecialTokenNames
    private let clock: TemplateClock

    /// `bos_token` and `eos_token`.
    public static let special = ["bos_token": "<s>", "eos_token": "</s>"]

    /// Learns from a template.
    /// - Parameter tags: the names of special tokens.
    /// - Throws: what the template or the learning throws.
    public init(_ source: String, tags: Set<String>, clock: TemplateClock) throws {
        template = try ChatTemplate(source)
        names = SpecialTokenNames(tags)
        self.clock = clock
        traits = TemplateTraits(probing: template, specialTokens: CallConversation.special, clock: clock)
        syntax = try CallSyntax.learnt(
            from: template, traits: traits, specialTokens: CallConversation.special, names: names,
            clock: clock)
    }

    /// The tools that the conversations call.
    public static let tools: [(name: String, parameters: JSONValue)] = [
        (
            "find_orders",
            [
                "type": "object",
                "properties": [
                    "about": ["type": "string", "description": "Words."],
                    "limit": ["type": "integer", "description": "A number."],
                    "open": ["type": "boolean", "description": "Whether."],
                    "by": [
                        "type": "object", "description": "An order.",
                        "properties": ["field": ["type": "string"], "size": ["type": "number"]],
                        "additionalProperties": ["type": "string"],
                    ],
                    "tags": ["type": "array", "description": "Words.", "items": ["type": "string"]],
                ],
                "required": ["about"],
            ]
        ),
        (
            "close_order",
            [
                "type": "object",
                "properties": ["id": ["type": "string", "description": "An identifier."]], "required": ["id"],
            ]
        ),
    ]

    /// The schemas of the tools by name.
    public static let schemas = Dictionary(uniqueKeysWithValues: tools.map { ($0.name, $0.parameters) })

    /// What an assistant says.
    public struct Answer: Sendable {
        /// Words.
        public var words = ""
        /// Thinking.
        public var thinking: String?
        /// Calls, each a name and its arguments as JSON.
        public var calls: [(name: String, arguments: String)] = []

        /// An answer of those parts.
        public init(
            words: String = "", thinking: String? = nil, calls: [(name: String, arguments: String)] = []
        ) {
            self.words = words
            self.thinking = thinking
            self.calls = calls
        }
    }

    private func render(_ answer: Answer?) throws -> MarkedText {
        let shape = traits.shape
        var messages: [JSONValue] = [["role": "user", "content": "What is open?"]]
        if shape.toolsNeedSystem { messages.insert(["role": "system", "content": ""], at: 0) }
        if let answer {
            let isBare = shape.callContentIsNull && answer.words.isEmpty && !answer.calls.isEmpty
            var message = JSONObject([
                .init(key: "role", value: "assistant"),
                .init(key: "content", value: isBare ? .null : .string(answer.words)),
            ])
            if let thinking = answer.thinking { message[shape.thinkingKey] = .string(thinking) }
            if !answer.calls.isEmpty {
                message["tool_calls"] = .array(
                    answer.calls.enumerated().map { position, call in
                        [
                            "id": .string("call0000\(position)"), "type": "function",
                            "function": [
                                "name": .string(call.name), "arguments": .string(call.arguments),
                            ],
                        ]
                    })
            }
            messages.append(.object(message))
        }
        let tools = CallConversation.tools.map { tool -> JSONValue in
            [
                "type": "function",
                "function": [
                    "name": .string(tool.name), "description": "A tool.", "parameters": tool.parameters,
                ],
            ]
        }
        let context = TemplateContext(
            messages: messages.map { $0.fitted(to: shape) }, tools: tools,
            addGenerationPrompt: answer == nil, omitsWhatIsMissing: shape.toolsAreOmitted,
            argumentsAreObjects: !shape.argumentsAreText, specialTokens: CallConversation.special)
        return try template.render(context, clock: clock)
    }

    /// What the model writes of an answer: what the template makes of it, from where the model's turn begins on.
    ///
    /// Where the prompt has opened thinking that the template drops from what was said, the thinking is closed first; empty
    /// thinking that the prompt opens already is left out.
    /// - Throws: where the template refuses the answer.
    public func turn(_ answer: Answer) throws -> [TokenPiece] {
        let prompt = try units(nil)
        let whole = try units(answer)
        var start = prompt.count
        if !whole.starts(with: prompt) {
            let call = try units(Answer(calls: [("close_order", "{\"id\": \"x\"}")]))
            start = CallConversation.shared(try units(Answer(words: "Zwords")), call)
        }
        var turn = CallConversation.pieces(whole.dropFirst(start))
        guard let thinking = syntax.thinking else { return turn }
        let end = CallConversation.text(thinking.end)
        let text = turn.map(CallConversation.name).joined()
        if thinking.isOpen, !text.contains(end) {
            turn = thinking.end.map(CallConversation.piece) + turn
        }
        return turn
    }

    private static func name(_ piece: TokenPiece) -> String {
        switch piece {
        case .text(let text): text
        case .special(let name): name
        }
    }

    private static func piece(_ piece: CallSyntax.Piece) -> TokenPiece {
        switch piece {
        case .token(let name): .special(name)
        default: .text(text([piece]))
        }
    }

    private static func text(_ pieces: [CallSyntax.Piece]) -> String {
        pieces.map { piece in
            switch piece {
            case .text(let text), .token(let text): text
            default: ""
            }
        }.joined()
    }

    /// How much two texts share at their start, before a tag that has begun and not ended there.
    private static func shared(_ left: [TokenPiece], _ right: [TokenPiece]) -> Int {
        let shared = zip(left, right).prefix { $0 == $1 }.count
        guard let open = left[..<shared].lastIndex(of: .text("<")),
            !left[open..<shared].contains(where: { [.text(">"), .text(" "), .text("\n")].contains($0) })
        else { return shared }
        return open
    }

    private static func pieces(_ units: ArraySlice<TokenPiece>) -> [TokenPiece] {
        var pieces: [TokenPiece] = []
        for unit in units {
            if case .text(let text) = unit, case .text(let before)? = pieces.last {
                pieces[pieces.count - 1] = .text(before + text)
            } else {
                pieces.append(unit)
            }
        }
        return pieces
    }

    /// A rendered conversation, each character apart.
    private func units(_ answer: Answer?) throws -> [TokenPiece] {
        try render(answer).pieces(names).flatMap { piece -> [TokenPiece] in
            if case .text(let text) = piece { text.unicodeScalars.map { .text(String($0)) } } else { [piece] }
        }
    }
}
