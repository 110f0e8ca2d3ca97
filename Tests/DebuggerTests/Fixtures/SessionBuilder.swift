import Agent
import Foundation
import JSON

/// Builds sessions event by event, as a run would have stored them: a support desk with a tiny vocabulary.
struct SessionBuilder {
    private(set) var events: [Event] = []
    private var time: Int64 = 1_750_000_000_000
    private var round = 0
    private var position = 0

    /// Tokens that a mask lets through at some places of a text: the text before the place, and the tokens.
    struct Rule {
        var after: String
        var allowed: [String]
        /// A token that the model would have preferred.
        var preferred: String?
    }

    mutating func add(_ body: EventBody, after milliseconds: Int64 = 10) {
        time += milliseconds
        events.append(Event(number: events.count + 1, time: time, body: body))
    }

    static let system =
        "You are the support desk assistant. Use the functions to look things up; never guess. A ticket without "
        + "comments is not making progress."

    mutating func begin(policy: Policy = Policy(), vocabulary: Bool = true) {
        let model = ModelInfo(
            name: "tiny", kind: "embedded", vocabulary: vocabulary ? TinyVocabulary.record : nil,
            turnStyle: .builtIn("hermes"))
        add(
            .sessionStarted(
                SessionHeader(
                    id: "fixture", workflow: "support-desk", model: model, catalogue: SupportDesk.catalogue,
                    sampling: SamplingSettings(), limits: Limits(), policy: policy)))
        add(.messageAdded(.system(SessionBuilder.system)))
    }

    mutating func user(_ text: String) { add(.messageAdded(.user(text))) }

    mutating func request() {
        round += 1
        position = 0
        add(
            .requestSent(
                RequestRecord(
                    round: round, text: "<|im_start|>system\n…<|im_end|>\n", promptTokens: 412,
                    cachedTokens: round == 1 ? 0 : 398,
                    toolTokens: SupportDesk.catalogue.map {
                        .init(name: $0.name, tokens: $0.parameters.text().utf8.count / 4)
                    })))
    }

    /// Decodes a text token by token; the mask allows every token of text unless a rule says otherwise.
    mutating func decode(_ text: String, rules: [Rule] = []) {
        var written = ""
        for token in TinyVocabulary.tokenize(text) {
            let rule = rules.first { written.hasSuffix($0.after) }
            add(.token(TinyVocabulary.step(token, round: round, position: position, rule: rule)), after: 8)
            position += 1
            written += TinyVocabulary.text(token)
        }
    }

    mutating func respond(_ content: String, calls: [ToolCall] = []) {
        add(
            .responseReceived(
                round: round,
                ModelResponse(
                    content: content, calls: calls, finishReason: calls.isEmpty ? .stop : .toolCalls,
                    usage: Usage(promptTokens: 412, completionTokens: position)), milliseconds: 240))
    }

    /// Decodes calls in the Hermes format and ends the response with them.
    mutating func ask(_ calls: ToolCall..., rules: [Rule] = []) {
        let text = calls.map {
            "<tool_call>\n{\"name\": \"\($0.name)\", \"arguments\": \($0.arguments.text)}\n</tool_call>"
        }
        decode(text.joined(separator: "\n") + "<|im_end|>", rules: rules)
        respond("", calls: calls)
    }

    /// Decodes an answer in words and ends the run with it.
    mutating func answer(_ text: String) {
        decode(text + "<|im_end|>")
        respond(text)
        add(.runFinished(.answered(text)))
    }

    func key(_ id: String) -> CallKey { CallKey(round: round, id: ToolCallID(id)) }

    mutating func judge(
        _ id: String, _ effect: Effect = .ask, problems: [CallProblem] = [], rule: String? = nil
    ) {
        add(
            .callJudged(
                key(id), problems: problems,
                ruling: Ruling(effect: effect, rule: rule, reason: rule == nil ? nil : "it changes data")))
    }

    mutating func decide(_ id: String, _ decision: Decision, by decider: Decider = .person) {
        add(.decided(key(id), decision, by: decider), after: 2_000)
    }

    mutating func run(
        _ id: String, _ arguments: String, _ result: String, _ ending: CallResult.Ending = .completed
    ) {
        add(.callStarted(key(id), arguments: ByteString(arguments)))
        add(.callFinished(key(id), CallResult(ending: ending, content: result, milliseconds: 3.2)))
    }

    mutating func deliver(_ id: String, _ content: String, isError: Bool = false) {
        add(.toolMessage(key(id), content: content, isError: isError))
    }
}

func toolCall(_ id: String, _ name: String, _ arguments: String) -> ToolCall {
    ToolCall(id: ToolCallID(id), name: name, arguments: ByteString(arguments))
}

/// The catalogue of the fixture sessions.
enum SupportDesk {
    static let catalogue = [
        ToolDefinition(
            name: "get_open_tickets", description: "Lists the open tickets of one person.",
            parameters: [
                "type": "object",
                "properties": [
                    "assignee": ["type": "string"],
                    "priority": ["type": "string", "enum": ["low", "medium", "high"]],
                ], "required": ["assignee"], "additionalProperties": false,
            ]),
        ToolDefinition(
            name: "get_comments", description: "Lists the comments on one ticket.",
            parameters: [
                "type": "object",
                "properties": [
                    "ticket_id": ["type": "integer"], "limit": ["type": "integer", "minimum": 1],
                ],
                "required": ["ticket_id"], "additionalProperties": false,
            ]),
        ToolDefinition(
            name: "notify_user", description: "Sends a message to one person.",
            parameters: [
                "type": "object", "properties": ["user": ["type": "string"], "message": ["type": "string"]],
                "required": ["user", "message"], "additionalProperties": false,
            ]),
    ]
}
