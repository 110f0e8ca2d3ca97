import Agent
import Masking
import Transformer

/// A model in a llama-server, decoded token by token under the mask of the catalogue.
///
/// The server only evaluates: the prompt is sent as token IDs, one token's log-probabilities come back, and the mask
/// and the choice are made here. Where none of the candidates is allowed, or a draw among them could differ from one among
/// all, more are asked for, up to all.
public actor LlamaServerModel: Model {
    /// The model's name, its vocabulary and how it writes calls.
    public let info: ModelInfo

    private let server: LlamaServer
    private let vocabulary: LlamaServerVocabulary
    private let engine: MaskEngine
    /// Writes the prompts, by the template that the server tells.
    public nonisolated let writer: PromptWriter
    private let candidateCount: Int
    private var evaluated: [Int] = []
    private var spelled: [String: [Int]] = [:]

    /// How many times as many candidates are asked for when those that came do not do.
    private static let widening = 8

    /// Asks the server what it serves.
    /// - Throws: ``ModelError``; one line with the server and the reason.
    static func open(
        _ endpoint: Endpoint, vocabularyFile: String?, candidateCount: Int,
        onRetry: @escaping @Sendable (String) -> Void
    ) async throws -> LlamaServerModel {
        let server = LlamaServer(endpoint: endpoint)
        let (properties, vocabulary) = try await endpoint.retrying({ event in
            // A server that is still loading its model says so and is asked again.
            if case .retry(let attempt, let reason, let delay) = event {
                onRetry("attempt \(attempt) failed: \(reason); again in \(delay) ms")
            }
        }) {
            let properties = try await server.properties()
            if let vocabularyFile {
                return (properties, try LlamaServerVocabulary(file: vocabularyFile))
            }
            return (properties, try await LlamaServerVocabulary(server, properties))
        }
        return try await LlamaServerModel(server, properties, vocabulary, candidateCount: candidateCount)
    }

    private init(
        _ server: LlamaServer, _ properties: LlamaServer.Properties, _ vocabulary: LlamaServerVocabulary,
        candidateCount: Int
    ) async throws {
        do {
            writer = try PromptWriter(
                template: properties.chatTemplate,
                SpecialTokens(
                    names: Array(vocabulary.special.keys), beginning: properties.beginningOfText,
                    end: properties.endOfText, addsBeginning: try await server.addsBeginning(properties)))
        } catch let error as Agent.ModelError {
            throw Agent.ModelError("\(properties.name): \(error)")
        }
        if let size = properties.vocabularySize, size != vocabulary.record.entries.count {
            throw Agent.ModelError(
                "\(properties.name) has \(size) tokens and the vocabulary file \(vocabulary.record.entries.count); "
                    + "they belong to different models")
        }
        let record = writer.completing(vocabulary.record)
        do {
            engine = MaskEngine(vocabulary: try Masking.Vocabulary(record))
        } catch {
            throw Agent.ModelError("\(properties.name): \(error)")
        }
        self.server = server
        self.vocabulary = vocabulary
        self.candidateCount = max(1, candidateCount)
        var told = ModelInfo(
            name: properties.name, kind: "llama-server", vocabulary: record, turnStyle: writer.style)
        told.findings = writer.findings
        info = told
    }

    /// Decodes one response.
    /// - Throws: ``ModelError``, `CancellationError`, or what `observe` threw.
    public func respond(
        to request: ModelRequest, observe: @Sendable (DecodeEvent) async throws -> Void
    ) async throws -> ModelResponse {
        let prompt = try writer.prompt(for: request)
        var tokens = try await encode(prompt.parts, observe)
        let promptCount = tokens.count
        let cached = zip(tokens, evaluated).prefix { $0 == $1 }.count
        var costs: [RequestRecord.ToolCost] = []
        for tool in request.catalogue {
            let count = try await encode(.text(writer.line(for: tool)), observe).count
            costs.append(RequestRecord.ToolCost(name: tool.name, tokens: count))
        }
        var record = RequestRecord(
            round: request.round, text: prompt.text, promptTokens: promptCount, cachedTokens: cached,
            toolTokens: costs)
        var sizes: [[Int]] = []
        for part in prompt.parts {
            guard case .text = part else {
                sizes.append([])
                continue
            }
            sizes.append(try await encode(part, observe).map { engine.vocabulary.bytes(of: $0).count })
        }
        record.shares = prompt.shares(sizes)
        try await observe(.request(record))
        var matcher: Matcher
        var sampler: Sampler
        do {
            matcher = try engine.matcher(for: try writer.grammar(for: request))
            sampler = Sampler(try SamplerSettings(request))
        } catch {
            throw Agent.ModelError("\(info.name): \(error)")
        }
        var response = DecodedResponse(writer.syntax, catalogue: request.catalogue)
        var started = ContinuousClock.now
        for position in 0..<request.maximumTokens {
            try Task.checkCancellation()
            let allowed = matcher.allowed()
            let candidates = try await candidates(
                after: tokens, allowed, temperature: request.sampling.temperature, observe)
            var step: TokenStep
            do {
                step = try choose(candidates, allowed, &sampler)
                try matcher.advance(step.token)
            } catch {
                throw Agent.ModelError("\(info.name): \(error)")
            }
            step.round = request.round
            step.position = position
            step.milliseconds = (ContinuousClock.now - started) / .milliseconds(1)
            evaluated = tokens
            tokens.append(step.token)
            response.append(bytes: step.bytes, special: step.special)
            try await observe(.token(step))
            started = ContinuousClock.now
            if engine.vocabulary.endOfTurn.contains(step.token) {
                return try response.whole(
                    numberedFrom: request.nextCallNumber,
                    usage: Usage(promptTokens: promptCount, completionTokens: position + 1))
            }
        }
        return response.cut(
            usage: Usage(promptTokens: promptCount, completionTokens: request.maximumTokens))
    }

    /// The most probable tokens, as many as it takes for one of them to be allowed and, where one is drawn, for those
    /// left out to make no difference.
    private func candidates(
        after tokens: [Int], _ allowed: TokenSet, temperature: Double,
        _ observe: @Sendable (DecodeEvent) async throws -> Void
    ) async throws -> [LlamaServer.Candidate] {
        let size = engine.vocabulary.count
        var count = min(candidateCount, size)
        while true {
            let (server, asked, decoy) = (server, count, vocabulary.decoy)
            let candidates = try await server.endpoint.retrying(observe) {
                try await server.candidates(after: tokens, count: asked, decoy: decoy)
            }
            if count >= size { return candidates }
            let isAnyAllowed = candidates.contains {
                allowed.contains($0.token) && $0.logProbability > -.infinity
            }
            if isAnyAllowed,
                temperature <= 0
                    || CandidateCoverage(candidates, allowed: allowed, temperature: temperature).leftOut
                        <= CandidateCoverage.negligible
            {
                return candidates
            }
            count = min(size, count * LlamaServerModel.widening)
        }
    }

    /// The token that the settings take among the allowed candidates, and all that is known of its place.
    private func choose(
        _ candidates: [LlamaServer.Candidate], _ allowed: TokenSet, _ sampler: inout Sampler
    ) throws -> TokenStep {
        let size = engine.vocabulary.count
        var logits = [Float](repeating: -.infinity, count: size)
        for candidate in candidates where candidate.token < size {
            logits[candidate.token] = Float(candidate.logProbability)
        }
        let choice = try sampler.sample(
            logits: logits, allowed: AllowedTokens(words: allowed.words, count: size))
        var special: String?
        if case .special(let name) = engine.vocabulary[choice.token] { special = name }
        let isWhole = candidates.count >= size
        let known = candidates.filter { $0.logProbability > -.infinity }
        return TokenStep(
            round: 0, position: 0, token: choice.token,
            bytes: special == nil ? Array(engine.vocabulary.bytes(of: choice.token)) : [], special: special,
            distribution: isWhole
                ? .full(logits)
                : .partial(
                    known.map { .init(token: $0.token, bytes: $0.bytes, logProbability: $0.logProbability) },
                    vocabularySize: size),
            allowed: allowed.words,
            // Sums over the vocabulary can only be told where all of it came.
            figures: isWhole
                ? TokenFigures(
                    probabilityBefore: choice.probabilityBefore, probabilityAfter: choice.probabilityAfter,
                    rejectedMass: choice.rejectedMass, entropyBefore: choice.entropyBefore,
                    entropyAfter: choice.entropyAfter, unmaskedChoice: candidates.first?.token ?? choice.token
                )
                : nil,
            milliseconds: 0)
    }

    private func encode(
        _ parts: [PromptPart], _ observe: @Sendable (DecodeEvent) async throws -> Void
    ) async throws -> [Int] {
        var tokens: [Int] = []
        for part in parts { tokens += try await encode(part, observe) }
        return tokens
    }

    /// The tokens of a part; texts come back with every round, so that they are asked for once.
    private func encode(
        _ part: PromptPart, _ observe: @Sendable (DecodeEvent) async throws -> Void
    ) async throws -> [Int] {
        switch part {
        case .special(let name):
            guard let token = vocabulary.special[name] else {
                throw Agent.ModelError("\(info.name) has no token \(name), which its prompts need")
            }
            return [token]
        case .text(let text):
            if let tokenizer = vocabulary.tokenizer { return tokenizer.encode(text) }
            if let known = spelled[text] { return known }
            let server = server
            var tokens: [Int] = []
            for piece in vocabulary.harmless(text) {
                tokens += try await server.endpoint.retrying(observe) {
                    try await server.tokenize(piece, isSpecial: false)
                }
            }
            spelled[text] = tokens
            return tokens
        }
    }
}
