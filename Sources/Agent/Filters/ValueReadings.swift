import Foundation
import JSON

extension JSONValue {
    /// What a pattern is held against: a string's text, or another value's compact JSON.
    ///
    /// A number has its plain spelling too, wherever in the value it stands: a tool takes `1e3` and `1000.0` for 1000, and so
    /// must a rule.
    /// - Parameter asDoubles: whether there is also the reading of a tool to which numbers are doubles, which takes
    ///   `1000.00000000000000000001` for 1000.
    func readings(asDoubles: Bool) -> [String] {
        if let text = stringValue { return [text] }
        guard holdsNumbers else { return [text()] }
        var texts = [text(), respelled(\.plainText).text()]
        if asDoubles { texts.append(respelled(\.doubleText).text()) }
        var distinct: [String] = []
        for text in texts where !distinct.contains(where: { $0.utf8.elementsEqual(text.utf8) }) {
            distinct.append(text)
        }
        return distinct
    }

    /// The texts in a value as a tool reads them: its strings, keys and numbers.
    var innerTexts: [String] {
        switch self {
        case .null, .bool: []
        case .string(let text): [text]
        case .number: readings(asDoubles: true)
        case .array(let elements): elements.flatMap(\.innerTexts)
        case .object(let object): object.members.flatMap { [$0.key] + $0.value.innerTexts }
        }
    }

    private var holdsNumbers: Bool {
        switch self {
        case .null, .bool, .string: false
        case .number: true
        case .array(let elements): elements.contains(where: \.holdsNumbers)
        case .object(let object): object.members.contains { $0.value.holdsNumbers }
        }
    }

    /// The value with its numbers spelled otherwise.
    private func respelled(_ spelling: (JSONNumber) -> String) -> JSONValue {
        switch self {
        case .null, .bool, .string: self
        case .number(let number): .number(JSONNumber(text: spelling(number)) ?? number)
        case .array(let elements): .array(elements.map { $0.respelled(spelling) })
        case .object(let object):
            .object(
                JSONObject(
                    object.members.map {
                        JSONObject.Member(key: $0.key, value: $0.value.respelled(spelling))
                    }))
        }
    }
}

extension JSONNumber {
    /// Numbers with more digits than this stay as they are spelled.
    private static let mostDigits = 400

    /// The exact value without an exponent and without digits that say nothing.
    fileprivate var plainText: String {
        let value = decimal
        let (digits, exponent) = (value.digits, value.exponent)
        guard digits.count < JSONNumber.mostDigits, abs(exponent) < JSONNumber.mostDigits else { return text }
        if value.isZero { return "0" }
        let zeros = { (count: Int) in [UInt8](repeating: 0, count: max(0, count)) }
        let written = zeros(exponent < 0 ? 1 - exponent - digits.count : 0) + digits + zeros(exponent)
        let point = written.count + min(0, exponent)
        let sign = value.isNegative ? "-" : ""
        let text = { (digits: ArraySlice<UInt8>) in digits.map { "\($0)" }.joined() }
        let whole = sign + text(written[..<point])
        return point < written.count ? whole + "." + text(written[point...]) : whole
    }

    /// The nearest double's value, without an exponent where it is whole.
    fileprivate var doubleText: String {
        let value = doubleValue
        guard value.isFinite else { return text }
        return value == value.rounded() && abs(value) < 1e30
            ? String(format: "%.0f", value) : "\(value)"
    }
}
