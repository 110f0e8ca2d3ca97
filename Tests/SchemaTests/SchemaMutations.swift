import JSON

/// Random schemas of tools, and the faults that strangers put into them.
struct SchemaMutations {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// SplitMix64 (Steele, Lea, Flood 2014).
    private mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    private mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[Int(next() % UInt64(elements.count))]
    }

    /// What the schemas are held against.
    static let instances: [JSONValue] = [
        [:], ["a": 1], ["a": "x", "b": 2], ["a": nil], ["b": []], ["b": ["x", 1]], ["a": ["a": "x"]],
        ["c": true, "a": "x"], ["a": "aaa", "c": 35],
    ]

    /// Keywords that restrict nothing in ``instances`` once they are gone.
    private static let faults: [(String, JSONValue)] = [
        ("properties", nil), ("required", nil), ("type", "any"), ("type", ["string", "any"]), ("type", 3),
        ("enum", "a"), ("enum", nil), ("$ref", "#/nowhere"), ("$ref", "https://example.com/x"), ("$ref", 3),
        ("pattern", "(?i)x"), ("pattern", "("), ("pattern", 3), ("minLength", "1"), ("minLength", -1),
        ("items", nil), ("items", "string"), ("additionalProperties", nil), ("additionalProperties", "false"),
        ("allOf", [:]), ("anyOf", []), ("oneOf", nil), ("not", 3), ("minimum", "0"), ("multipleOf", 0),
        ("maxItems", -3), ("uniqueItems", "yes"), ("format", 3), ("$schema", "https://example.com/none"),
        ("patternProperties", ["(": ["type": "null"]]), ("dependentRequired", ["a": 3]), ("propertyNames", 7),
        ("contains", "x"), ("if", 1), ("prefixItems", [:]), ("exclusiveMinimum", nil),
    ]

    /// A schema, and the same schema with up to three faults in it.
    mutating func pair() -> (sound: JSONValue, broken: JSONValue) {
        let sound = schema(depth: 2, isRoot: true)
        var broken = sound
        for _ in 0...(next() % 3) {
            let (keyword, value) = pick(SchemaMutations.faults)
            let place = pick(SchemaMutations.places(in: broken, at: JSONPointer()))
            guard broken[place]?[keyword] == nil else { continue }
            broken = broken.replacing(place.appending(keyword), with: value)
        }
        return (sound, broken)
    }

    private mutating func schema(depth: Int, isRoot: Bool = false) -> JSONValue {
        if depth == 0 { return pick([[:], ["type": "string"], ["type": ["string", "number", "null"]]]) }
        var members: [JSONObject.Member] = isRoot ? [.init(key: "type", value: "object")] : []
        if next() % 4 > 0 {
            members.append(
                .init(
                    key: "properties", value: ["a": schema(depth: depth - 1), "b": schema(depth: depth - 1)])
            )
        }
        switch next() % 5 {
        case 0: members.append(.init(key: "anyOf", value: [schema(depth: depth - 1), true]))
        case 1: members.append(.init(key: "not", value: ["required": ["z"]]))
        case 2: members.append(.init(key: "oneOf", value: [true, ["required": ["z"]]]))
        case 3: members.append(.init(key: "additionalProperties", value: schema(depth: depth - 1)))
        default: break
        }
        return .object(JSONObject(members))
    }

    /// The places at which a schema stands.
    private static func places(in schema: JSONValue, at place: JSONPointer) -> [JSONPointer] {
        guard let object = schema.objectValue else { return [] }
        var found = [place]
        for member in object {
            let inner = place.appending(member.key)
            switch (member.key, member.value) {
            case ("properties", .object(let properties)):
                for property in properties {
                    found += places(in: property.value, at: inner.appending(property.key))
                }
            case ("anyOf", .array(let list)), ("oneOf", .array(let list)):
                for (index, element) in list.enumerated() {
                    found += places(in: element, at: inner.appending(index))
                }
            case ("not", _), ("additionalProperties", _): found += places(in: member.value, at: inner)
            default: break
            }
        }
        return found
    }
}
