import Agent
import Formats
import JSON
import Wire

/// A model behind an HTTP server that streams its responses.
public struct RemoteModel: Model {
    /// The model's name, and the vocabulary that the workflow names, since these servers tell none.
    public let info: ModelInfo
    private let endpoint: Endpoint
    private let format: WireFormat
    private let settings: RequestSettings

    init(
        endpoint: Endpoint, format: WireFormat, settings: RequestSettings, vocabulary: VocabularyRecord? = nil
    ) {
        info = ModelInfo(name: settings.model, kind: format.kind, vocabulary: vocabulary)
        self.endpoint = endpoint
        self.format = format
        self.settings = settings
    }

    /// Asks the server and hands on what it answers, piece by piece.
    /// - Throws: ``ModelError``, `CancellationError`, or what `observe` threw.
    public func respond(
        to request: ModelRequest, observe: @Sendable (DecodeEvent) async throws -> Void
    ) async throws -> ModelResponse {
        let body = format.body(for: request, settings)
        try await observe(.request(RequestRecord(round: request.round, text: body.text())))
        return try await endpoint.retrying(observe) {
            try await attempt(request, body, observe)
        }
    }

    private func attempt(
        _ request: ModelRequest, _ body: JSONValue, _ observe: @Sendable (DecodeEvent) async throws -> Void
    ) async throws -> ModelResponse {
        try await endpoint.open(
            format.path(model: settings.model), query: format == .gemini ? "alt=sse" : nil, body,
            headers: format == .messages ? [("anthropic-version", "2023-06-01")] : []
        ) { body in
            try await read(&body, for: request, observe)
        }
    }

    private func read(
        _ body: inout HTTPResponseBody, for request: ModelRequest,
        _ observe: @Sendable (DecodeEvent) async throws -> Void
    ) async throws -> ModelResponse {
        var reader = ResponseReader(format)
        var watch = KeyWatch(key: endpoint.key)
        var steps = StepCounter(round: request.round)
        var (hasSpoken, isClosing) = (false, false)
        do {
            while !reader.isComplete {
                // A server may keep its connection open after the last word; nobody waits for what will not come.
                if reader.hasFinished, !isClosing {
                    isClosing = true
                    body.close(after: Endpoint.patience)
                }
                let bytes = try await body.next()
                let frames = try bytes.map { try reader.take($0) } ?? reader.finish()
                for piece in try frames.flatMap(\.pieces).flatMap({ try watch.pass($0) }) {
                    for step in steps.steps(for: piece) {
                        hasSpoken = true
                        try await observe(.token(step))
                    }
                    // The time for which a person held the run is not the model's.
                    steps.goOn()
                }
                if bytes == nil { break }
            }
            // Streams of other formats end with the same mark.
            if reader.isComplete, reader.isOfAnotherFormat { _ = try reader.finish() }
            let response = try watch.check(reader.response(numberingFrom: request.nextCallNumber))
            for piece in watch.rest() {
                for step in steps.steps(for: piece) { try await observe(.token(step)) }
                steps.goOn()
            }
            return response
        } catch let fault as StreamFault {
            // Tokens that were shown cannot be taken back, so only a silent failure is tried again.
            throw AttemptFailure(
                reason: endpoint.scrub(fault.description), isTransient: fault.isTransient && !hasSpoken,
                retryAfter: fault.retryAfter)
        } catch let error as WireError {
            // Where all that counts has come, a connection that breaks after it does no harm.
            if let response = try? watch.check(reader.response(numberingFrom: request.nextCallNumber)) {
                return response
            }
            var failure = endpoint.failure(error)
            if hasSpoken {
                failure.isTransient = false
                failure.reason = "\(failure.reason); \(StreamFault.cut.description)"
            }
            throw failure
        }
    }
}

extension WireFormat {
    /// The adapter's name, as journals have it.
    fileprivate var kind: String {
        switch self {
        case .chatCompletions: "openai"
        case .responses: "openai-responses"
        case .messages: "anthropic"
        case .gemini: "gemini"
        case .ollama: "ollama"
        }
    }
}
