import JSON

/// Renders answers whose words can be found again in what a template makes of them.
struct CallProbe {
    let template: ChatTemplate
    let specialTokens: [String: String]
    let names: SpecialTokenNames
    let clock: TemplateClock
    let shape: TemplateTraits.Shape

    static let words = "Qprobewords"
    static let thinking = "Qprobethinking"
    static let tools = ["probe_alpha", "probe_beta", "probe_gamma"]
    static let identifiers = ["prbid0001", "prbid0002", "prbid0003"]
    static let firstKey = "qkeya", secondKey = "qkeyb", innerKey = "qinna", secondInnerKey = "qinnb"
    static let text = "Qvalue", otherText = "Qother"
    /// A text with signs that a format of tags may take for its own.
    static let signs = "Q<b>\n&\"Q"
    static let number = 73731

    /// A call as a probe makes it.
    struct Call {
        var tool = 0
        var arguments: JSONValue
    }

    private static func tool(_ name: String) -> JSONValue {
        [
            "type": "function",
            "function": [
                "name": .string(name), "description": "A tool for a probe.",
                "parameters": [
                    "type": "object",
                    "properties": .object(
                        JSONObject([
                            .init(key: firstKey, value: ["type": "string", "description": "A text."]),
                            .init(key: secondKey, value: ["type": "string", "description": "A text."]),
                        ])),
                    "required": [.string(firstKey)],
                ],
            ],
        ]
    }

    private func render(_ messages: [JSONValue], opensTurn: Bool) throws(TemplateError) -> UnitText {
        var messages = messages
        if shape.toolsNeedSystem { messages.insert(["role": "system", "content": ""], at: 0) }
        let context = TemplateContext(
            messages: messages.map { $0.fitted(to: shape) }, tools: CallProbe.tools.map(CallProbe.tool),
            addGenerationPrompt: opensTurn, omitsWhatIsMissing: shape.toolsAreOmitted,
            argumentsAreObjects: !shape.argumentsAreText, specialTokens: specialTokens)
        let text = try template.render(context, clock: clock, limits: RenderLimits(steps: 500_000))
        return UnitText(text.pieces(names))
    }

    static let question = "A question."
    private static let asked: JSONValue = ["role": "user", "content": .string(question)]

    /// The prompt for an answer.
    func prompt() throws(TemplateError) -> UnitText { try render([CallProbe.asked], opensTurn: true) }

    /// The prompt with an answer of those parts as its last message.
    func answer(
        _ words: String? = nil, thinking: String? = nil, calls: [Call] = []
    ) throws(TemplateError) -> UnitText {
        var message = JSONObject([.init(key: "role", value: "assistant")])
        message["content"] =
            words.map { .string($0) } ?? (shape.callContentIsNull && !calls.isEmpty ? .null : "")
        if let thinking { message[shape.thinkingKey] = .string(thinking) }
        if !calls.isEmpty {
            message["tool_calls"] = .array(
                calls.enumerated().map { position, call in
                    [
                        "id": .string(CallProbe.identifiers[position]), "type": "function",
                        "function": [
                            "name": .string(CallProbe.tools[call.tool]),
                            "arguments": .string(call.arguments.text(.spaced)),
                        ],
                    ]
                })
        }
        return try render([CallProbe.asked, .object(message)], opensTurn: false)
    }

    /// The prompt with one call of the first tool.
    func call(_ arguments: [(String, JSONValue)]) -> UnitText? {
        try? answer(calls: [Call(arguments: CallProbe.object(arguments))])
    }

    static func object(_ members: [(String, JSONValue)]) -> JSONValue {
        .object(JSONObject(members.map { .init(key: $0.0, value: $0.1) }))
    }
}
