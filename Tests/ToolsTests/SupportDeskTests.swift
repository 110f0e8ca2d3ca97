import Agent
import Formats
import Foundation
import JSON
import Testing

@testable import Tools

private func run(_ desk: SupportDesk, _ name: String, _ arguments: String) async throws -> String {
    let tool = try #require(desk.tools.first { $0.definition.name == name })
    let call = ToolCall(id: ToolCallID("call_1"), name: name, arguments: ByteString(arguments))
    let output = try await tool.run(call, arguments: try JSONParser.parse(arguments))
    #expect(output.callID == call.id && !output.isError)
    return output.content
}

private func temporaryPath() -> String {
    FileManager.default.temporaryDirectory.appendingPathComponent("callgate-\(UUID().uuidString).sqlite").path
}

@Suite struct SupportDeskTests {
    @Test func theDemoQuestionHasATrueAnswerInTwoRounds() async throws {
        let desk = try SupportDesk(world: .demo)
        #expect(
            try await run(desk, "get_open_tickets", #"{"assignee": "Maya", "priority": "high"}"#)
                == #"{"count": 3, "tickets": [{"id": "T-1042", "title": "Checkout times out"}, "#
                + #"{"id": "T-1048", "title": "Invoices show the wrong currency"}, "#
                + #"{"id": "T-1057", "title": "Login loops on Safari"}]}"#)
        #expect(
            try await run(desk, "get_comments", #"{"ticket_id": "T-1042", "limit": 5}"#)
                == #"{"ticket_id": "T-1042", "comments": []}"#)
        #expect(
            try await run(desk, "get_comments", #"{"ticket_id": "T-1048", "limit": 1}"#)
                == #"{"ticket_id": "T-1048", "comments": [{"author": "Maya", "text": "Fixed in the next release"}]}"#
        )
        #expect(
            try await run(desk, "get_comments", #"{"ticket_id": "T-1057", "limit": 5}"#)
                == #"{"ticket_id": "T-1057", "comments": []}"#)
    }

    @Test func writesReallyWriteAndStay() async throws {
        let path = temporaryPath()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let desk = try SupportDesk(path: path)
        let made = try await run(desk, "create_ticket", #"{"title": "Wifi is down", "priority": "high"}"#)
        #expect(made == #"{"id": "T-1061", "title": "Wifi is down", "priority": "high", "status": "open"}"#)
        #expect(
            try await run(desk, "notify_user", #"{"user": "Maya", "message": "hello"}"#)
                == #"{"notified": "Maya"}"#)
        // Opened again, the file is neither seeded anew nor empty.
        let again = try SupportDesk(path: path)
        #expect(
            try await run(again, "get_ticket", #"{"id": "T-1061"}"#)
                == #"{"id": "T-1061", "title": "Wifi is down", "assignee": null, "priority": "high", "status": "open"}"#
        )
        #expect(
            try await run(again, "create_ticket", #"{"title": "x", "priority": "low"}"#).contains("T-1062"))
    }

    @Test func whatIsNotThereIsSaidInWords() async throws {
        let desk = try SupportDesk(world: .demo)
        for (name, arguments, reason) in [
            ("get_ticket", #"{"id": "T-9999"}"#, "no ticket T-9999"),
            ("get_comments", #"{"ticket_id": "T-9999", "limit": 1}"#, "no ticket T-9999"),
            ("notify_user", #"{"user": "Zed", "message": "x"}"#, "no user named Zed"),
            ("get_open_tickets", #"{"assignee": "Zed", "priority": "low"}"#, "no user named Zed"),
        ] {
            let error = await #expect(throws: ToolFailure.self) { try await run(desk, name, arguments) }
            #expect(error?.description == reason)
        }
    }

    @Test func twoProcessesThatOpenANewFileAtOnceSeedItOnce() async throws {
        let path = temporaryPath()
        defer { try? FileManager.default.removeItem(atPath: path) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 { group.addTask { _ = try SupportDesk(path: path) } }
            try await group.waitForAll()
        }
        #expect(
            try await run(
                try SupportDesk(path: path), "get_open_tickets", #"{"assignee": "Maya", "priority": "high"}"#
            )
            .hasPrefix(#"{"count": 3,"#))
    }

    @Test func aFileThatIsNoDatabaseIsRefusedInOneLine() throws {
        let path = temporaryPath()
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data("this is no database, but a text that is long enough".utf8).write(
            to: URL(fileURLWithPath: path))
        let error = #expect(throws: SupportDeskError.self) { try SupportDesk(path: path) }
        #expect(error?.description.contains(path) == true)
    }

    /// The model was trained on this very text.
    @Test func theTrainersCatalogueIsTheToolsOwn() throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Scripts/train/catalogue.json").standardizedFileURL
        let trained = try JSONParser.parse(Array(try Data(contentsOf: file)))
        let ours = JSONValue.array(SupportDeskCatalogue.definitions.map(\.functionJSON))
        #expect(trained.text(.spaced) == ours.text(.spaced))
    }
}
