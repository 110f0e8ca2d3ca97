import Agent
import Foundation
import JSON
import Sessions
import Testing
import Wire

/// `callgate attach` before a recorded session that answers in a provider's place, and a client that waits for its call.
@Suite struct AttachCommandTests {
    private static let body: JSONValue = [
        "model": "m", "messages": [["role": "user", "content": "Which tickets make no progress?"]],
        "tools": [["type": "function", "function": ["name": "get_open_tickets", "parameters": [:]]]],
    ]

    private static func arguments(_ more: String..., port: Int = 0) -> [String] {
        ["attach", "--listen", "127.0.0.1:\(port)", "--upstream", RecordedSessions.path("two-rounds")] + more
    }

    /// Asks as a client does; the answer comes once its call is decided.
    private static func ask(_ port: Int) -> Task<String, any Error> {
        Task {
            let request = HTTPRequest(
                method: "POST", target: "/v1/chat/completions",
                fields: HTTPFields([.init("content-type", "application/json")]))
            let origin = try Origin("http://127.0.0.1:\(port)")
            return try await HTTPClient().send(request, body: Array(body.text().utf8), to: origin) {
                _, body in
                String(decoding: try await body.collect(upTo: 1 << 20), as: UTF8.self)
            }
        }
    }

    /// Looks until there is an answer, as long as the slowest machine needs.
    @discardableResult private static func until<Answer>(_ look: () throws -> Answer?) async throws -> Answer
    {
        for _ in 0..<40_000 {
            if let answer = try look() { return answer }
            try await Task.sleep(for: .milliseconds(30))
        }
        return try #require(try look())
    }

    private static func port(in text: String) -> Int? {
        guard let start = text.range(of: "http://127.0.0.1:") else { return nil }
        return Int(text[start.upperBound...].prefix { $0.isNumber })
    }

    private static func journal(_ folder: Folder) throws -> RunState? {
        let sessions = folder.url.appendingPathComponent("sessions").path
        let names = (try? FileManager.default.contentsOfDirectory(atPath: sessions)) ?? []
        guard let name = names.first(where: { $0.hasSuffix(".jsonl") }) else { return nil }
        return RunState(folding: try Journal(path: "\(sessions)/\(name)", upToDamage: true).events)
    }

    /// What must have become of the call, whoever ended the proxy how.
    private func expectDenied(_ answer: String, in folder: Folder) throws {
        #expect(answer.contains("denied_by_reviewer") && answer.contains("callgate attach was ended"))
        let fold = try #require(try AttachCommandTests.journal(folder))
        #expect(fold.calls.map(\.status) == [.denied])
        #expect(fold.outcome == .stopped("callgate attach was ended"))
    }

    @Test(
        "A signal ends the proxy with its own exit code, once the call that waits is denied and its client has been told",
        arguments: [SIGTERM, SIGINT])
    func signal(number: Int32) async throws {
        let folder = try Folder()
        let program = try RunningProgram(
            AttachCommandTests.arguments("--headless", "--approve", "await"), in: folder)
        let port = try await AttachCommandTests.until { AttachCommandTests.port(in: program.output) }
        let asked = AttachCommandTests.ask(port)
        try await AttachCommandTests.until {
            try AttachCommandTests.journal(folder)?.waitingCalls.isEmpty == false ? true : nil
        }
        program.signal(number)
        let answer = try await asked.value
        try await AttachCommandTests.until { program.isRunning ? nil : true }
        #expect(program.end() == 128 + number)
        try expectDenied(answer, in: folder)
    }

    @Test(
        "q asks before it denies what waits; then the client is told, and the journal has the decision and the end",
        .enabled(if: TmuxScreen.objection == nil, "\(TmuxScreen.objection ?? "")"))
    func quit() async throws {
        let folder = try Folder()
        let screen = try TmuxScreen(AttachCommandTests.arguments(), in: folder)
        let port = try await AttachCommandTests.until { AttachCommandTests.port(in: screen.text) }
        let asked = AttachCommandTests.ask(port)
        try await AttachCommandTests.until { screen.text.contains("1 call waiting for you") ? true : nil }
        try screen.press("q")
        try await AttachCommandTests.until {
            screen.text.contains("1 call would be denied; quit? y/n") ? true : nil
        }
        try screen.press("y")
        let answer = try await asked.value
        #expect(try screen.end() == 0)
        try expectDenied(answer, in: folder)
    }

    @Test("A port in use is one sentence with what to do, and exit code 2")
    func portInUse() async throws {
        let server = try await HTTPServer(host: "127.0.0.1", port: 0)
        let run = try CommandLineRun(
            AttachCommandTests.arguments("--headless", "--approve", "none", port: server.port),
            in: try Folder())
        #expect(run.status == 2)
        #expect(
            run.errors.hasPrefix(
                "callgate: another program listens on 127.0.0.1:\(server.port) already; end it, or choose another port"
            ))
        #expect(run.errors.split(separator: "\n").count == 1)
    }
}
