import Foundation
import LocalServer
import Testing

/// A key in the environment reaches the server that it is for, and nothing else: no file of the working folder and no
/// byte that goes to a terminal, whatever the server does with it.
@Suite struct KeyTests {
    /// What a server does with a request.
    enum Conduct: String, CaseIterable, Sendable {
        case answers
        /// Says who it has refused, with the key.
        case refuses
        /// Sends its client elsewhere, with the key in the address.
        case redirects
        /// Breaks off in the middle of a stream with an error that holds the key.
        case failsInTheStream
        /// The connection breaks in the middle of a call.
        case cuts
    }

    private static let words = "T-1042 is open."

    @Test(.timeLimit(.minutes(20)), arguments: ["openai", "anthropic"], Conduct.allCases)
    func theKeyIsInNoFileAndOnNoScreen(format: String, conduct: Conduct) throws {
        let secret = "sk-\(format)-\(conduct.rawValue)-0123456789abcdef"
        let variable = "CALLGATE_KEY_\(format.uppercased())_\(conduct.rawValue.uppercased())"
        let elsewhere = try LocalServer { _, _ in LocalServer.Reply(status: 404, "nothing here") }
        let folder = try Folder()
        for way in ["headless", "screen", "terminal"] {
            let server = try LocalServer { request, number in
                KeyTests.reply(to: request, number, format, conduct, elsewhere: elsewhere.url)
            }
            try workflow(format, server, variable, name: way, in: folder)
            let arguments = ["run", "\(way).yaml", "--record", "\(way).jsonl"]
            let environment = [variable: secret]
            switch way {
            case "headless":
                let run = try CommandLineRun(
                    arguments + ["--headless", "--approve", "all"], in: folder, environment: environment)
                #expect((run.status == 0) == (conduct == .answers), "\(run.errors)")
                #expect(!(run.output + run.errors).contains(secret))
            case "screen":
                try folder.write("await:before the request\nc\nawait:ended\n", to: "keys.txt")
                let run = try CommandLineRun(
                    arguments + ["--keys", "keys.txt"], in: folder, environment: environment)
                #expect(run.output.contains("ended"), "\(run.output)\(run.errors)")
                #expect(!(run.output + run.errors).contains(secret))
            default:
                let play = try TerminalPlay(
                    arguments, journal: "\(way).jsonl", in: folder, environment: environment)
                guard let play else { continue }
                #expect(play.output.count > 2_000)
            }
            // What proves that the search looks for what was there: the server has seen the key.
            #expect(try #require(server.requests.first).headers.values.contains { $0.contains(secret) })
            let journal = try folder.read("\(way).jsonl")
            #expect(journal.contains(#""kind":"request""#) && journal.contains(#""kind":"end""#), "\(way)")
            #expect(conduct != .answers || journal.contains(KeyTests.words), "\(way): \(journal.suffix(500))")
            #expect(
                conduct != .refuses || journal.contains("(\(variable))"), "\(way): \(journal.suffix(500))")
        }
        #expect(elsewhere.requests.isEmpty)
        #expect(try folder.files(holding: "look up T-1042").count >= 2)
        #expect(try folder.files(holding: secret) == [])
    }

    private func workflow(
        _ format: String, _ server: LocalServer, _ variable: String, name: String, in folder: Folder
    ) throws {
        let url = format == "openai" ? server.url + "/v1" : server.url
        try folder.write(
            """
            model:
              \(format): {url: "\(url)", model: test-model, key: \(variable)}
            tools: [{builtin: support-desk, database: desk.sqlite}]
            policy: {allow: [{tool: get_*}]}
            prompt: look up T-1042
            """, to: "\(name).yaml")
    }

    private static func reply(
        to request: LocalServer.Request, _ number: Int, _ format: String, _ conduct: Conduct,
        elsewhere: String
    ) -> LocalServer.Reply {
        let key = request.headers["x-api-key"] ?? request.headers["authorization"] ?? "nobody"
        let call = stream(format, format == "openai" ? openAICall : anthropicCall)
        switch conduct {
        case .answers where number == 0: return call
        case .answers: return stream(format, format == "openai" ? openAIWords : anthropicWords)
        case .refuses:
            return LocalServer.Reply(
                status: 401,
                #"{"type":"error","error":{"type":"authentication_error","message":"not with \#(key)"}}"#)
        case .redirects:
            let word = key.split(separator: " ").last ?? ""
            return LocalServer.Reply(
                status: 307, headers: ["Location": "\(elsewhere)/x?key=\(word)"], "to \(key)")
        case .failsInTheStream:
            let error = #"{"type":"error","error":{"type":"server_error","message":"no more for \#(key)"}}"#
            return LocalServer.Reply(
                pieces: Array(call.pieces.prefix(2)) + [Array("event: error\ndata: \(error)\n\n".utf8)])
        case .cuts: return LocalServer.Reply(pieces: Array(call.pieces.prefix(3)), isCut: true)
        }
    }

    private static func stream(_ format: String, _ chunks: [String]) -> LocalServer.Reply {
        LocalServer.Reply(
            pieces: chunks.map { chunk in
                let name = chunk.split(separator: "\"").dropFirst(2).first.map(String.init) ?? ""
                let head = format == "anthropic" ? "event: \(name)\n" : ""
                return Array("\(head)data: \(chunk)\n\n".utf8)
            })
    }

    private static let openAICall = [
        #"{"choices":[{"index":0,"delta":{"role":"assistant","content":null,"tool_calls":[{"index":0,"id":"call_7","type":"function","function":{"name":"get_ticket","arguments":""}}]},"finish_reason":null}]}"#,
        #"{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"id\": \"T-1042\"}"}}]},"finish_reason":null}]}"#,
        #"{"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}"#, "[DONE]",
    ]
    private static let openAIWords = [
        #"{"choices":[{"index":0,"delta":{"content":"\#(words)"},"finish_reason":null}]}"#,
        #"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#, "[DONE]",
    ]
    private static let anthropicCall = [
        #"{"type":"message_start","message":{"usage":{"input_tokens":40,"output_tokens":1}}}"#,
        #"{"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"toolu_1","name":"get_ticket","input":{}}}"#,
        #"{"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"{\"id\": \"T-1042\"}"}}"#,
        #"{"type":"content_block_stop","index":0}"#,
        #"{"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":30}}"#,
        #"{"type":"message_stop"}"#,
    ]
    private static let anthropicWords = [
        #"{"type":"message_start","message":{"usage":{"input_tokens":40,"output_tokens":1}}}"#,
        #"{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"#,
        #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"\#(words)"}}"#,
        #"{"type":"content_block_stop","index":0}"#,
        #"{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":5}}"#,
        #"{"type":"message_stop"}"#,
    ]
}
