import Foundation
import Testing

@testable import Compression

@Suite("Bodies in a content encoding")
struct ContentDecoderTests {
    private static let text = Array(String(repeating: "{\"name\": \"Bash\", \"n\": 12}\n", count: 200).utf8)

    /// What `gzip` makes of bytes; `nil` where it is not installed.
    private static func gzipped(_ bytes: [UInt8], level: Int) throws -> [UInt8]? {
        guard FileManager.default.isExecutableFile(atPath: "/usr/bin/gzip") else { return nil }
        let file = FileManager.default.temporaryDirectory.appendingPathComponent(
            "callgate-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(bytes).write(to: file)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/gzip")
        process.arguments = ["-c", "-\(level)", file.path]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return Array(data)
    }

    private static func random(_ numbers: inout SystemRandomNumberGenerator) -> [UInt8] {
        let words = ["data: {\"delta\": ", "rm -rf", "\n", "日本", "0123456789", "}", " "]
        var bytes: [UInt8] = []
        for _ in 0..<Int.random(in: 0...6_000, using: &numbers) {
            switch Int.random(in: 0..<8, using: &numbers) {
            case 0: bytes.append(UInt8.random(in: 0...255, using: &numbers))
            default: bytes += Array((words.randomElement(using: &numbers) ?? "").utf8)
            }
        }
        return bytes
    }

    @Test(
        "What gzip writes is read, however it is cut",
        .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/gzip"), "gzip is not installed"))
    func gzip() throws {
        var numbers = SystemRandomNumberGenerator()
        var total = 0
        for number in 0..<60 {
            let bytes = number == 0 ? ContentDecoderTests.text : ContentDecoderTests.random(&numbers)
            let coded = try #require(try ContentDecoderTests.gzipped(bytes, level: Int.random(in: 1...9)))
            var decoder = try #require(ContentDecoder("gzip", limit: 1 << 29))
            var output: [UInt8] = []
            var start = 0
            let most = [1, 7, 500, 100_000].randomElement() ?? 1
            while start < coded.count {
                let end = min(coded.count, start + Int.random(in: 1...most))
                output += try decoder.take(Array(coded[start..<end]))
                start = end
            }
            try decoder.finish()
            #expect(output == bytes)
            total += bytes.count
            // Cut anywhere it is not whole, and a byte that was changed is found or makes no difference to the text.
            var cut = try #require(ContentDecoder("gzip", limit: 1 << 29))
            _ = try cut.take(Array(coded.dropLast(Int.random(in: 1...8))))
            #expect(throws: CompressionFault.self) { try cut.finish() }
            var damaged = coded
            damaged[Int.random(in: 10..<coded.count)] ^= UInt8.random(in: 1...255)
            var other = try #require(ContentDecoder("gzip", limit: 1 << 29))
            if let text = try? other.take(damaged), (try? other.finish()) != nil { #expect(text == bytes) }
        }
        print("60 files of gzip, \(total) bytes")
    }

    @Test("What zlib wrote is read, wrapped and bare")
    func deflate() throws {
        // python3 -c "import zlib; print(zlib.compress(TEXT).hex())"
        let hex = "789cab56ca4bcc4d55b25250724a2cce50d25150ca03720c8d6ab900641706bf"
        let wrapped = stride(from: 0, to: hex.count, by: 2).compactMap {
            UInt8(hex.dropFirst($0).prefix(2), radix: 16)
        }
        let text = Array("{\"name\": \"Bash\", \"n\": 12}\n".utf8)
        for start in [0, 2] {
            var decoder = try #require(ContentDecoder("deflate", limit: 1 << 29))
            #expect(try wrapped[start...].flatMap { try decoder.take([$0]) } == text)
            if start == 0 { try decoder.finish() }
        }
        var cut = try #require(ContentDecoder("deflate", limit: 1 << 29))
        _ = try cut.take(wrapped.dropLast())
        #expect(throws: CompressionFault.self) { try cut.finish() }
        var damaged = try #require(ContentDecoder("deflate", limit: 1 << 29))
        #expect(throws: CompressionFault.self) { _ = try damaged.take(wrapped.dropLast() + [0]) }
        var other = try #require(ContentDecoder("gzip", limit: 1 << 29))
        #expect(throws: CompressionFault.self) { _ = try other.take(wrapped) }
    }

    @Test("An encoding that is not known is none, and a body that grows beyond its limit ends")
    func limits() throws {
        for coding in ["gzip", "X-GZIP", "deflate"] { #expect(ContentDecoder.reads(coding)) }
        for coding in ["br", "zstd", "gzip, gzip", ""] {
            #expect(!ContentDecoder.reads(coding) && ContentDecoder(coding, limit: 1) == nil)
        }
        guard
            let coded = try ContentDecoderTests.gzipped([UInt8](repeating: 0x20, count: 3_000_000), level: 9)
        else {
            return
        }
        var decoder = try #require(ContentDecoder("gzip", limit: 1_000_000))
        let error = #expect(throws: CompressionFault.self) { _ = try decoder.take(coded) }
        #expect(error == .beyondLimit)
    }

    /// What zlib made of "hello hello hello hello, archive\n" with fixed codes, and of a longer text with codes of its own.
    @Test("deflated data gives its text back")
    func wholeStreams() throws {
        let packed: [UInt8] = [
            0xCB, 0x48, 0xCD, 0xC9, 0xC9, 0x57, 0xC8, 0x40, 0x27, 0x75, 0x14, 0x12, 0x8B, 0x92, 0x33, 0x32,
            0xCB, 0x52,
            0xB9, 0x00,
        ]
        let text = try Inflater.bytes(packed[...], limit: 1_000)
        #expect(String(decoding: text, as: UTF8.self) == "hello hello hello hello, archive\n")
        #expect(throws: CompressionFault.self) { try Inflater.bytes(packed[...], limit: 10) }
        for cut in packed.indices {
            #expect(throws: CompressionFault.self) { try Inflater.bytes(packed[..<cut], limit: 1_000) }
        }
    }
}
