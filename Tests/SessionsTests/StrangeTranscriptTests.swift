import Testing

@testable import Sessions

/// Transcripts of Claude Code that hold images, several sessions, or lines without IDs.
@Suite struct StrangeTranscriptTests {
    private func line(
        _ number: Int, after parent: Int?, _ type: String, _ content: String, session: String = "s"
    ) -> String {
        let parent = parent.map { "\"\($0)\"" } ?? "null"
        return
            #"{"uuid":"\#(number)","parentUuid":\#(parent),"sessionId":"\#(session)","type":"\#(type)","timestamp":"2026-01-01T10:00:0\#(number).000Z","message":{"id":"r\#(number)","role":"\#(type)","content":\#(content)}}"#
    }

    private static let image = #"{"type":"image","source":{"type":"base64","data":"AAAA"}}"#

    @Test("A prompt or a result that is an image alone leaves its mark")
    func images() throws {
        let call = #"[{"type":"tool_use","id":"t","name":"Read","input":{}}]"#
        let result = #"[{"type":"tool_result","tool_use_id":"t","content":[\#(Self.image)]}]"#
        let read = try ImportedReading(
            [
                line(1, after: nil, "user", "[\(Self.image)]"), line(2, after: 1, "assistant", call),
                line(3, after: 2, "user", result), line(4, after: 3, "assistant", #""a""#),
            ].joined(separator: "\n"))
        #expect(read.told == ["user: [image]", "model:  Read{}", "result t: [image]", "model: a"])
        #expect(read.loses("a block of type image (2 times)"))
        let both = try ImportedReading(
            line(1, after: nil, "user", #"[{"type":"text","text":"look"},\#(Self.image)]"#))
        #expect(both.told == ["user: look"] && both.loses("a block of type image"))
    }

    @Test("Two sessions in a file are two, and a prompt that was taken back forks its own")
    func sessions() throws {
        let lines = [
            line(1, after: nil, "user", #""q""#), line(2, after: 1, "assistant", #""a""#),
            line(3, after: nil, "user", #""p""#, session: "z"),
            line(4, after: 3, "assistant", #""b""#, session: "z"),
            line(5, after: nil, "user", #""again""#), line(6, after: 5, "assistant", #""c""#),
        ]
        let imported = try SessionImport(Array(lines.joined(separator: "\n").utf8), name: "x")
        let parents = imported.sessions.map { events -> String? in
            guard case .sessionStarted(let header)? = events.first?.body else { return nil }
            return header.parent?.session
        }
        #expect(parents == [nil, nil, "x"])
    }

    @Test("Lines without uuid are read in their order, a session each")
    func order() throws {
        func bare(_ type: String, _ text: String, _ session: String) -> String {
            #"{"type":"\#(type)","message":{"role":"\#(type)","content":"\#(text)"},"sessionId":"\#(session)"}"#
        }
        let read = try ImportedReading(
            [
                bare("user", "q", "s"), bare("assistant", "a", "s"), bare("user", "p", "z"),
                bare("user", "next", "s"), bare("assistant", "b", "z"),
            ].joined(separator: "\n"))
        #expect(read.sessions == [["user: q", "model: a", "user: next"], ["user: p", "model: b"]])
        #expect(read.loses("they have no uuid"))
    }
}
