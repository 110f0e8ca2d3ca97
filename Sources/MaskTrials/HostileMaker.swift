import JSON

/// Random schemas made to exhaust an engine: deep, wide, cyclic, with huge lists, catastrophic patterns and bounds
/// beyond reason, alone and one inside another.
public struct HostileMaker {
    private var random: SeededGenerator

    /// The schemas of a seed.
    public init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    /// What a schema is meant to strain.
    public enum Kind: String, CaseIterable, Sendable {
        case deep, wide, cyclic, enumeration, pattern, bounds, choices, together
    }

    /// The schema of that number, and what it is meant to strain.
    public static func schema(_ number: Int, seed: UInt64) -> (kind: Kind, schema: JSONValue) {
        var maker = HostileMaker(seed: seed &* 1_000_003 &+ UInt64(number))
        let kind = Kind.allCases[number % Kind.allCases.count]
        return (kind, maker.schema(kind))
    }

    private mutating func schema(_ kind: Kind) -> JSONValue {
        switch kind {
        case .deep: deep(size(1_500))
        case .wide: wide(size(3_000))
        case .cyclic: cyclic(2 + size(40))
        case .enumeration: enumeration(size(20_000))
        case .pattern: patterned()
        case .bounds: bounded()
        case .choices: choices(size(200))
        case .together: together()
        }
    }

    // MARK: Chance

    mutating func pick<Item>(_ items: [Item]) -> Item {
        items[Int.random(in: 0..<items.count, using: &random)]
    }

    mutating func chance(_ part: Int, of whole: Int) -> Bool {
        Int.random(in: 0..<whole, using: &random) < part
    }

    mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }

    /// A size up to `most`, small ones as often as large ones.
    private mutating func size(_ most: Int) -> Int {
        var size = 1
        while size < most, chance(3, of: 4) { size *= 2 }
        return min(most, size + number(0...size))
    }

    private static func object(_ members: [(String, JSONValue)]) -> JSONValue {
        .object(JSONObject(members.map { JSONObject.Member(key: $0.0, value: $0.1) }))
    }

    private static func integer(_ value: Int) -> JSONValue { .number(JSONNumber(value)) }

    // MARK: Families

    /// Something small at the end of every branch.
    private mutating func leaf() -> JSONValue {
        switch number(0...7) {
        case 0: ["type": "string"]
        case 1: ["type": "integer", "minimum": 0]
        case 2: true
        case 3: ["type": ["null", "boolean"]]
        case 4: ["const": "x"]
        case 5: Self.object([("type", "string"), ("pattern", .string(pattern(2)))])
        case 6: ["type": "object"]
        default: [:]
        }
    }

    private mutating func deep(_ depth: Int) -> JSONValue {
        var schema = leaf()
        for _ in 0..<depth {
            switch number(0...9) {
            case 0: schema = ["items": schema]
            case 1, 2: schema = ["properties": ["a": schema], "required": ["a"]]
            case 3: schema = ["not": schema]
            case 4: schema = ["allOf": [schema, leaf()]]
            case 5: schema = ["anyOf": [leaf(), schema]]
            case 6: schema = ["additionalProperties": schema]
            case 7: schema = ["prefixItems": [schema], "minItems": 1]
            case 8: schema = ["if": leaf(), "then": schema]
            default: schema = ["contains": schema]
            }
        }
        return schema
    }

    private mutating func wide(_ width: Int) -> JSONValue {
        let keys = (0..<width).map { "key \($0 * 7919 % 100_003)" }
        var members: [(String, JSONValue)] = [
            ("properties", Self.object(keys.map { ($0, leaf()) }))
        ]
        if chance(1, of: 2) { members.append(("required", .array(keys.map { .string($0) }))) }
        if chance(1, of: 2) { members.append(("additionalProperties", false)) }
        if chance(1, of: 4) { members.append(("maxProperties", Self.integer(number(0...width)))) }
        if chance(1, of: 4) {
            members.append(
                ("patternProperties", Self.object((0..<number(1...8)).map { _ in (pattern(2), leaf()) })))
        }
        if chance(1, of: 4) {
            members.append(
                (
                    "dependentRequired",
                    Self.object(
                        (0..<min(width, 200)).map { _ in (pick(keys), .array([.string(pick(keys))])) })
                ))
        }
        if chance(1, of: 5) { members.append(("unevaluatedProperties", false)) }
        if chance(1, of: 6) { members.append(("propertyNames", ["pattern": .string(pattern(2))])) }
        return Self.object(members)
    }

    private mutating func cyclic(_ count: Int) -> JSONValue {
        let parts = (0..<count).map { number -> (String, JSONValue) in ("d\(number)", part(of: count)) }
        return Self.object([("$defs", Self.object(parts)), ("$ref", "#/$defs/d0")])
    }

    private mutating func part(of count: Int) -> JSONValue {
        func reference(_ number: Int) -> JSONValue { ["$ref": .string("#/$defs/d\(number)")] }
        var members: [(String, JSONValue)] = []
        for _ in 0..<number(1...3) {
            let one = reference(number(0...count - 1))
            let other = reference(number(0...count - 1))
            switch number(0...10) {
            case 0: members.append(("properties", ["a": one, "b": other]))
            case 1: members.append(("required", ["a"]))
            case 2: members.append(("items", one))
            case 3: members.append(("anyOf", [one, other, leaf()]))
            case 4: members.append(("oneOf", [one, leaf()]))
            case 5: members.append(("allOf", [one, leaf()]))
            case 6: members.append(("not", one))
            case 7: members += [("if", one), ("then", other)]
            case 8: members += [("contains", one), ("minContains", Self.integer(number(0...1_000)))]
            case 9: members.append(("additionalProperties", one))
            default: members.append(("$ref", .string("#/$defs/d\(number(0...count - 1))")))
            }
        }
        return Self.object(members)
    }

    private mutating func enumeration(_ count: Int) -> JSONValue {
        let kind = number(0...4)
        let values = (0..<count).map { index -> JSONValue in
            switch kind {
            case 0: .string("value number \(index &* 7919 % 100_003)")
            case 1: Self.integer(index * 37)
            case 2: ["id": Self.integer(index), "of": ["x", "y"]]
            case 3: .string(String(repeating: "ab", count: index % 50) + String(index))
            default:
                pick([nil, true, .string("\\\"\u{7}é\(index)"), Self.integer(-index), [Self.integer(index)]])
            }
        }
        var members: [(String, JSONValue)] = [("enum", .array(values))]
        if chance(1, of: 4) { members.append(("not", ["enum": .array(Array(values.prefix(count / 2)))])) }
        if chance(1, of: 4) { members.append(("pattern", .string(pattern(2)))) }
        if chance(1, of: 6) { members.append(("maxLength", Self.integer(number(0...30)))) }
        let schema = Self.object(members)
        return chance(1, of: 3) ? ["type": "array", "items": schema, "uniqueItems": true] : schema
    }

    private mutating func patterned() -> JSONValue {
        var members: [(String, JSONValue)] = [("type", "string"), ("pattern", .string(pattern(4)))]
        if chance(1, of: 3) { members.append(("maxLength", Self.integer(size(100_000)))) }
        if chance(1, of: 4) { members.append(("minLength", Self.integer(size(1_000)))) }
        if chance(1, of: 3) { members.append(("not", ["pattern": .string(pattern(3))])) }
        if chance(1, of: 3) {
            members.append(
                ("allOf", .array((0..<number(1...6)).map { _ in ["pattern": .string(pattern(3))] })))
        }
        if chance(1, of: 4) {
            members.append(
                ("anyOf", .array((0..<number(1...6)).map { _ in ["pattern": .string(pattern(3))] })))
        }
        if chance(1, of: 6) {
            members.append(("format", .string(pick(["date-time", "email", "uri", "regex"]))))
        }
        return Self.object(members)
    }

    private mutating func bounded() -> JSONValue {
        let large = [0, 1, 999, 1_000_000, 2_000_000_000, Int.max]
        switch number(0...4) {
        case 0:
            return [
                "type": "array", "minItems": Self.integer(pick(large)),
                "items": ["type": "string", "minLength": Self.integer(pick(large))],
            ]
        case 1:
            func number() -> JSONValue {
                let text = pick([
                    "1e300", "-1e300", "1e-300", "0.1", "123456789012345678901234567890", "7", "-3",
                ])
                return .number(JSONNumber(text: text) ?? JSONNumber(1))
            }
            return [
                "type": .string(pick(["number", "integer"])), "minimum": number(),
                "exclusiveMaximum": number(),
                "multipleOf": number(),
            ]
        case 2:
            return [
                "contains": leaf(), "minContains": Self.integer(pick(large)),
                "maxContains": Self.integer(pick(large)), "uniqueItems": true, "items": leaf(),
            ]
        case 3:
            return [
                "type": "object", "minProperties": Self.integer(pick(large)),
                "maxProperties": Self.integer(pick(large)),
                "propertyNames": ["maxLength": Self.integer(number(0...3)), "pattern": .string(pattern(2))],
            ]
        default:
            return [
                "type": "string", "maxLength": Self.integer(pick(large)),
                "minLength": Self.integer(size(5_000)),
                "not": ["minLength": Self.integer(size(5_000))],
            ]
        }
    }

    private mutating func choices(_ count: Int) -> JSONValue {
        let kind = number(0...3)
        let alternatives = (0..<count).map { index -> JSONValue in
            switch kind {
            case 0: return ["required": [.string("k\(index)")]]
            case 1: return ["properties": Self.object([("k\(index % 7)", leaf())]), "required": ["k1"]]
            case 2: return leaf()
            default:
                return [
                    "anyOf": [["required": [.string("a\(index)")]], ["required": [.string("b\(index)")]]]
                ]
            }
        }
        let word = kind == 3 ? "allOf" : pick(["oneOf", "anyOf", "allOf"])
        var members: [(String, JSONValue)] = [(word, .array(alternatives))]
        if chance(1, of: 3) { members.append(("unevaluatedProperties", false)) }
        if chance(1, of: 4) { members.append(("type", "object")) }
        if chance(1, of: 4) { members.append(("not", leaf())) }
        return Self.object(members)
    }

    private mutating func together() -> JSONValue {
        let kinds: [Kind] = [.deep, .wide, .cyclic, .enumeration, .pattern, .bounds, .choices]
        func part() -> JSONValue {
            switch pick(kinds) {
            case .deep: deep(size(60))
            case .wide: wide(size(60))
            case .enumeration: enumeration(size(200))
            case .pattern: patterned()
            case .choices: choices(size(20))
            default: bounded()
            }
        }
        return Self.object([
            (pick(["allOf", "anyOf", "oneOf"]), .array((0..<number(2...4)).map { _ in part() })),
            (pick(["not", "items", "additionalProperties", "if"]), part()),
        ])
    }
}
