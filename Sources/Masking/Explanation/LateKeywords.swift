import JSON

/// The keywords of a schema whose violation can be seen only where a value ends.
///
/// The mask still enforces them: the token that would close a value that violates one is masked. But until then a model
/// may write on towards a dead end, which is why a catalogue does well without them.
public enum LateKeywords {
    private static let late: Set<String> = [
        "uniqueItems", "contains", "minContains", "not", "minProperties", "dependentRequired",
        "dependentSchemas",
        "dependencies", "unevaluatedItems", "unevaluatedProperties", "multipleOf", "if",
    ]
    /// Keywords whose value is a schema.
    private static let schema: Set<String> = [
        "additionalProperties", "additionalItems", "items", "contains", "not", "if", "then", "else",
        "propertyNames",
        "unevaluatedItems", "unevaluatedProperties",
    ]
    /// Keywords whose value is a list of schemas.
    private static let list: Set<String> = ["allOf", "anyOf", "oneOf", "prefixItems", "items"]
    /// Keywords whose value is an object of schemas.
    private static let named: Set<String> = [
        "properties", "patternProperties", "$defs", "definitions", "dependentSchemas",
    ]

    /// Where such keywords stand in a schema, in its order.
    public static func pointers(in root: JSONValue) -> [JSONPointer] {
        var found: [JSONPointer] = []
        collect(root, JSONPointer(), &found)
        return found
    }

    private static func collect(_ value: JSONValue, _ place: JSONPointer, _ found: inout [JSONPointer]) {
        // Deeper than any catalogue that people write; a hostile one is not followed to the stack's end.
        guard let object = value.objectValue, place.tokens.count < 200 else { return }
        for member in object {
            let here = place.appending(member.key)
            if late.contains(member.key), member.value != .bool(false), member.value != .number(JSONNumber(0))
            {
                found.append(here)
            }
            if schema.contains(member.key) { collect(member.value, here, &found) }
            if list.contains(member.key) {
                for (index, item) in (member.value.arrayValue ?? []).enumerated() {
                    collect(item, here.appending(index), &found)
                }
            }
            if named.contains(member.key) {
                for child in member.value.objectValue ?? JSONObject() {
                    collect(child.value, here.appending(child.key), &found)
                }
            }
        }
    }
}
