import Agent
import ChatTemplates
import JSON
import Schema

/// A seeded generator (SplitMix64), so that a failure can be repeated from the seed that the test prints.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// Random events of every kind, with awkward texts, bytes and numbers.
struct RandomEvents {
    var random: SeededGenerator
    private static let filters = ["~taint result & !~err", "~cmd \"^(a|b)\""].compactMap { try? Filter($0) }
    private static let patterns = ["^a+$", "T-[0-9]{4}", "x|y"].compactMap { try? ECMAPattern($0) }

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    /// One event body of each kind, the header first.
    mutating func oneOfEach() -> [EventBody] {
        let key = self.key()
        return [
            .sessionStarted(header()), .messageAdded(message()), .requestSent(request()), .token(token()),
            .requestRetried(
                round: int(9), attempt: int(5), reason: text(), delayMilliseconds: int(10_000)),
            .responseReceived(round: int(9), response(), milliseconds: number()),
            .callJudged(key, problems: list { $0.problem() }, ruling: ruling()),
            .decided(key, decision(), by: decider()), .callStarted(key, arguments: ByteString(text())),
            .callFinished(key, result()), .callLate(key, result()), .resultEdited(key, content: text()),
            .toolMessage(key, content: text(), isError: bool()), .marked(text()), .sessionResumed,
            .runFinished(outcome()),
        ]
    }

