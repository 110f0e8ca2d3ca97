/// The ways in which bytes are written in a text that escapes them.
///
/// A text that is escaped keeps what it can and writes the rest as an escape of a byte (`%2F`, `=2F`, `\x2F`, `\057`) or
/// of a scalar (`\u00e9`, `\ud83d\udd11`, `\u{e9}`, `\U000000e9`, `%u00e9`, `&#233;`), which may be several bytes of UTF-8.
enum ByteSpelling {
    /// One reading of what stands at a place.
    struct Reading {
        /// How many bytes of the text it takes.
        let length: Int
        /// How many bytes of the value those stand for.
        let count: Int
    }

    /// What may begin an escape.
    static let escapes: [UInt8] = Array("%\\&=+".utf8)

    /// The readings of the value's bytes from `index` on at a place of the text, the longest escape first, itself last.
    static func readings(
        of value: [UInt8], at index: Int, in text: UnsafeBufferPointer<UInt8>, at position: Int
    ) -> [Reading] {
        let byte = value[index]
        let first = text[position]
        guard first == byte || escapes.contains(first) else { return [] }
        var found: [Reading] = []
        switch first {
        case UInt8(ascii: "%"):
            add(percent(byte, text, position), to: &found)
            add(encodedEscape(byte, text, position), to: &found)
        case UInt8(ascii: "\\"): for length in backslash(byte, text, position) { add(length, to: &found) }
        case UInt8(ascii: "&"): add(reference(UInt32(byte), text, position), to: &found)
        case UInt8(ascii: "="): add(hexadecimal(byte, text, position + 1).map { $0 + 1 }, to: &found)
        case UInt8(ascii: "+"): if byte == 0x20 { add(1, to: &found) }
        default: break
        }
        if let (scalar, count) = scalar(in: value, at: index) {
            let length =
                switch first {
                case UInt8(ascii: "&"): reference(scalar.value, text, position)
                case UInt8(ascii: "%"), UInt8(ascii: "\\"): escape(of: scalar, text, position)
                default: Int?.none
                }
            if let length { found.append(Reading(length: length, count: count)) }
        }
        if first == byte { found.append(Reading(length: 1, count: 1)) }
        return found
    }

    private static func add(_ length: Int?, to found: inout [Reading]) {
        if let length { found.append(Reading(length: length, count: 1)) }
    }

    /// Whether what stands from there to the end is the beginning of an escape and no more.
    static func isBegun(in text: UnsafeBufferPointer<UInt8>, at position: Int) -> Bool {
        let sign = text[position]
        var place = position + 1
        /// Passes over up to so many hexadecimal digits; whether the text ends there.
        func ends(afterDigits count: Int) -> Bool {
            var left = count
            while left > 0, place < text.count, digit(text[place]) != nil {
                (place, left) = (place + 1, left - 1)
            }
            return place == text.count
        }
        switch sign {
        case UInt8(ascii: "="):
            return place == text.count
                || place + 1 == text.count && (digit(text[place]) != nil || text[place] == 0x0D)
        case UInt8(ascii: "&"):
            return text.count - position < longestReference
                && text[place...].allSatisfy { $0 == UInt8(ascii: "#") || isLetterOrDigit($0) }
        case UInt8(ascii: "%"), UInt8(ascii: "\\"):
            if sign == UInt8(ascii: "%") {
                while place + 2 <= text.count, text[place] == 0x32, text[place + 1] == 0x35 { place += 2 }
                if ends(afterDigits: 1) { return true }
            } else {
                while place < text.count, text[place] == sign { place += 1 }
            }
            guard place < text.count else { return true }
            let letter = text[place]
            place += 1
            switch letter {
            case UInt8(ascii: "u"):
                if place < text.count, text[place] == UInt8(ascii: "{") {
                    place += 1
                    return ends(afterDigits: 6)
                }
                let begin = place
                if ends(afterDigits: 3) { return true }
                // The first half of a pair.
                guard place + 1 <= text.count, begin + 4 <= text.count,
                    (text[begin] | 0x20) == UInt8(ascii: "d")
                else {
                    return false
                }
                place = begin + 4
                return place == text.count || text[place] == sign && isBegun(in: text, at: place)
            case UInt8(ascii: "U"): return sign == UInt8(ascii: "\\") && ends(afterDigits: 7)
            case UInt8(ascii: "x"):
                guard sign == UInt8(ascii: "\\") else { return false }
                guard place < text.count, text[place] == UInt8(ascii: "{") else {
                    return ends(afterDigits: 1)
                }
                place += 1
                return ends(afterDigits: 6)
            case 48...55: return sign == UInt8(ascii: "\\") && ends(afterDigits: 1)
            default: return false
            }
        default: return false
        }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (97...122).contains(byte | 0x20)
    }

