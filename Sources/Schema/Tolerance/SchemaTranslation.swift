import JSON

/// A keyword as another dialect spells it, written anew where the meaning is certain.
struct SchemaTranslation {
    let schema: JSONValue
    let reason: String

    private init(_ schema: JSONValue, _ reason: String) {
        self.schema = schema
        self.reason = reason
    }

    /// The document with the keyword's meaning in today's spelling; `nil` for a value without a certain one.
    init?(_ keyword: String, _ value: JSONValue, at path: SchemaPath, in document: JSONValue) {
        let found: SchemaTranslation? =
            switch keyword {
            case "exclusiveMinimum": SchemaTranslation.bound("minimum", keyword, value, path, document)
            case "exclusiveMaximum": SchemaTranslation.bound("maximum", keyword, value, path, document)
            case "type": SchemaTranslation.type(value, path, document)
            case "required": SchemaTranslation.required(value, path, document)
            case "items": SchemaTranslation.items(value, path, document)
            default: nil
            }
        guard let found else { return nil }
        self = found
    }

    /// Draft 4's boolean beside the bound (draft-wright-json-schema-validation-00, section 5.3).
    private static func bound(
        _ plain: String, _ exclusive: String, _ value: JSONValue, _ path: SchemaPath, _ document: JSONValue
    ) -> SchemaTranslation? {
        guard let flag = value.boolValue, var object = document[path.schema]?.objectValue else {
            return nil
        }
        object[exclusive] = flag ? object[plain] : nil
        if flag { object[plain] = nil }
        return SchemaTranslation(
            document.replacing(path.schema, with: .object(object)),
            "\(exclusive) \(value.text()) is draft 4's way to say whether \(plain) itself is allowed")
    }

    /// Capital letters, as Gemini's schemas have them.
    private static func type(
        _ value: JSONValue, _ path: SchemaPath, _ document: JSONValue
    ) -> SchemaTranslation? {
        let names = value.stringValue.map { [$0] } ?? value.arrayValue?.map { $0.stringValue ?? "" } ?? []
        let lowered = names.map { $0.lowercased() }
        guard !names.isEmpty, lowered.allSatisfy({ JSONTypes(name: $0) != nil }) else { return nil }
        let written: JSONValue =
            value.stringValue == nil ? .array(lowered.map { .string($0) }) : .string(lowered[0])
        return SchemaTranslation(
            document.replacing(path.schema.appending("type"), with: written),
            "types are written in small letters")
    }

    /// Draft 3's boolean in the property itself: it belongs into the object's list.
    private static func required(
        _ value: JSONValue, _ path: SchemaPath, _ document: JSONValue
    ) -> SchemaTranslation? {
        guard value == .bool(true), path.holder == "properties", let name = path.schema.tokens.last else {
            return nil
        }
        var changed = document.replacing(path.schema.appending("required"), with: nil)
        let list = path.outer.appending("required")
        guard changed[path.outer]?.objectValue != nil else { return nil }
        var names = changed[list]?.arrayValue ?? []
        if changed[list] != nil, changed[list]?.arrayValue == nil { return nil }
        if !names.contains(.string(name)) { names.append(.string(name)) }
        changed = changed.replacing(list, with: .array(names))
        return SchemaTranslation(changed, "required true is draft 3's way to list \(name) in its object")
    }

    /// The array of older drafts: one schema for each place, and `additionalItems` for the rest.
    private static func items(
        _ value: JSONValue, _ path: SchemaPath, _ document: JSONValue
    ) -> SchemaTranslation? {
        guard case .array = value, var object = document[path.schema]?.objectValue,
            object["prefixItems"] == nil
        else { return nil }
        object["prefixItems"] = value == [] ? nil : value
        object["items"] = object["additionalItems"]
        object["additionalItems"] = nil
        return SchemaTranslation(
            document.replacing(path.schema, with: .object(object)),
            "an array of schemas under items is older drafts' prefixItems")
    }
}
