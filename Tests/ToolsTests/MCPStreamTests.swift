import JSON
import Testing

@testable import Tools

/// Conversations that are cut, broken up, and answered under wrong IDs, as lines and as an event stream.
@Suite struct MCPStreamTests {
    /// How messages are told apart.
    enum Framing: String, CaseIterable, Sendable {
        case lines
        case events

        func bytes(_ messages: [String]) -> [UInt8] {
            switch self {
            case .lines: Array(messages.map { $0 + "\n" }.joined().utf8)
            case .events:
                Array(messages.map { "event: message\r\nid: 1\r\ndata: \($0)\r\n\r\n" }.joined().utf8)
            }
        }

        /// Takes the bytes in pieces of at most that many.
        func messages(_ bytes: [UInt8], most: Int, _ generator: inout SeededNumbers) -> [[UInt8]] {
            var lines = LineFramer()
            var events = EventStreamParser()
            var found: [[UInt8]] = []
            var start = 0
            while start < bytes.count {
                let end = min(bytes.count, start + Int.random(in: 1...most, using: &generator))
                let piece = Array(bytes[start..<end])
                found += self == .lines ? lines.append(piece) : events.append(piece)
                start = end
            }
            return found
        }
    }

    /// A modern server's side: it is discovered, lists a tool, asks for input, and answers two calls out of order.
    private static let messages = [
        #"{"jsonrpc":"2.0","id":1,"result":{"supportedVersions":["2026-07-28"]}}"#,
        #"{"jsonrpc":"2.0","id":2,"result":{"tools":[{"name":"a","inputSchema":{}}]}}"#,
        #"{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":3,"progress":1}}"#,
        #"{"jsonrpc":"2.0","id":3,"result":{"resultType":"input_required","inputRequests":{"k":{"method":"elicitation/create","params":{"message":"é?"}}},"requestState":"s"}}"#,
        #"{"jsonrpc":"2.0","id":4,"result":{"content":[{"type":"text","text":"second"}]}}"#,
        #"{"jsonrpc":"2.0","id":5,"result":{"content":[{"type":"text","text":"first"}]}}"#,
    ]

    /// What became of the two calls.
    private struct Outcome: Equatable {
        var results: [Int: String] = [:]
        var failures: [Int: String] = [:]
        var ends = 0
        var hasCalled = false
    }

    private func play(_ messages: [[UInt8]]) -> Outcome {
        var session = MCPSession(server: "s")
        var outcome = Outcome()
        var queue = session.start()
        func drain() {
            while !queue.isEmpty {
                switch queue.removeFirst() {
                case .tools where !outcome.hasCalled:
                    outcome.hasCalled = true
                    queue += session.call(1, name: "a", arguments: [:])
                    queue += session.call(2, name: "a", arguments: [:])
                case .ask(let question, _): queue += session.answer(question, .decline)
                case .wait(let call, _): queue += session.resume(call)
                case .finished(let call, let result):
                    outcome.results[call] = result.content
                    outcome.ends += 1
                case .failed(let call, let reason):
                    outcome.failures[call] = reason
                    outcome.ends += 1
                default: break
                }
            }
        }
        drain()
        for message in messages {
            queue += session.receive(message)
            drain()
        }
        queue += session.close("over")
        drain()
        #expect(session.calls.isEmpty && session.pending.isEmpty && session.questions.isEmpty)
        return outcome
    }

    @Test("every prefix answers what it holds whole, and fails the rest once", arguments: Framing.allCases)
    func prefixes(framing: Framing) {
        let bytes = framing.bytes(MCPStreamTests.messages)
        let whole = Outcome(results: [1: "first", 2: "second"], ends: 2, hasCalled: true)
        var generator = SeededNumbers(seed: 0)
        #expect(play(framing.messages(bytes, most: bytes.count, &generator)) == whole)
        for length in 0..<bytes.count {
            let outcome = play(framing.messages(Array(bytes[..<length]), most: 7, &generator))
            #expect(outcome.ends == (outcome.hasCalled ? 2 : 0), "the first \(length) bytes")
            for (call, result) in outcome.results { #expect(result == whole.results[call], "\(length)") }
            for reason in outcome.failures.values {
                #expect(reason == "server s over; whether the call took effect is unknown", "\(length)")
            }
        }
    }

    @Test("where the bytes are cut makes no difference", arguments: Framing.allCases)
    func splits(framing: Framing) {
        let seed = UInt64.random(in: 0..<1_000_000)
        print("MCP, \(framing): seed \(seed)")
        var generator = SeededNumbers(seed: seed)
        let bytes = framing.bytes(MCPStreamTests.messages)
        for _ in 0..<300 {
            let most = [1, 3, 40, 400].randomElement(using: &generator) ?? 1
            let outcome = play(framing.messages(bytes, most: most, &generator))
            #expect(outcome.results == [1: "first", 2: "second"] && outcome.ends == 2, "seed \(seed)")
        }
    }

    @Test(
        "lost, repeated and swapped messages, and wrong, missing and double IDs, end each call once, with its own result or none",
        arguments: Framing.allCases)
    func identities(framing: Framing) throws {
        let seed = UInt64.random(in: 0..<1_000_000)
        print("MCP, \(framing): seed \(seed)")
        var generator = SeededNumbers(seed: seed)
        let whole = try MCPStreamTests.messages.map { try JSONParser.parse($0) }
        let odd: [JSONValue?] = [
            nil, .null, 0, 3, 4, 5, 6, -1, "4", "", .number(JSONNumber(4.5)!), [], [:], .bool(true),
        ]
        var answered = 0
        for _ in 0..<3_000 {
            var messages = whole
            for _ in 0...Int.random(in: 0..<3, using: &generator) {
                let place = Int.random(in: messages.indices, using: &generator)
                switch Int.random(in: 0..<4, using: &generator) {
                case 0 where messages.count > 1: messages.remove(at: place)
                case 1:
                    messages.insert(
                        messages[place], at: Int.random(in: 0...messages.count, using: &generator))
                case 2: messages.swapAt(place, Int.random(in: messages.indices, using: &generator))
                default:
                    let new = odd.randomElement(using: &generator) ?? nil
                    let kept = (messages[place].objectValue ?? JSONObject()).filter { $0.key != "id" }
                    messages[place] = .object(
                        JSONObject((new.map { [JSONObject.Member(key: "id", value: $0)] } ?? []) + kept))
                }
            }
            let bytes = framing.bytes(messages.map { $0.text() })
            let outcome = play(framing.messages(bytes, most: 50, &generator))
            #expect(outcome.ends == (outcome.hasCalled ? 2 : 0), "seed \(seed)")
            #expect(Set(outcome.results.keys).isDisjoint(with: outcome.failures.keys), "seed \(seed)")
            answered += outcome.results.count
        }
        #expect(answered > 0)
    }
}
