import JSON

/// Reads a JSON Schema document into a graph: references resolved, keywords typed.
struct SchemaLoader {
    private let document: JSONValue
    private let graph: SchemaGraph
    private let patterns: PatternLibrary
    private let draft: Draft
    private var numberOf: [String: Int32] = [:]
    private var pending: [(Int32, JSONValue, JSONPointer, String)] = []
    /// Places of `$id` and anchors, by absolute URI.
    private var places: [String: (pointer: JSONPointer, base: String)] = [:]

    private enum Draft: Int, Comparable {
        case four = 4, six, seven, later

        static func < (left: Draft, right: Draft) -> Bool { left.rawValue < right.rawValue }
    }

    private init(_ document: JSONValue, _ graph: SchemaGraph, _ patterns: PatternLibrary) {
        self.document = document
        self.graph = graph
        self.patterns = patterns
        let dialect = document["$schema"]?.stringValue ?? ""
        draft =
            dialect.contains("draft-04") || dialect.contains("draft-03")
            ? .four : dialect.contains("draft-06") ? .six : dialect.contains("draft-07") ? .seven : .later
    }

    /// Adds a document to a graph and gives the number of its root.
    static func load(
        _ document: JSONValue, into graph: SchemaGraph, _ patterns: PatternLibrary
    ) throws(GrammarError) -> Int32 {
        var loader = SchemaLoader(document, graph, patterns)
        loader.collectPlaces(document, JSONPointer(), base: "")
        let root = loader.number(document, JSONPointer(), base: "")
        while let (number, value, pointer, base) = loader.pending.popLast() {
            let node = try loader.read(value, pointer, base)
            graph.nodes[Int(number)] = node
            graph.adopt(number)
            if graph.nodes.count > SchemaGraph.maximumNodes {
                throw .tooLarge(reason: "more than \(SchemaGraph.maximumNodes) subschemas")
            }
        }
        return root
    }

    private mutating func number(_ value: JSONValue, _ pointer: JSONPointer, base: String) -> Int32 {
        let key = pointer.description
        if let known = numberOf[key] { return known }
        let number = Int32(graph.nodes.count)
        graph.nodes.append(SchemaNode())
        numberOf[key] = number
        pending.append((number, value, pointer, base))
        return number
    }

    // MARK: References

    private var idKeyword: String { draft == .four ? "id" : "$id" }

    private mutating func collectPlaces(_ value: JSONValue, _ pointer: JSONPointer, base: String) {
        switch value {
        case .object(let object):
            var base = base
            if let id = object[idKeyword]?.stringValue, !(draft < .later && object["$ref"] != nil) {
                let absolute = SchemaLoader.join(base, id)
                if absolute.hasSuffix("#") || !absolute.contains("#") {
                    base = absolute.hasSuffix("#") ? String(absolute.dropLast()) : absolute
                    if places[base] == nil { places[base] = (pointer, base) }
                } else if places[absolute] == nil {
                    places[absolute] = (pointer, base)
                }
            }
            for anchor in ["$anchor", "$dynamicAnchor"] {
                if let name = object[anchor]?.stringValue, places["\(base)#\(name)"] == nil {
                    places["\(base)#\(name)"] = (pointer, base)
                }
            }
            for member in object where member.key != "enum" && member.key != "const" {
                collectPlaces(member.value, pointer.appending(member.key), base: base)
            }
        case .array(let elements):
            for (index, element) in elements.enumerated() {
                collectPlaces(element, pointer.appending(index), base: base)
            }
        default: break
        }
    }

    /// A reference taken relative to a base (RFC 3986, section 5, for the forms that schemas use).
    static func join(_ base: String, _ reference: String) -> String {
        if reference.hasPrefix("#") {
            return (base.split(separator: "#").first.map(String.init) ?? "") + reference
        }
        if reference.contains("://") || reference.hasPrefix("urn:") { return reference }
        guard let slashes = base.range(of: "://") else { return reference }
        let rest = base[slashes.upperBound...]
        let host = rest.prefix { $0 != "/" }
        if reference.hasPrefix("/") { return base[..<slashes.upperBound] + host + reference }
        let path = rest.dropFirst(host.count)
        let folder = path.lastIndex(of: "/").map { path[...$0] } ?? "/"
        return base[..<slashes.upperBound] + host + folder + reference
    }

