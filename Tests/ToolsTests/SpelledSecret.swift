import Foundation
import JSON

/// A value as a server, a log or a format gives it back: unit by unit, and how much each unit tells of it.
struct SpelledSecret {
    let name: String
    /// The encoded units in order.
    private let units: [[UInt8]]
    /// How many of the value's bytes are told once each unit has come.
    private let told: [Int]
    /// The units that stand for the value and nothing else.
    private let own: Range<Int>

    var bytes: [UInt8] { units.flatMap { $0 } }
    var before: [UInt8] { units[..<own.lowerBound].flatMap { $0 } }
    var after: [UInt8] { units[own.upperBound...].flatMap { $0 } }

    /// How many of the value's bytes are told by so many bytes of the spelling.
    func told(by length: Int) -> Int {
        var (end, known) = (0, 0)
        for (unit, told) in zip(units, told) {
            end += unit.count
            // A number of HTML tells its character without the semicolon.
            let mark = unit.starts(with: "&#".utf8) && unit.last == UInt8(ascii: ";") ? 1 : 0
            if end - mark > length { break }
            known = told
        }
        return known
    }

    /// What comes of the first bytes of the spelling, the value hidden: by the promise, not by how it is kept.
    func hidden(after length: Int, as mark: String) -> [UInt8] {
        let start = before.count
        let end = bytes.count - after.count
        if length >= end { return before + Array(mark.utf8) + after.prefix(length - end) }
        guard told(by: length) >= 4 else { return Array(bytes.prefix(length)) }
        return Array(bytes.prefix(start)) + Array(mark.utf8)
    }

    /// A spelling that goes by bytes or by scalars; what a unit does not change is told byte by byte.
    private init(_ name: String, _ value: [[UInt8]], breaks: String = "", _ spell: ([UInt8]) -> String) {
        self.name = name
        var (units, told, count) = ([[UInt8]](), [Int](), 0)
        for (number, unit) in value.enumerated() {
            var spelled = Array(spell(unit).utf8)
            if spelled == unit {
                for byte in spelled {
                    units.append([byte])
                    count += 1
                    told.append(count)
                }
            } else {
                if number > 0, number % 5 == 0 { spelled = Array(breaks.utf8) + spelled }
                units.append(spelled)
                count += unit.count
                told.append(count)
            }
        }
        (self.units, self.told, own) = (units, told, 0..<units.count)
    }

    /// Base64 of a longer text; `spell` writes a letter, `breaks` stands after every eighth.
    private init(
        _ name: String, base64 value: String, behind start: String = "", before end: String = "",
        breaks: String = "", _ spell: (String) -> String = { $0 }
    ) {
        self.name = name
        let letters = Data("\(start)\(value)\(end)".utf8).base64EncodedString().map { String($0) }
        var (units, told) = ([[UInt8]](), [Int]())
        for (number, letter) in letters.enumerated() {
            units.append(Array(((number > 0 && number % 8 == 0 ? breaks : "") + spell(letter)).utf8))
            told.append(min(value.utf8.count, max(0, (number + 1) * 6 / 8 - start.utf8.count)))
        }
        (self.units, self.told) = (units, told)
        own = (start.utf8.count * 8 + 5) / 6..<(start.utf8.count + value.utf8.count) * 8 / 6
    }

    private static func percent(_ bytes: [UInt8], all: Bool = false, lower: Bool = false) -> String {
        bytes.map { byte in
            let isPlain = (48...57).contains(byte) || (97...122).contains(byte | 0x20)
            return isPlain && !all ? String(Unicode.Scalar(byte)) : "%" + hexadecimal(byte, upper: !lower)
        }.joined()
    }

    private static func hexadecimal(_ byte: UInt8, upper: Bool = false) -> String {
        (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: upper)
    }

    private static func json(_ text: String) -> String {
        String(decoding: Array(JSONValue.string(text).text().utf8.dropFirst().dropLast()), as: UTF8.self)
    }

    /// As programs write JSON that keep to ASCII.
    private static func ascii(_ text: String) -> String {
        text.utf16.map { unit in
            (0x20..<0x7F).contains(unit) && unit != 0x22 && unit != 0x5C
                ? String(decoding: [unit], as: UTF16.self)
                : "\\u" + String(repeating: "0", count: 4 - String(unit, radix: 16).utf8.count)
                    + String(unit, radix: 16)
        }.joined()
    }

    private static func text(_ unit: [UInt8]) -> String { String(decoding: unit, as: UTF8.self) }

