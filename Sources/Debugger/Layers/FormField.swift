import JSON
import Terminal

/// One property of a server's question, and what the person has entered for it.
struct FormField: Sendable {
    /// One of the values that may be chosen, and its title.
    struct Choice: Sendable, Hashable {
        let value: JSONValue
        let title: String
    }

    /// How a value is entered.
    enum Control: Sendable {
        /// Text of one line; taken as JSON unless the schema wants a string.
        case text(TextField, isString: Bool)
        /// One of several, or none yet.
        case one([Choice], chosen: Int?)
        /// Any number of several; `cursor` is the one that the keys are at.
        case many([Choice], chosen: Set<Int>, cursor: Int)
    }

    let name: String
    let title: String
    let description: String?
    let isRequired: Bool
    /// The format or the bounds that the schema asks for, in words.
    let hint: String?
    var control: Control
    /// What is wrong with the value, since the last attempt to send it.
    var faults: [String] = []

    init(_ property: JSONObject.Member, isRequired: Bool) {
        let schema = property.value
        name = property.key
        title = schema["title"]?.stringValue ?? property.key
        description = schema["description"]?.stringValue
        self.isRequired = isRequired
        hint = FormField.hint(schema)
        control = FormField.control(schema)
    }

    /// What was entered; `nil` where nothing was, and the fault where it cannot be a value.
    var value: Result<JSONValue?, FormFault> {
        switch control {
        case .text(let field, let isString):
            if field.text.isEmpty { return .success(nil) }
            if isString { return .success(.string(field.text)) }
            guard let value = try? JSONParser.parse(field.text) else {
                return .failure(FormFault(text: "'\(field.text)' is no number and no other JSON value"))
            }
            return .success(value)
        case .one(let choices, let chosen): return .success(chosen.flatMap { choices.element($0)?.value })
        case .many(let choices, let chosen, _):
            // Nothing chosen of an optional list is no list; of a required one it is an empty list.
            if chosen.isEmpty, !isRequired { return .success(nil) }
            return .success(.array(chosen.sorted().compactMap { choices.element($0)?.value }))
        }
    }

    /// Does what a key means for the value and says whether it meant anything.
    mutating func handle(_ key: Key) -> Bool {
        switch control {
        case .text(var field, let isString):
            guard field.handle(key) else { return false }
            control = .text(field, isString: isString)
        case .one(let choices, let chosen):
            guard !choices.isEmpty else { return false }
            let last = choices.count - 1
            switch key {
            case .right, .character(" "):
                control = .one(choices, chosen: chosen.map { $0 == last ? 0 : $0 + 1 } ?? 0)
            case .left: control = .one(choices, chosen: chosen.map { $0 == 0 ? last : $0 - 1 } ?? last)
            case .backspace, .delete: control = .one(choices, chosen: nil)
            default: return false
            }
        case .many(let choices, var chosen, let cursor):
            guard !choices.isEmpty else { return false }
            switch key {
            case .right: control = .many(choices, chosen: chosen, cursor: (cursor + 1) % choices.count)
            case .left:
                control = .many(choices, chosen: chosen, cursor: (cursor + choices.count - 1) % choices.count)
            case .character(" "):
                if chosen.remove(cursor) == nil { chosen.insert(cursor) }
                control = .many(choices, chosen: chosen, cursor: cursor)
            case .backspace, .delete: control = .many(choices, chosen: [], cursor: cursor)
            default: return false
            }
        }
        faults = []
        return true
    }

    /// Puts pasted text where a text is being written.
    mutating func paste(_ text: String) -> Bool {
        guard case .text(var field, let isString) = control else { return false }
        field.insert(text)
        control = .text(field, isString: isString)
        faults = []
        return true
    }

    // MARK: Reading the schema

    private static func control(_ schema: JSONValue) -> Control {
        let preset = schema["default"]
        if let choices = choices(schema) {
            return .one(choices, chosen: preset.flatMap { value in choices.firstIndex { $0.value == value } })
        }
        switch schema["type"]?.stringValue {
        case "boolean":
            let choices = [Choice(value: true, title: "yes"), Choice(value: false, title: "no")]
            return .one(choices, chosen: preset.flatMap { value in choices.firstIndex { $0.value == value } })
        case "array":
            guard let items = schema["items"], let choices = choices(items) else { break }
            let wanted = preset?.arrayValue ?? []
            let chosen = choices.indices.filter { wanted.contains(choices[$0].value) }
            return .many(choices, chosen: Set(chosen), cursor: 0)
        case "string":
            return .text(TextField(preset?.stringValue ?? ""), isString: true)
        default: break
        }
        return .text(TextField(preset?.text() ?? ""), isString: false)
    }

    /// The values of an enumeration, in each of the ways in which the protocol's revisions write one.
    private static func choices(_ schema: JSONValue) -> [Choice]? {
        if let values = schema["enum"]?.arrayValue {
            let names = schema["enumNames"]?.arrayValue ?? []
            return values.enumerated().map { index, value in
                Choice(value: value, title: names.element(index)?.stringValue ?? value.plainWord)
            }
        }
        let titled = schema["oneOf"]?.arrayValue ?? schema["anyOf"]?.arrayValue ?? []
        let choices = titled.compactMap { option in
            option["const"].map { Choice(value: $0, title: option["title"]?.stringValue ?? $0.plainWord) }
        }
        return choices.isEmpty || choices.count < titled.count ? nil : choices
    }

    private static func hint(_ schema: JSONValue) -> String? {
        var parts: [String] = []
        if schema["enum"] == nil, schema["oneOf"] == nil, let type = schema["type"]?.stringValue,
            !["boolean", "string", "array"].contains(type)
        {
            parts.append(type)
        }
        if let format = schema["format"]?.stringValue { parts.append(format) }
        for (key, words) in [
            ("minLength", "at least % characters"), ("maxLength", "at most % characters"),
            ("minimum", "at least %"), ("maximum", "at most %"), ("minItems", "at least % of them"),
            ("maxItems", "at most % of them"),
        ] {
            if let bound = schema[key]?.numberValue {
                let halves = words.split(separator: "%", omittingEmptySubsequences: false)
                parts.append(halves.joined(separator: bound.text))
            }
        }
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }
}

/// What is wrong with an entry of a form.
struct FormFault: Error, Sendable, Hashable {
    let text: String
}

extension JSONValue {
    /// A string as it is, everything else as JSON.
    fileprivate var plainWord: String { stringValue ?? text() }
}