    /// The scalar whose UTF-8 begins there, and how long that is.
    private static func scalar(in value: [UInt8], at index: Int) -> (scalar: Unicode.Scalar, count: Int)? {
        var decoder = UTF8()
        var rest = value[index...].makeIterator()
        guard case .scalarValue(let scalar) = decoder.decode(&rest) else { return nil }
        return (scalar, UTF8.width(scalar))
    }

    /// `%2F`, `%2f`, and with the percent sign encoded again, `%252F`.
    private static func percent(
        _ byte: UInt8, _ text: UnsafeBufferPointer<UInt8>, _ position: Int
    ) -> Int? {
        let digits = percentDigits(text, position)
        for place in [digits, position + 1] {
            if let length = hexadecimal(byte, text, place) { return place + length - position }
        }
        return nil
    }

    /// `%5Cu0073`, `%5cx73`: an escape whose backslash was encoded.
    private static func encodedEscape(
        _ byte: UInt8, _ text: UnsafeBufferPointer<UInt8>, _ position: Int
    ) -> Int? {
        let digits = percentDigits(text, position)
        guard hexadecimal(UInt8(ascii: "\\"), text, digits) != nil else { return nil }
        let letter = digits + 2
        if letter < text.count, text[letter] == UInt8(ascii: "%"), !(48...57).contains(byte),
            !(97...122).contains(byte | 0x20)
        {
            return percent(byte, text, letter).map { letter + $0 - position }
        }
        if number(text, letter, 5, after: UInt8(ascii: "u")) == UInt32(byte) { return letter + 5 - position }
        guard letter < text.count, text[letter] == UInt8(ascii: "x") else { return nil }
        return hexadecimal(byte, text, letter + 1).map { letter + 1 + $0 - position }
    }

    /// Where the digits begin of a percent sign that may itself be encoded: after `%`, `%25`, `%2525`.
    private static func percentDigits(_ text: UnsafeBufferPointer<UInt8>, _ position: Int) -> Int {
        var digits = position + 1
        while digits + 3 <= text.count, text[digits] == 0x32, text[digits + 1] == 0x35 { digits += 2 }
        return digits
    }

    /// `\u00e9`, two of them for what lies beyond the first plane, `\u{e9}`, `\U000000e9`, `%u00e9`.
    private static func escape(
        of scalar: Unicode.Scalar, _ text: UnsafeBufferPointer<UInt8>, _ position: Int
    ) -> Int? {
        let units = Array(UTF16.encode(scalar) ?? UTF16.encodedReplacementCharacter)
        var place = position
        for (order, unit) in units.enumerated() {
            guard place < text.count else { return nil }
            let sign = text[place]
            guard sign == UInt8(ascii: "%") || sign == UInt8(ascii: "\\") else { return nil }
            var letter = sign == UInt8(ascii: "%") ? percentDigits(text, place) : place + 1
            while sign == UInt8(ascii: "\\"), letter < text.count, text[letter] == sign { letter += 1 }
            guard letter < text.count else { return nil }
            if order == 0, sign == UInt8(ascii: "\\") {
                if text[letter] == UInt8(ascii: "U"), number(text, letter + 1, 8) == scalar.value {
                    return letter + 9 - position
                }
                if let end = braced(scalar, text, letter) { return end - position }
            }
            guard text[letter] == UInt8(ascii: "u"), number(text, letter + 1, 4) == UInt32(unit) else {
                return nil
            }
            place = letter + 5
        }
        return place - position
    }

