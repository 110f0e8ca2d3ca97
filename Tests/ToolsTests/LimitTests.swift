import Agent
import Foundation
import JSON
import LocalServer
import Schema
import Terminal
import Testing
import Wire

@testable import Attach
@testable import Debugger
@testable import Formats
@testable import Models
@testable import Sessions
@testable import Tools

/// The table of limits, walked: each reader is driven over its bound, gives up with a message or cuts, and nothing grows
/// without end.
@Suite struct LimitTests {
    /// What drives each row's readers over the bound.
    private static let drivers: [String: @Sendable (LimitTests) async throws -> Void] = [
        "serverMessage": { try await $0.messagesOfServers() },
        "logLine": { try await $0.linesOfLogs() },
        "programLine": { $0.linesOfPrograms() },
        "streamEvent": { try await $0.eventsOfModels() },
        "calls": { $0.callsOfModels() },
        "serverAnswer": { try await $0.answersOfModelServers() },
        "errorBody": { try await $0.bodiesOfErrors() },
        "requestBody": { try await $0.requestsToTheProxy() },
        "journalLine": { try $0.linesOfJournals() },
        "document": { try $0.documents() },
        "transcript": { try $0.transcripts() },
        "unpacked": { $0.compressedParts() },
        "depth": { $0.nesting() },
        "shellLine": { $0.commandLines() },
        "questions": { try $0.questions() },
    ]

    @Test(arguments: ReadingLimits.table)
    func whatGoesBeyondABoundIsGivenUp(row: ReadingLimits.Row) async throws {
        let driver = try #require(LimitTests.drivers[row.name], "nothing drives \(row.name) over its bound")
        try await driver(self)
    }

    @Test func nothingIsDrivenThatIsNoRow() {
        #expect(Set(LimitTests.drivers.keys) == Set(ReadingLimits.table.map(\.name)))
    }

    // Servers.

