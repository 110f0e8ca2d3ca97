/// How a regular expression of Python's `re` or of PCRE reads in ECMA-262, which JSON Schema uses.
///
/// Only what has exactly the same matches is rewritten: anchors of the whole text, named groups and references to them,
/// comments, `(?s)` at the beginning, quoted text, named classes, PCRE's short escapes, and possessive or atomic repetitions
/// that could give nothing back anyway. Sources: Python's `re` documentation; pcre2pattern(3).
enum PatternTranslation: Hashable {
    /// It needs none.
    case none
    /// Written anew; what was rewritten.
    case exact(String, reason: String)
    /// It has constructs without a counterpart; read as ECMA-262 it would fail, or match something else in silence.
    case impossible(reason: String)

    /// Reads an expression.
    init(_ source: String) {
        var reader = ForeignPatternReader(source)
        let isRead = reader.read()
        if isRead, reader.found.isEmpty {
            self = .none
        } else if isRead, let parsed = try? ECMAPattern(reader.output),
            reader.possessive.isEmpty || PossessiveCheck.isExact(reader.output, reader.possessive, parsed)
        {
            self = .exact(reader.output, reason: reader.found.joined(separator: ", "))
        } else {
            do {
                _ = try ECMAPattern(source, isStrict: true)
                self = .none
            } catch {
                self = .impossible(reason: "\(error); this is another dialect's and has no exact translation")
            }
        }
    }
}

/// Rewrites an expression from left to right.
private struct ForeignPatternReader {
    private let scalars: [Unicode.Scalar]
    private var position = 0
    private(set) var output = ""
    /// What was rewritten, each kind once.
    private(set) var found: [String] = []
    /// Where in the output, in scalars, a repetition ends that gives nothing back.
    private(set) var possessive: [Int] = []
    private var dotIsAll = false

    init(_ source: String) { scalars = Array(source.unicodeScalars) }

    private var current: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

    private mutating func take(_ text: String) -> Bool {
        let wanted = Array(text.unicodeScalars)
        guard scalars[position...].starts(with: wanted) else { return false }
        position += wanted.count
        return true
    }

    private mutating func note(_ what: String) { if !found.contains(what) { found.append(what) } }

    /// Whether the whole expression could be rewritten.
    mutating func read() -> Bool {
        if take("(?s)") {
            dotIsAll = true
            note("(?s) lets . stand for line ends too")
        }
        while let scalar = current {
            switch scalar {
            case "\\": guard escape() else { return false }
            case "[": characterClass()
            case "(": guard group() else { return false }
            case "." where dotIsAll:
                position += 1
                output += "[\\s\\S]"
            case "{" where take("{,"): guard bracesWithoutMinimum() else { return false }
            default:
                position += 1
                output.unicodeScalars.append(scalar)
                possessiveSign(after: scalar)
            }
        }
        return true
    }

    /// `{,n}`: Python's way to leave out a minimum of 0.
    private mutating func bracesWithoutMinimum() -> Bool {
        var digits = ""
        while let digit = current, ("0"..."9").contains(digit) {
            digits.unicodeScalars.append(digit)
            position += 1
        }
        guard !digits.isEmpty, take("}") else { return false }
        output += "{0,\(digits)}"
        note("{,n} is {0,n}")
        possessiveSign(after: "}")
        return true
    }

    /// A second `+` after a repetition makes it possessive.
    private mutating func possessiveSign(after scalar: Unicode.Scalar) {
        guard current == "+" else { return }
        let isRepetition: Bool =
            switch scalar {
            case "*", "+", "?": output.unicodeScalars.count > 1
            case "}": ForeignPatternReader.endsInBounds(output)
            default: false
            }
        guard isRepetition else { return }
        position += 1
        possessive.append(output.unicodeScalars.count)
        note("a possessive repetition gives nothing back that could match")
    }

    private static func endsInBounds(_ text: String) -> Bool {
        let scalars = Array(text.unicodeScalars)
        guard let opening = scalars.lastIndex(of: "{"), opening + 1 < scalars.count - 1 else { return false }
        return scalars[(opening + 1)..<(scalars.count - 1)].allSatisfy {
            ("0"..."9").contains($0) || $0 == ","
        }
    }

    private mutating func escape() -> Bool {
        position += 1
        guard let scalar = current else { return false }
        position += 1
        switch scalar {
        case "A":
            output += "^"
            note("\\A is ^")
        case "Z", "z":
            output += "$"
            note("\\\(scalar) is $")
        case "h":
            output += "[\\t\\x20\\xA0\\u1680\\u180E\\u2000-\\u200A\\u202F\\u205F\\u3000]"
            note("\\h is horizontal white space")
        case "a":
            output += "\\x07"
            note("\\a is the bell")
        case "e":
            output += "\\x1B"
            note("\\e is escape")
        case "x" where take("{"):
            output += "\\u{"
            note("\\x{…} is \\u{…}")
        case "p" where current.map(ForeignPatternReader.isLetter) == true,
            "P" where current.map(ForeignPatternReader.isLetter) == true:
            output += "\\\(scalar){"
            output.unicodeScalars.append(scalars[position])
            output += "}"
            position += 1
            note("\\pL is \\p{L}")
        case "Q":
            quoted()
            note("\\Q…\\E is plain text")
        case "G", "K", "R", "X", "C", "N": return false
        default:
            output += "\\"
            output.unicodeScalars.append(scalar)
        }
        possessiveSign(after: "\\")
        return true
    }

