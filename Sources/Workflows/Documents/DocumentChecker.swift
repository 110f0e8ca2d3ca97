import JSON
import Schema

/// Holds a document against the schema of its format, and names the first fault by its place in the text.
struct DocumentChecker {
    let document: LocatedDocument
    let file: String
    let schema: JSONValue
    /// What the whole document is called.
    let name: String

    /// Looks for unknown keys first: the known key that one is near to is the best that can be said.
    func checkKeys() throws(WorkflowError) {
        try checkKeys(of: document.value, against: schema, at: JSONPointer())
    }

    func checkValues() throws(WorkflowError) {
        let compiled: CompiledSchema
        do {
            compiled = try CompiledSchema(schema)
        } catch {
            throw WorkflowError(file: file, place: .start, "the format's own schema is broken: \(error)")
        }
        let faults = compiled.validate(document.value).map { violation in
            (place: document.place(of: violation.instancePointer), violation: violation)
        }
        guard
            let first = faults.min(by: { ($0.place.line, $0.place.column) < ($1.place.line, $1.place.column) }
            )
        else { return }
        let pointer = first.violation.instancePointer
        let name = pointer.tokens.isEmpty ? self.name : pointer.tokens.joined(separator: ".")
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
        var schema: JSONValue? = schema
        for token in pointer.tokens {
            schema = schema?["properties"]?[token] ?? schema?["items"] ?? schema?["additionalProperties"]
        }
        return schema
    }

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
