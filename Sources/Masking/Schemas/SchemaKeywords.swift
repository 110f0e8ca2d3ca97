import JSON
import Schema

extension SchemaLoader {
    func count(_ reading: Reading, _ keyword: String) throws(GrammarError)
        -> Int?
    {
        guard let value = reading[keyword] else { return nil }
        guard let count = value.intValue, count >= 0 else {
            if let number = value.numberValue, number.isIntegral, !number.decimal.isNegative {
                return Int(Int32.max)
            }
            throw .malformed(keyword: keyword, at: reading.pointer, reason: "is not a whole number from 0")
        }
        return min(count, Int(Int32.max))
    }

    func generalKeywords(_ reading: Reading) throws(GrammarError) -> GeneralKeywords {
        var found = GeneralKeywords()
        if let type = reading["type"] {
            let names = type.arrayValue?.map { $0.stringValue } ?? [type.stringValue]
            var kinds: ValueKinds = []
            var integer = false
            var number = false
            for name in names {
                switch name {
                case "null": kinds.insert(.null)
                case "boolean": kinds.insert(.boolean)
                case "string": kinds.insert(.string)
                case "array": kinds.insert(.array)
                case "object": kinds.insert(.object)
                case "number": number = true
                case "integer": integer = true
                case "any" where reading.draft == .draft4: kinds = .every
                default:
                    throw .malformed(
                        keyword: "type", at: reading.pointer,
                        reason: "names a type that JSON Schema does not know")
                }
            }
            if integer || number { kinds.insert(.number) }
            found.kinds = kinds
            found.isIntegral = integer && !number && kinds != .every
            found.integersHaveNoPoint = reading.draft == .draft4
        }
        if let values = reading["enum"] {
            guard let list = values.arrayValue else {
                throw .malformed(keyword: "enum", at: reading.pointer, reason: "is not an array")
            }
            found.values = list
        }
        if let value = reading["const"] {
            found.valuesKeyword = "const"
            found.values =
                found.values.map { $0.contains { $0.isEquivalent(to: value) } ? [value] : [] } ?? [value]
        }
        return found
    }

    mutating func readInPlace(
        _ reading: Reading, _ found: inout InPlaceApplicators
    ) throws(GrammarError) {
        found.allOf = try children(reading, "allOf")
        found.anyOf = try children(reading, "anyOf")
        found.oneOf = try children(reading, "oneOf")
        found.not = child(reading, "not")
        found.condition = child(reading, "if")
        if found.condition != nil {
            found.consequent = child(reading, "then")
            found.alternative = child(reading, "else")
        }
    }

    func stringKeywords(_ reading: Reading) throws(GrammarError) -> StringKeywords {
        var found = StringKeywords()
        found.minLength = try count(reading, "minLength") ?? 0
        found.maxLength = try count(reading, "maxLength")
        if let pattern = reading["pattern"] {
            guard let source = pattern.stringValue else {
                throw .malformed(keyword: "pattern", at: reading.pointer, reason: "is not a string")
            }
            found.pattern = try test(source, "pattern", reading)
        }
        let asserts = options.formats == .enforced || reading.dialect.vocabularies.contains(.formatAssertion)
        if asserts, let format = reading["format"]?.stringValue {
            found.format = patterns.format(format)
        }
        return found
    }

    /// The test of a pattern.
    ///
    /// Where no automaton is exact (look-behind, `\b`, references to groups) one that lets more through goes before
    /// the exact test.
    func test(_ source: String, _ keyword: String, _ reading: Reading) throws(GrammarError) -> StringTest {
        let pattern: ECMAPattern
        do {
            pattern = try ECMAPattern(source)
        } catch {
            throw .malformed(
                keyword: keyword, at: reading.pointer,
                reason:
                    "is no ECMA-262 pattern: \(source.count > 80 ? source.prefix(80) + "…" : source) (\(error))"
            )
        }
        // It is asked at every closing quote that a token could bring, so that it must not take long.
        let exact: (String) -> Bool = { (try? pattern.matchesSoon($0)) ?? false }
        if let known = patterns.automaton("pattern:" + source, build: { pattern.automaton }) {
            if patterns.isAffordable(known) {
                return StringTest(source: source, automaton: known, exact: nil)
            }
            // Where masks cannot afford the automaton, the closed text decides alone: along one text it is soon followed,
            // and many texts that a token could close have one beginning.
            return StringTest(source: source, automaton: patterns.anything) { text in
                let end = known.run(PatternAutomaton.start, text.utf8)
                return known.isFull ? exact(text) : known.accepts[Int(end)]
            }
        }
        // A search that is given up counts as no match: nothing forbidden may be completed.
        let wider = patterns.automaton("wider:" + source) { pattern.widerAutomaton }
        let isAffordable = wider.map { patterns.isAffordable($0) } ?? false
        return StringTest(
            source: source, automaton: (isAffordable ? wider : nil) ?? patterns.anything, exact: exact)
    }

