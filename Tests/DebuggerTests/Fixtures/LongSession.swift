import Agent
import JSON

/// A session of many rounds, each a few tokens, a call and its result.
enum LongSession {
    static func events(rounds: Int) -> [Event] {
        var builder = SessionBuilder()
        builder.begin()
        builder.add(.messageAdded(.user("Which tickets wait?")))
        for round in 1...rounds {
            builder.add(.requestSent(RequestRecord(round: round, text: "the request of round \(round)")))
            for (position, word) in ["Look", "ing", " at", " it"].enumerated() {
                builder.add(
                    .token(
                        TokenStep(
                            round: round, position: position, token: position, bytes: Array(word.utf8),
                            distribution: .partial(
                                [.init(token: position, bytes: Array(word.utf8), logProbability: -0.25)],
                                vocabularySize: 1_000),
                            allowed: position == 1 ? [2] : [15],
                            figures: TokenFigures(
                                probabilityBefore: 0.5, probabilityAfter: 0.75, rejectedMass: 0.25,
                                entropyBefore: 2, entropyAfter: 1, unmaskedChoice: 0),
                            milliseconds: 4)))
            }
            let call = ToolCall(
                id: ToolCallID("call_\(round)"), name: "get_ticket",
                arguments: ByteString("{\"id\":\"T-\(round)\"}"))
            let key = CallKey(round: round, id: call.id)
            let words = String(repeating: "ticket \(round) waits and waits ", count: round % 7)
            builder.add(
                .responseReceived(
                    round: round,
                    ModelResponse(content: words + "(\(round))", calls: [call], finishReason: .toolCalls),
                    milliseconds: 20))
            let asks = round.isMultiple(of: 10)
            builder.add(
                .callJudged(
                    key, problems: [],
                    ruling: Ruling(effect: asks ? .ask : .allow, rule: asks ? nil : "reading", reason: nil)))
            builder.add(.decided(key, .approve, by: asks ? .person : .rule("reading")))
            builder.add(.callStarted(key, arguments: call.arguments))
            let result = "{\"id\":\"T-\(round)\",\"state\":\"open\"}"
            builder.add(
                .callFinished(key, CallResult(ending: .completed, content: result, milliseconds: 2)))
            builder.add(.toolMessage(key, content: result, isError: false))
            if round.isMultiple(of: 50) { builder.add(.marked("round \(round)")) }
        }
        builder.add(.runFinished(.answered("done")))
        return builder.events
    }
}
