import JSON

/// One schema, its keywords typed for the engine.
///
/// Other schemas are named by their number in the graph.
struct SchemaNode {
    var origin = SchemaOrigin()
    var general = GeneralKeywords()
    var string = StringKeywords()
    var bounds = NumberBounds()
    var array = ArrayKeywords()
    var object = ObjectKeywords()
    var inPlace = InPlaceApplicators()
    var unevaluated = UnevaluatedKeywords()

    /// The upper bound that lies below its lower bound, so that no value of that kind fits; `nil` where none does.
    func crossedBounds(_ start: ValueStart) -> String? {
        func crossed(_ low: Int, _ high: Int?, _ keyword: String) -> String? {
            high.map { $0 < low } == true ? keyword : nil
        }
        switch start {
        case .string: return crossed(string.minLength, string.maxLength, "maxLength")
        case .array:
            let contains = array.contains
            if contains.schema != nil,
                let fault = crossed(contains.minimum, contains.maximum, "maxContains")
            {
                return fault
            }
            return crossed(array.minItems, array.maxItems, "maxItems")
        case .object: return crossed(object.minProperties, object.maxProperties, "maxProperties")
        default: return nil
        }
    }
}

/// Where a schema stands.
struct SchemaOrigin {
    var pointer = JSONPointer()
    /// The URI of the document, where it is not the grammar's own.
    var document: String?
}

/// What a schema asks of a value of whatever kind: the boolean schemas, `type`, `enum` and `const`.
struct GeneralKeywords {
    /// The verdict of a boolean schema.
    var constant: Bool?
    var kinds: ValueKinds?
    /// Whether a number must be integral (`type` names integer and not number).
    var isIntegral = false
    /// Whether numbers such as 1.0 are no integers (draft 4).
    var integersHaveNoPoint = false
    /// The values of `enum` and `const`, intersected, and the keyword to name.
    var values: [JSONValue]?
    var valuesKeyword = "enum"
    /// Whether the schema stands for (a part of) a value listed by its parent's `enum` or `const`: then that keyword
    /// is to blame for all it refuses.
    var isLiteral = false
}

/// The string keywords of one schema.
struct StringKeywords {
    var minLength = 0
    var maxLength: Int?
    var pattern: StringTest?
    var format: StringTest?

    /// Whether only the closed text decides.
    var checksText: Bool { pattern?.exact != nil || format?.exact != nil }
}
