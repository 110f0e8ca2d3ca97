import Schema

/// Reads the regular expressions of grammars: the common part of Rust's `regex` and Python's `re`, matched as a whole.
///
/// Classes such as `\d` and `\w` are ASCII. Lazy repetitions match as greedy ones do, since a mask follows every match.
struct RegexReader {
    private struct Flags {
        var ignoresCase = false
        var dotTakesLineEnds = false
        var isExtended = false
    }

    private let scalars: [Unicode.Scalar]
    private var position = 0
    private var depth = 0
    private var flags = Flags()

    /// - Parameter flags: letters as they stand after a regular expression's closing slash.
    private init(_ source: String, flags: String) throws(RegexFault) {
        scalars = Array(source.unicodeScalars)
        for flag in flags.unicodeScalars { try set(flag, true, at: 0) }
    }

    /// The tree of an expression.
    /// - Throws: ``RegexFault`` with the column.
    static func read(_ source: String, flags: String = "") throws(RegexFault) -> PatternTree {
        var reader = try RegexReader(source, flags: flags)
        // The whole text is matched: anchors at its ends say nothing new.
        _ = reader.take("^") || reader.take("\\A")
        let tree = try reader.alternatives()
        guard reader.position == reader.scalars.count else { throw reader.fault("this ) has no opening one") }
        return tree
    }

    private func fault(_ reason: String, at place: Int? = nil) -> RegexFault {
        RegexFault(column: (place ?? position) + 1, reason: reason)
    }

    private var current: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

    private mutating func take(_ text: String) -> Bool {
        let wanted = text.unicodeScalars
        guard scalars[position...].starts(with: wanted) else { return false }
        position += wanted.count
        return true
    }

    private mutating func set(_ flag: Unicode.Scalar, _ value: Bool, at place: Int) throws(RegexFault) {
        switch flag {
        case "i": flags.ignoresCase = value
        case "s": flags.dotTakesLineEnds = value
        case "x": flags.isExtended = value
        case "u": break
        default: throw fault("the flag \(flag) is not supported; i, s, x and u are", at: place)
        }
    }

    private mutating func alternatives() throws(RegexFault) -> PatternTree {
        depth += 1
        defer { depth -= 1 }
        guard depth <= 200 else { throw fault("groups are nested deeper than 200 levels") }
        let outer = flags
        defer { flags = outer }
        var found = [try sequence()]
        while take("|") { found.append(try sequence()) }
        return found.count == 1 ? found[0] : .alternatives(found)
    }

    private mutating func sequence() throws(RegexFault) -> PatternTree {
        var found: [PatternTree] = []
        while let scalar = current, scalar != "|", scalar != ")" {
            if flags.isExtended, skipsBlank(scalar) { continue }
            if scalar == "$" || scalars[position...].starts(with: "\\z".unicodeScalars) {
                let start = position
                position += scalar == "$" ? 1 : 2
                guard depth == 1, current == nil || current == "|" else {
                    throw fault("an anchor stands only at the ends of an expression", at: start)
                }
                continue
            }
            if let node = try atom() { found.append(try repeated(node)) }
        }
        return found.count == 1 ? found[0] : found.isEmpty ? .empty : .sequence(found)
    }

    /// Passes over white space and comments, which the extended syntax ignores.
    private mutating func skipsBlank(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.properties.isWhitespace {
            position += 1
            return true
        }
        guard scalar == "#" else { return false }
        while let next = current, next != "\n" {
            position += 1
            _ = next
        }
        return true
    }

    private mutating func repeated(_ node: PatternTree) throws(RegexFault) -> PatternTree {
        var node = node
        while true {
            let start = position
            var bounds: (Int, Int?)?
            if take("*") {
                bounds = (0, nil)
            } else if take("+") {
                bounds = (1, nil)
            } else if take("?") {
                bounds = (0, 1)
            } else {
                bounds = bracedBounds()
            }
            guard let (least, most) = bounds else { return node }
            if let most, most < least {
                throw fault("the bounds of this repetition are out of order", at: start)
            }
            _ = take("?")
            node = .repetition(node, minimum: least, maximum: most, isLazy: false)
        }
    }

