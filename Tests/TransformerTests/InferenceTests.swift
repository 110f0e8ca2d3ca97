import Testing

@testable import Transformer

@Suite("A model")
struct InferenceTests {
    @Test("gives the logits of the torch reference, on every instruction set", arguments: Fixture.models)
    func reference(_ name: String) throws {
        let model = try Fixture.model(name)
        let expected = try Fixture.logits(name, columns: model.logitCount)
        // Beside the larger K formats activations have 16 bits, 15 with the plainest vectors.
        let tolerance: Float = name == "llama-k" ? 4e-3 : 1e-4
        for kernels in Kernels.all {
            let found = try InferenceSession(model, kernels: kernels).evaluateAll(Fixture.prompt(name))
            #expect(found.count == expected.count)
            for (position, (row, reference)) in zip(found, expected).enumerated() {
                #expect(largestDifference(row, reference) < tolerance, "\(kernels), position \(position)")
            }
        }
    }

    @Test("gives the same bits however the tokens are divided into calls", arguments: Fixture.models)
    func division(_ name: String) throws {
        let model = try Fixture.model(name)
        let seed = UInt64.random(in: 0...UInt64.max)
        print("InferenceTests.division(\(name)) seed \(seed)")
        var random = RandomSource(seed: seed)
        // More than one block, and more than the model's own context, which a session may be told to allow.
        let tokens = (0..<150).map { _ in Int.random(in: 0..<model.logitCount, using: &random) }
        let whole = try InferenceSession(model, contextLength: 150).evaluateAll(tokens)

        let single = InferenceSession(model, contextLength: 150)
        for (index, token) in tokens.enumerated() {
            #expect(try single.evaluate([token]) == whole[index], "token \(index)")
        }
        let divided = InferenceSession(model, contextLength: 150)
        while divided.position < tokens.count {
            let end = min(tokens.count, divided.position + Int.random(in: 1...70, using: &random))
            #expect(try divided.evaluate(tokens[divided.position..<end]) == whole[end - 1], "up to \(end)")
        }
    }

    @Test("gives the same bits with any number of threads", arguments: Fixture.models)
    func threads(_ name: String) throws {
        let model = try Fixture.model(name)
        let tokens = (0..<100).map { $0 * 7 % model.logitCount }
        let expected = try InferenceSession(model, contextLength: 120, threads: 1).evaluateAll(tokens)
        for threads in [2, 3, 7] {
            let session = InferenceSession(model, contextLength: 120, threads: threads)
            for (index, token) in tokens[..<20].enumerated() {
                #expect(try session.evaluate([token]) == expected[index], "\(threads) threads")
            }
            #expect(try session.evaluateAll(tokens[20...]) == Array(expected[20...]), "\(threads) threads")
        }
    }

    @Test("goes back to a prefix and gives the same again", arguments: Fixture.models)
    func truncation(_ name: String) throws {
        let model = try Fixture.model(name)
        let tokens = try Fixture.prompt(name)
        let session = InferenceSession(model)
        let first = try session.evaluateAll(tokens)
        for position in [tokens.count, 7, 3, 0] {
            try session.truncate(to: position)
            #expect(session.position == position)
            // Something else in between must leave no trace.
            _ = try session.evaluate([5, 6, 7])
            try session.truncate(to: position)
            if position < tokens.count {
                #expect(try session.evaluateAll(tokens[position...]) == Array(first[position...]))
            }
        }
        #expect(throws: InferenceError.invalidPosition(99, evaluated: 12)) { try session.truncate(to: 99) }
        #expect(throws: InferenceError.invalidPosition(-1, evaluated: 12)) { try session.truncate(to: -1) }
    }

    @Test("keeps of a session what the next prompt shares with it")
    func sharedPrefix() throws {
        let model = try Fixture.model("llama-q8_0")
        let session = InferenceSession(model)
        _ = try session.evaluate(prompt: [1, 2, 3, 4])
        for prompt in [[1, 2, 9, 9, 9], [1, 2, 9], [1, 2, 9], [8]] {
            #expect(try session.evaluate(prompt: prompt) == InferenceSession(model).evaluate(prompt))
            #expect(session.tokens == prompt)
        }
        #expect(throws: InferenceError.noTokens) { try session.evaluate(prompt: []) }
    }

