import Agent
import Foundation
import JSON
import Tools

/// One held-out prompt with the world that it is asked in and what a right run does.
struct HeldOutItem {
    struct ExpectedCall {
        let name: String
        let arguments: JSONValue
    }

    let kind: String
    let prompt: String
    let world: SupportDeskWorld
    /// The calls, round by round.
    let rounds: [[ExpectedCall]]
    /// What the answer must name.
    let mentions: [String]
    /// What it must not.
    let omits: [String]

    /// Reads a file with one item a line.
    static func read(_ path: String) throws -> [HeldOutItem] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw BenchError("\(path) cannot be read")
        }
        return try data.split(separator: UInt8(ascii: "\n")).enumerated().map { line, bytes in
            do {
                return try HeldOutItem(try JSONParser.parse(Array(bytes)))
            } catch {
                throw BenchError("\(path), line \(line + 1): \(error)")
            }
        }
    }

    private init(_ value: JSONValue) throws {
        func text(_ value: JSONValue, _ key: String) throws -> String {
            guard let text = value[key]?.stringValue else { throw BenchError("\(key) is missing") }
            return text
        }
        kind = try text(value, "kind")
        prompt = try text(value, "prompt")
        mentions = (value["mentions"]?.arrayValue ?? []).compactMap(\.stringValue)
        omits = (value["omits"]?.arrayValue ?? []).compactMap(\.stringValue)
        rounds = try (value["rounds"]?.arrayValue ?? []).map { round in
            try (round.arrayValue ?? []).map {
                ExpectedCall(name: try text($0, "name"), arguments: $0["arguments"] ?? [:])
            }
        }
        let tickets = try (value["world"]?["tickets"]?.arrayValue ?? []).map { ticket in
            SupportDeskWorld.Ticket(
                id: try text(ticket, "id"), title: try text(ticket, "title"),
                assignee: ticket["assignee"]?.stringValue, priority: try text(ticket, "priority"),
                status: try text(ticket, "status"),
                comments: try (ticket["comments"]?.arrayValue ?? []).map {
                    SupportDeskWorld.Comment(try text($0, "author"), try text($0, "text"))
                })
        }
        world = SupportDeskWorld(
            users: (value["world"]?["users"]?.arrayValue ?? []).compactMap(\.stringValue), tickets: tickets,
            next: (value["world"]?["next"]?.stringValue?.dropFirst(2)).flatMap { Int($0) })
    }
}

/// Why a benchmark cannot run: one line.
struct BenchError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
