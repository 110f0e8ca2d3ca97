import Agent
import JSON

/// What the model is told of the desk's tools; `Scripts/train/catalogue.json` is the same to the byte.
enum SupportDeskCatalogue {
    static let definitions: [ToolDefinition] = [
        tool(
            "get_open_tickets", "List the open tickets of one person that have one priority",
            [
                "assignee": person("The person the tickets are assigned to"),
                "priority": priority,
            ]),
        tool(
            "get_ticket", "Look up one ticket: its title, assignee, priority and status",
            ["id": ticketID]),
        tool(
            "get_comments", "Read the newest comments on one ticket",
            [
                "ticket_id": ticketID,
                "limit": [
                    "type": "integer", "minimum": 1, "maximum": 20,
                    "description": "The most comments to return",
                ],
            ]),
        tool(
            "create_ticket", "Create a new open ticket",
            [
                "title": text(80, "What the ticket is about, in a few words"),
                "priority": priority,
            ]),
        tool(
            "notify_user", "Send a message to one person",
            [
                "user": person("The person to notify"),
                "message": text(200, "The text of the message"),
            ]),
    ]

    private static let priority: JSONValue = [
        "type": "string", "enum": ["low", "medium", "high"], "description": "How urgent the ticket is",
    ]
    private static let ticketID: JSONValue = [
        "type": "string", "pattern": "^T-[0-9]{4}$", "description": "The ticket's ID, for example T-1000",
    ]

    private static func person(_ description: JSONValue) -> JSONValue { text(40, description) }

    private static func text(_ longest: JSONValue, _ description: JSONValue) -> JSONValue {
        ["type": "string", "minLength": 1, "maxLength": longest, "description": description]
    }

    private static func tool(_ name: String, _ description: String, _ properties: JSONValue) -> ToolDefinition
    {
        let required = properties.objectValue?.keys.map(JSONValue.string) ?? []
        return ToolDefinition(
            name: name, description: description,
            parameters: [
                "type": "object", "properties": properties, "required": .array(required),
                "additionalProperties": false,
            ])
    }
}
