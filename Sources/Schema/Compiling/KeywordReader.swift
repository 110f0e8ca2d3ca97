import JSON

/// Reads the keywords of one schema object, checking their values.
struct KeywordReader {
    typealias Location = ReferenceResolver.Location

    private let place: Location
    private let resource: Int
    private let dialect: Dialect
    private var keywords: [Keyword] = []
    private var elements: ElementRules?
    private var contains: ContainsRule?
    private var members: MemberRules?
    private var last: [Keyword] = []

    /// Whether a keyword looks at what others have evaluated.
    var looksAtEvaluated: Bool { !last.isEmpty }

    init(place: Location, resource: Int, dialect: Dialect) {
        self.place = place
        self.resource = resource
        self.dialect = dialect
    }

    /// What was read, in the order in which it is to be applied.
    func finished() -> [Keyword] {
        var all = keywords
        if let elements { all.append(.elements(elements)) }
        if let contains { all.append(.contains(contains)) }
        if let members { all.append(.members(members)) }
        return all + last
    }

    private func location(_ path: [String]) -> Location {
        Location(document: place.document, pointer: JSONPointer(place.pointer.tokens + path))
    }

    /// Reads one keyword of `object`.
    mutating func read(
        _ keyword: String, _ value: JSONValue, of object: JSONObject, with compiler: inout SchemaCompiler
    ) throws(SchemaError) {
        guard let known = SchemaKeyword.named(keyword), known.drafts.contains(dialect.draft) else {
            if compiler.options.unknownKeywords == .refused, !keyword.hasPrefix("x-") {
                throw unknown(keyword, compiler)
            }
            return
        }
        guard dialect.has(known) else { return }
        let values = KeywordValues(location: location([keyword]), resolver: compiler.resolver)
        switch keyword {
        case "$ref", "$dynamicRef", "$recursiveRef":
            let target = try compiler.reference(keyword, value, in: resource, at: values.location)
            guard let anchor = target.dynamicAnchor else {
                keywords.append(.reference(keyword, target.node))
                return
            }
            compiler.useDynamicAnchor(anchor)
            keywords.append(.dynamicReference(keyword, anchor: anchor, initial: target.node))
        case "type": keywords.append(.types(try values.types(value)))
        case "enum":
            // From 2019-09 on an empty array is allowed, and lets nothing through.
            guard case .array(let listed) = value, !listed.isEmpty || dialect.draft >= .draft2019 else {
                throw values.fault("enum takes an array with at least one value")
            }
            keywords.append(.enumeration(Enumeration(listed)))
        case "const": keywords.append(.constant(value))
        case "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum":
            try readBound(keyword, value, of: object, values)
        case "multipleOf": keywords.append(.multipleOf(try values.divisor(value)))
        case "minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties":
            guard let size = Size(rawValue: keyword) else { return }
            keywords.append(.size(size, try values.count(value)))
        case "pattern": keywords.append(.pattern(try values.pattern(value.stringValue)))
        case "format": try readFormat(value, values, compiler.options)
        case "contentEncoding", "contentMediaType":
            guard dialect.draft == .draft7, compiler.options.assertsContent,
                keyword == "contentEncoding"
                    || object["contentEncoding"] == nil
            else { return }
            let encoding = object["contentEncoding"]?.stringValue
            keywords.append(.content(encoding: encoding, mediaType: object["contentMediaType"]?.stringValue))
        case "uniqueItems": if try values.boolean(value) { keywords.append(.uniqueItems) }
        case "required": keywords.append(.required(try values.names(value)))
        default: try readSchemas(keyword, value, of: object, values, &compiler)
        }
    }

    // MARK: Values

    private mutating func readBound(
        _ keyword: String, _ value: JSONValue, of object: JSONObject, _ values: KeywordValues
    ) throws(SchemaError) {
        guard var bound = Bound(rawValue: keyword) else { return }
        if dialect.draft == .draft4 {
            switch bound {
            case .exclusiveMinimum, .exclusiveMaximum:
                _ = try values.boolean(value)
                return
            case .minimum: if object["exclusiveMinimum"]?.boolValue == true { bound = .exclusiveMinimum }
            case .maximum: if object["exclusiveMaximum"]?.boolValue == true { bound = .exclusiveMaximum }
            }
        }
        if value.boolValue != nil {
            throw values.fault(
                "\(keyword) takes a number; true and false are of draft 4, so write the bound itself here")
        }
        keywords.append(.bound(bound, try values.number(value)))
    }

    private mutating func readFormat(
        _ value: JSONValue, _ values: KeywordValues, _ options: SchemaOptions
    ) throws(SchemaError) {
        let name = try values.text(value)
        guard options.format == .asserted || dialect.vocabularies.contains(.formatAssertion),
            let format = StringFormat(rawValue: name)
        else { return }
        keywords.append(.format(format))
    }

    private func unknown(_ keyword: String, _ compiler: SchemaCompiler) -> SchemaError {
        let reason =
            switch SchemaKeyword.named(keyword) {
            case let known? where known.drafts.lowerBound > dialect.draft:
                "is not of \(dialect.draft.name); set $schema to \(known.drafts.lowerBound.metaschema)"
            case let known?:
                "is of \(known.drafts.upperBound.name) and older; write it as \(dialect.draft.name) does"
            case nil: "is not known; leave it out or write it in other keywords"
            }
        return compiler.resolver.fault(location([keyword]), "the keyword \(keyword) \(reason)")
    }

    // MARK: Schemas