    private mutating func resolve(
        _ reference: String, _ pointer: JSONPointer, _ base: String
    ) throws(GrammarError) -> Int32 {
        let absolute = SchemaLoader.join(base, reference)
        let parts = absolute.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(
            String.init)
        let fragment = SchemaLoader.decoded(parts.count > 1 ? parts[1] : "")
        var root = JSONPointer()
        var rootBase = parts[0]
        if let place = places[absolute] {
            if let value = document[place.pointer] { return number(value, place.pointer, base: place.base) }
        }
        if let place = places[parts[0]] {
            root = place.pointer
            rootBase = place.base
        } else if !parts[0].isEmpty, parts[0].utf8.elementsEqual(base.prefix { $0 != "#" }.utf8) == false {
            throw .unsupported(
                keyword: "$ref", at: pointer,
                reason: "\"\(reference)\" is not in this document, and none is fetched")
        }
        guard let inner = JSONPointer(text: fragment) else {
            throw .malformed(
                keyword: "$ref", at: pointer, reason: "names \"\(reference)\", which is not there")
        }
        let target = JSONPointer(root.tokens + inner.tokens)
        guard let value = document[target] else {
            throw .malformed(
                keyword: "$ref", at: pointer, reason: "names \"\(reference)\", which is not there")
        }
        return number(value, target, base: rootBase)
    }

