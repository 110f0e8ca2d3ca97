import Agent
import JSON

/// A random session that a loop could have written: rounds of calls, each decided, run or not, and answered.
struct RandomSession {
    private var random: SeededGenerator
    private var events: [Event] = []
    private var time: Int64 = 1_760_000_000_000

    static func events(seed: UInt64) -> [Event] {
        var session = RandomSession(random: SeededGenerator(seed: seed))
        session.run()
        return session.events
    }

    private init(random: SeededGenerator) { self.random = random }

    private mutating func int(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &random) }
    private mutating func chance(_ percent: Int) -> Bool { int(100) < percent }

    private mutating func add(_ body: EventBody) {
        time += Int64(int(500))
        events.append(Event(number: events.count + 1, time: time, body: body.recorded(vocabulary: nil)))
    }

    private mutating func text() -> String {
        let pieces = [
            "", "a", "Maya", "é", "e\u{301}", "\n", "\r\n", "\"", "\\", "\u{202E}", "🧑‍🚀", "{\"a\":1}",
            "\u{2028}", "\t", "null", " ", "[]", "12", "<b>", "\u{0}", "\u{FFFD}", "\u{FEFF}",
            "[a part of type image]",
        ]
        return (0..<int(6)).map { _ in pieces[int(pieces.count)] }.joined()
    }

    private mutating func arguments() -> String {
        switch int(10) {
        case 8: "{\"id\":\"a\",\"id\":\"b\"}"
        case 9: "{\"malformed_arguments\":1}"
        case 0: "{ \"id\" : \"T-1\" }"
        case 1: "{\"id\": \(JSONValue.string(text()).text()), \"n\": 1.50}"
        case 2: chance(50) ? "{\"id\":" : text()
        case 3: "[1,2]"
        case 4: "\"{}\""
        default: "{\"id\":\(JSONValue.string(text()).text())}"
        }
    }

    private mutating func run() {
        let schema: JSONValue =
            chance(50)
            ? ["type": "object", "properties": ["id": ["type": "string"]], "required": ["id"]]
            : ["type": "object", "properties": ["id": ["type": "string", "pattern": "^T"]], "oneOf": [[:]]]
        let catalogue = [ToolDefinition(name: "get_ticket", description: text(), parameters: schema)]
        add(
            .sessionStarted(
                SessionHeader(
                    id: "random", workflow: "random", model: ModelInfo(name: "made-up", kind: "made"),
                    catalogue: chance(80) ? catalogue : [], sampling: SamplingSettings(), limits: Limits(),
                    policy: Policy())))
        if chance(80) { add(.messageAdded(.system(text()))) }
        if chance(10) { add(.messageAdded(.system(text()))) }
        add(.messageAdded(.user(text())))
        for round in 1...(1 + int(5)) {
            if chance(10) {
                add(.requestSent(RequestRecord(round: round, text: "", promptTokens: nil)))
                add(.sessionResumed)
            }
            rounds(round)
            if chance(20) { add(.messageAdded(.user(text()))) }
            if chance(5) { add(.messageAdded(.system(text()))) }
        }
        if chance(30) { add(.marked(text())) }
        if chance(50) { add(.runFinished(chance(80) ? .answered("done") : .failed(text()))) }
    }

    private mutating func rounds(_ round: Int) {
        add(.requestSent(RequestRecord(round: round, text: "", promptTokens: nil)))
        let calls = (0..<int(4)).map { index in
            // IDs come again in a later round now and then.
            ToolCall(
                id: ToolCallID(chance(70) ? "call_\(round)_\(index)" : "call_\(index)"),
                name: chance(90) ? "get_ticket" : "other", arguments: ByteString(arguments()))
        }
        let finish: FinishReason =
            chance(85) ? (calls.isEmpty ? .stop : .toolCalls) : (chance(50) ? .length : .other("refusal"))
        let usage = chance(50) ? Usage(promptTokens: int(900), completionTokens: int(90)) : nil
        add(
            .responseReceived(
                round: round,
                ModelResponse(
                    content: text(), calls: calls, finishReason: finish, usage: usage, thinking: thinking()),
                milliseconds: Double(int(900))))
        for call in calls.shuffled(using: &random) { answer(CallKey(round: round, id: call.id), call) }
    }

    private mutating func thinking() -> Thinking? {
        guard chance(30) else { return nil }
        let (words, hidden) = (text(), chance(20) ? 1 + int(2) : 0)
        return words.isEmpty && hidden == 0 ? nil : Thinking(text: words, hiddenParts: hidden)
    }

    private mutating func answer(_ key: CallKey, _ call: ToolCall) {
        add(.callJudged(key, problems: [], ruling: Ruling(effect: .ask, rule: nil, reason: nil)))
        guard chance(80) else {
            let words = text()
            add(.decided(key, chance(50) ? .deny(reason: words) : .respond(content: words), by: .person))
            add(.toolMessage(key, content: words, isError: chance(50)))
            return
        }
        add(.decided(key, .approve, by: .person))
        add(.callStarted(key, arguments: call.arguments))
        let endings: [CallResult.Ending] = [.completed, .completed, .completed, .failed, .timedOut]
        let result = CallResult(
            ending: endings[int(endings.count)], content: text(), milliseconds: Double(int(90)))
        add(.callFinished(key, result))
        var content = result.content
        if chance(15) {
            content = text()
            add(.resultEdited(key, content: content))
        }
        add(.toolMessage(key, content: content, isError: result.ending != .completed))
    }
}
