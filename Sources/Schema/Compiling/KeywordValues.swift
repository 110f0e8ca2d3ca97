import JSON

/// Reads the values of keywords, naming the place and the fix where one is not what it should be.
struct KeywordValues {
    let location: ReferenceResolver.Location
    let resolver: ReferenceResolver

    /// Divisors with more digits would make a division slow.
    private static let divisorDigits = 400

    func fault(_ reason: String) -> SchemaError { resolver.fault(location, reason) }

    func text(_ value: JSONValue) throws(SchemaError) -> String {
        guard let text = value.stringValue else { throw fault("a string belongs here, not \(value.text())") }
        return text
    }

    func boolean(_ value: JSONValue) throws(SchemaError) -> Bool {
        guard let flag = value.boolValue else {
            throw fault("true or false belongs here, not \(value.text())")
        }
        return flag
    }

    func count(_ value: JSONValue) throws(SchemaError) -> Int {
        guard let number = value.numberValue?.decimal, number.isIntegral, !number.isNegative else {
            throw fault("a whole number, 0 or more, belongs here, not \(value.text())")
        }
        return number.intValue ?? .max
    }

    func number(_ value: JSONValue) throws(SchemaError) -> ExactDecimal {
        guard let number = value.numberValue?.decimal else {
            throw fault("a number belongs here, not \(value.text())")
        }
        return number
    }

    func divisor(_ value: JSONValue) throws(SchemaError) -> ExactDecimal {
        let number = try number(value)
        if number.isZero || number.isNegative { throw fault("multipleOf takes a number above 0") }
        if number.digits.count > KeywordValues.divisorDigits {
            throw fault("multipleOf takes a number of at most \(KeywordValues.divisorDigits) digits")
        }
        return number
    }

    func types(_ value: JSONValue) throws(SchemaError) -> JSONTypes {
        let names = value.stringValue.map { [$0] } ?? value.arrayValue?.compactMap(\.stringValue) ?? []
        let types = names.compactMap(JSONTypes.init(name:))
        guard !names.isEmpty, types.count == (value.arrayValue?.count ?? 1) else {
            throw fault("\(value.text()) is no type; there are \(JSONTypes.names.joined(separator: ", "))")
        }
        return JSONTypes(types)
    }

    /// An array of property names; a single name as draft 3 wrote it counts as an array of one.
    func names(_ value: JSONValue) throws(SchemaError) -> [String] {
        if location.pointer.tokens.last == "required", value.boolValue != nil {
            throw fault("required takes an array of property names; list this property in that of its object")
        }
        let elements = value.arrayValue ?? (value.stringValue == nil ? nil : [value])
        guard let elements, location.pointer.tokens.last != "required" || value.arrayValue != nil,
            elements.allSatisfy({ $0.stringValue != nil })
        else { throw fault("an array of property names belongs here, not \(value.text())") }
        return elements.compactMap(\.stringValue)
    }

    func pattern(_ text: String?) throws(SchemaError) -> ECMAPattern {
        guard let text else { throw fault("a regular expression in a string belongs here") }
        do { return try ECMAPattern(text) } catch { throw fault(error.description) }
    }
}
