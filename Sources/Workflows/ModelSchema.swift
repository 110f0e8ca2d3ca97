import JSON

extension Workflow {
    /// The schema of `model`.
    static let modelSchema: JSONValue = [
        "description": "The model; the builtin one by default.",
        "type": "object",
        "properties": [
            "embedded": [
                "description":
                    "Decoded in process: builtin, the path of a GGUF file, or the name of one that callgate models list shows.",
                "type": "string",
                "minLength": 1,
            ],
            "scripted": [
                "description": "The path of a file of responses.", "type": "string", "minLength": 1,
            ],
            "openai": server(
                "A server of OpenAI-compatible Chat Completions: OpenAI, vLLM, llama-server, LM Studio and others.",
                url:
                    "The base address, up to and without /chat/completions; https://api.openai.com/v1 by default.",
                ["model", "logprobs", "options", "vocabulary"]),
            "anthropic": server(
                "Anthropic's Messages; they tell no log-probabilities.",
                url: "The base address, without /v1/messages; https://api.anthropic.com by default.",
                ["model", "options"]),
            "openai-responses": server(
                "OpenAI's Responses, or a server that speaks them.",
                url: "The base address, up to and without /responses; https://api.openai.com/v1 by default.",
                ["model", "logprobs", "options"]),
            "gemini": server(
                "Google's Gemini; it gives no log-probabilities.",
                url:
                    "The base address, without /v1beta; https://generativelanguage.googleapis.com by default.",
                ["model", "options"]),
            "ollama": server(
                "Ollama's own format.", url: "The base address; http://127.0.0.1:11434 by default.",
                ["model", "logprobs", "options", "vocabulary"]),
            "llama-server": server(
                "llama.cpp's server with a ChatML model, decoded token by token under the mask of the tools.",
                url: "The base address; http://127.0.0.1:8080 by default.", ["candidates", "vocabulary"]),
        ],
        "additionalProperties": false,
        "minProperties": 1,
        "maxProperties": 1,
    ]

    private static func server(_ description: String, url: String, _ keys: [String]) -> JSONValue {
        var properties = JSONObject()
        properties["url"] = ["description": .string(url), "type": "string", "minLength": 1]
        properties["key"] = [
            "description": .string(
                "The name of the environment variable that holds the API key, in capitals; never the key itself. "
                    + "Without it, and without a url, the provider's usual variable."),
            "type": "string", "minLength": 1,
        ]
        properties["silence-seconds"] = [
            "description": "The seconds of silence after which the server is given up; 300 by default.",
            "type": "integer", "minimum": 1, "maximum": 86_400,
        ]
        for member in particular where keys.contains(member.key) { properties[member.key] = member.value }
        var schema: JSONObject = JSONObject()
        schema["description"] = .string(description)
        schema["type"] = "object"
        schema["properties"] = .object(properties)
        if keys.contains("model") { schema["required"] = ["model"] }
        schema["additionalProperties"] = false
        return .object(schema)
    }

    /// The keys that only some kinds of server have.
    private static let particular = JSONObject([
        JSONObject.Member(
            key: "model",
            value: ["description": "The model's name on the server.", "type": "string", "minLength": 1]),
        JSONObject.Member(
            key: "logprobs",
            value: [
                "description": "How many log-probabilities to ask for at each token; none by default.",
                "type": "integer", "minimum": 0, "maximum": 20,
            ]),
        JSONObject.Member(
            key: "options",
            value: [
                "description": .string(
                    "Members that are added to the body of each request or replace its own; null takes one out."
                ),
                "type": "object",
            ]),
        JSONObject.Member(
            key: "candidates",
            value: [
                "description": .string(
                    "How many of the most probable tokens to ask for at first, 64 by default; more are asked for "
                        + "when the mask allows none of them."),
                "type": "integer", "minimum": 1, "maximum": 1_000_000,
            ]),
        JSONObject.Member(
            key: "vocabulary",
            value: [
                "description": .string(
                    "A file with the model's vocabulary: GGUF, tiktoken or tokenizer.json; for a llama-server the GGUF "
                        + "file that it serves, without which the server tells its vocabulary. Other servers tell "
                        + "none; with the file, the mask of the tools is computed here over it."),
                "type": "string", "minLength": 1,
            ]),
    ])
}
