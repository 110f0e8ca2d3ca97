import Agent
import Foundation
import JSON
import Synchronization
import Testing

@testable import Sessions

/// Decisions that are made in another process: bound to bytes, taken once, through a folder that is closed to others.
@Suite struct ApprovalTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func call(_ id: String, _ name: String, _ arguments: String) -> ToolCall {
        ToolCall(id: ToolCallID(id), name: name, arguments: ByteString(arguments))
    }

    /// A session in whose first round those calls wait.
    private func events(_ calls: [ToolCall], session: String = "s") -> [EventBody] {
        let header = SessionHeader(
            id: session, workflow: "w", model: ModelInfo(name: "m", kind: "scripted"),
            catalogue: [ToolDefinition(name: "act", description: "", parameters: ["type": "object"])],
            sampling: SamplingSettings(), limits: Limits(), policy: Policy())
        let response = ModelResponse(content: "", calls: calls, finishReason: .toolCalls)
        return [
            .sessionStarted(header), .messageAdded(.user("go")),
            .requestSent(RequestRecord(round: 1, text: "")),
            .responseReceived(round: 1, response, milliseconds: 1),
        ]
            + calls.map { call in
                .callJudged(
                    CallKey(round: 1, id: call.id), problems: [],
                    ruling: Ruling(effect: .ask, rule: nil, reason: nil))
            }
    }

    private func record(_ bodies: [EventBody], to name: String) throws -> String {
        let writer = try JournalWriter(creating: folder(name), clock: { 1_000 })
        for body in bodies { _ = try writer.append(body) }
        writer.close()
        return folder(name)
    }

    private func waiting(_ bodies: [EventBody]) -> WaitingCalls {
        var fold = WaitingCalls()
        for (index, body) in bodies.enumerated() {
            fold.apply(Event(number: index + 1, time: Int64(index), body: body))
        }
        return fold
    }

    @Test("the hash is of the tool, the ID and the argument bytes, each with its length")
    func hash() throws {
        let original = call("c1", "act", #"{"a": 1}"#)
        let text = CallHash(original).description
        // Computed apart: sha256("callgate-call-1" + (8-byte big-endian length + bytes) of each part).
        #expect(text == "8f1dfa11e4bc4d19bc6b2b3adca300239348f8e78cc615c83792e1bc34bf8e93")
        #expect(CallHash(text) == CallHash(original))
        let others = [
            call("c1", "act", #"{"a":1}"#), call("c1", "act", #"{"a": 1.0}"#),
            call("c2", "act", #"{"a": 1}"#),
            call("1", "actc", #"{"a": 1}"#), call("", "actc1", #"{"a": 1}"#), call(#"c1{"a": 1}"#, "act", ""),
            call("c1", "a\u{441}t", #"{"a": 1}"#),
        ]
        #expect(Set(others.map(CallHash.init) + [CallHash(original)]).count == others.count + 1)
        // Canonically equivalent texts are different bytes.
        #expect(CallHash(call("c", "act", "\"é\"")) != CallHash(call("c", "act", "\"e\u{301}\"")))
        for text in [
            "", String(text.dropLast()), text + "0", text.uppercased(), text.replacing("a", with: "x"),
        ] {
            #expect(CallHash(text) == nil, "\(text)")
        }
    }

    @Test("what was left is what is read, for every decision")
    func roundTrip() throws {
        let fold = waiting(events([call("c\u{202E}", "act", "{}")]))
        let waits = try #require(fold.calls.first)
        let decisions: [Decision] = [
            .approve, .deny(reason: nil), .deny(reason: "no\n\u{0}"), .respond(content: ""),
            .edit(arguments: ByteString("{\"é\": \"e\u{301}\"}"), mode: .rewrite),
        ]
        for decision in decisions {
            let outside = OutsideDecision(session: "s", call: waits, decision: decision)
            #expect(try OutsideDecision(bytes: outside.bytes()) == outside)
            #expect(outside.objection(in: "s", waiting: waits) == nil)
        }
        for text in ["", "{}", "[]", #"{"callgate-decision": 2}"#] {
            #expect(throws: ApprovalError.self, "\(text)") { try OutsideDecision(bytes: Array(text.utf8)) }
        }
    }

    @Test("a decision holds for one session, one call, its bytes and its wait")
    func objections() throws {
        let one = events([call("c1", "act", "{}"), call("c2", "act", "{}")])
        let shown = try #require(waiting(one).calls.first)
        let decision = OutsideDecision(session: "s", call: shown, decision: .approve)
        #expect(decision.objection(in: "other", waiting: shown)?.contains("for session s") == true)
        #expect(decision.objection(in: "s", waiting: nil)?.contains("does not wait") == true)
        let changed = waiting(events([call("c1", "act", "{ }"), call("c2", "act", "{}")])).calls.first
        #expect(decision.objection(in: "s", waiting: changed)?.contains("another hash") == true)
        // Taken up again the call waits anew: what was decided before is for another moment.
        let resumed = waiting(one + [.sessionResumed]).calls.first
        #expect(decision.objection(in: "s", waiting: resumed)?.contains("look again") == true)
        let refusal = OutsideDecision(session: "s", call: shown, decision: .refuse(problem: "x"))
        #expect(refusal.objection(in: "s", waiting: shown) != nil)
    }

    @Test("a call whose run broke off while it ran waits, in doubt, from the resumption on")
    func doubt() {
        let key = CallKey(round: 1, id: ToolCallID("c1"))
        let begun =
            events([call("c1", "act", "{}")])
            + [.decided(key, .approve, by: .person), .callStarted(key, arguments: ByteString("{}"))]
        #expect(waiting(begun).calls.isEmpty)
        let resumed = waiting(begun + [.sessionResumed]).calls
        #expect(resumed.map(\.record.status) == [.unknown])
        #expect(resumed.map(\.since) == [begun.count + 1])
    }

    @Test("a decision goes through the folder once, with its owner's name, and is gone when it was taken")
    func folderCarriesDecisions() throws {
        let bodies = events([call("c1", "act", "{}")])
        let journal = try record(bodies, to: "x.jsonl")
        let waits = try #require(waiting(bodies).calls.first)
        let counter = ApprovalCounter(journal: journal)
        let approval = OutsideDecision(session: "s", call: waits, decision: .approve)
        let denial = OutsideDecision(session: "s", call: waits, decision: .deny(reason: "no"))
        #expect(throws: ApprovalError.self, "nobody waits") { try counter.leave(approval) }
        do {
            let desk = try ApprovalDesk(journal: journal, timeout: 30)
            #expect(counter.run == WaitingRun(process: Int(getpid()), timeout: 30))
            try counter.leave(approval)
            #expect(counter.answer(to: approval) == .pending)
            // Of two people the first one decides.
            #expect(throws: ApprovalError.self) { try counter.leave(denial) }
            let left = try #require(desk.left().first)
            #expect(try left.decision.get() == approval)
            guard case .user(let name, let id) = left.user else {
                Issue.record("no user")
                return
            }
            #expect(id == geteuid() && !name.isEmpty)
            desk.remove(left)
            #expect(counter.answer(to: approval) == .taken && desk.left().isEmpty)
            try counter.leave(denial)
            desk.refuse(try #require(desk.left().first), "too late")
            #expect(counter.answer(to: denial) == .refused("too late"))
        }
        #expect(counter.run == nil)
    }

    @Test("a folder that others may use, or that is a link, and files that others may write, are not trusted")
    func permissions() throws {
        let bodies = events([call("c1", "act", "{}")])
        let journal = try record(bodies, to: "x.jsonl")
        let path = journal + ".approvals"
        try FileManager.default.createDirectory(
            atPath: folder("elsewhere"), withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: folder("elsewhere"))
        #expect(throws: ApprovalError.self) { _ = try ApprovalDesk(journal: journal, timeout: nil) }
        try FileManager.default.removeItem(atPath: path)
        mkdir(path, 0o777)
        chmod(path, 0o770)
        #expect(throws: ApprovalError.self) { _ = try ApprovalDesk(journal: journal, timeout: nil) }
        chmod(path, 0o700)
        let desk = try ApprovalDesk(journal: journal, timeout: nil)
        let waits = try #require(waiting(bodies).calls.first)
        let decision = OutsideDecision(session: "s", call: waits, decision: .approve)
        let counter = ApprovalCounter(journal: journal)
        try counter.leave(decision)
        let file = try #require(
            FileManager.default.contentsOfDirectory(atPath: path).first { $0.hasSuffix(".decision") })
        var status = stat()
        #expect(lstat("\(path)/\(file)", &status) == 0 && status.st_mode & 0o777 == 0o600)
        chmod("\(path)/\(file)", 0o666)
        let left = try #require(desk.left().first)
        #expect(throws: ApprovalError.self) { _ = try left.decision.get() }
        desk.refuse(left, "untrusted")
        try FileManager.default.createSymbolicLink(
            atPath: "\(path)/1-x.decision", withDestinationPath: folder("elsewhere"))
        #expect(throws: ApprovalError.self) { _ = try desk.left().first?.decision.get() }
    }

    @Test("a tail gives whole lines only, each once, and begins anew with a new file")
    func tail() throws {
        let bodies = events([call("c1", "act", "{}"), call("c2", "act", "{}")])
        let bytes = try folder.read(URL(fileURLWithPath: record(bodies, to: "x.jsonl")).lastPathComponent)
        var tail = JournalTail(path: folder("y.jsonl"))
        #expect(throws: JournalError.self) { _ = try tail.look() }
        var random = SystemRandomNumberGenerator()
        var given: [Event] = []
        var position = 0
        while position < bytes.count {
            position = min(bytes.count, position + Int.random(in: 1...200, using: &random))
            // Grows in place, as a journal does.
            if !FileManager.default.fileExists(atPath: folder("y.jsonl")) {
                _ = try folder.write([], to: "y.jsonl")
            }
            let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: folder("y.jsonl")))
            try handle.seekToEnd()
            let start = Int(try handle.offset())
            try handle.write(contentsOf: Data(bytes[start..<position]))
            try handle.close()
            given += try tail.look().events
        }
        let whole = try Journal(path: folder("x.jsonl"))
        #expect(given == whole.events)
        #expect(try tail.look().events.isEmpty)
        // What a crash cut off, and the next run cut away, was never given.
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: folder("y.jsonl")))
        try handle.seekToEnd()
        try handle.write(contentsOf: Data("{\"n\":7,\"t".utf8))
        #expect(try tail.look().events.isEmpty)
        try handle.truncate(atOffset: UInt64(bytes.count))
        #expect(try tail.look() == ([], false))
        _ = try folder.write(bytes.prefix(try #require(bytes.firstIndex(of: 0x0A)) + 1), to: "z.jsonl")
        rename(folder("z.jsonl"), folder("y.jsonl"))
        let anew = try tail.look()
        #expect(anew.isNew && anew.events == Array(given.prefix(1)))
    }

    @Test("the queue has the calls of all runs that wait, the oldest first, and those of no other session")
    func queue() throws {
        let calls = [call("c1", "act", "{}"), call("c2", "act", #"{"b": 1}"#)]
        let first = try record(events(calls, session: "one"), to: "one.jsonl")
        let second = try record(events([call("c1", "act", "{}")], session: "two"), to: "two.jsonl")
        _ = try record(events(calls, session: "gone"), to: "gone.jsonl")
        _ = try folder.write("nonsense".utf8, to: "bad.jsonl")
        var queue = ApprovalQueue(folder: folder.path)
        queue.refresh()
        #expect(queue.calls.isEmpty && queue.runCount == 0)
        let desks = [
            try ApprovalDesk(journal: first, timeout: 60), try ApprovalDesk(journal: second, timeout: nil),
            try ApprovalDesk(journal: folder("bad.jsonl"), timeout: nil),
        ]
        queue.refresh()
        #expect(queue.calls.map(\.session) == ["one", "one", "two"])
        #expect(queue.calls.map(\.waiting.record.key.id.text) == ["c1", "c2", "c1"])
        #expect(queue.calls.map(\.deadline) == [61_000, 61_000, nil])
        // The same bytes under the same ID have one hash, and are two calls.
        #expect(
            queue.calls[0].waiting.hash == queue.calls[2].waiting.hash
                && queue.calls[0].id != queue.calls[2].id)
        withExtendedLifetime(desks) {}
    }
}
