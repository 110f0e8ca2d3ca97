import JSON

/// A schema within a tool's, with the kinds of values that it lets through.
///
/// References within the document are followed; what cannot be told from `type`, `enum`, `const` and the combinations of
/// them lets every kind through.
public struct ArgumentSchema: Sendable, Hashable {
    /// The tool's whole schema.
    public let root: JSONValue
    /// The place of this one in it.
    public let pointer: JSONPointer
    /// This one, references followed.
    public let value: JSONValue

    /// The schema of all of a tool's arguments.
    public init(root: JSONValue) { self.init(root: root, pointer: JSONPointer()) }

    private init(root: JSONValue, pointer: JSONPointer) {
        var place = pointer
        var here = root[pointer] ?? .bool(true)
        for _ in 0..<16 {
            guard let reference = here["$ref"]?.stringValue, reference.hasPrefix("#"),
                let target = JSONPointer(text: String(reference.dropFirst())), let next = root[target]
            else { break }
            (place, here) = (target, next)
        }
        self.root = root
        self.pointer = place
        value = here
    }

    private func inner(_ tokens: [String]) -> ArgumentSchema {
        var pointer = pointer
        for token in tokens { pointer = pointer.appending(token) }
        return ArgumentSchema(root: root, pointer: pointer)
    }

    /// The schema of a member.
    public subscript(key: String) -> ArgumentSchema? {
        guard value["properties"]?[key] != nil else {
            return value["additionalProperties"]?.objectValue == nil ? nil : inner(["additionalProperties"])
        }
        return inner(["properties", key])
    }

    /// The keys that it lists, in order.
    public var keys: [String] { value["properties"]?.objectValue?.keys ?? [] }

    /// The keys that must be there.
    public var required: Set<ByteString> {
        Set((value["required"]?.arrayValue ?? []).compactMap { $0.stringValue.map { ByteString($0) } })
    }

    /// The schema of an array's items.
    public var items: ArgumentSchema? { value["items"]?.objectValue == nil ? nil : inner(["items"]) }

    /// The values that it lists; `nil` where it lists none.
    public var listed: [JSONValue]? {
        value["const"].map { [$0] } ?? value["enum"]?.arrayValue
    }

    /// The kinds of values that it lets through, as far as can be told.
    public var kinds: Set<ValueKind> { kinds(depth: 0) }

    private func kinds(depth: Int) -> Set<ValueKind> {
        let every = Set(ValueKind.allCases)
        guard depth < 8, value.objectValue != nil else { return every }
        var found = every
        switch value["type"] {
        case .string(let type)?: found = Set([ValueKind(type: type)].compactMap { $0 })
        case .array(let types)?:
            found = Set(types.compactMap { $0.stringValue.flatMap(ValueKind.init(type:)) })
        default: break
        }
        if let listed { found.formIntersection(listed.map { ValueKind($0) }) }
        for keyword in ["anyOf", "oneOf", "allOf"] {
            guard let parts = value[keyword]?.arrayValue else { continue }
            let kinds = parts.indices.map { inner([keyword, String($0)]).kinds(depth: depth + 1) }
            if keyword == "allOf" {
                for part in kinds { found.formIntersection(part) }
            } else {
                found.formIntersection(kinds.reduce(into: Set<ValueKind>()) { $0.formUnion($1) })
            }
        }
        return found.isEmpty ? every : found
    }
}
