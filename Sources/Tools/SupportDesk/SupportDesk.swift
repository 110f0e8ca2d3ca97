import Agent
import Foundation
import GRDB
import JSON

/// The demo's catalogue: a support desk over a SQLite database (see `docs/support-desk.md`).
public struct SupportDesk: Sendable {
    private let database: DatabaseQueue

    /// A support desk over the file at that path, which is created and seeded at first use.
    /// - Throws: ``SupportDeskError`` when the file cannot be used.
    public init(path: String) throws(SupportDeskError) {
        do {
            var configuration = Configuration()
            // Another process may be seeding the same file; wait for it rather than fail.
            configuration.busyMode = .timeout(10)
            database = try DatabaseQueue(path: path, configuration: configuration)
            try database.write { try SupportDeskSchema.create(in: $0, seeding: .demo) }
        } catch {
            throw SupportDeskError("the support desk's database \(path) cannot be used: \(error)")
        }
    }

    /// A support desk in memory that holds exactly `world`.
    /// - Throws: ``SupportDeskError`` when the world contradicts itself, for example by using an ID twice.
    public init(world: SupportDeskWorld) throws(SupportDeskError) {
        do {
            database = try DatabaseQueue()
            try database.write { try SupportDeskSchema.create(in: $0, seeding: world) }
        } catch {
            throw SupportDeskError("this world cannot be set up: \(error)")
        }
    }

    /// The tools, in the order of the catalogue.
    public var tools: [any Tool] {
        SupportDeskCatalogue.definitions.map { SupportDeskTool(definition: $0, database: database) }
    }
}

/// Why a support desk cannot be opened.
public struct SupportDeskError: Error, Sendable, Hashable, CustomStringConvertible {
    /// One line: the database and what is wrong with it.
    public let description: String

    init(_ description: String) { self.description = description }
}

/// One tool of the desk.
private struct SupportDeskTool: Tool {
    let definition: ToolDefinition
    let database: DatabaseQueue

    func run(_ call: ToolCall, arguments: JSONValue) async throws -> ToolOutput {
        let name = definition.name
        let result = try await database.write { database in
            try SupportDeskQueries(database: database).run(name, arguments)
        }
        return ToolOutput(callID: call.id, content: result.text(.spaced))
    }
}