    private mutating func quoted() {
        while current != nil, !take("\\E") {
            if let scalar = current {
                if "^$\\.*+?()[]{}|/-".unicodeScalars.contains(scalar) { output += "\\" }
                output.unicodeScalars.append(scalar)
            }
            position += 1
        }
    }

    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCII && scalar.properties.isAlphabetic
    }

    /// A class is copied; a `]` right at its beginning is a member of it, in Python and PCRE.
    private mutating func characterClass() {
        output += "["
        position += 1
        if take("^") { output += "^" }
        if current == "]", scalars[(position + 1)...].contains("]") {
            output += "\\]"
            position += 1
            note("a ] at the beginning of a class is a member of it")
        }
        while let scalar = current, scalar != "]" {
            if namedClass() { continue }
            position += 1
            output.unicodeScalars.append(scalar)
            if scalar == "\\", let next = current {
                position += 1
                switch next {
                case "a":
                    output += "x07"
                    note("\\a is the bell")
                case "e":
                    output += "x1B"
                    note("\\e is escape")
                case "h":
                    output.unicodeScalars.removeLast()
                    output += "\\t\\x20\\xA0\\u1680\\u180E\\u2000-\\u200A\\u202F\\u205F\\u3000"
                    note("\\h is horizontal white space")
                default: output.unicodeScalars.append(next)
                }
            }
        }
        if current == "]" {
            position += 1
            output += "]"
        }
    }

    /// `[:alpha:]` and its like, of ASCII as PCRE has them by default.
    private mutating func namedClass() -> Bool {
        let classes = [
            "alpha": "A-Za-z", "digit": "0-9", "alnum": "A-Za-z0-9", "upper": "A-Z", "lower": "a-z",
            "space": "\\t-\\r ", "blank": "\\t ", "punct": "!-\\/:-@\\[-`{-~", "xdigit": "0-9A-Fa-f",
            "word": "A-Za-z0-9_", "cntrl": "\\x00-\\x1F\\x7F", "graph": "!-~", "print": " -~",
        ]
        for (name, ranges) in classes where take("[:\(name):]") {
            output += ranges
            note("[:\(name):] is \(ranges)")
            return true
        }
        return false
    }

    private mutating func group() -> Bool {
        position += 1
        if take("?P<") {
            note("(?P<name>…) is (?<name>…)")
            output += "(?<"
        } else if take("?'") {
            note("(?'name'…) is (?<name>…)")
            output += "(?<"
            guard copy(until: "'") else { return false }
            output += ">"
        } else if take("?P=") {
            note("(?P=name) is \\k<name>")
            output += "\\k<"
            guard copy(until: ")") else { return false }
            output += ">"
        } else if take("?#") {
            note("a comment is left out")
            while let scalar = current, scalar != ")" {
                position += 1
                _ = scalar
            }
            return take(")")
        } else if take("?>") {
            return atomic()
        } else if current == "?" {
            return plainGroup()
        } else {
            output += "("
        }
        return true
    }

    /// The groups that ECMA-262 has; any other kind cannot be rewritten.
    private mutating func plainGroup() -> Bool {
        for opening in ["?:", "?=", "?!", "?<=", "?<!"] where take(opening) {
            output += "(" + opening
            return true
        }
        guard take("?<") else { return false }
        output += "(?<"
        return true
    }

    /// `(?>x*)`: an atomic group around one repetition is that repetition, possessive.
    private mutating func atomic() -> Bool {
        var depth = 0
        var body: [Unicode.Scalar] = []
        while let scalar = current {
            position += 1
            if scalar == "\\", let next = current {
                body += [scalar, next]
                position += 1
                continue
            }
            if scalar == "(" { depth += 1 }
            if scalar == ")" {
                if depth == 0 { break }
                depth -= 1
            }
            body.append(scalar)
        }
        var inner = ForeignPatternReader(String(String.UnicodeScalarView(body)))
        inner.dotIsAll = dotIsAll
        guard inner.read(), inner.possessive.isEmpty else { return false }
        output += "(?:" + inner.output
        possessive.append(output.unicodeScalars.count)
        output += ")"
        note("an atomic group gives nothing back that could match")
        for what in inner.found { note(what) }
        return current.map { !"*+?{".unicodeScalars.contains($0) } ?? true
    }

    private mutating func copy(until end: Unicode.Scalar) -> Bool {
        while let scalar = current, scalar != end {
            output.unicodeScalars.append(scalar)
            position += 1
        }
        guard current == end else { return false }
        position += 1
        return true
    }
}
