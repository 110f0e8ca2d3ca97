import JSON

/// The result of a call in the history that a client sends.
public struct ResultInHistory: Sendable {
    /// The ID of the call that it answers; empty where it answers none that is known.
    public let id: String
    /// What the client says came of the call.
    public let text: String
    /// Whether the client says that it failed.
    public let isError: Bool
    private let format: WireFormat
    /// The object that holds all of the result.
    private let holder: JSONPlace
    /// The tool's name, for the formats that repeat it.
    private let name: JSONPlace?

    init(
        id: String, text: String, isError: Bool, format: WireFormat, holder: JSONPlace, name: JSONPlace? = nil
    ) {
        self.id = id
        self.text = text
        self.isError = isError
        self.format = format
        self.holder = holder
        self.name = name
    }

    private var contentKey: String {
        switch format {
        case .messages, .chatCompletions, .ollama: "content"
        case .responses: "output"
        case .gemini: "response"
        }
    }

    /// Puts a text in the place of the whole result.
    public func replace(by text: String, isError: Bool, in splices: inout ByteSplices) {
        let kind = format == .responses ? holder["type"]?.string ?? "" : ""
        if kind == "computer_call_output" { return }
        let content: JSONValue =
            format == .gemini
            ? .object(JSONObject([.init(key: isError ? "error" : "output", value: .string(text))]))
            : kind == "shell_call_output"
                ? [ResponsesItem.shellOutput(text, isError: isError)] : .string(text)
        set(contentKey, to: content, in: &splices)
        guard format == .messages else { return }
        if isError || holder["is_error"] != nil { set("is_error", to: .bool(isError), in: &splices) }
    }

    /// Puts a text in the place of the whole result, in the shape in which the output of such an item is given.
    public func replace(
        by text: String, isError: Bool, answering item: String, in splices: inout ByteSplices
    ) {
        let type = (try? JSONParser.parse(item))?["type"]?.stringValue ?? ""
        let output = ResponsesItem.output(of: type, callID: id, text, isError: isError)
        splices.replace(holder.range, with: Array(output.text().utf8))
    }

    /// Puts a text before the result, which stays as it is.
    public func prefix(_ text: String, in splices: inout ByteSplices) {
        guard let content = holder[contentKey], !content.isNull else {
            return set(contentKey, to: .string(text), in: &splices)
        }
        let inside = content.range.lowerBound + 1
        if content.string != nil {
            let quoted = Array(JSONValue.string(text + "\n").text().utf8)
            splices.replace(inside..<inside, with: Array(quoted.dropFirst().dropLast()))
        } else if let parts = content.elements {
            let kind = format == .responses ? "input_text" : "text"
            let part: JSONValue =
                holder["type"]?.string == "shell_call_output"
                ? ResponsesItem.shellOutput(text, isError: false)
                : ["type": .string(kind), "text": .string(text)]
            splices.replace(inside..<inside, with: Array((part.text() + (parts.isEmpty ? "" : ",")).utf8))
        } else if let members = content.members, format != .responses {
            let member = "\"reviewer_note\":" + JSONValue.string(text).text()
            splices.replace(inside..<inside, with: Array((member + (members.isEmpty ? "" : ",")).utf8))
        }
    }

    /// Gives the tool another name where the result repeats it.
    public func rename(to name: String, in splices: inout ByteSplices) {
        if let place = self.name { splices.replace(place.range, withString: name) }
    }

    private func set(_ key: String, to value: JSONValue, in splices: inout ByteSplices) {
        let bytes = Array(value.text().utf8)
        if let place = holder[key] {
            splices.replace(place.range, with: bytes)
        } else {
            let start = holder.range.lowerBound + 1
            let member = Array((JSONValue.string(key).text() + ":").utf8) + bytes
            splices.replace(
                start..<start, with: member + (holder.members?.isEmpty == true ? [] : [UInt8(ascii: ",")]))
        }
    }
}