    /// `{n}`, `{n,}`, `{,m}` or `{n,m}`; anything else in braces is text.
    private mutating func bracedBounds() -> (Int, Int?)? {
        let start = position
        guard take("{") else { return nil }
        let least = number()
        var most = least
        if take(",") { most = number() }
        guard take("}"), least != nil || most != nil else {
            position = start
            return nil
        }
        return (least ?? 0, most)
    }

    private mutating func number() -> Int? {
        let start = position
        while let scalar = current, ("0"..."9").contains(scalar) { position += 1 }
        guard position > start else { return nil }
        return min(Int(String(String.UnicodeScalarView(scalars[start..<position]))) ?? .max, 1_000_000)
    }

    private func node(_ set: ScalarSet) -> PatternTree { .set(flags.ignoresCase ? set.inBothCases : set) }

    /// One part; `nil` for a group that only sets flags.
    private mutating func atom() throws(RegexFault) -> PatternTree? {
        guard let scalar = current else { throw fault("the expression ends too early") }
        position += 1
        switch scalar {
        case ".":
            return .set(flags.dotTakesLineEnds ? ScalarSet([0...ScalarSet.last]) : ScalarSet(0x0A).inverted)
        case "(": return try group()
        case "[": return node(try characterClass())
        case "\\": return node(try escapedSet())
        case "^": throw fault("an anchor stands only at the ends of an expression", at: position - 1)
        case "*", "+", "?": throw fault("nothing to repeat here", at: position - 1)
        default: return node(ScalarSet(scalar.value))
        }
    }

    private mutating func group() throws(RegexFault) -> PatternTree? {
        let opening = position - 1
        let outer = flags
        if take("?") {
            if take("=") || take("!") || take("<=") || take("<!") {
                throw fault("look-around is not supported in a grammar's expressions", at: opening)
            }
            if take("P<") || take("<") {
                while let scalar = current, scalar != ">" {
                    position += 1
                    _ = scalar
                }
                guard take(">") else { throw fault("a group's name ends in >") }
            } else if !take(":") {
                var value = true
                while let scalar = current, scalar != ":", scalar != ")" {
                    if scalar == "-" { value = false } else { try set(scalar, value, at: position) }
                    position += 1
                }
                if take(")") { return nil }
                guard take(":") else { throw fault("this ( is not closed", at: opening) }
            }
        }
        let inner = try alternatives()
        flags = outer
        guard take(")") else { throw fault("this ( is not closed", at: opening) }
        return .group(inner, number: nil)
    }

    /// What an escape stands for; `position` is after the backslash.
    private mutating func escapedSet() throws(RegexFault) -> ScalarSet {
        guard let scalar = current else { throw fault("the expression ends in \\") }
        position += 1
        switch scalar {
        case "d": return .digits
        case "D": return ScalarSet.digits.inverted
        case "w": return .word
        case "W": return ScalarSet.word.inverted
        case "s": return .space
        case "S": return ScalarSet.space.inverted
        case "p", "P":
            var name = ""
            if take("{") {
                while let next = current, next != "}" {
                    name.unicodeScalars.append(next)
                    position += 1
                }
                guard take("}") else { throw fault("\\\(scalar){ is not closed") }
            } else if let letter = current {
                name.unicodeScalars.append(letter)
                position += 1
            }
            guard let set = UnicodeProperty.set(named: name) else {
                throw fault("the Unicode property \(name) is not known here")
            }
            return scalar == "p" ? set : set.inverted
        case "n": return ScalarSet(0x0A)
        case "r": return ScalarSet(0x0D)
        case "t": return ScalarSet(0x09)
        case "v": return ScalarSet(0x0B)
        case "f": return ScalarSet(0x0C)
        case "a": return ScalarSet(0x07)
        case "0": return ScalarSet(0)
        case "x": return ScalarSet(try hexadecimal(digits: 2))
        case "u": return ScalarSet(try hexadecimal(digits: 4))
        case "U": return ScalarSet(try hexadecimal(digits: 8))
        default:
            guard !scalar.isASCII || !scalar.properties.isAlphabetic, !("1"..."9").contains(scalar) else {
                throw fault("\\\(scalar) is not supported in a grammar's expressions", at: position - 2)
            }
            return ScalarSet(scalar.value)
        }
    }