    /// The end of `u{e9}`.
    private static func braced(
        _ scalar: Unicode.Scalar, _ text: UnsafeBufferPointer<UInt8>, _ letter: Int
    ) -> Int? {
        guard letter + 1 < text.count, text[letter] == UInt8(ascii: "u"),
            text[letter + 1] == UInt8(ascii: "{"),
            let end = text[letter..<min(letter + 11, text.count)].firstIndex(of: UInt8(ascii: "}")),
            number(text, letter + 2, end - letter - 2) == scalar.value
        else { return nil }
        return end + 1
    }

    /// `\/`, `\"`, `\\`, `\x2F`, `\057`, `\n`, after one backslash or more of texts within texts; the lengths.
    private static func backslash(
        _ byte: UInt8, _ text: UnsafeBufferPointer<UInt8>, _ position: Int
    ) -> [Int] {
        var end = position
        while end < text.count, text[end] == UInt8(ascii: "\\"), end - position < 16 { end += 1 }
        var found: [Int] = []
        if number(text, end, 5, after: UInt8(ascii: "u")) == UInt32(byte) { found.append(end + 5 - position) }
        if end < text.count, text[end] == UInt8(ascii: "x") {
            if let length = hexadecimal(byte, text, end + 1) { found.append(end + 1 + length - position) }
        }
        if let length = braced(byte, text, end) { found.append(end + length - position) }
        if let length = octal(byte, text, end) { found.append(end + length - position) }
        if byte == UInt8(ascii: "\\") {
            // Each level doubles them.
            return found + [16, 8, 4, 2].filter { $0 <= end - position }
        }
        guard end < text.count else { return found }
        let letters: [UInt8: UInt8] = [
            0x0A: UInt8(ascii: "n"), 0x0D: UInt8(ascii: "r"), 0x09: UInt8(ascii: "t"),
            0x08: UInt8(ascii: "b"), 0x0C: UInt8(ascii: "f"),
        ]
        if let letter = letters[byte], text[end] == letter { found.append(end + 1 - position) }
        let isLetter = (48...57).contains(byte) || (97...122).contains(byte | 0x20) || byte >= 0x80
        if text[end] == byte, !isLetter { found.append(end + 1 - position) }
        // JSON within HTML.
        if text[end] == UInt8(ascii: "&"), !isLetter, let length = reference(UInt32(byte), text, end) {
            found.append(end + length - position)
        }
        return found
    }

    /// The names that HTML has for ASCII's punctuation.
    private static let names: [String: Unicode.Scalar] = [
        "Tab": "\t", "NewLine": "\n", "excl": "!", "quot": "\"", "QUOT": "\"", "num": "#", "dollar": "$",
        "percnt": "%", "amp": "&", "AMP": "&", "apos": "'", "lpar": "(", "rpar": ")", "ast": "*",
        "midast": "*",
        "plus": "+", "comma": ",", "period": ".", "sol": "/", "colon": ":", "semi": ";", "lt": "<", "LT": "<",
        "equals": "=", "gt": ">", "GT": ">", "quest": "?", "commat": "@", "lsqb": "[", "lbrack": "[",
        "bsol": "\\", "rsqb": "]", "rbrack": "]", "Hat": "^", "lowbar": "_", "UnderBar": "_", "grave": "`",
        "DiacriticalGrave": "`", "lcub": "{", "lbrace": "{", "verbar": "|", "vert": "|", "VerticalLine": "|",
        "rcub": "}", "rbrace": "}",
    ]
    /// More zeros before a number are not waited for.
    private static let longestReference = 32

