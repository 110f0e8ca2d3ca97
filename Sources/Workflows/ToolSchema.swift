import JSON

extension Workflow {
    /// The schema of one entry of `tools`.
    ///
    /// The properties of all kinds stand side by side, so that an unknown key is found whatever the kind;
    /// `ToolShapes` says which of them go together.
    static let tool: JSONValue = [
        "description": .string(
            "Tools that come with the program (builtin), those of MCP servers (mcp) or of an OpenAPI document (openapi), "
                + "or one tool by name: a command, a request (http), or answered by hand where it has no body."
        ),
        "type": "object",
        "properties": [
            "builtin": ["description": "Tools that come with the program.", "enum": ["support-desk"]],
            "database": [
                "description": "The SQLite file of the support desk, created and seeded at first use.",
                "type": "string", "minLength": 1,
            ],
            "name": [
                "description": "The name by which the model calls the tool.", "type": "string",
                "pattern": "^[A-Za-z0-9_.-]{1,128}$",
            ],
            "description": ["description": "What the tool does, for the model.", "type": "string"],
            "parameters": [
                "description": "The JSON Schema of the arguments; no arguments by default.", "type": "object",
            ],
            "command": command,
            "http": http,
            "openapi": [
                "description":
                    "The path of an OpenAPI 3 document, YAML or JSON: its operations become tools.",
                "type": "string", "minLength": 1,
            ],
            "server": [
                "description": "The address that the document's paths follow; its first server by default.",
                "type": "string", "pattern": "^https?://[^/]",
            ],
            "headers": [
                "description": "Headers for every operation; ${NAME} is a variable of the environment.",
                "type": "object", "additionalProperties": ["type": "string"],
            ],
            "mcp": mcp,
            "servers": [
                "description": "The servers of mcp that are used; all by default.", "type": "array",
                "items": ["type": "string"],
            ],
            "tools": [
                "description": "The tools that are taken, where * stands for any characters; all by default.",
                "type": "array", "items": ["type": "string", "minLength": 1],
            ],
            "prefix": [
                "description":
                    "Whether tools are named server_tool, where two servers have tools of one name.",
                "type": "boolean",
            ],
        ],
        "additionalProperties": false,
        "oneOf": [
            ["required": ["builtin"]], ["required": ["name"]], ["required": ["mcp"]],
            ["required": ["openapi"]],
        ],
    ]

    private static let http: JSONValue = [
        "description": .string(
            "An HTTP request. {name} is an argument of the call, encoded for its place; ${NAME} in a header or a "
                + "parameter of the query is a variable of the environment, which is the place for keys."),
        "type": "object",
        "properties": [
            "method": [
                "description": "GET by default.", "enum": ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"],
            ],
            "url": [
                "description": "The address; arguments may stand after the host.", "type": "string",
                "pattern": "^https?://",
            ],
            "query": table("Parameters of the query; one that names an absent argument is left out."),
            "headers": table("Headers; one that names an absent argument is left out."),
            "body": [
                "description": .string(
                    "The JSON that is sent: the word arguments, or JSON in whose strings arguments stand; a string that "
                        + "is nothing but {name} becomes the argument itself."),
                "type": ["string", "object", "array"],
            ],
            "form": table("The fields of a form, instead of body."),
            "seconds": [
                "description": "The seconds after which it is given up; limits.tool-seconds by default.",
                "type": "integer", "minimum": 1, "maximum": 1_000_000,
            ],
            "output-bytes": [
                "description": "The most bytes kept of the answer; 65536 by default.", "type": "integer",
                "minimum": 1, "maximum": 1_000_000_000,
            ],
        ],
        "required": ["url"],
        "additionalProperties": false,
    ]

    private static func table(_ description: String) -> JSONValue {
        [
            "description": .string(description), "type": "object",
            "additionalProperties": ["type": "string"],
        ]
    }

    private static let mcp: JSONValue = [
        "description": .string(
            "MCP servers: the path of a file with mcpServers, or the servers by name, each with command, args and env, "
                + "or with url and headers. ${NAME} is a variable of the environment."),
        "type": ["string", "object"],
        "minLength": 1,
        "additionalProperties": [
            "type": "object",
            "properties": [
                "command": [
                    "description": "The program of a server over stdio.", "type": "string", "minLength": 1,
                ],
                "args": ["description": "Its arguments.", "type": "array", "items": ["type": "string"]],
                "env": [
                    "description": "Variables beside the usual ones.", "type": "object",
                    "additionalProperties": ["type": ["string", "number", "boolean", "null"]],
                ],
                "cwd": ["description": "Its working folder.", "type": "string", "minLength": 1],
                "url": ["description": "The address of a server over Streamable HTTP.", "type": "string"],
                "headers": [
                    "description": "Headers for every request to it.", "type": "object",
                    "additionalProperties": ["type": "string"],
                ],
                "type": ["enum": ["stdio", "http", "streamable-http", "sse"]],
                "disabled": ["description": "Leaves the server out.", "type": "boolean"],
            ],
        ],
    ]

    private static let command: JSONValue = [
        "description": "A program that runs once for each call, in a process group of its own.",
        "type": "object",
        "properties": [
            "run": [
                "description": .string(
                    "The program and its arguments, without a shell. {name} is an argument of the call, {/a/0} "
                        + "one by JSON Pointer, {{ and }} are braces. An element that names an absent argument "
                        + "is left out; elements in a list of their own are left out together."),
                "type": "array", "minItems": 1,
                "items": [
                    "anyOf": [
                        ["type": "string"], ["type": "array", "items": ["type": "string"], "minItems": 1],
                    ]
                ],
            ],
            "shell": [
                "description": .string(
                    "A script for /bin/sh instead of run; it reads the call's arguments from the variables "
                        + "ARG_name and holds no templates."),
                "type": "string", "minLength": 1,
            ],
            "stdin": [
                "description": "What the standard input holds: nothing, or the arguments as JSON.",
                "enum": ["none", "json"],
            ],
            "folder": ["description": "The working folder.", "type": "string", "minLength": 1],
            "environment": [
                "description": .string(
                    "The whole environment: NAME passes a variable on, NAME=value sets one. By default PATH, HOME, "
                        + "USER, LOGNAME, SHELL, TERM, LANG, LC_ALL, TZ and TMPDIR are passed on."),
                "type": "array", "items": ["type": "string", "pattern": "^[A-Za-z_][A-Za-z0-9_]*(=[^]*)?$"],
            ],
            "seconds": [
                "description": "The seconds after which it is given up; limits.tool-seconds by default.",
                "type": "integer", "minimum": 1, "maximum": 1_000_000,
            ],
            "output-bytes": [
                "description": "The most bytes kept of each output; 65536 by default.",
                "type": "integer", "minimum": 1, "maximum": 1_000_000_000,
            ],
            "leading-dash": [
                "description": .string(
                    "Whether a text argument that fills an element may begin with a dash where no -- stands before "
                        + "it; false by default, as the program would read it as an option."),
                "type": "boolean",
            ],
        ],
        "additionalProperties": false,
        "oneOf": [["required": ["run"]], ["required": ["shell"]]],
    ]
}
