import JSON

/// Reads a JSON Schema document into a graph: references resolved, keywords typed.
///
/// A schema is numbered by its place and, where references are dynamic, by the scope it is reached in, so that a
/// dynamic reference is as exact as a plain one.
struct SchemaLoader {
    let graph: SchemaGraph
    let patterns: PatternLibrary
    let options: GrammarOptions
    private var places: SchemaPlaces
    private var numberOf: [Identity: Int32] = [:]
    private var pending: [(number: Int32, value: JSONValue, identity: Identity)] = []
    /// For each scope, the outermost place of each dynamic anchor met on the way.
    private var scopes: [[String: SchemaPlace]] = [[:]]
    private var scopeIDs: [[String: SchemaPlace]: Int] = [[:]: 0]

    private struct Identity: Hashable {
        var place: SchemaPlace
        var scope: Int
    }

    /// The schema being read.
    struct Reading {
        var object: JSONObject
        var place: SchemaPlace
        /// The base URI inside the schema.
        var base: String
        var scope: Int
        var draft: SchemaDraft

        var pointer: JSONPointer { place.pointer }
    }

    /// Adds a document to a graph and gives the number of its root.
    static func load(
        _ document: JSONValue, into graph: SchemaGraph, _ patterns: PatternLibrary,
        options: GrammarOptions = GrammarOptions(), documents: SchemaDocuments = SchemaDocuments()
    ) throws(GrammarError) -> Int32 {
        var loader = SchemaLoader(
            graph: graph, patterns: patterns, options: options, places: SchemaPlaces(document, documents))
        try refuseOtherDialects(document, documents)
        let first = graph.nodes.count
        let root = loader.number(
            document, SchemaPlace(document: 0, pointer: JSONPointer(), base: ""), scope: 0)
        while let (number, value, identity) = loader.pending.popLast() {
            let node = try loader.read(value, identity.place, scope: identity.scope)
            graph.nodes[Int(number)] = node
            graph.adopt(number)
            if graph.nodes.count > SchemaGraph.maximumNodes {
                throw .tooLarge(reason: "more than \(SchemaGraph.maximumNodes) subschemas")
            }
        }
        try graph.refuseUnwieldy(first..<graph.nodes.count)
        graph.foreseeUnevaluated(first..<graph.nodes.count)
        return root
    }

    private init(graph: SchemaGraph, patterns: PatternLibrary, options: GrammarOptions, places: SchemaPlaces)
    {
        self.graph = graph
        self.patterns = patterns
        self.options = options
        self.places = places
    }

    /// A metaschema without the validation vocabulary turns keywords into annotations, which no mask enforces.
    private static func refuseOtherDialects(
        _ document: JSONValue, _ documents: SchemaDocuments
    ) throws(GrammarError) {
        guard let dialect = document["$schema"]?.stringValue,
            let vocabularies = documents[dialect]?["$vocabulary"]?.objectValue
        else { return }
        if !vocabularies.contains(where: { $0.key.hasSuffix("/vocab/validation") }) {
            throw .unsupported(
                keyword: "$schema", at: JSONPointer(), reason: "the dialect leaves validation out")
        }
    }

    private mutating func number(_ value: JSONValue, _ place: SchemaPlace, scope: Int) -> Int32 {
        let identity = Identity(place: place, scope: scope)
        if let known = numberOf[identity] { return known }
        let number = Int32(graph.nodes.count)
        graph.nodes.append(SchemaNode())
        numberOf[identity] = number
        pending.append((number, value, identity))
        return number
    }

    // MARK: References

    /// The scope inside a resource that was entered from a scope.
    private mutating func enter(_ base: String, from scope: Int) -> Int {
        guard let anchors = places.dynamic[base] else { return scope }
        let inner = scopes[scope].merging(anchors) { outermost, _ in outermost }
        if let known = scopeIDs[inner] { return known }
        scopes.append(inner)
        scopeIDs[inner] = scopes.count - 1
        return scopes.count - 1
    }