    func numberBounds(_ reading: Reading) throws(GrammarError) -> NumberBounds {
        func bound(_ keyword: String) throws(GrammarError) -> ExactDecimal? {
            guard let value = reading[keyword] else { return nil }
            if reading.draft == .draft4, keyword.hasPrefix("exclusive"), value.boolValue != nil { return nil }
            guard let number = value.numberValue else {
                throw .malformed(keyword: keyword, at: reading.pointer, reason: "is not a number")
            }
            return number.decimal
        }
        var found = NumberBounds(
            minimum: try bound("minimum").map { NumberBound(value: $0) },
            maximum: try bound("maximum").map { NumberBound(value: $0) },
            multipleOf: try bound("multipleOf"))
        if let multiple = found.multipleOf, multiple.isZero || multiple.isNegative {
            throw .malformed(keyword: "multipleOf", at: reading.pointer, reason: "is not above zero")
        }
        if reading.draft == .draft4 {
            found.minimum?.isExcluded = reading["exclusiveMinimum"]?.boolValue ?? false
            found.maximum?.isExcluded = reading["exclusiveMaximum"]?.boolValue ?? false
        } else {
            if let low = try bound("exclusiveMinimum"), found.minimum.map({ low >= $0.value }) ?? true {
                found.minimum = NumberBound(value: low, isExcluded: true)
            }
            if let high = try bound("exclusiveMaximum"), found.maximum.map({ high <= $0.value }) ?? true {
                found.maximum = NumberBound(value: high, isExcluded: true)
            }
        }
        return found
    }

    mutating func arrayKeywords(_ reading: Reading) throws(GrammarError) -> ArrayKeywords {
        var found = ArrayKeywords()
        found.minItems = try count(reading, "minItems") ?? 0
        found.maxItems = try count(reading, "maxItems")
        found.uniqueItems = reading["uniqueItems"]?.boolValue ?? false
        if reading["prefixItems"] != nil {
            found.prefix = try children(reading, "prefixItems")
            found.items = child(reading, "items")
        } else if reading["items"]?.arrayValue != nil {
            found.prefix = try children(reading, "items")
            found.prefixKeyword = "items"
            found.items = reading.object["additionalItems"].map { schema($0, reading, "additionalItems") }
            found.itemsKeyword = "additionalItems"
        } else {
            found.items = child(reading, "items")
        }
        found.contains.schema = child(reading, "contains")
        if found.contains.schema != nil {
            found.contains.minimum = try count(reading, "minContains") ?? 1
            found.contains.maximum = try count(reading, "maxContains")
        }
        found.contains.evaluates = reading.draft == .draft2020
        return found
    }

    mutating func objectKeywords(_ reading: Reading) throws(GrammarError) -> ObjectKeywords {
        var found = ObjectKeywords()
        found.minProperties = try count(reading, "minProperties") ?? 0
        found.maxProperties = try count(reading, "maxProperties")
        if let properties = reading["properties"] {
            guard let members = properties.objectValue else {
                throw .malformed(
                    keyword: "properties", at: reading.pointer, reason: "is not an object of schemas")
            }
            for member in members {
                let key = graph.key(member.key.utf8)
                guard found.members.schemaOfKey[key] == nil else { continue }
                let inner = schema(member.value, reading, "properties", member.key)
                found.members.properties.append((key, inner))
                found.members.schemaOfKey[key] = inner
            }
        }
        for member in reading["patternProperties"]?.objectValue ?? JSONObject() {
            let test = try test(member.key, "patternProperties", reading)
            found.members.patterns.append(
                (test, schema(member.value, reading, "patternProperties", member.key)))
        }
        found.members.additional = child(reading, "additionalProperties")
        found.members.names = child(reading, "propertyNames")
        found.required = keys(reading["required"])
        for member in reading["dependentRequired"]?.objectValue ?? JSONObject() {
            found.dependentRequired.append(
                (graph.key(member.key.utf8), keys(member.value), "dependentRequired"))
        }
        for member in reading["dependentSchemas"]?.objectValue ?? JSONObject() {
            let inner = schema(member.value, reading, "dependentSchemas", member.key)
            found.dependentSchemas.append((graph.key(member.key.utf8), inner))
        }
        return found
    }

    /// Reads what the drafts before 2019-09 have for `dependentRequired` and `dependentSchemas`.
    mutating func readDependencies(_ reading: Reading, _ found: inout ObjectKeywords) {
        for member in reading["dependencies"]?.objectValue ?? JSONObject() {
            let key = graph.key(member.key.utf8)
            if member.value.arrayValue != nil || member.value.stringValue != nil {
                found.dependentRequired.append((key, keys(member.value), "dependencies"))
            } else {
                found.dependentSchemas.append(
                    (key, schema(member.value, reading, "dependencies", member.key)))
            }
        }
    }

    func keys(_ value: JSONValue?) -> [Int32] {
        let names = value?.arrayValue?.compactMap(\.stringValue) ?? value?.stringValue.map { [$0] } ?? []
        var seen: Set<Int32> = []
        return names.map { graph.key($0.utf8) }.filter { seen.insert($0).inserted }
    }
}
