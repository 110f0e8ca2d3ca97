import Agent
import Masking
import Transformer

/// A GGUF file decoded in process, under the mask of the catalogue.
///
/// Decoding blocks the actor for one token at a time; whoever observes the tokens decides when the next is decoded.
public actor EmbeddedModel: Model {
    /// The model's name, its vocabulary and how it writes calls.
    public let info: ModelInfo

    /// It decodes in process: any tokens can stand before the next one.
    public nonisolated var continuesResponses: Bool { true }

    let tokenizer: Tokenizer
    let session: InferenceSession
    /// The file, until it is in memory.
    var unloaded: GGUFFile?
    private let engine: MaskEngine
    private let writer: PromptWriter

    /// Opens the file at `path`.
    /// - Throws: ``ModelError`` when it cannot be used; one line with the file and the reason.
    public init(path: String) throws(Agent.ModelError) {
        do {
            let file = try GGUFFile(path)
            let model = try LlamaModel(file)
            tokenizer = try Tokenizer(file)
            writer = try PromptWriter(
                template: try file.string("tokenizer.chat_template"),
                try SpecialTokens(tokenizer.vocabulary, file))
            let record = writer.completing(EmbeddedVocabulary.record(of: tokenizer.vocabulary))
            engine = MaskEngine(vocabulary: try Masking.Vocabulary(record))
            session = InferenceSession(model)
            unloaded = file
            var told = ModelInfo(
                name: model.name, kind: "embedded", vocabulary: record, turnStyle: writer.style)
            told.findings = writer.findings
            info = told
        } catch {
            throw Agent.ModelError("\(path): \(error)")
        }
    }

    /// Decodes one response.
    /// - Throws: ``ModelError``, `CancellationError`, or what `observe` threw.
    public func respond(
        to request: ModelRequest, observe: @Sendable (DecodeEvent) async throws -> Void
    ) async throws -> ModelResponse {
        let prompt = try wrapping { try writer.prompt(for: request) }
        let tokens = try wrapping { try tokenizer.encode(prompt.parts) }
        let cached = zip(tokens, session.tokens).prefix { $0 == $1 }.count
        let begun = request.continuing
        if begun.isEmpty {
            try await observe(.request(record(of: prompt, request, tokens: tokens.count, cached: cached)))
        }
        var matcher = try wrapping { try engine.matcher(for: try writer.grammar(for: request)) }
        // Each token took one draw, also the one that somebody else chose.
        var sampler = try wrapping { Sampler(try SamplerSettings(request), drawn: UInt64(begun.count)) }
        var response = DecodedResponse(writer.syntax, catalogue: request.catalogue)
        for token in begun {
            try wrapping { try matcher.advance(token) }
            let (bytes, special) = text(of: token)
            response.append(bytes: bytes, special: special)
        }
        if let last = begun.last, vocabulary.endOfTurn.contains(last) {
            return try response.whole(
                numberedFrom: request.nextCallNumber, usage: usage(tokens.count, begun.count))
        }
        var started = ContinuousClock.now
        var logits = try await read(tokens + begun, observe)
        for position in begun.count..<max(begun.count, request.maximumTokens) {
            try Task.checkCancellation()
            let allowed = matcher.allowed()
            let choice = try wrapping {
                try sampler.sample(
                    logits: logits, allowed: AllowedTokens(words: allowed.words, count: vocabulary.count))
            }
            try wrapping { try matcher.advance(choice.token) }
            let step = step(choice, logits: logits, allowed: allowed, request.round, position, since: started)
            response.append(bytes: step.bytes, special: step.special)
            try await observe(.token(step))
            started = ContinuousClock.now
            if vocabulary.endOfTurn.contains(choice.token) {
                return try response.whole(
                    numberedFrom: request.nextCallNumber, usage: usage(tokens.count, position + 1))
            }
            if position + 1 < request.maximumTokens {
                logits = try wrapping { try session.evaluate([choice.token]) }
            }
        }
        return response.cut(usage: usage(tokens.count, request.maximumTokens))
    }

    private func usage(_ prompt: Int, _ written: Int) -> Usage {
        Usage(promptTokens: prompt, completionTokens: written)
    }

    private func record(
        of prompt: WrittenPrompt, _ request: ModelRequest, tokens: Int, cached: Int
    ) -> RequestRecord {
        var record = RequestRecord(
            round: request.round, text: prompt.text, promptTokens: tokens, cachedTokens: cached,
            toolTokens: request.catalogue.map { tool in
                RequestRecord.ToolCost(
                    name: tool.name, tokens: tokenizer.encode(writer.line(for: tool)).count)
            })
        record.shares = prompt.shares(
            prompt.parts.map { part in
                guard case .text(let text) = part else { return [] }
                return tokenizer.encode(text).map { tokenizer.vocabulary.bytes(of: $0)?.count ?? 0 }
            })
        return record
    }

    private var vocabulary: Masking.Vocabulary { engine.vocabulary }

    /// The bytes of a token, or its name where it is a control token.
    private func text(of token: Int) -> (bytes: [UInt8], special: String?) {
        if case .special(let name) = vocabulary[token] { return ([], name) }
        return (Array(vocabulary.bytes(of: token)), nil)
    }

    private func step(
        _ choice: Choice, logits: [Float], allowed: TokenSet, _ round: Int, _ position: Int,
        since started: ContinuousClock.Instant
    ) -> TokenStep {
        let (bytes, special) = text(of: choice.token)
        let unmasked = logits.indices.prefix(vocabulary.count).max { logits[$0] < logits[$1] } ?? choice.token
        return TokenStep(
            round: round, position: position, token: choice.token,
            bytes: bytes, special: special,
            distribution: .full(Array(logits.prefix(vocabulary.count))), allowed: allowed.words,
            figures: TokenFigures(
                probabilityBefore: choice.probabilityBefore, probabilityAfter: choice.probabilityAfter,
                rejectedMass: choice.rejectedMass, entropyBefore: choice.entropyBefore,
                entropyAfter: choice.entropyAfter, unmaskedChoice: unmasked),
            milliseconds: (ContinuousClock.now - started) / .milliseconds(1))
    }

    func wrapping<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as Agent.ModelError {
            throw error
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            throw Agent.ModelError("\(info.name): \(error)")
        }
    }
}

extension SamplerSettings {
    /// The settings of one request: each round draws from a sequence of its own, so that a round can be repeated.
    init(_ request: ModelRequest) throws(SamplingError) {
        guard request.sampling.temperature > 0 else {
            self = .greedy
            return
        }
        try self.init(
            temperature: request.sampling.temperature, topP: request.sampling.topP,
            seed: request.sampling.seed &+ UInt64(request.round) &* 0x9E37_79B9_7F4A_7C15)
    }
}
