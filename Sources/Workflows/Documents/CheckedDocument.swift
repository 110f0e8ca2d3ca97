import JSON

/// A YAML or JSON text of a person, read and held against a schema; faults are named by line and column.
public struct CheckedDocument {
    /// The document.
    public let value: JSONValue
    private let document: LocatedDocument
    private let file: String
    private let text: String

    /// Reads a text.
    ///
    /// - Parameters:
    ///   - file: what faults name.
    ///   - name: what the whole document is called: `the settings`.
    /// - Throws: ``WorkflowError`` for the first fault.
    public init(_ text: String, file: String, schema: JSONValue, name: String) throws(WorkflowError) {
        self.text = text
        self.file = file
        if text.split(whereSeparator: \.isNewline).allSatisfy({
            $0.drop { $0 == " " }.first.map { $0 == "#" } ?? true
        }) {
            // A file of comments sets nothing.
            document = LocatedDocument.empty
        } else {
            document = try LocatedDocument(text, file: file)
        }
        value = document.value
        let checker = DocumentChecker(document: document, file: file, schema: schema, name: name)
        try checker.checkKeys()
        try checker.checkValues()
    }

    /// A fault that only the reader of the values can find, at the place of the keys that lead to it.
    public func fault(_ message: String, at keys: [String]) -> WorkflowError {
        WorkflowError(
            file: file, place: document.place(ofKey: JSONPointer(keys)),
            (keys.isEmpty ? "" : keys.joined(separator: ".") + ": ") + message)
    }

    /// The text with another value at a place, everything else as it stands, comments too.
    ///
    /// - Returns: `nil` where the text is written so that a line cannot be put in: then a person has to.
    public func text(setting value: JSONValue, at keys: [String]) -> String? {
        let wanted = CheckedDocument.setting(value, at: keys[...], in: document.value)
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if lines.last == "" { lines.removeLast() }
        var depth = keys.count
        while depth > 0, document.value[JSONPointer(Array(keys.prefix(depth)))] == nil { depth -= 1 }
        if depth == keys.count {
            let place = document.place(ofKey: JSONPointer(keys))
            guard lines.indices.contains(place.line - 1) else { return nil }
            let line = lines[place.line - 1]
            guard let colon = line.firstIndex(of: ":") else { return nil }
            let comment = line.range(of: " #").map { String(line[$0.lowerBound...]) } ?? ""
            lines[place.line - 1] = line[...colon] + " " + value.text() + comment
        } else {
            let indent =
                depth == 0 ? 0 : document.place(ofKey: JSONPointer(Array(keys.prefix(depth)))).column + 1
            let line =
                depth == 0 ? lines.count : document.place(ofKey: JSONPointer(Array(keys.prefix(depth)))).line
            let added = keys[depth...].enumerated().map { step, key in
                String(repeating: " ", count: indent + 2 * step) + key + ":"
                    + (depth + step == keys.count - 1 ? " " + value.text() : "")
            }
            lines.insert(contentsOf: added, at: min(line, lines.count))
        }
        let changed = lines.joined(separator: "\n") + "\n"
        // What was put in must say what was meant, and nothing else must have changed.
        let now = (try? LocatedDocument(changed, file: file))?.value
        return now?.isEquivalent(to: wanted) == true ? changed : nil
    }

    private static func setting(_ value: JSONValue, at keys: ArraySlice<String>, in document: JSONValue)
        -> JSONValue
    {
        guard let key = keys.first else { return value }
        var object = document.objectValue ?? JSONObject()
        object[key] = setting(value, at: keys.dropFirst(), in: object[key] ?? [:])
        return .object(object)
    }
}
