import Agent
import Formats
import Foundation
import JSON
import Sessions
import Synchronization
import Testing
import Wire

@testable import Attach

/// A provider that plays the model's part of many conversations at once, and holds each request against the strictest rules.
private final class StrictProvider: Sendable {
    struct State {
        var asked: [String: Int] = [:]
        var faults: [String] = []
        var bodies: [String: [[UInt8]]] = [:]
    }

    let state = Mutex(State())
    let conversations: [RandomConversation]
    let seed: UInt64

    init(_ conversations: [RandomConversation], seed: UInt64) {
        self.conversations = conversations
        self.seed = seed
    }

    func answer(_ request: HTTPRequest, _ body: [UInt8], _ response: HTTPResponder) async throws {
        let text = String(decoding: body, as: UTF8.self)
        guard let conversation = conversations.first(where: { text.contains($0.name) }) else {
            return try await response.send(status: 400, type: "text/plain", text: "no conversation")
        }
        let format = conversation.format
        let turn = state.withLock { state in
            let turn = state.asked[conversation.name, default: 0]
            state.asked[conversation.name] = turn + 1
            state.bodies[conversation.name, default: []].append(body)
            for fault in StrictRules.faults(format, body) {
                state.faults.append("\(conversation.name) \(format.rawValue), request \(turn + 1): \(fault)")
            }
            return turn
        }
        guard turn < conversation.turns.count else {
            return try await response.send(status: 400, type: "text/plain", text: "asked too often")
        }
        let told = conversation.turns[turn]
        let identity = ResponseIdentity(id: "resp_\(turn)", model: "m", created: 1_700_000_000)
        guard conversation.isStreamed else {
            let value = ResponseWriter.whole(told, in: format, identity: identity)
            return try await response.send(status: 200, type: "application/json", text: value.text())
        }
        let type = format == .ollama ? "application/x-ndjson" : "text/event-stream"
        try await response.begin(HTTPResponse(status: 200, fields: HTTPFields([.init("content-type", type)])))
        let bytes = ResponseWriter.stream(of: told, in: format, identity: identity).flatMap { $0 }
        var numbers = SeededNumbers(seed: seed &+ UInt64(turn) &+ UInt64(bytes.count))
        var start = 0
        while start < bytes.count {
            let end = min(bytes.count, start + Int.random(in: 1...400, using: &numbers))
            try await response.write(Array(bytes[start..<end]))
            start = end
        }
        try await response.finish()
    }
}

@Suite("Random conversations through the proxy")
struct ConversationTests {
    /// So many conversations, or as many more as `CALLGATE_CONVERSATIONS` says.
    static func count(_ usual: Int) -> Int {
        usual * (ProcessInfo.processInfo.environment["CALLGATE_CONVERSATIONS"].flatMap { Int($0) } ?? 1)
    }

    @Test(
        "Whatever is decided: what was kept never reaches the client, every call is decided once, requests stay valid, and ledger and journal agree",
        arguments: [
            (DenialWay.auto, ConversationTests.count(250)), (.askAgain, ConversationTests.count(150)),
        ])
    func conversations(way: DenialWay, count: Int) async throws {
        let seed = UInt64.random(in: .min ... .max)
        print("\(way.rawValue): \(count) conversations, seed \(seed)")
        var numbers = SeededNumbers(seed: seed)
        let conversations = (0..<count).map { number in
            RandomConversation(number, WireFormat.allCases[number % WireFormat.allCases.count], &numbers)
        }
        let provider = StrictProvider(conversations, seed: seed)
        let server = try await HTTPServer(host: "127.0.0.1", port: 0)
        let serving = Task { try await server.run { try await provider.answer($0, $1, $2) } }
        defer { serving.cancel() }
        let folder = TemporaryFolder()
        let decisions = conversations.reduce(into: [:]) { $0.merge($1.decisions) { $1 } }
        let person = TablePerson { record in
            decisions[RandomConversation.mark(in: record.call.arguments.text)]
        }
        let proxy = try await Proxy(
            ProxySettings(
                upstream: try Origin("http://127.0.0.1:\(server.port)"), folder: folder.path,
                gate: GateSettings(denial: way)), watcher: person)
        let proxying = Task { try await proxy.run() }
        let origin = try Origin("http://127.0.0.1:\(proxy.port)")
        let faults = try await withThrowingTaskGroup(of: [String].self) { group in
            var found: [String] = []
            for (number, conversation) in conversations.enumerated() {
                if number >= 12 { found += try await group.next() ?? [] }
                group.addTask { try await play(conversation, at: origin, way) }
            }
            for try await more in group { found += more }
            return found
        }
        proxying.cancel()
        _ = await proxying.result
        #expect(faults.prefix(5) == [], "seed \(seed)")
        #expect(provider.state.withLock { Array($0.faults.prefix(5)) } == [], "seed \(seed)")
        let agreement = try await disagreements(folder, way)
        #expect(agreement.faults.prefix(5) == [], "seed \(seed)")
        #expect(agreement.calls > count)
        print(
            "\(way.rawValue): \(agreement.calls) calls decided, \(agreement.kept) of them kept from their clients"
        )
    }

