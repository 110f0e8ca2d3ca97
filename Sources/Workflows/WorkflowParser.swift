import Agent
import JSON
import Schema

extension Workflow {
    /// Reads a workflow file's text, YAML or JSON.
    ///
    /// - Parameter file: the file's path, which errors name and relative paths in the file are taken from.
    /// - Throws: ``WorkflowError`` for the first fault in the text.
    public static func parse(_ text: String, file: String) throws(WorkflowError) -> Workflow {
        let document = try LocatedDocument(text, file: file)
        try WorkflowChecker(document: document, file: file).check()
        return try WorkflowReader(document: document, file: file).workflow()
    }
}

/// Holds a document against the schema of the format.
private struct WorkflowChecker {
    let document: LocatedDocument
    let file: String

    func check() throws(WorkflowError) {
        try checkKeys(of: document.value, against: Workflow.schema, at: JSONPointer())
        try ToolShapes(document: document, file: file).check()
        let schema: CompiledSchema
        do {
            schema = try CompiledSchema(Workflow.schema)
        } catch {
            throw WorkflowError(file: file, place: .start, "the format's own schema is broken: \(error)")
        }
        let faults = schema.validate(document.value).map { violation in
            (place: document.place(of: violation.instancePointer), violation: violation)
        }
        guard
            let first = faults.min(by: { ($0.place.line, $0.place.column) < ($1.place.line, $1.place.column) }
            )
        else { return }
        let pointer = first.violation.instancePointer
        let name = pointer.tokens.isEmpty ? "the workflow" : pointer.tokens.joined(separator: ".")
        throw WorkflowError(
            file: file, place: first.place,
            "\(name): \(first.violation.message)\(hint(at: pointer))")
    }

    /// The wrong value, and how to write a text that looks like something else.
    private func hint(at pointer: JSONPointer) -> String {
        guard let value = document.value[pointer] else { return "" }
        switch value {
        case .array, .object: return ""
        case .null: return "; nothing is given here"
        default:
            let expectsText =
                schema(at: pointer)?["type"]?.stringValue == "string" && value.stringValue == nil
            return "; found \(value.text())" + (expectsText ? ", which must stand in quotes to be text" : "")
        }
    }

    private func schema(at pointer: JSONPointer) -> JSONValue? {
        var schema: JSONValue? = Workflow.schema
        for token in pointer.tokens {
            schema = schema?["properties"]?[token] ?? schema?["items"] ?? schema?["additionalProperties"]
        }
        return schema
    }

    /// Unknown keys are looked for first: the known key that one is near to is the best that can be said.
    private func checkKeys(
        of value: JSONValue, against schema: JSONValue, at pointer: JSONPointer
    ) throws(WorkflowError) {
        switch value {
        case .array(let elements):
            guard let items = schema["items"] else { return }
            for (index, element) in elements.enumerated() {
                try checkKeys(of: element, against: items, at: pointer.appending(index))
            }
        case .object(let object):
            guard let properties = schema["properties"]?.objectValue else { return }
            for member in object {
                let inner = pointer.appending(member.key)
                guard let property = properties[member.key] else {
                    throw unknownKey(member.key, at: inner, known: properties.keys)
                }
                try checkKeys(of: member.value, against: property, at: inner)
            }
        default: return
        }
    }

    private func unknownKey(_ key: String, at pointer: JSONPointer, known: [String]) -> WorkflowError {
        let fix =
            NearestWord.of(key, among: known).map { "did you mean \($0)?" }
            ?? "there are \(known.joined(separator: ", "))"
        return WorkflowError(
            file: file, place: document.place(ofKey: pointer), "there is no key \"\(key)\" here; \(fix)")
    }
}

/// Builds the workflow from a document that the schema has accepted.
private struct WorkflowReader {
    let document: LocatedDocument
    let file: String

    private var root: JSONValue { document.value }

    func workflow() throws(WorkflowError) -> Workflow {
        Workflow(
            name: root["name"]?.stringValue ?? defaultName, model: try model(),
            tools: try ToolSourceReader(document: document, file: file, path: path).sources(),
            policy: try policy(),
            limits: limits, sampling: sampling(), system: root["system"]?.stringValue,
            prompt: root["prompt"]?.stringValue,
            editMode: root["edit-mode"]?.stringValue.flatMap(EditMode.init) ?? .annotate,
            principal: root["principal"]?.stringValue)
    }

    /// The file's name without its folder and ending.
    private var defaultName: String {
        let name = file.split(separator: "/").last.map(String.init) ?? ""
        let stem = name.split(separator: ".").first.map(String.init) ?? ""
        return stem.isEmpty ? "workflow" : stem
    }

    /// A path of the file as the working folder sees it.
    private func path(_ text: String) -> String {
        guard !text.hasPrefix("/"), let slash = file.lastIndex(of: "/") else { return text }
        return String(file[...slash]) + text
    }