    private mutating func reference(_ keyword: String, _ reading: Reading) throws(GrammarError) -> Int32? {
        guard let value = reading.object[keyword] else { return nil }
        guard let text = value.stringValue else {
            throw .malformed(keyword: keyword, at: reading.pointer, reason: "is not a string")
        }
        var place = try places.resolve(text, base: reading.base, keyword: keyword, at: reading.pointer)
        let scope = scopes[reading.scope]
        if keyword == "$dynamicRef", let name = text.split(separator: "#").last.map(String.init),
            text.contains("#"), places[place]?["$dynamicAnchor"]?.stringValue == name,
            let outermost = scope[name]
        {
            place = outermost
        }
        if keyword == "$recursiveRef", places[place]?["$recursiveAnchor"]?.boolValue == true,
            let outermost = scope[SchemaPlaces.recursive]
        {
            place = outermost
        }
        return number(places[place] ?? .null, place, scope: reading.scope)
    }

    // MARK: Keywords

    private mutating func read(_ value: JSONValue, _ place: SchemaPlace, scope: Int) throws(GrammarError)
        -> SchemaNode
    {
        var node = SchemaNode()
        node.pointer = place.pointer
        if place.document > 0 { node.document = places.documents[place.document].uri }
        if let verdict = value.boolValue {
            node.constant = verdict
            return node
        }
        guard let object = value.objectValue else {
            throw .malformed(
                keyword: place.pointer.tokens.last ?? "schema", at: place.pointer,
                reason: "is neither an object nor a boolean")
        }
        let base = places.base(inside: object, place)
        let reading = Reading(
            object: object, place: place, base: base, scope: enter(base, from: scope),
            draft: places.draft(place))
        node.reference = try reference("$ref", reading)
        // Until 2019-09 a reference stood alone.
        if node.reference != nil, reading.draft < .of2019 { return node }
        try readGeneral(reading, &node)
        let dynamic = reading.draft == .of2019 ? "$recursiveRef" : "$dynamicRef"
        if reading.draft >= .of2019, let target = try reference(dynamic, reading) {
            node.allOf.append(target)
        }
        try readStrings(reading, &node)
        try readNumbers(reading, &node)
        try readArrays(reading, &node)
        try readObjects(reading, &node)
        return node
    }

    /// The number of a schema below the one being read.
    mutating func schema(_ value: JSONValue, _ reading: Reading, _ tokens: String...) -> Int32 {
        let place = SchemaPlace(
            document: reading.place.document, pointer: JSONPointer(reading.pointer.tokens + tokens),
            base: reading.base)
        return number(value, place, scope: reading.scope)
    }

    mutating func child(_ reading: Reading, _ keyword: String) -> Int32? {
        reading.object[keyword].map { schema($0, reading, keyword) }
    }

    mutating func children(_ reading: Reading, _ keyword: String) throws(GrammarError) -> [Int32] {
        guard let value = reading.object[keyword] else { return [] }
        guard let elements = value.arrayValue else {
            throw .malformed(keyword: keyword, at: reading.pointer, reason: "is not an array of schemas")
        }
        return elements.enumerated().map { schema($1, reading, keyword, String($0)) }
    }

    mutating func readGeneral(
        _ reading: Reading, _ node: inout SchemaNode
    ) throws(GrammarError) {
        if let type = reading.object["type"] {
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
                case "any" where reading.draft == .four: kinds = .every
                default:
                    throw .malformed(
                        keyword: "type", at: reading.pointer,
                        reason: "names a type that JSON Schema does not know")
                }
            }
            if integer || number { kinds.insert(.number) }
            node.kinds = kinds
            node.isIntegral = integer && !number && kinds != .every
        }
        if let values = reading.object["enum"] {
            guard let list = values.arrayValue else {
                throw .malformed(keyword: "enum", at: reading.pointer, reason: "is not an array")
            }
            node.values = list
        }
        if reading.draft != .four, let value = reading.object["const"] {
            node.valuesKeyword = "const"
            node.values =
                node.values.map { $0.contains { $0.isEquivalent(to: value) } ? [value] : [] } ?? [value]
        }
        node.allOf = try children(reading, "allOf")
        node.anyOf = try children(reading, "anyOf")
        node.oneOf = try children(reading, "oneOf")
        node.not = child(reading, "not")
        if reading.draft >= .seven {
            node.condition = child(reading, "if")
            if node.condition != nil {
                node.consequent = child(reading, "then")
                node.alternative = child(reading, "else")
            }
        }
    }
}
