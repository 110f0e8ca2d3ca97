import JSON

/// Finds schemas: reads documents, notes their `$id`s and anchors, and follows references to where they point.
///
/// Documents are the schema itself, the local ones that were given beside it, and the drafts' metaschemas; nothing is
/// ever fetched. A document is read when the first reference needs it.
package struct ReferenceResolver: Sendable {
    /// A place in one of the documents; the schema itself is document 0.
    package struct Location: Sendable, Hashable {
        package var document: Int
        package var pointer: JSONPointer

        /// The schema itself.
        package static let root = Location(document: 0, pointer: JSONPointer())

        /// The place one step further in.
        package func appending(_ token: String) -> Location {
            Location(document: document, pointer: pointer.appending(token))
        }
    }

    /// A schema resource: a schema with a URI of its own, which its parts' references are relative to.
    package struct Resource: Sendable {
        package var uri: URIReference
        package var location: Location
        package var dialect: Dialect
        /// Where each anchor stands.
        package var anchors: [ByteString: Location] = [:]
        /// The anchors that `$dynamicAnchor`, or `$recursiveAnchor` under ``recursiveAnchor``, has set.
        package var dynamicAnchors: Set<ByteString> = []
        /// Anchors that are set twice.
        var ambiguous: Set<ByteString> = []
    }

    /// What a reference points to.
    package struct Target: Sendable {
        package var location: Location
        /// The resource that the place belongs to.
        package var resource: Int
        package var value: JSONValue
        /// The dynamic anchor's name, where the reference was by one.
        package var dynamicAnchor: ByteString?
    }

    /// The name under which `"$recursiveAnchor": true` is kept; no anchor can have it.
    package static let recursiveAnchor = ByteString("#")

    package private(set) var resources: [Resource] = []
    private var documents: [(uri: String, value: JSONValue)] = []
    private var byURI: [ByteString: Int] = [:]
    private var ambiguous: Set<ByteString> = []
    private var roots: [Location: Int] = [:]
    var remotes: [ByteString: JSONValue] = [:]
    var defaultDialect: Dialect

    private static let maximumDepth = 1_000

    /// Reads the schema; `remotes` are read when they are referred to.
    package init(
        schema: JSONValue, remotes: [String: JSONValue], draft: SchemaDraft
    ) throws(SchemaError) {
        defaultDialect = Dialect(draft)
        for (uri, value) in remotes {
            self.remotes[ByteString(URIReference(uri).withoutFragment.text)] = value
        }
        let root = try load(schema, uri: URIReference(""))
        defaultDialect = resources[root].dialect
    }

    /// The value at a place.
    package func value(at location: Location) -> JSONValue? {
        documents[location.document].value[location.pointer]
    }

    /// The resource of a schema that stands inside of resource `outer`.
    package func resource(at location: Location, in outer: Int) -> Int {
        // Most documents have no resource but themselves.
        roots.count == documents.count && !location.pointer.tokens.isEmpty ? outer : roots[location] ?? outer
    }

    /// The URI by which a place's document is known; empty for the schema itself.
    package func documentURI(of location: Location) -> String { documents[location.document].uri }

    /// An error about a place.
    package func fault(_ location: Location, _ reason: String) -> SchemaError {
        SchemaError(document: documents[location.document].uri, pointer: location.pointer, reason: reason)
    }

    // MARK: References

    /// Follows the value of `$ref`, `$dynamicRef` or `$recursiveRef`, which stands in a resource.
    ///
    /// ``Target/dynamicAnchor`` is set where the dynamic scope has the last word: the outermost resource of it that has
    /// the anchor (2020-12 core, section 8.2.3.2; 2019-09 core, section 8.2.4.2).
    /// - Throws: ``SchemaError`` at `place` when it points to nothing that is at hand.
    package mutating func follow(
        _ keyword: String, _ value: JSONValue, in resource: Int, at place: Location
    ) throws(SchemaError) -> Target {
        guard let text = value.stringValue else {
            throw fault(place, "a string belongs here, not \(value.text())")
        }
        if keyword == "$recursiveRef", text != "#" {
            throw fault(place, "$recursiveRef takes \"#\" and nothing else, not \(text)")
        }
        var target = try resolve(text, in: resource, at: place)
        switch keyword {
        case "$dynamicRef": break
        case "$recursiveRef":
            let isRecursive = resources[target.resource].dynamicAnchors.contains(
                ReferenceResolver.recursiveAnchor)
            target.dynamicAnchor = isRecursive ? ReferenceResolver.recursiveAnchor : nil
        default: target.dynamicAnchor = nil
        }
        return target
    }

    /// Follows a reference that stands in a resource.
    /// - Throws: ``SchemaError`` at `place` when it points to nothing that is at hand.
    private mutating func resolve(
        _ reference: String, in resource: Int, at place: Location
    ) throws(SchemaError) -> Target {
        let uri = URIReference(reference).resolved(against: resources[resource].uri)
        // A fragment alone stays within the resource, unless another one claims to be the same.
        let isWithin = reference.utf8.first == UInt8(ascii: "#") && ambiguous.isEmpty
        let index = isWithin ? resource : try find(uri.withoutFragment, written: reference, at: place)
        guard let fragment = (uri.fragment ?? "").removingPercentEscapes else {
            throw fault(place, "\(reference) has a fragment that is not percent-encoded as it should be")
        }
        if fragment.isEmpty { return try target(JSONPointer(), in: index, written: reference, at: place) }
        if fragment.utf8.first == UInt8(ascii: "/") {
            guard let pointer = JSONPointer(text: fragment) else {
                throw fault(place, "\(reference) is no JSON pointer; write ~ as ~0 and / as ~1")
            }
            let holder = isWithin ? nearest(to: index) { self.holds(pointer, in: $0) } : nil
            return try target(pointer, in: holder ?? index, written: reference, at: place)
        }
        let name = ByteString(fragment)
        let holder = isWithin ? nearest(to: index) { self.resources[$0].anchors[name] != nil } : nil
        let found = resources[holder ?? index]
        guard let location = found.anchors[name], let value = value(at: location) else {
            throw fault(place, "\(reference) refers to nothing; no schema there has the anchor \(fragment)")
        }
        if found.ambiguous.contains(name) {
            throw fault(
                place, "\(reference) is ambiguous: the anchor \(fragment) is set more than once; rename one")
        }
        return Target(
            location: location, resource: holder ?? index, value: value,
            dynamicAnchor: found.dynamicAnchors.contains(name) ? name : nil)
    }

    /// The resource, or the nearest one around it, that has what a fragment names.
    ///
    /// A fragment is read from the root of its own resource (2020-12 core, section 8.2.3). Many schemas give their
    /// parts an `id` and go on to write fragments from the root of the document; what is in no inner resource is looked
    /// for further out.
    private func nearest(to innermost: Int, where holds: (Int) -> Bool) -> Int? {
        var next: Int? = innermost
        while let here = next {
            if holds(here) { return here }
            next = resource(enclosing: here)
        }
        return nil
    }

    /// The innermost resource that a resource stands in.
    private func resource(enclosing inner: Int) -> Int? {
        var place = resources[inner].location
        while !place.pointer.tokens.isEmpty {
            place.pointer.tokens.removeLast()
            if let outer = roots[place] { return outer }
        }
        return nil
    }

    private func holds(_ pointer: JSONPointer, in resource: Int) -> Bool {
        value(at: resources[resource].location)?[pointer] != nil
    }

    /// The schema that has the dynamic anchor in a resource, if any.
    package func dynamicTarget(_ name: ByteString, in resource: Int) -> Target? {
        guard resources[resource].dynamicAnchors.contains(name),
            let location = resources[resource].anchors[name], let value = value(at: location)
        else { return nil }
        return Target(location: location, resource: resource, value: value, dynamicAnchor: name)
    }

    /// Walks a pointer from a resource's root, entering the resources that lie on the way.
    private func target(
        _ pointer: JSONPointer, in index: Int, written reference: String, at place: Location
    ) throws(SchemaError) -> Target {
        var location = resources[index].location
        var resource = index
        guard var value = value(at: location) else { throw fault(place, "\(reference) refers to nothing") }
        if roots.count == documents.count, let inner = value[pointer] {
            location.pointer.tokens += pointer.tokens
            return Target(location: location, resource: index, value: inner, dynamicAnchor: nil)
        }
        for token in pointer.tokens {
            guard let inner = value[JSONPointer([token])] else {
                throw fault(place, "\(reference) refers to nothing: there is no \(pointer) in that schema")
            }
            value = inner
            location.pointer.tokens.append(token)
            resource = roots[location] ?? resource
        }
        return Target(location: location, resource: resource, value: value, dynamicAnchor: nil)
    }

    private mutating func find(
        _ uri: URIReference, written reference: String, at place: Location
    ) throws(SchemaError) -> Int {
        let key = ByteString(uri.text)
        if let known = byURI[key] {
            if ambiguous.contains(key) {
                throw fault(
                    place,
                    "\(reference) is ambiguous: two schemas have the identifier \(uri.text); rename one")
            }
            return known
        }
        if let given = remotes[key] { return try load(given, uri: uri) }
        if let (address, text) = Metaschemas.entry(uri.text) {
            if let known = byURI[ByteString(address)] { return known }
            guard let value = try? JSONParser.parse(text) else {
                throw fault(place, "the built-in metaschema \(uri.text) is broken; please report this")
            }
            return try load(value, uri: URIReference(address))
        }
        // It may be an identifier inside of a document that nothing has referred to yet.
        for (name, value) in remotes.sorted(by: { $0.key.text < $1.key.text }) where byURI[name] == nil {
            _ = try? load(value, uri: URIReference(name.text))
        }
        if let known = byURI[key] { return known }
        throw fault(
            place,
            "\(reference) is not within the document, and nothing is fetched; put that schema under $defs with its "
                + "$id, or give it among the local schemas as \(uri.text)")
    }

    // MARK: Reading documents

    private mutating func load(_ value: JSONValue, uri: URIReference) throws(SchemaError) -> Int {
        let document = documents.count
        documents.append((uri.text, value))
        let location = Location(document: document, pointer: JSONPointer())
        let dialect = try dialect(of: value, default: defaultDialect, at: location)
        var own = uri
        if let identifier = try identifier(of: value, dialect: dialect, at: location) {
            own = URIReference(identifier).resolved(against: uri)
        }
        let root = resources.count
        resources.append(Resource(uri: own.withoutFragment, location: location, dialect: dialect))
        roots[location] = root
        byURI[ByteString(uri.text)] = root
        register(root)
        var path: [String] = []
        try scan(value, in: root, document, &path)
        return root
    }

    /// Makes a resource known by its URI; the document that was read first keeps one that several have.
    private mutating func register(_ resource: Int) {
        let key = ByteString(resources[resource].uri.text)
        guard let other = byURI[key] else {
            byURI[key] = resource
            return
        }
        if other != resource, resources[other].location.document == resources[resource].location.document {
            ambiguous.insert(key)
        }
    }

    /// Notes the identifiers and anchors of a schema and of those inside it.
    private mutating func scan(
        _ value: JSONValue, in outer: Int, _ document: Int, _ path: inout [String]
    ) throws(SchemaError) {
        guard case .object(let object) = value else { return }
        guard path.count <= ReferenceResolver.maximumDepth else {
            throw fault(
                Location(document: document, pointer: JSONPointer(path)),
                "the schema is nested deeper than \(ReferenceResolver.maximumDepth) levels")
        }
        var resource = outer
        // Most schemas have no name of their own.
        if object.contains(where: { $0.key.utf8.first == UInt8(ascii: "$") || $0.key == "id" }) {
            resource = try enter(
                value, object, outer, Location(document: document, pointer: JSONPointer(path)))
        }
        let dialect = resources[resource].dialect
        for member in object {
            guard let keyword = SchemaKeyword.named(member.key), keyword.shape != .plain,
                keyword.drafts.contains(dialect.draft)
            else { continue }
            path.append(member.key)
            try scanParts(member.value, keyword.shape, in: resource, document, &path)
            path.removeLast()
        }
    }

    /// Notes the identifier and the anchors of a schema; gives the resource it belongs to.
    private mutating func enter(
        _ value: JSONValue, _ object: JSONObject, _ outer: Int, _ location: Location
    ) throws(SchemaError) -> Int {
        var resource = outer
        if !location.pointer.tokens.isEmpty {
            let inherited = resources[outer].dialect
            let hinted = (object["$schema"]?.stringValue).flatMap(SchemaDraft.init(metaschema:)).map(
                Dialect.init)
            if let identifier = try identifier(of: value, dialect: hinted ?? inherited, at: location),
                identifier.utf8.first != UInt8(ascii: "#")
            {
                resource = resources.count
                let dialect = try dialect(of: value, default: inherited, at: location)
                let uri = URIReference(identifier).resolved(against: resources[outer].uri)
                resources.append(Resource(uri: uri.withoutFragment, location: location, dialect: dialect))
                roots[location] = resource
                register(resource)
            }
        }
        try noteAnchors(of: object, in: resource, at: location)
        return resource
    }

    private mutating func scanParts(
        _ value: JSONValue, _ shape: SchemaKeyword.Shape, in resource: Int, _ document: Int,
        _ path: inout [String]
    ) throws(SchemaError) {
        switch (shape, value) {
        case (.plain, _): break
        case (.schemas, .array(let elements)), (.schemaOrSchemas, .array(let elements)):
            for (index, element) in elements.enumerated() {
                path.append(String(index))
                try scan(element, in: resource, document, &path)
                path.removeLast()
            }
        case (.schema, _), (.schemaOrSchemas, _): try scan(value, in: resource, document, &path)
        case (.map, .object(let object)), (.dependencies, .object(let object)):
            for member in object {
                path.append(member.key)
                try scan(member.value, in: resource, document, &path)
                path.removeLast()
            }
        default: break
        }
    }

    private mutating func noteAnchors(
        of object: JSONObject, in resource: Int, at location: Location
    ) throws(SchemaError) {
        let draft = resources[resource].dialect.draft
        func note(_ name: ByteString, isDynamic: Bool, _ resource: inout Resource) {
            if let other = resource.anchors[name], other != location { resource.ambiguous.insert(name) }
            resource.anchors[name] = resource.anchors[name] ?? location
            if isDynamic { resource.dynamicAnchors.insert(name) }
        }
        if draft <= .draft7 {
            let isVoid = object["$ref"] != nil
            if !isVoid, let text = object[draft.identifierKeyword]?.stringValue,
                let fragment = URIReference(text).fragment, !fragment.isEmpty
            {
                note(
                    ByteString(fragment.removingPercentEscapes ?? fragment), isDynamic: false,
                    &resources[resource])
            }
            return
        }
        for keyword in ["$anchor", "$dynamicAnchor"] where keyword == "$anchor" || draft == .draft2020 {
            guard let value = object[keyword] else { continue }
            guard let name = value.stringValue, !name.isEmpty else {
                throw fault(
                    location.appending(keyword),
                    "\(keyword) takes a name in a string, not \(value.text())")
            }
            note(ByteString(name), isDynamic: keyword == "$dynamicAnchor", &resources[resource])
        }
        if draft == .draft2019, object["$recursiveAnchor"]?.boolValue == true,
            location == resources[resource].location
        {
            note(ReferenceResolver.recursiveAnchor, isDynamic: true, &resources[resource])
        }
    }

    /// The schema's `$id`, where it has one that counts.
    private func identifier(
        of value: JSONValue, dialect: Dialect, at location: Location
    ) throws(SchemaError) -> String? {
        let keyword = dialect.draft.identifierKeyword
        guard let object = value.objectValue, let identifier = object[keyword] else { return nil }
        if dialect.draft.ignoresSiblingsOfReferences, object["$ref"] != nil { return nil }
        guard let text = identifier.stringValue else {
            throw fault(
                location.appending(keyword),
                "\(keyword) takes a URI in a string, not \(identifier.text())")
        }
        return text
    }
}