    /// The spellings in which values have been seen to come back, and their kin.
    static func all(_ value: String) -> [SpelledSecret] {
        let bytes = value.utf8.map { [$0] }
        let scalars = value.unicodeScalars.map { Array(String($0).utf8) }
        let slash = { (text: String) in text.replacingOccurrences(of: "/", with: "\\/") }
        return [
            SpelledSecret("plain", scalars) { text($0) },
            SpelledSecret("percent", bytes) { percent($0) },
            SpelledSecret("percent, all", bytes) { percent($0, all: true) },
            SpelledSecret("percent, lower", bytes) { percent($0, lower: true) },
            SpelledSecret("percent twice", bytes) { percent(Array(percent($0).utf8)) },
            SpelledSecret("a form's", bytes) { $0 == [0x20] ? "+" : percent($0) },
            SpelledSecret("%u", scalars) {
                text($0).utf16.map { unit in
                    let hex = String(unit, radix: 16)
                    return "%u" + String(repeating: "0", count: 4 - hex.utf8.count) + hex
                }.joined()
            },
            SpelledSecret("JSON", scalars) { json(text($0)) },
            SpelledSecret("JSON with \\/", scalars) { slash(json(text($0))) },
            SpelledSecret("JSON in ASCII", scalars) { ascii(text($0)) },
            SpelledSecret("JSON in ASCII, in JSON", scalars) { json(ascii(text($0))) },
            SpelledSecret("JSON in JSON", scalars) { json(json(text($0))) },
            SpelledSecret("JSON thrice", scalars) { json(json(json(text($0)))) },
            SpelledSecret("\\u00XX", bytes) { "\\u00" + hexadecimal($0[0]) },
            SpelledSecret("\\u00XX in JSON", bytes) { "\\\\u00" + hexadecimal($0[0]) },
            SpelledSecret("\\xXX", bytes) { "\\x" + hexadecimal($0[0]) },
            SpelledSecret("octal", bytes) {
                let digits = String($0[0], radix: 8)
                return "\\" + String(repeating: "0", count: 3 - digits.utf8.count) + digits
            },
            SpelledSecret("\\u{}", scalars) {
                "\\u{" + String(text($0).unicodeScalars.first?.value ?? 0, radix: 16) + "}"
            },
            SpelledSecret("\\U", scalars) {
                let hex = String(text($0).unicodeScalars.first?.value ?? 0, radix: 16)
                return "\\U" + String(repeating: "0", count: 8 - hex.utf8.count) + hex
            },
            SpelledSecret("HTML", scalars) { text($0).escapedForMarkup },
            SpelledSecret("HTML, numbers", scalars) { "&#\(text($0).unicodeScalars.first?.value ?? 0);" },
            SpelledSecret("HTML, hexadecimal", scalars) {
                "&#x" + String(text($0).unicodeScalars.first?.value ?? 0, radix: 16) + ";"
            },
            SpelledSecret("HTML, names of signs", scalars) { unit in
                let names = [
                    "_": "lowbar", ":": "colon", ".": "period", "!": "excl", "/": "sol", "+": "plus",
                    "=": "equals",
                    "\"": "quot", "\\": "bsol", "@": "commat",
                ]
                return names[text(unit)].map { "&\($0);" } ?? text(unit)
            },
            SpelledSecret("HTML, numbers with zeros", scalars) {
                "&#0000000\(text($0).unicodeScalars.first?.value ?? 0);"
            },
            SpelledSecret("\\x{}", bytes) { "\\x{" + hexadecimal($0[0]) + "}" },
            SpelledSecret("an escape sequence in it", bytes, breaks: "\u{1B}[31m") { percent($0, all: true) },
            SpelledSecret("characters without width in it", bytes, breaks: "\u{200B}") {
                percent($0, all: true)
            },
            SpelledSecret("an escape sequence in JSON", bytes, breaks: "\\u001b[0;1m") {
                percent($0, all: true)
            },
            SpelledSecret("line ends in it", bytes, breaks: "\\r\\n") { percent($0, all: true) },
            SpelledSecret("quoted-printable", bytes) {
                $0[0] == 0x3D || $0[0] >= 0x80 ? "=" + hexadecimal($0[0], upper: true) : text($0)
            },
            SpelledSecret("quoted-printable in lines", bytes, breaks: "=\r\n") {
                "=" + hexadecimal($0[0], upper: true)
            },
            SpelledSecret("base64", base64: value),
            SpelledSecret("base64 in lines", base64: value, breaks: "\n"),
            SpelledSecret("base64 in lines in JSON", base64: value, breaks: "\\r\\n"),
            SpelledSecret("base64 in indented lines", base64: value, breaks: "\n    "),
            SpelledSecret("base64 in indented lines in JSON", base64: value, breaks: "\\n\\t"),
            SpelledSecret("base64 in JSON with \\/", base64: value) { slash($0) },
            SpelledSecret("base64, percent", base64: value) { percent(Array($0.utf8)) },
            SpelledSecret("base64 for URLs", base64: value) { $0 == "+" ? "-" : $0 == "/" ? "_" : $0 },
            SpelledSecret("basic header", base64: value, behind: "user:"),
            SpelledSecret("base64 of more", base64: value, behind: ".", before: "xyz"),
            SpelledSecret("base64 of still more", base64: value, behind: ".:", before: "x"),
            SpelledSecret("hexadecimal", bytes) { hexadecimal($0[0]) },
            SpelledSecret("hexadecimal, upper", bytes) { hexadecimal($0[0], upper: true) },
            SpelledSecret("bytes in a list", bytes, breaks: ", 0x") { hexadecimal($0[0]) },
            SpelledSecret("bytes in a dump", bytes, breaks: " ") { hexadecimal($0[0]) },
            SpelledSecret("hexadecimal in lines", bytes, breaks: "\n") { hexadecimal($0[0]) },
            SpelledSecret("a fingerprint", bytes, breaks: ":") { hexadecimal($0[0], upper: true) },
        ]
    }
}
