import Agent
import Formats
import JSON
import Testing

@testable import Models

/// What streamed bytes amount to, however they are cut, broken off or damaged.
@Suite struct StreamTests {
    private func read(
        _ stream: RecordedStream, _ pieces: [ArraySlice<UInt8>]
    ) throws -> (response: ModelResponse, pieces: [ResponsePiece]) {
        var reader = stream.reader()
        var seen: [ResponsePiece] = []
        for piece in pieces { seen += try reader.take(Array(piece)).flatMap(\.pieces) }
        return (try reader.response(numberingFrom: 1), seen)
    }

    @Test(arguments: RecordedStream.all)
    func aWholeStreamIsItsResponse(stream: RecordedStream) throws {
        let (response, pieces) = try read(stream, [stream.bytes[...]])
        #expect(response == stream.response)
        let words = pieces.flatMap { piece -> [UInt8] in
            switch piece {
            case .text(let text), .arguments(_, let text): Array(text.utf8)
            case .token(let token): token.bytes
            default: []
            }
        }
        // Parallel calls may take turns, so that only the amount is the same.
        let expected = stream.response.content + stream.response.calls.map(\.arguments.text).joined()
        let given = stream.description == "Anthropic, calls" ? expected.dropLast(2) : expected[...]
        #expect(words.sorted() == given.utf8.sorted())
    }

    @Test(arguments: RecordedStream.all)
    func everyPrefixIsTheResponseOrNone(stream: RecordedStream) throws {
        var whole = 0
        for length in 0..<stream.bytes.count {
            guard var (response, _) = try? read(stream, [stream.bytes[..<length]]) else { continue }
            whole += 1
            // After the reason of the end only the usage is still to come.
            response.usage = stream.response.usage
            #expect(response == stream.response, "the first \(length) bytes")
        }
        // The end of the last line or event at least is needed for nothing.
        #expect(whole < stream.bytes.count / 2)
    }

    @Test(arguments: RecordedStream.all)
    func whereBytesAreCutMakesNoDifference(stream: RecordedStream) throws {
        let seed = UInt64.random(in: 0..<1_000_000)
        print("\(stream): seed \(seed)")
        var random = SplitMix(seed: seed)
        let (response, pieces) = try read(stream, [stream.bytes[...]])
        for _ in 0..<200 {
            var cuts: [ArraySlice<UInt8>] = []
            var position = 0
            let most = [1, 3, 40, 400].randomElement(using: &random) ?? 1
            while position < stream.bytes.count {
                let end = min(stream.bytes.count, position + Int.random(in: 1...most, using: &random))
                cuts.append(stream.bytes[position..<end])
                position = end
            }
            let again = try read(stream, cuts)
            #expect(again.response == response && again.pieces == pieces, "seed \(seed)")
        }
    }

    @Test(arguments: [RecordedStream.openAIWords, .openAICalls, .anthropicCalls])
    func lineEndsOfEveryKindMeanTheSame(stream: RecordedStream) throws {
        let text = String(decoding: stream.bytes, as: UTF8.self)
        for end in ["\r\n", "\r"] {
            let bytes = Array(
                (": a comment\n\n" + text).split(separator: "\n", omittingEmptySubsequences: false).joined(
                    separator: end
                ).utf8)
            #expect(try read(stream, [bytes[...]]).response == stream.response)
        }
    }

    /// Whatever is damaged, a call that comes out has a name and arguments that stand in the stream.
    @Test(arguments: RecordedStream.all)
    func damagedStreamsNeverMakeACallUp(stream: RecordedStream) throws {
        let seed = UInt64.random(in: 0..<1_000_000)
        print("\(stream): seed \(seed)")
        var random = SplitMix(seed: seed)
        var survivors = 0
        for _ in 0..<2_000 {
            var bytes = stream.bytes
            for _ in 0...Int.random(in: 0..<3, using: &random) {
                let place = Int.random(in: bytes.indices, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: place)
                case 2:
                    bytes.insert(
                        contentsOf: bytes[place...].prefix(Int.random(in: 0...80, using: &random)), at: place)
                default:
                    bytes.removeSubrange(
                        place..<min(bytes.count, place + Int.random(in: 1...120, using: &random)))
                }
                if bytes.isEmpty { bytes = [0x0A] }
            }
            guard let (response, _) = try? read(stream, [bytes[...]]) else { continue }
            survivors += 1
            for call in response.calls {
                #expect(!call.id.text.isEmpty && !call.name.isEmpty, "seed \(seed)")
            }
            #expect(response.finishReason != .length || response.calls.isEmpty, "seed \(seed)")
        }
        #expect(survivors > 0)
    }
}

@Suite struct CallStreamTests {
    private func response(_ deltas: [String], finish: String = "tool_calls") throws -> ModelResponse {
        var reader = ResponseReader(.chatCompletions)
        _ = try reader.take(events(deltas.map { chunk($0) } + [chunk("{}", finish: finish), "[DONE]"]))
        return try reader.response(numberingFrom: 4)
    }

