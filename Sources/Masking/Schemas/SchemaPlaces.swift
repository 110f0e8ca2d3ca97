import JSON

/// The drafts of JSON Schema that the engine reads.
enum SchemaDraft: Int, Comparable {
    case four = 4, six, seven, of2019, of2020

    static func < (left: SchemaDraft, right: SchemaDraft) -> Bool { left.rawValue < right.rawValue }

    /// The draft that a document names in `$schema`; the newest where it names none that is known.
    init(_ document: JSONValue) {
        let dialect = document["$schema"]?.stringValue ?? ""
        let names: [(String, SchemaDraft)] = [
            ("draft-03", .four), ("draft-04", .four), ("draft-06", .six), ("draft-07", .seven),
            ("2019-09", .of2019),
        ]
        self = names.first { dialect.contains($0.0) }?.1 ?? .of2020
    }

    var idKeyword: String { self == .four ? "id" : "$id" }
}

/// Where a schema stands: its document, its pointer in it, and the base URI around it (before an `$id` of its own).
struct SchemaPlace: Hashable {
    var document: Int
    var pointer: JSONPointer
    var base: String
}

/// The documents of a grammar and what their `$id`s and anchors name.
struct SchemaPlaces {
    private(set) var documents: [(uri: String, value: JSONValue, draft: SchemaDraft)] = []
    private var known: SchemaDocuments
    /// Resources and plain anchors by absolute URI.
    private var named: [String: SchemaPlace] = [:]
    /// Anchors that a dynamic scope may move, by the resource that has them and by name.
    private(set) var dynamic: [String: [String: SchemaPlace]] = [:]
    /// The name of `$recursiveAnchor`, which has none, among the dynamic anchors.
    static let recursive = ""

    init(_ root: JSONValue, _ known: SchemaDocuments) {
        self.known = known
        add(root, uri: "")
    }

    subscript(place: SchemaPlace) -> JSONValue? { documents[place.document].value[place.pointer] }

    func draft(_ place: SchemaPlace) -> SchemaDraft { documents[place.document].draft }

    /// The base URI inside a schema: around it, and its own `$id`.
    func base(inside object: JSONObject, _ place: SchemaPlace) -> String {
        let draft = draft(place)
        guard let id = object[draft.idKeyword]?.stringValue, !id.hasPrefix("#"),
            draft >= .of2019 || object["$ref"] == nil
        else { return place.base }
        return SchemaURI.withoutFragment(SchemaURI.join(place.base, id))
    }

    private mutating func add(_ document: JSONValue, uri: String) {
        // A document that does not say its draft is read like the one that refers to it.
        let draft = document["$schema"] == nil ? documents.first?.draft : nil
        documents.append((uri, document, draft ?? SchemaDraft(document)))
        let place = SchemaPlace(document: documents.count - 1, pointer: JSONPointer(), base: uri)
        named[uri] = place
        collect(document, place)
    }

    /// Keywords whose value is a schema, or an array or an object of schemas.
    private static let applicators: Set<String> = [
        "additionalItems", "additionalProperties", "allOf", "anyOf", "contains", "contentSchema",
        "else", "if", "items", "not", "oneOf", "prefixItems", "propertyNames", "then", "unevaluatedItems",
        "unevaluatedProperties",
    ]
    private static let maps: Set<String> = [
        "$defs", "definitions", "dependencies", "dependentSchemas", "patternProperties", "properties",
    ]

    private mutating func collect(_ value: JSONValue, _ place: SchemaPlace) {
        if let elements = value.arrayValue {
            for (index, element) in elements.enumerated() {
                var inner = place
                inner.pointer = place.pointer.appending(index)
                collect(element, inner)
            }
            return
        }
        guard let object = value.objectValue else { return }
        let draft = draft(place)
        let base = base(inside: object, place)
        if base != place.base, named[base] == nil { named[base] = place }
        if draft < .of2019, let id = object[draft.idKeyword]?.stringValue, object["$ref"] == nil,
            let mark = id.firstIndex(of: "#"), id[id.index(after: mark)...].isEmpty == false
        {
            note(SchemaURI.join(place.base, id), place)
        }
        if draft >= .of2019 {
            if let name = object["$anchor"]?.stringValue { note("\(base)#\(name)", place) }
            if let name = object["$dynamicAnchor"]?.stringValue {
                note("\(base)#\(name)", place)
                if dynamic[base]?[name] == nil { dynamic[base, default: [:]][name] = place }
            }
            if object["$recursiveAnchor"]?.boolValue == true {
                dynamic[base, default: [:]][SchemaPlaces.recursive] = place
            }
        }
        for member in object {
            var inner = SchemaPlace(
                document: place.document, pointer: place.pointer.appending(member.key), base: base)
            if SchemaPlaces.applicators.contains(member.key) {
                collect(member.value, inner)
            } else if SchemaPlaces.maps.contains(member.key), let map = member.value.objectValue {
                let outer = inner.pointer
                for entry in map {
                    inner.pointer = outer.appending(entry.key)
                    collect(entry.value, inner)
                }
            }
        }
    }

    private mutating func note(_ uri: String, _ place: SchemaPlace) {
        if named[uri] == nil { named[uri] = place }
    }

    /// The place that a reference names.
    /// - Parameters:
    ///   - base: the base URI where the reference stands.
    ///   - pointer: where it stands, for the error.
    mutating func resolve(
        _ reference: String, base: String, keyword: String, at pointer: JSONPointer
    ) throws(GrammarError) -> SchemaPlace {
        let absolute = SchemaURI.join(base, reference)
        let uri = SchemaURI.withoutFragment(absolute)
        let fragment = SchemaURI.decoded(String(absolute.dropFirst(uri.count + 1)))
        if named[uri] == nil, let document = known[uri] { add(document, uri: uri) }
        if !fragment.isEmpty, let place = named["\(uri)#\(fragment)"] { return place }
        guard let resource = named[uri] else {
            throw .unsupported(
                keyword: keyword, at: pointer,
                reason: "\"\(reference)\" is not in this document, and none is fetched")
        }
        guard let inner = JSONPointer(text: fragment) else {
            throw .malformed(
                keyword: keyword, at: pointer, reason: "names \"\(reference)\", which is not there")
        }
        var place = resource
        for token in inner.tokens {
            if let object = self[place]?.objectValue { place.base = self.base(inside: object, place) }
            place.pointer = place.pointer.appending(token)
        }
        guard self[place] != nil else {
            throw .malformed(
                keyword: keyword, at: pointer, reason: "names \"\(reference)\", which is not there")
        }
        return place
    }
}
