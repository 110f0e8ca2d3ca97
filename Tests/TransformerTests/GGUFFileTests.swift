import Foundation
import Testing

@testable import Transformer

@Suite("A GGUF file")
struct GGUFFileTests {
    @Test("gives metadata of every type")
    func metadata() throws {
        let file = try Fixture.file("metadata")
        #expect(try file.integer("a.uint8") == 200)
        #expect(try file.integer("a.int8") == -100)
        #expect(try file.integer("a.uint16") == 60000)
        #expect(try file.integer("a.int16") == -30000)
        #expect(try file.integer("a.uint32") == 4_000_000_000)
        #expect(try file.integer("a.int32") == -2_000_000_000)
        #expect(try file.integer("a.int64") == .min)
        #expect(try file.number("a.float32") == Double(Float(0.1)))
        #expect(try file.number("a.float64") == 0.1)
        #expect(try file.bool("a.bool") == true)
        #expect(Array(try #require(try file.string("a.string")).utf8) == Array("Größe 😀 e\u{301}".utf8))
        guard case .uint64(.max) = file["a.uint64"] else {
            Issue.record("\(String(describing: file["a.uint64"]))")
            return
        }
        #expect(try file.array("b.integers")?.values.map(\.integer) == [1, -2, 3])
        #expect(try file.array("b.floats")?.values.map(\.number) == [0.5, -1.5])
        #expect(try file.array("b.strings")?.strings == ["", "a", "né"])
        #expect(try file.array("b.bools")?.elementType == .bool)
        let nested = try #require(try file.array("b.nested")).values.map { value -> [Int?] in
            guard case .array(let inner) = value else { return [] }
            return inner.values.map(\.integer)
        }
        #expect(nested == [[1, 2], [3]])
        #expect(file.keys.first == "general.architecture")
        #expect(file.tensors.isEmpty)
    }

    @Test("says which key has another type than the one asked for")
    func wrongType() throws {
        let file = try Fixture.file("metadata")
        #expect(throws: GGUFError.wrongType(key: "a.string", expected: "an integer", found: "string")) {
            try file.integer("a.string")
        }
        #expect(throws: GGUFError.wrongType(key: "a.uint64", expected: "an integer", found: "uint64")) {
            try file.integer("a.uint64")
        }
        #expect(try file.integer("a.missing") == nil)
    }

    @Test("lists its tensors with type, shape and aligned place")
    func tensors() throws {
        let file = try Fixture.file("llama-q8_0")
        let query = try #require(file.tensors.first { $0.name == "blk.1.attn_q.weight" })
        #expect(query.shape == [64, 64])
        #expect(query.type.description == "Q8_0")
        #expect(query.offset % 32 == 0)
        #expect(file.hasTensor("output_norm.weight"))
        #expect(!file.hasTensor("output.weight"))
    }

    @Test("is the same from memory as from disk")
    func fromMemory() throws {
        let file = try GGUFFile(bytes: Fixture.bytes("llama-f32.gguf"))
        let other = try Fixture.file("llama-f32")
        #expect(file.keys == other.keys)
        #expect(try file.tensor("token_embd.weight").floats() == other.tensor("token_embd.weight").floats())
    }

    @Test("that does not exist, is a folder, is empty or is something else, is refused with the reason")
    func notGGUF() throws {
        #expect(throws: GGUFError.unreadable(path: "/nowhere.gguf", reason: "No such file or directory")) {
            try GGUFFile("/nowhere.gguf")
        }
        #expect(throws: GGUFError.unreadable(path: "/", reason: "it is not a regular file")) {
            try GGUFFile("/")
        }
        #expect(throws: GGUFError.notGGUF(start: [])) { try GGUFFile(bytes: []) }
        #expect(throws: GGUFError.notGGUF(start: [0x7b, 0x22, 0x61, 0x22])) {
            try GGUFFile(bytes: Array("{\"a\"}".utf8))
        }
        #expect(
            GGUFError.notGGUF(start: [0x50, 0x4b, 3, 4]).description
                == "not a GGUF file: it starts with 50 4b 03 04 instead of 47 47 55 46 (\"GGUF\")")
    }

    @Test("of another version or byte order is refused")
    func versions() throws {
        func file(_ version: [UInt8]) -> [UInt8] {
            Array("GGUF".utf8) + version + Array(repeating: 0, count: 16)
        }
        #expect(throws: GGUFError.unsupportedVersion(1)) { try GGUFFile(bytes: file([1, 0, 0, 0])) }
        #expect(throws: GGUFError.unsupportedVersion(4)) { try GGUFFile(bytes: file([4, 0, 0, 0])) }
        #expect(throws: GGUFError.bigEndian) { try GGUFFile(bytes: file([0, 0, 0, 3])) }
        #expect(try GGUFFile(bytes: file([2, 0, 0, 0])).tensors.isEmpty)
    }
}

