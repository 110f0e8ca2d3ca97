import JSON
import MaskTrials
import Testing

@testable import Masking

/// Random schemas over a small world, the mask against brute force.
@Suite("Mask: sound and complete on small worlds")
struct SmallWorldTests {
    /// Every value of a small world as compact text.
    static let values: [JSONValue] = {
        let scalars: [JSONValue] = [nil, true, 0, 1, 2, 12, "", "a", "b", "ab", "ba"]
        let some: [JSONValue] = [nil, 1, "a", "ab"]
        var all = scalars
        all.append([])
        for first in some {
            all.append([first])
            for second in some { all.append([first, second]) }
        }
        let keys = ["a", "b", "ab"]
        all.append([:])
        for key in keys {
            for value in some {
                all.append(.object(JSONObject([.init(key: key, value: value)])))
                for other in keys where other != key {
                    for second in some {
                        all.append(
                            .object(
                                JSONObject([.init(key: key, value: value), .init(key: other, value: second)]))
                        )
                    }
                }
            }
        }
        return all
    }()

    static func schema(_ depth: Int, _ random: inout SeededGenerator) -> JSONValue {
        func pick<Item>(_ items: [Item]) -> Item { items[Int.random(in: 0..<items.count, using: &random)] }
        func object(_ members: [(String, JSONValue)]) -> JSONValue {
            .object(JSONObject(members.map { .init(key: $0.0, value: $0.1) }))
        }
        let leaf = Int.random(in: 0..<15, using: &random)
        if depth == 0 || leaf < 3 {
            switch leaf {
            case 0:
                return ["type": .string(pick(["string", "integer", "null", "object", "array", "boolean"]))]
            case 1: return ["enum": .array([pick(values), pick(values), pick(values)])]
            case 2:
                return [
                    "minimum": .number(JSONNumber(pick([0, 1, 2]))),
                    "maximum": .number(JSONNumber(pick([1, 2, 12]))),
                ]
            case 3:
                return [
                    "minLength": .number(JSONNumber(pick([1, 2]))),
                    "maxLength": .number(JSONNumber(pick([1, 2]))),
                ]
            case 4: return ["pattern": .string(pick(["^a", "b$", "^(ab|ba)$", "^a?$"]))]
            case 5: return pick([.bool(true), .bool(false)])
            case 6: return ["minItems": 1, "maxItems": .number(JSONNumber(pick([1, 2])))]
            case 7:
                return [
                    "required": .array([.string(pick(["a", "b"]))]),
                    "maxProperties": .number(JSONNumber(pick([1, 2]))),
                ]
            default: return ["const": pick(values)]
            }
        }
        func inner() -> JSONValue { schema(depth - 1, &random) }
        switch leaf {
        case 3:
            let named = pick([["a", "b"], ["a"], []]).map { ($0, inner()) }
            var members = [
                ("properties", object(named)),
                ("additionalProperties", pick([.bool(true), .bool(false), inner()])),
                ("required", .array(pick([[], ["a"], ["a", "b"], ["ab"]]))),
            ]
            if Bool.random(using: &random) {
                members.append(("patternProperties", object([(pick(["^a", "b$"]), inner())])))
            }
            return object(members)
        case 4: return object([("items", inner()), ("uniqueItems", .bool(pick([true, false])))])
        case 5: return object([("anyOf", .array([inner(), inner()]))])
        case 6: return object([("allOf", .array([inner(), inner()]))])
        case 7: return object([("prefixItems", .array([inner()])), ("items", inner())])
        case 8: return object([("oneOf", .array([inner(), inner()]))])
        case 9: return object([("not", inner())])
        case 10: return object([("if", inner()), ("then", inner()), ("else", inner())])
        case 11:
            return object([
                ("contains", inner()), ("minContains", .number(JSONNumber(pick([0, 1, 2])))),
                ("maxContains", .number(JSONNumber(pick([1, 2])))),
            ])
        case 12:
            return object([
                ("propertyNames", inner()), ("minProperties", .number(JSONNumber(pick([0, 1])))),
                ("dependentRequired", ["a": ["b"]]),
            ])
        case 13: return object([("patternProperties", object([("^a", inner()), ("b$", inner())]))])
        default:
            return object([
                ("type", .string(pick(["object", "array", "string", "integer"]))),
                ("anyOf", .array([inner(), inner(), inner()])),
            ])
        }
    }

