import JSON

extension Workflow {
    /// The JSON Schema (2020-12) of the workflow file: what validates it, and what `docs/workflow.schema.json` holds.
    public static let schema: JSONValue = [
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Callgate workflow",
        "description": "A model, its tools and the rules of the run, for callgate run.",
        "type": "object",
        "properties": [
            "name": [
                "description":
                    "Shown in the title and used for the journal's name; the file's name by default.",
                "type": "string", "minLength": 1, "maxLength": 60,
            ],
            "model": modelSchema,
            "system": ["description": "The system prompt.", "type": "string"],
            "prompt": [
                "description": "What to ask, where the command line gives no --prompt.", "type": "string",
            ],
            "tools": [
                "description": "Where the tools come from, in the order of the catalogue.", "type": "array",
                "items": tool,
            ],
            "parallel": bound(
                "The most calls of one round that run at the same time; 4 by default, 1 is one after the other.",
                256),
            "policy": policy,
            "principal": [
                "description": "On whose behalf the tools are called; rules ask for it with ~principal.",
                "type": "string", "minLength": 1,
            ],
            "limits": limits,
            "sampling": sampling,
            "mask": mask,
            "edit-mode": [
                "description": .string(
                    "What the model is told of an edited call: annotate (its own call and a note), rewrite "
                        + "(as if it had asked so itself), silent (its own call, no note)."),
                "enum": ["annotate", "rewrite", "silent"],
            ],
        ],
        "additionalProperties": false,
    ]

    private static let policy: JSONValue = [
        "description": "Which calls run: deny is looked at first, then ask, then allow.",
        "type": "object",
        "properties": [
            "default": [
                "description": "What becomes of a call that no rule matches; ask by default.",
                "enum": ["deny", "ask", "allow"],
            ],
            "approval-timeout": bound(
                "The seconds after which a call that nobody has decided is denied; none by default.",
                1_000_000),
            "deny": ["description": "Calls that never run.", "type": "array", "items": rule],
            "ask": ["description": "Calls that a person decides.", "type": "array", "items": rule],
            "allow": ["description": "Calls that run without asking.", "type": "array", "items": rule],
        ],
        "additionalProperties": false,
    ]

    private static let rule: JSONValue = [
        "type": "object",
        "properties": [
            "name": [
                "description": "How the screen and the journal name the rule.", "type": "string",
                "minLength": 1,
            ],
            "tool": [
                "description": "The tools, where * stands for any characters; all of them by default.",
                "type": "string", "minLength": 1,
            ],
            "when": [
                "description": .string(
                    "A filter expression such as '~taint result & !~tool notify_user' (docs/filters.md), or conditions "
                        + "that must all hold: the place of an argument (a JSON Pointer such as /user) and a regular "
                        + "expression that its text must contain a match of."),
                "type": ["object", "string"],
                "additionalProperties": ["type": "string"],
            ],
            "reason": ["description": "Why; a denial tells the model.", "type": "string", "minLength": 1],
        ],
        "additionalProperties": false,
    ]

    private static let limits: JSONValue = [
        "description": "The bounds within which a run ends.",
        "type": "object",
        "properties": [
            "rounds": bound("The most requests to the model; 8 by default.", 10_000),
            "tokens": bound("The most tokens of all responses; 8192 by default.", 100_000_000),
            "response-tokens": bound("The most tokens of one response; 1024 by default.", 10_000_000),
            "seconds": bound("The most seconds of model and tool time; 600 by default.", 1_000_000),
            "tool-seconds": bound("The seconds that a tool may take; 30 by default.", 1_000_000),
            "result-bytes": bound("The most bytes of one result; 262144 by default.", 1_000_000_000),
        ],
        "additionalProperties": false,
    ]

    private static let sampling: JSONValue = [
        "description": "How tokens are chosen; greedy by default.",
        "type": "object",
        "properties": [
            "temperature": [
                "description": "0 takes the most probable token; otherwise logits are divided by it.",
                "type": "number", "minimum": 0, "maximum": 100,
            ],
            "top-p": [
                "description": "Only the most probable tokens with this probability together are drawn from.",
                "type": "number", "exclusiveMinimum": 0, "maximum": 1,
            ],
            "seed": [
                "description": "The same seed gives the same run.", "type": "integer", "minimum": 0,
                "maximum": .number(JSONNumber(Int.max)),
            ],
        ],
        "additionalProperties": false,
    ]

    private static let mask: JSONValue = [
        "description":
            "What the mask fixes beyond the tools' schemas, for a model that is masked on this side.",
        "type": "object",
        "properties": [
            "keys": [
                "description": "In which order an object's keys may come: any, or the schema's.",
                "enum": ["any", "schema"],
            ],
            "spaces": [
                "description": "White space between the tokens of JSON: none, one after , and :, or any.",
                "enum": ["compact", "one", "any"],
            ],
            "calls": [
                "description":
                    "Whether a response calls tools: auto, required, none, or the name of the tool that it must call.",
                "type": "string", "minLength": 1,
            ],
        ],
        "additionalProperties": false,
    ]

    private static func bound(_ description: String, _ maximum: Int) -> JSONValue {
        [
            "description": .string(description), "type": "integer", "minimum": 1,
            "maximum": .number(JSONNumber(maximum)),
        ]
    }
}