    private mutating func readSchemas(
        _ keyword: String, _ value: JSONValue, of object: JSONObject, _ values: KeywordValues,
        _ compiler: inout SchemaCompiler
    ) throws(SchemaError) {
        switch keyword {
        case "allOf": keywords.append(.allOf(try list(value, values, &compiler)))
        case "anyOf": keywords.append(.anyOf(try list(value, values, &compiler)))
        case "oneOf": keywords.append(.oneOf(try list(value, values, &compiler)))
        case "not": keywords.append(.not(schema(value, values, &compiler)))
        case "if":
            let test = schema(value, values, &compiler)
            let then = object["then"].map { compiler.node(location(["then"]), in: resource, $0) }
            let otherwise = object["else"].map { compiler.node(location(["else"]), in: resource, $0) }
            keywords.append(.condition(test, then: then, otherwise: otherwise))
        case "prefixItems":
            var rules = elements ?? ElementRules()
            rules.prefix = try list(value, values, &compiler)
            elements = rules
        case "items": try readItems(value, values, &compiler)
        case "additionalItems":
            guard case .array = object["items"] else { return }
            var rules = elements ?? ElementRules()
            rules.rest = schema(value, values, &compiler)
            rules.restKeyword = "additionalItems"
            elements = rules
        case "contains":
            contains = ContainsRule(
                node: schema(value, values, &compiler),
                minimum: try containsBound("minContains", object, compiler),
                maximum: try containsBound("maxContains", object, compiler),
                marksEvaluated: dialect.draft == .draft2020)
        case "additionalProperties":
            var rules = members ?? MemberRules()
            rules.additional = schema(value, values, &compiler)
            members = rules
        case "propertyNames":
            var rules = members ?? MemberRules()
            rules.propertyNames = schema(value, values, &compiler)
            members = rules
        case "unevaluatedItems": last.append(.unevaluatedItems(schema(value, values, &compiler)))
        case "unevaluatedProperties": last.append(.unevaluatedProperties(schema(value, values, &compiler)))
        case "properties", "patternProperties", "dependentSchemas", "dependentRequired", "dependencies":
            try readMap(keyword, value, values, &compiler)
        default: break
        }
    }

    private func schema(_ value: JSONValue, _ values: KeywordValues, _ compiler: inout SchemaCompiler) -> Int
    {
        compiler.node(values.location, in: resource, value)
    }

    private func list(
        _ value: JSONValue, _ values: KeywordValues, _ compiler: inout SchemaCompiler
    ) throws(SchemaError) -> [Int] {
        guard case .array(let listed) = value, !listed.isEmpty else {
            throw values.fault("an array with at least one schema belongs here, not \(value.typeName)")
        }
        return array(listed, values, &compiler)
    }

    private func array(_ listed: [JSONValue], _ values: KeywordValues, _ compiler: inout SchemaCompiler)
        -> [Int]
    {
        var found: [Int] = []
        for (index, element) in listed.enumerated() {
            found.append(compiler.node(values.location.appending(String(index)), in: resource, element))
        }
        return found
    }

    private mutating func readItems(
        _ value: JSONValue, _ values: KeywordValues, _ compiler: inout SchemaCompiler
    ) throws(SchemaError) {
        var rules = elements ?? ElementRules()
        if case .array(let listed) = value {
            guard dialect.draft <= .draft2019 else {
                throw values.fault(
                    "items takes one schema in draft 2020-12; write an array of schemas as prefixItems, or set $schema "
                        + "to \(SchemaDraft.draft7.metaschema)#")
            }
            rules.prefix = array(listed, values, &compiler)
            rules.prefixKeyword = "items"
        } else {
            rules.rest = schema(value, values, &compiler)
        }
        elements = rules
    }

    private func containsBound(
        _ keyword: String, _ object: JSONObject, _ compiler: SchemaCompiler
    ) throws(SchemaError) -> Int? {
        guard let value = object[keyword], SchemaKeyword.named(keyword).map(dialect.has) == true else {
            return nil
        }
        return try KeywordValues(location: location([keyword]), resolver: compiler.resolver).count(value)
    }

    private mutating func readMap(
        _ keyword: String, _ value: JSONValue, _ values: KeywordValues, _ compiler: inout SchemaCompiler
    ) throws(SchemaError) {
        guard case .object(let object) = value else {
            throw values.fault("\(keyword) takes an object, not \(value.typeName)")
        }
        var rules = members ?? MemberRules()
        var required: [(key: String, required: [String])] = []
        var schemas: [(key: String, node: Int)] = []
        for member in object {
            let inner = KeywordValues(
                location: values.location.appending(member.key), resolver: compiler.resolver)
            switch keyword {
            case "properties":
                rules.properties[ByteString(member.key)] = schema(member.value, inner, &compiler)
                rules.names.append(member.key)
            case "patternProperties":
                rules.patterns.append((try inner.pattern(member.key), schema(member.value, inner, &compiler)))
            case "dependentRequired": required.append((member.key, try inner.names(member.value)))
            case "dependencies" where member.value.arrayValue != nil || member.value.stringValue != nil:
                required.append((member.key, try inner.names(member.value)))
            default: schemas.append((member.key, schema(member.value, inner, &compiler)))
            }
        }
        switch keyword {
        case "properties", "patternProperties": members = rules
        default:
            if !required.isEmpty { keywords.append(.dependentRequired(keyword, required)) }
            if !schemas.isEmpty { keywords.append(.dependentSchemas(keyword, schemas)) }
        }
    }
}
