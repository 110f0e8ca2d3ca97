/// Reads the syntax of ECMA-262, section 22.2.1, in Unicode mode, with the leniency of Annex B.
struct PatternParser {
    private let scalars: [Unicode.Scalar]
    private let isStrict: Bool
    private var position = 0
    private var depth = 0
    private(set) var groupCount = 0
    private(set) var groupNames: [String: Int] = [:]

    init(_ source: String, isStrict: Bool = false) {
        scalars = Array(source.unicodeScalars)
        self.isStrict = isStrict
    }

    mutating func parse() throws(PatternError) -> PatternNode {
        let node = try alternatives()
        guard position == scalars.count else { throw error("this ) has no opening one") }
        return node
    }

    private func error(_ reason: String) -> PatternError {
        PatternError("pattern, column \(position + 1): \(reason)")
    }

    private var current: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard current == scalar else { return false }
        position += 1
        return true
    }

    private mutating func take(_ text: String) -> Bool {
        let wanted = Array(text.unicodeScalars)
        guard scalars[position...].starts(with: wanted) else { return false }
        position += wanted.count
        return true
    }

    private mutating func alternatives() throws(PatternError) -> PatternNode {
        depth += 1
        defer { depth -= 1 }
        guard depth <= 200 else { throw error("groups are nested deeper than 200 levels") }
        var found = [try sequence()]
        while take("|") { found.append(try sequence()) }
        return found.count == 1 ? found[0] : .alternatives(found)
    }

    private mutating func sequence() throws(PatternError) -> PatternNode {
        var found: [PatternNode] = []
        while let scalar = current, scalar != "|", scalar != ")" {
            found.append(try repeated(try atom()))
        }
        return found.count == 1 ? found[0] : found.isEmpty ? .empty : .sequence(found)
    }

    private mutating func repeated(_ node: PatternNode) throws(PatternError) -> PatternNode {
        let start = position
        let bounds: (Int, Int?)
        if take("*") {
            bounds = (0, nil)
        } else if take("+") {
            bounds = (1, nil)
        } else if take("?") {
            bounds = (0, 1)
        } else if let braces = try bracedBounds() {
            bounds = braces
        } else {
            return node
        }
        let isLazy = take("?")
        if let next = current, "*+?".unicodeScalars.contains(next) { throw error("nothing to repeat here") }
        if let maximum = bounds.1, maximum < bounds.0 {
            position = start
            throw error("the bounds of this repetition are out of order")
        }
        return .repetition(node, minimum: bounds.0, maximum: bounds.1, isLazy: isLazy)
    }

    /// `{n}`, `{n,}` or `{n,m}`; anything else in braces is text (Annex B).
    private mutating func bracedBounds() throws(PatternError) -> (Int, Int?)? {
        let start = position
        guard take("{"), let minimum = number() else {
            position = start
            return nil
        }
        var maximum: Int? = minimum
        if take(",") { maximum = number() }
        guard take("}") else {
            position = start
            return nil
        }
        return (minimum, maximum)
    }

    private mutating func number() -> Int? {
        let start = position
        while let scalar = current, ("0"..."9").contains(scalar) { position += 1 }
        guard position > start else { return nil }
        let digits = String(String.UnicodeScalarView(scalars[start..<position]))
        return min(Int(digits) ?? .max, 1_000_000)
    }

    private mutating func atom() throws(PatternError) -> PatternNode {
        guard let scalar = current else { throw error("the pattern ends too early") }
        position += 1
        switch scalar {
        case "^": return .start
        case "$": return .end
        case ".": return .set(ScalarSet.lineEnds.inverted)
        case "(": return try group()
        case "[": return .set(try characterClass())
        case "\\": return try escape()
        case "*", "+", "?":
            position -= 1
            throw error("nothing to repeat here")
        default: return .set(ScalarSet(scalar.value))
        }
    }

    private mutating func group() throws(PatternError) -> PatternNode {
        let opening = position
        let node: PatternNode
        if take("?:") {
            node = .group(try alternatives(), number: nil)
        } else if take("?=") {
            node = .look(try alternatives(), isBehind: false, isNegated: false)
        } else if take("?!") {
            node = .look(try alternatives(), isBehind: false, isNegated: true)
        } else if take("?<=") {
            node = .look(try alternatives(), isBehind: true, isNegated: false)
        } else if take("?<!") {
            node = .look(try alternatives(), isBehind: true, isNegated: true)
        } else {
            groupCount += 1
            let number = groupCount
            if take("?<") {
                groupNames[try name()] = number
            } else if current == "?" {
                throw error("this kind of group does not exist")
            }
            node = .group(try alternatives(), number: number)
        }
        guard take(")") else {
            position = opening - 1
            throw error("this ( is not closed")
        }
        return node
    }

    /// A group's name, up to and with its `>`.
    private mutating func name() throws(PatternError) -> String {
        var found = ""
        while let scalar = current, scalar != ">" {
            found.unicodeScalars.append(scalar)
            position += 1
        }
        guard take(">"), !found.isEmpty else { throw error("a group's name ends in >") }
        return found
    }

    private mutating func escape() throws(PatternError) -> PatternNode {
        switch current {
        case nil: throw error("the pattern ends in \\")
        case "b":
            position += 1
            return .wordBoundary(isNegated: false)
        case "B":
            position += 1
            return .wordBoundary(isNegated: true)
        case "k" where position + 1 < scalars.count && scalars[position + 1] == "<":
            position += 2
            return .namedBackreference(try name())
        case let digit? where ("1"..."9").contains(digit):
            return .backreference(number() ?? 0)
        default:
            return .set(try escapedSet())
        }
    }

    /// What an escape stands for in a class or outside of one; `position` is after the backslash.
    private mutating func escapedSet() throws(PatternError) -> ScalarSet {
        guard let scalar = current else { throw error("the pattern ends in \\") }
        position += 1
        switch scalar {
        case "d": return .digits
        case "D": return ScalarSet.digits.inverted
        case "w": return .word
        case "W": return ScalarSet.word.inverted
        case "s": return .space
        case "S": return ScalarSet.space.inverted
        case "p", "P":
            guard take("{") else { return ScalarSet(scalar.value) }
            var property = ""
            while let next = current, next != "}" {
                property.unicodeScalars.append(next)
                position += 1
            }
            guard take("}") else { throw error("\\\(scalar){ is not closed") }
            guard let set = UnicodeProperty.set(named: property) else {
                throw error("the Unicode property \(property) is not known here")
            }
            return scalar == "p" ? set : set.inverted
        case "n": return ScalarSet(0x0A)
        case "r": return ScalarSet(0x0D)
        case "t": return ScalarSet(0x09)
        case "v": return ScalarSet(0x0B)
        case "f": return ScalarSet(0x0C)
        case "0": return ScalarSet(0)
        case "c":
            guard let letter = current, letter.isASCII, letter.properties.isAlphabetic else {
                return ScalarSet(0x63)
            }
            position += 1
            return ScalarSet(letter.value % 32)
        case "x": return ScalarSet(hexadecimal(digits: 2) ?? scalar.value)
        case "u": return ScalarSet(try unicodeEscape() ?? scalar.value)
        default:
            if isStrict, scalar.isASCII, scalar.properties.isAlphabetic {
                throw error("\\\(scalar) has no meaning in ECMAScript; write \(scalar) for the letter itself")
            }
            return ScalarSet(scalar.value)
        }
    }

    private mutating func unicodeEscape() throws(PatternError) -> UInt32? {
        if take("{") {
            let start = position
            while let scalar = current, scalar.properties.isASCIIHexDigit { position += 1 }
            let text = String(String.UnicodeScalarView(scalars[start..<position]))
            guard take("}"), !text.isEmpty else { return nil }
            guard let value = UInt32(text, radix: 16), value <= ScalarSet.last else {
                throw error("\\u{\(text)} is beyond the last code point, 10FFFF")
            }
            return value
        }
        guard let high = hexadecimal(digits: 4) else { return nil }
        let start = position
        if (0xD800..<0xDC00).contains(high), take("\\u"), let low = hexadecimal(digits: 4),
            (0xDC00..<0xE000).contains(low)
        {
            return 0x10000 + (high - 0xD800) << 10 + (low - 0xDC00)
        }
        position = (0xD800..<0xDC00).contains(high) ? start : position
        return high
    }

    private mutating func hexadecimal(digits: Int) -> UInt32? {
        guard position + digits <= scalars.count else { return nil }
        let slice = scalars[position..<position + digits]
        guard slice.allSatisfy(\.properties.isASCIIHexDigit) else { return nil }
        position += digits
        return UInt32(String(String.UnicodeScalarView(slice)), radix: 16)
    }

    private mutating func characterClass() throws(PatternError) -> ScalarSet {
        let opening = position
        let isNegated = take("^")
        var found = ScalarSet([])
        while let scalar = current, scalar != "]" {
            let low = try classMember()
            let afterLow = position
            if take("-"), current != "]", current != nil {
                let high = try classMember()
                if let first = low.single, let last = high.single {
                    guard first <= last else {
                        position = afterLow
                        throw error("this range is out of order")
                    }
                    found = found.union(ScalarSet([first...last]))
                    continue
                }
                found = found.union(low).union(high).union(ScalarSet(0x2D))
                continue
            }
            position = afterLow
            found = found.union(low)
            _ = scalar
        }
        guard take("]") else {
            position = opening - 1
            throw error("this [ is not closed")
        }
        return isNegated ? found.inverted : found
    }

    private mutating func classMember() throws(PatternError) -> ScalarSet {
        guard let scalar = current else { throw error("a [ is not closed") }
        position += 1
        guard scalar == "\\" else { return ScalarSet(scalar.value) }
        if take("b") { return ScalarSet(0x08) }
        return try escapedSet()
    }
}

extension ScalarSet {
    /// The code point, where the set has exactly one.
    fileprivate var single: UInt32? {
        ranges.count == 1 && ranges[0].count == 1 ? ranges[0].lowerBound : nil
    }
}
