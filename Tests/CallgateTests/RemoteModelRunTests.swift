import Foundation
import LocalServer
import Testing

/// Workflows whose model is behind a server, through the built program.
@Suite struct RemoteModelRunTests {
    private static let secret = "sk-run-fedcba9876543210-never-written"
    private static let environment = ["CALLGATE_TEST_KEY": secret]

    /// Two rounds: a call, then words; before the first one the server is busy, and it echoes the key when asked to fail.
    private static func server() throws -> LocalServer {
        try LocalServer { request, number in
            switch number {
            case 0: return LocalServer.Reply(status: 503, headers: ["retry-after-ms": "700"], echo(request))
            case 1:
                return stream([
                    #"{"choices":[{"index":0,"delta":{"role":"assistant","content":null,"tool_calls":[{"index":0,"id":"call_7","type":"function","function":{"name":"get_ticket","arguments":""}}]},"finish_reason":null}]}"#,
                    #"{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"id\": \"T-1042\"}"}}]},"finish_reason":null}]}"#,
                    #"{"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}"#,
                    #"{"choices":[],"usage":{"prompt_tokens":50,"completion_tokens":12}}"#,
                ])
            default:
                return stream([
                    #"{"choices":[{"index":0,"delta":{"content":"T-1042 is open."},"finish_reason":null}]}"#,
                    #"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#,
                ])
            }
        }
    }

    private static func stream(_ chunks: [String]) -> LocalServer.Reply {
        LocalServer.Reply(pieces: (chunks + ["[DONE]"]).map { Array("data: \($0)\n\n".utf8) })
    }

    private static func echo(_ request: LocalServer.Request) -> String {
        #"{"error":{"message":"busy for \#(request.headers["authorization"] ?? "nobody")"}}"#
    }

    private func workflow(_ server: LocalServer, in folder: Folder) throws {
        try folder.write(
            """
            model:
              openai: {url: "\(server.url)/v1", model: test-model, key: CALLGATE_TEST_KEY}
            tools: [{builtin: support-desk, database: desk.sqlite}]
            policy: {allow: [{tool: get_*}]}
            prompt: look up T-1042
            """, to: "w.yaml")
    }

