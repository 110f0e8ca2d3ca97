import JSON

/// A JSON Schema, checked and ready to validate instances.
///
/// Supported are the keywords of ``SchemaKeyword``; a schema with any other is refused by name, so that nothing is
/// weakened in silence. References stay within the document.
public struct CompiledSchema: Sendable {
    let nodes: [SchemaNode]
    let root: Int

    /// Compiles a schema.
    /// - Throws: ``SchemaError`` for the first fault, with its pointer.
    public init(_ schema: JSONValue) throws(SchemaError) {
        var compiler = SchemaCompiler(document: schema)
        root = try compiler.compile(at: JSONPointer())
        nodes = compiler.nodes
        try compiler.checkLoops()
    }

    /// Everything in which `instance` does not match; nothing where it is valid.
    public func validate(_ instance: JSONValue) -> [Violation] {
        var validator = Validator(schema: self)
        validator.check(instance, against: root, at: JSONPointer())
        return validator.violations
    }

    /// Whether `instance` matches.
    public func isValid(_ instance: JSONValue) -> Bool { validate(instance).isEmpty }
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
    /// Where in the schema.
    public let pointer: JSONPointer
    /// What is wrong there, and what to do.
    public let reason: String

    /// One line: the place and the reason.
    public var description: String {
        "schema at \(pointer.tokens.isEmpty ? "its root" : "\(pointer)"): \(reason)"
    }
}
