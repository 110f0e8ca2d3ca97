/// A text's Unicode scalars with the classes that pre-tokenisers tell apart.
struct ScannedText {
    enum Class: Equatable {
        /// General categories L.
        case letter
        /// General categories N.
        case number
        /// Line feed and carriage return.
        case newline
        /// The rest of the property White_Space.
        case whitespace
        case other

        var isWhitespace: Bool { self == .newline || self == .whitespace }

        init(_ scalar: Unicode.Scalar) {
            switch scalar {
            case "a"..."z", "A"..."Z": self = .letter
            case "0"..."9": self = .number
            case "\n", "\r": self = .newline
            case " ", "\t": self = .whitespace
            default:
                switch scalar.properties.generalCategory {
                case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
                    self = .letter
                case .decimalNumber, .letterNumber, .otherNumber:
                    self = .number
                default:
                    self = scalar.properties.isWhitespace ? .whitespace : .other
                }
            }
        }
    }

    private(set) var scalars: [Unicode.Scalar] = []
    private(set) var classes: [Class] = []
    /// Where each scalar begins in the text's UTF-8, and one more for where the last ends.
    private(set) var offsets: [Int] = [0]

    var count: Int { scalars.count }

    init(_ text: String) {
        let length = text.utf8.count
        scalars.reserveCapacity(length)
        classes.reserveCapacity(length)
        offsets.reserveCapacity(length + 1)
        var offset = 0
        for scalar in text.unicodeScalars {
            offset += UTF8.width(scalar)
            scalars.append(scalar)
            classes.append(Class(scalar))
            offsets.append(offset)
        }
    }

    /// The first index at or after `start` whose class fails the condition.
    func end(from start: Int, limit: Int, while condition: (Class) -> Bool) -> Int {
        var index = start
        while index < limit, condition(classes[index]) { index += 1 }
        return index
    }
}