    @Test("refuses unknown tokens and more than the context holds, and is unchanged")
    func errors() throws {
        let model = try Fixture.model("llama-f32")
        let session = InferenceSession(model, contextLength: 5)
        let before = try session.evaluate([1, 2, 3])
        #expect(throws: InferenceError.contextOverflow(needed: 6, limit: 5)) {
            try session.evaluate([4, 5, 6])
        }
        #expect(throws: InferenceError.contextOverflow(needed: 6, limit: 5)) {
            try session.evaluate(prompt: [1, 1, 1, 1, 1, 1])
        }
        #expect(throws: InferenceError.unknownToken(267, vocabulary: 267)) { try session.evaluate([4, 267]) }
        #expect(throws: InferenceError.unknownToken(-1, vocabulary: 267)) { try session.evaluate([-1]) }
        #expect(throws: InferenceError.noTokens) { try session.evaluate([]) }
        #expect(session.tokens == [1, 2, 3])
        try session.truncate(to: 2)
        #expect(try session.evaluate([3]) == before)
        #expect(try session.evaluate([4, 5]).count == 267)
        #expect(InferenceSession(model).contextLength == 64)
    }

    @Test("stops between blocks when its task is cancelled")
    func cancellation() async throws {
        let task = Task {
            let session = InferenceSession(try Fixture.model("llama-f32"))
            withUnsafeCurrentTask { $0?.cancel() }
            #expect(throws: InferenceError.cancelled) { try session.evaluate([1, 2, 3]) }
            return session.position
        }
        #expect(try await task.value == 0)
    }

    @Test("tells its name, size, formats and template")
    func description() throws {
        let model = try Fixture.model("llama-k")
        #expect(model.name == "llama-k")
        #expect(model.chatTemplate == "{{ messages }}")
        #expect(model.contextLength == 64)
        #expect(model.weightTypes == ["Q4_K", "Q6_K"])
        let matrices = 267 * 256 + 2 * 256 * 256 + 2 * 64 * 256 + 3 * 256 * 256
        #expect(model.parameterCount == matrices + 3 * 256)
    }

    @Test("has a measurable speed")
    func speed() throws {
        let speed = try DecodeSpeed.measure(Fixture.model("llama-q8_0"), prompt: [1, 2, 3], decode: 5)
        #expect(speed.promptTokens == 3 && speed.decodedTokens == 5)
        #expect(speed.promptRate > 0 && speed.decodeRate > 0)
    }
}

@Suite("A file that is no usable model")
struct UnusableModelTests {
    @Test("is refused with what is missing")
    func vocabularyOnly() throws {
        #expect(throws: ModelError.file(.missingKey("llama.embedding_length"))) {
            try Fixture.model("bpe-llama-bpe")
        }
    }

    @Test("is refused when its architecture is another")
    func architecture() throws {
        // The first "llama" is the value of general.architecture, and the other name has as many letters.
        let bytes = replacing("llama", with: "mamba", in: try Fixture.bytes("llama-f32.gguf"), all: false)
        #expect(throws: ModelError.unsupportedArchitecture("mamba")) {
            try LlamaModel(GGUFFile(bytes: bytes))
        }
        let description = ModelError.unsupportedArchitecture("mamba").description
        #expect(
            description.hasPrefix(
                "the model's architecture is mamba, which is not run in process; llama, smollm3, "))
        #expect(description.contains("llama-server"))
        #expect(LlamaModel.architectures.count == 10)
    }

    @Test("is refused when a tensor is missing or of another shape")
    func tensors() throws {
        let bytes = try Fixture.bytes("llama-f32.gguf")
        let renamed = replacing("blk.1.ffn_up.weight", with: "blk.1.ffn_xx.weight", in: bytes, all: true)
        #expect(throws: ModelError.file(.missingTensor("blk.1.ffn_up.weight"))) {
            try LlamaModel(GGUFFile(bytes: renamed))
        }
        // Two tensors exchange their names.
        let first = replacing("blk.1.attn_q.weight", with: "blk.1.attn_Q.weight", in: bytes, all: true)
        let second = replacing("blk.0.attn_k.weight", with: "blk.1.attn_q.weight", in: first, all: true)
        let swapped = replacing("blk.1.attn_Q.weight", with: "blk.0.attn_k.weight", in: second, all: true)
        #expect(
            throws: ModelError.file(
                .wrongShape(tensor: "blk.0.attn_k.weight", expected: [44, 20], found: [44, 40]))
        ) { try LlamaModel(GGUFFile(bytes: swapped)) }
    }

    private func replacing(_ old: String, with new: String, in bytes: [UInt8], all: Bool) -> [UInt8] {
        let (old, new) = (Array(old.utf8), Array(new.utf8))
        precondition(old.count == new.count)
        var result = bytes
        for start in 0..<(bytes.count - old.count) where bytes[start..<start + old.count].elementsEqual(old) {
            result.replaceSubrange(start..<start + old.count, with: new)
            if !all { break }
        }
        return result
    }
}
