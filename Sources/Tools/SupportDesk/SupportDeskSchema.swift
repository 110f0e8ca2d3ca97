import GRDB

/// The desk's tables, and filling them.
enum SupportDeskSchema {
    /// Creates the tables and the world, once: in a database that has them already nothing happens.
    static func create(in database: Database, seeding world: SupportDeskWorld) throws {
        guard try !database.tableExists("ticket") else { return }
        try database.execute(
            sql: """
                CREATE TABLE user (name TEXT PRIMARY KEY) STRICT;
                CREATE TABLE ticket (
                    id TEXT PRIMARY KEY, title TEXT NOT NULL, assignee TEXT REFERENCES user (name),
                    priority TEXT NOT NULL CHECK (priority IN ('low', 'medium', 'high')),
                    status TEXT NOT NULL CHECK (status IN ('open', 'closed'))
                ) STRICT;
                CREATE TABLE comment (
                    number INTEGER PRIMARY KEY, ticket TEXT NOT NULL REFERENCES ticket (id), author TEXT NOT NULL,
                    text TEXT NOT NULL
                ) STRICT;
                CREATE TABLE notification (number INTEGER PRIMARY KEY, user TEXT NOT NULL, message TEXT NOT NULL) STRICT;
                CREATE TABLE counter (next INTEGER NOT NULL) STRICT;
                """)
        for name in world.allUsers {
            try database.execute(sql: "INSERT INTO user (name) VALUES (?)", arguments: [name])
        }
        for ticket in world.tickets {
            try database.execute(
                sql: "INSERT INTO ticket (id, title, assignee, priority, status) VALUES (?, ?, ?, ?, ?)",
                arguments: [ticket.id, ticket.title, ticket.assignee, ticket.priority, ticket.status])
            // The newest is the first in a world and gets the highest number.
            for comment in ticket.comments.reversed() {
                try database.execute(
                    sql: "INSERT INTO comment (ticket, author, text) VALUES (?, ?, ?)",
                    arguments: [ticket.id, comment.author, comment.text])
            }
        }
        try database.execute(sql: "INSERT INTO counter (next) VALUES (?)", arguments: [world.nextNumber])
    }

    static func ticketID(_ number: Int) -> String {
        let digits = String(number)
        return "T-" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}
