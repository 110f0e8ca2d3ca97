import JSON
import MaskTrials

/// Random schemas of every keyword, with patterns, formats and bounds such as people write.
struct SchemaMaker {
    var random: SeededGenerator

    static let keys = ["id", "name", "tags", "x-1", "line1", "a", "größe", "with \"quote\"", "$ref"]
    static let patterns = [
        "@", "/$", "base64,", "base64,$", "^base64,", "^[a-z]+$", "[0-9]{3}", "^.{2,6}$", "(foo|bar)baz?",
        "\\.",
        "^\\S+@\\S+$", "^[A-Z]{2}-[0-9]+", "[^\"\\\\]\"", "\\\\", "^(?!x).*", "(?=.*[0-9])(?=.*[a-z])", "^$",
        "^a*$",
        "é|ü", "\\bend\\b", "(.)\\1", "^[^,:]*[,:]", "\\}$", "^\\s*$", "\"", "\\n",
    ]
    static let formats = [
        "date", "time", "date-time", "duration", "email", "hostname", "ipv4", "ipv6", "uuid", "uri",
        "uri-reference", "json-pointer", "regex", "iri", "unknown",
    ]

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    mutating func pick<Item>(_ items: [Item]) -> Item {
        items[Int.random(in: 0..<items.count, using: &random)]
    }

    mutating func chance(_ part: Int, of whole: Int) -> Bool {
        Int.random(in: 0..<whole, using: &random) < part
    }

    private mutating func number(_ range: ClosedRange<Int>) -> JSONValue {
        .number(JSONNumber(Int.random(in: range, using: &random)))
    }

    private func object(_ members: [(String, JSONValue)]) -> JSONValue {
        .object(JSONObject(members.map { .init(key: $0.0, value: $0.1) }))
    }