    private static func decoded(_ fragment: String) -> String {
        guard fragment.contains("%") else { return fragment }
        var bytes: [UInt8] = []
        let text = Array(fragment.utf8)
        var index = 0
        while index < text.count {
            if text[index] == UInt8(ascii: "%"), index + 2 < text.count,
                let byte = UInt8(String(decoding: text[(index + 1)...(index + 2)], as: UTF8.self), radix: 16)
            {
                bytes.append(byte)
                index += 3
            } else {
                bytes.append(text[index])
                index += 1
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    // MARK: Keywords

    private mutating func read(
        _ value: JSONValue, _ pointer: JSONPointer, _ base: String
    ) throws(GrammarError) -> SchemaNode {
        var node = SchemaNode()
        node.pointer = pointer
        if let verdict = value.boolValue {
            node.constant = verdict
            return node
        }
        guard let object = value.objectValue else {
            throw .malformed(
                keyword: pointer.tokens.last ?? "schema", at: pointer,
                reason: "is neither an object nor a boolean")
        }
        var base = base
        if let id = object[idKeyword]?.stringValue, !id.hasPrefix("#"),
            !(draft < .later && object["$ref"] != nil)
        {
            base = SchemaLoader.join(base, id)
        }
        if let reference = object["$ref"] {
            guard let text = reference.stringValue else {
                throw .malformed(keyword: "$ref", at: pointer, reason: "is not a string")
            }
            node.reference = try resolve(text, pointer, base)
            // Until 2019-09 a reference stood alone.
            if draft < .later { return node }
        }
        for keyword in ["$dynamicRef", "$recursiveRef", "unevaluatedItems", "unevaluatedProperties"]
        where object[keyword] != nil {
            throw .unsupported(
                keyword: keyword, at: pointer, reason: "the mask engine does not follow it yet")
        }
        try readGeneral(object, pointer, base, &node)
        try readStrings(object, pointer, &node)
        try readNumbers(object, pointer, &node)
        try readArrays(object, pointer, base, &node)
        try readObjects(object, pointer, base, &node)
        return node
    }

    private mutating func child(
        _ object: JSONObject, _ keyword: String, _ pointer: JSONPointer, _ base: String
    ) -> Int32? {
        object[keyword].map { number($0, pointer.appending(keyword), base: base) }
    }

    private mutating func children(
        _ object: JSONObject, _ keyword: String, _ pointer: JSONPointer, _ base: String
    ) throws(GrammarError) -> [Int32] {
        guard let value = object[keyword] else { return [] }
        guard let elements = value.arrayValue else {
            throw .malformed(keyword: keyword, at: pointer, reason: "is not an array of schemas")
        }
        return elements.enumerated().map { index, element in
            number(element, pointer.appending(keyword).appending(index), base: base)
        }
    }

    private mutating func readGeneral(
        _ object: JSONObject, _ pointer: JSONPointer, _ base: String, _ node: inout SchemaNode
    ) throws(GrammarError) {
        if let type = object["type"] {
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
                case "any" where draft == .four: kinds = .every
                default:
                    throw .malformed(
                        keyword: "type", at: pointer, reason: "names a type that JSON Schema does not know")
                }
            }
            if integer || number { kinds.insert(.number) }
            node.kinds = kinds
            node.isIntegral = integer && !number && kinds != .every
        }
        if let values = object["enum"] {
            guard let list = values.arrayValue else {
                throw .malformed(keyword: "enum", at: pointer, reason: "is not an array")
            }
            node.values = list
        }
        if draft != .four, let value = object["const"] {
            node.valuesKeyword = "const"
            node.values =
                node.values.map { $0.contains { $0.isEquivalent(to: value) } ? [value] : [] } ?? [value]
        }
        node.allOf = try children(object, "allOf", pointer, base)
        node.anyOf = try children(object, "anyOf", pointer, base)
        node.oneOf = try children(object, "oneOf", pointer, base)
        node.not = child(object, "not", pointer, base)
        if draft >= .seven {
            node.condition = child(object, "if", pointer, base)
            if node.condition != nil {
                node.consequent = child(object, "then", pointer, base)
                node.alternative = child(object, "else", pointer, base)
            }
        }
    }

    private func count(_ object: JSONObject, _ keyword: String, _ pointer: JSONPointer) throws(GrammarError)
        -> Int?
    {
        guard let value = object[keyword] else { return nil }
        guard let count = value.intValue, count >= 0 else {
            if let number = value.numberValue, number.isIntegral, !number.decimal.isNegative {
                return Int(Int32.max)
            }
            throw .malformed(keyword: keyword, at: pointer, reason: "is not a whole number from 0")
        }
        return min(count, Int(Int32.max))
    }

    private func readStrings(
        _ object: JSONObject, _ pointer: JSONPointer, _ node: inout SchemaNode
    ) throws(GrammarError) {
        node.minLength = try count(object, "minLength", pointer) ?? 0
        node.maxLength = try count(object, "maxLength", pointer)
        if let pattern = object["pattern"] {
            guard let source = pattern.stringValue else {
                throw .malformed(keyword: "pattern", at: pointer, reason: "is not a string")
            }
            node.pattern = try test(source, "pattern", pointer)
        }
        if let format = object["format"]?.stringValue { node.format = patterns.format(format) }
    }

    private func test(_ source: String, _ keyword: String, _ pointer: JSONPointer) throws(GrammarError)
        -> StringTest
    {
        guard let syntax = PatternParser.parse(source) else {
            throw .malformed(keyword: keyword, at: pointer, reason: "is no ECMA-262 pattern: \(source)")
        }
        guard let automaton = patterns.automaton("pattern:" + source, build: { syntax.automaton }) else {
            throw .unsupported(
                keyword: keyword, at: pointer, reason: "\(source) uses look-behind, \\b or a back-reference")
        }
        return StringTest(source: source, automaton: automaton, exact: nil)
    }

    private func readNumbers(
        _ object: JSONObject, _ pointer: JSONPointer, _ node: inout SchemaNode
    ) throws(GrammarError) {
        func bound(_ keyword: String) throws(GrammarError) -> ExactDecimal? {
            guard let value = object[keyword] else { return nil }
            if draft == .four, keyword.hasPrefix("exclusive"), value.boolValue != nil { return nil }
            guard let number = value.numberValue else {
                throw .malformed(keyword: keyword, at: pointer, reason: "is not a number")
            }
            return number.decimal
        }
        node.bounds.minimum = try bound("minimum")
        node.bounds.maximum = try bound("maximum")
        node.bounds.multipleOf = try bound("multipleOf")
        if let multiple = node.bounds.multipleOf, multiple.isZero || multiple.isNegative {
            throw .malformed(keyword: "multipleOf", at: pointer, reason: "is not above zero")
        }
        if draft == .four {
            node.bounds.minimumExcluded = object["exclusiveMinimum"]?.boolValue ?? false
            node.bounds.maximumExcluded = object["exclusiveMaximum"]?.boolValue ?? false
        } else {
            if let low = try bound("exclusiveMinimum"), node.bounds.minimum.map({ low >= $0 }) ?? true {
                (node.bounds.minimum, node.bounds.minimumExcluded) = (low, true)
            }
            if let high = try bound("exclusiveMaximum"), node.bounds.maximum.map({ high <= $0 }) ?? true {
                (node.bounds.maximum, node.bounds.maximumExcluded) = (high, true)
            }
        }
    }

    private mutating func readArrays(
        _ object: JSONObject, _ pointer: JSONPointer, _ base: String, _ node: inout SchemaNode
    ) throws(GrammarError) {
        node.minItems = try count(object, "minItems", pointer) ?? 0
        node.maxItems = try count(object, "maxItems", pointer)
        node.uniqueItems = object["uniqueItems"]?.boolValue ?? false
        if object["prefixItems"] != nil {
            node.prefix = try children(object, "prefixItems", pointer, base)
            node.items = child(object, "items", pointer, base)
        } else if object["items"]?.arrayValue != nil {
            node.prefix = try children(object, "items", pointer, base)
            node.prefixKeyword = "items"
            node.items = child(object, "additionalItems", pointer, base)
            node.itemsKeyword = "additionalItems"
        } else {
            node.items = child(object, "items", pointer, base)
        }
        if draft != .four { node.contains = child(object, "contains", pointer, base) }
        if node.contains != nil, draft == .later {
            node.minContains = try count(object, "minContains", pointer) ?? 1
            node.maxContains = try count(object, "maxContains", pointer)
        }
    }

    private mutating func readObjects(
        _ object: JSONObject, _ pointer: JSONPointer, _ base: String, _ node: inout SchemaNode
    ) throws(GrammarError) {
        node.minProperties = try count(object, "minProperties", pointer) ?? 0
        node.maxProperties = try count(object, "maxProperties", pointer)
        if let properties = object["properties"] {
            guard let members = properties.objectValue else {
                throw .malformed(keyword: "properties", at: pointer, reason: "is not an object of schemas")
            }
            for member in members {
                let key = graph.key(member.key.utf8)
                guard node.schemaOfKey[key] == nil else { continue }
                let schema = number(
                    member.value, pointer.appending("properties").appending(member.key), base: base)
                node.properties.append((key, schema))
                node.schemaOfKey[key] = schema
            }
        }
        for member in object["patternProperties"]?.objectValue ?? JSONObject() {
            node.patterns.append(
                (
                    try test(member.key, "patternProperties", pointer),
                    number(
                        member.value, pointer.appending("patternProperties").appending(member.key), base: base
                    )
                ))
        }
        node.additional = child(object, "additionalProperties", pointer, base)
        if draft != .four { node.names = child(object, "propertyNames", pointer, base) }
        node.required = keys(object["required"])
        for member in object["dependentRequired"]?.objectValue ?? JSONObject() {
            node.dependentRequired.append(
                (graph.key(member.key.utf8), keys(member.value), "dependentRequired"))
        }
        for member in object["dependentSchemas"]?.objectValue ?? JSONObject() {
            let place = pointer.appending("dependentSchemas").appending(member.key)
            node.dependentSchemas.append(
                (graph.key(member.key.utf8), number(member.value, place, base: base)))
        }
        for member in object["dependencies"]?.objectValue ?? JSONObject() {
            if member.value.arrayValue != nil || member.value.stringValue != nil {
                node.dependentRequired.append(
                    (graph.key(member.key.utf8), keys(member.value), "dependencies"))
            } else {
                let place = pointer.appending("dependencies").appending(member.key)
                node.dependentSchemas.append(
                    (graph.key(member.key.utf8), number(member.value, place, base: base)))
            }
        }
    }

    private func keys(_ value: JSONValue?) -> [Int32] {
        let names = value?.arrayValue?.compactMap(\.stringValue) ?? value?.stringValue.map { [$0] } ?? []
        var seen: Set<Int32> = []
        return names.map { graph.key($0.utf8) }.filter { seen.insert($0).inserted }
    }
}
