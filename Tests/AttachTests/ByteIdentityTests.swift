import Agent
import Compression
import Formats
import Foundation
import JSON
import Synchronization
import Testing
import Wire

@testable import Attach

/// What passes through the proxy beside what was sent.
private struct Exchange: Sendable {
    let format: WireFormat
    let isStreamed: Bool
    let path: String
    let request: [UInt8]
    /// The body of the response as its provider sends it, and its content encoding.
    let response: [UInt8]
    let coding: String?
    /// The sizes of the pieces in which it is sent.
    let pieces: [Int]
}

@Suite("Byte identity")
struct ByteIdentityTests {
    @Test("With everything approved, random exchanges pass to the byte both ways")
    func exchanges() async throws {
        let seed = UInt64.random(in: .min ... .max)
        var numbers = SeededNumbers(seed: seed)
        let times = ProcessInfo.processInfo.environment["CALLGATE_CONVERSATIONS"].flatMap { Int($0) } ?? 1
        let exchanges = try (0..<(250 * times)).map { try ByteIdentityTests.exchange($0, &numbers) }
        let compressed = exchanges.count { $0.coding != nil }
        print("\(exchanges.count) exchanges, \(compressed) of them compressed, seed \(seed)")
        let seen = Mutex<[Int: [UInt8]]>([:])
        let server = try await HTTPServer(host: "127.0.0.1", port: 0)
        let serving = Task {
            try await server.run { request, body, response in
                guard let number = request.fields["x-number"].flatMap({ Int($0) }) else { return }
                seen.withLock { $0[number] = body }
                let exchange = exchanges[number]
                var fields = HTTPFields([.init("X-Odd", "kept, as it is")])
                let streamType = exchange.format == .ollama ? "application/x-ndjson" : "text/event-stream"
                fields["content-type"] = exchange.isStreamed ? streamType : "application/json"
                fields["content-encoding"] = exchange.coding
                try await response.begin(HTTPResponse(status: 200, fields: fields))
                var start = 0
                for size in exchange.pieces {
                    try await response.write(Array(exchange.response[start..<(start + size)]))
                    start += size
                }
                try await response.finish()
            }
        }
        defer { serving.cancel() }
        let folder = TemporaryFolder()
        let proxy = try await Proxy(
            ProxySettings(
                upstream: try Origin("http://127.0.0.1:\(server.port)"), folder: folder.path,
                gate: GateSettings(approval: .all)), watcher: TablePerson { _ in nil })
        let proxying = Hold.$pause.withValue(3_600) { Task { try await proxy.run() } }
        let origin = try Origin("http://127.0.0.1:\(proxy.port)")
        let faults = try await withThrowingTaskGroup(of: String?.self) { group in
            var found: [String] = []
            for number in exchanges.indices {
                if number >= 12, let fault = try await group.next() ?? nil { found.append(fault) }
                group.addTask { try await ByteIdentityTests.pass(exchanges[number], number, origin) }
            }
            for try await fault in group { if let fault { found.append(fault) } }
            return found
        }
        proxying.cancel()
        _ = await proxying.result
        #expect(faults.prefix(5) == [], "seed \(seed)")
        let changed = exchanges.indices.filter { number in
            seen.withLock { $0[number] } != exchanges[number].request
        }
        #expect(changed == [], "seed \(seed)")
    }

    /// Sends one, and says what came back otherwise than it was sent.
    private static func pass(_ exchange: Exchange, _ number: Int, _ origin: Origin) async throws -> String? {
        let request = HTTPRequest(
            method: "POST", target: exchange.path,
            fields: HTTPFields([
                .init("content-type", "application/json"), .init("x-number", String(number)),
                .init("accept-encoding", "gzip, deflate, br"),
            ]))
        let (head, bytes) = try await HTTPClient().send(request, body: exchange.request, to: origin) {
            head, body in
            (head, try await body.collect(upTo: 1 << 24))
        }
        let place = "\(number), \(exchange.format.rawValue), \(exchange.coding ?? "plain")"
        guard head.status == 200 else {
            return "\(place): \(head.status) \(String(decoding: bytes, as: UTF8.self))"
        }
        if head.fields["x-odd"] != "kept, as it is" { return "\(place): a field was lost" }
        if exchange.isStreamed, let coding = exchange.coding {
            // A stream is told anew without its encoding, in the same text.
            var decoder = try #require(ContentDecoder(coding, limit: 1 << 24))
            let text = try decoder.take(exchange.response)
            return head.fields["content-encoding"] == nil && bytes == text ? nil : "\(place): another text"
        }
        if head.fields["content-encoding"] != exchange.coding { return "\(place): another encoding" }
        return bytes == exchange.response ? nil : "\(place): other bytes"
    }

