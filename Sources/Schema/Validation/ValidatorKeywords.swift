import JSON

/// What each keyword asks of an instance.
extension Validator {
    mutating func apply(
        _ keyword: Keyword, of node: SchemaNode, to instance: JSONValue, _ evaluated: inout Evaluated?
    ) {
        switch (keyword, instance) {
        case (.reference(let name, let target), _): descend(name, target, instance, &evaluated)
        case (.dynamicReference(let name, let anchor, let initial), _):
            applyDynamic(name, anchor, initial, instance, &evaluated)
        case (.types(let types), _): checkType(types, node, instance)
        case (.enumeration(let enumeration), _):
            if !enumeration.contains(instance) {
                let values = enumeration.values
                fail(
                    "enum",
                    values.isEmpty ? "enum lists no value" : "must be one of \(Validator.listed(values))")
            }
        case (.constant(let value), _):
            if !value.isEquivalent(to: instance) { fail("const", "must be \(Validator.short(value))") }

        case (.bound(let bound, let limit), .number(let number)): checkBound(bound, limit, number.decimal)
        case (.multipleOf(let divisor), .number(let number)):
            let value = number.decimal
            spend(value.digits.count * divisor.digits.count / 16)
            if givenUp == nil, !value.isMultiple(of: divisor) {
                fail("multipleOf", "must be a multiple of \(divisor.text)")
            }

        case (.size(let size, let limit), _): checkSize(size, limit, instance)
        case (.pattern(let pattern), .string(let text)):
            if !matches(pattern, text) { fail("pattern", "must match \(pattern.source)") }
        case (.format(let format), .string(let text)):
            if !format.accepts(text) { fail("format", "must be \(format.inWords)") }
        case (.content(let encoding, let mediaType), .string(let text)):
            checkContent(encoding, mediaType, text)

        case (.elements(let rules), .array(let elements)): checkElements(rules, elements, &evaluated)
        case (.contains(let rule), .array(let elements)): checkContains(rule, elements, &evaluated)
        case (.uniqueItems, .array(let elements)): checkUnique(elements)
        case (.unevaluatedItems(let target), .array(let elements)):
            checkUnevaluated("unevaluatedItems", target, elements.count, &evaluated) { index in
                (String(index), elements[index])
            }

        case (.required(let keys), .object(let object)):
            spend(keys.count / 4)
            for key in keys where !object.contains(key: key) { fail("required", "must have \"\(key)\"") }
        case (.members(let rules), .object(let object)): checkMembers(rules, object, &evaluated)
        case (.dependentRequired(let name, let rules), .object(let object)):
            for (key, required) in rules where object.contains(key: key) {
                for other in required where !object.contains(key: other) {
                    fail(name, "must have \"\(other)\", since it has \"\(key)\"")
                }
            }
        case (.dependentSchemas(let name, let schemas), .object(let object)):
            for (key, target) in schemas where object.contains(key: key) {
                descend(name, step: key, target, instance, &evaluated)
            }
        case (.unevaluatedProperties(let target), .object(let object)):
            checkUnevaluated("unevaluatedProperties", target, object.count, &evaluated) { index in
                (object.members[index].key, object.members[index].value)
            }

        case (.allOf(let parts), _):
            for (index, part) in parts.enumerated() {
                if !descend("allOf", step: String(index), part, instance, &evaluated), !isReporting { return }
            }
        case (.anyOf(let choices), _): checkAnyOf(choices, instance, &evaluated)
        case (.oneOf(let choices), _): checkOneOf(choices, instance, &evaluated)
        case (.not(let target), _):
            var none: Evaluated?
            if matches(target, instance, &none) { fail("not", "must not match what is excluded here") }
        case (.condition(let test, let then, let otherwise), _):
            if matches(test, instance, &evaluated) {
                if let then { descend("then", then, instance, &evaluated) }
            } else if let otherwise {
                descend("else", otherwise, instance, &evaluated)
            }
        default: break
        }
    }

    // MARK: Any type

    private mutating func checkType(_ types: JSONTypes, _ node: SchemaNode, _ instance: JSONValue) {
        guard types.isDisjoint(with: instance.types(integersHaveNoPoint: node.integersHaveNoPoint)) else {
            return
        }
        if types.contains(.integer), case .number(let number) = instance {
            let names = types.listed.filter { $0 != "integer" }
            let others = names.isEmpty ? "" : "\(names.joined(separator: " or ")) or "
            return fail("type", "must be \(others)integer, not \(number.text)")
        }
        fail("type", "must be \(types.listed.joined(separator: " or ")), not \(instance.typeName)")
    }

    static func short(_ value: JSONValue) -> String {
        let text = value.text()
        return text.utf8.count <= 120 ? text : String(text.prefix(100)) + "…"
    }

    static func listed(_ values: [JSONValue]) -> String {
        values.prefix(8).map(short).joined(separator: ", ") + (values.count > 8 ? ", …" : "")
    }

    // MARK: Numbers and strings

