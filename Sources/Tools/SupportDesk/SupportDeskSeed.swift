extension SupportDeskWorld {
    /// The demo's world: Maya has three open high-priority tickets, two of them without a comment.
    static let demo = SupportDeskWorld(
        users: ["Maya", "Priya", "Tom", "Lena", "Omar", "Sofia", "Jonas", "Aisha"],
        tickets: [
            Ticket(
                id: "T-1003", title: "Printer is offline", assignee: "Tom", priority: "low",
                comments: [Comment("Tom", "Ordered a replacement")]),
            Ticket(
                id: "T-1007", title: "Newsletter sends twice", assignee: "Lena", priority: "medium",
                status: "closed"),
            Ticket(
                id: "T-1012", title: "Search is slow", assignee: "Priya", priority: "high",
                comments: [Comment("Priya", "Found the cause"), Comment("Omar", "Happens every morning")]),
            Ticket(id: "T-1015", title: "VPN drops every hour", assignee: "Omar", priority: "high"),
            Ticket(id: "T-1019", title: "Headset makes noise", assignee: "Jonas", priority: "low"),
            Ticket(
                id: "T-1021", title: "Password reset never arrives", assignee: "Maya", priority: "medium",
                comments: [Comment("Maya", "Waiting for logs")]),
            Ticket(id: "T-1024", title: "Map does not load", assignee: "Sofia", priority: "medium"),
            Ticket(
                id: "T-1028", title: "Export loses changes", assignee: "Tom", priority: "high",
                comments: [Comment("Tom", "Patch is in review")]),
            Ticket(id: "T-1030", title: "Dark mode is unreadable", assignee: "Maya", priority: "low"),
            Ticket(id: "T-1033", title: "Coupon rejects valid input", assignee: "Aisha", priority: "medium"),
            Ticket(
                id: "T-1036", title: "Badge reader is down", assignee: "Omar", priority: "high",
                status: "closed"),
            Ticket(id: "T-1042", title: "Checkout times out", assignee: "Maya", priority: "high"),
            Ticket(
                id: "T-1045", title: "Invoice is blank", assignee: "Priya", priority: "medium",
                comments: [Comment("Priya", "Asked the customer for details")]),
            Ticket(
                id: "T-1048", title: "Invoices show the wrong currency", assignee: "Maya", priority: "high",
                comments: [
                    Comment("Maya", "Fixed in the next release"), Comment("Tom", "Customer confirmed"),
                ]),
            Ticket(id: "T-1050", title: "Coffee machine is broken", assignee: nil, priority: "low"),
            Ticket(id: "T-1053", title: "Calendar shows old data", assignee: "Lena", priority: "high"),
            Ticket(id: "T-1057", title: "Login loops on Safari", assignee: "Maya", priority: "high"),
            Ticket(id: "T-1060", title: "Upload fails", assignee: nil, priority: "medium"),
        ])
}