    private func messagesOfServers() async throws {
        let piece = [UInt8](repeating: 0x61, count: 1 << 20)
        // As a line.
        var framer = LineFramer()
        for _ in 0..<16 { #expect(framer.append(piece).isEmpty && !framer.hasOverflown) }
        #expect(framer.append([0x61]).isEmpty && framer.hasOverflown && framer.finish().isEmpty)
        // As an event, of one line or of many.
        for start in ["data: ", "data: x\ndata: ", ": ", "no-field"] {
            var parser = EventStreamParser()
            _ = parser.append(Array(start.utf8))
            for _ in 0..<16 { _ = parser.append(piece) }
            #expect(parser.hasOverflown, "\(start)")
            #expect(parser.append(Array("\n\ndata: y\n\n".utf8)).isEmpty)
        }
        var parser = EventStreamParser()
        for _ in 0..<40 { _ = parser.append(Array("data: ".utf8) + piece.prefix(500_000) + [0x0A]) }
        #expect(parser.hasOverflown)
        // As a body, and as an event that comes over HTTP.
        for type in ["application/json", "text/event-stream"] {
            let server = try LocalServer { _, _ in
                let start = type == "application/json" ? "{\"a\": \"" : "data: "
                return LocalServer.Reply(
                    headers: ["Content-Type": type],
                    pieces: [Array(start.utf8)] + Array(repeating: piece, count: 20))
            }
            defer { server.stop() }
            let settings = MCPServerSettings(
                name: "s", transport: .http(url: "\(server.url)/mcp", headers: [:]))
            let error = await #expect(throws: MCPError.self) {
                _ = try await MCPServer(settings, host: MCPRecorder()).tools()
            }
            #expect(
                error?.description.contains("more than \(ReadingLimits.serverMessage) bytes") == true,
                "\(type): \(error as Any)")
        }
    }

    private func linesOfLogs() async throws {
        // What stands after the bound is no line of its own: it may be half of a secret.
        var framer = LineFramer(maximumLength: ReadingLimits.logLine)
        let long = [UInt8](repeating: 0x61, count: ReadingLimits.logLine - 4)
        #expect(framer.append(long + Array("sk-live".utf8)).isEmpty && framer.hasOverflown)
        #expect(framer.append(Array("-tail\nnext\n".utf8)) == [Array("next".utf8)])
        // A line that comes at once.
        framer = LineFramer(maximumLength: ReadingLimits.logLine)
        #expect(framer.append(long + Array("12345\nnext\n".utf8)) == [Array("next".utf8)])
        // A real child.
        let script = "head -c 200000 /dev/zero | tr '\\0' x >&2; echo >&2; echo short >&2; exit 3"
        let recorder = MCPRecorder()
        let server = MCPServer(LimitTests.bash(script), host: recorder)
        await #expect(throws: MCPError.self) { _ = try await server.tools() }
        let lines = recorder.lines(.output)
        #expect(
            lines.contains { $0.contains("short") } && !lines.contains { $0.utf8.count > 1_000 },
            "\(lines.count)")
    }

    private func linesOfPrograms() {
        var lines = ProgramLines()
        let most = ReadingLimits.programLine
        #expect(lines.take([UInt8](repeating: 0x61, count: most)).isEmpty)
        #expect(lines.take([UInt8](repeating: 0x62, count: most + 1)).map(\.utf8.count) == [most, most])
        #expect(lines.rest == "b")
    }

    // Models.

    private func eventsOfModels() async throws {
        let piece = [UInt8](repeating: 0x61, count: 1 << 20)
        for start in ["data: ", "{\"a\": \"", "data: {\ndata: "] {
            var splitter = FrameSplitter()
            _ = try splitter.take(Array(start.utf8))
            let fault = #expect(throws: StreamFault.self) {
                for _ in 0..<64 { _ = try splitter.take(piece) }
            }
            #expect(fault?.description.contains("more than 64 MiB") == true, "\(start): \(fault as Any)")
        }
        // Each byte is looked at a bounded number of times, however small the pieces: minutes otherwise.
        var splitter = FrameSplitter()
        _ = try splitter.take(Array("data: ".utf8))
        for _ in 0..<16_000 { _ = try splitter.take(piece.prefix(1_000)) }
        splitter = FrameSplitter()
        for _ in 0..<200_000 { _ = try splitter.take(Array("data: [\n".utf8)) }
        // Over HTTP.
        let server = try LocalServer { _, _ in
            LocalServer.Reply(
                headers: ["Content-Type": "text/event-stream"],
                pieces: [Array("data: {\"a\": \"".utf8)] + Array(repeating: piece, count: 66))
        }
        defer { server.stop() }
        let endpoint = try Endpoint(
            base: server.url, key: nil, silenceSeconds: 60, connection: LimitTests.connection)
        await #expect(throws: StreamFault.self) {
            try await endpoint.open("v1", [:]) { body in
                var splitter = FrameSplitter()
                while let bytes = try await body.next() { _ = try splitter.take(bytes) }
            }
        }
    }

    private func callsOfModels() {
        func event(_ number: Int, of format: WireFormat) -> String {
            switch format {
            case .chatCompletions:
                #"{"choices":[{"delta":{"tool_calls":[{"index":\#(number),"id":"c\#(number)","function":{"name":"f"}}]}}]}"#
            case .responses:
                #"{"type":"response.output_item.added","output_index":\#(number),"item":{"type":"reasoning"}}"#
            case .messages:
                #"{"type":"content_block_start","index":\#(number),"content_block":{"type":"tool_use","id":"c\#(number)","name":"f","input":{}}}"#
            case .gemini: #"{"candidates":[{"content":{"parts":[{"functionCall":{"name":"f"}}]}}]}"#
            case .ollama: #"{"message":{"tool_calls":[{"function":{"name":"f"}}]}}"#
            }
        }
        for format in WireFormat.allCases {
            var reader = ResponseReader(format)
            let fault = #expect(throws: StreamFault.self, "\(format)") {
                for number in 0...ReadingLimits.calls {
                    _ = try reader.take(Array("data: \(event(number, of: format))\n\n".utf8))
                }
            }
            #expect(fault?.description.contains("more than 2048") == true, "\(format): \(fault as Any)")
        }
        // A call's arguments are looked at once, however small their pieces: minutes otherwise.
        var reader = ResponseReader(.chatCompletions)
        _ = try? reader.take(Array("data: \(event(0, of: .chatCompletions))\n\n".utf8))
        for _ in 0..<100_000 {
            let piece =
                #"data: {"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"[1,2,3"}}]}}]}"#
            _ = try? reader.take(Array("\(piece)\n\n".utf8))
        }
    }

    private static let connection = ModelConnection(
        retries: Retries(attempts: 1, seed: 1), pause: { _ in })

    private func answersOfModelServers() async throws {
        let piece = [UInt8](repeating: 0x20, count: 4 << 20)
        let server = try LocalServer { _, _ in LocalServer.Reply(pieces: Array(repeating: piece, count: 66)) }
        defer { server.stop() }
        let endpoint = try Endpoint(
            base: server.url, key: nil, silenceSeconds: 60, connection: LimitTests.connection)
        let failure = await #expect(throws: AttemptFailure.self) { _ = try await endpoint.json("props", nil) }
        #expect(failure?.reason.contains("more than 256 MiB") == true, "\(failure as Any)")
    }

    private func bodiesOfErrors() async throws {
        let piece = [UInt8](repeating: 0x78, count: 1 << 20)
        let server = try LocalServer { _, _ in
            LocalServer.Reply(status: 500, pieces: [Array("no: ".utf8)] + Array(repeating: piece, count: 512))
        }
        defer { server.stop() }
        let endpoint = try Endpoint(
            base: server.url, key: nil, silenceSeconds: 60, connection: LimitTests.connection)
        let failure = await #expect(throws: AttemptFailure.self) { _ = try await endpoint.json("props", nil) }
        #expect(
            failure?.reason.contains("no: xxx") == true && failure?.reason.utf8.count ?? .max < 600,
            "\(failure as Any)")
    }

    private func requestsToTheProxy() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "limits-\(UUID().uuidString)"
        ).path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let proxy = try await Proxy(ProxySettings(folder: folder), watcher: NobodyWatching())
        let serving = Task { try await proxy.run() }
        defer { serving.cancel() }
        let origin = try Origin("http://127.0.0.1:\(proxy.port)")
        let status = try await HTTPClient().send(
            HTTPRequest(
                method: "POST", target: "/v1/chat/completions",
                fields: HTTPFields([HTTPFields.Field("Content-Type", "application/json")])),
            body: [UInt8](repeating: 0x20, count: ReadingLimits.requestBody + 1), to: origin
        ) { response, _ in response.status }
        #expect(status == 413)
    }

    private struct NobodyWatching: ProxyWatcher {
        func opened(_ summary: SessionSummary, past: String?) {}
        func happened(_ event: Event, in journal: String) {}
        func does(_ status: RunStatus, in journal: String) {}
        func refused(_ reason: String, in journal: String) {}
        func notice(_ text: String) {}
    }

    // Files.

    /// A file of so many bytes that takes no room: a beginning, and nothing after it.
    private func sparse(_ start: String, size: Int, in folder: URL, _ name: String) throws -> String {
        let path = folder.appendingPathComponent(name).path
        try Data(start.utf8).write(to: URL(fileURLWithPath: path))
        #expect(truncate(path, off_t(size)) == 0)
        return path
    }

    private func withFolder(_ body: (URL) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "limits-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder)
    }

    private func linesOfJournals() throws {
        try withFolder { folder in
            let path = try sparse("{\"n\":1,", size: ReadingLimits.journalLine + 1, in: folder, "x.jsonl")
            func expectFault(_ body: () throws -> Void) {
                let error = #expect(throws: JournalError.self, performing: body)
                #expect(error?.description.contains("more than 512 MiB") == true, "\(error as Any)")
            }
            expectFault {
                var reader = try JournalReader(path: path)
                _ = try reader.next()
            }
            expectFault {
                var tail = JournalTail(path: path)
                _ = try tail.look()
            }
            expectFault {
                var lines = try LineReader(path: path)
                _ = try lines.next()
            }
        }
    }

    private func documents() throws {
        try withFolder { folder in
            let size = ReadingLimits.document + 1
            let path = try sparse("[", size: size, in: folder, "a.json")
            let error = #expect(throws: BoundedFileError.self) { _ = try BoundedFile.bytes(path) }
            #expect(error?.description == "\(path) cannot be read: it has more than 16 MiB")
            // A device has no size, and no end.
            #expect(throws: BoundedFileError.self) { _ = try BoundedFile.bytes("/dev/zero") }
            let script = #expect(throws: ModelError.self) { _ = try ScriptedModel(path: path) }
            #expect(script?.description.contains("more than 16 MiB") == true)
            let schemas = #expect(throws: LocalSchemaError.self) {
                _ = try LocalSchemas.read(folder: folder.path, at: "")
            }
            #expect(schemas?.description.contains("more than 16 MiB") == true)
            let approvals = ApprovalFolder(journal: folder.appendingPathComponent("x.jsonl").path)
            try approvals.create()
            let decision = try sparse(
                "{", size: size, in: URL(fileURLWithPath: approvals.path), "1-a.decision")
            chmod(decision, 0o600)
            #expect(throws: ApprovalError.self) { _ = try approvals.read(decision) }
        }
    }

    private func transcripts() throws {
        try withFolder { folder in
            let path = try sparse("{", size: ReadingLimits.transcript + 1, in: folder, "tokenizer.json")
            #expect(throws: BoundedFileError.self) {
                _ = try BoundedFile.bytes(path, most: ReadingLimits.transcript)
            }
            let error = #expect(throws: ModelError.self) { _ = try VocabularyRecord(file: path) }
            #expect(error?.description.contains("more than 1 GiB") == true, "\(error as Any)")
        }
    }

    /// What archives and flows do with it is in ArchiveTests.
    private func compressedParts() {
        var bound = UnfoldingBound()
        let part = [UInt8](repeating: 0x61, count: 1 << 20)
        let error = #expect(throws: ImportError.self) {
            for _ in 0...(ReadingLimits.unpacked >> 20) {
                _ = try bound.unfold { (most) throws(ImportError) in
                    guard part.count <= most else { throw ImportError.unfolds(beyond: most) }
                    return part
                }
            }
        }
        #expect(error?.description.contains("unfolds beyond 256 MiB") == true, "\(error as Any)")
    }

    /// Whole files are read in one place, which has a bound.
    @Test func nobodyReadsAFileWithoutABound() throws {
        let sources = LimitTests.repository.appendingPathComponent("Sources")
        let names = FileManager.default.enumerator(atPath: sources.path)?.compactMap { $0 as? String } ?? []
        let unbounded = try Regex(
            #"contentsOfFile:|Data\(contentsOf:|String\(contentsOf:|\.contents\(atPath|readDataToEndOfFile|readToEnd"#
        )
        var files = 0
        // The bench reads what it made itself.
        for name in names where name.hasSuffix(".swift") && !name.hasPrefix("callgate-bench/") {
            let text = try String(contentsOf: sources.appendingPathComponent(name), encoding: .utf8)
            files += 1
            for line in text.split(separator: "\n") where line.contains(unbounded) {
                #expect(line.contains("/proc/self/"), "\(name): \(line)")
            }
        }
        #expect(files > 300)
    }

    // What is read.

    private func nesting() {
        let levels = ReadingLimits.depth
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            let deep = { (count: Int) in
                String(repeating: open, count: count) + "1" + String(repeating: close, count: count)
            }
            #expect(throws: Never.self) { try JSONParser.parse(deep(levels)) }
            #expect(throws: JSONError.self) { try JSONParser.parse(deep(levels + 1)) }
        }
    }

    private func commandLines() {
        let most = ReadingLimits.shellLine
        let line = { (count: Int) in "ls " + String(repeating: "a", count: count - 3) }
        #expect(throws: Never.self) { try ShellReading(line: line(most)).proved() }
        for read in [ShellReading.proved, ShellReading.started] {
            let doubt = #expect(throws: ShellDoubt.self) {
                _ = try read(ShellReading(line: line(most + 1)))()
            }
            #expect(doubt?.reason.contains("\(most) bytes") == true)
            #expect(throws: ShellDoubt.self) {
                try read(ShellReading(line: String(repeating: "(", count: 100)))()
            }
        }
        // A shell that runs a line that runs a shell that runs a line.
        for depth in 1...12 {
            let nested = LimitTests.nested(depth)
            #expect(nested.utf8.count < most)
            for read in [ShellReading.proved, ShellReading.started] {
                if depth <= 8 {
                    let parts = try? read(ShellReading(line: nested))()
                    #expect(
                        parts?.last == "touch X" && parts?.count == depth + 1, "\(depth): \(parts as Any)")
                } else {
                    let doubt = #expect(throws: ShellDoubt.self) {
                        _ = try read(ShellReading(line: nested))()
                    }
                    #expect(
                        doubt?.reason == "commands within commands, too deep", "\(depth): \(doubt as Any)")
                }
            }
        }
        // Wrappers of wrappers.
        for depth in 1...16 {
            let wrapped = String(repeating: "nice ", count: depth) + "touch X"
            let parts = try? ShellReading(line: wrapped).proved()
            if depth <= 7 {
                #expect(parts?.contains("touch X") == true, "\(depth)")
            } else {
                #expect(parts == nil, "\(depth)")
            }
            // For denials it is undecided, or the part is there.
            if let started = try? ShellReading(line: wrapped).started() {
                #expect(started.contains("touch X"))
            }
        }
    }

    /// `sh -c LINE` so many times, each line a word whose special bytes have backslashes.
    private static func nested(_ depth: Int) -> String {
        (0..<depth).reduce("touch X") { line, _ in
            "sh -c "
                + line.replacingOccurrences(of: "\\", with: "\\\\").replacingOccurrences(of: " ", with: "\\ ")
        }
    }

    private func questions() throws {
        var debugger = try Debugger(size: Size(80, 24))
        var declined = 0
        for number in 1...ReadingLimits.questions + 50 {
            let effects = debugger.update(
                .server(
                    .asks(ServerQuestion(number: number, server: "s", message: "m", schema: nil, url: nil))),
                at: 0)
            declined += effects.count { if case .answer(_, .decline) = $0 { true } else { false } }
        }
        // One of them is on the screen already.
        #expect((49...50).contains(declined), "\(declined)")
    }

    @Test func outputsAreKeptUpToTheirBound() {
        var bytes = CappedBytes(limit: 10)
        for _ in 0..<1_000 { bytes.append([UInt8](repeating: 0x61, count: 1_000)) }
        #expect(bytes.bytes.count == 10 && bytes.count == 1_000_000)
        #expect(bytes.text(hiding: EnvironmentSecrets()).hasSuffix("[cut: 10 of 1000000 bytes are shown]"))
    }

    private static func bash(_ script: String) -> MCPServerSettings {
        MCPServerSettings(
            name: "s",
            transport: .stdio(
                ProcessLaunch(
                    program: "/bin/bash", arguments: ["-c", script], environment: ["PATH": "/usr/bin:/bin"])))
    }

    private static let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// The note's input: a server that sends `data: ` and then bytes without an end.
    @Test func aServerThatSendsWithoutAnEndIsGivenUp() async throws {
        let script = "printf '%s\\n' started >&2; while :; do head -c 1048576 /dev/zero | tr '\\0' 0; done"
        let server = MCPServer(
            MCPServerSettings(
                name: "s",
                transport: .stdio(
                    ProcessLaunch(
                        program: "/bin/bash", arguments: ["-c", script],
                        environment: ["PATH": "/usr/bin:/bin"]))),
            host: MCPRecorder())
        let error = await #expect(throws: MCPError.self) { _ = try await server.tools() }
        #expect(
            error?.description.contains("more than \(ReadingLimits.serverMessage) bytes") == true,
            "\(error as Any)")
    }

    /// The page of the docs has each row of the table, with its figure.
    @Test func theDocsNameTheLimits() throws {
        let page = try String(
            contentsOf: LimitTests.repository.appendingPathComponent("docs/limits.md"), encoding: .utf8)
        let lines = page.split(separator: "\n")
        for row in ReadingLimits.table {
            let figure = row.unit == .bytes ? ReadingLimits.figure(row.most) : "\(row.most)"
            let line = lines.first { $0.hasPrefix("| \(row.what)") }
            #expect(line?.contains(figure) == true, "\(row.what): \(figure) is not in \(line ?? "the page")")
        }
    }
}