    /// `&#47;`, `&#0047`, `&#x2F;`, `&amp;`, `&lowbar;`.
    private static func reference(
        _ wanted: UInt32, _ text: UnsafeBufferPointer<UInt8>, _ position: Int
    ) -> Int? {
        let rest = text[(position + 1)..<min(position + longestReference, text.count)]
        // Escaped once more, the sign itself is a reference.
        if rest.starts(with: "amp;".utf8), let length = reference(wanted, text, position + 4) {
            return length + 4
        }
        guard rest.first == UInt8(ascii: "#") else {
            guard let semicolon = rest.firstIndex(of: UInt8(ascii: ";")) else { return nil }
            let name = String(decoding: text[(position + 1)..<semicolon], as: UTF8.self)
            return names[name]?.value == wanted ? semicolon + 1 - position : nil
        }
        var digits = rest.dropFirst()
        let isHexadecimal = digits.first.map { $0 | 0x20 == UInt8(ascii: "x") } ?? false
        if isHexadecimal { digits = digits.dropFirst() }
        let begin = digits.startIndex
        var value: UInt64 = 0
        while let digit = digits.first.flatMap(digit), isHexadecimal || digit < 10, value < 1 << 32 {
            value = value * (isHexadecimal ? 16 : 10) + UInt64(digit)
            digits = digits.dropFirst()
        }
        guard digits.startIndex > begin, value == UInt64(wanted) else { return nil }
        // Browsers read a number that no semicolon ends.
        let end = digits.first == UInt8(ascii: ";") ? digits.startIndex + 1 : digits.startIndex
        return end - position
    }

    private static func hexadecimal(
        _ byte: UInt8, _ text: UnsafeBufferPointer<UInt8>, _ position: Int
    ) -> Int? {
        number(text, position, 2) == UInt32(byte) ? 2 : nil
    }

    /// `057`, `57`, `7`: up to three digits, as many as stand there.
    private static func octal(
        _ byte: UInt8, _ text: UnsafeBufferPointer<UInt8>, _ position: Int
    ) -> Int? {
        var value: UInt32 = 0
        var length = 0
        while length < 3, position + length < text.count, (48...55).contains(text[position + length]) {
            value = value << 3 | UInt32(text[position + length] - 48)
            length += 1
        }
        return length > 0 && value == UInt32(byte) ? length : nil
    }

    /// `x{2F}`.
    private static func braced(
        _ byte: UInt8, _ text: UnsafeBufferPointer<UInt8>, _ position: Int
    ) -> Int? {
        guard position + 3 < text.count, text[position] == UInt8(ascii: "x"),
            text[position + 1] == UInt8(ascii: "{"),
            let end = text[position..<min(position + 11, text.count)].firstIndex(of: UInt8(ascii: "}")),
            number(text, position + 2, end - position - 2) == UInt32(byte)
        else { return nil }
        return end + 1 - position
    }

    /// The number that so many bytes write in hexadecimal, one of them the letter in front where there is one.
    private static func number(
        _ text: UnsafeBufferPointer<UInt8>, _ position: Int, _ count: Int, after letter: UInt8? = nil
    ) -> UInt32? {
        guard count > 0, count <= 8, position + count <= text.count else { return nil }
        var digits = position..<position + count
        if let letter {
            guard text[position] == letter else { return nil }
            digits = digits.dropFirst()
        }
        var value: UInt32 = 0
        for byte in text[digits] {
            guard let digit = digit(byte) else { return nil }
            value = value << 4 | UInt32(digit)
        }
        return value
    }

    static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 48...57: byte - 48
        case 65...70: byte - 55
        case 97...102: byte - 87
        default: nil
        }
    }
}