    /// Every file under the folder that holds the key, byte by byte.
    private func filesWithKey(in folder: Folder) throws -> [String] {
        let names =
            FileManager.default.enumerator(atPath: folder.url.path)?.compactMap { $0 as? String } ?? []
        #expect(names.contains("x.jsonl") && names.contains("desk.sqlite"))
        return try names.filter { name in
            var isFolder: ObjCBool = false
            let url = folder.url.appendingPathComponent(name)
            guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder),
                !isFolder.boolValue
            else { return false }
            return try Data(contentsOf: url).range(of: Data(RemoteModelRunTests.secret.utf8)) != nil
        }
    }

    @Test func aWorkflowRunsWithoutATerminalAndItsKeyIsInNoFile() throws {
        let folder = try Folder()
        let server = try RemoteModelRunTests.server()
        try workflow(server, in: folder)
        let run = try CommandLineRun(
            ["run", "w.yaml", "--headless", "--approve", "all", "--record", "x.jsonl"], in: folder,
            environment: RemoteModelRunTests.environment)
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output == "T-1042 is open.\n")
        #expect(
            run.errors.contains("attempt 1 failed")
                && run.errors.contains("busy for Bearer (CALLGATE_TEST_KEY)"))
        #expect(server.requests.count == 3)
        #expect(
            server.requests.allSatisfy {
                $0.headers["authorization"] == "Bearer \(RemoteModelRunTests.secret)"
            })
        let last = try #require(server.requests.last).text
        #expect(last.contains(#""role":"tool","tool_call_id":"call_7""#), "\(last)")
        let journal = try folder.read("x.jsonl")
        #expect(journal.contains(#""kind":"retry""#) && journal.contains(#""special":"<call get_ticket>""#))
        // Its own output is in that folder too.
        #expect(try filesWithKey(in: folder) == [])
        let replay = try CommandLineRun(["replay", "x.jsonl", "--print"], in: folder)
        #expect(replay.status == 0 && replay.output.contains("T-1042 is open."), "\(replay.errors)")
    }

    @Test func theDebuggerShowsTheRetryTheCallAndTheAnswerAndNeverTheKey() throws {
        let folder = try Folder()
        let server = try RemoteModelRunTests.server()
        try workflow(server, in: folder)
        try folder.write(
            """
            await:before the request
            s
            await:attempt 1 failed
            c
            await:the model answered
            """, to: "keys.txt")
        let run = try CommandLineRun(
            ["run", "w.yaml", "--keys", "keys.txt", "--screen", "140x40", "--record", "x.jsonl"], in: folder,
            environment: RemoteModelRunTests.environment)
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output.contains("T-1042 is open.") && run.output.contains("call_7"), "\(run.output)")
        #expect(try filesWithKey(in: folder) == [])
    }

    /// The server tells the first two of one place; the workflow names the vocabulary.
    @Test func aNamedVocabularyGivesTheMaskComputedHere() throws {
        let folder = try Folder()
        let server = try LocalServer { _, number in
            guard number == 0 else {
                return RemoteModelRunTests.stream([
                    #"{"choices":[{"index":0,"delta":{"content":"Done."},"finish_reason":"stop"}]}"#
                ])
            }
            return RemoteModelRunTests.stream([
                #"{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"c","function":{"name":"get_ticket","arguments":""}}]},"finish_reason":null}]}"#,
                #"{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"id\": "}}]},"finish_reason":null}]}"#,
                #"{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"\""}}]},"logprobs":{"content":[{"token":"\"","logprob":-0.1,"bytes":[34],"top_logprobs":[{"token":"\"","logprob":-0.1,"bytes":[34]},{"token":"7","logprob":-2.3,"bytes":[55]}]}]},"finish_reason":null}]}"#,
                #"{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"T-1042\"}"}}]},"finish_reason":"tool_calls"}]}"#,
            ])
        }
        let weights = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Sources/callgate/Resources/support-desk.gguf").standardizedFileURL
        try folder.write(
            """
            model: {openai: {url: "\(server.url)/v1", model: m, logprobs: 2, vocabulary: "\(weights.path)"}}
            tools: [{builtin: support-desk, database: desk.sqlite}]
            prompt: look up T-1042
            """, to: "w.yaml")
        let run = try CommandLineRun(
            ["run", "w.yaml", "--headless", "--approve", "all", "--record", "x.jsonl"], in: folder)
        #expect(run.status == 0, "\(run.errors)")
        let journal = try folder.read("x.jsonl").split(separator: "\n")
        let step = try #require(
            journal.firstIndex { $0.contains(#""kind":"token""#) && $0.contains(#""top":"#) })
        let shown = try CommandLineRun(
            ["replay", "x.jsonl", "--at", "\(step + 1)", "--screen", "200x60"], in: folder)
        #expect(shown.status == 0, "\(shown.errors)")
        for line in ["computed here: ", " · top 2 given, 1 refused here", "get_ticket"] {
            #expect(shown.output.contains(line), "\(shown.output)")
        }
        let missing = try folder.read("w.yaml").replacingOccurrences(of: weights.path, with: "/nowhere.gguf")
        try folder.write(missing, to: "missing.yaml")
        let failed = try CommandLineRun(["models", "check", "missing.yaml"], in: folder)
        #expect(
            failed.status == 2
                && failed.errors.contains("/nowhere.gguf, named as vocabulary, cannot be read"),
            "\(failed.errors)")
    }

    @Test func modelsCheckSaysWhatAModelCanTell() throws {
        let folder = try Folder()
        let server = try LocalServer { _, _ in
            RemoteModelRunTests.stream([
                #"{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"report_ready","arguments":"{\"ready\": true}"}}]},"finish_reason":"tool_calls"}]}"#
            ])
        }
        try workflow(server, in: folder)
        let run = try CommandLineRun(
            ["models", "check", "w.yaml"], in: folder, environment: RemoteModelRunTests.environment)
        #expect(run.status == 0, "\(run.errors)")
        for line in [
            "model      test-model (openai)", "key        from CALLGATE_TEST_KEY",
            #"call       report_ready {"ready": true}"#, "finish     tool_calls",
        ] {
            #expect(run.output.contains(line), "\(run.output)")
        }
        #expect(!run.output.contains(RemoteModelRunTests.secret))
        let unset = try CommandLineRun(["models", "check", "w.yaml"], in: folder)
        #expect(unset.status == 2 && unset.errors.contains("CALLGATE_TEST_KEY is not set"), "\(unset.errors)")
        let embedded = try CommandLineRun(["models", "check"], in: folder)
        #expect(
            embedded.status == 0 && embedded.output.contains("the whole distribution"),
            "\(embedded.output)\(embedded.errors)")
    }
}