    private static func exchange(_ number: Int, _ numbers: inout SeededNumbers) throws -> Exchange {
        let format = WireFormat.allCases[number % WireFormat.allCases.count]
        let isStreamed = Bool.random(using: &numbers)
        let conversation = RandomConversation(number, format, &numbers)
        let (path, body) = conversation.request([])
        var object = body.objectValue ?? JSONObject()
        if format != .gemini { object["stream"] = .bool(isStreamed) }
        object["odd \(numbers.word())"] = ["n": 150, "text": .string(numbers.word()), "none": .null]
        let request = Array(
            JSONValue.object(object).text(Bool.random(using: &numbers) ? .spaced : .pretty).utf8)
        let turn = conversation.turns.randomElement(using: &numbers) ?? conversation.turns[0]
        let identity = ResponseIdentity(id: "id-\(number)", model: "m", created: 1_700_000_000)
        var response: [UInt8] =
            isStreamed
            ? ResponseWriter.stream(of: turn, in: format, identity: identity).flatMap {
                odd($0, format, &numbers)
            }
            : Array(
                withOdd(ResponseWriter.whole(turn, in: format, identity: identity), &numbers)
                    .text(Bool.random(using: &numbers) ? .spaced : .pretty).utf8)
        var coding: String?
        if Int.random(in: 0..<3, using: &numbers) == 0 {
            coding = Bool.random(using: &numbers) ? "gzip" : "deflate"
            response = try Compressed.bytes(response, coding ?? "", &numbers)
        }
        var pieces: [Int] = []
        var left = response.count
        let most = [20, 200, 4_000].randomElement(using: &numbers) ?? 1
        while left > 0 {
            pieces.append(min(left, Int.random(in: 1...most, using: &numbers)))
            left -= pieces.last ?? 1
        }
        let target =
            format == .gemini
            ? "/v1beta/models/m:" + (isStreamed ? "streamGenerateContent?alt=sse" : "generateContent") : path
        return Exchange(
            format: format, isStreamed: isStreamed, path: target, request: request, response: response,
            coding: coding, pieces: pieces)
    }

    /// A frame with members that no format has, and sometimes a frame before it that means nothing.
    private static func odd(_ frame: [UInt8], _ format: WireFormat, _ numbers: inout SeededNumbers) -> [UInt8]
    {
        guard Bool.random(using: &numbers), let brace = frame.firstIndex(of: UInt8(ascii: "{")) else {
            return frame
        }
        let member = Array("\"odd\" : {\"a\":1.0e2, \"b\" : [ ]},".utf8)
        let line: [UInt8] = format == .ollama || Bool.random(using: &numbers) ? [] : Array(": odd\n\n".utf8)
        return line + frame[...brace] + member + frame[(brace + 1)...]
    }

    private static func withOdd(_ value: JSONValue, _ numbers: inout SeededNumbers) -> JSONValue {
        guard var object = value.objectValue else { return value }
        object["odd"] = ["a": .string(numbers.word())]
        return .object(object)
    }
}

/// Compressed bodies, put together by hand from blocks of every kind but those with codes of their own.
enum Compressed {
    static func bytes(_ text: [UInt8], _ coding: String, _ numbers: inout SeededNumbers) throws -> [UInt8] {
        var writer = BitWriter()
        var rest = text[...]
        repeat {
            let piece = rest.prefix(Int.random(in: 1...900, using: &numbers))
            rest = rest.dropFirst(piece.count)
            writer.write(rest.isEmpty ? 1 : 0, bits: 1)
            if Bool.random(using: &numbers) {
                writer.write(0, bits: 2)
                writer.align()
                writer.write(piece.count, bits: 16)
                writer.write(piece.count ^ 0xFFFF, bits: 16)
                for byte in piece { writer.write(Int(byte), bits: 8) }
            } else {
                writer.write(1, bits: 2)
                for byte in piece {
                    // The fixed code's words stand with their first bit first.
                    let (word, length) = byte < 144 ? (0x30 + Int(byte), 8) : (0x190 + Int(byte) - 144, 9)
                    for bit in (0..<length).reversed() { writer.write(word >> bit & 1, bits: 1) }
                }
                writer.write(0, bits: 7)
            }
        } while !rest.isEmpty
        writer.align()
        return coding == "gzip"
            ? [0x1F, 0x8B, 8, 8, 0, 0, 0, 0, 0, 3] + Array("name\0".utf8) + writer.bytes
                + little(crc(text)) + little(UInt32(text.count))
            : [0x78, 0x9C] + writer.bytes + little(adler(text)).reversed()
    }

    private static func little(_ value: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * UInt32($0))) }
    }

    private static func crc(_ bytes: [UInt8]) -> UInt32 {
        var sum: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
        }
        return ~sum
    }

    private static func adler(_ bytes: [UInt8]) -> UInt32 {
        var (a, b): (UInt32, UInt32) = (1, 0)
        for byte in bytes {
            a = (a + UInt32(byte)) % 65_521
            b = (b + a) % 65_521
        }
        return b << 16 | a
    }

    private struct BitWriter {
        var bytes: [UInt8] = []
        private var free = 0

        mutating func write(_ value: Int, bits: Int) {
            for bit in 0..<bits {
                if free == 0 {
                    bytes.append(0)
                    free = 8
                }
                bytes[bytes.count - 1] |= UInt8(value >> bit & 1) << UInt8(8 - free)
                free -= 1
            }
        }

        mutating func align() { free = 0 }
    }
}
