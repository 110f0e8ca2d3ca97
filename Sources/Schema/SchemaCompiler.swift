import JSON

/// Reads the schemas of a document that can be reached from its root.
struct SchemaCompiler {
    let document: JSONValue
    private(set) var nodes: [SchemaNode] = []
    private var compiled: [JSONPointer: Int] = [:]
    private var depth = 0

    init(document: JSONValue) { self.document = document }

    private func fault(_ pointer: JSONPointer, _ reason: String) -> SchemaError {
        SchemaError(pointer: pointer, reason: reason)
    }

    /// The node of the schema at `pointer`, compiled once.
    mutating func compile(at pointer: JSONPointer) throws(SchemaError) -> Int {
        if let known = compiled[pointer] { return known }
        guard let value = document[pointer] else {
            throw fault(pointer, "there is nothing here; a schema is missing")
        }
        depth += 1
        defer { depth -= 1 }
        guard depth <= 200 else { throw fault(pointer, "schemas are nested deeper than 200 levels") }
        let number = nodes.count
        compiled[pointer] = number
        nodes.append(SchemaNode(pointer: pointer))
        switch value {
        case .bool(let constant): nodes[number].constant = constant
        case .object(let object):
            if let key = object.duplicateKeys.first {
                throw fault(pointer, "the keyword \(key) stands here twice")
            }
            for member in object { try read(member.key, member.value, of: number, at: pointer) }
        default: throw fault(pointer, "a schema is an object or a boolean, not \(value.typeName)")
        }
        return number
    }

    private mutating func read(
        _ keyword: String, _ value: JSONValue, of number: Int, at parent: JSONPointer
    ) throws(SchemaError) {
        if SchemaKeyword.annotations.contains(keyword) { return }
        let pointer = parent.appending(keyword)
        guard SchemaKeyword.assertions.contains(keyword) else {
            throw fault(
                pointer, "the keyword \(keyword) is not supported; leave it out or write it in other keywords"
            )
        }
        switch keyword {
        case "$schema":
            let name =
                value.stringValue.map { $0.hasSuffix("#") ? String($0.dropLast()) : $0 } ?? value.text()
            guard SchemaKeyword.dialects.contains(name) else {
                throw fault(pointer, "the dialect \(name) is not known; leave $schema out for draft 2020-12")
            }
        case "$ref": nodes[number].reference = try reference(value, at: pointer)
        case "type": nodes[number].types = try types(value, at: pointer)
        case "enum":
            guard case .array(let values) = value, !values.isEmpty else {
                throw fault(pointer, "enum takes an array with at least one value")
            }
            nodes[number].enumeration = values
        case "const": nodes[number].constantValue = value
        case "pattern": nodes[number].pattern = try pattern(value.stringValue, at: pointer)
        case "uniqueItems": nodes[number].uniqueItems = try boolean(value, at: pointer)
        case "required": nodes[number].required = try strings(value, at: pointer)
        default:
            if let path = SchemaCompiler.counts[keyword] {
                nodes[number][keyPath: path] = try count(value, at: pointer)
            } else if let path = SchemaCompiler.bounds[keyword] {
                nodes[number][keyPath: path] = try bound(value, at: pointer)
            } else if let path = SchemaCompiler.schemas[keyword] {
                nodes[number][keyPath: path] = try compile(at: pointer)
            } else if let path = SchemaCompiler.lists[keyword] {
                nodes[number][keyPath: path] = try list(value, at: pointer)
            } else {
                try readMap(keyword, value, of: number, at: pointer)
            }
        }
    }

    private mutating func readMap(
        _ keyword: String, _ value: JSONValue, of number: Int, at pointer: JSONPointer
    ) throws(SchemaError) {
        guard case .object(let object) = value else { throw fault(pointer, "\(keyword) takes an object") }
        for member in object {
            let inner = pointer.appending(member.key)
            switch keyword {
            case "properties":
                let node = try compile(at: inner)
                nodes[number].properties.append((member.key, node))
            case "patternProperties":
                let node = try compile(at: inner)
                nodes[number].patternProperties.append((try pattern(member.key, at: inner), node))
            case "dependentSchemas":
                let node = try compile(at: inner)
                nodes[number].dependentSchemas.append((member.key, node))
            default:
                nodes[number].dependentRequired.append((member.key, try strings(member.value, at: inner)))
            }
        }
    }

    private mutating func list(_ value: JSONValue, at pointer: JSONPointer) throws(SchemaError) -> [Int] {
        guard case .array(let elements) = value, !elements.isEmpty else {
            throw fault(pointer, "an array with at least one schema belongs here")
        }
        var found: [Int] = []
        for index in elements.indices { found.append(try compile(at: pointer.appending(index))) }
        return found
    }

