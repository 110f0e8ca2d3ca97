import JSON

/// A tool of a catalogue, as the lint looks at it.
public struct LintedTool: Sendable, Hashable {
    /// The name that calls use.
    public var name: String
    /// What the model is told.
    public var description: String
    /// The JSON Schema of the arguments.
    public var parameters: JSONValue

    /// A tool of the given parts.
    public init(name: String, description: String, parameters: JSONValue) {
        self.name = name
        self.description = description
        self.parameters = parameters
    }
}

/// One thing that makes a catalogue hard for a model.
public struct LintFinding: Sendable, Hashable, CustomStringConvertible {
    /// The tool.
    public var tool: String
    /// Where in its parameters; empty for the tool itself.
    public var pointer: JSONPointer
    /// What is hard about it, and the fix.
    public var message: String

    /// One line: `tool /pointer: message`.
    public var description: String {
        "\(tool)\(pointer.tokens.isEmpty ? "" : " \(pointer)"): \(message)"
    }
}

/// Says what makes a catalogue hard for a model.
public enum CatalogueLint {
    private static let vagueNames: Set<String> = [
        "do", "run", "call", "execute", "process", "handle", "tool", "function", "action", "get", "set",
        "data", "main",
        "helper", "util", "utils", "api", "query",
    ]
    private static let choiceNames: Set<String> = [
        "status", "state", "priority", "type", "kind", "category", "level", "severity", "unit", "units",
        "mode", "format",
        "order", "direction", "currency", "language",
    ]
    private static let mostParameters = 8

    /// The findings, in the order of the catalogue.
    public static func findings(in tools: [LintedTool]) -> [LintFinding] {
        var names = LintedNames()
        return tools.flatMap { tool in
            let near = names.add(tool.name, words: words(tool.name).sorted())
            return nameFindings(tool, near) + schemaFindings(tool)
        }
    }

    private static func nameFindings(_ tool: LintedTool, _ near: LintedNames.Near) -> [LintFinding] {
        var found: [LintFinding] = []
        func note(_ message: String) {
            found.append(LintFinding(tool: tool.name, pointer: JSONPointer(), message: message))
        }
        if vagueNames.contains(tool.name.lowercased()) || tool.name.count < 3 {
            note("the name says too little; name what it does and to what, as get_ticket does")
        }
        if near.isTaken { note("another tool has the same name; rename one") }
        if let other = near.others.first {
            let more = near.others.count > 1 ? " and \(near.others.count - 1) more" : ""
            note("the name differs by little from \(other)\(more); make the difference plain")
        }
        let description = tool.description.split(whereSeparator: \.isWhitespace)
        if description.isEmpty {
            note("there is no description; say what it does and when to use it")
        } else if description.count < 3 {
            note(
                "the description \"\(tool.description)\" says too little; say what it does and when to use it"
            )
        }
        return found
    }

    private static func schemaFindings(_ tool: LintedTool) -> [LintFinding] {
        do {
            _ = try CompiledSchema(tool.parameters, options: SchemaOptions(unknownKeywords: .refused))
        } catch {
            return [LintFinding(tool: tool.name, pointer: error.pointer, message: error.reason)]
        }
        var found: [LintFinding] = []
        let properties = tool.parameters["properties"]?.objectValue ?? JSONObject()
        if properties.count > mostParameters {
            let message = "\(properties.count) parameters are many; split the tool or group them"
            found.append(LintFinding(tool: tool.name, pointer: JSONPointer(["properties"]), message: message))
        }
        if !properties.isEmpty, tool.parameters["required"] == nil {
            let message =
                "no parameter is required; list in \"required\" those without which a call makes no sense"
            found.append(LintFinding(tool: tool.name, pointer: JSONPointer(), message: message))
        }
        if tool.parameters["type"]?.stringValue == "object", tool.parameters["additionalProperties"] == nil {
            let message =
                "other members are allowed; say \"additionalProperties\": false to keep invented ones out"
            found.append(LintFinding(tool: tool.name, pointer: JSONPointer(), message: message))
        }
        for member in properties {
            let pointer = JSONPointer(["properties", member.key])
            found += parameterFindings(member.key, member.value).map {
                LintFinding(tool: tool.name, pointer: pointer, message: $0)
            }
        }
        return found
    }

    private static func parameterFindings(_ name: String, _ schema: JSONValue) -> [String] {
        var found: [String] = []
        let description = schema["description"]?.stringValue ?? ""
        if description.isEmpty {
            found.append("there is no description; say what belongs here, with an example")
        }
        let isTyped = ["type", "enum", "const", "$ref", "anyOf", "oneOf", "allOf"].contains {
            schema[$0] != nil
        }
        if !isTyped { found.append("there is no type; without one anything can stand here") }
        guard schema["type"]?.stringValue == "string", schema["enum"] == nil, schema["const"] == nil else {
            return found
        }
        if listsChoices(description) {
            found.append("the description lists the choices; an enum would make the model keep to them")
        } else if choiceNames.contains(words(name).last ?? ""), schema["pattern"] == nil {
            found.append(
                "a free string stands where a choice belongs; an enum would make the model keep to it")
        } else if isIdentifier(name), schema["pattern"] == nil, schema["format"] == nil {
            found.append("an ID without a pattern invites invented ones; give the pattern that IDs have")
        }
        return found
    }

    private static func isIdentifier(_ name: String) -> Bool {
        let last = words(name).last ?? ""
        return last == "id" || last == "ids" || last == "uuid"
    }

    /// Whether a description enumerates values: "one of a, b or c", "either a or b", "'x' or 'y'".
    private static func listsChoices(_ description: String) -> Bool {
        let lowered = description.lowercased()
        return ["one of ", "either ", "' or '", "\" or \"", "can be ", "must be "].contains(
            where: lowered.contains)
            && (lowered.contains(",") || lowered.contains(" or "))
    }

    /// The lower-case words of a name: `getTicketID` and `get_ticket_id` alike.
    private static func words(_ name: String) -> [String] {
        var found: [String] = []
        var current = ""
        var wasLower = false
        for character in name {
            let startsWord = character.isUppercase && wasLower
            if !character.isLetter && !character.isNumber || startsWord {
                if !current.isEmpty { found.append(current.lowercased()) }
                current = ""
            }
            if character.isLetter || character.isNumber { current.append(character) }
            wasLower = character.isLowercase || character.isNumber
        }
        return current.isEmpty ? found : found + [current.lowercased()]
    }
}