    /// Holds the journals of a folder against its ledger.
    private func disagreements(
        _ folder: TemporaryFolder, _ way: DenialWay
    ) async throws -> (faults: [String], calls: Int, kept: Int) {
        let ledger = try CallLedger(folder: folder.path)
        var faults: [String] = []
        var (calls, kept) = (0, 0)
        for file in try FileManager.default.contentsOfDirectory(atPath: folder.path)
        where file.hasSuffix(".jsonl") {
            let path = "\(folder.path)/\(file)"
            let events = try Journal(path: path, upToDamage: false).events
            var times: [CallKey: Int] = [:]
            for case .decided(let key, _, _) in events.map(\.body) { times[key, default: 0] += 1 }
            let fold = RunState(folding: events)
            let entries = ledger.entries(in: path)
            let told = ledger.interludes(in: path).map(\.items).joined()
            for record in fold.calls {
                calls += 1
                if times[record.key] != 1 {
                    faults.append("\(file) \(record.key): decided \(times[record.key] ?? 0) times")
                }
                let entry = entries.first {
                    $0.id == record.key.id && $0.written.arguments == record.call.arguments
                }
                let isAskedAgain = told.contains(RandomConversation.mark(in: record.call.arguments.text))
                switch record.decision {
                case .approve:
                    if entry != nil { faults.append("\(file): \(record.key) was approved, and remembered") }
                case .edit(let arguments, _):
                    if entry?.sent.arguments != arguments, !isAskedAgain {
                        faults.append("\(file): the edit of \(record.key) is not remembered")
                    }
                default:
                    kept += 1
                    if (entry == nil) != isAskedAgain || isAskedAgain != (way == .askAgain) {
                        faults.append("\(file): \(record.key) was kept, and is not remembered so")
                    }
                }
            }
        }
        return (faults, calls, kept)
    }
}

extension RandomConversation {
    /// The text by which a call is known.
    static func mark(in arguments: String) -> String {
        guard let start = arguments.range(of: "mark-"),
            let end = arguments.range(of: ".", range: start.upperBound..<arguments.endIndex)
        else { return "" }
        return String(arguments[start.lowerBound..<end.upperBound])
    }
}

/// Plays the client's part; what is other than it must be.
private func play(_ conversation: RandomConversation, at origin: Origin, _ way: DenialWay) async throws
    -> [String]
{
    var history: [Message] = []
    var faults: [String] = []
    var turn = 0
    while turn < conversation.turns.count {
        let (path, body) = conversation.request(history)
        let (status, bytes) = try await post(path, body, to: origin)
        guard status == 200 else {
            return faults + ["\(conversation.name): \(String(decoding: bytes.prefix(300), as: UTF8.self))"]
        }
        // Answers with a kept call never come where the model is asked again instead.
        while way == .askAgain, conversation.isKept(turn) { turn += 1 }
        let written = conversation.turns[turn]
        var reader = ResponseReader(conversation.format)
        _ = try reader.take(bytes)
        _ = try reader.finish()
        let got = try reader.response(numberingFrom: history.nextCallNumber)
        if got.content != written.content { faults.append("\(conversation.name): other words") }
        if got.calls.count != written.calls.count {
            return faults + ["\(conversation.name): \(got.calls.count) calls of \(written.calls.count)"]
        }
        history.append(.assistant(got.message))
        for (call, original) in zip(got.calls, written.calls) {
            let decision = conversation.decisions[RandomConversation.mark(in: original.arguments.text)]
            let isOwn = call.name == original.name
            let arguments = try JSONParser.parse(call.arguments.text)
            let written = try JSONParser.parse(original.arguments.text)
            let isRight: Bool
            switch decision {
            case .approve: isRight = isOwn && arguments.isEquivalent(to: written)
            case .edit(let edited, _):
                let edit = try JSONParser.parse(edited.text)
                isRight = isOwn && arguments.isEquivalent(to: edit)
            default: isRight = !isOwn && !call.arguments.text.contains(original.arguments.text)
            }
            if !isRight {
                faults.append(
                    "\(conversation.name): \(decision.map { "\($0)" } ?? "nothing") gave \(call.name) \(call.arguments.text)"
                )
            }
            let text = isOwn ? "ran \(original.name)" : "unsupported call: \(call.name)"
            history.append(
                .tool(ToolMessage(callID: call.id, name: call.name, content: text, isError: !isOwn)))
        }
        turn += 1
        if got.calls.isEmpty { break }
    }
    return faults
}

extension RandomConversation {
    /// Whether a call of that answer is kept from the client.
    fileprivate func isKept(_ turn: Int) -> Bool {
        turns[turn].calls.contains { call in
            switch decisions[RandomConversation.mark(in: call.arguments.text)] {
            case .deny, .respond, .refuse: true
            default: false
            }
        }
    }
}