@Suite("A damaged GGUF file")
struct DamagedGGUFTests {
    /// A header by hand: every count and offset may lie.
    private struct Header {
        var bytes: [UInt8] = Array("GGUF".utf8) + [3, 0, 0, 0]

        mutating func integer<T: FixedWidthInteger>(_ value: T) {
            withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
        }

        mutating func string(_ value: String) {
            integer(UInt64(value.utf8.count))
            bytes += value.utf8
        }

        init(tensors: UInt64, keys: UInt64) {
            integer(tensors)
            integer(keys)
        }

        mutating func tensor(_ name: String, shape: [UInt64], type: UInt32 = 0, offset: UInt64) {
            string(name)
            integer(UInt32(shape.count))
            for extent in shape { integer(extent) }
            integer(type)
            integer(offset)
        }
    }

    @Test("cut short at any byte is refused, and never read past its end")
    func everyPrefix() throws {
        let whole = try Fixture.bytes("llama-q8_0.gguf")
        let header = try #require(try GGUFFile(bytes: whole).tensors.map(\.offset).min())
        // Every byte of the header, and of the weights, where nothing but the length is looked at, every 61st.
        for length in whole.indices where length < header || length % 61 == 0 || length > whole.count - 64 {
            #expect(throws: GGUFError.self, "cut at \(length)") {
                try GGUFFile(bytes: Array(whole[..<length]))
            }
        }
        #expect(throws: Never.self) { try GGUFFile(bytes: whole) }
    }

    @Test("with a count larger than the file is refused before anything is allocated")
    func hostileCounts() {
        for count in [UInt64.max, 1 << 63, 1 << 40] {
            let tensors = Header(tensors: count, keys: 0)
            #expect { try GGUFFile(bytes: tensors.bytes) } throws: {
                ($0 as? GGUFError)?.isTruncation == true
            }
            let keys = Header(tensors: 0, keys: count)
            #expect { try GGUFFile(bytes: keys.bytes) } throws: { ($0 as? GGUFError)?.isTruncation == true }

            var string = Header(tensors: 0, keys: 1)
            string.integer(count)
            string.bytes += Array(repeating: 65, count: 64)
            #expect { try GGUFFile(bytes: string.bytes) } throws: { ($0 as? GGUFError)?.isTruncation == true }

            for elementType: UInt32 in [0, 8, 9, 12] {
                var array = Header(tensors: 0, keys: 1)
                array.string("key")
                array.integer(UInt32(9))
                array.integer(elementType)
                array.integer(count)
                array.bytes += Array(repeating: 0, count: 64)
                #expect { try GGUFFile(bytes: array.bytes) } throws: {
                    ($0 as? GGUFError)?.isTruncation == true
                }
            }
        }
    }

    @Test("with a tensor outside the file, an overflowing shape or a crooked offset is refused")
    func hostileTensors() {
        func refusal(_ shape: [UInt64], type: UInt32 = 0, offset: UInt64) -> GGUFError? {
            var header = Header(tensors: 1, keys: 0)
            header.tensor("t", shape: shape, type: type, offset: offset)
            header.bytes += Array(repeating: 0, count: 256)
            do throws(GGUFError) {
                _ = try GGUFFile(bytes: header.bytes)
                return nil
            } catch { return error }
        }
        #expect(refusal([8], offset: 0) == nil)
        #expect(refusal([8], offset: 1 << 62)?.isTruncation == true)
        #expect(refusal([8], offset: UInt64.max - 31)?.isTruncation == true)
        #expect(refusal([1 << 20], offset: 0)?.isTruncation == true)
        for (shape, offset) in [
            ([UInt64.max], UInt64(0)), ([1 << 32, 1 << 32], 0), ([1 << 62], 0), ([0], 0), ([], 0), ([8], 8),
            ([1, 1, 1, 1, 1], 0),
        ] {
            guard case .malformed = refusal(shape, offset: offset) else {
                Issue.record("\(shape) at \(offset): \(String(describing: refusal(shape, offset: offset)))")
                continue
            }
        }
        // A row of Q8_0 is a whole number of blocks of 32.
        #expect(
            refusal([33], type: 8, offset: 0)?.description.contains("no whole number of Q8_0 blocks") == true)
    }

    @Test("with a type that has no kernel opens, and the tensor is refused by name")
    func unsupportedTensorType() throws {
        for (number, name) in [(UInt32(16), "IQ2_XXS"), (200, "number 200")] {
            var header = Header(tensors: 1, keys: 0)
            header.tensor("blk.0.attn_q.weight", shape: [256], type: number, offset: 0)
            header.bytes += Array(repeating: 0, count: 256)
            let file = try GGUFFile(bytes: header.bytes)
            #expect(throws: GGUFError.unsupportedTensorType(tensor: "blk.0.attn_q.weight", type: name)) {
                try file.tensor("blk.0.attn_q.weight")
            }
        }
        #expect(
            GGUFError.unsupportedTensorType(tensor: "t", type: "IQ2_XXS").description.hasSuffix(
                "; F32, F16, Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q2_K, Q3_K, Q4_K, Q5_K, Q6_K, "
                    + "IQ4_NL, IQ4_XS, BF16, MXFP4 are"))
    }

    @Test("with arrays nested without end, a key twice, a strange bool or bad UTF-8 is refused")
    func malformedMetadata() {
        func refusal(_ body: (inout Header) -> Void, keys: UInt64 = 1) -> String? {
            var header = Header(tensors: 0, keys: keys)
            body(&header)
            header.bytes += Array(repeating: 0, count: 64)
            do throws(GGUFError) {
                _ = try GGUFFile(bytes: header.bytes)
                return nil
            } catch { return error.description }
        }
        let nested = refusal { header in
            header.string("deep")
            header.integer(UInt32(9))
            for _ in 0..<1000 {
                header.integer(UInt32(9))
                header.integer(UInt64(1))
            }
        }
        #expect(nested?.contains("nests arrays") == true)
        let twice = refusal(
            { header in
                for _ in 0..<2 {
                    header.string("key")
                    header.integer(UInt32(0))
                    header.bytes.append(1)
                }
            }, keys: 2)
        #expect(twice?.contains("occurs twice") == true)
        let bool = refusal { header in
            header.string("key")
            header.integer(UInt32(7))
            header.bytes.append(2)
        }
        #expect(bool?.contains("bool of value 2") == true)
        let utf8 = refusal { header in
            header.string("key")
            header.integer(UInt32(8))
            header.integer(UInt64(1))
            header.bytes.append(0xff)
        }
        #expect(utf8?.contains("not UTF-8") == true)
        let type = refusal { header in
            header.string("key")
            header.integer(UInt32(13))
        }
        #expect(type?.contains("types end at 12") == true)
    }

    @Test(
        "with random bytes changed either opens or is refused, and what opens can be run",
        arguments: ["llama-q8_0", "qwen2-bf16", "bpe-llama-bpe", "metadata"])
    func randomChanges(_ name: String) throws {
        let whole = try Fixture.bytes("\(name).gguf")
        let seed = UInt64.random(in: 0...UInt64.max)
        print("DamagedGGUFTests.randomChanges(\(name)) seed \(seed)")
        var random = RandomSource(seed: seed)
        // Most of the structure is in the header; elsewhere a change is only another weight.
        let header = try GGUFFile(bytes: whole).tensors.map(\.offset).min() ?? whole.count
        for _ in 0..<1500 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(
                    in: 0..<(Bool.random(using: &random) ? header : whole.count), using: &random)
                bytes[place] =
                    Bool.random(using: &random)
                    ? UInt8.random(in: 0...255, using: &random)
                    : bytes[place] ^ (1 << UInt8.random(in: 0...7, using: &random))
            }
            guard let file = try? GGUFFile(bytes: bytes) else { continue }
            if let tokenizer = try? Tokenizer(file) {
                let text = "the thing is <|im_end|> Größe 123"
                #expect(tokenizer.encode(text).allSatisfy { $0 < tokenizer.vocabulary.count })
            }
            if let model = try? LlamaModel(file) {
                let session = InferenceSession(model, contextLength: 8)
                #expect(try session.evaluate([1, 2, 3]).count == model.logitCount)
            }
        }
    }
}
