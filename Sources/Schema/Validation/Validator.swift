import JSON

/// Holds an instance against a compiled schema and collects what does not match.
struct Validator {
    let schema: CompiledSchema
    private(set) var violations: [Violation] = []
    /// Where the schema being applied was reached from, through references.
    private var path: [String] = []

    init(schema: CompiledSchema) { self.schema = schema }

    mutating func report(_ keyword: String, _ instance: JSONPointer, _ message: String) {
        violations.append(
            Violation(
                keyword: keyword, schemaPointer: JSONPointer(path + [keyword]), instancePointer: instance,
                message: message))
    }

    /// Whether `instance` matches, without reporting.
    func matches(_ instance: JSONValue, _ number: Int, at pointer: JSONPointer) -> Bool {
        var inner = Validator(schema: schema)
        inner.check(instance, against: number, at: pointer)
        return inner.violations.isEmpty
    }

    /// Applies another schema, noting how it was reached.
    mutating func check(
        _ instance: JSONValue, against number: Int, at pointer: JSONPointer, via steps: String...
    ) {
        let before = path
        path += steps
        check(instance, against: number, at: pointer)
        path = before
    }

    mutating func check(_ instance: JSONValue, against number: Int, at pointer: JSONPointer) {
        let node = schema.nodes[number]
        if let constant = node.constant {
            guard !constant else { return }
            let keyword = path.last ?? "false"
            violations.append(
                Violation(
                    keyword: keyword, schemaPointer: JSONPointer(path), instancePointer: pointer,
                    message: "nothing may stand here"))
            return
        }
        if let reference = node.reference { check(instance, against: reference, at: pointer, via: "$ref") }
        checkAnyType(instance, node, at: pointer)
        switch instance {
        case .number(let value): checkNumber(value, node, at: pointer)
        case .string(let text): checkString(text, node, at: pointer)
        case .array(let elements): checkArray(elements, node, at: pointer)
        case .object(let object): checkObject(object, node, at: pointer)
        case .null, .bool: break
        }
        checkCombinations(instance, node, at: pointer)
    }

    private mutating func checkAnyType(_ instance: JSONValue, _ node: SchemaNode, at pointer: JSONPointer) {
        if let types = node.types, !types.contains(where: { instance.hasType($0) }) {
            report("type", pointer, "must be \(types.joined(separator: " or ")), not \(instance.typeName)")
        }
        if let values = node.enumeration, !values.contains(where: { $0.isEquivalent(to: instance) }) {
            let listed = values.prefix(8).map { $0.text() }.joined(separator: ", ")
            report("enum", pointer, "must be one of \(listed)\(values.count > 8 ? ", …" : "")")
        }
        if let value = node.constantValue, !value.isEquivalent(to: instance) {
            report("const", pointer, "must be \(value.text())")
        }
    }

    private mutating func checkNumber(_ number: JSONNumber, _ node: SchemaNode, at pointer: JSONPointer) {
        let value = number.decimal
        if let bound = node.minimum, value < bound {
            report("minimum", pointer, "must be at least \(bound.text)")
        }
        if let bound = node.maximum, value > bound {
            report("maximum", pointer, "must be at most \(bound.text)")
        }
        if let bound = node.exclusiveMinimum, value <= bound {
            report("exclusiveMinimum", pointer, "must be above \(bound.text)")
        }
        if let bound = node.exclusiveMaximum, value >= bound {
            report("exclusiveMaximum", pointer, "must be below \(bound.text)")
        }
        if let divisor = node.multipleOf, !value.isMultiple(of: divisor) {
            report("multipleOf", pointer, "must be a multiple of \(divisor.text)")
        }
    }

    private mutating func checkString(_ text: String, _ node: SchemaNode, at pointer: JSONPointer) {
        let length = text.unicodeScalars.count
        if let bound = node.minLength, length < bound {
            report("minLength", pointer, "must have at least \(bound) characters, not \(length)")
        }
        if let bound = node.maxLength, length > bound {
            report("maxLength", pointer, "must have at most \(bound) characters, not \(length)")
        }
        if let pattern = node.pattern {
            do {
                if try !pattern.matches(text) { report("pattern", pointer, "must match \(pattern.source)") }
            } catch {
                report("pattern", pointer, error.description)
            }
        }
    }

    private mutating func checkArray(_ elements: [JSONValue], _ node: SchemaNode, at pointer: JSONPointer) {
        if let bound = node.minItems, elements.count < bound {
            report("minItems", pointer, "must have at least \(bound) elements, not \(elements.count)")
        }
        if let bound = node.maxItems, elements.count > bound {
            report("maxItems", pointer, "must have at most \(bound) elements, not \(elements.count)")
        }
        for (index, element) in elements.enumerated() {
            if node.prefixItems.indices.contains(index) {
                check(
                    element, against: node.prefixItems[index], at: pointer.appending(index),
                    via: "prefixItems",
                    String(index))
            } else if let items = node.items {
                check(element, against: items, at: pointer.appending(index), via: "items")
            }
        }
        if node.uniqueItems, Set(elements.map(\.canonical)).count < elements.count {
            report("uniqueItems", pointer, "must not have two equal elements")
        }
        if let contains = node.contains {
            let count = elements.count { matches($0, contains, at: pointer) }
            let minimum = node.minContains ?? 1
            if count < minimum {
                report("contains", pointer, "must have at least \(minimum) matching elements")
            }
            if let maximum = node.maxContains, count > maximum {
                report("maxContains", pointer, "must have at most \(maximum) matching elements")
            }
        }
    }

    private mutating func checkCombinations(
        _ instance: JSONValue, _ node: SchemaNode, at pointer: JSONPointer
    ) {
        for (index, part) in node.allOf.enumerated() {
            check(instance, against: part, at: pointer, via: "allOf", String(index))
        }
        if !node.anyOf.isEmpty, !node.anyOf.contains(where: { matches(instance, $0, at: pointer) }) {
            report("anyOf", pointer, "must match one of \(node.anyOf.count) alternatives")
        }
        if !node.oneOf.isEmpty {
            let count = node.oneOf.count { matches(instance, $0, at: pointer) }
            if count != 1 {
                report("oneOf", pointer, "must match exactly one of the alternatives, not \(count)")
            }
        }
        if let not = node.not, matches(instance, not, at: pointer) {
            report("not", pointer, "must not match what is excluded here")
        }
        if let condition = node.condition {
            let holds = matches(instance, condition, at: pointer)
            if holds, let then = node.consequence { check(instance, against: then, at: pointer, via: "then") }
            if !holds, let otherwise = node.alternative {
                check(instance, against: otherwise, at: pointer, via: "else")
            }
        }
    }
}

extension JSONValue {
    /// Whether the value is of that type; an integer is any number without a fraction.
    func hasType(_ name: String) -> Bool {
        name == typeName || (name == "integer" && numberValue?.isIntegral == true)
    }
}

extension ExactDecimal {
    /// The value as people write it.
    var text: String {
        if isZero { return "0" }
        var digits = digits.map { String($0) }.joined()
        let sign = isNegative ? "-" : ""
        if exponent > 15 || exponent < -15 { return "\(sign)\(digits)e\(exponent)" }
        if exponent >= 0 { return sign + digits + String(repeating: "0", count: exponent) }
        digits = String(repeating: "0", count: max(0, 1 - exponent - digits.count)) + digits
        return sign + digits.dropLast(-exponent) + "." + digits.suffix(-exponent)
    }
}
