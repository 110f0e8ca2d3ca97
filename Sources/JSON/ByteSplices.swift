/// Changes to a text at ranges that do not overlap; every other byte stays.
public struct ByteSplices: Sendable, Hashable {
    private struct Splice: Sendable, Hashable {
        let range: Range<Int>
        let bytes: [UInt8]
    }

    private var splices: [Splice] = []

    /// No changes.
    public init() {}

    /// Whether there are none.
    public var isEmpty: Bool { splices.isEmpty }

    /// Puts bytes in the place of a range; an empty range inserts them.
    public mutating func replace(_ range: Range<Int>, with bytes: [UInt8]) {
        splices.append(Splice(range: range, bytes: bytes))
    }

    /// Puts a JSON string in the place of a range.
    public mutating func replace(_ range: Range<Int>, withString text: String) {
        replace(range, with: Array(JSONValue.string(text).text().utf8))
    }

    /// The text with all changes made.
    public func applied(to text: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(text.count + splices.reduce(0) { $0 + $1.bytes.count })
        var position = 0
        for splice in splices.sorted(by: {
            ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
        }) {
            precondition(splice.range.lowerBound >= position, "two changes overlap")
            result += text[position..<splice.range.lowerBound]
            result += splice.bytes
            position = splice.range.upperBound
        }
        return result + text[position...]
    }
}
