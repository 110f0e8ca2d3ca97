import JSON

/// Which keys of a tool go together: checked before the schema, whose `oneOf` could only say that nothing matched.
struct ToolShapes {
    let document: LocatedDocument
    let file: String

    /// What makes a tool one of a kind, and the keys that may stand beside it.
    private static let kinds: [(key: String, others: [String])] = [
        ("builtin", ["database"]),
        ("name", ["description", "parameters", "command", "http"]),
        ("openapi", ["server", "tools", "headers"]),
        ("mcp", ["servers", "tools", "prefix"]),
    ]

    func check() throws(WorkflowError) {
        for (index, tool) in (document.value["tools"]?.arrayValue ?? []).enumerated() {
            guard let keys = tool.objectValue?.keys else { continue }
            try check(keys, at: JSONPointer(["tools", String(index)]))
            if tool["command"] != nil, tool["http"] != nil {
                throw WorkflowError(
                    file: file, place: document.place(ofKey: JSONPointer(["tools", String(index), "http"])),
                    "a tool is a command or a request, not both; make it two tools")
            }
            if let http = tool["http"]?.objectValue, http.contains(key: "body"), http.contains(key: "form") {
                let place = JSONPointer(["tools", String(index), "http"])
                try checkOne(of: ["body", "form"], in: http, at: place)
            }
            if let command = tool["command"]?.objectValue {
                let place = JSONPointer(["tools", String(index), "command"])
                try checkOne(of: ["run", "shell"], in: command, at: place)
            }
        }
    }

    private func check(_ keys: [String], at place: JSONPointer) throws(WorkflowError) {
        let found = ToolShapes.kinds.filter { keys.contains($0.key) }
        guard let kind = found.first else {
            let known = ToolShapes.kinds.map(\.key).joined(separator: ", ")
            throw WorkflowError(
                file: file, place: document.place(of: place),
                "\(place.tokens.joined(separator: ".")): a tool needs one of the keys \(known)")
        }
        if let stranger = keys.first(where: { $0 != kind.key && !kind.others.contains($0) }) {
            throw WorkflowError(
                file: file, place: document.place(ofKey: place.appending(stranger)),
                "\(stranger) doesn't go with \(kind.key); make it a tool of its own")
        }
    }

    private func checkOne(
        of keys: [String], in object: JSONObject, at place: JSONPointer
    ) throws(WorkflowError) {
        let found = keys.filter { object.contains(key: $0) }
        guard found.count != 1 else { return }
        throw WorkflowError(
            file: file, place: document.place(of: place),
            "\(place.tokens.last ?? "this") needs "
                + (found.isEmpty ? "one of the keys " : "only one of the keys ")
                + keys.joined(separator: ", "))
    }
}
