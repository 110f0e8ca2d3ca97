import Agent
import JSON
import Mutations
import Testing

@testable import Tools

@Suite struct ServerParserFuzzTests {
    @Test func damagedEventStreamsAreReadOrRefused() {
        let texts = [
            "data: {\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}\n\n",
            ": ping\n\nevent: message\ndata: a\ndata: b\n\n",
            "\u{FEFF}data:x\r\n\r\nid: 3\rdata: y\r\r",
        ]
        let outcome = ParserFuzz.run("event streams", corpus: texts.map { Array($0.utf8) }) { bytes in
            var whole = EventStreamParser()
            let events = whole.append(bytes)
            // However the bytes are cut, the events are the same.
            var pieces = EventStreamParser()
            var others: [[UInt8]] = []
            for start in stride(from: 0, to: bytes.count, by: 7) {
                others += pieces.append(Array(bytes[start..<min(bytes.count, start + 7)]))
            }
            #expect(events == others)
            return !events.isEmpty
        }
        #expect(outcome.slowest < 10)
    }

    @Test func damagedMessagesOfServersAreReadOrRefused() {
        let texts = [
            #"{"jsonrpc":"2.0","id":1,"result":{"protocolVersion":"2025-06-18","capabilities":{"tools":{}},"serverInfo":{"name":"s"}}}"#,
            #"{"jsonrpc":"2.0","id":2,"result":{"tools":[{"name":"a","description":"d","inputSchema":{"type":"object"}}],"nextCursor":"x"}}"#,
            #"{"jsonrpc":"2.0","id":3,"result":{"content":[{"type":"text","text":"t"},{"type":"image","data":"","mimeType":"x"}],"isError":false}}"#,
            #"{"jsonrpc":"2.0","id":4,"error":{"code":-32602,"message":"no"}}"#,
            #"{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":1,"progress":0.5}}"#,
            #"{"jsonrpc":"2.0","id":"q","method":"elicitation/create","params":{"message":"m","requestedSchema":{"type":"object"}}}"#,
        ]
        let outcome = ParserFuzz.run("messages of servers", corpus: texts.map { Array($0.utf8) }) { bytes in
            var session = MCPSession(server: "s")
            var actions = session.start().count
            for text in texts.prefix(2) { actions += session.receive(Array(text.utf8)).count }
            return session.receive(bytes).count + actions > actions
        }
        #expect(outcome.slowest < 10)
    }
}
