import Foundation
import JSON

/// Why a value of a journal line cannot be read, and where in the line.
struct FieldError: Error {
    /// The place in the line, as a JSON Pointer.
    let place: JSONPointer
    let reason: String
}

/// One value of a journal line, with its place for errors.
struct Field {
    let value: JSONValue
    let place: JSONPointer
    /// Whether fields that this program does not know are passed over: the journal is of a newer minor version.
    let isLenient: Bool

    func fault(_ reason: String) -> FieldError { FieldError(place: place, reason: reason) }

    private func expected(_ what: String) -> FieldError {
        fault(
            "expected \(what), found \(value.typeName == "null" ? "null" : "a value of type \(value.typeName)")"
        )
    }

    func string() throws -> String {
        guard let text = value.stringValue else { throw expected("a string") }
        return text
    }

    /// A text that an outline leaves out.
    func string(keeping detail: EventDecoder.Detail) throws -> String {
        let text = try string()
        return detail == .whole ? text : ""
    }

    func bool() throws -> Bool {
        guard let truth = value.boolValue else { throw expected("true or false") }
        return truth
    }

    func int() throws -> Int {
        guard let number = value.intValue else { throw expected("an integer") }
        return number
    }

    /// A number of any size that counts or seeds.
    func unsigned() throws -> UInt64 {
        guard let number = value.numberValue, let result = UInt64(number.text) else {
            throw expected("an integer from 0 to 2^64-1")
        }
        return result
    }

    /// A number, or the name of one that JSON cannot spell.
    func double() throws -> Double {
        if let number = value.numberValue { return number.doubleValue }
        switch value.stringValue {
        case "inf": return .infinity
        case "-inf": return -.infinity
        case "nan": return .nan
        default: throw expected("a number")
        }
    }

    /// A value of an enumeration, by its word.
    func word<Word: RawRepresentable<String>>(_: Word.Type, known: [Word]) throws -> Word {
        let text = try string()
        guard let word = known.first(where: { $0.rawValue.utf8.elementsEqual(text.utf8) }) else {
            throw fault("\"\(text)\" is none of \(known.map(\.rawValue).joined(separator: ", "))")
        }
        return word
    }

    func base64() throws -> [UInt8] {
        guard let data = Data(base64Encoded: try string()) else { throw fault("this is no base64") }
        return [UInt8](data)
    }

    func list<Element>(_ element: (Field) throws -> Element) throws -> [Element] {
        guard case .array(let values) = value else { throw expected("an array") }
        return try values.enumerated().map { index, value in
            try element(Field(value: value, place: place.appending(index), isLenient: isLenient))
        }
    }

    /// Reads an object whole: a field that `body` does not take is an error.
    func object<Result>(_ body: (inout Fields) throws -> Result) throws -> Result {
        guard case .object(let object) = value else { throw expected("an object") }
        var fields = Fields(object, place: place, isLenient: isLenient)
        let result = try body(&fields)
        try fields.finish()
        return result
    }
}

/// The fields of one object, each taken once.
struct Fields {
    private let object: JSONObject
    private let place: JSONPointer
    private let isLenient: Bool
    /// How much of the event is kept; fields that are left out count as taken.
    var detail = EventDecoder.Detail.whole
    private var taken: Set<ByteString> = []

    init(_ object: JSONObject, place: JSONPointer, isLenient: Bool) {
        self.object = object
        self.place = place
        self.isLenient = isLenient
    }

    mutating func optional(_ key: String) -> Field? {
        taken.insert(ByteString(key))
        return object[key].map { Field(value: $0, place: place.appending(key), isLenient: isLenient) }
    }

    mutating func callAsFunction(_ key: String) throws -> Field {
        guard let field = optional(key) else {
            throw FieldError(place: place, reason: "the field \"\(key)\" is missing")
        }
        return field
    }

    func fault(_ reason: String) -> FieldError { FieldError(place: place, reason: reason) }

    func finish() throws {
        if let key = object.duplicateKeys.first { throw fault("the field \"\(key)\" is there twice") }
        guard !isLenient, let key = object.keys.first(where: { !taken.contains(ByteString($0)) }) else {
            return
        }
        throw fault("\"\(key)\" is no field of this event")
    }
}

extension JSONValue {
    /// An object of those members that are there, in the order written.
    static func record(_ members: KeyValuePairs<String, JSONValue?>) -> JSONValue {
        .object(
            JSONObject(
                members.compactMap { key, value in value.map { JSONObject.Member(key: key, value: $0) } }))
    }

    static func int(_ value: Int) -> JSONValue { .number(JSONNumber(value)) }

    /// A number, or its name where JSON cannot spell it.
    static func double(_ value: Double) -> JSONValue {
        if let number = JSONNumber(value) { return .number(number) }
        return .string(value.isNaN ? "nan" : value < 0 ? "-inf" : "inf")
    }

    static func base64(_ bytes: [UInt8]) -> JSONValue { .string(Data(bytes).base64EncodedString()) }

    /// Bytes as text where they are valid UTF-8, else `{"b64": …}`.
    static func bytes(_ bytes: [UInt8]) -> JSONValue {
        if let text = String(validating: bytes, as: UTF8.self) { return .string(text) }
        return ["b64": base64(bytes)]
    }
}

extension Field {
    /// What ``JSON/JSONValue`` `bytes` wrote.
    func bytes() throws -> [UInt8] {
        if let text = value.stringValue { return Array(text.utf8) }
        return try object { try $0("b64").base64() }
    }
}
