import Agent

/// Turns pieces of a response into steps that the journal keeps.
public struct StepCounter: Sendable {
    /// To what the text of the next piece belongs.
    private enum Place: Sendable, Equatable {
        case words
        case thinking
        case call(Int)
    }

    private let round: Int
    private var position = 0
    private var place = Place.words
    /// The names of the calls, by their number.
    private var calls: [Int: String] = [:]
    private var last: ContinuousClock.Instant
    private var now: ContinuousClock.Instant

    /// A counter for the response of that round, whose first step takes its time from `start`.
    public init(round: Int, from start: ContinuousClock.Instant = .now) {
        self.round = round
        (last, now) = (start, start)
    }

    /// Counts the next step's time from now on.
    public mutating func goOn() { last = .now }

    /// The steps for the next piece: what it belongs to is marked where that changes.
    ///
    /// - Parameter time: when the piece came; now where it is left out.
    public mutating func steps(for piece: ResponsePiece, at time: ContinuousClock.Instant = .now)
        -> [TokenStep]
    {
        now = time
        defer { last = time }
        return words(for: piece)
    }

    private mutating func words(for piece: ResponsePiece) -> [TokenStep] {
        switch piece {
        case .text(let text): mark(.words) + [step(text)]
        case .thinking(let text): mark(.thinking) + (text.isEmpty ? [] : [step(text)])
        case .token(let token): [step(token)]
        case .call(let number, _, let name): begin(number, name)
        case .arguments(let number, let text): mark(.call(number)) + [step(text)]
        case .callEnded, .providerCall, .note, .usage, .finish: []
        }
    }

    private mutating func begin(_ number: Int, _ name: String) -> [TokenStep] {
        calls[number] = name
        place = .call(number)
        return [step(special: .begins(tool: name))]
    }

    private mutating func mark(_ next: Place) -> [TokenStep] {
        guard next != place else { return [] }
        place = next
        switch next {
        case .words: return [step(special: .words)]
        case .thinking: return [step(special: .thinking)]
        case .call(let number):
            // Marks count the calls in the order in which they began.
            return [step(special: .goesOn(number: number, tool: calls[number] ?? ""))]
        }
    }

    private mutating func step(_ text: String) -> TokenStep {
        var step = next()
        step.bytes = Array(text.utf8)
        return step
    }

    private mutating func step(special mark: CallMark) -> TokenStep {
        var step = next()
        step.special = mark.name
        return step
    }

    private mutating func step(_ token: ScoredToken) -> TokenStep {
        var step = next()
        step.token = token.id ?? TokenStep.unknownToken
        step.bytes = token.bytes
        if !token.top.isEmpty { step.distribution = .partial(token.top, vocabularySize: nil) }
        return step
    }

    /// A step without text; servers tell no token IDs, and a piece may be more than one token.
    private mutating func next() -> TokenStep {
        defer { position += 1 }
        return TokenStep(
            round: round, position: position, token: TokenStep.unknownToken, bytes: [],
            distribution: .unknown, allowed: nil, figures: nil,
            milliseconds: (now - last) / .milliseconds(1))
    }
}
