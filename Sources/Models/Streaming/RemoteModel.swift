import Agent
import JSON

/// The shape in which one provider takes requests and streams responses.
protocol WireFormat: Sendable {
    /// The adapter's name, for example `openai`.
    var kind: String { get }
    /// The path behind the server's base address.
    var path: String { get }
    /// Headers besides the key's.
    var headers: [(name: String, value: String)] { get }
    /// The body of a request.
    func body(for request: ModelRequest) -> JSONValue
    /// A reader of one response.
    func reader() -> any ResponseReader
}

/// A model behind an HTTP server that streams its responses.
public struct RemoteModel: Model {
    /// The model's name, and the vocabulary that the workflow names, since these servers tell none.
    public let info: ModelInfo
    private let endpoint: Endpoint
    private let format: any WireFormat

    init(
        name: String, endpoint: Endpoint, format: any WireFormat, vocabulary: VocabularyRecord? = nil
    ) {
        info = ModelInfo(name: name, kind: format.kind, vocabulary: vocabulary)
        self.endpoint = endpoint
        self.format = format
    }

    /// Asks the server and hands on what it streams, piece by piece.
    /// - Throws: ``ModelError``, `CancellationError`, or what `observe` threw.
    public func respond(
        to request: ModelRequest, observe: @Sendable (DecodeEvent) async throws -> Void
    ) async throws -> ModelResponse {
        let body = format.body(for: request)
        try await observe(.request(RequestRecord(round: request.round, text: body.text())))
        return try await endpoint.retrying(observe) {
            try await attempt(request, body, observe)
        }
    }

    private func attempt(
        _ request: ModelRequest, _ body: JSONValue, _ observe: @Sendable (DecodeEvent) async throws -> Void
    ) async throws -> ModelResponse {
        var reader = format.reader()
        var watch = KeyWatch(key: endpoint.key)
        var steps = StepCounter(round: request.round)
        var hasSpoken = false
        let reply = try await endpoint.open(format.path, body, headers: format.headers)
        do {
            var source = reply.body.makeAsyncIterator()
            while !reader.isComplete, let bytes = try await next(&source) {
                for piece in try reader.take(bytes).flatMap({ try watch.pass($0) }) {
                    hasSpoken = true
                    for step in steps.steps(for: piece) { try await observe(.token(step)) }
                    // The time for which a person held the run is not the model's.
                    steps.goOn()
                }
            }
            let response = try watch.check(reader.response(numberingFrom: request.nextCallNumber))
            for piece in watch.rest() {
                for step in steps.steps(for: piece) { try await observe(.token(step)) }
                steps.goOn()
            }
            return response
        } catch let fault as StreamFault {
            // Tokens that were shown cannot be taken back, so only a silent failure is tried again.
            throw AttemptFailure(
                reason: endpoint.scrub(fault.description), isTransient: fault.isTransient && !hasSpoken)
        } catch let failure as BrokenConnection {
            guard var other = endpoint.failure(failure.error) as? AttemptFailure else {
                throw CancellationError()
            }
            // Where all that counts has come, a connection that breaks behind it does no harm.
            if let response = try? watch.check(reader.response(numberingFrom: request.nextCallNumber)) {
                return response
            }
            if hasSpoken {
                other.isTransient = false
                other.reason = "\(other.reason); \(StreamFault.cut.description)"
            }
            throw other
        }
    }

    /// The next bytes, with the transport's own errors told from those of whoever observes.
    private func next(
        _ source: inout AsyncThrowingStream<[UInt8], any Error>.Iterator
    ) async throws -> [UInt8]? {
        do {
            let bytes = try await source.next()
            // A stream that is abandoned for a cancellation ends like one that is over.
            try Task.checkCancellation()
            return bytes
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            throw BrokenConnection(error: error)
        }
    }
}

private struct BrokenConnection: Error {
    let error: any Error
}

/// Turns pieces of a stream into steps that the journal keeps.
struct StepCounter {
    let round: Int
    private var position = 0
    private var isInCall = false
    private var last = ContinuousClock.now

    init(round: Int) { self.round = round }

    /// Counts the next step's time from now on.
    mutating func goOn() { last = .now }

    /// The steps for the next piece: words behind a call are set off from it.
    mutating func steps(for piece: ResponsePiece) -> [TokenStep] {
        var steps: [TokenStep] = []
        if case .text = piece, isInCall { steps.append(step(nil)) }
        switch piece {
        case .text: isInCall = false
        case .call, .resumed: isInCall = true
        case .arguments, .token, .thinking: break
        }
        steps.append(step(piece))
        return steps
    }

    /// The step of a piece, or of the mark before words; servers tell no token IDs, and a piece may be more than one
    /// token.
    private mutating func step(_ piece: ResponsePiece?) -> TokenStep {
        defer { position += 1 }
        var step = TokenStep(
            round: round, position: position, token: TokenStep.unknownToken, bytes: [],
            distribution: .unknown,
            allowed: nil, figures: nil, milliseconds: (ContinuousClock.now - last) / .milliseconds(1))
        switch piece {
        case .text(let text), .arguments(let text): step.bytes = Array(text.utf8)
        case .call(let name): step.special = CallMark.begins(tool: name).name
        case .resumed(let number, let name): step.special = CallMark.goesOn(number: number, tool: name).name
        case nil: step.special = CallMark.words.name
        case .thinking: step.special = "<thinking>"
        case .token(let token):
            step.token = token.id ?? TokenStep.unknownToken
            step.bytes = token.bytes
            if !token.top.isEmpty { step.distribution = .partial(token.top, vocabularySize: nil) }
        }
        return step
    }
}