    private mutating func hexadecimal(digits: Int) throws(RegexFault) -> UInt32 {
        let start = position
        let isBraced = take("{")
        var text = ""
        while let scalar = current, scalar.properties.isASCIIHexDigit, isBraced || text.utf8.count < digits {
            text.unicodeScalars.append(scalar)
            position += 1
        }
        let isWhole = isBraced ? take("}") && !text.isEmpty : text.utf8.count == digits
        guard isWhole, let value = UInt32(text, radix: 16), value <= ScalarSet.last else {
            throw fault("this is no code point in hexadecimal", at: start)
        }
        return value
    }

    private mutating func characterClass() throws(RegexFault) -> ScalarSet {
        let opening = position - 1
        let isNegated = take("^")
        var found = ScalarSet([])
        var isFirst = true
        while let scalar = current, scalar != "]" || isFirst {
            isFirst = false
            _ = scalar
            if let named = namedClass() {
                found = found.union(named)
                continue
            }
            let low = try classMember()
            let afterLow = position
            if take("-"), let next = current, next != "]" {
                let high = try classMember()
                guard let first = low.single, let last = high.single else {
                    found = found.union(low).union(high).union(ScalarSet(0x2D))
                    continue
                }
                guard first <= last else { throw fault("this range is out of order", at: afterLow) }
                found = found.union(ScalarSet([first...last]))
                continue
            }
            position = afterLow
            found = found.union(low)
        }
        guard take("]") else { throw fault("this [ is not closed", at: opening) }
        return isNegated ? found.inverted : found
    }

    /// `[:alpha:]` and the like.
    private mutating func namedClass() -> ScalarSet? {
        for (name, set) in RegexReader.named where take("[:\(name):]") { return set }
        return nil
    }

    private static let named: [(String, ScalarSet)] = [
        ("alpha", ScalarSet([0x41...0x5A, 0x61...0x7A])), ("digit", .digits),
        ("alnum", ScalarSet([0x30...0x39, 0x41...0x5A, 0x61...0x7A])), ("upper", ScalarSet([0x41...0x5A])),
        ("lower", ScalarSet([0x61...0x7A])), ("space", ScalarSet([0x09...0x0D, 0x20...0x20])),
        ("xdigit", ScalarSet([0x30...0x39, 0x41...0x46, 0x61...0x66])),
        ("punct", ScalarSet([0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E])),
    ]

    private mutating func classMember() throws(RegexFault) -> ScalarSet {
        guard let scalar = current else { throw fault("a [ is not closed") }
        position += 1
        guard scalar == "\\" else { return ScalarSet(scalar.value) }
        return take("b") ? ScalarSet(0x08) : try escapedSet()
    }
}

/// What is wrong with a regular expression.
struct RegexFault: Error, Hashable {
    /// The scalar of the expression, from 1.
    var column: Int
    var reason: String
}

extension ScalarSet {
    /// The code point, where the set has exactly one.
    fileprivate var single: UInt32? {
        ranges.count == 1 && ranges[0].count == 1 ? ranges[0].lowerBound : nil
    }

    /// The set with the other case of each letter; for large sets of letters beyond ASCII only ASCII's.
    var inBothCases: ScalarSet {
        var added: [ClosedRange<UInt32>] = []
        for range in ranges {
            let values = range.count > 2_048 ? range.clamped(to: 0...0x7F) : range
            for value in values {
                guard let scalar = Unicode.Scalar(value) else { continue }
                for other in [scalar.properties.lowercaseMapping, scalar.properties.uppercaseMapping] {
                    let found = other.unicodeScalars
                    if let one = found.first, found.count == 1 { added.append(one.value...one.value) }
                }
            }
        }
        return ScalarSet(ranges + added)
    }
}
