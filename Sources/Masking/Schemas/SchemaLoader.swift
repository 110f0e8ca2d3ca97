import JSON
import Schema

/// Reads a JSON Schema document into a graph, its keywords typed for the engine.
///
/// Where references lead and which dialect holds is found out by the validator's ``ReferenceResolver``.
/// A schema is numbered by its place and, where references are dynamic, by the scope it is reached in, so that a
/// dynamic reference is as exact as a plain one.
struct SchemaLoader {
    let graph: SchemaGraph
    let patterns: PatternLibrary
    let options: GrammarOptions
    private var resolver: ReferenceResolver
    private var numberOf: [Identity: Int32] = [:]
    private var pending: [(number: Int32, value: JSONValue, resource: Int, identity: Identity)] = []
    private var scopes = DynamicScopes()

    private struct Identity: Hashable {
        var location: ReferenceResolver.Location
        var scope: Int
    }

    /// The schema being read.
    struct Reading {
        let object: JSONObject
        let location: ReferenceResolver.Location
        let resource: Int
        let scope: Int
        let dialect: Dialect
        /// A bit for each keyword in `object`: most lookups are for keywords that are not there.
        private let filter: UInt64

        init(
            _ object: JSONObject, at location: ReferenceResolver.Location, resource: Int, scope: Int,
            dialect: Dialect
        ) {
            self.object = object
            self.location = location
            self.resource = resource
            self.scope = scope
            self.dialect = dialect
            filter = object.reduce(0) { $0 | Reading.bit($1.key) }
        }

        var pointer: JSONPointer { location.pointer }
        var draft: SchemaDraft { dialect.draft }

        /// The value of a keyword that means something in the schema's dialect.
        subscript(keyword: String) -> JSONValue? {
            guard filter & Reading.bit(keyword) != 0, let value = object[keyword],
                SchemaKeyword.named(keyword).map(dialect.has) ?? false
            else { return nil }
            return value
        }

        private static func bit(_ keyword: String) -> UInt64 {
            1 << ((UInt64(keyword.utf8.count) &* 7 &+ UInt64(keyword.utf8.first ?? 0)) & 63)
        }
    }

    /// Adds a document to a graph and gives the number of its root.
    static func load(
        _ document: JSONValue, into graph: SchemaGraph, _ patterns: PatternLibrary,
        options: GrammarOptions = GrammarOptions(), documents: [String: JSONValue] = [:]
    ) throws(GrammarError) -> Int32 {
        let resolver: ReferenceResolver
        do throws(SchemaError) {
            resolver = try ReferenceResolver(schema: document, remotes: documents, draft: .draft2020)
        } catch {
            throw .schema(error)
        }
        var loader = SchemaLoader(graph: graph, patterns: patterns, options: options, resolver: resolver)
        let first = graph.nodes.count
        let root = loader.number(document, .root, in: 0, scope: 0)
        while let (number, value, resource, identity) = loader.pending.popLast() {
            let node = try loader.read(value, identity, in: resource)
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

    private init(
        graph: SchemaGraph, patterns: PatternLibrary, options: GrammarOptions, resolver: ReferenceResolver
    ) {
        self.graph = graph
        self.patterns = patterns
        self.options = options
        self.resolver = resolver
    }

    /// The number of the schema at a place, which is read later when it is new.
    private mutating func number(
        _ value: JSONValue, _ location: ReferenceResolver.Location, in outer: Int, scope: Int
    ) -> Int32 {
        let resource = resolver.resource(at: location, in: outer)
        let inner = scopes.enter(
            resource, anchors: resolver.resources[resource].dynamicAnchors, from: scope)
        let identity = Identity(location: location, scope: inner)
        let fresh = Int32(graph.nodes.count)
        // One look-up finds or inserts: the pointer is hashed once.
        func known(_ number: inout Int32) -> Int32 {
            if number < 0 { number = fresh }
            return number
        }
        let number = known(&numberOf[identity, default: -1])
        guard number == fresh else { return number }
        graph.nodes.append(SchemaNode())
        pending.append((number, value, resource, identity))
        return number
    }

    // MARK: References

    private mutating func reference(_ keyword: String, _ reading: Reading) throws(GrammarError) -> Int32? {
        guard let value = reading[keyword] else { return nil }
        var target: ReferenceResolver.Target
        do throws(SchemaError) {
            target = try resolver.follow(
                keyword, value, in: reading.resource, at: reading.location.appending(keyword))
        } catch {
            throw .schema(error)
        }
        if let anchor = target.dynamicAnchor, let outermost = scopes.outermost(anchor, in: reading.scope),
            let outer = resolver.dynamicTarget(anchor, in: outermost)
        {
            target = outer
        }
        return number(target.value, target.location, in: target.resource, scope: reading.scope)
    }

    // MARK: Keywords

    private mutating func read(
        _ value: JSONValue, _ identity: Identity, in resource: Int
    ) throws(GrammarError) -> SchemaNode {
        let location = identity.location
        var node = SchemaNode()
        node.origin.pointer = location.pointer
        if location.document > 0 { node.origin.document = resolver.documentURI(of: location) }
        if let verdict = value.boolValue {
            node.general.constant = verdict
            return node
        }
        guard let object = value.objectValue else {
            throw .malformed(
                keyword: location.pointer.tokens.last ?? "schema", at: location.pointer,
                reason: "is neither an object nor a boolean")
        }
        let reading = Reading(
            object, at: location, resource: resource, scope: identity.scope,
            dialect: resolver.resources[resource].dialect)
        node.inPlace.reference = try reference("$ref", reading)
        if node.inPlace.reference != nil, reading.draft.ignoresSiblingsOfReferences { return node }
        node.general = try generalKeywords(reading)
        try readInPlace(reading, &node.inPlace)
        for keyword in ["$recursiveRef", "$dynamicRef"] {
            if let target = try reference(keyword, reading) { node.inPlace.allOf.append(target) }
        }
        node.string = try stringKeywords(reading)
        node.bounds = try numberBounds(reading)
        node.array = try arrayKeywords(reading)
        node.unevaluated.items = child(reading, "unevaluatedItems")
        node.object = try objectKeywords(reading)
        node.unevaluated.properties = child(reading, "unevaluatedProperties")
        readDependencies(reading, &node.object)
        return node
    }

    /// The number of a schema below the one being read.
    mutating func schema(_ value: JSONValue, _ reading: Reading, _ tokens: String...) -> Int32 {
        var location = reading.location
        location.pointer.tokens += tokens
        return number(value, location, in: reading.resource, scope: reading.scope)
    }

    mutating func child(_ reading: Reading, _ keyword: String) -> Int32? {
        reading[keyword].map { schema($0, reading, keyword) }
    }

    mutating func children(_ reading: Reading, _ keyword: String) throws(GrammarError) -> [Int32] {
        guard let value = reading[keyword] else { return [] }
        guard let elements = value.arrayValue else {
            throw .malformed(keyword: keyword, at: reading.pointer, reason: "is not an array of schemas")
        }
        return elements.enumerated().map { schema($1, reading, keyword, String($0)) }
    }
}
