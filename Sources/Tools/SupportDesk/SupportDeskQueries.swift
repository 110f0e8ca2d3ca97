import Agent
import GRDB
import JSON

/// What each tool does, inside one transaction.
struct SupportDeskQueries {
    let database: Database

    func run(_ tool: String, _ arguments: JSONValue) throws -> JSONValue {
        func text(_ key: String) throws -> String {
            guard let value = arguments[key]?.stringValue else { throw ToolFailure("\(key) is missing") }
            return value
        }
        switch tool {
        case "get_open_tickets":
            return try openTickets(of: try text("assignee"), priority: try text("priority"))
        case "get_ticket": return try ticket(try text("id"))
        case "get_comments":
            return try comments(on: try text("ticket_id"), limit: arguments["limit"]?.intValue ?? 1)
        case "create_ticket": return try create(title: try text("title"), priority: try text("priority"))
        case "notify_user": return try notify(try text("user"), message: try text("message"))
        default: throw ToolFailure("the support desk has no tool \(tool)")
        }
    }

    private func openTickets(of assignee: String, priority: String) throws -> JSONValue {
        try requireUser(assignee)
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT id, title FROM ticket
                WHERE assignee = ? AND priority = ? AND status = 'open' ORDER BY id
                """, arguments: [assignee, priority])
        let tickets = rows.map { row -> JSONValue in
            ["id": .string(row["id"]), "title": .string(row["title"])]
        }
        return ["count": .number(JSONNumber(tickets.count)), "tickets": .array(tickets)]
    }

    private func ticket(_ id: String) throws -> JSONValue {
        let row = try requireTicket(id)
        let assignee: String? = row["assignee"]
        return [
            "id": .string(row["id"]), "title": .string(row["title"]),
            "assignee": assignee.map(JSONValue.string) ?? .null, "priority": .string(row["priority"]),
            "status": .string(row["status"]),
        ]
    }

    private func comments(on id: String, limit: Int) throws -> JSONValue {
        _ = try requireTicket(id)
        let rows = try Row.fetchAll(
            database, sql: "SELECT author, text FROM comment WHERE ticket = ? ORDER BY number DESC LIMIT ?",
            arguments: [id, limit])
        let comments = rows.map { row -> JSONValue in
            ["author": .string(row["author"]), "text": .string(row["text"])]
        }
        return ["ticket_id": .string(id), "comments": .array(comments)]
    }

    private func create(title: String, priority: String) throws -> JSONValue {
        guard let number = try Int.fetchOne(database, sql: "SELECT next FROM counter"), number <= 9_999 else {
            throw ToolFailure("all ticket IDs are taken")
        }
        let id = SupportDeskSchema.ticketID(number)
        try database.execute(
            sql: "INSERT INTO ticket (id, title, assignee, priority, status) VALUES (?, ?, NULL, ?, 'open')",
            arguments: [id, title, priority])
        try database.execute(sql: "UPDATE counter SET next = ?", arguments: [number + 1])
        return ["id": .string(id), "title": .string(title), "priority": .string(priority), "status": "open"]
    }

    private func notify(_ user: String, message: String) throws -> JSONValue {
        try requireUser(user)
        try database.execute(
            sql: "INSERT INTO notification (user, message) VALUES (?, ?)", arguments: [user, message])
        return ["notified": .string(user)]
    }

    private func requireTicket(_ id: String) throws -> Row {
        guard let row = try Row.fetchOne(database, sql: "SELECT * FROM ticket WHERE id = ?", arguments: [id])
        else {
            throw ToolFailure("no ticket \(id)")
        }
        return row
    }

    private func requireUser(_ name: String) throws {
        let known = try Bool.fetchOne(
            database, sql: "SELECT EXISTS (SELECT 1 FROM user WHERE name = ?)", arguments: [name])
        guard known == true else { throw ToolFailure("no user named \(name)") }
    }
}
