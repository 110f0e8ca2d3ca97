import JSON

extension Settings {
    /// The JSON Schema (2020-12) of the file of settings: what validates it, and what `docs/settings.schema.json` holds.
    public static let schema: JSONValue = [
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Callgate settings",
        "description": "Keys, colours, layout and defaults of callgate, for every session.",
        "type": "object",
        "properties": [
            "theme": [
                "description": "How everything looks: dark, light, high-contrast, mono, or one of 'themes'.",
                "type": "string",
            ],
            "colours": looks("Other looks for single meanings, whatever the theme."),
            "themes": [
                "description": "Themes of one's own, by their names.", "type": "object",
                "additionalProperties": [
                    "type": "object",
                    "properties": [
                        "base": [
                            "description": "The theme that it changes; dark by default.", "type": "string",
                        ],
                        "colours": looks("What looks otherwise than in the base."),
                    ],
                    "additionalProperties": false,
                ],
            ],
            "keys": [
                "description": .string(
                    "Other keys for commands, by the commands' names as ':' lists them: a, A, ctrl-r, f5, pgup or "
                        + "space, or a list of such; an empty list takes a command its keys."),
                "type": "object",
                "additionalProperties": [
                    "type": ["string", "array"], "items": ["type": "string"],
                ],
            ],
            "layout": [
                "description": "How the panes share the screen.", "type": "object",
                "properties": [
                    "columns": share("The share of the left panes in percent; 50 by default."),
                    "rows": share("The share of the upper panes in percent; 50 by default."),
                    "grid": [
                        "description":
                            "The size from which on all four panes are shown at once; 100x28 by default.",
                        "type": "string", "pattern": "^[1-9][0-9]{0,3}x[1-9][0-9]{0,3}$",
                    ],
                ],
                "additionalProperties": false,
            ],
            "hints": [
                "description": "Whether newcomers are shown a hint now and then, each once; true by default.",
                "type": "boolean",
            ],
            "mouse": [
                "description":
                    "Whether the mouse works in the panes; false leaves it to the terminal; true by default.",
                "type": "boolean",
            ],
            "defaults": [
                "description": "What is used where the command line names nothing else.", "type": "object",
                "properties": [
                    "workflow": [
                        "description": "The workflow of 'callgate run'; the demo's by default.",
                        "type": "string",
                    ],
                    "sessions": [
                        "description": "The folder of the journals; sessions by default.", "type": "string",
                        "minLength": 1,
                    ],
                ],
                "additionalProperties": false,
            ],
            "prices": [
                "description": "What models cost, by their names; ':session' shows what a session cost.",
                "type": "object",
                "additionalProperties": [
                    "type": "object",
                    "properties": [
                        "input": price("For a million tokens that the model reads."),
                        "output": price("For a million tokens that the model writes."),
                        "currency": ["description": "USD by default.", "type": "string"],
                    ],
                    "required": ["input", "output"],
                    "additionalProperties": false,
                ],
            ],
        ],
        "additionalProperties": false,
    ]

    private static func looks(_ description: String) -> JSONValue {
        let names = Role.allCases.map(\.name)
        return [
            "description": .string(
                description
                    + " A look is a colour (a name, 0 to 255 or #rrggbb), 'on' and another one, and any of "
                    + "bold, dim, italic, underline and reverse."),
            "type": "object",
            "properties": .object(
                JSONObject(names.map { JSONObject.Member(key: $0, value: ["type": "string"]) })),
            "additionalProperties": false,
        ]
    }

    private static func share(_ description: String) -> JSONValue {
        ["description": .string(description), "type": "integer", "minimum": 20, "maximum": 80]
    }

    private static func price(_ description: String) -> JSONValue {
        ["description": .string(description), "type": "number", "minimum": 0]
    }
}
