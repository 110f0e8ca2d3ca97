import JSON

/// The numbers that `enum` or `const` lists, with their spellings in order, so that a beginning is looked up soon in
/// lists of any length.
final class NumberValues {
    private let set: Set<ExactDecimal>
    /// The spellings with an exponent that the schema itself uses.
    private let written: [ExactDecimal: [UInt8]]
    private lazy var spelled: [(text: [UInt8], value: ExactDecimal)] =
        set.flatMap { value in
            (NumberValues.spellings(value) + [written[value]].compactMap { $0 }).map { ($0, value) }
        }
        .sorted { $0.text.lexicographicallyPrecedes($1.text) }

    init(_ values: some Sequence<ExactDecimal>) { (set, written) = (Set(values), [:]) }

    /// The numbers that a schema lists.
    init(listed numbers: some Sequence<JSONNumber>) {
        set = Set(numbers.map(\.decimal))
        let scientific = numbers.filter { $0.text.utf8.contains { $0 | 0x20 == UInt8(ascii: "e") } }
        written = Dictionary(scientific.map { ($0.decimal, Array($0.text.utf8)) }) { first, _ in first }
    }

    private init(_ set: Set<ExactDecimal>, written: [ExactDecimal: [UInt8]]) {
        (self.set, self.written) = (set, written)
    }

    /// The numbers, in no particular order.
    var all: Set<ExactDecimal> { self.set }

    func contains(_ value: ExactDecimal) -> Bool { set.contains(value) }

    /// The numbers of both lists.
    func intersection(_ other: NumberValues) -> NumberValues {
        NumberValues(
            set.intersection(other.set), written: written.merging(other.written) { first, _ in first })
    }

    /// The numbers of this list that the other has not, with this one's spellings.
    func subtracting(_ other: NumberValues) -> NumberValues {
        let result = NumberValues(set, written: written)
        // Both are in order.
        var rest: [(text: [UInt8], value: ExactDecimal)] = []
        var place = 0
        for entry in spelled {
            while place < other.spelled.count,
                other.spelled[place].text.lexicographicallyPrecedes(entry.text)
            {
                place += 1
            }
            if place == other.spelled.count || other.spelled[place].text != entry.text { rest.append(entry) }
        }
        result.spelled = rest
        return result
    }

    /// Whether the spelling of some number that passes begins so.
    func canComplete(_ text: [UInt8], where passes: (ExactDecimal, [UInt8]) -> Bool) -> Bool {
        var low = 0
        var high = spelled.count
        while low < high {
            let middle = (low + high) / 2
            if spelled[middle].text.lexicographicallyPrecedes(text) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        while low < spelled.count, spelled[low].text.starts(with: text) {
            if passes(spelled[low].value, spelled[low].text) { return true }
            low += 1
        }
        return false
    }

    /// The plain spellings of a value from a finite list: its digits, and for a whole number also one `.0`.
    static func spellings(_ value: ExactDecimal) -> [[UInt8]] {
        guard value.digits.count + abs(value.exponent) < 400 else { return [] }
        let sign: [UInt8] = value.isNegative ? [UInt8(ascii: "-")] : []
        let digits = value.digits.map { $0 + 0x30 }
        if value.isZero {
            return [Array("0".utf8), Array("0.0".utf8), Array("-0".utf8), Array("-0.0".utf8)]
        }
        if value.exponent >= 0 {
            let whole = sign + digits + [UInt8](repeating: 0x30, count: value.exponent)
            return [whole, whole + Array(".0".utf8)]
        }
        let places = -value.exponent
        if digits.count > places {
            return [sign + digits.dropLast(places) + [UInt8(ascii: ".")] + digits.suffix(places)]
        }
        return [
            sign + Array("0.".utf8) + [UInt8](repeating: 0x30, count: places - digits.count) + digits
        ]
    }
}
