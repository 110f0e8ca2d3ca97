import Agent
import JSON

/// A made-up session of any length: rounds of tokens and calls with results, nothing in it real.
struct LongSession {
    /// What a large session is large by.
    enum Shape: String, CaseIterable {
        /// The candidates of every token, as of a model with a large vocabulary.
        case tokens
        /// What tools answered, and no tokens at all.
        case results
    }

    let shape: Shape
    /// How many events there are to be, the header and the end included.
    let events: Int
    /// How many candidates each token has.
    let candidates: Int
    /// How many bytes each result has.
    let resultBytes: Int

    private static let tokensARound = 40

    /// Gives every event in order.
    func make(_ body: (Event) throws -> Void) rethrows {
        var number = 0
        func add(_ event: EventBody) throws {
            number += 1
            try body(Event(number: number, time: 1_760_000_000_000 + Int64(number) * 7, body: event))
        }
        try add(.sessionStarted(header))
        try add(.messageAdded(.system("You look tickets up and answer briefly.")))
        try add(.messageAdded(.user("Which of the tickets wait for us, and since when?")))
        var round = 0
        while number < events - 1 {
            round += 1
            for event in self.round(round) where number < events - 1 { try add(event) }
        }
        try add(.runFinished(.answered("That was all.")))
    }

    private var header: SessionHeader {
        SessionHeader(
            id: "long", workflow: "long", model: ModelInfo(name: "made-up", kind: "made"),
            catalogue: [
                ToolDefinition(
                    name: "get_ticket", description: "Reads one ticket.",
                    parameters: ["type": "object", "properties": ["id": ["type": "string"]]])
            ], sampling: SamplingSettings(), limits: Limits(),
            policy: Policy(rules: [Rule(name: "reading", effect: .allow, tool: "get_*")]))
    }

    private func round(_ round: Int) -> [EventBody] {
        let call = ToolCall(
            id: ToolCallID("call_\(round)"), name: "get_ticket",
            arguments: ByteString("{\"id\":\"T-\(round % 997)\"}"))
        let key = CallKey(round: round, id: call.id)
        var events: [EventBody] = [.requestSent(RequestRecord(round: round, text: "", promptTokens: 100))]
        if shape == .tokens {
            events += (0..<LongSession.tokensARound).map { .token(token(round, position: $0)) }
        }
        events.append(
            .responseReceived(
                round: round,
                ModelResponse(
                    content: "I look at ticket \(round).", calls: [call], finishReason: .toolCalls),
                milliseconds: 200))
        events.append(
            .callJudged(key, problems: [], ruling: Ruling(effect: .allow, rule: "reading", reason: nil)))
        if round.isMultiple(of: 50) { events.append(.marked("round \(round)")) }
        let result = result(round)
        events += [
            .decided(key, .approve, by: .rule("reading")), .callStarted(key, arguments: call.arguments),
            .callFinished(
                key,
                CallResult(
                    ending: round.isMultiple(of: 37) ? .failed : .completed, content: result, milliseconds: 12
                )),
            .toolMessage(key, content: result, isError: round.isMultiple(of: 37)),
        ]
        return events
    }

    private func result(_ round: Int) -> String {
        let head = "{\"id\":\"T-\(round % 997)\",\"state\":\"open\",\"days\":\(round % 61),\"text\":\""
        let sentence = "The customer of round \(round) writes that nothing has happened yet. "
        let count = max(1, (resultBytes - head.utf8.count) / sentence.utf8.count)
        return head + String(repeating: sentence, count: count) + "\"}"
    }

    private func token(_ round: Int, position: Int) -> TokenStep {
        let words = ["Ticket", " number", " is", " open", " since", " days", ",", " and", " waits", "."]
        let chosen = (round * 31 + position * 7) % words.count
        let others = (0..<candidates).map { rank in
            TokenDistribution.Candidate(
                token: rank, bytes: Array((rank < words.count ? words[rank] : " w\(rank)").utf8),
                logProbability: -Double(rank + 1) / 10)
        }
        let forced = position.isMultiple(of: 9)
        return TokenStep(
            round: round, position: position, token: chosen, bytes: Array(words[chosen].utf8),
            distribution: .partial(others, vocabularySize: 131_072),
            allowed: forced ? [1 << UInt64(chosen)] : nil,
            figures: TokenFigures(
                probabilityBefore: Double(chosen + 1) / 20, probabilityAfter: forced ? 1 : 0.5,
                rejectedMass: forced ? 0.9 : 0.1, entropyBefore: 2, entropyAfter: forced ? 0 : 1,
                unmaskedChoice: 0),
            milliseconds: 5)
    }
}
