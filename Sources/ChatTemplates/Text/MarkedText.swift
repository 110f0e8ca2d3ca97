/// Text of which every character knows whether a template wrote it or the conversation brought it.
///
/// The mark is a bit of each character, so that no slice, filter or concatenation can lose it.
public struct MarkedText: Sendable, Hashable {
    /// Where a character comes from.
    public enum Origin: Sendable, Hashable {
        /// The template's own words: they may spell special tokens.
        case template
        /// A person, a tool, a model or a number of the conversation: text, whatever it spells.
        case input
    }

    /// A stretch of one origin.
    public struct Run: Sendable, Hashable {
        /// The characters.
        public var text: String
        /// Where they come from.
        public var origin: Origin
    }

    static let templateBit: UInt32 = 0x8000_0000
    static let scalarBits: UInt32 = 0x001F_FFFF
    /// Where a character's source is kept.
    private static let sourceShift: UInt32 = 21
    /// The greatest number of a source.
    public static let greatestSource = 0x3FF

    /// Unicode scalars, those of the template with ``templateBit``, and the number of each one's source.
    var units: ContiguousArray<UInt32>
    /// Whether a filter has declared this to be HTML: what is added to it is escaped, as jinja2 does.
    var isHTML = false

    /// `text`, all of one origin.
    public init(_ text: String, _ origin: Origin) {
        let mark = origin == .template ? MarkedText.templateBit : 0
        units = ContiguousArray(text.unicodeScalars.lazy.map { $0.value | mark })
    }

    /// `text`, all of one origin and from the source of that number: a message or a tool, as whoever renders counts
    /// them; 0 and what is above ``greatestSource`` is none.
    init(_ text: String, _ origin: Origin, source: Int) {
        self.init(text, origin)
        guard (1...MarkedText.greatestSource).contains(source) else { return }
        let mark = UInt32(source) << MarkedText.sourceShift
        for position in units.indices { units[position] |= mark }
    }

    init(units: some Sequence<UInt32>) { self.units = ContiguousArray(units) }

    /// No text.
    public init() { units = [] }

    /// The characters without their origins.
    public var text: String {
        var scalars = String.UnicodeScalarView()
        scalars.reserveCapacity(units.count)
        for unit in units { scalars.append(MarkedText.scalar(unit)) }
        return String(scalars)
    }

    /// Whether there is no character.
    public var isEmpty: Bool { units.isEmpty }

    /// The number of Unicode scalars.
    public var count: Int { units.count }

    /// The text in stretches of one origin each.
    public var runs: [Run] {
        var runs: [Run] = []
        var start = 0
        while start < units.count {
            let mark = units[start] & MarkedText.templateBit
            var end = start + 1
            while end < units.count, units[end] & MarkedText.templateBit == mark { end += 1 }
            runs.append(Run(text: self[start..<end].text, origin: mark == 0 ? .input : .template))
            start = end
        }
        return runs
    }

    /// Appends `other` with its origins.
    public mutating func append(_ other: MarkedText) { units += other.units }

    /// Gives what has no source from `start` on the source of the rest, where that has only one.
    mutating func claimUnowned(from start: Int) {
        let sources = ~(MarkedText.templateBit | MarkedText.scalarBits)
        var found: UInt32 = 0
        for position in start..<units.count {
            let source = units[position] & sources
            if source == 0 || source == found { continue }
            if found != 0 { return }
            found = source
        }
        for position in start..<units.count where units[position] & sources == 0 { units[position] |= found }
    }

    // MARK: Characters, as Python counts them

    static func scalar(_ unit: UInt32) -> Unicode.Scalar { Unicode.Scalar(unit & scalarBits) ?? "\u{FFFD}" }

    func scalar(_ position: Int) -> Unicode.Scalar { MarkedText.scalar(units[position]) }

    /// The scalar's number, without the mark.
    func code(_ position: Int) -> UInt32 { units[position] & MarkedText.scalarBits }

    subscript(range: Range<Int>) -> MarkedText {
        var slice = MarkedText(units: units[range])
        slice.isHTML = isHTML
        return slice
    }

    /// Whether both have the same characters, wherever they come from.
    func isSpelled(like other: MarkedText) -> Bool {
        units.count == other.units.count
            && zip(units, other.units).allSatisfy { ($0 ^ $1) & MarkedText.scalarBits == 0 }
    }

    func isSpelled(_ text: String) -> Bool {
        var position = 0
        for scalar in text.unicodeScalars {
            guard position < units.count, code(position) == scalar.value else { return false }
            position += 1
        }
        return position == units.count
    }

    /// Whether `other` stands at `position`.
    func has(_ other: MarkedText, at position: Int) -> Bool {
        guard position >= 0, position + other.count <= count else { return false }
        return other.units.indices.allSatisfy { code(position + $0) == other.code($0) }
    }

    func hasPrefix(_ other: MarkedText) -> Bool { has(other, at: 0) }

    func hasSuffix(_ other: MarkedText) -> Bool { has(other, at: count - other.count) }

    /// The first position from `start` on at which `other` stands and ends before `end`.
    func find(_ other: MarkedText, from start: Int = 0, to end: Int? = nil) -> Int? {
        var found: Int?
        search(other, from: start, to: end) {
            found = $0
            return false
        }
        return found
    }

    /// The last such position.
    func findLast(_ other: MarkedText, from start: Int = 0, to end: Int? = nil) -> Int? {
        var found: Int?
        search(other, from: start, to: end) {
            found = $0
            return true
        }
        return found
    }

    /// Tells `body` every position at which `other` stands, until that returns false, in linear time (Knuth, Morris,
    /// Pratt, 1977).
    private func search(_ other: MarkedText, from start: Int, to end: Int?, _ body: (Int) -> Bool) {
        let end = end ?? count
        guard start >= 0, start + other.count <= end else { return }
        guard !other.isEmpty else {
            for position in start...end where !body(position) { return }
            return
        }
        let bits = MarkedText.scalarBits
        let pattern = other.units.map { $0 & bits }
        var borders = [0]
        for position in pattern.indices.dropFirst() {
            var length = borders[position - 1]
            while length > 0, pattern[position] != pattern[length] { length = borders[length - 1] }
            borders.append(pattern[position] == pattern[length] ? length + 1 : 0)
        }
        units.withUnsafeBufferPointer { units in
            var matched = 0
            for position in start..<end {
                let code = units[position] & bits
                while matched > 0, code != pattern[matched] { matched = borders[matched - 1] }
                if code == pattern[matched] { matched += 1 }
                if matched == pattern.count {
                    if !body(position + 1 - matched) { return }
                    matched = borders[matched - 1]
                }
            }
        }
    }

    /// A negative, zero or positive number, as the characters' numbers compare.
    func order(_ other: MarkedText) -> Int {
        for (left, right) in zip(units, other.units) {
            let (a, b) = (left & MarkedText.scalarBits, right & MarkedText.scalarBits)
            if a != b { return a < b ? -1 : 1 }
        }
        return count - other.count
    }

    /// The number of the character's source, 0 for none.
    func source(_ position: Int) -> Int {
        Int((units[position] & ~MarkedText.templateBit) >> MarkedText.sourceShift)
    }

    static func + (left: MarkedText, right: MarkedText) -> MarkedText {
        MarkedText(units: left.units + right.units)
    }
}

/// A text as a key: its characters, wherever they come from.
struct TextKey: Hashable {
    let codes: ContiguousArray<UInt32>

    init(_ text: MarkedText) { codes = ContiguousArray(text.units.lazy.map { $0 & MarkedText.scalarBits }) }
}