    private mutating func reference(_ value: JSONValue, at pointer: JSONPointer) throws(SchemaError) -> Int {
        guard let text = value.stringValue else { throw fault(pointer, "$ref takes a string") }
        guard text.hasPrefix("#"), let decoded = String(text.dropFirst()).removingPercentEscapes,
            let target = JSONPointer(text: decoded)
        else { throw fault(pointer, "only references within the document are supported (#/…), not \(text)") }
        guard document[target] != nil else {
            throw fault(pointer, "\(text) refers to nothing in this document")
        }
        return try compile(at: target)
    }

    private func types(_ value: JSONValue, at pointer: JSONPointer) throws(SchemaError) -> [String] {
        let known = ["null", "boolean", "integer", "number", "string", "array", "object"]
        let names = value.stringValue.map { [$0] } ?? value.arrayValue?.compactMap(\.stringValue) ?? []
        guard !names.isEmpty, names.count == (value.arrayValue?.count ?? 1), names.allSatisfy(known.contains)
        else {
            throw fault(pointer, "\(value.text()) is no type; there are \(known.joined(separator: ", "))")
        }
        return names
    }

    private func strings(_ value: JSONValue, at pointer: JSONPointer) throws(SchemaError) -> [String] {
        guard let elements = value.arrayValue, elements.allSatisfy({ $0.stringValue != nil }) else {
            throw fault(pointer, "an array of property names belongs here")
        }
        return elements.compactMap(\.stringValue)
    }

    private func boolean(_ value: JSONValue, at pointer: JSONPointer) throws(SchemaError) -> Bool {
        guard let flag = value.boolValue else { throw fault(pointer, "true or false belongs here") }
        return flag
    }

    private func count(_ value: JSONValue, at pointer: JSONPointer) throws(SchemaError) -> Int {
        guard let number = value.numberValue?.decimal, number.isIntegral, !number.isNegative else {
            throw fault(pointer, "a whole number, 0 or more, belongs here, not \(value.text())")
        }
        return number.intValue ?? .max
    }

    private func bound(_ value: JSONValue, at pointer: JSONPointer) throws(SchemaError) -> ExactDecimal {
        guard let number = value.numberValue?.decimal else {
            throw fault(pointer, "a number belongs here, not \(value.text())")
        }
        if pointer.tokens.last == "multipleOf", number.isZero || number.isNegative {
            throw fault(pointer, "multipleOf takes a number above 0")
        }
        return number
    }

    private func pattern(_ text: String?, at pointer: JSONPointer) throws(SchemaError) -> ECMAPattern {
        guard let text else { throw fault(pointer, "a regular expression in a string belongs here") }
        do { return try ECMAPattern(text) } catch { throw fault(pointer, error.description) }
    }

    /// Refuses schemas that refer to themselves without ever looking at a smaller part of the instance.
    func checkLoops() throws(SchemaError) {
        var state = [Int](repeating: 0, count: nodes.count)
        func visit(_ number: Int) throws(SchemaError) {
            if state[number] == 2 { return }
            guard state[number] == 0 else {
                throw fault(
                    nodes[number].pointer,
                    "this schema refers to itself in a circle; no instance can be checked")
            }
            state[number] = 1
            for next in nodes[number].sameInstance { try visit(next) }
            state[number] = 2
        }
        for number in nodes.indices { try visit(number) }
    }

    private static let counts: [String: WritableKeyPath<SchemaNode, Int?> & Sendable] = [
        "minLength": \.minLength, "maxLength": \.maxLength, "minItems": \.minItems, "maxItems": \.maxItems,
        "minContains": \.minContains, "maxContains": \.maxContains, "minProperties": \.minProperties,
        "maxProperties": \.maxProperties,
    ]
    private static let bounds: [String: WritableKeyPath<SchemaNode, ExactDecimal?> & Sendable] = [
        "minimum": \.minimum, "maximum": \.maximum, "exclusiveMinimum": \.exclusiveMinimum,
        "exclusiveMaximum": \.exclusiveMaximum, "multipleOf": \.multipleOf,
    ]
    private static let schemas: [String: WritableKeyPath<SchemaNode, Int?> & Sendable] = [
        "items": \.items, "contains": \.contains, "additionalProperties": \.additionalProperties,
        "propertyNames": \.propertyNames, "not": \.not, "if": \.condition, "then": \.consequence,
        "else": \.alternative,
    ]
    private static let lists: [String: WritableKeyPath<SchemaNode, [Int]> & Sendable] = [
        "prefixItems": \.prefixItems, "allOf": \.allOf, "anyOf": \.anyOf, "oneOf": \.oneOf,
    ]
}

extension SchemaNode {
    /// The schemas that are applied to the very instance that this one is applied to.
    var sameInstance: [Int] {
        [reference, not, condition, consequence, alternative].compactMap { $0 } + allOf + anyOf + oneOf
            + dependentSchemas.map(\.node)
    }
}

extension String {
    /// The text with `%XX` decoded, or `nil` where that is malformed (RFC 3986, section 2.1).
    fileprivate var removingPercentEscapes: String? {
        var bytes: [UInt8] = []
        var rest = Array(utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2,
                let code = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            else {
                return nil
            }
            bytes.append(code)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