    mutating func int(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &random) }
    mutating func bool() -> Bool { Bool.random(using: &random) }
    mutating func number() -> Double {
        switch int(5) {
        case 0: 0
        case 1: Double(int(1_000))
        case 2: Double.random(in: 0...1, using: &random)
        case 3: -Double.random(in: 0...1e-9, using: &random)
        default: Double.random(in: -1e6...1e6, using: &random)
        }
    }

    mutating func text() -> String {
        let pieces = [
            "", "a", "Maya", "é", "e\u{301}", "\u{0}", "\n", "\r\n", "\"", "\\", "\u{1B}[31m", "\u{202E}",
            "🧑‍🚀",
            "\u{7F}", "{\"a\":1}", "\u{2028}", "\u{FFFD}", "\t", "null", " ",
        ]
        return (0..<int(6)).map { _ in pieces[int(pieces.count)] }.joined()
    }

    mutating func bytes() -> [UInt8] {
        bool() ? Array(text().utf8) : (0..<int(6)).map { _ in UInt8(truncatingIfNeeded: int(256)) }
    }

    mutating func list<Element>(_ element: (inout RandomEvents) -> Element) -> [Element] {
        (0..<int(4)).map { _ in element(&self) }
    }

    mutating func maybe<Value>(_ value: (inout RandomEvents) -> Value) -> Value? {
        bool() ? value(&self) : nil
    }

    mutating func key() -> CallKey { CallKey(round: 1 + int(9), id: ToolCallID(text())) }

    mutating func call() -> ToolCall {
        ToolCall(id: ToolCallID(text()), name: text(), arguments: ByteString(text()))
    }

    mutating func message() -> Message {
        switch int(4) {
        case 0: .system(text())
        case 1: .user(text())
        case 2: .assistant(AssistantMessage(content: text(), calls: list { $0.call() }))
        default:
            .tool(
                ToolMessage(
                    callID: ToolCallID(text()), name: text(), content: text(), isError: bool()))
        }
    }

    mutating func request() -> RequestRecord {
        var record = RequestRecord(
            round: int(9), text: text(), promptTokens: maybe { $0.int(5_000) },
            cachedTokens: maybe { $0.int(5_000) },
            toolTokens: list { RequestRecord.ToolCost(name: $0.text(), tokens: $0.int(500)) })
        record.shares = list { random in
            let owner: PromptShare.Owner
            switch random.int(3) {
            case 0: owner = .template
            case 1: owner = .message(random.int(9), role: random.text())
            default: owner = .tool(random.text())
            }
            return PromptShare(
                owner: owner, bytes: random.int(99), tokens: random.int(99), isSpecial: random.bool())
        }
        return record
    }

    mutating func token() -> TokenStep {
        let size = 1 + int(300)
        let words = (size + 63) / 64
        let allowed: [UInt64]? = maybe { random in
            random.bool()
                ? (0..<words).map { _ in random.random.next() }
                : (0..<words).map { _ in random.int(4) == 0 ? 1 << UInt64(random.int(64)) : 0 }
        }
        return TokenStep(
            round: int(9), position: int(1_000), token: int(size), bytes: bytes(),
            special: maybe { $0.text() },
            distribution: distribution(size: size), allowed: allowed,
            figures: maybe { random in
                TokenFigures(
                    probabilityBefore: random.number(), probabilityAfter: random.number(),
                    rejectedMass: random.number(), entropyBefore: random.number(),
                    entropyAfter: random.number(), unmaskedChoice: random.int(size))
            }, milliseconds: number())
    }

    mutating func distribution(size: Int) -> TokenDistribution {
        switch int(3) {
        case 0:
            .full(
                (0..<size).map { _ in
                    int(20) == 0 ? -.infinity : Float.random(in: -50...50, using: &random)
                })
        case 1:
            .partial(
                list { random in
                    TokenDistribution.Candidate(
                        token: random.maybe { $0.int(size) }, bytes: random.bytes(),
                        logProbability: random.int(9) == 0 ? -.infinity : random.number())
                }, vocabularySize: maybe { $0.int(200_000) })
        default: .unknown
        }
    }

    mutating func response() -> ModelResponse {
        let reasons: [FinishReason] = [.stop, .toolCalls, .length, .other("content_filter")]
        return ModelResponse(
            content: text(), calls: list { $0.call() }, finishReason: reasons[int(4)],
            usage: maybe { Usage(promptTokens: $0.int(9_000), completionTokens: $0.int(900)) })
    }

    mutating func problem() -> CallProblem {
        let kinds: [CallProblem.Kind] = [.unknownTool, .malformed, .invalid, .pairing]
        return CallProblem(
            kind: kinds[int(4)], pointer: maybe { JSONPointer($0.list { $0.text() }) }, message: text())
    }

    mutating func ruling() -> Ruling {
        Ruling(effect: Effect.allCases[int(3)], rule: maybe { $0.text() }, reason: maybe { $0.text() })
    }

    mutating func decision() -> Decision {
        switch int(5) {
        case 0: .approve
        case 1: .edit(arguments: ByteString(text()), mode: EditMode.allCases[int(3)])
        case 2: .deny(reason: maybe { $0.text() })
        case 3: .respond(content: text())
        default: .refuse(problem: text())
        }
    }

    mutating func decider() -> Decider {
        switch int(6) {
        case 0: .person
        case 1: .validation
        case 2: .rule(text())
        case 3: .user(name: text(), id: UInt32(int(99_999)))
        case 4: .timeout(seconds: int(9_999))
        default: .option(text())
        }
    }

    mutating func result() -> CallResult {
        let endings: [CallResult.Ending] = [
            .completed, .failed, .timedOut, .cancelled, .oversized, .mispaired,
        ]
        return CallResult(ending: endings[int(6)], content: text(), milliseconds: number())
    }

    mutating func outcome() -> RunOutcome {
        let text = text()
        return [.answered(text), .limit(text), .stopped(text), .policy(text), .failed(text)][int(5)]
    }

    mutating func turnStyle() -> TurnStyle {
        if int(3) == 0 { return .builtIn(text()) }
        var syntax = CallSyntax()
        let pieces: [CallSyntax.Piece] = [
            .text(text()), .token(text()), .name, .identifier, .number, .key, .arguments,
        ]
        syntax.body = list { pieces[$0.int(pieces.count)] }
        syntax.between = maybe { $0.list { pieces[$0.int(pieces.count)] } }
        syntax.firstNumber = int(2)
        if int(2) == 0 {
            var keyed = KeyedArguments()
            keyed.affixes[.string] = .init(before: [.key, .text(text())], after: [.token(text())])
            keyed.arrays = .items(
                begin: [.name], separator: [], end: [], string: .init(before: [], after: []))
            syntax.arguments = .keyed(keyed)
        }
        return int(2) == 0 ? .learnt(syntax) : .inWords(syntax)
    }

    mutating func header() -> SessionHeader {
        let vocabulary = maybe { random in
            VocabularyRecord(
                entries: random.list { random in
                    switch random.int(3) {
                    case 0: VocabularyRecord.Entry.bytes(random.bytes())
                    case 1: .special(random.text())
                    default: .unused
                    }
                }, endTokens: random.list { $0.int(100) })
        }
        return SessionHeader(
            id: text(), workflow: text(),
            model: ModelInfo(
                name: text(), kind: text(), vocabulary: vocabulary, turnStyle: maybe { $0.turnStyle() }),
            catalogue: list {
                ToolDefinition(
                    name: $0.text(), description: $0.text(),
                    parameters: ["type": "object", "x": .string($0.text()), "n": 1, "x": [nil, true]])
            },
            sampling: SamplingSettings(
                temperature: number(), topP: number(), seed: random.next(),
                mask: MaskSettings(
                    keys: MaskSettings.Keys.allCases.randomElement(using: &random) ?? .any,
                    spaces: MaskSettings.Spaces.allCases.randomElement(using: &random) ?? .one)),
            limits: Limits(rounds: int(99), tokens: int(99), seconds: int(99)),
            policy: Policy(
                rules: list { random in
                    Rule(
                        name: random.text(), effect: Effect.allCases[random.int(3)], tool: random.text(),
                        arguments: random.list { random in
                            ArgumentCondition(
                                pointer: JSONPointer(random.list { $0.text() }),
                                pattern: RandomEvents.patterns[random.int(3)])
                        }, condition: random.maybe { RandomEvents.filters[$0.int(2)] },
                        reason: random.maybe { $0.text() })
                }, fallback: Effect.allCases[int(3)]), principal: maybe { $0.text() },
            parent: maybe { random in
                SessionParent(session: random.text(), step: random.int(99), hash: random.maybe { $0.text() })
            })
    }
}