    private func fragment(_ index: String, _ id: String?, _ name: String?, _ arguments: String) -> String {
        let id = id.map { #""id":"\#($0)","# } ?? ""
        let name = name.map { #""name":"\#($0)","# } ?? ""
        let quoted = JSONValue.string(arguments).text()
        return #"{"tool_calls":[{"index":\#(index),\#(id)"function":{\#(name)"arguments":\#(quoted)}}]}"#
    }

    @Test func indicesMaySkipAndComeInAnyOrder() throws {
        let calls = try response([
            fragment("7", "x", "f", "{"), fragment("2", "y", "g", "{"), fragment("7", nil, nil, "}"),
            fragment("2", nil, nil, "\"a\":1}"),
        ]).calls
        #expect(calls == [call("x", "f", "{}"), call("y", "g", #"{"a":1}"#)])
    }

    @Test func aServerThatCountsEveryCallAsTheFirstIsToldByTheIDs() throws {
        let calls = try response([fragment("0", "x", "f", "{}"), fragment("0", "y", "f", "{}")]).calls
        #expect(calls == [call("x", "f", "{}"), call("y", "f", "{}")])
    }

    @Test func aMissingIDIsNumberedAndNeverLikeAnother() throws {
        let calls = try response([fragment("0", nil, "f", "{}"), fragment("1", "call_4", "g", "{}")]).calls
        #expect(calls == [call("call_5", "f", "{}"), call("call_4", "g", "{}")])
    }

    /// The loop refuses to run them: nobody could tell their results apart.
    @Test func duplicateIDsAreKeptForThePairingToRefuse() throws {
        let calls = try response([fragment("0", "x", "f", "{}"), fragment("1", "x", "g", "{}")]).calls
        #expect(calls.map(\.id.text) == ["x", "x"])
        #expect(throws: PairingError.self) { try PairingError.checkIDs(of: calls, round: 1) }
    }

    @Test func malformedArgumentsAreKeptToTheByteAndRefusedByTheChecker() throws {
        let text = "{\"id\": \"T-1042\", \u{1B}[2J 'x', e\u{301}"
        let calls = try response([
            fragment("0", "x", "f", String(text.prefix(9))),
            fragment("0", nil, nil, String(text.dropFirst(9))),
        ]).calls
        #expect(Array(calls[0].arguments.text.utf8) == Array(text.utf8))
        let checker = try CallChecker(catalogue: [ToolDefinition(name: "f", description: "", parameters: [:])]
        )
        #expect(checker.problems(name: "f", arguments: calls[0].arguments).first?.kind == .malformed)
        #expect(calls[0].argumentsObject == ["malformed_arguments": .string(text)])
    }

    @Test(arguments: ["length", "content_filter"])
    func aResponseThatWasCutOffAsksForNothing(finish: String) throws {
        let cut = try response([fragment("0", "x", "f", "{}")], finish: finish)
        #expect(cut.calls.isEmpty && cut.finishReason == FinishReason(name: finish))
    }

    @Test func someServersEndARoundOfCallsWithStop() throws {
        #expect(try response([fragment("0", "x", "f", "{}")], finish: "stop").finishReason == .toolCalls)
    }

    @Test func whatIsNoCallIsAFault() {
        for deltas in [
            [fragment("0", nil, nil, "{}")], [fragment("-1", "x", "f", "{}")],
            [fragment("0.5", "x", "f", "{}")],
            [fragment("\"a\"", "x", "f", "{}")], [fragment("0", "x", nil, "{}")], [],
        ] {
            #expect(throws: StreamFault.self) { try response(deltas) }
        }
    }

    @Test func anErrorInTheStreamIsTheServersWord() throws {
        var reader = ResponseReader(.chatCompletions)
        let fault = #expect(throws: StreamFault.self) {
            try reader.take(events([#"{"error":{"message":"out of\nmemory","type":"server_error"}}"#]))
        }
        #expect(fault?.description == "the server answered with an error: server_error: out of memory")
        var other = ResponseReader(.messages)
        let overloaded = #expect(throws: StreamFault.self) {
            try other.take(
                namedEvents([#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#])
            )
        }
        #expect(overloaded?.isTransient == true)
    }

    @Test(arguments: [
        [#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"x"}}"#],
        [#"{"type":"content_block_stop","index":3}"#],
        [#"{"type":"content_block_start","content_block":{"type":"text","text":""}}"#],
        [
            #"{"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"x","input":{}}}"#
        ],
        [
            #"{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"#,
            #"{"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"x","name":"f","input":{}}}"#,
        ],
        [
            #"{"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"x","name":"f","input":{}}}"#,
            #"{"type":"content_block_stop","index":0}"#,
            #"{"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"{}"}}"#,
        ],
        [
            #"{"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"x","name":"f","input":{}}}"#,
            #"{"type":"message_delta","delta":{"stop_reason":"tool_use"}}"#, #"{"type":"message_stop"}"#,
        ],
    ])
    func blocksOutOfOrderAreFaults(stream: [String]) {
        var reader = ResponseReader(.messages)
        #expect(throws: StreamFault.self) {
            _ = try reader.take(namedEvents(stream))
            _ = try reader.response(numberingFrom: 1)
        }
    }
}
