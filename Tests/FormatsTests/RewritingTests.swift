import Agent
import Formats
import JSON
import Testing

/// Calls written anew in the stream that tells them, and what keeps a client waiting meanwhile.
@Suite struct RewritingTests {
    @Test(arguments: WireFormat.allCases, [false, true])
    func aRewrittenCallIsReadEverywhereAsItWasRewritten(format: WireFormat, isWhole: Bool) throws {
        let seed = UInt64.random(in: 0..<1_000_000)
        print("\(format.title), \(isWhole ? "whole" : "stream"): seed \(seed)")
        var random = SplitMix(seed: seed)
        var rewritten = 0
        for number in 0..<200 {
            let response = ModelResponse.random(&random)
            guard !response.calls.isEmpty else { continue }
            let bytes =
                isWhole
                ? Array(ResponseWriter.whole(response, in: format, identity: identity).text().utf8)
                : ResponseWriter.stream(of: response, in: format, identity: identity).flatMap { $0 }
            let frames = try read(bytes, as: format, &random).frames
            #expect(
                try format.rewriting(frames, [:]).flatMap { $0 } == bytes, "seed \(seed), response \(number)")
            var expected = response
            var rewrites: [Int: CallRewrite] = [:]
            for place in response.calls.indices where random.chance(0.6) {
                var rewrite = CallRewrite()
                if random.chance(0.7) {
                    rewrite.arguments = JSONValue.object(
                        JSONObject([
                            JSONObject.Member(key: "new", value: .string(ModelResponse.sentence(&random)))
                        ])
                    ).text(.spaced)
                }
                if random.chance(0.4) { rewrite.name = "denied_by_reviewer" }
                rewrites[place + 1] = rewrite
                if let arguments = rewrite.arguments {
                    expected.calls[place].arguments = ByteString(arguments)
                }
                expected.calls[place].name = rewrite.name ?? expected.calls[place].name
                rewritten += 1
            }
            let changed = try format.rewriting(frames, rewrites).flatMap { $0 }
            let (read, _) = try read(changed, as: format, &random)
            #expect(read.essence == expected.essence, "seed \(seed), response \(number)")
            #expect(read.remarks == [], "seed \(seed), response \(number)")
            // No place may still tell what was there before.
            let text = String(decoding: changed, as: UTF8.self)
            let after = Set(expected.calls.map(\.arguments))
            for (place, rewrite) in rewrites where rewrite.arguments != nil {
                let arguments = response.calls[place - 1].arguments
                let before = JSONValue.string(arguments.text).text()
                guard before.utf8.count >= 12, !after.contains(arguments) else { continue }
                #expect(!text.contains(before), "seed \(seed), response \(number)")
            }
        }
        #expect(rewritten > 50)
        print("\(rewritten) calls rewritten")
    }

    @Test func whatIsNotRewrittenKeepsItsBytes() {
        let whole =
            #"{ "id":"m1","type":"message", "content":[{"type":"thinking","thinking":"h\u00e9","signature":"s=="},"#
            + #"{"type":"tool_use","id":"t1","name":"Bash","input":{"command" : "ls\u0020-l"},"cache_control":1.0}],"#
            + #""stop_reason":"tool_use" }"#
        let bytes = Array(whole.utf8)
        let changed = WireFormat.messages.rewriting(
            whole: bytes, [1: CallRewrite(arguments: #"{"command":"ls"}"#)])
        #expect(
            changed.map { String(decoding: $0, as: UTF8.self) }
                == whole.replacing(#"{"command" : "ls\u0020-l"}"#, with: #"{"command":"ls"}"#))
    }

    @Test func aCallWithoutArgumentsGetsAFrameForThem() throws {
        let response = ModelResponse(
            content: "", calls: [ToolCall(id: ToolCallID("t1"), name: "list", arguments: ByteString("{}"))],
            finishReason: .toolCalls)
        let stream = [
            #"{"type":"message_start","message":{}}"#,
            #"{"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"t1","name":"list","input":{}}}"#,
            #"{"type":"content_block_stop","index":0}"#,
            #"{"type":"message_delta","delta":{"stop_reason":"tool_use"}}"#, #"{"type":"message_stop"}"#,
        ].map { "data: \($0)\n\n" }.joined()
        var random = SplitMix(seed: 1)
        let (read, frames) = try read(Array(stream.utf8), as: .messages, &random)
        #expect(read.essence == response.essence)
        let changed = try WireFormat.messages.rewriting(
            frames, [1: CallRewrite(arguments: #"{"all": true}"#)])
        let again = try FormatsTests.read(changed.flatMap { $0 }, as: .messages, &random).response
        #expect(again.calls.map(\.arguments.text) == [#"{"all": true}"#])
    }

    @Test(arguments: WireFormat.allCases)
    func whatKeepsAClientWaitingChangesNothing(format: WireFormat) throws {
        var random = SplitMix(seed: 7)
        for _ in 0..<60 {
            let response = ModelResponse.random(&random)
            let bytes = ResponseWriter.stream(of: response, in: format, identity: identity).flatMap { $0 }
            var alive = KeepAlive(format, isStreamed: true)
            var held: [UInt8] = []
            for frame in try read(bytes, as: format, &random).frames {
                held += frame.frame.bytes
                alive.see(frame.frame)
                if !frame.isEnd { held += alive.bytes }
            }
            let read = try read(held, as: format, &random).response
            #expect(read.essence == response.essence && read.remarks == [])
        }
    }
}
