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

    func readStrings(
        _ reading: Reading, _ node: inout SchemaNode
    ) throws(GrammarError) {
        node.minLength = try count(reading, "minLength") ?? 0
        node.maxLength = try count(reading, "maxLength")
        if let pattern = reading["pattern"] {
            guard let source = pattern.stringValue else {
                throw .malformed(keyword: "pattern", at: reading.pointer, reason: "is not a string")
            }
            node.pattern = try test(source, "pattern", reading)
        }
        let asserts = options.formats == .enforced || reading.dialect.vocabularies.contains(.formatAssertion)
        if asserts, let format = reading["format"]?.stringValue {
            node.format = patterns.format(format)
        }
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
            // Where masks cannot afford the automaton, the closed text decides alone.
            return patterns.isAffordable(known)
                ? StringTest(source: source, automaton: known, exact: nil)
                : StringTest(source: source, automaton: patterns.anything, exact: exact)
        }
        // A search that is given up counts as no match: nothing forbidden may be completed.
        let wider = patterns.automaton("wider:" + source) { pattern.widerAutomaton }
        let isAffordable = wider.map { patterns.isAffordable($0) } ?? false
        return StringTest(
            source: source, automaton: (isAffordable ? wider : nil) ?? patterns.anything, exact: exact)
    }

    func readNumbers(
        _ reading: Reading, _ node: inout SchemaNode
    ) throws(GrammarError) {
        func bound(_ keyword: String) throws(GrammarError) -> ExactDecimal? {
            guard let value = reading[keyword] else { return nil }
            if reading.draft == .draft4, keyword.hasPrefix("exclusive"), value.boolValue != nil { return nil }
            guard let number = value.numberValue else {
                throw .malformed(keyword: keyword, at: reading.pointer, reason: "is not a number")
            }
            return number.decimal
        }
        node.bounds.minimum = try bound("minimum").map { NumberBound(value: $0) }
        node.bounds.maximum = try bound("maximum").map { NumberBound(value: $0) }
        node.bounds.multipleOf = try bound("multipleOf")
        if let multiple = node.bounds.multipleOf, multiple.isZero || multiple.isNegative {
            throw .malformed(keyword: "multipleOf", at: reading.pointer, reason: "is not above zero")
        }
        if reading.draft == .draft4 {
            node.bounds.minimum?.isExcluded = reading["exclusiveMinimum"]?.boolValue ?? false
            node.bounds.maximum?.isExcluded = reading["exclusiveMaximum"]?.boolValue ?? false
        } else {
            if let low = try bound("exclusiveMinimum"), node.bounds.minimum.map({ low >= $0.value }) ?? true {
                node.bounds.minimum = NumberBound(value: low, isExcluded: true)
            }
            if let high = try bound("exclusiveMaximum"), node.bounds.maximum.map({ high <= $0.value }) ?? true
            {
                node.bounds.maximum = NumberBound(value: high, isExcluded: true)
            }
        }
    }

    mutating func readArrays(_ reading: Reading, _ node: inout SchemaNode) throws(GrammarError) {
        node.minItems = try count(reading, "minItems") ?? 0
        node.maxItems = try count(reading, "maxItems")
        node.uniqueItems = reading["uniqueItems"]?.boolValue ?? false
        if reading["prefixItems"] != nil {
            node.prefix = try children(reading, "prefixItems")
            node.items = child(reading, "items")
        } else if reading["items"]?.arrayValue != nil {
            node.prefix = try children(reading, "items")
            node.prefixKeyword = "items"
            node.items = reading.object["additionalItems"].map { schema($0, reading, "additionalItems") }
            node.itemsKeyword = "additionalItems"
        } else {
            node.items = child(reading, "items")
        }
        node.contains = child(reading, "contains")
        if node.contains != nil {
            node.minContains = try count(reading, "minContains") ?? 1
            node.maxContains = try count(reading, "maxContains")
        }
        node.containsEvaluates = reading.draft == .draft2020
        node.unevaluatedItems = child(reading, "unevaluatedItems")
    }

    mutating func readObjects(_ reading: Reading, _ node: inout SchemaNode) throws(GrammarError) {
        node.minProperties = try count(reading, "minProperties") ?? 0
        node.maxProperties = try count(reading, "maxProperties")
        if let properties = reading["properties"] {
            guard let members = properties.objectValue else {
                throw .malformed(
                    keyword: "properties", at: reading.pointer, reason: "is not an object of schemas")
            }
            for member in members {
                let key = graph.key(member.key.utf8)
                guard node.schemaOfKey[key] == nil else { continue }
                let inner = schema(member.value, reading, "properties", member.key)
                node.properties.append((key, inner))
                node.schemaOfKey[key] = inner
            }
        }
        for member in reading["patternProperties"]?.objectValue ?? JSONObject() {
            let test = try test(member.key, "patternProperties", reading)
            node.patterns.append((test, schema(member.value, reading, "patternProperties", member.key)))
        }
        node.additional = child(reading, "additionalProperties")
        node.names = child(reading, "propertyNames")
        node.required = keys(reading["required"])
        for member in reading["dependentRequired"]?.objectValue ?? JSONObject() {
            node.dependentRequired.append(
                (graph.key(member.key.utf8), keys(member.value), "dependentRequired"))
        }
        for member in reading["dependentSchemas"]?.objectValue ?? JSONObject() {
            let inner = schema(member.value, reading, "dependentSchemas", member.key)
            node.dependentSchemas.append((graph.key(member.key.utf8), inner))
        }
        node.unevaluatedProperties = child(reading, "unevaluatedProperties")
        for member in reading["dependencies"]?.objectValue ?? JSONObject() {
            let key = graph.key(member.key.utf8)
            if member.value.arrayValue != nil || member.value.stringValue != nil {
                node.dependentRequired.append((key, keys(member.value), "dependencies"))
            } else {
                node.dependentSchemas.append(
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