    /// A value that an `enum` may list.
    mutating func value(_ depth: Int = 1) -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 9 : 7), using: &random) {
        case 0: return .null
        case 1: return .bool(chance(1, of: 2))
        case 2: return number(-3...120)
        case 3: return .number(JSONNumber(text: pick(["0.5", "1e3", "-2.25", "12345.0"])) ?? JSONNumber(0))
        case 4, 5, 6:
            return .string(pick(["", "red", "red,", "reddish", "a\"b", "a\\b", "naïve", "x\ny", "base64,"]))
        case 7: return .array((0..<Int.random(in: 0..<3, using: &random)).map { _ in value(depth - 1) })
        default: return object([(pick(Self.keys), value(depth - 1))])
        }
    }

    mutating func schema(_ depth: Int = 2) -> JSONValue {
        if chance(1, of: 25) { return .bool(chance(4, of: 5)) }
        var members: [(String, JSONValue)] = []
        let kind = pick(["string", "string", "object", "object", "array", "number", "integer", "any", "null"])
        if kind != "any" { members.append(("type", .string(kind))) }
        switch kind {
        case "string": addString(&members)
        case "number", "integer": addNumber(&members)
        case "array": addArray(&members, depth)
        case "object": addObject(&members, depth)
        case "any":
            if chance(1, of: 3) { members.append(("enum", .array((0..<4).map { _ in value() }))) }
            if chance(1, of: 3) { addString(&members) }
            if chance(1, of: 4) { addNumber(&members) }
            if depth > 0, chance(1, of: 3) { addObject(&members, depth) }
        default: break
        }
        if depth > 0, chance(1, of: 4) { addApplied(&members, depth) }
        return object(members)
    }

    private mutating func addString(_ members: inout [(String, JSONValue)]) {
        switch Int.random(in: 0..<8, using: &random) {
        case 0: members.append(("enum", .array((0..<3).map { _ in value(0) })))
        case 1: members.append(("const", value(0)))
        case 2, 3: members.append(("format", .string(pick(Self.formats))))
        case 4, 5, 6: members.append(("pattern", .string(pick(Self.patterns))))
        default: break
        }
        if chance(1, of: 4) { members.append(("minLength", number(0...4))) }
        if chance(1, of: 3) { members.append(("maxLength", number(2...12))) }
    }

    private mutating func addNumber(_ members: inout [(String, JSONValue)]) {
        if chance(1, of: 2) { members.append(("minimum", number(-20...5))) }
        if chance(1, of: 2) { members.append(("maximum", number(5...2000))) }
        if chance(1, of: 6) { members.append(("exclusiveMinimum", number(-9...9))) }
        if chance(1, of: 6) { members.append(("exclusiveMaximum", number(10...99))) }
        if chance(1, of: 4) {
            members.append(
                ("multipleOf", .number(JSONNumber(text: pick(["2", "5", "0.1", "7"])) ?? JSONNumber(1))))
        }
    }

    private mutating func addArray(_ members: inout [(String, JSONValue)], _ depth: Int) {
        guard depth > 0 else { return }
        if chance(2, of: 3) { members.append(("items", schema(depth - 1))) }
        if chance(1, of: 4) { members.append(("prefixItems", [schema(depth - 1), schema(depth - 1)])) }
        if chance(1, of: 4) { members.append(("uniqueItems", true)) }
        if chance(1, of: 4) { members.append(("minItems", number(0...2))) }
        if chance(1, of: 4) { members.append(("maxItems", number(1...4))) }
        if chance(1, of: 5) {
            members.append(("contains", schema(depth - 1)))
            if chance(1, of: 2) { members.append(("minContains", number(0...2))) }
            if chance(1, of: 2) { members.append(("maxContains", number(1...3))) }
        }
        if chance(1, of: 8) { members.append(("unevaluatedItems", schema(0))) }
    }

    private mutating func addObject(_ members: inout [(String, JSONValue)], _ depth: Int) {
        guard depth > 0 else { return }
        let names = Self.keys.shuffled(using: &random).prefix(Int.random(in: 0...4, using: &random))
        members.append(("properties", object(names.map { ($0, schema(depth - 1)) })))
        if chance(1, of: 2) { members.append(("required", .array(names.prefix(2).map { .string($0) }))) }
        if chance(1, of: 2) {
            members.append(("additionalProperties", chance(2, of: 3) ? false : schema(depth - 1)))
        }
        if chance(1, of: 4) {
            let pattern = pick(["^x-", "1$", "^line[1-3]$", "e", "^[a-z]+$"])
            members.append(("patternProperties", object([(pattern, schema(depth - 1))])))
        }
        if chance(1, of: 8) { members.append(("propertyNames", schema(0))) }
        if chance(1, of: 8) { members.append(("minProperties", number(0...2))) }
        if chance(1, of: 8) { members.append(("maxProperties", number(1...4))) }
        if chance(1, of: 8) { members.append(("dependentRequired", object([(pick(Self.keys), ["id"])]))) }
        if chance(1, of: 8) {
            members.append(("dependentSchemas", object([(pick(Self.keys), schema(depth - 1))])))
        }
        if chance(1, of: 8) {
            members.append(("unevaluatedProperties", chance(1, of: 2) ? false : schema(0)))
        }
    }

    private mutating func addApplied(_ members: inout [(String, JSONValue)], _ depth: Int) {
        switch Int.random(in: 0..<6, using: &random) {
        case 0: members.append(("anyOf", [schema(depth - 1), schema(depth - 1)]))
        case 1: members.append(("oneOf", [schema(depth - 1), schema(depth - 1)]))
        case 2: members.append(("allOf", [schema(depth - 1), schema(depth - 1)]))
        case 3: members.append(("not", schema(depth - 1)))
        case 4:
            members += [("if", schema(depth - 1)), ("then", schema(depth - 1)), ("else", schema(depth - 1))]
        default:
            members.append(("$defs", object([("part", schema(depth - 1))])))
            members.append(("$ref", "#/$defs/part"))
        }
    }
}