    private func model() throws(WorkflowError) -> ModelSource {
        let reader = RemoteModelReader(document: document, file: file, path: path)
        if let source = try reader.source() { return .remote(source) }
        if let script = root["model"]?["scripted"]?.stringValue { return .scripted(path: path(script)) }
        guard let embedded = root["model"]?["embedded"]?.stringValue, embedded != "builtin" else {
            return .builtin
        }
        return .gguf(path: path(embedded))
    }

    private var limits: Limits {
        var limits = Limits()
        let given = root["limits"]
        func set(_ field: WritableKeyPath<Limits, Int>, _ key: String) {
            if let value = given?[key]?.intValue { limits[keyPath: field] = value }
        }
        set(\.rounds, "rounds")
        set(\.tokens, "tokens")
        set(\.responseTokens, "response-tokens")
        set(\.seconds, "seconds")
        set(\.toolSeconds, "tool-seconds")
        set(\.resultBytes, "result-bytes")
        if let parallel = root["parallel"]?.intValue { limits.parallelCalls = parallel }
        return limits
    }

    private func sampling() -> SamplingSettings {
        let given = root["sampling"]
        var settings = SamplingSettings()
        if let value = given?["temperature"]?.numberValue { settings.temperature = value.doubleValue }
        if let value = given?["top-p"]?.numberValue { settings.topP = value.doubleValue }
        if let value = given?["seed"]?.intValue { settings.seed = UInt64(value) }
        let mask = root["mask"]
        if let keys = mask?["keys"]?.stringValue.flatMap(MaskSettings.Keys.init) { settings.mask.keys = keys }
        if let spaces = mask?["spaces"]?.stringValue.flatMap(MaskSettings.Spaces.init) {
            settings.mask.spaces = spaces
        }
        if let calls = mask?["calls"]?.stringValue { settings.mask.calls = MaskSettings.Calls(name: calls) }
        return settings
    }

    private func policy() throws(WorkflowError) -> Policy {
        var policy = Policy()
        if let effect = root["policy"]?["default"]?.stringValue.flatMap(Effect.init) {
            policy.fallback = effect
        }
        policy.approvalTimeout = root["policy"]?["approval-timeout"]?.intValue
        for effect in Effect.allCases {
            for (index, rule) in (root["policy"]?[effect.rawValue]?.arrayValue ?? []).enumerated() {
                let place = JSONPointer(["policy", effect.rawValue, String(index)])
                policy.rules.append(try self.rule(rule, effect, at: place, others: policy.rules))
            }
        }
        return policy
    }

    private func rule(
        _ value: JSONValue, _ effect: Effect, at place: JSONPointer, others: [Rule]
    ) throws(WorkflowError) -> Rule {
        let tool = value["tool"]?.stringValue ?? "*"
        let conditions = try conditions(value["when"]?.objectValue, at: place.appending("when"))
        var name = value["name"]?.stringValue
        if let name, others.contains(where: { ByteString($0.name) == ByteString(name) }) {
            throw WorkflowError(
                file: file, place: document.place(of: place.appending("name")),
                "another rule is named \"\(name)\" too; give each its own name")
        }
        if name == nil {
            let stem = "\(effect.rawValue) \(tool == "*" ? "all" : tool)"
            let taken = others.filter { $0.name == stem || $0.name.hasPrefix(stem + " ") }.count
            name = taken == 0 ? stem : "\(stem) \(taken + 1)"
        }
        return Rule(
            name: name ?? "", effect: effect, tool: tool, arguments: conditions,
            condition: try condition(value["when"]?.stringValue, at: place.appending("when")),
            reason: value["reason"]?.stringValue)
    }

    private func condition(_ text: String?, at place: JSONPointer) throws(WorkflowError) -> Filter? {
        guard let text else { return nil }
        do { return try Filter(text) } catch {
            throw WorkflowError(
                file: file, place: document.place(of: place), "\"\(text)\" is no filter expression: \(error)")
        }
    }

    private func conditions(
        _ object: JSONObject?, at place: JSONPointer
    ) throws(WorkflowError) -> [ArgumentCondition] {
        var conditions: [ArgumentCondition] = []
        for member in object ?? JSONObject() {
            let inner = place.appending(member.key)
            guard let pointer = JSONPointer(text: member.key) else {
                throw WorkflowError(
                    file: file, place: document.place(ofKey: inner),
                    "\"\(member.key)\" is no JSON Pointer; write the argument's place as \"/\(member.key)\"")
            }
            do {
                let pattern = try ECMAPattern(member.value.stringValue ?? "")
                conditions.append(ArgumentCondition(pointer: pointer, pattern: pattern))
            } catch {
                throw WorkflowError(
                    file: file, place: document.place(of: inner),
                    "\(member.value.text()) is no regular expression: \(error)")
            }
        }
        return conditions
    }
}