    private mutating func checkBound(_ bound: Bound, _ limit: ExactDecimal, _ value: ExactDecimal) {
        switch bound {
        case .minimum: if value < limit { fail(bound.rawValue, "must be at least \(limit.text)") }
        case .maximum: if value > limit { fail(bound.rawValue, "must be at most \(limit.text)") }
        case .exclusiveMinimum: if value <= limit { fail(bound.rawValue, "must be above \(limit.text)") }
        case .exclusiveMaximum: if value >= limit { fail(bound.rawValue, "must be below \(limit.text)") }
        }
    }

    private mutating func checkSize(_ size: Size, _ limit: Int, _ instance: JSONValue) {
        let count: Int
        let unit: String
        switch (size, instance) {
        case (.minLength, .string(let text)), (.maxLength, .string(let text)):
            (count, unit) = (text.unicodeScalars.count, "characters")
        case (.minItems, .array(let elements)), (.maxItems, .array(let elements)):
            (count, unit) = (elements.count, "elements")
        case (.minProperties, .object(let object)), (.maxProperties, .object(let object)):
            (count, unit) = (object.count, "members")
        default: return
        }
        switch size {
        case .minLength, .minItems, .minProperties:
            if count < limit { fail(size.rawValue, "must have at least \(limit) \(unit), not \(count)") }
        case .maxLength, .maxItems, .maxProperties:
            if count > limit { fail(size.rawValue, "must have at most \(limit) \(unit), not \(count)") }
        }
    }

    /// Whether a text matches; a pattern that cannot be decided ends the validation.
    mutating func matches(_ pattern: ECMAPattern, _ text: String) -> Bool {
        var steps = 0
        do {
            let found = try pattern.matches(text, steps: &steps)
            spend(steps / 8)
            return found
        } catch {
            giveUp(error.description)
            return false
        }
    }

    private mutating func checkContent(_ encoding: String?, _ mediaType: String?, _ text: String) {
        var bytes = Array(text.utf8)
        if encoding == "base64" {
            guard let decoded = Base64.decode(bytes) else {
                return fail("contentEncoding", "must be base64")
            }
            bytes = decoded
        }
        if mediaType == "application/json" {
            do { _ = try JSONParser.parse(bytes) } catch {
                fail("contentMediaType", "must hold JSON: \(error)")
            }
        }
    }

    // MARK: Combinations

    private mutating func checkAnyOf(_ choices: [Int], _ instance: JSONValue, _ evaluated: inout Evaluated?) {
        var found = false
        for choice in choices {
            if matches(choice, instance, &evaluated) {
                found = true
                if evaluated == nil { return }
            }
            if givenUp != nil { return }
        }
        if !found {
            failNearest("anyOf", "must match one of the \(choices.count) alternatives", choices, instance)
        }
    }

    private mutating func checkOneOf(_ choices: [Int], _ instance: JSONValue, _ evaluated: inout Evaluated?) {
        var found: [Int] = []
        for (index, choice) in choices.enumerated() {
            if matches(choice, instance, &evaluated) { found.append(index) }
            if givenUp != nil || (found.count > 1 && !isReporting) { break }
        }
        if found.isEmpty {
            failNearest("oneOf", "must match one of the \(choices.count) alternatives", choices, instance)
        } else if found.count > 1 {
            let listed = found.map(String.init).joined(separator: " and ")
            fail("oneOf", "must match exactly one of the alternatives, not \(found.count) (\(listed))")
        }
    }

    /// Reports that no alternative matches, with what the nearest one lacks: that with the fewest faults.
    private mutating func failNearest(
        _ keyword: String, _ message: String, _ choices: [Int], _ instance: JSONValue
    ) {
        guard isReporting, choices.count <= 64, givenUp == nil, depthOfReasons < 3 else {
            return fail(keyword, message)
        }
        let (kept, before) = (violations, faults)
        depthOfReasons += 1
        var nearest: (count: Int, index: Int, first: Violation)?
        for (index, choice) in choices.enumerated() {
            violations = []
            var none: Evaluated?
            descend(keyword, step: String(index), choice, instance, &none)
            guard let first = violations.first, violations.count < nearest?.count ?? .max else { continue }
            nearest = (violations.count, index, first)
        }
        depthOfReasons -= 1
        (violations, faults) = (kept, before)
        // That no alternative matches is known, even where looking for the reasons has used up the budget.
        givenUp = nil
        guard let nearest else { return fail(keyword, message) }
        let place = nearest.first.instancePointer
        fail(
            keyword,
            "\(message); the nearest, number \(nearest.index + 1), says of "
                + "\(place.tokens.isEmpty ? "the whole" : "\(place)"): \(nearest.first.message)")
    }
}

extension JSONValue {
    /// The names that the value answers to; an integer is any number without a fraction, and is a number too.
    fileprivate func types(integersHaveNoPoint: Bool) -> JSONTypes {
        switch self {
        case .null: return .null
        case .bool: return .boolean
        case .string: return .string
        case .array: return .array
        case .object: return .object
        case .number(let number):
            let isInteger =
                integersHaveNoPoint
                ? !number.text.utf8.contains { $0 == UInt8(ascii: ".") || $0 | 0x20 == UInt8(ascii: "e") }
                : number.isIntegral
            return isInteger ? [.number, .integer] : .number
        }
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
