/// The people and tickets that a support desk starts with.
public struct SupportDeskWorld: Sendable, Hashable {
    /// A ticket with its comments, the newest first.
    public struct Ticket: Sendable, Hashable {
        /// The ID, `T-` and four digits.
        public var id: String
        /// What it is about.
        public var title: String
        /// Who works on it, if anybody does.
        public var assignee: String?
        /// `low`, `medium` or `high`.
        public var priority: String
        /// `open` or `closed`.
        public var status: String
        /// The comments, the newest first.
        public var comments: [Comment]

        /// A ticket of the given parts.
        public init(
            id: String, title: String, assignee: String?, priority: String, status: String = "open",
            comments: [Comment] = []
        ) {
            self.id = id
            self.title = title
            self.assignee = assignee
            self.priority = priority
            self.status = status
            self.comments = comments
        }
    }

    /// A comment on a ticket.
    public struct Comment: Sendable, Hashable {
        /// Who wrote it.
        public var author: String
        /// What it says.
        public var text: String

        /// A comment of the given parts.
        public init(_ author: String, _ text: String) {
            self.author = author
            self.text = text
        }
    }

    /// People besides those whom tickets are assigned to.
    public var users: [String]
    /// The tickets.
    public var tickets: [Ticket]
    /// The number of the next ticket; `nil` is one past the highest.
    public var next: Int?

    /// A world of the given parts.
    public init(users: [String], tickets: [Ticket], next: Int? = nil) {
        self.users = users
        self.tickets = tickets
        self.next = next
    }

    /// Everybody, each once, in a stable order.
    var allUsers: [String] { Set(users + tickets.compactMap(\.assignee)).sorted() }

    var nextNumber: Int { next ?? (tickets.compactMap { Int($0.id.dropFirst(2)) }.max() ?? 1_000) + 1 }
}