    /// The verdict of a plain reading of the schema.
    static func isValid(_ value: JSONValue, _ schema: JSONValue) -> Bool {
        if let verdict = schema.boolValue { return verdict }
        func list(_ keyword: String) -> [JSONValue]? { schema[keyword]?.arrayValue }
        func int(_ keyword: String) -> Int? { schema[keyword]?.intValue }
        if let type = schema["type"]?.stringValue {
            let fits = type == value.typeName || type == "integer" && value.numberValue?.isIntegral == true
            if !fits { return false }
        }
        if let values = list("enum"), !values.contains(where: { $0.isEquivalent(to: value) }) { return false }
        if let constant = schema["const"], !constant.isEquivalent(to: value) { return false }
        if let number = value.numberValue?.decimal {
            if let bound = schema["minimum"]?.numberValue, number < bound.decimal { return false }
            if let bound = schema["maximum"]?.numberValue, number > bound.decimal { return false }
        }
        if let text = value.stringValue {
            let count = text.unicodeScalars.count
            if let bound = int("minLength"), count < bound { return false }
            if let bound = int("maxLength"), count > bound { return false }
            switch schema["pattern"]?.stringValue {
            case "^a": if !text.hasPrefix("a") { return false }
            case "b$": if !text.hasSuffix("b") { return false }
            case "^(ab|ba)$": if text != "ab" && text != "ba" { return false }
            case "^a?$": if text != "a" && text != "" { return false }
            default: break
            }
        }
        if let items = value.arrayValue {
            if let bound = int("minItems"), items.count < bound { return false }
            if let bound = int("maxItems"), items.count > bound { return false }
            let prefix = list("prefixItems") ?? []
            for (index, item) in items.enumerated() {
                if index < prefix.count {
                    if !isValid(item, prefix[index]) { return false }
                } else if let rest = schema["items"], !isValid(item, rest) {
                    return false
                }
            }
            if let contains = schema["contains"] {
                let matches = items.filter { isValid($0, contains) }.count
                if matches < int("minContains") ?? 1 || matches > int("maxContains") ?? Int.max {
                    return false
                }
            }
            if schema["uniqueItems"]?.boolValue == true, Set(items.map(\.canonical)).count < items.count {
                return false
            }
        }
        if let object = value.objectValue {
            if let needed = list("required"),
                !needed.allSatisfy({ object.contains(key: $0.stringValue ?? "") })
            {
                return false
            }
            if let bound = int("maxProperties"), object.count > bound { return false }
            if let bound = int("minProperties"), object.count < bound { return false }
            if schema["dependentRequired"] != nil, object.contains(key: "a"), !object.contains(key: "b") {
                return false
            }
            for member in object {
                if let names = schema["propertyNames"], !isValid(.string(member.key), names) { return false }
                var isMatched = false
                if let patterns = schema["patternProperties"] {
                    if member.key.hasPrefix("a"), let own = patterns["^a"] {
                        isMatched = true
                        if !isValid(member.value, own) { return false }
                    }
                    if member.key.hasSuffix("b"), let own = patterns["b$"] {
                        isMatched = true
                        if !isValid(member.value, own) { return false }
                    }
                }
                if let own = schema["properties"]?[member.key] {
                    if !isValid(member.value, own) { return false }
                } else if !isMatched, let rest = schema["additionalProperties"], !isValid(member.value, rest)
                {
                    return false
                }
            }
        }
        if let parts = list("allOf"), !parts.allSatisfy({ isValid(value, $0) }) { return false }
        if let parts = list("anyOf"), !parts.contains(where: { isValid(value, $0) }) { return false }
        if let parts = list("oneOf"), parts.filter({ isValid(value, $0) }).count != 1 { return false }
        if let part = schema["not"], isValid(value, part) { return false }
        if let condition = schema["if"],
            let next = schema[isValid(value, condition) ? "then" : "else"], !isValid(value, next)
        {
            return false
        }
        return true
    }

    @Test(
        "every value of the world is written to its end exactly when the schema allows it", arguments: 1...12)
    func agreesWithBruteForce(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let engine = MaskEngine(vocabulary: try SmallWorld.vocabulary())
        for turn in 0..<60 {
            let schema = Self.schema(2, &random)
            let valid = Self.values.filter { Self.isValid($0, schema) }
            let start: Matcher
            do {
                start = try engine.matcher(
                    for: Grammar(schema: schema, options: GrammarOptions(whiteSpace: .compact)))
            } catch {
                #expect(valid.isEmpty, "seed \(seed), schema \(turn): \(schema.text()) is refused: \(error)")
                continue
            }
            for value in Self.values {
                var here = start
                let written = (try? here.advance(bytes: value.text().utf8)) != nil && here.canEnd
                #expect(
                    written == Self.isValid(value, schema),
                    "seed \(seed), schema \(turn): \(schema.text()) on \(value.text())")
            }
        }
    }

    @Test("random walks through the mask end in values that the schema allows", arguments: 1...12)
    func walks(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed &+ 100)
        let vocabulary = try SmallWorld.vocabulary()
        let engine = MaskEngine(vocabulary: vocabulary)
        var deadEnds = 0
        var ends = 0
        for turn in 0..<60 {
            let schema = Self.schema(2, &random)
            guard
                let start = try? engine.matcher(
                    for: Grammar(schema: schema, options: GrammarOptions(whiteSpace: .compact)))
            else { continue }
            for _ in 0..<4 {
                var here = start
                var text: [UInt8] = []
                for step in 0..<60 {
                    let mask = here.allowed()
                    if here.canEnd, step > 20 || Bool.random(using: &random) { break }
                    guard let token = mask.filter({ $0 != SmallWorld.end }).randomElement(using: &random)
                    else { break }
                    try here.advance(token)
                    text += vocabulary.bytes(of: token)
                }
                if here.canEnd {
                    ends += 1
                    let value = try JSONParser.parse(text)
                    #expect(
                        Self.isValid(value, schema),
                        "seed \(seed), schema \(turn): \(schema.text()) let \(value.text()) through")
                } else if here.deadEnd != nil {
                    deadEnds += 1
                }
            }
        }
        print("seed \(seed): \(ends) walks ended in a valid value, \(deadEnds) where nothing can follow")
        #expect(ends > 0)
        // Few items that must all differ, and few keys, can be used up: a walk may have to stop there.
        #expect(deadEnds * 40 <= ends, "seed \(seed): \(deadEnds) dead ends to \(ends) ends")
    }
}
