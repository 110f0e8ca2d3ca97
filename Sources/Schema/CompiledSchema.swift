import JSON

/// A JSON Schema, checked and ready to validate instances.
///
/// All keywords of drafts 2020-12, 2019-09, 7, 6 and 4 are understood; `$schema` says which draft holds. References
/// may point anywhere in the document, to the drafts' metaschemas and to the schemas given as `remotes`; nothing is
/// fetched. Only what can be reached from the root is read: a fault in an unused definition is not one.
public struct CompiledSchema: Sendable {
    let nodes: [SchemaNode]
    /// For each resource, the schemas that its dynamic anchors name.
    let dynamicAnchors: [Int: [ByteString: Int]]
    private let places: [ReferenceResolver.Location: Int]

    /// Compiles a schema.
    /// - Parameters:
    ///   - schema: The schema's document.
    ///   - remotes: Further documents that references may name, by their absolute URI.
    ///   - options: The draft where `$schema` is absent, and what is asserted.
    /// - Throws: ``SchemaError`` for the first fault, with its pointer.
    public init(
        _ schema: JSONValue, remotes: [String: JSONValue] = [:], options: SchemaOptions = SchemaOptions()
    ) throws(SchemaError) {
        let compiler = try SchemaCompiler(schema: schema, remotes: remotes, options: options)
        nodes = compiler.nodes
        dynamicAnchors = compiler.dynamicAnchors
        places = compiler.compiled
    }

    /// Everything in which `instance` does not match; nothing where it is valid.
    ///
    /// An instance that cannot be decided within the budget of steps has one violation that says so.
    public func validate(_ instance: JSONValue) -> [Violation] {
        var quick = Validator(schema: self, instance: instance, isReporting: false)
        if quick.check(instance) { return [] }
        var validator = Validator(schema: self, instance: instance, isReporting: true)
        validator.check(instance)
        return validator.violations
    }

    /// Whether `instance` matches; false where that cannot be decided within the budget of steps.
    public func isValid(_ instance: JSONValue) -> Bool {
        var validator = Validator(schema: self, instance: instance, isReporting: false)
        return validator.check(instance)
    }

    /// A schema inside of the document, as a handle for ``validates(_:against:)``.
    public struct Subschema: Sendable, Hashable {
        let node: Int
    }

    /// The schema that stands at a place of the document; `nil` where none stands that the root reaches.
    public func subschema(at pointer: JSONPointer) -> Subschema? {
        places[ReferenceResolver.Location(document: 0, pointer: pointer)].map(Subschema.init)
    }

    /// Whether a value matches a schema inside of the document.
    ///
    /// Dynamic references are resolved as if the document's root had led there.
    public func validates(_ value: JSONValue, against subschema: Subschema) -> Bool {
        var validator = Validator(schema: self, instance: value, isReporting: false)
        return validator.check(value, against: subschema.node)
    }

    /// Whether a value matches the schema at a place of the document; `nil` where none stands that the root reaches.
    public func validates(_ value: JSONValue, at pointer: JSONPointer) -> Bool? {
        subschema(at: pointer).map { validates(value, against: $0) }
    }
}

/// What a schema is read with.
public struct SchemaOptions: Sendable, Hashable {
    /// Whether `format` constrains.
    public enum FormatPolicy: Sendable, Hashable {
        /// Every known format does.
        case asserted
        /// None does, unless the metaschema's vocabularies say so.
        case asDraftSays
    }

    /// What happens on a keyword that the draft does not have.
    public enum UnknownKeywordPolicy: Sendable, Hashable {
        /// Nothing, as the specification has it.
        case ignored
        /// The schema is refused by the keyword's name; names that start with `x-` are let through.
        case refused
    }

    /// The draft of a schema without `$schema`.
    public var draft: SchemaDraft
    /// Whether `format` constrains.
    public var format: FormatPolicy
    /// Whether contentEncoding and contentMediaType constrain, which only draft 7 allows.
    public var assertsContent: Bool
    /// What happens on a keyword that the draft does not have.
    public var unknownKeywords: UnknownKeywordPolicy

    /// The given options; by default draft 2020-12, formats asserted, unknown keywords ignored.
    public init(
        draft: SchemaDraft = .draft2020, format: FormatPolicy = .asserted, assertsContent: Bool = false,
        unknownKeywords: UnknownKeywordPolicy = .ignored
    ) {
        self.draft = draft
        self.format = format
        self.assertsContent = assertsContent
        self.unknownKeywords = unknownKeywords
    }
}

/// One way in which an instance does not match a schema.
public struct Violation: Sendable, Hashable {
    /// The keyword that is violated.
    public var keyword: String
    /// Where the keyword stands in the schema, through references.
    public var schemaPointer: JSONPointer
    /// Where the fault is in the instance.
    public var instancePointer: JSONPointer
    /// What is wrong, in words.
    public var message: String
}

/// Why a schema cannot be used.
public struct SchemaError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The URI of the document that has the fault; empty for the schema itself.
    public let document: String
    /// Where in that document.
    public let pointer: JSONPointer
    /// What is wrong there, and what to do.
    public let reason: String

    init(document: String = "", pointer: JSONPointer, reason: String) {
        self.document = document
        self.pointer = pointer
        self.reason = reason
    }

    /// A fault at that place of the schema itself.
    public init(at pointer: JSONPointer, reason: String) {
        self.init(document: "", pointer: pointer, reason: reason)
    }

    /// One line: the place and the reason.
    public var description: String {
        let name = document.isEmpty ? "schema" : "schema \(document)"
        return "\(name) at \(pointer.tokens.isEmpty ? "its root" : "\(pointer)"): \(reason)"
    }
}
