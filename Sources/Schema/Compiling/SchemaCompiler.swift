import JSON

/// Reads the schemas that can be reached from a document's root.
///
/// Schemas wait in a queue rather than being read recursively, so that no nesting and no chain of references can exhaust
/// the stack.
struct SchemaCompiler {
    typealias Location = ReferenceResolver.Location

    private struct Waiting {
        var node: Int
        var location: Location
        var resource: Int
        var value: JSONValue
    }

    private(set) var resolver: ReferenceResolver
    let options: SchemaOptions
    private(set) var nodes: [SchemaNode] = []
    private(set) var compiled: [Location: Int] = [:]
    /// For each resource that is in use, the schemas that its dynamic anchors name.
    private(set) var dynamicAnchors: [Int: [ByteString: Int]] = [:]
    private var queue: [Waiting] = []
    private var usedResources: Set<Int> = []
    private var dynamicNames: Set<ByteString> = []

    init(schema: JSONValue, remotes: [String: JSONValue], options: SchemaOptions) throws(SchemaError) {
        resolver = try ReferenceResolver(schema: schema, remotes: remotes, draft: options.draft)
        self.options = options
        _ = node(.root, in: 0, schema)
        try drain()
        try checkLoops()
    }

    /// The number of the schema at a place, which is read later when it is new.
    mutating func node(_ location: Location, in outer: Int, _ value: JSONValue) -> Int {
        if let known = compiled[location] { return known }
        let number = nodes.count
        let resource = resolver.resource(at: location, in: outer)
        compiled[location] = number
        nodes.append(SchemaNode(resource: resource))
        usedResources.insert(resource)
        queue.append(Waiting(node: number, location: location, resource: resource, value: value))
        return number
    }

    private mutating func drain() throws(SchemaError) {
        var next = 0
        repeat {
            while next < queue.count {
                let waiting = queue[next]
                queue[next].value = .null
                next += 1
                nodes[waiting.node] = try read(waiting)
            }
            addDynamicTargets()
        } while next < queue.count
        queue = []
    }

    /// Any resource that can be in the dynamic scope may answer a dynamic reference.
    private mutating func addDynamicTargets() {
        for name in dynamicNames {
            for resource in usedResources.sorted() where dynamicAnchors[resource]?[name] == nil {
                guard let target = resolver.dynamicTarget(name, in: resource) else { continue }
                dynamicAnchors[resource, default: [:]][name] = node(
                    target.location, in: target.resource, target.value)
            }
        }
    }

    private mutating func read(_ waiting: Waiting) throws(SchemaError) -> SchemaNode {
        var node = SchemaNode(resource: waiting.resource)
        let dialect = resolver.resources[waiting.resource].dialect
        node.integersHaveNoPoint = dialect.draft == .draft4
        switch waiting.value {
        case .bool(let constant): node.constant = constant
        case .object(let object):
            if let key = object.duplicateKeys.first {
                throw resolver.fault(waiting.location, "the keyword \(key) stands here twice; remove one")
            }
            var reader = KeywordReader(place: waiting.location, resource: waiting.resource, dialect: dialect)
            if dialect.draft.ignoresSiblingsOfReferences, let reference = object["$ref"] {
                try reader.read("$ref", reference, of: object, with: &self)
            } else {
                for member in object { try reader.read(member.key, member.value, of: object, with: &self) }
            }
            node.keywords = reader.finished()
            node.looksAtEvaluated = reader.looksAtEvaluated
        default:
            throw resolver.fault(
                waiting.location, "a schema is an object or a boolean, not \(waiting.value.typeName)")
        }
        return node
    }

    /// The schema that a reference points to.
    mutating func reference(
        _ keyword: String, _ value: JSONValue, in resource: Int, at place: Location
    ) throws(SchemaError) -> (node: Int, dynamicAnchor: ByteString?) {
        let target = try resolver.follow(keyword, value, in: resource, at: place)
        return (node(target.location, in: target.resource, target.value), target.dynamicAnchor)
    }

    /// Notes that a dynamic reference by that name exists.
    mutating func useDynamicAnchor(_ name: ByteString) { dynamicNames.insert(name) }

    /// Refuses schemas that refer to themselves without ever looking at a smaller part of the instance.
    private func checkLoops() throws(SchemaError) {
        var state = [UInt8](repeating: 0, count: nodes.count)
        for start in nodes.indices where state[start] == 0 {
            var path = [(node: start, next: nodes[start].keywords.flatMap(\.appliedInPlace)[...])]
            state[start] = 1
            while let last = path.indices.last {
                guard let inner = path[last].next.popFirst() else {
                    state[path[last].node] = 2
                    path.removeLast()
                    continue
                }
                if state[inner] == 1 {
                    let place =
                        compiled.first { $0.value == inner }?.key
                        ?? Location(document: 0, pointer: JSONPointer())
                    throw resolver.fault(
                        place,
                        "this schema refers to itself in a circle, so that no instance can be checked; break the circle"
                    )
                }
                if state[inner] == 0 {
                    state[inner] = 1
                    path.append((inner, nodes[inner].keywords.flatMap(\.appliedInPlace)[...]))
                }
            }
        }
    }
}
